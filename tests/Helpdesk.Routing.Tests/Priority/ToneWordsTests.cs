using Helpdesk.Routing.Priority;
using Shouldly;
using Xunit;

namespace Helpdesk.Routing.Tests.Priority;

public class ToneWordsTests
{
    [Theory]
    [InlineData("This is ridiculous, I want my money back", "ridiculous")]
    [InlineData("I am very disappointed and frustrated with you", "disappointed", "frustrated")]
    [InlineData("Your app is useless!!", "useless")]
    [InlineData("WHY DOES NOBODY ANSWER, this is annoying", "annoying")]
    [InlineData("Das ist eine Frechheit", "frechheit")]
    [InlineData("To jest skandaliczne", "skandaliczne")]
    [InlineData("Я обурена вашим сервісом", "обурена")]
    [InlineData("Это просто безобразие", "безобразие")]
    public void Anger_is_noticed_with_the_words_that_show_it(string text, params string[] words) =>
        ToneWords.In(text).ShouldBe(words);

    [Theory]
    [InlineData("My card was declined and does not work, please help today")]
    [InlineData("I want to file a complaint about a payment")]
    [InlineData("How long does a transfer take?")]
    [InlineData("URGENT: MY CARD IS BLOCKED")]
    [InlineData("Thank you so much!!")]
    [InlineData("")]
    public void A_matter_that_is_bad_or_presses_is_no_anger(string text) => ToneWords.In(text).ShouldBeEmpty();
}
