using System.Globalization;
using Helpdesk.Routing.Assignment;
using Helpdesk.Routing.Decisions;
using Helpdesk.Tickets;
using Helpdesk.Tickets.Access;
using Helpdesk.Tickets.Notifications;
using Helpdesk.Tickets.People;
using Shouldly;
using Xunit;

namespace Helpdesk.Routing.Tests.Assignment;

public class RebalancingTests
{
    [Theory]
    [InlineData("Sqlite")]
    [InlineData("Postgres")]
    public async Task Work_beyond_capacity_goes_to_whom_routing_would_choose_and_not_further(string database)
    {
        await using var desk = await RoutingDesk.OpenAsync(database);
        var begun = await GiveAsync(desk, desk.Anna);
        await desk.ChangeAsync(
            begun,
            (t, terms, now) =>
                t.Reply(new MessageContent { Text = "One moment." }, By(desk.Anna), TicketStatus.Open, terms, now)
        );
        var others = new List<long>();
        for (var i = 0; i < 4; i++)
            others.Add(await GiveAsync(desk, desk.Anna));
        await desk.ChangePeopleAsync(p => p.Capacity = 3, desk.Anna);
        await desk.ChangePeopleAsync(p => p.Presence = Presence.Away, desk.Lead);

        var proposal = await desk.Get<Rebalancing>().ProposeAsync(teamId: null);

        proposal.Moves.Select(m => m.TicketId).ShouldBe(others.Take(2));
        proposal.Moves.ShouldAllBe(m => m.FromId == desk.Anna.Id && m.ToId == desk.Boris.Id && !m.IsBegun);
        proposal.Moves[0].Reasons.ShouldContain(r => r.Code == "free");
        proposal
            .Loads.Select(l => (l.Name, l.Before, l.After))
            .ShouldBe([(desk.Anna.Name, 5, 3), (desk.Boris.Name, 0, 2)]);
        // who has nothing of a team cannot be relieved of it
        var ofOthers = await desk.Get<Rebalancing>().ProposeAsync(teamId: 4711);
        (ofOthers.Moves.Count, ofOthers.Loads.Count).ShouldBe((0, 0));
        (await desk.Get<Rebalancing>().ProposeAsync(desk.Team.Id)).Moves.Count.ShouldBe(2);

        // nothing moved by proposing
        (await desk.WorkOfAsync(desk.Boris)).ShouldBe(0);
        (await desk.Get<Rebalancing>().MoveAsync(Supervisor(desk), proposal.Moves[0])).ShouldBe(MoveOutcome.Moved);
        var moved = await desk.ReadAsync(others[0]);
        moved.SpecialistId.ShouldBe(desk.Boris.Id);
        moved.Events[^1].Kind.ShouldBe(TicketEventKind.Assigned);
        moved.Events[^1].ActorName.ShouldBe(desk.Supervisor.DisplayName);
        moved.Events[^1].Details["reason"].ShouldBe(Rebalancing.Reason);
        moved.Notifications[^1].Kind.ShouldBe(NotificationKind.Assigned);
        moved.Notifications[^1].UserId.ShouldBe(desk.Boris.Id);
        var decision = await desk.DecisionAsync(moved.Id);
        (decision.Outcome, decision.SpecialistId).ShouldBe((RoutingOutcome.Moved, desk.Boris.Id));
        decision.Details.Candidates.Single(c => c.Id == desk.Boris.Id).Counted.ShouldNotBeEmpty();
        decision.Details.Candidates.Single(c => c.Id == desk.Anna.Id).Blocks.ShouldNotBeEmpty();
        RoutingExplanation
            .Of(decision, desk.Time.GetUtcNow(), await desk.PictureAsync(), CultureInfo.GetCultureInfo("en"))
            .Who.ShouldStartWith($"Moved to {desk.Boris.Name} from somebody who had too much: ");
    }

