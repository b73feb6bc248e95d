using System.Formats.Asn1;
using System.Text;

namespace Helpdesk.Mail.Mime;

/// <summary>What a reader must be told about a message that does not say it in words.</summary>
public enum MailNoteKind
{
    /// <summary>Only whoever holds the key can read it; the encrypted part is kept as a file.</summary>
    Encrypted,

    /// <summary>An invitation, a change or a cancellation of an appointment; see <see cref="MailNote.Event"/>.</summary>
    Calendar,
}

/// <param name="Detail">Of an encrypted message: <c>S/MIME</c> or <c>PGP</c>.</param>
public sealed record MailNote(MailNoteKind Kind, string? Detail = null, CalendarEvent? Event = null);

/// <summary>
/// Opens what mail programs wrap their messages in, so that people read the message and not its wrapping: Outlook's <c>winmail.dat</c>, signed S/MIME envelopes,
/// PGP's clear signatures, uuencoded files within the text, calendar parts. What cannot be opened stays a file. The stored raw message is not touched.
/// </summary>
public static class Unpacking
{
    private const string CalendarName = "invite.ics";
    private const int MaxSignedBytes = 64 * 1024 * 1024;

    /// <returns>The message as people should see it, and what is to be said about it.</returns>
    public static (ParsedMail Mail, IReadOnlyList<MailNote> Notes) Open(ParsedMail mail)
    {
        var notes = new List<MailNote>();
        mail = OpenSigned(mail);
        mail = OpenTnef(mail);
        mail = OpenText(mail);
        mail = WithinLimits(mail);
        if (EncryptionOf(mail) is { } way)
            notes.Add(new(MailNoteKind.Encrypted, way));
        if (mail.Attachments.Any(IsNamelessCalendar))
            mail = mail with
            {
                Attachments =
                [
                    .. mail.Attachments.Select(a => IsNamelessCalendar(a) ? a with { Name = CalendarName } : a),
                ],
            };
        foreach (var part in mail.Attachments.Where(IsCalendar).Take(3))
        {
            if (CalendarEvent.Read(Charsets.Decode(part.Content.Span, "utf-8", isHeader: false, out _)) is { } found)
                notes.Add(new(MailNoteKind.Calendar, Event: found));
            if (notes.Exists(n => n.Kind is MailNoteKind.Calendar))
                break; // the same invitation comes as a part and as a file
        }
        return (mail, notes);
    }

    /// <summary>The files inside of a <c>winmail.dat</c> among a message's attachments.</summary>
    public static IReadOnlyList<MailAttachment> TnefFiles(ParsedMail mail) =>
        [.. mail.Attachments.Where(IsTnef).SelectMany(a => Tnef.Read(a.Content)?.Files ?? [])];

    // the parser counted wrappings, not what they hold
    private static ParsedMail WithinLimits(ParsedMail mail)
    {
        var most = MailLimits.Default.MaxAttachments;
        if (mail.Attachments.Count <= most)
            return mail;
        return mail with
        {
            Attachments = [.. mail.Attachments.Take(most)],
            Remarks = mail.Remarks.Any(r => r.Code is MailRemarkCode.TooManyAttachments)
                ? mail.Remarks
                : [.. mail.Remarks, new(MailRemarkCode.TooManyAttachments)],
        };
    }

    private static ParsedMail OpenTnef(ParsedMail mail)
    {
        if (!mail.Attachments.Any(IsTnef))
            return mail;
        var files = new List<MailAttachment>();
        foreach (var attachment in mail.Attachments)
        {
            if (!IsTnef(attachment) || Tnef.Read(attachment.Content) is not { } tnef)
            {
                files.Add(attachment);
                continue;
            }
            files.AddRange(tnef.Files);
            if (tnef.IsDamaged && tnef.Files.Count == 0)
                files.Add(attachment); // somebody else may get more out of it
            if (string.IsNullOrWhiteSpace(mail.TextBody) && string.IsNullOrWhiteSpace(mail.HtmlBody))
                mail = mail with { TextBody = tnef.Text ?? mail.TextBody, HtmlBody = tnef.Html ?? mail.HtmlBody };
        }
        return mail with { Attachments = files };
    }

