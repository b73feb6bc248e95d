using Helpdesk.Knowledge.Analysis;

namespace Helpdesk.Routing.Classification;

/// <summary>The language of a request, as an ISO 639-1 code.</summary>
public static class RequestLanguage
{
    private const int CharactersLookedAt = 1_000;

    /// <summary>Those that can be told apart.</summary>
    public static IReadOnlyList<string> Known { get; } = ["de", "en", "pl", "ru", "uk"];

    /// <summary>Null when nothing points to one of the languages that can be told apart.</summary>
    public static string? Of(string text)
    {
        var start = text.AsSpan(0, Math.Min(text.Length, CharactersLookedAt));
        var buffer = new TokenBuffer();
        Tokenizer.Split(start, buffer);
        return LanguageGuess.Of(start, buffer, Language.Unknown) switch
        {
            Language.English => "en",
            Language.Russian => "ru",
            Language.Ukrainian => "uk",
            Language.Polish => "pl",
            Language.German => "de",
            _ => null,
        };
    }
}
