namespace Helpdesk.Knowledge.Analysis.Stemming;

/// <summary>Brings the forms of one word together, by the language's own rules.</summary>
public static class Stemmer
{
    /// <summary>Stems in place and returns the stem's length: at least 1 and at most that of the word.</summary>
    /// <param name="word">A folded word of letters, not empty. Words of another script than the language's are left alone.</param>
    public static int Stem(Language language, Span<char> word)
    {
        if (word.IsEmpty)
            return 0;
        var cyrillic = word[0] is >= '\u0400' and < '\u0530';
        var latin = word[0] is >= 'a' and <= 'z';
        return language switch
        {
            Language.English when latin => EnglishStemmer.Stem(word),
            Language.German when latin => GermanStemmer.Stem(word),
            Language.Polish when latin => PolishStemmer.Stem(word),
            Language.Russian when cyrillic => RussianStemmer.Stem(word),
            Language.Ukrainian when cyrillic => UkrainianStemmer.Stem(word),
            // product names and borrowed words in Cyrillic text
            Language.Russian or Language.Ukrainian when latin => EnglishStemmer.Stem(word),
            _ => word.Length,
        };
    }
}
