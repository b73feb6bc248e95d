using Helpdesk.Knowledge.Deflection;
using Helpdesk.Knowledge.Growing;
using Shouldly;

namespace Helpdesk.Knowledge.Tests.Growing;

public sealed class ArticleGapsTests
{
    [Fact]
    public async Task Searches_that_found_nothing_are_one_gap_however_they_are_worded()
    {
        await using var desk = await KnowledgeDesk.CreateAsync();
        var log = desk.Get<DeflectionLog>();
        log.Searched("ann", SearchPlace.HelpCentre, "frozen cards", []);
        log.Searched("bob", SearchPlace.HelpCentre, "my card is frozen", []);
        log.Searched("bob", SearchPlace.HelpCentre, "something else", []);
        log.Asked("bob", 7);
        await log.FlushAsync();
        var gaps = await desk.Get<ArticleGaps>().FindAsync();
        gaps.ShouldContain(gap => gap.Kind == GapKind.NothingFound && gap.Times == 2 && gap.Tickets == 1);
    }

    [Fact]
    public async Task An_article_read_before_a_request_was_written_counts_the_requests()
    {
        await using var desk = await KnowledgeDesk.CreateAsync();
        var id = await desk.PublishAsync("Fees", "All of them.");
        var log = desk.Get<DeflectionLog>();
        log.Searched("ann", SearchPlace.HelpCentre, "fees", [id]);
        log.Opened("ann", id);
        log.Asked("ann", 7);
        await log.FlushAsync();
        (await desk.Get<ArticleGaps>().FindAsync())
            .ShouldHaveSingleItem()
            .ShouldBe(new Gap(GapKind.ReadAndAsked, "Fees", 1, 1, id));
    }

    [Fact]
    public async Task What_nobody_touched_for_a_year_or_whose_review_is_due_is_outdated()
    {
        await using var desk = await KnowledgeDesk.CreateAsync();
        var old = await desk.PublishAsync("Old", "Old.");
        desk.Desk.Time.Advance(TimeSpan.FromDays(366));
        var due = await desk.PublishAsync("Due", "Due.");
        await desk.ChangeAsync(due, (article, now) => article.LookAfter(null, now, now));
        await desk.PublishAsync("Fresh", "Fresh.");
        (await desk.Get<ArticleGaps>().FindAsync())
            .Where(gap => gap.Kind == GapKind.Outdated)
            .Select(gap => gap.ArticleId)
            .ShouldBe([old, due]);
    }
}
