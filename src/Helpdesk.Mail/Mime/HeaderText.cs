using System.Text;

namespace Helpdesk.Mail.Mime;

/// <summary>Encoded words in headers (RFC 2047, RFC 2231 section 5), read as tolerantly as they are written.</summary>
public static class HeaderText
{
    private const int MaxCharsetChars = 60;

    /// <summary>
    /// Replaces every encoded word by its text. Neighbouring words of one charset are joined before decoding, because
    /// many senders split in the middle of a character. What is no proper encoded word stays as it is.
    /// </summary>
    public static string Decode(string value)
    {
        if (!value.Contains("=?", StringComparison.Ordinal))
            return value;
        var text = new StringBuilder(value.Length);
        var bytes = new List<byte>();
        string? charset = null;
        int at = 0,
            search = 0;
        while (search < value.Length)
        {
            var start = value.IndexOf("=?", search, StringComparison.Ordinal);
            if (start < 0)
                break;
            if (!TryReadWord(value, start, out var word))
            {
                if (word.NoneFollow)
                    break;
                search = start + 2;
                continue;
            }
            var between = value.AsSpan(at, start - at);
            if (charset is null || !between.IsWhiteSpace())
            {
                Flush();
                text.Append(between);
            }
            else if (!charset.Equals(word.Charset, StringComparison.OrdinalIgnoreCase))
            {
                Flush();
            }
            charset = word.Charset;
            bytes.AddRange(word.Bytes(value));
            at = search = word.End;
        }
        Flush();
        return text.Append(value, at, value.Length - at).ToString();

        void Flush()
        {
            if (charset is not null)
                text.Append(
                    Charsets.Decode(
                        System.Runtime.InteropServices.CollectionsMarshal.AsSpan(bytes),
                        charset,
                        isHeader: true,
                        out _
                    )
                );
            bytes.Clear();
            charset = null;
        }
    }

    /// <summary>One line without control characters: they become a space, and blanks at both ends go.</summary>
    public static string Clean(string text)
    {
        if (!text.Any(char.IsControl))
            return text.Trim();
        return string.Create(
                text.Length,
                text,
                static (span, source) =>
                {
                    for (var i = 0; i < span.Length; i++)
                        span[i] = char.IsControl(source[i]) ? ' ' : source[i];
                }
            )
            .Trim();
    }

    /// <summary>Index after the encoded word that begins at <paramref name="start"/>, or -1 when there is none.</summary>
    internal static int EndOfWord(string value, int start) => TryReadWord(value, start, out var word) ? word.End : -1;

    /// <param name="NoneFollow">No terminator in the rest of the text, so no later start can be a word either.</param>
    private readonly record struct Word(
        string Charset,
        bool IsBase64,
        int TextStart,
        int TextEnd,
        int End,
        bool NoneFollow
    )
    {
        public byte[] Bytes(string value)
        {
            var encoded = value.AsSpan(TextStart, TextEnd - TextStart);
            var ascii = new byte[Encoding.UTF8.GetMaxByteCount(encoded.Length)];
            var length = Encoding.UTF8.GetBytes(encoded, ascii);
            return IsBase64
                ? TransferDecoding.Base64(ascii.AsSpan(0, length), out _)
                : TransferDecoding.Q(ascii.AsSpan(0, length));
        }
    }

    private static bool TryReadWord(string value, int start, out Word word)
    {
        word = default;
        var nameStart = start + 2;
        var nameEnd = value.IndexOf('?', nameStart, Math.Min(MaxCharsetChars, value.Length - nameStart));
        if (nameEnd <= nameStart || nameEnd + 2 >= value.Length || value[nameEnd + 2] != '?')
            return false;
        var encoding = value[nameEnd + 1];
        if (encoding is not ('b' or 'B' or 'q' or 'Q'))
            return false;
        var name = value[nameStart..nameEnd];
        if (name.AsSpan().IndexOfAny(' ', '\t', '=') >= 0)
            return false;
        var textStart = nameEnd + 3;
        var textEnd = value.IndexOf("?=", textStart, StringComparison.Ordinal);
        if (textEnd < 0)
        {
            word = new Word("", false, 0, 0, 0, NoneFollow: true);
            return false;
        }
        // "really?=20yes?=": a question mark that should have been encoded
        if (encoding is 'q' or 'Q' && IsHexPair(value, textEnd + 2))
        {
            var further = value.IndexOf(
                "?=",
                textEnd + 2,
                Math.Min(200, value.Length - textEnd - 2),
                StringComparison.Ordinal
            );
            if (further > 0 && value.AsSpan(textEnd, further - textEnd).IndexOfAny(' ', '\t') < 0)
                textEnd = further;
        }
        var language = name.IndexOf('*', StringComparison.Ordinal);
        word = new Word(
            language > 0 ? name[..language] : name,
            encoding is 'b' or 'B',
            textStart,
            textEnd,
            textEnd + 2,
            false
        );
        return true;
    }

    private static bool IsHexPair(string value, int at) =>
        at + 1 < value.Length && char.IsAsciiHexDigit(value[at]) && char.IsAsciiHexDigit(value[at + 1]);
}
