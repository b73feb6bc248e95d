using Helpdesk.Routing.Emerging;
using Helpdesk.Testing;
using Helpdesk.Tickets;
using Helpdesk.Tickets.Notifications;
using Microsoft.EntityFrameworkCore;
using Shouldly;
using Xunit;

namespace Helpdesk.Routing.Tests.Emerging;

public class EmergingWatchTests
{
    [Theory]
    [InlineData("Sqlite")]
    [InlineData("Postgres")]
    public async Task A_growing_cluster_is_announced_once_and_later_requests_like_it_are_offered(string database)
    {
        await using var desk = await RoutingDesk.OpenAsync(database);
        var watch = desk.Get<EmergingWatch>();
        await AddAsync(desk, 3);
        (await watch.RunAsync()).ShouldBe(0);
        await AddAsync(desk, 2);
        (await watch.RunAsync()).ShouldBe(1);
        (await watch.RunAsync()).ShouldBe(0);
        (await NewsAsync(desk)).Count.ShouldBe(1);
        (await NewsAsync(desk))[0].UserId.ShouldBe(desk.Supervisor.Id);

        await DecideAsync(desk, ProblemState.Open);
        await AddAsync(desk, 6);
        (await watch.RunAsync()).ShouldBe(0);
        await using var db = desk.OpenDatabase();
        var problem = await db.Set<Problem>().Include(p => p.Tickets).SingleAsync();
        problem.Tickets.Count.ShouldBe(11);
        problem.Tickets.ShouldAllBe(t => t.State == ProblemTicketState.Offered);
        problem.Title.ShouldContain("app");
        (await NewsAsync(desk)).Count.ShouldBe(1);
    }

    [Fact]
    public async Task What_was_no_problem_is_not_announced_again_but_what_comes_back_is()
    {
        await using var desk = await RoutingDesk.OpenAsync();
        var watch = desk.Get<EmergingWatch>();
        await AddAsync(desk, 5);
        (await watch.RunAsync()).ShouldBe(1);
        await DecideAsync(desk, ProblemState.Dismissed);
        await AddAsync(desk, 5);
        (await watch.RunAsync()).ShouldBe(0);

        await DecideAsync(desk, ProblemState.Resolved);
        await AddAsync(desk, 2);
        (await watch.RunAsync()).ShouldBe(0);
        await AddAsync(desk, 3);
        (await watch.RunAsync()).ShouldBe(1);
        (await NewsAsync(desk)).Count.ShouldBe(2);
    }

    private static async Task AddAsync(Desk desk, int count)
    {
        for (var i = 0; i < count; i++)
        {
            var text = $"The login page of the mobile app shows error 5031 since this morning, attempt {i}.";
            var id = await desk.OpenTicketAsync(
                "Mobile app login error 5031",
                text,
                $"c{Guid.NewGuid():N}@example.org"
            );
            await desk.ChangeAsync(
                id,
                (ticket, terms, now) =>
                    ticket.Route(
                        new RoutingResult
                        {
                            Type = TicketType.Special,
                            Priority = TicketPriority.Normal,
                            PriorityScore = 20,
                        },
                        terms,
                        now
                    )
            );
        }
    }

    private static async Task DecideAsync(Desk desk, ProblemState state)
    {
        await using var db = desk.OpenDatabase();
        (await db.Set<Problem>().OrderBy(p => p.Id).FirstAsync()).Decide(state, "Sofia", desk.Time.GetUtcNow());
        await db.SaveChangesAsync();
    }

    private static async Task<List<Notification>> NewsAsync(Desk desk)
    {
        await using var db = desk.OpenDatabase();
        return await db.Notifications.Where(n => n.Kind == NotificationKind.Emerging).ToListAsync();
    }
}
