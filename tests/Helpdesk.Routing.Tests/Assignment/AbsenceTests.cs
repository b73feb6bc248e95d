using Helpdesk.Routing.Assignment;
using Helpdesk.Routing.Decisions;
using Helpdesk.Testing;
using Helpdesk.Tickets;
using Helpdesk.Tickets.Notifications;
using Helpdesk.Tickets.People;
using Microsoft.EntityFrameworkCore;
using Shouldly;

namespace Helpdesk.Routing.Tests.Assignment;

public sealed class AbsenceTests
{
    [Theory]
    [InlineData("Sqlite")]
    [InlineData("Postgres")]
    public async Task When_an_absence_begins_what_waits_for_the_desk_goes_to_the_deputy_once_and_what_waits_for_the_customer_follows(
        string database
    )
    {
        await using var desk = await RoutingDesk.OpenAsync(database);
        var (open, waiting) = (await TicketOfAnnaAsync(desk, "a"), await TicketOfAnnaAsync(desk, "b"));
        await desk.ChangeAsync(
            waiting,
            (t, terms, now) => t.Reply(new() { Text = "Which card?" }, By(desk.Anna), TicketStatus.Waiting, terms, now)
        );
        await AbsentAsync(desk, desk.Anna, inHours: 2, deputy: desk.Boris);
        (await HandOverAsync(desk)).ShouldBe(0);

        desk.Time.Advance(TimeSpan.FromHours(3));
        (await HandOverAsync(desk)).ShouldBe(1);
        (await HandOverAsync(desk)).ShouldBe(0);
        var moved = await desk.ReadAsync(open);
        moved.SpecialistId.ShouldBe(desk.Boris.Id);
        moved.Notifications.Count(n => n.Kind is NotificationKind.Assigned && n.UserId == desk.Boris.Id).ShouldBe(1);
        var routed = moved.Events.Last(e => e.Kind is TicketEventKind.Routed).Details;
        (routed["name"], routed["insteadOf"]).ShouldBe((desk.Boris.Name, desk.Anna.Name));
        (await desk.DecisionAsync(open)).Details.Candidates[0].Counted.ShouldContain(r => r.Code == "deputy");
        (await desk.ReadAsync(waiting)).SpecialistId.ShouldBe(desk.Anna.Id);

        await desk.ChangeAsync(
            waiting,
            (t, terms, now) => t.AddCustomerMessage(new() { Text = "The blue one." }, Actor.System, terms, now)
        );
        (await HandOverAsync(desk)).ShouldBe(1);
        (await desk.ReadAsync(waiting)).SpecialistId.ShouldBe(desk.Boris.Id);

        // whoever is back finds with the deputy what the deputy has
        desk.Time.Advance(TimeSpan.FromDays(8));
        (await HandOverAsync(desk)).ShouldBe(0);
        (await desk.ReadAsync(open)).SpecialistId.ShouldBe(desk.Boris.Id);
    }

    [Fact]
    public async Task Work_stays_with_who_keeps_it_and_where_a_person_put_it()
    {
        await using var desk = await RoutingDesk.OpenAsync();
        var id = await TicketOfAnnaAsync(desk, "a");
        await AbsentAsync(desk, desk.Anna, inHours: 0, deputy: desk.Boris);
        await desk.ChangePeopleAsync(p => p.KeepsWork = true, desk.Anna);
        (await HandOverAsync(desk)).ShouldBe(0);

        await desk.ChangePeopleAsync(p => p.KeepsWork = false, desk.Anna);
        (await HandOverAsync(desk)).ShouldBe(1);
        desk.Time.Advance(TimeSpan.FromMinutes(5));
        await desk.ChangeAsync(id, (t, _, now) => t.AssignTo(desk.Anna, By(desk.Lead), null, now));
        (await HandOverAsync(desk)).ShouldBe(0);
        (await desk.ReadAsync(id)).SpecialistId.ShouldBe(desk.Anna.Id);
    }

    [Fact]
    public async Task A_deputy_who_is_absent_too_is_stood_in_for_and_two_who_stand_in_for_each_other_leave_it_to_the_team()
    {
        await using var desk = await RoutingDesk.OpenAsync();
        var id = await TicketOfAnnaAsync(desk, "a");
        await AbsentAsync(desk, desk.Anna, inHours: 0, deputy: desk.Boris);
        await AbsentAsync(desk, desk.Boris, inHours: 0, deputy: desk.Lead);
        await HandOverAsync(desk);
        (await desk.ReadAsync(id)).SpecialistId.ShouldBe(desk.Lead.Id);
        (await desk.DecisionAsync(id)).Details.Candidates[0].Counted.ShouldContain(r => r.Code == "deputy");

        await AbsentAsync(desk, desk.Lead, inHours: 0, deputy: desk.Anna);
        await HandOverAsync(desk);
        (await desk.ReadAsync(id)).SpecialistId.ShouldBeNull();
        (await desk.DecisionAsync(id)).Outcome.ShouldBe(RoutingOutcome.Queued);
    }