    [Theory]
    [InlineData("Sqlite")]
    [InlineData("Postgres")]
    public async Task A_move_that_no_longer_fits_is_not_made(string database)
    {
        await using var desk = await RoutingDesk.OpenAsync(database);
        for (var i = 0; i < 5; i++)
            await GiveAsync(desk, desk.Anna);
        await desk.ChangePeopleAsync(p => p.Capacity = 3, desk.Anna);
        await desk.ChangePeopleAsync(p => p.Presence = Presence.Away, desk.Lead);
        var moves = (await desk.Get<Rebalancing>().ProposeAsync(teamId: null)).Moves;
        moves.Count.ShouldBe(2);

        await desk.ChangeAsync(
            moves[0].TicketId,
            (t, terms, now) =>
                t.Reply(new MessageContent { Text = "Solved." }, By(desk.Anna), TicketStatus.Open, terms, now)
        );
        (await desk.Get<Rebalancing>().MoveAsync(Supervisor(desk), moves[0])).ShouldBe(MoveOutcome.Changed);
        await desk.ChangePeopleAsync(p => p.Capacity = 0.5, desk.Boris);
        (await desk.Get<Rebalancing>().MoveAsync(Supervisor(desk), moves[1])).ShouldBe(MoveOutcome.NoRoom);
        await desk.ChangePeopleAsync(p => (p.Capacity, p.Presence) = (10, Presence.Away), desk.Boris);
        (await desk.Get<Rebalancing>().MoveAsync(Supervisor(desk), moves[1])).ShouldBe(MoveOutcome.NoRoom);
        var stranger = new Viewer.Staff(Guid.NewGuid(), "Stranger", SeesAll: false, IsAdministrator: false, []);
        (await desk.Get<Rebalancing>().MoveAsync(stranger, moves[1])).ShouldBe(MoveOutcome.Changed);
        (await desk.WorkOfAsync(desk.Anna)).ShouldBe(5);
    }

    [Theory]
    [InlineData("Sqlite")]
    [InlineData("Postgres")]
    public async Task Nobody_gets_again_what_they_put_back(string database)
    {
        await using var desk = await RoutingDesk.OpenAsync(database);
        var returned = await GiveAsync(desk, desk.Boris);
        await desk.ChangeAsync(returned, (t, _, now) => t.Unassign(By(desk.Boris), reason: null, now));
        await desk.ChangeAsync(returned, (t, _, now) => t.AssignTo(desk.Anna, By(desk.Lead), reason: null, now));
        var other = await GiveAsync(desk, desk.Anna);
        await desk.ChangePeopleAsync(p => p.Capacity = 0, desk.Anna);
        await desk.ChangePeopleAsync(p => p.Presence = Presence.Away, desk.Lead);

        var move = (await desk.Get<Rebalancing>().ProposeAsync(teamId: null)).Moves.ShouldHaveSingleItem();

        (move.TicketId, move.ToId).ShouldBe((other, desk.Boris.Id));
        var asked = move with { TicketId = returned, Version = (await desk.ReadAsync(returned)).Version };
        (await desk.Get<Rebalancing>().MoveAsync(Supervisor(desk), asked)).ShouldBe(MoveOutcome.NoRoom);
        (await desk.Get<Rebalancing>().MoveAsync(Supervisor(desk), move)).ShouldBe(MoveOutcome.Moved);
    }

    [Fact]
    public async Task Two_supervisors_who_confirm_at_once_move_a_ticket_once()
    {
        await using var desk = await RoutingDesk.OpenAsync();
        for (var i = 0; i < 4; i++)
            await GiveAsync(desk, desk.Anna);
        await desk.ChangePeopleAsync(p => p.Capacity = 3, desk.Anna);
        var move = (await desk.Get<Rebalancing>().ProposeAsync(teamId: null)).Moves.ShouldHaveSingleItem();

        var outcomes = await Task.WhenAll(
            Enumerable
                .Range(0, 2)
                .Select(_ => Task.Run(() => desk.Get<Rebalancing>().MoveAsync(Supervisor(desk), move)))
        );

        outcomes.Order().ShouldBe([MoveOutcome.Moved, MoveOutcome.Changed]);
        (await desk.ReadAsync(move.TicketId)).Events.Count(e => e.Kind == TicketEventKind.Assigned).ShouldBe(1);
    }

    private static Viewer.Staff Supervisor(Testing.Desk desk) =>
        new(desk.Supervisor.Id, desk.Supervisor.DisplayName, SeesAll: true, IsAdministrator: false, []);

    private static Actor By(Specialist person) => Actor.Staff(person.Id, person.Name);

    private static async Task<long> GiveAsync(Testing.Desk desk, Specialist to)
    {
        var id = await desk.OpenTicketAsync();
        var topic = await desk.TopicAsync("card_arrival");
        await desk.ChangeAsync(
            id,
            (t, terms, now) =>
                t.Route(
                    new RoutingResult
                    {
                        Type = TicketType.Typical,
                        Complexity = Complexity.Simple,
                        TopicId = topic.Id,
                        TeamId = desk.Team.Id,
                        Specialist = to,
                        Priority = TicketPriority.Normal,
                        PriorityScore = 20,
                    },
                    terms,
                    now
                )
        );
        return id;
    }
}
