using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;

namespace Helpdesk.Mail.Mime;

/// <summary>
/// The words of an RTF text (RTF 1.9): one pass over the bytes, no formatting. What is not text, such as fonts, pictures, and the HTML that Outlook hides in it, is
/// left out. Any bytes give a result.
/// </summary>
public static class RtfText
{
    public const int MaxChars = 1024 * 1024;
    private const int MaxDepth = 500;
    private const int MaxWord = 32;

    private static readonly HashSet<string> NoText = new(StringComparer.Ordinal)
    {
        "fonttbl",
        "colortbl",
        "stylesheet",
        "listtable",
        "listoverridetable",
        "revtbl",
        "rsidtbl",
        "info",
        "pict",
        "object",
        "header",
        "headerl",
        "headerr",
        "headerf",
        "footer",
        "footerl",
        "footerr",
        "footerf",
        "footnote",
        "annotation",
        "themedata",
        "colorschememapping",
        "datastore",
        "latentstyles",
        "xmlnstbl",
        "generator",
        "fldinst",
        "bkmkstart",
        "bkmkend",
    };

    public static bool IsRtf(ReadOnlySpan<byte> content) => content.StartsWith(@"{\rtf"u8);

    /// <returns>LF line ends; empty when there are no words.</returns>
    public static string Of(ReadOnlySpan<byte> rtf) => new Reading(rtf).Run();

    [StructLayout(LayoutKind.Auto)]
    private record struct Group(bool IsHidden, int SkippedAfterUnicode, int Font);

