using Helpdesk.Knowledge.Deflection;
using Microsoft.EntityFrameworkCore;
using Shouldly;

namespace Helpdesk.Knowledge.Tests.Deflection;

public sealed class DeflectionTests
{
    [Fact]
    public async Task A_visit_counts_once_by_how_it_ended()
    {
        await using var desk = await KnowledgeDesk.CreateAsync();
        var log = desk.Get<DeflectionLog>();
        log.Searched("anna", SearchPlace.HelpCentre, "lost card", [1, 2]);
        log.Opened("anna", 2);
        log.Helped("anna", 2);
        log.Searched("boris", SearchPlace.RequestForm, "lost card", [1]);
        log.Helped("boris", 1);
        log.Asked("boris", 77);
        log.Searched("carla", SearchPlace.HelpCentre, "zeppelin", []);
        log.Searched("carla", SearchPlace.HelpCentre, "airship", []);
        await log.FlushAsync();
        (await log.FiguresAsync(desk.Desk.Time.GetUtcNow().AddDays(-1), DateTimeOffset.MaxValue)).ShouldBe(
            new DeflectionFigures(Searches: 3, Helped: 1, Asked: 1)
        );
        await using var db = desk.Desk.OpenDatabase();
        var searches = await db.Set<CustomerSearch>().OrderBy(s => s.Id).ToListAsync();
        searches
            .Select(s => s.Outcome)
            .ShouldBe([SearchOutcome.Helped, SearchOutcome.Asked, SearchOutcome.Unknown, SearchOutcome.Unknown]);
        searches[1].TicketId.ShouldBe(77);
        searches[0].ArticleId.ShouldBe(2);
    }

    [Fact]
    public async Task The_same_words_again_are_one_search_and_a_later_visit_is_another()
    {
        await using var desk = await KnowledgeDesk.CreateAsync();
        var log = desk.Get<DeflectionLog>();
        log.Searched("anna", SearchPlace.RequestForm, "lost card", [1]);
        log.Searched("anna", SearchPlace.RequestForm, "lost  card\n", [1]);
        await log.FlushAsync();
        desk.Desk.Time.Advance(TimeSpan.FromHours(2));
        log.Searched("anna", SearchPlace.RequestForm, "lost card", [1]);
        log.Asked("anna", 5);
        await log.FlushAsync();
        (await log.FiguresAsync(default, DateTimeOffset.MaxValue)).ShouldBe(
            new DeflectionFigures(Searches: 2, Helped: 0, Asked: 1)
        );
    }

    [Fact]
    public async Task Old_searches_are_forgotten()
    {
        await using var desk = await KnowledgeDesk.CreateAsync();
        var log = desk.Get<DeflectionLog>();
        log.Searched("anna", SearchPlace.HelpCentre, "lost card", [1]);
        await log.FlushAsync();
        desk.Desk.Time.Advance(TimeSpan.FromDays(89));
        (await log.PurgeAsync()).ShouldBe(0);
        desk.Desk.Time.Advance(TimeSpan.FromDays(2));
        (await log.PurgeAsync()).ShouldBe(1);
    }

    [Fact]
    public async Task Words_of_nobody_and_floods_do_no_harm()
    {
        await using var desk = await KnowledgeDesk.CreateAsync();
        var log = desk.Get<DeflectionLog>();
        log.Searched("", SearchPlace.HelpCentre, "lost card", [1]);
        log.Opened("nobody-known", 1);
        for (var i = 0; i < 3_000; i++)
            log.Searched(new string('v', 500), SearchPlace.HelpCentre, "", []);
        await log.FlushAsync();
        (await log.FiguresAsync(default, DateTimeOffset.MaxValue)).Searches.ShouldBe(0);
    }
}
