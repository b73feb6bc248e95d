using System.Net;
using Helpdesk.Knowledge;
using Helpdesk.Knowledge.Search;
using Helpdesk.Tickets;
using Helpdesk.Tickets.Access;
using Helpdesk.Tickets.Data;
using Helpdesk.Tickets.People;
using Helpdesk.Web.Components.Desk.Search;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;

namespace Helpdesk.Web.Tests.Desk;

public sealed class SearchPageTests
{
    [Fact]
    public async Task A_number_opens_its_ticket_and_one_that_is_not_there_says_so()
    {
        await using var desk = await Testing.Desk.CreateAsync();
        var ids = await SmallDesk.AddAsync(desk);
        await using var site = new DeskSite(desk);
        using var anna = site.ClientFor(desk.Anna.Id);

        foreach (var typed in new[] { $"{ids[1]}", $"%23{ids[1]}", $"[{ids[1]}]" })
        {
            var answer = await anna.GetAsync($"/desk/search?q={typed}");
            answer.StatusCode.ShouldBe(HttpStatusCode.Found);
            answer.Headers.Location!.ToString().ShouldEndWith($"/desk/tickets/{ids[1]}");
        }
        (await anna.GetStringAsync("/desk/search?q=999999")).ShouldContain("There is no ticket 999999");
        await MoveToAnotherTeamAsync(desk, ids[1]);
        (await anna.GetStringAsync($"/desk/search?q={ids[1]}")).ShouldContain($"There is no ticket {ids[1]}");
    }

    [Fact]
    public async Task Tickets_are_found_by_customer_subject_and_any_message()
    {
        await using var desk = await Testing.Desk.CreateAsync();
        await SmallDesk.AddAsync(desk);
        await using var site = new DeskSite(desk);
        using var anna = site.ClientFor(desk.Anna.Id);

        foreach (var words in new[] { "harbour", "treasurer@", "SUPPLIER declined", "ends in 7702", "compliance" })
        {
            var page = await anna.GetStringAsync($"/desk/search?q={Uri.EscapeDataString(words)}");
            page.ShouldContain("Transfer to a supplier declined, swallowed card");
            page.ShouldNotContain("Locked out after changing my phone");
        }
        (await anna.GetStringAsync("/desk/search?q=zeppelin")).ShouldContain("No ticket found for");
        (await anna.GetStringAsync("/desk/search")).ShouldContain("What are you looking for?");
        (
            await anna.GetStringAsync("/desk/search?q=%25%27%22&team=x&topic=99999999999&before=-1&state=7")
        ).ShouldContain("No ticket found for");
    }

    [Fact]
    public async Task Resolved_tickets_are_found_through_the_index_and_by_their_customer()
    {
        await using var desk = await Testing.Desk.CreateAsync();
        await using var site = new DeskSite(desk);
        var ids = await SmallDesk.AddAsync(desk);
        await desk.ChangeAsync(
            ids[1],
            (t, terms, now) => t.Resolve(null, null, Actor.Staff(desk.Anna.Id, "Anna"), terms, now)
        );
        await site.Services.GetRequiredService<TicketIndexFeed>().CatchUpAsync();
        var search = site.Services.GetRequiredService<TicketSearch>();
        var viewer = Viewer(desk);

        (await FindAsync("supplier declined")).ShouldBe([ids[1]]);
        (await FindAsync("harbour")).ShouldBe([ids[1]]);
        (await FindAsync("harbour", SearchState.Resolved)).ShouldBe([ids[1]]);
        (await FindAsync("harbour", SearchState.Unresolved)).ShouldBeEmpty();
        await MoveToAnotherTeamAsync(desk, ids[1]);
        (await FindAsync("harbour")).ShouldBeEmpty();

        async Task<List<long>> FindAsync(string words, SearchState state = SearchState.Any) =>
            [.. (await search.FindAsync(viewer, new(words, state))).Rows.Select(r => r.Id)];
    }

    [Theory]
    [InlineData(StorageProvider.Sqlite)]
    [InlineData(StorageProvider.Postgres)]
    public async Task Filters_and_pages_lie_inside_the_question(StorageProvider provider)
    {
        await using var desk = await Testing.Desk.CreateAsync(
            provider,
            configure: (services, configuration) =>
            {
                services.AddKnowledge(configuration);
                services.AddQueues();
            }
        );
        await SmallDesk.AddAsync(desk);
        var topics = (await desk.PictureAsync()).TopicsByKey;
        var many = new List<long>();
        for (var n = 0; n < TicketSearch.PageSize + 2; n++)
            many.Add(await desk.OpenTicketAsync($"Zebra {n}", "Stripes"));
        var search = desk.Get<TicketSearch>();

        var first = await search.FindAsync(Viewer(desk), new("zebra"));
        (first.Rows.Count, first.HasNext, first.Rows[0].Id).ShouldBe((TicketSearch.PageSize, true, many[^1]));
        var second = await search.FindAsync(Viewer(desk), new("zebra", Before: first.Rows[^1].Id));
        second.Rows.Select(r => r.Id).ShouldBe([many[1], many[0]]);
        second.HasNext.ShouldBeFalse();
        var fee = await search.FindAsync(Viewer(desk), new("the", TopicId: topics["transfer_fee"].Id));
        fee.Rows.ShouldNotBeEmpty();
        fee.Rows.ShouldAllBe(r => r.TopicId == topics["transfer_fee"].Id);
        (await search.FindAsync(Viewer(desk), new("the", TeamId: 4711))).Rows.ShouldBeEmpty();
    }

    [Fact]
    public async Task The_search_is_for_staff()
    {
        await using var desk = await Testing.Desk.CreateAsync();
        await using var site = new DeskSite(desk);
        using var customer = site.ClientFor(desk.Anna.Id, Roles.Customer);
        using var stranger = site.ClientFor(Guid.NewGuid());

        (await customer.GetAsync("/desk/search?q=card")).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await stranger.GetAsync("/desk/search?q=card")).StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    private static Viewer.Staff Viewer(Testing.Desk desk) =>
        new(desk.Anna.Id, desk.Anna.Name, false, false, [desk.Team.Id]);

    private static async Task MoveToAnotherTeamAsync(Testing.Desk desk, long id)
    {
        var other = new Team { Name = "Other" };
        await using (var db = desk.OpenDatabase())
        {
            db.Teams.Add(other);
            await db.SaveChangesAsync();
        }
        await desk.ChangeAsync(id, (t, _, now) => t.Unassign(Actor.System, null, now));
        await desk.ChangeAsync(id, (t, _, now) => t.MoveTo(other, Actor.System, now));
    }
}