    private static bool IsTnef(MailAttachment attachment) =>
        Tnef.IsTnef(attachment.Content.Span)
        && (
            attachment.ContentType is "application/ms-tnef" or "application/vnd.ms-tnef"
            || attachment.Name?.Equals("winmail.dat", StringComparison.OrdinalIgnoreCase) == true
        );

    private static bool IsCalendar(MailAttachment attachment) =>
        attachment.ContentType is "text/calendar" or "application/ics"
        || attachment.Name?.EndsWith(".ics", StringComparison.OrdinalIgnoreCase) == true;

    // by its name a calendar knows what to do with it
    private static bool IsNamelessCalendar(MailAttachment attachment) =>
        attachment is { ContentType: "text/calendar", Name: null };

    // ---- S/MIME (RFC 8551) and PGP (RFC 3156, RFC 9580)

    private static bool IsSmime(MailAttachment attachment) =>
        attachment.ContentType is "application/pkcs7-mime" or "application/x-pkcs7-mime";

    /// <summary>A message whose whole content lies inside the signature: the content is what was sent.</summary>
    private static ParsedMail OpenSigned(ParsedMail mail)
    {
        if (
            mail.TextBody is not null
            || mail.HtmlBody is not null
            || mail.Attachments is not [{ } only]
            || !IsSmime(only)
            || only.Content.Length > MaxSignedBytes
            || SignedContent(only.Content) is not { } inner
        )
            return mail;
        var opened = MimeParser.Parse(inner);
        return mail with
        {
            TextBody = opened.TextBody,
            HtmlBody = opened.HtmlBody,
            StrayText = opened.StrayText,
            StrayHtml = opened.StrayHtml,
            Attachments = [.. opened.Attachments, only],
            Remarks = [.. mail.Remarks.Where(r => r.Code is not MailRemarkCode.Encrypted), .. opened.Remarks],
        };
    }

    /// <summary>The content of a CMS SignedData (RFC 5652, 5); null when it is something else. The signature is not checked: nothing depends on it.</summary>
    internal static byte[]? SignedContent(ReadOnlyMemory<byte> cms)
    {
        try
        {
            var content = new AsnReader(cms, AsnEncodingRules.BER).ReadSequence();
            if (content.ReadObjectIdentifier() != "1.2.840.113549.1.7.2")
                return null;
            var signed = content
                .ReadSequence(new Asn1Tag(TagClass.ContextSpecific, 0, isConstructed: true))
                .ReadSequence();
            signed.ReadInteger();
            signed.ReadEncodedValue(); // digest algorithms
            var inner = signed.ReadSequence();
            inner.ReadObjectIdentifier();
            return inner.HasData
                ? inner.ReadSequence(new Asn1Tag(TagClass.ContextSpecific, 0, isConstructed: true)).ReadOctetString()
                : null;
        }
        catch (AsnContentException)
        {
            return null;
        }
    }

    private static string? EncryptionOf(ParsedMail mail)
    {
        if (
            mail.ContentType == "multipart/encrypted"
            || mail.Attachments.Any(a => a.ContentType == "application/pgp-encrypted")
        )
            return "PGP";
        if (mail.TextBody is null && mail.HtmlBody is null && mail.Attachments is [{ } only] && IsSmime(only))
            return "S/MIME";
        return mail.TextBody?.TrimStart().StartsWith("-----BEGIN PGP MESSAGE-----", StringComparison.Ordinal) == true
            ? "PGP"
            : null;
    }

    // ---- within the text

    private static ParsedMail OpenText(ParsedMail mail)
    {
        if (mail.TextBody is not { } text)
            return mail;
        var plain = WithoutClearSignature(text);
        var files = new List<MailAttachment>();
        plain = WithoutUuencode(plain, files);
        if (ReferenceEquals(plain, text))
            return mail;
        return mail with { TextBody = plain, Attachments = [.. mail.Attachments, .. files] };
    }

