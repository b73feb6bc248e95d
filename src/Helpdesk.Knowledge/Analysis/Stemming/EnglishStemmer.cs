using System.Buffers;
using System.Collections.Frozen;

namespace Helpdesk.Knowledge.Analysis.Stemming;

/// <summary>
/// The English stemmer known as Porter2, written from its published description:
/// M. F. Porter, "The English (Porter2) stemming algorithm", https://snowballstem.org/algorithms/english/stemmer.html.
/// </summary>
internal static class EnglishStemmer
{
    private static readonly FrozenDictionary<string, string> Irregular = new Dictionary<string, string>(
        StringComparer.Ordinal
    )
    {
        ["skis"] = "ski",
        ["skies"] = "sky",
        ["dying"] = "die",
        ["lying"] = "lie",
        ["tying"] = "tie",
        ["idly"] = "idl",
        ["gently"] = "gentl",
        ["ugly"] = "ugli",
        ["early"] = "earli",
        ["only"] = "onli",
        ["singly"] = "singl",
        ["sky"] = "sky",
        ["news"] = "news",
        ["howe"] = "howe",
        ["atlas"] = "atlas",
        ["cosmos"] = "cosmos",
        ["bias"] = "bias",
        ["andes"] = "andes",
    }.ToFrozenDictionary(StringComparer.Ordinal);

    private static readonly FrozenDictionary<string, string>.AlternateLookup<ReadOnlySpan<char>> IrregularLookup =
        Irregular.GetAlternateLookup<ReadOnlySpan<char>>();

    private static readonly SearchValues<char> Vowels = SearchValues.Create("aeiouy");

    // first match wins: the longer ending stands before the one it ends with
    private static readonly (string Ending, string By)[] Step2 =
    [
        ("ational", "ate"),
        ("ization", "ize"),
        ("fulness", "ful"),
        ("ousness", "ous"),
        ("iveness", "ive"),
        ("tional", "tion"),
        ("biliti", "ble"),
        ("lessli", "less"),
        ("entli", "ent"),
        ("ation", "ate"),
        ("alism", "al"),
        ("aliti", "al"),
        ("ousli", "ous"),
        ("iviti", "ive"),
        ("fulli", "ful"),
        ("enci", "ence"),
        ("anci", "ance"),
        ("abli", "able"),
        ("izer", "ize"),
        ("ator", "ate"),
        ("alli", "al"),
        ("bli", "ble"),
    ];

    private static readonly (string Ending, string By)[] Step3 =
    [
        ("ational", "ate"),
        ("tional", "tion"),
        ("alize", "al"),
        ("icate", "ic"),
        ("iciti", "ic"),
        ("ical", "ic"),
        ("ness", ""),
        ("ful", ""),
    ];

    private static readonly string[] Step4 =
    [
        "ement",
        "ance",
        "ence",
        "able",
        "ible",
        "ment",
        "ant",
        "ent",
        "ism",
        "ate",
        "iti",
        "ous",
        "ive",
        "ize",
        "al",
        "er",
        "ic",
    ];

    /// <summary>Stems in place and returns the stem's length.</summary>
    /// <param name="word">Lower case, without apostrophes.</param>
    public static int Stem(Span<char> word)
    {
        if (word.Length <= 2)
            return word.Length;
        if (IrregularLookup.TryGetValue(word, out var irregular))
        {
            irregular.CopyTo(word);
            return irregular.Length;
        }
        MarkConsonantY(word);
        var (r1, r2) = Regions(word);
        var length = Step1A(word);
        if (!IsKeptAfterPlural(word[..length]))
        {
            length = Step1B(word, length, r1);
            length = Step1C(word, length);
            length = DoStep2(word, length, r1);
            length = DoStep3(word, length, r1, r2);
            length = DoStep4(word, length, r2);
            length = Step5(word, length, r1, r2);
        }
        word[..length].Replace('Y', 'y');
        return length;
    }

    // a y that sounds as a consonant is written Y while stemming
    private static void MarkConsonantY(Span<char> word)
    {
        for (var i = 0; i < word.Length; i++)
        {
            if (word[i] == 'y' && (i == 0 || IsVowel(word[i - 1])))
                word[i] = 'Y';
        }
    }

    private static (int R1, int R2) Regions(ReadOnlySpan<char> word)
    {
        var r1 =
            word.StartsWith("gener") || word.StartsWith("arsen") ? 5
            : word.StartsWith("commun") ? 6
            : AfterVowelConsonant(word, 0);
        return (r1, AfterVowelConsonant(word, r1));
    }

    private static int AfterVowelConsonant(ReadOnlySpan<char> word, int from)
    {
        for (var i = from + 1; i < word.Length; i++)
        {
            if (!IsVowel(word[i]) && IsVowel(word[i - 1]))
                return i + 1;
        }
        return word.Length;
    }

