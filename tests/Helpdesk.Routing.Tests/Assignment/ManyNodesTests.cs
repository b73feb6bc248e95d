using Helpdesk.Routing.Assignment;
using Helpdesk.Routing.Decisions;
using Helpdesk.Tickets;
using Helpdesk.Tickets.Notifications;
using Helpdesk.Tickets.People;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;
using Xunit;

namespace Helpdesk.Routing.Tests.Assignment;

/// <summary>A day of a desk with three nodes on one database: arrivals, solved tickets, people who leave and come back, by seed.</summary>
public class ManyNodesTests
{
    private const double Capacity = 6;
    private const double VipMargin = 0.25;

    [Theory]
    [InlineData("Sqlite", 1)]
    [InlineData("Sqlite", 2)]
    [InlineData("Postgres", 3)]
    [InlineData("Postgres", 4)]
    public async Task Capacity_holds_nobody_is_given_a_ticket_twice_and_nobody_waits_for_a_free_person(
        string database,
        int seed
    )
    {
        await using var desk = await RoutingDesk.OpenAsync(database);
        var random = new Random(seed);
        Specialist[] people = [desk.Lead, desk.Anna, desk.Boris];
        await desk.ChangePeopleAsync(p => p.Capacity = Capacity, people);
        for (var i = 0; i < 4; i++)
            await desk.MakeVipAsync($"vip{i}@example.org");
        using var second = desk.OtherNode();
        using var third = desk.OtherNode();
        TicketRouting[] nodes = [desk.Get<TicketRouting>(), second, third];
        var pulls = nodes.Select(_ => ActivatorUtilities.CreateInstance<WaitingTickets>(desk.Services)).ToList();
        for (var round = 0; round < 8; round++)
        {
            await LiveAsync(desk, random, people, round);
            await Task.WhenAll(
                nodes.Select(n => Task.Run(() => n.RunAsync())).Concat(pulls.Select(p => Task.Run(() => p.PullAsync())))
            );
            var open = true;
            while (open)
            {
                open = false;
                foreach (var node in nodes)
                    open |= await node.RunAsync() > 0;
                foreach (var pull in pulls)
                    open |= await pull.PullAsync() > 0;
            }
            await CheckAsync(desk, people, round);
            desk.Time.Advance(TimeSpan.FromMinutes(10));
        }
    }

    private static async Task LiveAsync(Testing.Desk desk, Random random, Specialist[] people, int round)
    {
        for (var i = random.Next(2, 7); i > 0; i--)
            await desk.OpenTicketAsync(
                text: random.Next(2) == 0 ? "I lost my card" : "My card has not arrived, I wait for it",
                address: random.Next(5) == 0 ? $"vip{random.Next(4)}@example.org" : $"c{round}.{i}@example.org"
            );
        await using (var db = desk.OpenDatabase())
        {
            var given = await db
                .Tickets.Where(t => t.SpecialistId != null && t.Status < TicketStatus.Resolved)
                .OrderBy(t => t.Id)
                .Select(t => t.Id)
                .ToListAsync();
            foreach (var id in given.Where(_ => random.Next(3) == 0))
                await desk.ChangeAsync(id, (t, terms, now) => t.Resolve("done", null, Actor.System, terms, now));
        }
        foreach (var person in people.Where(_ => random.Next(3) == 0))
        {
            var leaves = random.Next(2) == 0;
            await desk.ChangePeopleAsync(p => p.Presence = leaves ? Presence.Away : Presence.Available, person);
            if (leaves)
                await desk.Get<SpecialistRelease>().RunAsync(person.Id);
        }
    }

    private static async Task CheckAsync(Testing.Desk desk, Specialist[] people, int round)
    {
        await using var db = desk.OpenDatabase();
        var tickets = await db.Tickets.AsNoTracking().Include(t => t.Customer).ToListAsync();
        double WeightOf(Ticket ticket) => Workload.Weight(ticket.Complexity, ticket.Status);
        var present = await db.Specialists.Where(s => s.Presence != Presence.Away).Select(s => s.Id).ToListAsync();
        foreach (var person in people)
        {
            var held = tickets.Where(t => t.SpecialistId == person.Id).ToList();
            held.Where(t => t.Customer.TierId is null)
                .Sum(WeightOf)
                .ShouldBeLessThanOrEqualTo(Capacity, $"round {round}");
            held.Sum(WeightOf).ShouldBeLessThanOrEqualTo(Capacity * (1 + VipMargin), $"round {round}");
            if (!present.Contains(person.Id))
                continue;
            var room = Capacity - held.Sum(WeightOf);
            tickets
                .Where(t => t.IsUnresolved && t.SpecialistId is null && WeightOf(t) <= room)
                .Select(t => t.Id)
                .ShouldBeEmpty($"round {round}: {person.Name} has room");
        }
        tickets.ShouldAllBe(t => t.RoutedAt != null);
        var told = await db
            .Notifications.Where(n => n.Kind == NotificationKind.Acknowledgement)
            .GroupBy(n => n.TicketId)
            .Select(g => g.Count())
            .ToListAsync();
        told.Count.ShouldBe(tickets.Count);
        told.ShouldAllBe(count => count == 1);
        var decisions = await db.Set<RoutingDecision>().OrderBy(d => d.Id).ToListAsync();
        foreach (var ticket in decisions.GroupBy(d => d.TicketId))
            ticket
                .Zip(ticket.Skip(1))
                .ShouldAllBe(
                    p =>
                        p.First.SpecialistId != p.Second.SpecialistId
                        || p.Second.Outcome != RoutingOutcome.Assigned && p.Second.Outcome != RoutingOutcome.Pulled,
                    $"round {round}"
                );
    }
}
