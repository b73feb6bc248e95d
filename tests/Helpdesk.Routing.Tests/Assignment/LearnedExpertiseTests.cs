using Helpdesk.Routing.Assignment;
using Helpdesk.Testing;
using Helpdesk.Tickets;
using Helpdesk.Tickets.People;
using Shouldly;

namespace Helpdesk.Routing.Tests.Assignment;

public sealed class LearnedExpertiseTests
{
    [Theory]
    [InlineData("Sqlite")]
    [InlineData("Postgres")]
    public async Task Who_solves_such_requests_sooner_and_for_good_is_known_to(string database)
    {
        await using var desk = await RoutingDesk.OpenAsync(database);
        var topic = await desk.TopicAsync("card_arrival");
        foreach (var n in Enumerable.Range(0, 3))
        {
            await SolvedAsync(desk, desk.Anna, hours: 1, $"a{n}");
            await SolvedAsync(desk, desk.Boris, hours: 9, $"b{n}");
        }
        var again = await SolvedAsync(desk, desk.Boris, hours: 9, "again");
        await desk.ChangeAsync(again, (t, terms, now) => t.Reopen(By(desk.Boris), terms, now));
        await desk.ChangeAsync(again, (t, terms, now) => t.Resolve("Now.", null, By(desk.Boris), terms, now));

        await using var db = desk.OpenDatabase();
        var known = await desk.Get<LearnedExpertise>().CountAsync(db);
        var (anna, boris) = (known[(desk.Anna.Id, topic.Id)], known[(desk.Boris.Id, topic.Id)]);
        (anna.Solved, anna.Reopened).ShouldBe((3, 0));
        (boris.Solved, boris.Reopened).ShouldBe((4, 1));
        anna.Pace.ShouldBeGreaterThan(1.5);
        boris.Pace.ShouldBeLessThan(1);
        anna.Expertise.ShouldBeGreaterThan(0);
        boris.Expertise.ShouldBeLessThan(anna.Expertise);
    }

    private static async Task<long> SolvedAsync(Desk desk, Specialist person, double hours, string customer)
    {
        var topic = await desk.TopicAsync("card_arrival");
        var id = await desk.OpenTicketAsync("Where is my new card?", address: $"{customer}@customers.example");
        await desk.RouteAsync();
        await desk.ChangeAsync(id, (t, _, now) => t.ChangeTopic(topic, By(desk.Lead), now));
        await desk.ChangeAsync(id, (t, _, now) => t.AssignTo(person, By(desk.Lead), null, now));
        desk.Time.Advance(TimeSpan.FromHours(hours));
        await desk.ChangeAsync(
            id,
            (t, terms, now) => t.Reply(new() { Text = "On its way." }, By(person), TicketStatus.Resolved, terms, now)
        );
        return id;
    }

    private static Actor By(Specialist person) => Actor.Staff(person.Id, person.Name);
}
