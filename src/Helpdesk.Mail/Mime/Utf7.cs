using System.Text;

namespace Helpdesk.Mail.Mime;

/// <summary>UTF-7 (RFC 2152), which the platform no longer decodes and old mail still uses.</summary>
internal static class Utf7
{
    public static string Decode(ReadOnlySpan<byte> bytes)
    {
        var text = new StringBuilder(bytes.Length);
        var at = 0;
        while (at < bytes.Length)
        {
            if (bytes[at] != '+')
            {
                text.Append((char)bytes[at++]);
                continue;
            }
            var end = at + 1;
            while (
                end < bytes.Length
                && (char.IsAsciiLetterOrDigit((char)bytes[end]) || bytes[end] is (byte)'+' or (byte)'/')
            )
                end++;
            if (end == at + 1)
                text.Append('+');
            else
                text.Append(Encoding.BigEndianUnicode.GetString(TransferDecoding.Base64(bytes[(at + 1)..end], out _)));
            at = end < bytes.Length && bytes[end] == '-' ? end + 1 : end;
        }
        return text.ToString();
    }
}
