using System.Globalization;
using System.Text;

namespace Helpdesk.Mail.Mime;

/// <summary>Values of header fields as they are sent: ASCII, folded, and nothing that could begin another field.</summary>
internal static class MailHeaderText
{
    private const int LineChars = 76;

    /// <summary>Text of one encoded word: with its frame and the field's name it stays within a line (RFC 2047).</summary>
    private const int WordBytes = 36;

    /// <summary>Free text, encoded when it has to be.</summary>
    /// <param name="used">Characters already on the first line.</param>
    public static string Unstructured(string text, int used)
    {
        var line = HeaderText.Clean(text);
        return IsPlain(line) ? Fold(line, used) : EncodedWords(line);
    }

    private static bool IsPlain(string text) =>
        text.All(c => c is >= ' ' and < '\u007f')
        && !text.Contains("=?", StringComparison.Ordinal)
        && !text.Contains("  ", StringComparison.Ordinal)
        && text.Split(' ').All(w => w.Length < 900);

    private static string Fold(string text, int used)
    {
        if (used + text.Length <= LineChars)
            return text;
        var folded = new StringBuilder(text.Length + 16);
        var column = used;
        foreach (var word in text.Split(' '))
        {
            if (folded.Length > 0 && column + 1 + word.Length > LineChars)
            {
                folded.Append("\r\n");
                column = 0;
            }
            if (folded.Length > 0)
                folded.Append(' ');
            folded.Append(word);
            column += word.Length + 1;
        }
        return folded.ToString();
    }

    /// <summary>UTF-8 in base64, cut between characters, one word a line.</summary>
    private static string EncodedWords(string text)
    {
        var words = new List<string>();
        var bytes = new List<byte>(WordBytes);
        Span<byte> buffer = stackalloc byte[4];
        foreach (var rune in text.EnumerateRunes())
        {
            var length = rune.EncodeToUtf8(buffer);
            if (bytes.Count + length > WordBytes)
                Flush();
            bytes.AddRange(buffer[..length]);
            // some readers put a blank between encoded words: better where one is than inside a word
            if (rune.Value == ' ' && bytes.Count > WordBytes / 2)
                Flush();
        }
        Flush();
        return string.Join("\r\n ", words);

        void Flush()
        {
            if (bytes.Count > 0)
                words.Add($"=?utf-8?B?{Convert.ToBase64String(bytes.ToArray())}?=");
            bytes.Clear();
        }
    }

    public static string Mailboxes(IReadOnlyList<Mailbox> mailboxes) =>
        string.Join(",\r\n ", mailboxes.Select(Mailbox));

    private static string Mailbox(Mailbox mailbox)
    {
        var address = Address(mailbox.Address);
        var name = HeaderText.Clean(mailbox.Name);
        if (name.Length == 0)
            return address;
        var phrase = Phrase(name);
        var last = phrase.Length - (phrase.LastIndexOf('\n') + 1);
        return last + address.Length + "Reply-To: <>,".Length <= LineChars
            ? $"{phrase} <{address}>"
            : $"{phrase}\r\n <{address}>";
    }

    private static string Phrase(string name)
    {
        if (!IsPlain(name))
            return EncodedWords(name);
        return name.All(c => char.IsAsciiLetterOrDigit(c) || c is ' ' or '-' or '_' or '\'' or '+' or '!' or '/')
            ? name
            : $"\"{Escape(name)}\"";
    }

    /// <summary>
    /// Without anything that could end the address. The domain is written in ASCII; a local part that is not ASCII
    /// stays as it is, for servers that speak SMTPUTF8.
    /// </summary>
    private static string Address(string address)
    {
        var clean = string.Concat(
            address.Where(c => !char.IsControl(c) && !char.IsWhiteSpace(c) && c is not ('<' or '>' or ',' or ';'))
        );
        var at = clean.LastIndexOf('@');
        if (at < 0 || System.Text.Ascii.IsValid(clean.AsSpan(at)))
            return clean;
        try
        {
            return clean[..(at + 1)] + new IdnMapping().GetAscii(clean[(at + 1)..]);
        }
        catch (ArgumentException)
        {
            return clean; // no server will take it; the sender's report will say so
        }
    }

    public static string Id(string id) =>
        $"<{string.Concat(id.Where(c => c is > ' ' and < '\u007f' and not ('<' or '>')))}>";

    public static bool IsMediaType(string type)
    {
        var slash = type.IndexOf('/', StringComparison.Ordinal);
        return slash > 0
            && slash < type.Length - 1
            && type.Length < 120
            && type.AsSpan(slash + 1).IndexOf('/') < 0
            && type.All(c => char.IsAsciiLetterOrDigit(c) || c is '/' or '-' or '+' or '.' or '_');
    }

    /// <summary>Name of a file for clients that follow RFC 2231; cut into pieces when it is long.</summary>
    public static string FileName(string? name)
    {
        if (string.IsNullOrEmpty(name))
            return "";
        if (IsPlain(name) && name.Length <= 60)
            return $";\r\n filename=\"{Escape(name)}\"";
        var pieces = PercentPieces(name).ToList();
        if (pieces.Count == 1)
            return $";\r\n filename*=utf-8''{pieces[0]}";
        return string.Concat(
            pieces.Select(
                (p, i) => $";\r\n filename*{i.ToString(CultureInfo.InvariantCulture)}*={(i == 0 ? "utf-8''" : "")}{p}"
            )
        );
    }

    /// <summary>The name once more for clients that only look into the content type, in encoded words.</summary>
    public static string LegacyName(string? name)
    {
        if (string.IsNullOrEmpty(name))
            return "";
        return IsPlain(name) && name.Length <= 60
            ? $";\r\n name=\"{Escape(name)}\""
            : $";\r\n name=\"{EncodedWords(name)}\"";
    }

    private static string Escape(string text) =>
        text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal);

    private static IEnumerable<string> PercentPieces(string name)
    {
        var piece = new StringBuilder();
        foreach (var value in Encoding.UTF8.GetBytes(name))
        {
            if (piece.Length >= 50)
            {
                yield return piece.ToString();
                piece.Clear();
            }
            if (char.IsAsciiLetterOrDigit((char)value) || value is (byte)'-' or (byte)'.' or (byte)'_')
                piece.Append((char)value);
            else
                piece.Append(CultureInfo.InvariantCulture, $"%{value:X2}");
        }
        yield return piece.ToString();
    }
}
