namespace Helpdesk.Knowledge.Analysis;

/// <summary>Which of the known languages a text is written in, by its script, its special letters and its stop words.</summary>
public static class LanguageGuess
{
    private const int WordsLookedAt = 200;
    private static readonly Language[] LatinLanguages = [Language.English, Language.German, Language.Polish];

    /// <summary>The likeliest language of the words in <paramref name="buffer"/>, which were split from <paramref name="text"/>.</summary>
    /// <param name="fallback">The answer when nothing points to a language (a product name, a number, a single noun).</param>
    public static Language Of(ReadOnlySpan<char> text, TokenBuffer buffer, Language fallback)
    {
        var tokens = buffer.Tokens[..Math.Min(buffer.Count, WordsLookedAt)];
        var (cyrillic, latin) = CountScripts(tokens, buffer);
        if (cyrillic == 0 && latin == 0)
            return fallback;
        var looked = tokens.IsEmpty ? text : text[..Math.Min(text.Length, tokens[^1].Start + tokens[^1].Length)];
        return cyrillic > latin ? Cyrillic(looked, tokens, buffer, fallback) : Latin(looked, tokens, buffer, fallback);
    }

    private static (int Cyrillic, int Latin) CountScripts(ReadOnlySpan<Token> tokens, TokenBuffer buffer)
    {
        int cyrillic = 0,
            latin = 0;
        foreach (ref readonly var token in tokens)
        {
            if (token.Kind is not TokenKind.Word)
                continue;
            var first = buffer.Folded(token)[0];
            if (first is >= '\u0400' and < '\u0530')
                cyrillic++;
            else if (first is >= 'a' and <= 'z')
                latin++;
        }
        return (cyrillic, latin);
    }

    private static Language Cyrillic(
        ReadOnlySpan<char> text,
        ReadOnlySpan<Token> tokens,
        TokenBuffer buffer,
        Language fallback
    )
    {
        var ukrainian = 2 * Letters(text, "іїєґІЇЄҐ") + StopWordsIn(Language.Ukrainian, tokens, buffer);
        var russian = 2 * Letters(text, "ыэъёЫЭЪЁ") + StopWordsIn(Language.Russian, tokens, buffer);
        if (ukrainian == russian)
            return fallback is Language.Ukrainian ? Language.Ukrainian : Language.Russian;
        return ukrainian > russian ? Language.Ukrainian : Language.Russian;
    }

    private static Language Latin(
        ReadOnlySpan<char> text,
        ReadOnlySpan<Token> tokens,
        TokenBuffer buffer,
        Language fallback
    )
    {
        var (best, bestScore) = (fallback, 0);
        foreach (var language in LatinLanguages)
        {
            var score =
                2 * StopWordsIn(language, tokens, buffer)
                + language switch
                {
                    Language.German => Letters(text, "äöüßÄÖÜ"),
                    Language.Polish => Letters(text, "ąęłśżźćńĄĘŁŚŻŹĆŃ"),
                    _ => 0,
                };
            if (score > bestScore || (score == bestScore && score > 0 && language == fallback))
                (best, bestScore) = (language, score);
        }
        return best;
    }

    private static int StopWordsIn(Language language, ReadOnlySpan<Token> tokens, TokenBuffer buffer)
    {
        var count = 0;
        foreach (ref readonly var token in tokens)
        {
            if (token.FoldedLength > 1 && StopWords.Contains(language, buffer.Folded(token)))
                count++;
        }
        return count;
    }

    private static int Letters(ReadOnlySpan<char> text, ReadOnlySpan<char> letters)
    {
        var count = 0;
        for (var at = text.IndexOfAny(letters); at >= 0; at = text.IndexOfAny(letters))
        {
            count++;
            text = text[(at + 1)..];
        }
        return count;
    }
}
