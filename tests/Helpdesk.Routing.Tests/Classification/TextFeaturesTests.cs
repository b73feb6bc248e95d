using Helpdesk.Routing.Classification;
using Shouldly;
using Xunit;

namespace Helpdesk.Routing.Tests.Classification;

public class TextFeaturesTests
{
    private static string[] Folded(string text) => [.. TextFeatures.Words(text).Select(w => w.Folded)];

    [Fact]
    public void Words_are_folded_and_keep_their_place_in_the_text()
    {
        var words = TextFeatures.Words("Où est ma Carte n° 4711?");
        words.Select(w => w.Folded).ShouldBe(["ou", "est", "ma", "carte", "n", "0000"]);
        words[3].ShouldBe(new TextFeatures.Word(10, 5, "carte"));
    }

    [Fact]
    public void An_apostrophe_joins_and_is_dropped() => Folded("haven't John's").ShouldBe(["havent", "johns"]);

    [Fact]
    public void Cyrillic_and_accents_survive() => Folded("Ґанок ЇЖА straße").ShouldBe(["ґанок", "їжа", "straße"]);

    [Theory]
    [InlineData("")]
    [InlineData("   \t\r\n ?!")]
    [InlineData("'''")]
    public void A_text_without_letters_has_no_words(string text) => Folded(text).ShouldBeEmpty();

    [Fact]
    public void A_very_long_text_and_a_very_long_word_are_bounded()
    {
        TextFeatures.Words(new string('x', 500_000)).Single().Folded.Length.ShouldBe(40);
        TextFeatures.Words(string.Concat(Enumerable.Repeat("ab ", 200_000))).Count.ShouldBeLessThan(7_000);
    }

    [Fact]
    public void Chinese_counts_single_characters_too()
    {
        var seen = 0;
        TextFeatures.Visit(TextFeatures.Words("天气"), (_, _, _) => seen++);
        seen.ShouldBeGreaterThan(4);
    }
}
