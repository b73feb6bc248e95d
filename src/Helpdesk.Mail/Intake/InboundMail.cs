using Helpdesk.Tickets;
using Helpdesk.Tickets.Blobs;

namespace Helpdesk.Mail.Intake;

/// <summary>What became of a mail; every mail ends in exactly one of the last four.</summary>
public enum InboundState
{
    Pending,

    /// <summary>A ticket was opened or a message appended.</summary>
    Done,

    /// <summary>Nothing to be done with it, e.g. a bounce; the reason says why.</summary>
    Ignored,

    /// <summary>Kept for a supervisor's decision; nothing changes and nothing is sent until then.</summary>
    Held,

    /// <summary>Could not be read after all attempts; the raw bytes are kept and it may be tried again.</summary>
    Unprocessable,

    /// <summary>Kept like a held mail, because it looks like spam; a list of its own, so that it hides nothing that somebody waits for.</summary>
    Spam,
}

/// <summary>A mail as it came in. The row is the queue: it is committed before the sender hears that we have it.</summary>
public sealed class InboundMail
{
    public const int MaxMessageIdLength = 255;
    public const int MaxReasonLength = 60;
    public const int MaxRemarksLength = 200;

    /// <summary>The reason of a mail with which a supervisor wanted nothing done.</summary>
    public const string Discarded = "discarded";

    /// <summary>The reason of a mail that looks like spam.</summary>
    public const string LooksLikeSpam = "spam";

    /// <summary>The reason of a mail of somebody unknown who wrote many within an hour.</summary>
    public const string Burst = "burst";

    /// <summary>The reason of a mail that stayed on its server because it is larger than mails may be.</summary>
    public const string TooLargeToTake = "too-large";

    /// <summary>The reason of a mail that stayed on its server because the server would not give it.</summary>
    public const string NotGivenByServer = "not-fetched";

    /// <summary>The <see cref="Channel"/> of mails that were taken from files.</summary>
    public const string Imported = "import";

    /// <summary>A remark: the supervisor's id follows.</summary>
    private const string ReleasedBy = "released-by:";
    private const string DiscardedBy = "discarded-by:";

    public long Id { get; private set; }

    /// <summary>See <see cref="MailFingerprint"/>; unique together with <see cref="ContentKey"/>.</summary>
    public required string MessageKey { get; init; }
    public required string ContentKey { get; init; }

    /// <summary>Without angle brackets; null when there is none or a longer one than anybody uses.</summary>
    public string? MessageId { get; init; }

    /// <summary><c>smtp</c>, <c>lmtp</c>, <c>api</c> …</summary>
    public required string Channel { get; init; }

    /// <summary>The mailbox from which it was fetched; null when it was handed over.</summary>
    public int? MailboxId { get; init; }

    /// <summary>The envelope's sender; empty for bounces.</summary>
    public required string ReturnPath { get; init; }

    /// <summary>The envelope's recipients, one a line.</summary>
    public required string Recipients { get; init; }

    /// <summary>Uncompressed.</summary>
    public required int SizeBytes { get; init; }
    public required DateTimeOffset ReceivedAt { get; init; }
    public InboundState State { get; private set; }

    /// <summary>Counted before each attempt begins; also the token by which two nodes notice that both have it.</summary>
    public int Attempts { get; private set; }

    /// <summary>When it may be taken; while somebody works on it, the end of their claim.</summary>
    public DateTimeOffset NextAttemptAt { get; private set; }

    /// <summary>Code of the outcome, e.g. <c>opened</c>, <c>bounce</c>, <c>too-many</c>; after a failure its kind.</summary>
    public string? Reason { get; private set; }

    /// <summary>Codes of what was odd about it, separated by spaces.</summary>
    public string? Remarks { get; private set; }

    /// <summary>The author's address in lower case; null until it was read, empty when there is none.</summary>
    public string? Sender { get; private set; }
    public string? Subject { get; private set; }
    public DateTimeOffset? HandledAt { get; private set; }

    /// <summary>Of a mail that was kept as spam, <see cref="SpamEvidence"/> as JSON; stays when it is let in.</summary>
    public string? SpamEvidence { get; private set; }

