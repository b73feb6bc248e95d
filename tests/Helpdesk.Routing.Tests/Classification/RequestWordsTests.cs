using Helpdesk.Routing.Classification;
using Shouldly;
using Xunit;

namespace Helpdesk.Routing.Tests.Classification;

public class RequestWordsTests
{
    private const string Matter = "My card was swallowed by the machine. Also, where is my refund?";

    [Theory]
    [InlineData("Question\nDear team,\n\n", "\n\nMany thanks\nAnna Nowak\nNorthwind Ltd | +44 20 7946 0958")]
    [InlineData("Hello! ", "\n--\nA. Nowak, Head of Everything")]
    [InlineData("", "\n> You wrote: where is my parcel?")]
    public void A_mail_is_read_like_its_matter_alone(string before, string after)
    {
        var words = RequestWords.Of(before + Matter + after);
        words.Select(w => w.Folded).ShouldBe(TextFeatures.Words(Matter).Select(w => w.Folded));
        words.ShouldAllBe(w => (before + Matter).Substring(w.Start, w.Length).Length == w.Length);
        words[0].Start.ShouldBe(before.Length);
    }

    [Theory]
    [InlineData("Hello")]
    [InlineData("Thanks")]
    [InlineData("> quoted only")]
    [InlineData("Question\nHi,\n")]
    public void Where_there_is_nothing_else_all_is_read(string text) =>
        RequestWords.Of(text).ShouldBe(TextFeatures.Words(text));

    [Fact]
    public void Parts_of_a_mail_cover_its_frame_but_are_judged_by_the_matter()
    {
        const string text = "Two things\nHi,\n" + Matter + "\nKind regards\nAnna Nowak";
        var parts = RequestParts.Cut(text);
        parts.Count.ShouldBe(2);
        parts.Sum(p => p.Length).ShouldBe(text.Length);
        parts[0].Words[0].Folded.ShouldBe("my");
        parts[1].Words[^1].Folded.ShouldBe("refund");
    }
}
