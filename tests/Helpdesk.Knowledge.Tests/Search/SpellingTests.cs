using Helpdesk.Knowledge.Search;
using Shouldly;

namespace Helpdesk.Knowledge.Tests.Search;

public sealed class SpellingTests
{
    private static readonly string[] Titles =
    [
        "Link a card",
        "Order a new card",
        "Instant transfers",
        "Transfer money abroad",
        "Close your account",
        "Something near you",
    ];

    [Theory]
    [InlineData("ard", "Link a card", "Order a new card")]
    [InlineData("ecard", "Link a card", "Order a new card")]
    [InlineData("ilnk", "Link a card")]
    [InlineData("lnik", "Link a card")]
    [InlineData("acount", "Close your account")]
    [InlineData("trasnfer", "Transfer money abroad", "Instant transfers")]
    public void Short_words_and_first_letters_are_corrected_too(string typed, params string[] found) =>
        Ask(typed).ShouldBe(found, ignoreOrder: true);

    [Theory]
    [InlineData("install")]
    [InlineData("dear")]
    [InlineData("rod")]
    public void Everyday_words_are_not_taken_for_others(string typed) => Ask(typed).ShouldBeEmpty();

    private static List<string> Ask(string typed)
    {
        var index = new InMemoryIndex(Ranking.Articles);
        index.Rebuild(Titles.Select((title, id) => new IndexedDocument(id, title, "", [])), position: 1);
        return [.. index.Search(new SearchQuery(typed)).Hits.Select(hit => Titles[hit.Id])];
    }
}
