using System.Globalization;
using Helpdesk.Routing.Decisions;
using Helpdesk.Routing.Priority;
using Helpdesk.Testing;
using Helpdesk.Tickets;
using Helpdesk.Tickets.People;
using Helpdesk.Tickets.Sla;
using Shouldly;
using Xunit;

namespace Helpdesk.Routing.Tests.Priority;

public class PriorityWatchTests
{
    [Theory]
    [InlineData("Sqlite")]
    [InlineData("Postgres")]
    public async Task What_happens_after_it_was_routed_counts_once_and_is_said(string database)
    {
        await using var desk = await RoutingDesk.OpenAsync(database);
        var id = await desk.OpenTicketAsync(text: "Where is my card? Urgent!");
        var other = await desk.OpenTicketAsync(address: "other@example.org");
        await desk.RouteAsync();
        var routed = await desk.ReadAsync(id);
        (await desk.Get<PriorityWatch>().RunAsync()).ShouldBe(0);

        desk.Time.Advance(TimeSpan.FromMinutes(5));
        for (var more = 0; more < 2; more++)
            await desk.ChangeAsync(id, (t, terms, now) => Write(t, "Hello?", terms, now));
        (await desk.Get<PriorityWatch>().RunAsync()).ShouldBe(1);
        var repeated = await desk.ReadAsync(id);
        repeated.PriorityScore.ShouldBe(routed.PriorityScore + 8);

        desk.Time.Advance(TimeSpan.FromMinutes(5));
        await desk.ChangeAsync(id, (t, terms, now) => t.Resolve("done", null, Actor.System, terms, now));
        await desk.ChangeAsync(id, (t, terms, now) => t.Reopen(Actor.System, terms, now));
        await desk.Get<PriorityWatch>().RunAsync();
        (await desk.Get<PriorityWatch>().RunAsync()).ShouldBe(0);
        var reopened = await desk.ReadAsync(id);
        reopened.PriorityScore.ShouldBeGreaterThan(routed.PriorityScore);
        (reopened.SpecialistId, reopened.TeamId).ShouldBe((routed.SpecialistId, routed.TeamId));
        RoutingExplanation
            .Of(await desk.DecisionAsync(id), routed.CreatedAt, await desk.PictureAsync(), CultureInfo.InvariantCulture)
            .Urgency.ShouldContain("reopened 1 times");
        (await desk.ReadAsync(other)).PriorityScore.ShouldBe(20);
    }

    private static void Write(Ticket ticket, string text, SlaTerms? terms, DateTimeOffset now) =>
        ticket.AddCustomerMessage(new MessageContent { Text = text }, Actor.Customer(ticket.Customer), terms, now);

    [Fact]
    public async Task What_a_person_set_stays()
    {
        await using var desk = await RoutingDesk.OpenAsync();
        var id = await desk.OpenTicketAsync();
        await desk.RouteAsync();
        await desk.ChangeAsync(
            id,
            (t, terms, now) =>
            {
                t.ChangePriority(TicketPriority.Low, Actor.Staff(desk.Anna.Id, "Anna"), null, terms, now);
                Write(t, "Hello?", terms, now.AddMinutes(1));
                Write(t, "Hello??", terms, now.AddMinutes(2));
            }
        );
        desk.Time.Advance(TimeSpan.FromMinutes(5));
        (await desk.Get<PriorityWatch>().RunAsync()).ShouldBe(0);
        (await desk.ReadAsync(id)).Priority.ShouldBe(TicketPriority.Low);
    }

    [Fact]
    public async Task A_promise_that_comes_near_moves_up_what_waits_and_leaves_its_priority()
    {
        await using var desk = await RoutingDesk.OpenAsync();
        await desk.ChangePeopleAsync(p => p.Presence = Presence.Away, desk.Anna, desk.Boris, desk.Lead);
        var id = await desk.OpenTicketAsync();
        await desk.RouteAsync();
        var routed = await desk.ReadAsync(id);
        var promised = routed.DueAt!.Value - desk.Time.GetUtcNow();
        desk.Time.Advance(promised * 0.6);
        await desk.Get<PriorityWatch>().RunAsync();
        var half = await desk.ReadAsync(id);
        desk.Time.Advance(promised * 0.6);
        await desk.Get<PriorityWatch>().RunAsync();
        var missed = await desk.ReadAsync(id);
        half.PriorityScore.ShouldBeGreaterThan(routed.PriorityScore);
        missed.PriorityScore.ShouldBeGreaterThan(half.PriorityScore);
        (half.Priority, missed.Priority).ShouldBe((routed.Priority, routed.Priority));
        (await desk.DecisionAsync(id)).Details.Priority.ShouldContain(r => r.Code == "promise-missed");
    }
}
