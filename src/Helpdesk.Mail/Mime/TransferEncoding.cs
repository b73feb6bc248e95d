using System.Text;

namespace Helpdesk.Mail.Mime;

/// <summary>Bodies in seven bits (RFC 2045), lines of at most 76 characters where they are encoded.</summary>
internal static class TransferEncoding
{
    private const int LineChars = 76;
    private const int MaxPlainLine = 200;

    /// <summary>
    /// <c>7bit</c> for what no server on the way is tempted to change, quoted-printable for mostly ASCII, else base64.
    /// </summary>
    /// <param name="text">CR LF line ends.</param>
    public static string For(ReadOnlySpan<byte> text)
    {
        int high = 0,
            column = 0;
        var plain = text.IndexOf("=_"u8) < 0 && !text.StartsWith("From "u8) && text.IndexOf("\nFrom "u8) < 0;
        for (var i = 0; i < text.Length; i++)
        {
            var c = text[i];
            if (c >= 0x7f)
                high++;
            var lineEnd = c == '\n';
            column = lineEnd ? 0 : column + 1;
            var trailing =
                c is (byte)' ' or (byte)'\t' && i + 1 < text.Length && text[i + 1] is (byte)'\r' or (byte)'\n';
            if (trailing || column > MaxPlainLine || c < ' ' && c is not ((byte)'\t' or (byte)'\r' or (byte)'\n'))
                plain = false;
        }
        if (high == 0 && plain)
            return "7bit";
        return high * 5L < text.Length ? "quoted-printable" : "base64";
    }

    public static byte[] Encode(ReadOnlySpan<byte> bytes, string encoding) =>
        encoding switch
        {
            "base64" => Base64(bytes),
            "quoted-printable" => QuotedPrintable(bytes),
            _ => bytes.ToArray(),
        };

    private static byte[] Base64(ReadOnlySpan<byte> bytes)
    {
        var text = Convert.ToBase64String(bytes, Base64FormattingOptions.InsertLineBreaks);
        return Encoding.ASCII.GetBytes(text + "\r\n");
    }

    private static byte[] QuotedPrintable(ReadOnlySpan<byte> bytes)
    {
        var output = new List<byte>(bytes.Length + bytes.Length / 4);
        var column = 0;
        for (var i = 0; i < bytes.Length; i++)
        {
            var c = bytes[i];
            if (c == '\r' && i + 1 < bytes.Length && bytes[i + 1] == '\n')
            {
                output.AddRange("\r\n"u8);
                (column, i) = (0, i + 1);
                continue;
            }
            var endsLine = i + 1 >= bytes.Length || bytes[i + 1] == '\r' || bytes[i + 1] == '\n';
            var literal = c is > 32 and < 127 and not (byte)'=' || c is (byte)' ' or (byte)'\t' && !endsLine;
            // a dot or "From " at the start of a line is what servers on the way change
            if (column == 0 && (c == '.' || c == 'F' && bytes[i..].StartsWith("From "u8)))
                literal = false;
            var width = literal ? 1 : 3;
            if (column + width >= LineChars)
            {
                output.AddRange("=\r\n"u8);
                column = 0;
            }
            if (literal)
            {
                output.Add(c);
            }
            else
            {
                output.Add((byte)'=');
                output.Add("0123456789ABCDEF"u8[c >> 4]);
                output.Add("0123456789ABCDEF"u8[c & 15]);
            }
            column += width;
        }
        return [.. output];
    }
}
