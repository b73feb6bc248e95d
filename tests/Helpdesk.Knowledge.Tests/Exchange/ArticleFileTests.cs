using FsCheck;
using FsCheck.Fluent;
using Helpdesk.Knowledge.Articles;
using Helpdesk.Knowledge.Exchange;
using Helpdesk.Knowledge.Tests.Analysis;
using Shouldly;

namespace Helpdesk.Knowledge.Tests.Exchange;

public sealed class ArticleFileTests
{
    [Fact]
    public void What_is_written_is_read_back_equal()
    {
        // a file holds whole characters, and one kind of line end
        var text = AnyText.Arbitrary.Generator.Select(any =>
            string.Concat(any.EnumerateRunes()).ReplaceLineEndings("\n")
        );
        var line = text.Select(any => any.ReplaceLineEndings(" "));
        var files =
            from title in line
            from summary in line
            from body in text
            from question in line
            from state in Gen.Elements(Enum.GetValues<ArticleState>())
            select new ArticleFile(
                "a-slug",
                title,
                summary,
                "de",
                state,
                ArticleVisibility.Chosen,
                ["Gold"],
                ["Harbour & Co: \"North\""],
                "card_arrival",
                ["b", "c"],
                ["old-one"],
                "in-english",
                IsBehind: true,
                "ann@example.org",
                new DateTimeOffset(2027, 1, 2, 3, 4, 5, TimeSpan.Zero),
                null,
                [new(question, QuestionSource.Ticket)],
                [new("files/a-slug/one.png", question)],
                body
            );
        Prop.ForAll(
                files.ToArbitrary(),
                file =>
                {
                    var read = ArticleFile.Read(file.Write(), "another-name");
                    (
                        read with
                        {
                            Tiers = [],
                            Organizations = [],
                            AlsoTopics = [],
                            FormerAddresses = [],
                            Questions = [],
                            Files = [],
                        }
                    ).ShouldBe(
                        file with
                        {
                            Tiers = [],
                            Organizations = [],
                            AlsoTopics = [],
                            FormerAddresses = [],
                            Questions = [],
                            Files = [],
                        }
                    );
                    read.Tiers.ShouldBe(file.Tiers);
                    read.Organizations.ShouldBe(file.Organizations);
                    read.AlsoTopics.ShouldBe(file.AlsoTopics);
                    read.FormerAddresses.ShouldBe(file.FormerAddresses);
                    read.Questions.ShouldBe(file.Questions);
                    read.Files.ShouldBe(file.Files);
                }
            )
            .QuickCheckThrowOnFailure();
    }

    [Fact]
    public void Any_text_is_an_article_or_a_clear_refusal() =>
        Prop.ForAll(
                AnyText.Arbitrary,
                text =>
                {
                    try
                    {
                        ArticleFile.Read("---\n" + text, "x");
                        ArticleFile.Read(text, text);
                        HtmlToMarkdown.Convert(text);
                    }
                    catch (InvalidDataException)
                    {
                        // says which fact
                    }
                }
            )
            .QuickCheckThrowOnFailure();

    [Fact]
    public void Plain_Markdown_has_its_first_heading_as_title()
    {
        var file = ArticleFile.Read("# Block a card\n\nOpen the app.\n", "Card (lost)");
        (file.Title, file.Slug, file.Body, file.State).ShouldBe(
            ("Block a card", "card-lost", "Open the app.", ArticleState.Draft)
        );
        ArticleFile.Read("Just text.", "lost_card").Title.ShouldBe("lost card");
    }

    [Fact]
    public void Other_programs_front_matter_is_understood()
    {
        var file = ArticleFile.Read("---\ntitle: Fees\nlang: de\ntags:\n  - money\n---\nAlle Gebühren.", "fees");
        (file.Title, file.Language, file.Body).ShouldBe(("Fees", "de", "Alle Gebühren."));
        Should
            .Throw<InvalidDataException>(() => ArticleFile.Read("---\nstate: ready\n---\nx", "x"))
            .Message.ShouldContain("Published");
    }

    [Fact]
    public void Links_between_Markdown_files_lead_from_article_to_article()
    {
        ArticleFile
            .Read("See [lost](../cards/Lost_Card.md#then) and [there](https://example.org/a.md).", "x")
            .Body.ShouldBe("See [lost](lost-card) and [there](https://example.org/a.md).");
        // a file of ours says what it means
        ArticleFile.Read("---\nslug: x\n---\n[a](a.md)", "x").Body.ShouldBe("[a](a.md)");
    }

    [Fact]
    public void A_page_becomes_Markdown_that_says_the_same()
    {
        var (title, markdown) = HtmlToMarkdown.Convert(
            """
            <html><head><title>Site</title><script>alert(1)</script></head><body><nav>Home</nav><main>
            <h1>Lost  card</h1><p>Open the <b>app</b> and <a href="freeze.html">freeze it</a>,
            or <a href="https://example.org/a_(b)">call</a>.</p>
            <h2>Then</h2><ol><li>Wait<ul><li>a day</li></ul></li><li>Order <code>new</code></li></ol>
            <pre>a *b*
              c</pre><table><tr><th>Fee</th><th>EUR</th></tr><tr><td>Card</td><td>5|6</td></tr></table>
            </main></body></html>
            """
        );
        title.ShouldBe("Lost card");
        markdown.ShouldBe(
            """
            Open the **app** and [freeze it](freeze), or [call](https://example.org/a_%28b%29).

            ## Then

            1. Wait
               - a day
            2. Order `new`

            ```
            a *b*
              c
            ```

            | Fee | EUR |
            | --- | --- |
            | Card | 5\|6 |
            """.ReplaceLineEndings("\n")
        );
    }
}
