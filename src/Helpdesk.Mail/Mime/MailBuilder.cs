using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Helpdesk.Mail.Mime;

/// <summary>
/// A message to be sent, written so that every client reads it: text and HTML as alternatives, images of the HTML beside
/// it, attachments after it; 7-bit and folded, except for addresses that only SMTPUTF8 can carry. The same content
/// gives the same bytes, so that a second attempt sends the same mail.
/// </summary>
public sealed record MailBuilder
{
    private const int MaxReferences = 20;

    public required Mailbox From { get; init; }
    public required IReadOnlyList<Mailbox> To { get; init; }
    public IReadOnlyList<Mailbox> Cc { get; init; } = [];
    public IReadOnlyList<Mailbox> ReplyTo { get; init; } = [];
    public required string Subject { get; init; }

    /// <summary>Without angle brackets.</summary>
    public required string MessageId { get; init; }
    public required DateTimeOffset Date { get; init; }

    /// <summary>Without angle brackets.</summary>
    public string? InReplyTo { get; init; }

    /// <summary>Oldest first, without angle brackets; of many the first and the newest are written.</summary>
    public IReadOnlyList<string> References { get; init; } = [];

    public required string TextBody { get; init; }
    public string? HtmlBody { get; init; }

    /// <summary>
    /// Further header fields, such as Auto-Submitted. Values may be any text: what could break out of the field is
    /// written as a blank.
    /// </summary>
    public IReadOnlyList<KeyValuePair<string, string>> Headers { get; init; } = [];

    /// <summary>Inline ones with a content id stand beside the HTML that refers to them.</summary>
    public IReadOnlyList<MailAttachment> Attachments { get; init; } = [];

    /// <exception cref="InvalidOperationException">A name in <see cref="Headers"/> is no field name.</exception>
    public byte[] Build()
    {
        var output = new MemoryStream();
        WriteHeaders(output);
        Body().WriteTo(output);
        return output.ToArray();
    }

    private void WriteHeaders(MemoryStream output)
    {
        Field(output, "From", MailHeaderText.Mailboxes([From]));
        if (To.Count > 0)
            Field(output, "To", MailHeaderText.Mailboxes(To));
        if (Cc.Count > 0)
            Field(output, "Cc", MailHeaderText.Mailboxes(Cc));
        if (ReplyTo.Count > 0)
            Field(output, "Reply-To", MailHeaderText.Mailboxes(ReplyTo));
        Field(output, "Subject", MailHeaderText.Unstructured(Subject, "Subject: ".Length));
        Field(
            output,
            "Date",
            Date.ToUniversalTime().ToString("ddd, d MMM yyyy HH:mm:ss '+0000'", CultureInfo.InvariantCulture)
        );
        Field(output, "Message-ID", MailHeaderText.Id(MessageId));
        if (InReplyTo is not null)
            Field(output, "In-Reply-To", MailHeaderText.Id(InReplyTo));
        if (References.Count > 0)
            Field(output, "References", string.Join("\r\n ", Shortened(References).Select(MailHeaderText.Id)));
        foreach (var (name, value) in Headers)
        {
            if (name.Length == 0 || name.Any(c => c is <= ' ' or >= '\u007f' or ':'))
                throw new InvalidOperationException($"'{name}' is no header field name.");
            Field(output, name, MailHeaderText.Unstructured(value, name.Length + 2));
        }
        Field(output, "MIME-Version", "1.0");
    }

    private static IEnumerable<string> Shortened(IReadOnlyList<string> references) =>
        references.Count <= MaxReferences
            ? references
            : references.Take(1).Concat(references.Skip(references.Count - MaxReferences + 1));

    private static void Field(MemoryStream output, string name, string value) =>
        output.Write(Encoding.UTF8.GetBytes($"{name}: {value}\r\n"));

