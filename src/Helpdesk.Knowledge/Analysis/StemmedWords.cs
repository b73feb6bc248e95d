using Helpdesk.Knowledge.Analysis.Stemming;

namespace Helpdesk.Knowledge.Analysis;

/// <summary>The words of a text that say something: without stop words, each as the stem under which it is found.</summary>
internal static class StemmedWords
{
    /// <param name="Start">In characters of the text.</param>
    /// <param name="Length">In characters of the text; the stem may be shorter.</param>
    public readonly record struct StemmedWord(int Start, int Length, string Stem);

    /// <param name="language">Guessed from the text where it is unknown.</param>
    public static List<StemmedWord> Of(string text, Language language = Language.Unknown)
    {
        var buffer = new TokenBuffer();
        Tokenizer.Split(text, buffer);
        if (language is Language.Unknown)
            language = LanguageGuess.Of(text, buffer, Language.English);
        var words = new List<StemmedWord>();
        Span<char> letters = stackalloc char[Tokenizer.MaxWordLength];
        foreach (ref readonly var token in buffer.Tokens)
        {
            var folded = buffer.Folded(token);
            if (StopWords.Contains(language, folded))
                continue;
            folded.CopyTo(letters);
            var length =
                token.Kind is TokenKind.Word ? Stemmer.Stem(language, letters[..folded.Length]) : folded.Length;
            words.Add(new(token.Start, token.Length, letters[..length].ToString()));
        }
        return words;
    }
}