    private ref struct Reading(ReadOnlySpan<byte> rtf)
    {
        private readonly ReadOnlySpan<byte> rtf = rtf;
        private readonly StringBuilder text = new();
        private readonly Stack<Group> groups = new();
        private readonly Dictionary<int, Encoding> fonts = [];
        private readonly List<byte> pending = [];
        private Group now = new(false, 1, -1);
        private Encoding encoding = Charsets.FindPage(1252) ?? Encoding.Latin1;
        private int at;
        private int deeper; // groups inside of the deepest that is kept
        private int toSkip; // characters that stand for a \u before them
        private int fontTable = -1; // its depth
        private int defined = -1; // the font that is described there

        public string Run()
        {
            while (at < rtf.Length && text.Length < MaxChars)
            {
                var c = rtf[at++];
                switch (c)
                {
                    case (byte)'{':
                        Open();
                        break;
                    case (byte)'}':
                        Close();
                        break;
                    case (byte)'\\':
                        Command();
                        break;
                    case (byte)'\r' or (byte)'\n' or 0:
                        break;
                    default:
                        Byte(c);
                        break;
                }
            }
            Flush();
            return Tidy(text.ToString());
        }

        private void Open()
        {
            Flush();
            if (groups.Count >= MaxDepth)
            {
                deeper++;
                return;
            }
            groups.Push(now);
        }

        private void Close()
        {
            Flush();
            if (deeper > 0)
                deeper--;
            else if (groups.Count > 0)
                now = groups.Pop();
            if (groups.Count < fontTable)
                fontTable = -1;
        }

        private void Command()
        {
            if (at >= rtf.Length)
                return;
            var c = rtf[at];
            if (!char.IsAsciiLetter((char)c))
            {
                at++;
                Symbol(c);
                return;
            }
            var start = at;
            while (at < rtf.Length && at - start < MaxWord && char.IsAsciiLetter((char)rtf[at]))
                at++;
            var word = Encoding.ASCII.GetString(rtf[start..at]);
            var number = Number();
            if (at < rtf.Length && rtf[at] == ' ')
                at++;
            Word(word, number);
        }

        private int? Number()
        {
            var start = at;
            if (at < rtf.Length && rtf[at] == '-')
                at++;
            while (at < rtf.Length && at - start < 11 && char.IsAsciiDigit((char)rtf[at]))
                at++;
            if (int.TryParse(rtf[start..at], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var n))
                return n;
            if (at - start <= 1)
                at = start; // a lone hyphen is text
            return null;
        }

        private void Symbol(byte c)
        {
            switch (c)
            {
                case (byte)'\'' when at + 2 <= rtf.Length:
                    if (
                        byte.TryParse(
                            rtf.Slice(at, 2),
                            NumberStyles.AllowHexSpecifier,
                            CultureInfo.InvariantCulture,
                            out var value
                        )
                    )
                        Byte(value);
                    at += 2;
                    break;
                case (byte)'*':
                    now.IsHidden = true; // whoever does not know the next word leaves the whole group out, and none that has text is marked so
                    break;
                case (byte)'~':
                    Char('\u00A0');
                    break;
                case (byte)'_':
                    Char('-');
                    break;
                case (byte)'\\' or (byte)'{' or (byte)'}':
                    Byte(c);
                    break;
                case (byte)'\r' or (byte)'\n':
                    Char('\n');
                    break;
            }
        }

        private void Word(string word, int? number)
        {
            switch (word)
            {
                case "par" or "line" or "sect" or "page" or "row":
                    Char('\n');
                    break;
                case "tab" or "cell":
                    Char('\t');
                    break;
                case "u" when number is { } code:
                    Unicode((char)(ushort)code);
                    break;
                case "uc" when number is >= 0 and < 100:
                    now.SkippedAfterUnicode = number.Value;
                    break;
                case "bin" when number is > 0:
                    at = (int)Math.Min(rtf.Length, (long)at + number.Value);
                    break;
                case "ansicpg" when number is { } page:
                    encoding = Charsets.FindPage(page) ?? encoding;
                    break;
                case "f" when number is { } font:
                    Flush();
                    if (fontTable >= 0)
                        defined = font;
                    else
                        now.Font = font;
                    break;
                case "fcharset" when number is { } set && fontTable >= 0 && fonts.Count < 1000:
                    if (PageOf(set) is { } known && Charsets.FindPage(known) is { } found)
                        fonts[defined] = found;
                    break;
                case "plain":
                    Flush();
                    now.Font = -1;
                    break;
                default:
                    if (Spoken(word) is { } sign)
                        Char(sign);
                    else if (NoText.Contains(word))
                    {
                        now.IsHidden = true;
                        if (word == "fonttbl")
                            fontTable = groups.Count;
                    }
                    break;
            }
        }

        private void Unicode(char c)
        {
            Char(c);
            toSkip = now.SkippedAfterUnicode;
        }

        private void Byte(byte value)
        {
            if (toSkip > 0)
                toSkip--;
            else if (!now.IsHidden)
                pending.Add(value); // several may be one character
        }

        private void Char(char c)
        {
            Flush();
            if (!now.IsHidden)
                text.Append(c);
        }

        private void Flush()
        {
            toSkip = 0;
            if (pending.Count == 0)
                return;
            var page = fonts.GetValueOrDefault(now.Font, encoding);
            text.Append(page.GetString(CollectionsMarshal.AsSpan(pending)));
            pending.Clear();
        }

        private static char? Spoken(string word) =>
            word switch
            {
                "emdash" => '—',
                "endash" => '–',
                "bullet" => '•',
                "lquote" => '‘',
                "rquote" => '’',
                "ldblquote" => '“',
                "rdblquote" => '”',
                "emspace" or "enspace" or "qmspace" => ' ',
                _ => null,
            };

        /// <summary>The code page of a font's character set; null = that of the whole text.</summary>
        private static int? PageOf(int charset) =>
            charset switch
            {
                77 => 10000,
                128 => 932,
                129 => 949,
                134 => 936,
                136 => 950,
                161 => 1253,
                162 => 1254,
                163 => 1258,
                177 => 1255,
                178 => 1256,
                186 => 1257,
                204 => 1251,
                222 => 874,
                238 => 1250,
                _ => null,
            };

        private static string Tidy(string text) =>
            string.Join('\n', text.Split('\n').Select(l => l.TrimEnd(' ', '\t'))).Trim('\n');
    }
}
