namespace Helpdesk.Knowledge.Analysis.Stemming;

/// <summary>
/// Light suffix rules of our own for Polish, on folded letters (ą is a, ł is l, ż is z): one inflectional ending, longest first, then
/// the softening i that remains. A stem keeps three letters.
/// </summary>
internal static class PolishStemmer
{
    private const int MinStem = 3;

    private static readonly string[] Endings = SuffixRules.LongestFirst(
        "osciami osciach osciom oscia osci osc "
            + "owania owanie owaniu owaniem owaniach owaniami owac ania anie aniu aniem aniach aniami enia enie eniu eniem eniach eniami "
            + "ego emu ymi imi ych ich ymi owi owie ami ach iami iach iom iem iego iemu iej "
            + "ajac ujac acy aca ace ujemy ujecie ujesz uje uja uje amy acie asz aja ają emy ecie esz imy icie isz ymy ysz "
            + "alem alam ales alas alismy alysmy ilem ilam iles ilas lismy lysmy "
            + "ali aly ala alo il ila ilo ili ily yl yla ylo yli yly al "
            + "owal owala owali owany owana owane any ana ane eni ony ona one "
            + "ac ec ic yc em am om ow ej im ym ia ie io iu a e i o u y"
    );

    /// <summary>Stems in place and returns the stem's length.</summary>
    /// <param name="word">Lower case and folded.</param>
    public static int Stem(Span<char> word)
    {
        var length = SuffixRules.CutOne(word, word.Length, Endings, MinStem);
        if (length > MinStem && word[length - 1] == 'i')
            length--;
        return length;
    }
}