    /// <summary>The text between PGP's marks, its escaped hyphens restored (RFC 9580, 7).</summary>
    private static string WithoutClearSignature(string text)
    {
        const string Begin = "-----BEGIN PGP SIGNED MESSAGE-----";
        const string Signature = "\n-----BEGIN PGP SIGNATURE-----";
        const string End = "-----END PGP SIGNATURE-----";
        var begin = text.IndexOf(Begin, StringComparison.Ordinal);
        if (begin < 0 || begin > 0 && text[begin - 1] != '\n')
            return text;
        var start = text.IndexOf("\n\n", begin, StringComparison.Ordinal);
        var signature = start < 0 ? -1 : text.IndexOf(Signature, start, StringComparison.Ordinal);
        if (signature < 0)
            return text;
        var end = text.IndexOf(End, signature, StringComparison.Ordinal);
        var said = text[(start + 2)..Math.Max(start + 2, signature)];
        if (said.StartsWith("- ", StringComparison.Ordinal))
            said = said[2..];
        return text[..begin]
            + said.Replace("\n- ", "\n", StringComparison.Ordinal)
            + (end < 0 ? "" : text[(end + End.Length)..]);
    }

    /// <summary>Files that old programs write into the text: begin 644 NAME … end. Without an end it is only text.</summary>
    private static string WithoutUuencode(string text, List<MailAttachment> files)
    {
        var at = NextBegin(text, 0);
        if (at < 0)
            return text;
        var kept = new StringBuilder();
        var from = 0;
        var end = 0;
        while (at >= 0 && files.Count < MailLimits.Default.MaxAttachments)
        {
            var header = text.IndexOf('\n', at);
            if (header < 0)
                break;
            // many beginnings before one end: it is looked for once
            if (end < header)
                end = text.IndexOf("\nend", header, StringComparison.Ordinal);
            if (end < 0)
                break;
            var after = end + 4;
            var isEnd = after == text.Length || text[after] is '\n' or ' ';
            var body = text.AsSpan(header + 1, Math.Max(0, end - header - 1));
            if (!isEnd || !LooksEncoded(body))
            {
                at = NextBegin(text, header);
                continue;
            }
            var name = text[(at + 10)..header].Trim();
            var content = TransferDecoding.Uuencode(Encoding.Latin1.GetBytes(body.ToString()), out _);
            files.Add(
                new(
                    AttachmentName.Clean(name, MailLimits.Default.MaxNameChars),
                    "application/octet-stream",
                    content,
                    Inline: false,
                    ContentId: null
                )
                {
                    NameAsSent = name,
                }
            );
            kept.Append(text, from, at - from);
            from = Math.Min(text.Length, after + 1);
            at = NextBegin(text, from);
        }
        return files.Count == 0 ? text : kept.Append(text, from, text.Length - from).ToString();
    }

    // "begin 644 name" at the start of a line
    private static int NextBegin(string text, int from)
    {
        for (var at = from; at < text.Length; at++)
        {
            at = text.IndexOf("begin ", at, StringComparison.Ordinal);
            if (at < 0 || at + 11 > text.Length)
                return -1;
            if (
                (at == 0 || text[at - 1] == '\n')
                && text.AsSpan(at + 6, 3).IndexOfAnyExceptInRange('0', '7') < 0
                && text[at + 9] == ' '
            )
                return at;
        }
        return -1;
    }

    /// <summary>Whether each line begins with the length that it has.</summary>
    private static bool LooksEncoded(ReadOnlySpan<char> body)
    {
        var lines = 0;
        foreach (var line in body.EnumerateLines())
        {
            if (line.IsEmpty)
                continue;
            var length = (line[0] - 32) & 63;
            var wanted = (length + 2) / 3 * 4;
            if (line[0] is < ' ' or > '`' || line.Length - 1 < wanted - 3 || line.Length - 1 > wanted + 4)
                return false;
            lines++;
        }
        return lines > 0;
    }
}
