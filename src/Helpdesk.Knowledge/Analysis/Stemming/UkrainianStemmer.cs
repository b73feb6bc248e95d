namespace Helpdesk.Knowledge.Analysis.Stemming;

/// <summary>
/// Light suffix rules of our own for Ukrainian: one reflexive ending, one inflectional ending of nouns, adjectives or verbs (longest
/// first), and the vowel change of closed syllables (ніч, ночі). A stem keeps three letters.
/// </summary>
internal static class UkrainianStemmer
{
    private const int MinStem = 3;

    private static readonly string[] Endings = Longest(
        "ування уванню уванням ування увати ювати ання анню анням анні ення енню енням енні іння інню інням "
            + "ість істю ості остей остям остями остях "
            + "ими іми ого ього ому ьому ої ьої ою ьою ій ій их іх ий ім им ую юю ая яя еє оє а я у ю е є і и о ї й ь "
            + "ами ями ові еві єві ом ем єм ам ям ах ях ів їв ей ею єю "
            + "ати яти ити іти ути ють уть ать ять ить їть єте ете ите їте емо ємо имо їмо еш єш иш їш ав яв ив ів ала яла ила іла али яли или іли ало яло ило іло "
            + "ла ло ли ти"
    );

    /// <summary>Stems in place and returns the stem's length.</summary>
    /// <param name="word">Lower case, without apostrophes.</param>
    public static int Stem(Span<char> word)
    {
        var length = word.Length;
        if (length >= MinStem + 2 && (word.EndsWith("ся") || word.EndsWith("сь")))
            length -= 2;
        length = SuffixRules.CutOne(word, length, Endings, MinStem);
        if (length > MinStem && word[length - 1] is ('ь' or 'й'))
            length--;
        // і in a closed syllable stands for о or е in the other forms
        if (length >= MinStem && word[length - 2] == 'і')
            word[length - 2] = 'о';
        return length;
    }

    private static string[] Longest(string list) => SuffixRules.LongestFirst(list);
}
