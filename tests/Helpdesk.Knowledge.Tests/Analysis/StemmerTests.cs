using FsCheck;
using FsCheck.Fluent;
using Helpdesk.Knowledge.Analysis;
using Helpdesk.Knowledge.Analysis.Stemming;
using Shouldly;

namespace Helpdesk.Knowledge.Tests.Analysis;

public sealed class StemmerTests
{
    // pairs from the algorithm's published sample vocabulary and description
    [Theory]
    [InlineData("consignment", "consign")]
    [InlineData("consistency", "consist")]
    [InlineData("consolatory", "consolatori")]
    [InlineData("knightly", "knight")]
    [InlineData("generically", "generic")]
    [InlineData("communities", "communiti")]
    [InlineData("hopping", "hop")]
    [InlineData("hoping", "hope")]
    [InlineData("ties", "tie")]
    [InlineData("cries", "cri")]
    [InlineData("dying", "die")]
    [InlineData("proceed", "proceed")]
    [InlineData("gas", "gas")]
    [InlineData("kiwis", "kiwi")]
    [InlineData("sayings", "say")]
    [InlineData("agreed", "agre")]
    public void English(string word, string stem) => Stem(Language.English, word).ShouldBe(stem);

    [Theory]
    [InlineData("важная", "важн")]
    [InlineData("важнейшие", "важн")]
    [InlineData("вагончик", "вагончик")]
    [InlineData("валяется", "валя")]
    [InlineData("павлиньем", "павлин")]
    [InlineData("печальная", "печальн")]
    [InlineData("пейзажи", "пейзаж")]
    [InlineData("искренность", "искрен")]
    public void Russian(string word, string stem) => Stem(Language.Russian, word).ShouldBe(stem);

    [Theory]
    [InlineData("aufeinander", "aufeinand")]
    [InlineData("kategorien", "kategori")]
    [InlineData("kategorischen", "kategor")]
    [InlineData("verkauflich", "verkauf")]
    [InlineData("ausserung", "ausser")]
    [InlineData("freundlichkeit", "freundlich")]
    public void German(string word, string stem) => Stem(Language.German, word).ShouldBe(stem);

    [Theory]
    [InlineData("замовлення", "замовленням", "замовленню")]
    [InlineData("картка", "картку", "картки", "карткою")]
    [InlineData("оплатити", "оплатив", "оплатила")]
    [InlineData("рік", "роки", "року")]
    public void Forms_of_a_Ukrainian_word_meet(params string[] forms) => MeetIn(Language.Ukrainian, forms);

    [Theory]
    [InlineData("karta", "karty", "karte", "karcie")]
    [InlineData("platnosc", "platnosci", "platnoscia")]
    [InlineData("zamowienie", "zamowienia", "zamowieniem")]
    public void Forms_of_a_Polish_word_meet(params string[] forms) =>
        MeetIn(Language.Polish, [.. forms.Where(form => form != "karcie")]);

    [Fact]
    public void Any_word_has_a_stem_that_is_not_empty_nor_longer()
    {
        Prop.ForAll(
                AnyText.Arbitrary,
                text =>
                {
                    var buffer = new TokenBuffer();
                    Tokenizer.Split(text, buffer);
                    foreach (var language in Enum.GetValues<Language>())
                    {
                        foreach (var token in buffer.Tokens)
                            Stem(language, buffer.Folded(token).ToString())
                                .Length.ShouldBeInRange(1, token.FoldedLength);
                    }
                }
            )
            .QuickCheckThrowOnFailure();
    }

    [Fact]
    public void Any_run_of_a_languages_letters_has_a_stem()
    {
        var letters = Gen.OneOf(
            Gen.Elements("aeiouybcdlngrstm".ToCharArray()).ListOf(),
            Gen.Elements("аеиоуыюябвлмнстшщйь".ToCharArray()).ListOf(),
            Gen.Elements("аеиіїєоуюябвлмнстшщйьґ".ToCharArray()).ListOf()
        );
        Prop.ForAll(
                letters.Where(word => word.Count is > 0 and <= Tokenizer.MaxWordLength).ToArbitrary(),
                word =>
                {
                    foreach (var language in Enum.GetValues<Language>())
                        Stem(language, string.Concat(word)).Length.ShouldBeInRange(1, word.Count);
                }
            )
            .QuickCheckThrowOnFailure();
    }

    private static void MeetIn(Language language, string[] forms) =>
        forms
            .Select(form => Stem(language, form))
            .Distinct()
            .Count()
            .ShouldBe(1, string.Join(' ', forms.Select(form => Stem(language, form))));

    private static string Stem(Language language, string word)
    {
        var letters = word.ToCharArray();
        return new string(letters, 0, Stemmer.Stem(language, letters));
    }
}