    /// <summary>The ticket it opened, joined or concerned. Its message, if it became one, names this mail.</summary>
    public long? TicketId { get; private set; }
    public Ticket? Ticket { get; private set; }

    /// <summary>Loaded only by whoever reads the mail.</summary>
    public RawMail? Raw { get; private set; }

    public static InboundMail Of(ReadOnlyMemory<byte> raw, MailEnvelope envelope, DateTimeOffset now)
    {
        var print = MailFingerprint.Of(raw.Span);
        return new InboundMail
        {
            MessageKey = print.MessageKey,
            ContentKey = print.ContentKey,
            MessageId = print.MessageId is { Length: <= MaxMessageIdLength } id
                ? Text.OneLine(id, MaxMessageIdLength)
                : null,
            Channel = envelope.Channel,
            MailboxId = envelope.MailboxId,
            ReturnPath = Text.OneLine(envelope.ReturnPath, Smtp.SmtpPath.MaxAddressLength),
            Recipients = string.Join('\n', envelope.Recipients),
            SizeBytes = raw.Length,
            ReceivedAt = now,
            NextAttemptAt = now,
            Raw = RawMail.Of(raw.Span),
        };
    }

    public MailEnvelope Envelope =>
        new(ReturnPath, Recipients.Split('\n', StringSplitOptions.RemoveEmptyEntries), Channel)
        {
            MailboxId = MailboxId,
        };

    /// <summary>An attempt begins; saved before anything is read.</summary>
    public void Claim(DateTimeOffset until)
    {
        Attempts++;
        NextAttemptAt = until;
    }

    /// <summary>What people recognise it by in lists.</summary>
    public void Describe(string? sender, string? subject)
    {
        Sender = Text.OneLine(sender, Smtp.SmtpPath.MaxAddressLength).ToLowerInvariant();
        Subject = Text.OneLine(subject, Ticket.MaxSubjectLength);
    }

    public void Remark(string code)
    {
        var remarks = Remarks is null ? code : $"{Remarks} {code}";
        if (remarks.Length <= MaxRemarksLength && !Has(code))
            Remarks = remarks;
    }

    /// <param name="code">A remark's, whole.</param>
    public bool Has(string code) => Remarks?.Split(' ').Contains(code) is true;

    /// <summary>A ticket was opened, or a message appended to it, in this unit of work.</summary>
    public void Done(string reason, Ticket ticket, DateTimeOffset now) => End(InboundState.Done, reason, ticket, now);

    /// <param name="ticket">Whom it concerned all the same, e.g. a bounce of our answer.</param>
    public void Ignored(string reason, Ticket? ticket, DateTimeOffset now) =>
        End(InboundState.Ignored, reason, ticket, now);

    public void Held(string reason, Ticket? ticket, DateTimeOffset now) => End(InboundState.Held, reason, ticket, now);

    /// <summary>Kept for a supervisor because it looks like spam. Nothing is ever deleted for that.</summary>
    public void Quarantine(Spam.SpamEvidence evidence, DateTimeOffset now)
    {
        SpamEvidence = evidence.ToJson();
        End(InboundState.Spam, LooksLikeSpam, ticket: null, now);
    }

    /// <summary>An attempt failed: once more later, or never again by itself.</summary>
    public void Failed(string reason, int maxAttempts, TimeSpan pause, DateTimeOffset now)
    {
        if (Attempts >= maxAttempts)
            End(InboundState.Unprocessable, reason, ticket: null, now);
        else
            (Reason, NextAttemptAt) = (Text.OneLine(reason, MaxReasonLength), now + pause);
    }

    /// <summary>The message that was made from it went to another ticket.</summary>
    public void Follow(Ticket ticket) => (Ticket, TicketId) = (ticket, ticket.Id);

    /// <summary>Only its header is here: it stays where it lies, for the reason given.</summary>
    public void LeftOnServer(string reason, DateTimeOffset now) =>
        End(InboundState.Unprocessable, reason, ticket: null, now);

