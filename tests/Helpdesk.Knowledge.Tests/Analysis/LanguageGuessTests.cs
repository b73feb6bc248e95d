using Helpdesk.Knowledge.Analysis;
using Shouldly;

namespace Helpdesk.Knowledge.Tests.Analysis;

public sealed class LanguageGuessTests
{
    [Theory]
    [InlineData("How do I reset my password?", Language.English)]
    [InlineData("Как мне сбросить пароль от карты?", Language.Russian)]
    [InlineData("Як мені скинути пароль від картки?", Language.Ukrainian)]
    [InlineData("Jak mogę zresetować hasło do karty?", Language.Polish)]
    [InlineData("Wie kann ich mein Passwort zurücksetzen?", Language.German)]
    [InlineData("iPhone 15", Language.Unknown)]
    [InlineData("", Language.Unknown)]
    [InlineData("12345 !!!", Language.Unknown)]
    public void A_text_shows_its_language_or_nothing(string text, Language language)
    {
        var buffer = new TokenBuffer();
        Tokenizer.Split(text, buffer);
        LanguageGuess.Of(text, buffer, Language.Unknown).ShouldBe(language);
    }
}
