namespace Helpdesk.Mail.Mime;

/// <summary>
/// What one message may cost. What lies beyond a limit is ignored and remarked on; it stays in the raw message, which
/// is kept whole. No limit makes a message fail.
/// </summary>
public sealed record MailLimits
{
    public static MailLimits Default { get; } = new();

    /// <summary>Header lines kept of one block, in bytes.</summary>
    public int MaxHeaderBytes { get; init; } = 100 * 1024;

    /// <summary>Header lines kept of one block; a folded field counts each of its lines.</summary>
    public int MaxHeaderLines { get; init; } = 1_000;

    /// <summary>
    /// Bytes kept of one field. Smaller than the block, so that three thousand recipients do not hide the content type
    /// that follows them.
    /// </summary>
    public int MaxFieldBytes { get; init; } = 32 * 1024;

    /// <summary>Lines kept of one field; see <see cref="MaxFieldBytes"/>.</summary>
    public int MaxFieldLines { get; init; } = 400;

    public int MaxAddressesPerHeader { get; init; } = 200;

    public int MaxReferences { get; init; } = 200;

    /// <summary>Multiparts inside one another.</summary>
    public int MaxDepth { get; init; } = 20;

    /// <summary>Parts of a message, multiparts included.</summary>
    public int MaxParts { get; init; } = 1_000;

    public int MaxAttachments { get; init; } = 100;

    /// <summary>Characters (UTF-16 units) of an attachment's name; the extension survives the cut.</summary>
    public int MaxNameChars { get; init; } = 255;

    /// <summary>More trace headers than this mean that the message goes in circles.</summary>
    public int MaxReceived { get; init; } = 50;
}
