namespace Helpdesk.Knowledge.Analysis.Stemming;

/// <summary>
/// The Russian Snowball stemmer, written from its published description:
/// M. F. Porter, "Russian stemming algorithm", https://snowballstem.org/algorithms/russian/stemmer.html.
/// </summary>
internal static class RussianStemmer
{
    // every list: longer endings first, so the first match is the longest
    private static readonly string[] GerundAfterA = ["вшись", "вши", "в"];
    private static readonly string[] Gerund = ["ившись", "ывшись", "ивши", "ывши", "ив", "ыв"];
    private static readonly string[] Adjective = Endings(
        "ими ыми его ого ему ому ее ие ые ое ей ий ый ой ем им ым ом их ых ую юю ая яя ою ею"
    );
    private static readonly string[] ParticipleAfterA = ["ем", "нн", "вш", "ющ", "щ"];
    private static readonly string[] Participle = ["ивш", "ывш", "ующ"];
    private static readonly string[] VerbAfterA = Endings("ешь нно ете йте ла на ли ем ло но ет ют ны ть й л н");
    private static readonly string[] Verb = Endings(
        "ейте уйте ила ыла ена ите или ыли ило ыло ено ует уют ены ить ыть ишь ей уй ил ыл им ым ен ят ит ыт ую ю"
    );
    private static readonly string[] Noun = Endings(
        "иями ями ами ией иям ием иях ев ов ие ье еи ии ей ой ий ям ем ам ом ах ях ию ью ия ья а е и й о у ы ь ю я"
    );

    /// <summary>Stems in place and returns the stem's length.</summary>
    /// <param name="word">Lower case, with ё written as е.</param>
    public static int Stem(Span<char> word)
    {
        var rv = AfterFirstVowel(word);
        if (rv >= word.Length)
            return word.Length;
        var r2 = AfterVowelConsonant(word, AfterVowelConsonant(word, 0));
        var length = StripInflection(word, rv);
        if (length > rv && word[length - 1] == 'и')
            length--;
        length = StripDerivation(word, length, rv, r2);
        return Tidy(word, length, rv);
    }

    private static int StripInflection(ReadOnlySpan<char> word, int rv)
    {
        var length = word.Length;
        if (Cut(word, length, rv, GerundAfterA, Gerund) is var gerund && gerund < length)
            return gerund;
        if (Ends(word, length, rv, "ся") || Ends(word, length, rv, "сь"))
            length -= 2;
        if (Cut(word, length, rv, [], Adjective) is var adjective && adjective < length)
            return Cut(word, adjective, rv, ParticipleAfterA, Participle);
        if (Cut(word, length, rv, VerbAfterA, Verb) is var verb && verb < length)
            return verb;
        return Cut(word, length, rv, [], Noun);
    }

    private static int StripDerivation(ReadOnlySpan<char> word, int length, int rv, int r2)
    {
        var region = Math.Max(rv, r2);
        if (Ends(word, length, region, "ость"))
            return length - 4;
        return Ends(word, length, region, "ост") ? length - 3 : length;
    }

    private static int Tidy(ReadOnlySpan<char> word, int length, int rv)
    {
        var superlative =
            Ends(word, length, rv, "ейше") ? 4
            : Ends(word, length, rv, "ейш") ? 3
            : 0;
        length -= superlative;
        if (Ends(word, length, rv, "нн"))
            return length - 1;
        return superlative == 0 && Ends(word, length, rv, "ь") ? length - 1 : length;
    }

    // the longest ending of both lists counts; those of the first only behind а or я
    private static int Cut(ReadOnlySpan<char> word, int length, int rv, string[] afterA, string[] always)
    {
        var longest = 0;
        foreach (var ending in always)
        {
            if (Ends(word, length, rv, ending))
            {
                longest = ending.Length;
                break;
            }
        }
        foreach (var ending in afterA)
        {
            if (ending.Length <= longest)
                break;
            if (Ends(word, length, rv, ending))
            {
                var before = length - ending.Length - 1;
                // a longer ending in the wrong place: the algorithm gives up here rather than take a shorter one
                return before >= rv && word[before] is ('а' or 'я') ? before + 1 : length;
            }
        }
        return length - longest;
    }

    private static bool Ends(ReadOnlySpan<char> word, int length, int region, string ending) =>
        length - ending.Length >= region && word[..length].EndsWith(ending);

    private static int AfterFirstVowel(ReadOnlySpan<char> word)
    {
        for (var i = 0; i < word.Length; i++)
        {
            if (IsVowel(word[i]))
                return i + 1;
        }
        return word.Length;
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

    private static bool IsVowel(char c) => c is 'а' or 'е' or 'и' or 'о' or 'у' or 'ы' or 'э' or 'ю' or 'я';

    private static string[] Endings(string list) => list.Split(' ');
}
