namespace Helpdesk.Mail.Intake;

/// <summary>Who handed over a mail for whom, as said on the wire; the mail's own headers may say something else.</summary>
/// <param name="ReturnPath">The sender's address, empty for a bounce or an automatic notice (RFC 5321, 4.5.5).</param>
/// <param name="Recipients">Accepted recipients in the order in which they were given.</param>
/// <param name="Channel">How it came: <c>smtp</c>, <c>lmtp</c>, <c>api</c>, <c>imap</c>.</param>
public sealed record MailEnvelope(string ReturnPath, IReadOnlyList<string> Recipients, string Channel)
{
    /// <summary>The mailbox from which it was fetched; null when it was handed over.</summary>
    public int? MailboxId { get; init; }
}

/// <summary>What became of a mail that somebody wants to hand over.</summary>
public abstract record Acceptance
{
    /// <summary>On the disk; the sender may forget it.</summary>
    /// <param name="Id">The row that holds it.</param>
    /// <param name="AlreadyThere">The same mail had been accepted before; nothing was added.</param>
    public sealed record Stored(long Id, bool AlreadyThere) : Acceptance;

    /// <summary>Not stored, the sender keeps it and tries again.</summary>
    /// <param name="DiskFull">The disk has no room, rather than the database being busy.</param>
    public sealed record TryLater(bool DiskFull) : Acceptance;
}

/// <summary>Takes a whole mail; answers only when it is durable or refused.</summary>
/// <param name="raw">Valid until the answer, then used again for other mail.</param>
public delegate ValueTask<Acceptance> AcceptMail(
    ReadOnlyMemory<byte> raw,
    MailEnvelope envelope,
    CancellationToken cancellationToken
);

/// <summary>Says whether the desk reads mail sent to this address (without brackets; <c>postmaster</c> may come bare).</summary>
public delegate ValueTask<bool> IsOurAddress(string address, CancellationToken cancellationToken);
