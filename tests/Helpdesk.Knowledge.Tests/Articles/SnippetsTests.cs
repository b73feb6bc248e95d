using FsCheck;
using FsCheck.Fluent;
using Helpdesk.Knowledge.Articles;
using Helpdesk.Knowledge.Search;
using Helpdesk.Tickets;
using Helpdesk.Tickets.Data;
using Shouldly;

namespace Helpdesk.Knowledge.Tests.Articles;

public sealed class SnippetsTests
{
    [Fact]
    public void Passages_stand_where_they_are_named_also_within_each_other()
    {
        var known = new Dictionary<string, string> { ["hours"] = "Nine to {{snippet:end}}.", ["end"] = "five" };
        Snippets.Expand("Open: {{snippet:hours}} {{snippet:none}}!", known).ShouldBe("Open: Nine to five. !");
        Snippets.Expand("{{snippet:none}}", known, name => $"?{name}").ShouldBe("?none");
        Snippets.CycleOf("end", "See {{snippet:hours}}", known).ShouldBe("end → hours → end");
        Snippets.CycleOf("new", "See {{snippet:hours}}", known).ShouldBeNull();
        Snippets.ShownBy("end", known).Order().ShouldBe(["end", "hours"]);
    }

    [Fact]
    public void Whatever_names_whatever_expanding_ends_and_stays_bounded()
    {
        Prop.ForAll<int>(seed =>
            {
                var random = new Random(seed);
                var known = Enumerable
                    .Range(0, 8)
                    .ToDictionary(
                        n => $"s{n}",
                        _ =>
                            string.Join(' ', Enumerable.Range(0, 6).Select(_ => Snippets.Mark($"s{random.Next(9)}")))
                            + new string('x', 9_000)
                    );
                var expanded = Snippets.Expand(Snippets.Mark("s0"), known);
                expanded.Length.ShouldBeLessThan(Snippets.MaxExpandedLength + 100_000);
                Snippets.CycleOf("s0", known["s0"], known);
            })
            .QuickCheckThrowOnFailure();
    }

    [Fact]
    public void A_passage_set_apart_is_one_of_three_kinds_and_nothing_else_gets_a_class()
    {
        var html = ArticleMarkdown
            .Render("> [!WARNING]\n> Never <b class=x>share</b> it.\n\n> plain", slug => slug, kind => $"{kind} & co")
            .Sections[0]
            .Html.Value;
        html.ShouldContain("<blockquote class=\"callout-warning\">");
        html.ShouldContain("<strong>Warning &amp; co</strong>");
        html.ShouldNotContain("<b ");
        html.ShouldContain("<blockquote>");
        Helpdesk
            .Tickets.Html.HtmlSanitizer.Clean("<blockquote class=\"evil\">a</blockquote>")!
            .Value.ShouldNotContain("class");
        ArticleMarkdown.ToPlainText("> [!TIP]\n> Use it.").ShouldContain("Use it.");
    }

    [Fact]
    public async Task What_a_snippet_says_is_found_in_the_articles_that_show_it()
    {
        await using var desk = await KnowledgeDesk.CreateAsync();
        await using (var db = desk.Desk.OpenDatabase())
        {
            db.Add(
                new SharedText(
                    SharedTextKind.Snippet,
                    "hours",
                    "The zeppelin lands at nine.",
                    Actor.System,
                    desk.Desk.Time.GetUtcNow()
                )
            );
            await db.SaveChangesAsync();
        }
        var id = await desk.PublishAsync("Opening hours", "Come early. {{snippet:hours}}");
        var hit = (await desk.FindAsync("zeppelin")).Hits.ShouldHaveSingleItem();
        hit.Id.ShouldBe(id);
        string.Concat(hit.Snippet.Select(part => part.Text)).ShouldContain("zeppelin lands");
        (await desk.FindAsync("snippet")).Hits.ShouldBeEmpty();
    }
}