    private static int Step1A(Span<char> word)
    {
        var length = word.Length;
        if (word.EndsWith("sses"))
            return length - 2;
        if (word.EndsWith("ied") || word.EndsWith("ies"))
            return length > 4 ? length - 2 : length - 1;
        if (word[^1] != 's' || word[^2] is 's' or 'u')
            return length;
        return HasVowel(word[..^2]) ? length - 1 : length;
    }

    private static bool IsKeptAfterPlural(ReadOnlySpan<char> word) =>
        word is "inning" or "outing" or "canning" or "herring" or "earring" or "proceed" or "exceed" or "succeed";

    private static int Step1B(Span<char> word, int length, int r1)
    {
        var text = word[..length];
        var eed =
            text.EndsWith("eedly") ? 5
            : text.EndsWith("eed") ? 3
            : 0;
        if (eed > 0)
            return length - eed >= r1 ? length - eed + 2 : length;
        var cut =
            text.EndsWith("ingly") ? 5
            : text.EndsWith("edly") ? 4
            : text.EndsWith("ing") ? 3
            : text.EndsWith("ed") ? 2
            : 0;
        if (cut == 0 || !HasVowel(text[..^cut]))
            return length;
        length -= cut;
        text = word[..length];
        if (text.EndsWith("at") || text.EndsWith("bl") || text.EndsWith("iz"))
        {
            word[length] = 'e';
            return length + 1;
        }
        if (length >= 2 && text[^1] == text[^2] && "bdfgmnprt".Contains(text[^1], StringComparison.Ordinal))
            return length - 1;
        if (r1 >= length && EndsInShortSyllable(text))
        {
            word[length] = 'e';
            return length + 1;
        }
        return length;
    }

    private static int Step1C(Span<char> word, int length)
    {
        if (length > 2 && word[length - 1] is ('y' or 'Y') && !IsVowel(word[length - 2]))
            word[length - 1] = 'i';
        return length;
    }

    private static int DoStep2(Span<char> word, int length, int r1)
    {
        var text = word[..length];
        foreach (var (ending, by) in Step2)
        {
            if (text.EndsWith(ending))
                return Put(word, length, ending.Length, by, r1);
        }
        if (text.EndsWith("ogi"))
            return length > 3 && text[^4] == 'l' && length - 3 >= r1 ? length - 1 : length;
        if (
            text.EndsWith("li")
            && length > 2
            && length - 2 >= r1
            && "cdeghkmnrt".Contains(text[^3], StringComparison.Ordinal)
        )
            return length - 2;
        return length;
    }

    private static int DoStep3(Span<char> word, int length, int r1, int r2)
    {
        var text = word[..length];
        if (text.EndsWith("ative"))
            return length - 5 >= r1 && length - 5 >= r2 ? length - 5 : length;
        foreach (var (ending, by) in Step3)
        {
            if (text.EndsWith(ending))
                return Put(word, length, ending.Length, by, r1);
        }
        return length;
    }

    private static int DoStep4(Span<char> word, int length, int r2)
    {
        var text = word[..length];
        foreach (var ending in Step4)
        {
            if (text.EndsWith(ending))
                return length - ending.Length >= r2 ? length - ending.Length : length;
        }
        return text.EndsWith("ion") && length > 3 && text[^4] is ('s' or 't') && length - 3 >= r2 ? length - 3 : length;
    }

    private static int Step5(Span<char> word, int length, int r1, int r2)
    {
        if (length == 0)
            return length;
        if (word[length - 1] == 'e')
        {
            if (length - 1 >= r2 || (length - 1 >= r1 && !EndsInShortSyllable(word[..(length - 1)])))
                return length - 1;
        }
        else if (word[length - 1] == 'l' && length - 1 >= r2 && length > 1 && word[length - 2] == 'l')
        {
            return length - 1;
        }
        return length;
    }

    private static int Put(Span<char> word, int length, int cut, string by, int region)
    {
        if (length - cut < region)
            return length;
        by.CopyTo(word[(length - cut)..]);
        return length - cut + by.Length;
    }

    private static bool EndsInShortSyllable(ReadOnlySpan<char> text)
    {
        if (text.Length == 2)
            return IsVowel(text[0]) && !IsVowel(text[1]);
        return text.Length > 2
            && !IsVowel(text[^1])
            && text[^1] is not ('w' or 'x' or 'Y')
            && IsVowel(text[^2])
            && !IsVowel(text[^3]);
    }

    private static bool HasVowel(ReadOnlySpan<char> text) => text.ContainsAny(Vowels);

    private static bool IsVowel(char c) => c is 'a' or 'e' or 'i' or 'o' or 'u' or 'y';
}
