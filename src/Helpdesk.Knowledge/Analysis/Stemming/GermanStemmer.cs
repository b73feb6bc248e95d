namespace Helpdesk.Knowledge.Analysis.Stemming;

/// <summary>
/// The German Snowball stemmer, written from its published description:
/// M. F. Porter, "German stemming algorithm", https://snowballstem.org/algorithms/german/stemmer.html.
/// Folding has already written ß as ss and taken the umlauts' dots away, which the algorithm does at its two ends.
/// </summary>
internal static class GermanStemmer
{
    /// <summary>Stems in place and returns the stem's length.</summary>
    /// <param name="word">Lower case and folded.</param>
    public static int Stem(Span<char> word)
    {
        for (var i = 1; i < word.Length - 1; i++)
        {
            if (word[i] is ('u' or 'y') && IsVowel(word[i - 1]) && IsVowel(word[i + 1]))
                word[i] = char.ToUpperInvariant(word[i]);
        }
        var first = AfterVowelConsonant(word, 0);
        var r2 = AfterVowelConsonant(word, first);
        var r1 = Math.Max(first, 3);
        var length = Step1(word, r1);
        length = Step2(word, length, r1);
        length = Step3(word, length, r1, r2);
        for (var i = 0; i < length; i++)
            word[i] = char.ToLowerInvariant(word[i]);
        return length;
    }

    private static int Step1(ReadOnlySpan<char> word, int r1)
    {
        var length = word.Length;
        if (Ends(word, length, "ern"))
            return In(length - 3, r1, length);
        if (Ends(word, length, "em") || Ends(word, length, "er"))
            return In(length - 2, r1, length);
        var cut =
            Ends(word, length, "en") || Ends(word, length, "es") ? 2
            : Ends(word, length, "e") ? 1
            : 0;
        if (cut > 0)
        {
            if (length - cut < r1)
                return length;
            length -= cut;
            return Ends(word, length, "niss") ? length - 1 : length;
        }
        if (Ends(word, length, "s") && length - 1 >= r1 && length > 1 && Contains("bdfghklmnrt", word[length - 2]))
            return length - 1;
        return length;
    }

    private static int Step2(ReadOnlySpan<char> word, int length, int r1)
    {
        if (Ends(word, length, "est"))
            return In(length - 3, r1, length);
        if (Ends(word, length, "en") || Ends(word, length, "er"))
            return In(length - 2, r1, length);
        if (Ends(word, length, "st") && length - 2 >= r1 && length >= 6 && Contains("bdfghklmnt", word[length - 3]))
            return length - 2;
        return length;
    }

    private static int Step3(ReadOnlySpan<char> word, int length, int r1, int r2)
    {
        if (Ends(word, length, "end") || Ends(word, length, "ung"))
        {
            if (length - 3 < r2)
                return length;
            length -= 3;
            return Ends(word, length, "ig") && length - 2 >= r2 && !(length > 2 && word[length - 3] == 'e')
                ? length - 2
                : length;
        }
        if (Ends(word, length, "isch"))
            return length - 4 >= r2 && !(length > 4 && word[length - 5] == 'e') ? length - 4 : length;
        if (Ends(word, length, "ig") || Ends(word, length, "ik"))
            return length - 2 >= r2 && !(length > 2 && word[length - 3] == 'e') ? length - 2 : length;
        if (Ends(word, length, "lich") || Ends(word, length, "heit"))
        {
            if (length - 4 < r2)
                return length;
            length -= 4;
            return (Ends(word, length, "er") || Ends(word, length, "en")) && length - 2 >= r1 ? length - 2 : length;
        }
        if (Ends(word, length, "keit"))
        {
            if (length - 4 < r2)
                return length;
            length -= 4;
            if (Ends(word, length, "lich"))
                return In(length - 4, r2, length);
            return Ends(word, length, "ig") ? In(length - 2, r2, length) : length;
        }
        return length;
    }

    private static int In(int cut, int region, int otherwise) => cut >= region ? cut : otherwise;

    private static bool Ends(ReadOnlySpan<char> word, int length, string ending) => word[..length].EndsWith(ending);

    private static bool Contains(string letters, char c) => letters.Contains(c, StringComparison.Ordinal);

    private static int AfterVowelConsonant(ReadOnlySpan<char> word, int from)
    {
        for (var i = from + 1; i < word.Length; i++)
        {
            if (!IsVowel(word[i]) && IsVowel(word[i - 1]))
                return i + 1;
        }
        return word.Length;
    }

    private static bool IsVowel(char c) => c is 'a' or 'e' or 'i' or 'o' or 'u' or 'y';
}
