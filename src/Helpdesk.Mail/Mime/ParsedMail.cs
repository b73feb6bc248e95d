namespace Helpdesk.Mail.Mime;

/// <summary>
/// A message as far as it could be understood. Every text is free of NUL and has LF line ends; single-line texts have
/// no control characters. Nothing here is trusted: a sender writes what they like into every field.
/// </summary>
public sealed record ParsedMail
{
    /// <summary>Headers of the message itself, not of its parts.</summary>
    public required HeaderBlock Headers { get; init; }

    /// <summary>Decoded; null when there is no such header.</summary>
    public string? Subject { get; init; }

    public IReadOnlyList<Mailbox> From { get; init; } = [];
    public IReadOnlyList<Mailbox> To { get; init; } = [];
    public IReadOnlyList<Mailbox> Cc { get; init; } = [];
    public IReadOnlyList<Mailbox> ReplyTo { get; init; } = [];

    /// <summary>The first mailbox of From, which is the one that counts as the sender.</summary>
    public Mailbox? Author => From.Count > 0 ? From[0] : null;

    /// <summary>Without angle brackets and white space.</summary>
    public string? MessageId { get; init; }

    /// <summary>Without angle brackets; the first when there are several.</summary>
    public string? InReplyTo { get; init; }

    /// <summary>Without angle brackets, oldest first; the newest ones when there are too many.</summary>
    public IReadOnlyList<string> References { get; init; } = [];

    /// <summary>What the sender's clock said, or null when that could not be read.</summary>
    public DateTimeOffset? Date { get; init; }

    /// <summary>All plain-text body parts, joined by a line end; null when there is none. Never made from HTML.</summary>
    public string? TextBody { get; init; }

    /// <summary>All HTML body parts, joined by a line end; null when there is none. Not sanitised.</summary>
    public string? HtmlBody { get; init; }

    /// <summary>
    /// Text of a multipart whose boundary is missing or wrong: no proper part, but perhaps all that the sender wrote.
    /// Used when there is no other text; null otherwise.
    /// </summary>
    public string? StrayText { get; init; }

    /// <summary>HTML found in the same way as <see cref="StrayText"/>.</summary>
    public string? StrayHtml { get; init; }

    public IReadOnlyList<MailAttachment> Attachments { get; init; } = [];

    /// <summary>Machine-readable report parts (delivery status, read receipt, feedback, headers of the original).</summary>
    public IReadOnlyList<ReportPart> Reports { get; init; } = [];

    /// <summary>What was odd, cut or guessed.</summary>
    public IReadOnlyList<MailRemark> Remarks { get; init; } = [];

    /// <summary>Media type of the whole message, lower case, e.g. <c>multipart/report</c>.</summary>
    public string ContentType { get; init; } = "text/plain";

    /// <summary>The <c>report-type</c> parameter of a multipart/report, lower case.</summary>
    public string? ReportType { get; init; }

    /// <summary>Bytes and characters looked at while parsing: grows with the size of the message and no faster.</summary>
    internal long Work { get; init; }
}

/// <param name="Name">Decoded display name, empty when there is none.</param>
/// <param name="Address">As written, without angle brackets; may lack a domain.</param>
public sealed record Mailbox(string Name, string Address);

/// <param name="Name">Decoded, cleaned of paths, control and bidirectional characters; null when the part has none.</param>
/// <param name="ContentType">Lower case, as the sender declared it; never trusted for display.</param>
/// <param name="Content">Decoded bytes; may share memory with the raw message.</param>
/// <param name="Inline">Meant to be shown inside the text: declared inline, or referred to by a content id.</param>
/// <param name="ContentId">Without angle brackets.</param>
public sealed record MailAttachment(
    string? Name,
    string ContentType,
    ReadOnlyMemory<byte> Content,
    bool Inline,
    string? ContentId
)
{
    /// <summary>The name exactly as the sender encoded it, path included: for protocols of evidence only.</summary>
    public string? NameAsSent { get; init; }
}

/// <param name="ContentType">Lower case, e.g. <c>message/delivery-status</c>.</param>
public sealed record ReportPart(string ContentType, string Text);

/// <param name="Detail">What it was about, in the sender's words; may be null.</param>
public sealed record MailRemark(MailRemarkCode Code, string? Detail = null);

public enum MailRemarkCode
{
    /// <summary>Header lines beyond the limits were ignored.</summary>
    HeadersCut,

    /// <summary>More addresses in one header than are used.</summary>
    AddressesCut,

    /// <summary>Multiparts nested too deeply; the deeper ones are only in the raw message.</summary>
    TooDeep,

    /// <summary>More parts than are looked at.</summary>
    TooManyParts,

    /// <summary>More attachments than are kept apart.</summary>
    TooManyAttachments,

    /// <summary>A multipart without usable boundary lines.</summary>
    BoundaryMissing,

    /// <summary>A multipart was not closed: the message may have been cut on its way.</summary>
    BoundaryNotClosed,

    /// <summary>The declared charset is unknown or does not fit the bytes; another one was used.</summary>
    CharsetGuessed,

    /// <summary>A transfer encoding was damaged; what could be decoded was.</summary>
    EncodingDamaged,

    /// <summary>A header that may exist only once exists more often; the first one counts.</summary>
    HeaderRepeated,

    /// <summary>Encrypted content that only the recipient of a key can read.</summary>
    Encrypted,
}
