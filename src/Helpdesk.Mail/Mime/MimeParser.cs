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

    /// <summary>One pass over one message: each multipart looks for boundary lines of all multiparts around it.</summary>
    private sealed class Walk(ReadOnlyMemory<byte> raw, MailLimits limits)
    {
        private readonly BoundaryLines boundaries = new(raw);
        private readonly ParsedMailBuilder mail = new(limits);
        private int parts;
        private bool astray;
        private long work;

        private ReadOnlySpan<byte> Data => raw.Span;

        public ParsedMail Run()
        {
            var start = SkipBlankLines();
            var headers = ReadHeaders(start, isPart: false, out var bodyStart);
            var type = HeaderValue.Parse(headers.First("Content-Type"));
            ReadEntity(headers, type, bodyStart, depth: 0, "text/plain");
            return mail.Compose(headers, type, MediaType(type, headers, "text/plain"), work + boundaries.Work);
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
                mail.Remark(MailRemarkCode.HeadersCut);
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
                mail.Remark(MailRemarkCode.TooDeep);
                return boundaries.Next(bodyStart);
            }
            if (mediaType == "multipart/encrypted")
                mail.Remark(MailRemarkCode.Encrypted, type.Parameter("protocol"));
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
            boundaries.Open(boundary);
            var found = boundaries.Next(bodyStart);
            if (found.Level != level)
            {
                // The declared boundary never comes. Either another one is used, or this is no multipart at all.
                boundaries.CloseFrom(level);
                return ReadAstray(headers, type, bodyStart, depth, defaultType);
            }
            while (found.Level == level && !found.Closes)
            {
                if (parts >= limits.MaxParts)
                {
                    mail.Remark(MailRemarkCode.TooManyParts);
                    found = boundaries.Next(found.Next);
                    continue;
                }
                parts++;
                var partHeaders = ReadHeaders(found.Next, isPart: true, out var partBody);
                var partType = HeaderValue.Parse(partHeaders.First("Content-Type"));
                found = ReadEntity(partHeaders, partType, partBody, depth + 1, defaultType);
            }
            boundaries.CloseFrom(level);
            if (found.Level == level)
                return boundaries.Next(found.Next); // past the epilogue
            mail.Remark(MailRemarkCode.BoundaryNotClosed);
            return found;
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
            mail.Remark(MailRemarkCode.BoundaryMissing, type.Value);
            var before = astray;
            astray = true;
            var found = boundaries.Guess(bodyStart) is { } guess
                ? ReadMultipart(headers, type, guess, bodyStart, depth, defaultType)
                : ReadLeaf(headers, type, "text/plain", bodyStart);
            astray = before;
            return found;
        }

        private Delimiter ReadLeaf(HeaderBlock headers, HeaderValue type, string mediaType, int bodyStart)
        {
            var found = boundaries.Next(bodyStart);
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
                mail.Remark(MailRemarkCode.EncodingDamaged, mediaType);
            mail.Take(headers, type, mediaType, content, astray);
            return found;
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
    }
}
