using System.Globalization;
using System.Text;

namespace Helpdesk.Knowledge.Analysis;

/// <summary>
/// Brings the spellings of one letter together, character by character: lower case, Latin letters without their marks, full-width
/// and compatibility forms as plain ones. Cyrillic letters keep their marks (й is not и), except ё, which Russian writes as е.
/// </summary>
/// <remarks>
/// Works on single UTF-16 units rather than through <see cref="string.Normalize()"/>, which refuses a lone surrogate and loses the
/// positions that highlighting needs.
/// </remarks>
internal static class Folding
{
    /// <summary>The most characters one input character can become (ﬃ, ß, ½ …).</summary>
    public const int MaxExpansion = 4;

    private const int TableSize = 0x2100;
    private static readonly char[] SingleFolds = BuildSingleFolds();

    /// <summary>Writes the folded form of <paramref name="c"/> and returns how many characters that is; 0 for a combining mark.</summary>
    /// <param name="target">At least <see cref="MaxExpansion"/> long.</param>
    public static int Fold(char c, Span<char> target)
    {
        if (c < 0x80)
        {
            target[0] = c is >= 'A' and <= 'Z' ? (char)(c | 0x20) : c;
            return 1;
        }
        if (c < TableSize && SingleFolds[c] is var single and not '\0')
        {
            target[0] = single;
            return 1;
        }
        return FoldRare(c, target);
    }

    /// <summary>A mark that only changes the letter before it (accents written as characters of their own).</summary>
    public static bool IsMark(char c) =>
        c >= 0x300
        && CharUnicodeInfo.GetUnicodeCategory(c)
            is UnicodeCategory.NonSpacingMark
                or UnicodeCategory.EnclosingMark
                or UnicodeCategory.Format;

    /// <summary>What words are made of; the spacing accents and apostrophes that Unicode counts as letters are not.</summary>
    public static bool IsLetterOrDigit(char c) => char.IsLetterOrDigit(c) && c is not (>= '\u02B0' and <= '\u02FF');

    /// <summary>The letter that a Cyrillic base letter and a following combining mark make, or '\0' when the mark is dropped.</summary>
    public static char Compose(char letter, char mark) =>
        (letter, mark) switch
        {
            ('и', '\u0306') => 'й',
            ('і', '\u0308') => 'ї',
            _ => '\0',
        };

    private static int FoldRare(char c, Span<char> target)
    {
        if (char.IsSurrogate(c))
        {
            target[0] = c;
            return 1;
        }
        if (IsMark(c))
            return 0;
        if (Spelled(c) is not { } letters)
            return Decompose(c, target);
        letters.CopyTo(target);
        return letters.Length;
    }

    // letters that Unicode does not take apart
    private static string? Spelled(char c) =>
        c switch
        {
            'ß' or 'ẞ' => "ss",
            'æ' or 'Æ' => "ae",
            'œ' or 'Œ' => "oe",
            'ł' or 'Ł' => "l",
            'đ' or 'Đ' => "d",
            'ø' or 'Ø' => "o",
            'ħ' or 'Ħ' => "h",
            'ŧ' or 'Ŧ' => "t",
            'ı' => "i",
            _ => null,
        };

    private static int Decompose(char c, Span<char> target)
    {
        // hangul and ideographs decompose into many or into others: they stand for themselves
        if (c is (>= '\u2E80' and < '\uF900') or (>= '\uFB00' and <= '\uFDFF' and > '\uFB06'))
        {
            target[0] = char.ToLowerInvariant(c);
            return 1;
        }
        var length = 0;
        foreach (var part in c.ToString().Normalize(NormalizationForm.FormKD))
        {
            if (!IsLetterOrDigit(part))
                continue;
            var letters = Spelled(part) ?? char.ToLowerInvariant(part).ToString();
            if (length + letters.Length > MaxExpansion)
                break;
            letters.CopyTo(target[length..]);
            length += letters.Length;
        }
        return length;
    }

    private static char[] BuildSingleFolds()
    {
        var table = new char[TableSize];
        Span<char> folded = stackalloc char[MaxExpansion];
        for (var i = 0x80; i < TableSize; i++)
        {
            var c = (char)i;
            if (i is >= 0x400 and < 0x530)
                table[i] = char.ToLowerInvariant(c) is var lower and not 'ё' ? lower : 'е';
            else if (FoldRare(c, folded) == 1)
                table[i] = folded[0];
        }
        return table;
    }
}
