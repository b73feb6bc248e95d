using System.Globalization;

namespace Helpdesk.Knowledge.Analysis;

/// <summary>
/// Splits a text into folded words. Linear in the text's length, the same words for the same text everywhere, and never an exception:
/// lone surrogates, control characters and megabytes without a space are just text.
/// </summary>
/// <remarks>
/// A word is a run of letters and digits. An apostrophe inside a word belongs to it and is dropped, with a following English "s"
/// ("customer's" is "customer", "don't" is "dont", "п'ять" is "пять"). Ideographs and kana are words of one character each. Codes whose
/// parts are linked by - _ . / or : and hold a digit ("HDFS-123", "2.9.10") give their parts and the joined form.
/// </remarks>
public static class Tokenizer
{
    /// <summary>Longer runs are cut here: nobody types them, and hashes and base64 would flood the vocabulary.</summary>
    public const int MaxWordLength = 48;

    /// <summary>The most words of one text that are looked at.</summary>
    public const int MaxTokens = 100_000;

    /// <summary>Fills <paramref name="buffer"/> with the words of <paramref name="text"/>.</summary>
    public static void Split(ReadOnlySpan<char> text, TokenBuffer buffer)
    {
        buffer.Clear();
        var at = 0;
        while (at < text.Length && buffer.Count < MaxTokens)
        {
            if (!IsWordCharacter(text, at))
            {
                at++;
                continue;
            }
            at = Run(text, at, buffer);
        }
    }

    // one run of linked words: hdfs-123 or just a word
    private static int Run(ReadOnlySpan<char> text, int at, TokenBuffer buffer)
    {
        var start = at;
        var first = buffer.Count;
        var hasDigit = false;
        while (true)
        {
            at = Word(text, at, buffer, out var digit);
            hasDigit |= digit;
            if (
                at + 1 >= text.Length
                || !IsLink(text[at])
                || !IsWordCharacter(text, at + 1)
                || buffer.Count >= MaxTokens
            )
                break;
            at++;
        }
        if (hasDigit && buffer.Count - first is > 1 and <= 8)
            Join(buffer, first, start, at - start);
        return at;
    }

    private static void Join(TokenBuffer buffer, int first, int start, int length)
    {
        var room = buffer.Room(MaxWordLength);
        var joined = 0;
        foreach (ref readonly var token in buffer.Tokens[first..])
        {
            var part = buffer.Folded(token);
            if (joined + part.Length > MaxWordLength)
                return;
            part.CopyTo(room[joined..]);
            joined += part.Length;
        }
        if (joined > 0)
            buffer.Add(start, length, joined, TokenKind.JoinedCode);
    }

    private static int Word(ReadOnlySpan<char> text, int at, TokenBuffer buffer, out bool hasDigit)
    {
        var start = at;
        var room = buffer.Room(MaxWordLength + Folding.MaxExpansion);
        var length = 0;
        hasDigit = false;
        for (; at < text.Length; at++)
        {
            var c = text[at];
            if (c < 0x80)
            {
                if (char.IsAsciiLetterOrDigit(c))
                {
                    hasDigit |= c <= '9';
                    if (length < MaxWordLength)
                        room[length++] = (char)(c is >= 'A' and <= 'Z' ? c | 0x20 : c);
                    continue;
                }
                if (c != '\'' || !ContinuesAfterApostrophe(text, ref at))
                    break;
                continue;
            }
            if (IsApostrophe(c))
            {
                if (!ContinuesAfterApostrophe(text, ref at))
                    break;
                continue;
            }
            if (!IsWordCharacter(text, at))
            {
                if (length > 0 && Folding.IsMark(c))
                {
                    if (Folding.Compose(room[length - 1], c) is var composed and not '\0')
                        room[length - 1] = composed;
                    continue;
                }
                break;
            }
            if (IsIdeograph(c))
            {
                if (at > start)
                    break;
                room[length++] = c;
                at++;
                break;
            }
            hasDigit |= char.IsDigit(c);
            if (length < MaxWordLength)
                length += Folding.Fold(c, room[length..]);
        }
        length = Math.Min(length, MaxWordLength);
        if (length > 0)
            buffer.Add(start, at - start, length, hasDigit ? TokenKind.Code : TokenKind.Word);
        return Math.Max(at, start + 1);
    }

    // at an apostrophe: false ends the word before it; a possessive s is stepped over
    private static bool ContinuesAfterApostrophe(ReadOnlySpan<char> text, ref int at)
    {
        if (at + 1 >= text.Length || !Folding.IsLetterOrDigit(text[at + 1]) || IsIdeograph(text[at + 1]))
            return false;
        if (text[at + 1] is 's' or 'S' && (at + 2 >= text.Length || !IsWordCharacter(text, at + 2)))
            at++;
        return true;
    }

    private static bool IsApostrophe(char c) => c is '\u2019' or '\u02BC' or '\u2018' or '\u00B4' or '\uFF07';

    private static bool IsLink(char c) => c is '-' or '_' or '.' or '/' or ':' or '\u2010' or '\u2011';

    private static bool IsIdeograph(char c) =>
        c >= '\u2E80' && (c is < '\uA000' or (>= '\uF900' and < '\uFB00')) && char.IsLetter(c);

    private static bool IsWordCharacter(ReadOnlySpan<char> text, int at)
    {
        var c = text[at];
        if (c < 0x80)
            return char.IsAsciiLetterOrDigit(c);
        if (!char.IsSurrogate(c))
            return Folding.IsLetterOrDigit(c) || CharUnicodeInfo.GetUnicodeCategory(c) is UnicodeCategory.OtherNumber;
        // a letter beyond the first plane is two units; both belong to the word
        if (char.IsHighSurrogate(c))
            return at + 1 < text.Length && char.IsLowSurrogate(text[at + 1]) && IsAstralLetter(c, text[at + 1]);
        return at > 0 && char.IsHighSurrogate(text[at - 1]) && IsAstralLetter(text[at - 1], c);
    }

    private static bool IsAstralLetter(char high, char low) =>
        CharUnicodeInfo.GetUnicodeCategory(char.ConvertToUtf32(high, low))
            is UnicodeCategory.OtherLetter
                or UnicodeCategory.LowercaseLetter
                or UnicodeCategory.UppercaseLetter
                or UnicodeCategory.DecimalDigitNumber;
}
