using FsCheck;
using FsCheck.Fluent;
using Helpdesk.Knowledge.Analysis;
using Helpdesk.Knowledge.Search;
using Helpdesk.Knowledge.Tests.Analysis;
using Shouldly;

namespace Helpdesk.Knowledge.Tests.Search;

public sealed class HighlighterTests
{
    [Fact]
    public void Words_that_stand_in_every_line_are_not_marked() =>
        Highlighter
            .Mark(
                "Why was my card declined",
                Language.English,
                new Dictionary<string, double>(StringComparer.Ordinal)
                {
                    ["whi"] = 1,
                    ["was"] = 1,
                    ["declin"] = 1,
                }
            )
            .Where(part => part.IsHit)
            .Select(part => part.Text)
            .ShouldBe(["declined"]);

    private static readonly Dictionary<string, double> Stems = new()
    {
        ["card"] = 1,
        ["block"] = 0.5,
        ["s"] = 0.1,
    };

    [Fact]
    public void Every_form_of_a_word_is_marked_and_nothing_is_lost()
    {
        var parts = Highlighter.Mark("Blocking Cards: card’s blocked!", Language.English, Stems);
        parts.Where(part => part.IsHit).Select(part => part.Text).ShouldBe(["Blocking", "Cards", "card’s", "blocked"]);
        string.Concat(parts.Select(part => part.Text)).ShouldBe("Blocking Cards: card’s blocked!");
    }

    [Fact]
    public void Any_text_comes_back_whole_and_any_snippet_is_short()
    {
        Prop.ForAll(
                AnyText.Arbitrary,
                text =>
                {
                    string.Concat(Highlighter.Mark(text, Language.Unknown, Stems).Select(part => part.Text))
                        .ShouldBe(text);
                    string.Concat(
                            Highlighter
                                .Snippet(text + " card " + text, Language.Unknown, Stems, 40)
                                .Select(part => part.Text)
                        )
                        .Length.ShouldBeLessThanOrEqualTo(44);
                }
            )
            .QuickCheckThrowOnFailure();
    }
}