    /// <summary>The attempt was not this mail's fault (no room on the disk, no database) and does not count.</summary>
    public void GiveBack(DateTimeOffset nextAttemptAt)
    {
        Attempts = Math.Max(0, Attempts - 1);
        NextAttemptAt = nextAttemptAt;
    }

    /// <summary>A supervisor wants it tried again, by the same rules.</summary>
    /// <exception cref="RuleViolationException">It has an outcome that stays, or lies on its server: there is nothing here to read.</exception>
    public void TryAgain(DateTimeOffset now)
    {
        RequireUndecided();
        if (IsLeftOnServer(State, Reason))
            throw new RuleViolationException("Only the header of this mail is here.");
        (State, Attempts, NextAttemptAt, Reason, HandledAt) = (InboundState.Pending, 0, now, null, null);
    }

    /// <summary>A supervisor lets it in: the rules that held it are not asked again, and no program answers it.</summary>
    /// <exception cref="RuleViolationException">It has an outcome that stays.</exception>
    public void Release(Guid by, DateTimeOffset now)
    {
        TryAgain(now);
        RecordDecision(ReleasedBy, by);
    }

    /// <summary>A supervisor wants nothing done with it. The bytes stay.</summary>
    /// <exception cref="RuleViolationException">It has an outcome that stays.</exception>
    public void Discard(Guid by, DateTimeOffset now)
    {
        RequireUndecided();
        (State, Reason, HandledAt) = (InboundState.Ignored, Discarded, now);
        RecordDecision(DiscardedBy, by);
    }

    /// <summary>Whether only the header of such a mail is here; the mail lies on its server.</summary>
    public static bool IsLeftOnServer(InboundState state, string? reason) =>
        state is InboundState.Unprocessable && reason is (TooLargeToTake or NotGivenByServer);

    /// <summary>Whether a supervisor let it in.</summary>
    public bool IsReleased => DeciderAfter(ReleasedBy) is not null;

    /// <summary>The supervisor who let it in or discarded it.</summary>
    public Guid? DecidedBy => DeciderAfter(DiscardedBy) ?? DeciderAfter(ReleasedBy);

    private Guid? DeciderAfter(string mark) =>
        Remarks?.Split(' ').FirstOrDefault(r => r.StartsWith(mark, StringComparison.Ordinal)) is { } found
        && Guid.TryParseExact(found.AsSpan(mark.Length), "N", out var who)
            ? who
            : null;

    private void RequireUndecided()
    {
        if (State is not (InboundState.Held or InboundState.Unprocessable or InboundState.Spam))
            throw new RuleViolationException("This mail has been dealt with already.");
    }

    // before all other remarks: who decided is never what there is no room for
    private void RecordDecision(string mark, Guid by)
    {
        var remarks = $"{mark}{by:N}";
        foreach (var other in (Remarks ?? "").Split(' ', StringSplitOptions.RemoveEmptyEntries))
            if (remarks.Length + 1 + other.Length <= MaxRemarksLength && other != remarks)
                remarks = $"{remarks} {other}";
        Remarks = remarks;
    }

    private void End(InboundState state, string reason, Ticket? ticket, DateTimeOffset now)
    {
        (State, Reason, HandledAt) = (state, Text.OneLine(reason, MaxReasonLength), now);
        Ticket = ticket;
    }
}

/// <summary>The bytes of an <see cref="InboundMail"/>, in a table of their own so that changes of state do not move them.</summary>
public sealed class RawMail
{
    public long InboundMailId { get; private set; }
    public required bool IsCompressed { get; init; }
    public required int SizeBytes { get; init; }
    public required byte[] Content { get; init; }

    public static RawMail Of(ReadOnlySpan<byte> raw)
    {
        var packed = Blob.Of(raw);
        return new RawMail
        {
            IsCompressed = packed.IsCompressed,
            SizeBytes = raw.Length,
            Content = packed.Content,
        };
    }

    public byte[] Read() =>
        new Blob
        {
            Hash = "",
            Size = SizeBytes,
            IsCompressed = IsCompressed,
            Content = Content,
        }.Read();
}
