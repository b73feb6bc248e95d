using System.Net;
using Helpdesk.Routing.Assignment;
using Helpdesk.Routing.Outlook;
using Helpdesk.Testing;
using Helpdesk.Tickets.Access;
using Helpdesk.Tickets.Data;
using Helpdesk.Web.Sample;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;

namespace Helpdesk.Web.Tests.Statements;

/// <summary>
/// No page and no work of a ticket reads a table that grows with the desk. Steps are counted rather than time: a statement that goes through six thousand
/// tickets, or their messages, takes more than thirty thousand, one that takes its rows from an index a few hundred.
/// Reports read their period, and the search for a customer's name reads the customers: both are left out.
/// </summary>
public sealed class StatementTests(ITestOutputHelper output)
{
    private const int Tickets = 6_000;
    private const int MostSteps = 25_000;

    [Fact]
    public async Task What_a_person_looks_at_costs_the_same_on_a_large_desk()
    {
        // how much of a desk's history lies in the last hours hangs on when it was made: at one time of day it is the same each time
        await using var site = new Testing.Site { Environment = "Production", Time = new ManualTime() };
        await site.Services.GetRequiredService<DemoLoad>().LoadAsync(Tickets, seed: 1);
        await using var db = site.Services.GetRequiredService<IDbContextFactory<HelpdeskDbContext>>().CreateDbContext();
        var ticket = await db.Tickets.Where(t => t.SpecialistId != null && t.ResolvedAt == null).FirstAsync();
        var dataFile = db.Database.GetDbConnection().DataSource;
        using var work = new StatementWork(dataFile);
        using var log = new StatementLog(dataFile);
        using var specialist = site.Browser("specialist", ticket.SpecialistId);
        var chief = await db
            .UserRoles.Where(r => db.Roles.Any(role => role.Id == r.RoleId && role.Name == Roles.Supervisor))
            .Select(r => r.UserId)
            .FirstAsync();
        using var supervisor = site.Browser("supervisor,administrator", chief);
        string[] desk =
        [
            "/desk",
            "/desk/queues/team",
            "/desk/queues/unassigned",
            $"/desk/tickets/{ticket.Id}",
            "/desk/news",
            "/desk/articles",
        ];
        string[] supervision =
        [
            "/supervise",
            "/supervise/mail",
            "/admin",
            "/admin/topics",
            "/admin/people",
            "/supervise/routing",
            "/supervise/routing/learning",
        ];
        string[] help = ["/", "/health/ready", "/search?q=lost+card", "/requests/new"];
        var tooMuch = new List<string>();
        foreach (
            var (browser, address) in desk.Select(a => (specialist, a))
                .Concat(desk.Concat(supervision).Select(a => (supervisor, a)))
                .Concat(help.Select(a => (site.Browser(), a)))
        )
        {
            using var answer = await browser.GetAsync(address);
            answer.StatusCode.ShouldBe(HttpStatusCode.OK, address);
            Weigh(address);
        }
        // a wall with promises that end soon asks once an hour how long requests took; what people solved is counted once an hour, too
        await site.Services.GetRequiredService<LearnedExpertise>().GetAsync(db);
        log.Take();
        await site.Services.GetRequiredService<LearnedTimes>().GetAsync(db);
        Weigh("usual times");
        // somebody has to carry too much, or nothing is looked for
        await db
            .Specialists.Where(s => s.Id == ticket.SpecialistId)
            .ExecuteUpdateAsync(s => s.SetProperty(p => p.Capacity, 0));
        log.Take();
        foreach (var teamId in new[] { null, ticket.TeamId })
        {
            var proposal = await site.Services.GetRequiredService<Rebalancing>().ProposeAsync(teamId);
            proposal.Loads.ShouldNotBeEmpty();
            Weigh("rebalance");
        }
        tooMuch.ShouldBeEmpty();

        void Weigh(string address)
        {
            foreach (var (sql, parameters) in log.Take())
            {
                var steps = work.StepsOf(sql, parameters);
                output.WriteLine($"{steps, 8} {address} {sql.ReplaceLineEndings(" ")}");
                if (steps > MostSteps)
                    tooMuch.Add($"{address}: {steps} steps\n{sql}\n");
            }
        }
    }
}
