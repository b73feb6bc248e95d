using System.Buffers;
using System.Text;

namespace Helpdesk.Mail.Mime;

/// <summary>Gathers what a message holds, part by part, within the limits.</summary>
internal sealed class ParsedMailBuilder(MailLimits limits)
{
    /// <summary>Parts written for programs (RFC 3462–3464, 5965, 6533, 8098): neither text nor attachment.</summary>
    private static readonly HashSet<string> ReportTypes = new(StringComparer.Ordinal)
    {
        "message/delivery-status",
        "message/disposition-notification",
        "message/feedback-report",
        "message/global-delivery-status",
        "message/global-disposition-notification",
        "message/global-headers",
        "text/rfc822-headers",
    };

    private static readonly SearchValues<char> CharsetEnd = SearchValues.Create("\"' />;");

    private readonly List<string> texts = [];
    private readonly List<string> htmls = [];
    private readonly List<MailAttachment> attachments = [];
    private readonly List<ReportPart> reports = [];
    private readonly List<MailRemark> remarks = [];
    private readonly List<string> strayTexts = [];
    private readonly List<string> strayHtmls = [];
    private long work;

    /// <summary>Adds a part that has none within it: a text, a report, or an attachment.</summary>
    /// <param name="isStray">It stands where a multipart's boundary is missing or wrong.</param>
    public void Take(
        HeaderBlock headers,
        HeaderValue type,
        string mediaType,
        ReadOnlyMemory<byte> content,
        bool isStray
    )
    {
        var disposition = HeaderValue.Parse(headers.First("Content-Disposition"));
        var name =
            disposition.Parameter("filename")
            ?? disposition.Parameter("name")
            ?? type.Parameter("name")
            ?? type.Parameter("filename");
        if (ReportTypes.Contains(mediaType))
        {
            reports.Add(new ReportPart(mediaType, Text(content.Span, type)));
        }
        else if (
            mediaType is "text/plain" or "text/html"
            && disposition.Value != "attachment"
            && string.IsNullOrEmpty(name)
        )
        {
            var text = Text(content.Span, type);
            if (mediaType == "text/html")
                (isStray ? strayHtmls : htmls).Add(text);
            else if (Says(type, "format", "flowed"))
                (isStray ? strayTexts : texts).Add(FlowedText.Unflow(text, Says(type, "delsp", "yes")));
            else
                (isStray ? strayTexts : texts).Add(text);
        }
        else if (attachments.Count >= limits.MaxAttachments)
        {
            Remark(MailRemarkCode.TooManyAttachments);
        }
        else
        {
            AddAttachment(headers, disposition, mediaType, name, content);
        }
    }

    /// <summary>Notes what is remarkable, each code once.</summary>
    public void Remark(MailRemarkCode code, string? detail = null)
    {
        foreach (var remark in remarks)
        {
            if (remark.Code == code)
                return; // once is enough; a message cannot fill memory with remarks
        }
        remarks.Add(new MailRemark(code, detail is { Length: > 100 } ? detail[..100] : detail));
    }

    /// <param name="headers">The message's own.</param>
    /// <param name="mediaType">The message's own.</param>
    /// <param name="workBefore">Bytes looked at to find the parts.</param>
    public ParsedMail Compose(HeaderBlock headers, HeaderValue type, string mediaType, long workBefore)
    {
        foreach (var name in (ReadOnlySpan<string>)["From", "Subject", "Message-ID", "Date", "Content-Type"])
        {
            if (headers.Count(name) > 1)
                Remark(MailRemarkCode.HeaderRepeated, name);
        }
        return new ParsedMail
        {
            Headers = headers,
            Subject = headers.Text("Subject"),
            From = Mailboxes(headers, "From"),
            To = Mailboxes(headers, "To"),
            Cc = Mailboxes(headers, "Cc"),
            ReplyTo = Mailboxes(headers, "Reply-To"),
            MessageId = MessageIds.ParseOwn(headers.First("Message-ID")),
            InReplyTo = MessageIds.First(headers.First("In-Reply-To")),
            References = MessageIds.Parse(headers.First("References"), limits.MaxReferences),
            Date = MailDate.Parse(headers.First("Date")),
            TextBody = texts.Count == 0 ? null : string.Join('\n', texts),
            HtmlBody = htmls.Count == 0 ? null : string.Join('\n', htmls),
            StrayText = strayTexts.Count == 0 ? null : string.Join('\n', strayTexts),
            StrayHtml = strayHtmls.Count == 0 ? null : string.Join('\n', strayHtmls),
            Attachments = attachments,
            Reports = reports,
            Remarks = remarks,
            ContentType = mediaType,
            ReportType = type.Parameter("report-type")?.ToLowerInvariant(),
            Work = workBefore + work,
        };
    }

    private static bool Says(HeaderValue type, string parameter, string value) =>
        type.Parameter(parameter)?.Equals(value, StringComparison.OrdinalIgnoreCase) == true;

    private void AddAttachment(
        HeaderBlock headers,
        HeaderValue disposition,
        string mediaType,
        string? name,
        ReadOnlyMemory<byte> content
    )
    {
        if (
            mediaType is "application/pkcs7-mime" or "application/x-pkcs7-mime"
            || mediaType == "application/pgp-encrypted"
        )
            Remark(MailRemarkCode.Encrypted, mediaType);
        var contentId = headers.First("Content-ID")?.Trim().Trim('<', '>');
        var sent = string.IsNullOrWhiteSpace(name) ? null : HeaderText.Clean(name);
        attachments.Add(
            new MailAttachment(
                AttachmentName.Clean(sent, limits.MaxNameChars),
                mediaType,
                content,
                disposition.Value == "inline" || (disposition.Value.Length == 0 && !string.IsNullOrEmpty(contentId)),
                string.IsNullOrEmpty(contentId) ? null : contentId
            )
            {
                NameAsSent = sent,
            }
        );
    }

    private string Text(ReadOnlySpan<byte> content, HeaderValue type)
    {
        work += content.Length;
        var charset = type.Parameter("charset");
        if (charset is null && type.Value == "text/html")
            charset = HtmlCharset(content);
        var text = Charsets.Decode(content, charset, isHeader: false, out var guessed);
        if (guessed)
            Remark(MailRemarkCode.CharsetGuessed, charset);
        return WithPlainLineEnds(text);
    }

    private static string? HtmlCharset(ReadOnlySpan<byte> html)
    {
        var head = Encoding.Latin1.GetString(html[..Math.Min(html.Length, 2048)]);
        var at = head.IndexOf("charset=", StringComparison.OrdinalIgnoreCase);
        if (at < 0)
            return null;
        var rest = head.AsSpan(at + 8).TrimStart("\"' ");
        var end = rest.IndexOfAny(CharsetEnd);
        return end > 0 ? rest[..end].ToString() : null;
    }

    private static string WithPlainLineEnds(string text)
    {
        if (text.AsSpan().IndexOfAny('\r', '\0', '\uFEFF') < 0)
            return text;
        return text.Replace("\r\n", "\n", StringComparison.Ordinal)
            .Replace('\r', '\n')
            .Replace("\0", "", StringComparison.Ordinal)
            .TrimStart('\uFEFF');
    }

    private List<Mailbox> Mailboxes(HeaderBlock headers, string name)
    {
        var found = new List<Mailbox>();
        foreach (var value in headers.All(name))
        {
            work += value.Length;
            found.AddRange(AddressList.Parse(value, limits.MaxAddressesPerHeader - found.Count, out var total));
            if (total > limits.MaxAddressesPerHeader)
                Remark(MailRemarkCode.AddressesCut, name);
        }
        return found;
    }
}