    [Fact]
    public async Task At_night_it_waits_in_the_queue_and_the_deputy_gets_it_in_the_morning()
    {
        await using var desk = await RoutingDesk.OpenAsync();
        var id = await TicketOfAnnaAsync(desk, "a");
        await AbsentAsync(desk, desk.Anna, inHours: 0, deputy: desk.Boris);
        await desk.ChangePeopleAsync(p => p.Presence = Presence.Away, desk.Lead, desk.Boris);
        (await HandOverAsync(desk)).ShouldBe(1);
        (await desk.ReadAsync(id)).SpecialistId.ShouldBeNull();
        // the deputy carries more than the lead
        for (var i = 0; i < 4; i++)
            await GiveAsync(desk, await desk.OpenTicketAsync(address: $"other{i}@example.org"), desk.Boris);

        await desk.ChangePeopleAsync(p => p.Presence = Presence.Available, desk.Lead, desk.Boris);
        (await desk.Get<WaitingTickets>().PullAsync()).ShouldBe(1);
        (await desk.ReadAsync(id)).SpecialistId.ShouldBe(desk.Boris.Id);
        (await desk.DecisionAsync(id)).Details.Candidates[0].Counted.ShouldContain(r => r.Code == "deputy");
    }

    [Fact]
    public async Task A_deputy_of_another_team_stands_in_unless_skill_or_room_is_missing()
    {
        await using var desk = await RoutingDesk.OpenAsync();
        var (first, second) = (await TicketOfAnnaAsync(desk, "a"), await TicketOfAnnaAsync(desk, "b"));
        await using (var db = desk.OpenDatabase())
        {
            var loans = await db.Teams.SingleAsync(t => t.Name == "Loans");
            var boris = await db.Specialists.Include(s => s.Teams).SingleAsync(s => s.Id == desk.Boris.Id);
            boris.Teams.Clear();
            boris.Teams.Add(new TeamMember { TeamId = loans.Id, SpecialistId = boris.Id });
            boris.Capacity = 1.5;
            await db.SaveChangesAsync();
        }
        await AbsentAsync(desk, desk.Anna, inHours: 0, deputy: desk.Boris);
        (await HandOverAsync(desk)).ShouldBe(2);
        var holders = new[] { (await desk.ReadAsync(first)).SpecialistId, (await desk.ReadAsync(second)).SpecialistId };
        holders.ShouldBe([desk.Boris.Id, desk.Lead.Id], ignoreOrder: true);
    }

    [Fact]
    public async Task What_was_put_back_without_a_team_is_routed_and_not_given_to_who_put_it_back()
    {
        await using var desk = await RoutingDesk.OpenAsync();
        var id = await desk.OpenTicketAsync();
        await GiveAsync(desk, id, desk.Anna); // before routing came to it, so it has no team
        (await desk.ReadAsync(id)).TeamId.ShouldBeNull();
        await desk.ChangeAsync(id, (t, _, now) => t.Unassign(By(desk.Anna), null, now));
        (await desk.RouteAsync()).ShouldBe(1);
        var ticket = await desk.ReadAsync(id);
        ticket.TeamId.ShouldBe(desk.Team.Id);
        ticket.SpecialistId.ShouldBeOneOf(desk.Boris.Id, desk.Lead.Id);
        (await desk.DecisionAsync(id))
            .Details.Candidates.Single(c => c.Id == desk.Anna.Id)
            .Blocks.ShouldContain(b => b.Code == "gave-back");
    }

    private static Actor By(Specialist person) => Actor.Staff(person.Id, person.Name);

    private static async Task<int> HandOverAsync(Desk desk)
    {
        var released = await desk.Get<SpecialistRelease>().RunForAbsentAsync();
        while (await desk.RouteAsync() > 0) { }
        return released;
    }

    private static Task AbsentAsync(Desk desk, Specialist person, int inHours, Specialist deputy) =>
        desk.ChangePeopleAsync(
            p =>
            {
                p.AbsentFrom = desk.Time.GetUtcNow().AddHours(inHours);
                p.AbsentUntil = desk.Time.GetUtcNow().AddDays(7);
                p.DeputyId = deputy.Id;
            },
            person
        );

    private static async Task<long> TicketOfAnnaAsync(Desk desk, string customer)
    {
        await desk.ChangePeopleAsync(p => p.Presence = Presence.Away, desk.Lead, desk.Boris);
        var id = await desk.OpenTicketAsync(address: $"{customer}@example.org");
        await desk.RouteAsync();
        (await desk.ReadAsync(id)).SpecialistId.ShouldBe(desk.Anna.Id);
        await desk.ChangePeopleAsync(p => p.Presence = Presence.Available, desk.Lead, desk.Boris);
        return id;
    }

    private static Task GiveAsync(Desk desk, long id, Specialist person) =>
        desk.ChangeAsync(id, (t, _, now) => t.AssignTo(person, By(desk.Lead), null, now));
}
