using System.Buffers;
using System.Text;

namespace Helpdesk.Mail.Mime;

/// <summary>
/// Bytes of a message to a <see cref="ParsedMail"/> (RFC 5322, 2045–2049, 2231, 3676, 6532), tolerant of what really
/// arrives. Any bytes give a result; time grows with their number, memory by at most the decoded content.
/// </summary>
public static class MimeParser
{
    public static ParsedMail Parse(ReadOnlyMemory<byte> raw, MailLimits? limits = null)
    {
        var walk = new Walk(WithLineFeeds(raw), limits ?? MailLimits.Default);
        return walk.Run();
    }

    /// <summary>A message whose only line end is CR (old Macs) is read as if it were LF.</summary>
    private static ReadOnlyMemory<byte> WithLineFeeds(ReadOnlyMemory<byte> raw)
    {
        var span = raw.Span;
        if (span.Contains((byte)'\n') || !span.Contains((byte)'\r'))
            return raw;
        var copy = raw.ToArray();
        copy.AsSpan().Replace((byte)'\r', (byte)'\n');
        return copy;
    }

    /// <summary>A boundary line, or the end of the message (<see cref="Level"/> -1).</summary>
    private readonly record struct Delimiter(int LineStart, int Next, int Level, bool Closes);

    /// <summary>One pass over one message: each multipart looks for boundary lines of all multiparts around it.</summary>
    private sealed class Walk(ReadOnlyMemory<byte> raw, MailLimits limits)
    {
        private readonly List<byte[]> boundaries = [];
        private readonly List<string> texts = [];
        private readonly List<string> htmls = [];
        private readonly List<MailAttachment> attachments = [];
        private readonly List<ReportPart> reports = [];
        private readonly List<MailRemark> remarks = [];
        private int parts;
        private readonly List<string> strayTexts = [];
        private readonly List<string> strayHtmls = [];
        private bool guessedBoundary;
        private bool astray;
        private long work;

        private ReadOnlySpan<byte> Data => raw.Span;

        public ParsedMail Run()
        {
            var start = SkipBlankLines();
            var headers = ReadHeaders(start, isPart: false, out var bodyStart);
            var type = HeaderValue.Parse(headers.First("Content-Type"));
            ReadEntity(headers, type, bodyStart, depth: 0, "text/plain");
            return Compose(headers, type);
        }

        private int SkipBlankLines()
        {
            var start = 0;
            while (start < Data.Length && Data[start] is (byte)'\r' or (byte)'\n')
                start++;
            return Data[start..].StartsWith("\uFEFF"u8) ? start + 3 : start;
        }

        private HeaderBlock ReadHeaders(int start, bool isPart, out int bodyStart)
        {
            var block = HeaderBlock.Read(Data, start, Data.Length, isPart, limits, out bodyStart, out var cut);
            work += bodyStart - start;
            if (cut)
                Remark(MailRemarkCode.HeadersCut);
            return block;
        }

        /// <summary>Reads the content behind a header block and says which boundary line ended it.</summary>
        private Delimiter ReadEntity(
            HeaderBlock headers,
            HeaderValue type,
            int bodyStart,
            int depth,
            string defaultType
        )
        {
            var mediaType = MediaType(type, headers, defaultType);
            if (!mediaType.StartsWith("multipart/", StringComparison.Ordinal))
                return ReadLeaf(headers, type, mediaType, bodyStart);
            if (depth >= limits.MaxDepth)
            {
                Remark(MailRemarkCode.TooDeep);
                return NextDelimiter(bodyStart);
            }
            if (mediaType == "multipart/encrypted")
                Remark(MailRemarkCode.Encrypted, type.Parameter("protocol"));
            var partType = mediaType == "multipart/digest" ? "message/rfc822" : "text/plain";
            return type.Parameter("boundary")?.TrimEnd() is { Length: > 0 } boundary
                ? ReadMultipart(headers, type, Encoding.UTF8.GetBytes(boundary), bodyStart, depth, partType)
                : ReadAstray(headers, type, bodyStart, depth, partType);
        }

        private Delimiter ReadMultipart(
            HeaderBlock headers,
            HeaderValue type,
            byte[] boundary,
            int bodyStart,
            int depth,
            string defaultType
        )
        {
            var level = boundaries.Count;
            boundaries.Add(boundary);
            var found = NextDelimiter(bodyStart);
            if (found.Level != level)
            {
                // The declared boundary never comes. Either another one is used, or this is no multipart at all.
                boundaries.RemoveAt(level);
                return ReadAstray(headers, type, bodyStart, depth, defaultType);
            }
            while (found.Level == level && !found.Closes)
            {
                if (parts >= limits.MaxParts)
                {
                    Remark(MailRemarkCode.TooManyParts);
                    found = NextDelimiter(found.Next);
                    continue;
                }
                parts++;
                var partHeaders = ReadHeaders(found.Next, isPart: true, out var partBody);
                var partType = HeaderValue.Parse(partHeaders.First("Content-Type"));
                found = ReadEntity(partHeaders, partType, partBody, depth + 1, defaultType);
            }
            boundaries.RemoveRange(level, boundaries.Count - level);
            if (found.Level == level)
                return NextDelimiter(found.Next); // past the epilogue
            Remark(MailRemarkCode.BoundaryNotClosed);
            return found;
        }

