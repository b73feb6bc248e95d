using System.Text;
using System.Text.Unicode;

namespace Helpdesk.Mail.Mime;

/// <summary>
/// Bytes to text. The declared charset is used when it is known and fits; then what the bytes look like; then
/// Windows-1252, which never fails. Unreadable bytes become replacement characters.
/// </summary>
public static class Charsets
{
    private static readonly Encoding Windows1252 = Register();

    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false);

    /// <summary>Names seen in mail that the platform does not know, or knows as something narrower than what is meant.</summary>
    private static readonly Dictionary<string, string> Aliases = new(StringComparer.OrdinalIgnoreCase)
    {
        ["utf8"] = "utf-8",
        ["utf-8-sig"] = "utf-8",
        ["unicode-1-1-utf-8"] = "utf-8",
        ["utf8mb4"] = "utf-8",
        ["cp65001"] = "utf-8",
        ["ascii"] = "us-ascii",
        ["ansi_x3.4-1968"] = "us-ascii",
        ["646"] = "us-ascii",
        ["iso-8859-1"] = "windows-1252",
        ["iso8859-1"] = "windows-1252",
        ["iso_8859-1"] = "windows-1252",
        ["latin1"] = "windows-1252",
        ["latin-1"] = "windows-1252",
        ["l1"] = "windows-1252",
        ["cp1252"] = "windows-1252",
        ["cp-1252"] = "windows-1252",
        ["win-1252"] = "windows-1252",
        ["ansi"] = "windows-1252",
        ["cp1250"] = "windows-1250",
        ["cp1251"] = "windows-1251",
        ["win-1251"] = "windows-1251",
        ["cp-1251"] = "windows-1251",
        ["cp1253"] = "windows-1253",
        ["cp1254"] = "windows-1254",
        ["cp1257"] = "windows-1257",
        ["iso-8859-9"] = "windows-1254",
        ["iso-8859-8-i"] = "iso-8859-8",
        ["iso-8859-8-e"] = "iso-8859-8",
        ["iso-8859-11"] = "windows-874",
        ["tis-620"] = "windows-874",
        ["cp-850"] = "ibm850",
        ["cp850"] = "ibm850",
        ["cp437"] = "ibm437",
        ["cp866"] = "cp866",
        ["koi8r"] = "koi8-r",
        ["koi8u"] = "koi8-u",
        ["gb2312"] = "gb18030",
        ["gbk"] = "gb18030",
        ["cp936"] = "gb18030",
        ["x-gbk"] = "gb18030",
        ["euc-cn"] = "gb18030",
        ["cp932"] = "shift_jis",
        ["ms932"] = "shift_jis",
        ["windows-31j"] = "shift_jis",
        ["shift-jis"] = "shift_jis",
        ["sjis"] = "shift_jis",
        ["x-sjis"] = "shift_jis",
        ["iso-2022-jp-1"] = "iso-2022-jp",
        ["iso-2022-jp-2"] = "iso-2022-jp",
        ["iso-2022-jp-ms"] = "iso-2022-jp",
        ["eucjp"] = "euc-jp",
        ["ks_c_5601-1987"] = "ks_c_5601-1987",
        ["ksc5601"] = "ks_c_5601-1987",
        ["cp949"] = "ks_c_5601-1987",
        ["uhc"] = "ks_c_5601-1987",
        ["euckr"] = "ks_c_5601-1987",
        ["euc-kr"] = "ks_c_5601-1987",
        ["big5-hkscs"] = "big5",
        ["cp950"] = "big5",
        ["macintosh"] = "macintosh",
        ["x-mac-roman"] = "macintosh",
        ["unicode"] = "utf-16",
        ["ucs-2"] = "utf-16",
    };

    private static Encoding Register()
    {
        Encoding.RegisterProvider(CodePagesEncodingProvider.Instance);
        return Encoding.GetEncoding(1252);
    }

    /// <returns>Null for a name that nothing here can decode.</returns>
    public static Encoding? Find(string name)
    {
        name = name.Trim().Trim('"', '\'').Trim();
        if (name.Length is 0 or > 40)
            return null;
        if (Aliases.TryGetValue(name, out var known))
            name = known;
        if (name.Equals("utf-8", StringComparison.OrdinalIgnoreCase))
            return Utf8;
        if (name.Equals("windows-1252", StringComparison.OrdinalIgnoreCase))
            return Windows1252;
        try
        {
            return Encoding.GetEncoding(name);
        }
        catch (ArgumentException)
        {
            return
                name.StartsWith("cp", StringComparison.OrdinalIgnoreCase) && int.TryParse(name.AsSpan(2), out var page)
                ? FindPage(page)
                : null;
        }
        catch (NotSupportedException)
        {
            return null; // UTF-7 is known to the platform and refused by it
        }
    }

    internal static Encoding? FindPage(int page)
    {
        try
        {
            return page is > 0 and < 65536 ? Encoding.GetEncoding(page) : null;
        }
        catch (Exception e) when (e is ArgumentException or NotSupportedException)
        {
            return null;
        }
    }

    /// <param name="declared">The charset the sender names, or null.</param>
    /// <param name="isHeader">Headers are short: an undeclared charset is guessed with less evidence.</param>
    /// <param name="guessed">Whether another charset than the declared one was used for bytes that needed one.</param>
    public static string Decode(ReadOnlySpan<byte> bytes, string? declared, bool isHeader, out bool guessed)
    {
        guessed = false;
        if (bytes.StartsWith("\uFEFF"u8))
            bytes = bytes[3..];
        var encoding = declared is null ? null : Find(declared);
        if (IsPlainAscii(bytes) && (encoding is null || IsAsciiSuperset(encoding)))
        {
            if (declared is not null && IsUtf7(declared))
                return Utf7.Decode(bytes);
            return encoding is null && bytes.Contains((byte)0x1b)
                ? Detect(bytes, isHeader).GetString(bytes)
                : Encoding.ASCII.GetString(bytes);
        }
        if (encoding is Encoding and { CodePage: 1200 or 1201 })
            return DecodeUtf16(bytes, encoding);
        if (encoding is null || encoding.CodePage == 20127)
        {
            guessed = true;
            return Detect(bytes, isHeader).GetString(bytes);
        }
        if (encoding.CodePage == 65001 && !System.Text.Unicode.Utf8.IsValid(bytes))
        {
            guessed = true;
            return BrokenUtf8(bytes, isHeader);
        }
        // Latin-1 is what mailers write who do not know; text that is well-formed UTF-8 by chance does not exist.
        if (encoding.CodePage == 1252 && System.Text.Unicode.Utf8.IsValid(bytes))
        {
            guessed = true;
            return Utf8.GetString(bytes);
        }
        return encoding.GetString(bytes);
    }

    private static bool IsPlainAscii(ReadOnlySpan<byte> bytes) => Ascii.IsValid(bytes);

    private static bool IsAsciiSuperset(Encoding encoding) =>
        encoding.CodePage
            is not (
                1200
                or 1201
                or 12000
                or 12001
                or 50220
                or 50221
                or 50222
                or 50225
                or 50227
                or 52936
                or 37
                or 500
                or 20924
            );

    private static bool IsUtf7(string name) =>
        name.Equals("utf-7", StringComparison.OrdinalIgnoreCase)
        || name.EndsWith("utf-7", StringComparison.OrdinalIgnoreCase);

    private static string DecodeUtf16(ReadOnlySpan<byte> bytes, Encoding declared)
    {
        if (bytes.Length >= 2 && bytes[0] == 0xFF && bytes[1] == 0xFE)
            return Encoding.Unicode.GetString(bytes[2..]);
        if (bytes.Length >= 2 && bytes[0] == 0xFE && bytes[1] == 0xFF)
            return Encoding.BigEndianUnicode.GetString(bytes[2..]);
        return declared.GetString(bytes);
    }

    /// <summary>UTF-8 with a few wrong bytes stays UTF-8; text in another charset under its name is guessed.</summary>
    private static string BrokenUtf8(ReadOnlySpan<byte> bytes, bool isHeader)
    {
        var text = Utf8.GetString(bytes);
        var broken = text.AsSpan().Count('\uFFFD');
        var foreign = 0;
        foreach (var c in text)
        {
            if (c > 127)
                foreign++;
        }
        return broken * 2 <= foreign || foreign == broken && broken <= 1 && !isHeader
            ? text
            : Detect(bytes, isHeader).GetString(bytes);
    }

    /// <summary>What bytes of unknown charset most probably are.</summary>
    internal static Encoding Detect(ReadOnlySpan<byte> bytes, bool isHeader)
    {
        if (bytes.Length > 64 * 1024)
            bytes = bytes[..(64 * 1024)];
        if (bytes.IndexOf("\u001b$B"u8) >= 0 || bytes.IndexOf("\u001b$@"u8) >= 0 || bytes.IndexOf("\u001b(J"u8) >= 0)
            return Encoding.GetEncoding("iso-2022-jp");
        if (IsUtf8Start(bytes))
            return Utf8;
        if (bytes.Length >= 8 && bytes.Count((byte)0) > bytes.Length / 3)
            return bytes[0] == 0 ? Encoding.BigEndianUnicode : Encoding.Unicode;
        return DetectCyrillic(bytes, isHeader) ?? Windows1252;
    }

    /// <summary>Well-formed UTF-8 when a character cut in two at the very end is not held against it.</summary>
    private static bool IsUtf8Start(ReadOnlySpan<byte> bytes)
    {
        for (var cut = 0; cut < 4 && cut < bytes.Length; cut++)
        {
            if (System.Text.Unicode.Utf8.IsValid(bytes[..^cut]))
                return true;
            if (bytes[^(cut + 1)] < 0x80)
                return false;
        }
        return false;
    }

    /// <summary>
    /// Text in a non-Latin script has most of its letters above 127, text in a Latin one few. Cyrillic comes in three
    /// single-byte charsets; the right one is that in which most letters are small and common.
    /// </summary>
    private static Encoding? DetectCyrillic(ReadOnlySpan<byte> bytes, bool isHeader)
    {
        int high = 0,
            letters = 0;
        foreach (var b in bytes)
        {
            if (b >= 0x80)
                high++;
            else if (b is >= (byte)'A' and <= (byte)'Z' or >= (byte)'a' and <= (byte)'z')
                letters++;
        }
        if (high < (isHeader ? 4 : 12) || high < letters / 2)
            return null;
        Encoding? best = null;
        var bestScore = high; // at least one point a letter, or it is something else
        foreach (var page in (ReadOnlySpan<int>)[1251, 20866, 866])
        {
            var candidate = Encoding.GetEncoding(page);
            var score = 0;
            foreach (var c in candidate.GetString(bytes))
            {
                score += c switch
                {
                    'о' or 'е' or 'а' or 'и' or 'н' or 'т' or 'с' or 'р' or 'і' => 3,
                    >= 'а' and <= 'я' => 1,
                    >= 'А' and <= 'Я' => 0,
                    > '\u007f' => -2,
                    _ => 0,
                };
            }
            if (score > bestScore)
                (best, bestScore) = (candidate, score);
        }
        return best;
    }
}