    private OutgoingPart Body()
    {
        var inline = Attachments.Where(a => HtmlBody is not null && a.Inline && a.ContentId is not null).ToList();
        var body = OutgoingPart.Words("plain", TextBody);
        if (HtmlBody is not null)
        {
            var html = OutgoingPart.Words("html", HtmlBody);
            if (inline.Count > 0)
                html = Multipart("related", [html, .. inline.Select(OutgoingPart.File)]);
            body = Multipart("alternative", [body, html]);
        }
        var files = Attachments.Except(inline).Select(OutgoingPart.File).ToList();
        return files.Count == 0 ? body : Multipart("mixed", [body, .. files]);
    }

    private OutgoingPart Multipart(string subtype, IReadOnlyList<OutgoingPart> parts)
    {
        // "=_" occurs in no encoded text; the rest keeps apart the multiparts of one message and of messages in it
        var hash = SHA256.HashData(Encoding.UTF8.GetBytes($"{subtype} {MessageId}"));
        return OutgoingPart.Multipart(subtype, $"=_{Convert.ToHexStringLower(hash.AsSpan(0, 12))}", parts);
    }
}

/// <summary>One entity of a message: its header fields and its encoded content.</summary>
internal sealed class OutgoingPart
{
    private readonly List<string> fields = [];
    private ReadOnlyMemory<byte> content;
    private string? boundary;
    private IReadOnlyList<OutgoingPart> children = [];

    public static OutgoingPart Multipart(string subtype, string boundary, IReadOnlyList<OutgoingPart> parts)
    {
        var part = new OutgoingPart { boundary = boundary, children = parts };
        part.fields.Add($"Content-Type: multipart/{subtype}; boundary=\"{boundary}\"");
        return part;
    }

    /// <summary>A body in UTF-8, in the encoding that keeps it intact and smallest.</summary>
    public static OutgoingPart Words(string subtype, string text)
    {
        var lines = text.ReplaceLineEndings("\r\n");
        if (!lines.EndsWith("\r\n", StringComparison.Ordinal))
            lines += "\r\n";
        var bytes = Encoding.UTF8.GetBytes(lines);
        var encoding = TransferEncoding.For(bytes);
        var part = new OutgoingPart { content = TransferEncoding.Encode(bytes, encoding) };
        part.fields.Add($"Content-Type: text/{subtype}; charset=utf-8");
        part.fields.Add($"Content-Transfer-Encoding: {encoding}");
        return part;
    }

    public static OutgoingPart File(MailAttachment file)
    {
        var type = MailHeaderText.IsMediaType(file.ContentType) ? file.ContentType : "application/octet-stream";
        // A message inside a message must not be encoded, and nothing else can be promised of its lines.
        if (
            type.StartsWith("message/", StringComparison.Ordinal)
            || type.StartsWith("multipart/", StringComparison.Ordinal)
        )
            type = "application/octet-stream";
        var part = new OutgoingPart { content = TransferEncoding.Encode(file.Content.Span, "base64") };
        var name = file.Name is null ? null : HeaderText.Clean(file.Name);
        part.fields.Add($"Content-Type: {type}{MailHeaderText.LegacyName(name)}");
        part.fields.Add("Content-Transfer-Encoding: base64");
        part.fields.Add(
            $"Content-Disposition: {(file.Inline ? "inline" : "attachment")}{MailHeaderText.FileName(name)}"
        );
        if (file.ContentId is not null)
            part.fields.Add($"Content-ID: {MailHeaderText.Id(file.ContentId)}");
        return part;
    }

    public void WriteTo(MemoryStream output)
    {
        foreach (var field in fields)
            Line(output, field);
        Line(output, "");
        if (boundary is null)
        {
            output.Write(content.Span);
            return;
        }
        foreach (var child in children)
        {
            Line(output, $"--{boundary}");
            child.WriteTo(output);
            Line(output, "");
        }
        Line(output, $"--{boundary}--");
    }

    private static void Line(MemoryStream output, string text) => output.Write(Encoding.UTF8.GetBytes($"{text}\r\n"));
}
