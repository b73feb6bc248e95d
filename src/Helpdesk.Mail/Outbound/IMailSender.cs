namespace Helpdesk.Mail.Outbound;

/// <summary>A mail ready for the wire.</summary>
/// <param name="ReturnPath">Where bounces go; empty for mail that must never be answered by one.</param>
/// <param name="Raw">Header and body as RFC 5322 writes them.</param>
public sealed record OutgoingMail(string ReturnPath, IReadOnlyList<string> Recipients, ReadOnlyMemory<byte> Raw);

public enum DeliveryState
{
    /// <summary>The next server answers for it now; it must never be sent again.</summary>
    Sent,

    /// <summary>Not sent; the same mail may be tried again.</summary>
    TryLater,

    /// <summary>No server could be asked: this says nothing about the mail, and the next one would fare no better.</summary>
    Unreachable,

    /// <summary>Refused for good.</summary>
    Refused,
}

/// <param name="Reply">The server's words, or what kept us from asking it; one line, for people.</param>
public sealed record Delivery(string Recipient, DeliveryState State, string Reply);

/// <summary>Brings mails out of the house. An SMTP server is the usual way; a folder is the other.</summary>
public interface IMailSender
{
    /// <returns>One result for each recipient, in their order. A server that cannot be reached is a result too.</returns>
    Task<IReadOnlyList<Delivery>> SendAsync(OutgoingMail mail, CancellationToken cancellationToken);
}
