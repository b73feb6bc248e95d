using Helpdesk.Routing.Classification;
using Shouldly;
using Xunit;

namespace Helpdesk.Routing.Tests.Classification;

public class RequestPartsTests
{
    private static string[] Cut(string text) =>
        [.. RequestParts.Cut(text).Select(s => text.Substring(s.Start, s.Length).Trim())];

    [Fact]
    public void Sentences_are_cut_apart() =>
        Cut("My card is lost. How do I change the PIN?").ShouldBe(["My card is lost.", "How do I change the PIN?"]);

    [Fact]
    public void A_joining_word_inside_a_sentence_may_be_a_cut() =>
        Cut("I lost my card and I want to know the fee").ShouldBe(["I lost my card", "and I want to know the fee"]);

    [Fact]
    public void A_word_that_ends_a_paragraph_belongs_to_it() =>
        Cut("My card was declined. Why?\n\nI also want to know the fee.")
            .ShouldBe(["My card was declined. Why?", "I also want to know the fee."]);

    [Fact]
    public void Abbreviations_and_numbers_are_not_sentences() =>
        Cut("I paid 3.50 at shop.com yesterday").Length.ShouldBe(1);

    [Fact]
    public void Joining_words_at_the_beginning_do_not_count_as_words()
    {
        var parts = RequestParts.Cut("The card is late. And another thing: the fee is too high.");
        parts[1].Words.Select(w => w.Folded).ShouldBe(["the", "fee", "is", "too", "high"]);
    }

    [Fact]
    public void A_long_text_is_cut_into_a_bounded_number_of_parts_that_cover_it()
    {
        var text = string.Join(' ', Enumerable.Range(0, 200).Select(i => $"This is sentence {i}."));
        var parts = RequestParts.Cut(text);
        parts.Count.ShouldBe(RequestParts.MostParts);
        parts.Sum(p => p.Length).ShouldBe(text.Length);
    }
}
