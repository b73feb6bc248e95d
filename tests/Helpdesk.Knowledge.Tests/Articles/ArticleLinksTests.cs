using Helpdesk.Knowledge.Articles;
using Helpdesk.Knowledge.Growing;
using Helpdesk.Tickets;
using Helpdesk.Tickets.Data;
using Helpdesk.Tickets.People;
using Microsoft.EntityFrameworkCore;
using Shouldly;

namespace Helpdesk.Knowledge.Tests.Articles;

public sealed class ArticleLinksTests
{
    [Theory]
    [InlineData("[a](fees) and [b](fees#when)", "fees")]
    [InlineData("[a](/articles/fees#when)", "fees")]
    [InlineData("[a][1]\n\n[1]: fees", "fees")]
    [InlineData("[a](https://example.org/articles/fees) [b](/topics/fees) [c](#fees) ![d](fees) [e](Fees.pdf)", "")]
    [InlineData("`[a](fees)` fees", "")]
    public void A_link_to_an_article_is_known_by_its_slug(string markdown, string slugs) =>
        string.Join(' ', ArticleMarkdown.LinkedSlugs(markdown)).ShouldBe(slugs);

    [Fact]
    public void A_link_that_leads_nowhere_is_its_words_alone_or_marked_for_authors()
    {
        const string Text = "See [the **fees**](fees) and [limits](limits#day).";
        string? Address(string slug) => slug is "limits" ? "/articles/limits" : null;
        var read = ArticleMarkdown.Render(Text, Address).Sections[0].Html.Value;
        read.ShouldContain("See the <strong>fees</strong> and <a href=\"/articles/limits#day\"");
        ArticleMarkdown
            .Render(Text, Address, marksDeadLinks: true)
            .Sections[0]
            .Html.Value.ShouldContain("<mark>the <strong>fees</strong></mark>");
    }

    [Fact]
    public async Task Links_to_what_is_missing_archived_unpublished_or_hidden_are_on_the_work_list_with_their_article()
    {
        await using var desk = await KnowledgeDesk.CreateAsync();
        var fees = await desk.PublishAsync("Fees", "All of them.");
        var old = await desk.PublishAsync("Old", "Old.");
        await desk.PublishAsync("Secret", "Ours.", ArticleVisibility.Internal);
        var guide = await desk.PublishAsync(
            "Guide",
            "[a](fees) [b](old) [c](secret) [d](never-was) [e](/articles/fees#x)"
        );
        var ours = await desk.PublishAsync("Ours", "[c](secret) [a](fees)", ArticleVisibility.Internal);
        (await DeadAsync(desk)).ShouldBe([
            (guide, "never-was", LinkFault.NoArticle),
            (guide, "secret", LinkFault.NotForItsReaders),
        ]);

        await desk.ChangeAsync(old, (article, now) => article.Archive(Actor.System, now));
        (await DeadAsync(desk)).ShouldContain((guide, "old", LinkFault.Archived));
        await desk.ChangeAsync(old, (article, now) => article.BackToDraft(Actor.System, now));
        (await DeadAsync(desk)).ShouldContain((guide, "old", LinkFault.NotPublished));

        // an address that it had leads to it still
        await desk.ChangeAsync(fees, (article, now) => article.ChangeSlug("all-fees", now));
        (await DeadAsync(desk)).ShouldNotContain(dead => dead.Item2 == "fees");

        await desk.ChangeAsync(
            guide,
            (article, now) => article.Edit(new("Guide", "", "[a](fees) alone."), "", Actor.System, now)
        );
        (await DeadAsync(desk)).ShouldBeEmpty();
        await desk.ChangeAsync(
            ours,
            (article, now) => article.Edit(new("Ours", "", "[a](gone)"), "", Actor.System, now)
        );
        (await DeadAsync(desk)).ShouldBe([(ours, "gone", LinkFault.NoArticle)]);
    }

    [Fact]
    public async Task An_article_for_chosen_customers_may_link_to_what_all_of_them_may_read()
    {
        await using var desk = await KnowledgeDesk.CreateAsync();
        var wide = await desk.PublishAsync("Wide", "For both.");
        var narrow = await desk.PublishAsync("Narrow", "[a](wide)");
        await using (var db = desk.Desk.OpenDatabase())
        {
            db.Add(
                new Tier
                {
                    Name = "Iron",
                    Rank = 7,
                    PriorityPoints = 0,
                }
            );
            db.Add(
                new Tier
                {
                    Name = "Tin",
                    Rank = 8,
                    PriorityPoints = 0,
                }
            );
            await db.SaveChangesAsync();
        }
        int[] tiers;
        await using (var db = desk.Desk.OpenDatabase())
            tiers = await db.Tiers.Where(t => t.Rank >= 7).OrderBy(t => t.Rank).Select(t => t.Id).ToArrayAsync();
        await ShowAsync(wide, tiers);
        await ShowAsync(narrow, tiers[0]);
        (await DeadAsync(desk)).ShouldBeEmpty();
        await ShowAsync(wide, tiers[1]);
        (await DeadAsync(desk)).ShouldBe([(narrow, "wide", LinkFault.NotForItsReaders)]);
        await using (var db = desk.Desk.OpenDatabase())
        {
            var faults = await ArticleLinks.FaultsAsync(db, ["wide"], ArticleVisibility.Chosen, new([tiers[0]], []));
            faults["wide"].ShouldBe(LinkFault.NotForItsReaders);
            (
                await ArticleLinks.FaultsAsync(db, ["wide"], ArticleVisibility.Internal, ChosenReaders.None)
            ).ShouldBeEmpty();
        }

        async Task ShowAsync(long id, params int[] to)
        {
            await using var db = desk.Desk.OpenDatabase();
            var article = await db.Set<Article>().Include(a => a.ChosenReaders).SingleAsync(a => a.Id == id);
            article.ShowTo(ArticleVisibility.Chosen, desk.Desk.Time.GetUtcNow());
            article.Choose(new(to, []), desk.Desk.Time.GetUtcNow());
            await ArticleChanges.SaveAsync(db, desk.Get<Bells>());
        }
    }

    private static async Task<List<(long, string, LinkFault)>> DeadAsync(KnowledgeDesk desk) =>
        [
            .. (await desk.Get<ArticleGaps>().FindAsync())
                .Where(gap => gap.Kind is GapKind.DeadLink)
                .Select(gap => (gap.ArticleId!.Value, gap.Link!.Slug, gap.Link.Fault)),
        ];
}