        /// <summary>The next boundary line of any open multipart at or after <paramref name="from"/>.</summary>
        private Delimiter NextDelimiter(int from)
        {
            var at = from;
            if (boundaries.Count == 0)
                return new Delimiter(Data.Length, Data.Length, -1, true);
            while (at < Data.Length)
            {
                if (Data[at..].StartsWith("--"u8) && (at == 0 || Data[at - 1] is (byte)'\n' or (byte)'\r'))
                {
                    var end = Data[at..].IndexOf((byte)'\n');
                    var next = end < 0 ? Data.Length : at + end + 1;
                    if (Match(Data[(at + 2)..next].TrimEnd("\r\n \t"u8), out var level, out var closes))
                    {
                        work += next - from;
                        return new Delimiter(at, next, level, closes);
                    }
                    at = Math.Max(at + 1, next - 1);
                }
                var skip = Data[at..].IndexOf("\n--"u8);
                if (skip < 0)
                    break;
                at += skip + 1;
            }
            work += Data.Length - from;
            return new Delimiter(Data.Length, Data.Length, -1, true);
        }

        private bool Match(ReadOnlySpan<byte> line, out int level, out bool closes)
        {
            closes = false;
            for (level = boundaries.Count - 1; level >= 0; level--)
            {
                var boundary = boundaries[level];
                if (!line.StartsWith(boundary))
                    continue;
                closes = line.Length == boundary.Length + 2 && line.EndsWith("--"u8);
                if (closes || line.Length == boundary.Length)
                    return true;
            }
            return false;
        }

        /// <summary>The first line that looks like a boundary, taken once in a message whose own is missing or wrong.</summary>
        private byte[]? GuessBoundary(int from)
        {
            if (guessedBoundary)
                return null;
            guessedBoundary = true;
            var at = from;
            while (at < Data.Length)
            {
                var line = Data[at..HeaderBlock.EndOfLine(Data, at, out var next)];
                if (
                    line.StartsWith("--"u8)
                    && line.TrimEnd(" \t"u8).Length is > 3 and < 200
                    && Data[next..].StartsWith("Content-"u8)
                )
                    return line[2..].TrimEnd(" \t"u8).ToArray();
                at = next;
            }
            work += Data.Length - from;
            return null;
        }

        /// <summary>
        /// A multipart whose boundary is missing or wrong: what a guessed boundary finds, or all that stands in it, is
        /// kept as text that belongs to no part.
        /// </summary>
        private Delimiter ReadAstray(
            HeaderBlock headers,
            HeaderValue type,
            int bodyStart,
            int depth,
            string defaultType
        )
        {
            Remark(MailRemarkCode.BoundaryMissing, type.Value);
            var before = astray;
            astray = true;
            var found = GuessBoundary(bodyStart) is { } guess
                ? ReadMultipart(headers, type, guess, bodyStart, depth, defaultType)
                : ReadLeaf(headers, type, "text/plain", bodyStart);
            astray = before;
            return found;
        }

        private Delimiter ReadLeaf(HeaderBlock headers, HeaderValue type, string mediaType, int bodyStart)
        {
            var found = NextDelimiter(bodyStart);
            var end = found.LineStart;
            if (found.Level >= 0 && end > bodyStart && Data[end - 1] == '\n')
                end--;
            if (found.Level >= 0 && end > bodyStart && Data[end - 1] == '\r')
                end--;
            var body = raw[bodyStart..Math.Max(bodyStart, end)];
            var content = TransferDecoding.Decode(
                body,
                HeaderValue.Parse(headers.First("Content-Transfer-Encoding")).Value,
                out var damaged
            );
            work += body.Length;
            if (damaged)
                Remark(MailRemarkCode.EncodingDamaged, mediaType);
            Take(headers, type, mediaType, content);
            return found;
        }

        private void Take(HeaderBlock headers, HeaderValue type, string mediaType, ReadOnlyMemory<byte> content)
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
                    (astray ? strayHtmls : htmls).Add(text);
                else if (Says(type, "format", "flowed"))
                    (astray ? strayTexts : texts).Add(FlowedText.Unflow(text, Says(type, "delsp", "yes")));
                else
                    (astray ? strayTexts : texts).Add(text);
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
                    disposition.Value == "inline"
                        || (disposition.Value.Length == 0 && !string.IsNullOrEmpty(contentId)),
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

        private static readonly SearchValues<char> CharsetEnd = SearchValues.Create("\"' />;");

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

        private static string MediaType(HeaderValue type, HeaderBlock headers, string defaultType)
        {
            if (type.Value.Length == 0)
                return headers.Has("Content-Type") ? "text/plain" : defaultType;
            var slash = type.Value.IndexOf('/', StringComparison.Ordinal);
            if (slash > 0 && slash < type.Value.Length - 1)
                return type.Value;
            return type.Value.TrimEnd('/') switch
            {
                "html" or "text/html" => "text/html",
                "multipart" => "multipart/mixed",
                _ => "text/plain",
            };
        }

        private void Remark(MailRemarkCode code, string? detail = null)
        {
            foreach (var remark in remarks)
            {
                if (remark.Code == code)
                    return; // once is enough; a message cannot fill memory with remarks
            }
            remarks.Add(new MailRemark(code, detail is { Length: > 100 } ? detail[..100] : detail));
        }

        private ParsedMail Compose(HeaderBlock headers, HeaderValue type)
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
                ContentType = MediaType(type, headers, "text/plain"),
                ReportType = type.Parameter("report-type")?.ToLowerInvariant(),
                Work = work,
            };
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
}
