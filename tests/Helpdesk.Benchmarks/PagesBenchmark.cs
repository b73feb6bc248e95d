using Helpdesk.Testing;
using Helpdesk.Tickets.Data;
using Helpdesk.Web.Sample;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Helpdesk.Benchmarks;

/// <summary>
/// Whole pages, as the server makes them for a specialist, on desks of growing size. The web server runs in this process, so the CPU is that
/// of request and answer, the client's share included.
/// </summary>
internal static class PagesBenchmark
{
    private static readonly int[] Sizes = [1_000, 10_000, 100_000];

    public static async Task RunAsync()
    {
        var queueP50 = new List<(int Size, Cost Cost)>();
        foreach (var size in Sizes)
        {
            Figures.Say($"pages: a desk of {size} tickets");
            await using var site = new Site { Environment = "Production" };
            await site.Services.GetRequiredService<DemoLoad>().LoadAsync(size, seed: 1);
            await using var db = site
                .Services.GetRequiredService<IDbContextFactory<HelpdeskDbContext>>()
                .CreateDbContext();
            var busiest = await db
                .Tickets.Where(t => t.SpecialistId != null && t.ResolvedAt == null)
                .GroupBy(t => t.SpecialistId)
                .OrderByDescending(g => g.Count())
                .Select(g => g.Key)
                .FirstAsync();
            var tickets = await db
                .Tickets.Where(t => t.SpecialistId == busiest)
                .OrderByDescending(t => t.Id)
                .Take(200)
                .Select(t => t.Id)
                .ToListAsync();
            var unresolved = await db.Tickets.CountAsync(t => t.ResolvedAt == null);
            using var specialist = site.Browser("specialist", busiest);
            using var supervisor = site.Browser("supervisor", busiest);
            // the first desk would otherwise pay for the compiling of all
            for (var i = 0; size == Sizes[0] && i < 1_500; i++)
                await specialist.GetStringAsync(i % 2 == 0 ? "/desk" : "/desk/tickets/" + tickets[i % tickets.Count]);
            var queue = await PageAsync(specialist, _ => "/desk");
            var team = await PageAsync(specialist, _ => "/desk/queues/team");
            var ticket = await PageAsync(specialist, i => "/desk/tickets/" + tickets[i % tickets.Count]);
            var wall = await PageAsync(supervisor, _ => "/supervise");
            queueP50.Add((size, queue));
            Figures.Print(
                "pages",
                new
                {
                    tickets = size,
                    unresolved,
                    queue,
                    team,
                    ticket,
                    wall,
                    queueCpuAgainstTheSmallest = Figures.Round(
                        queue.CpuMilliseconds / queueP50[0].Cost.CpuMilliseconds
                    ),
                }
            );
        }
    }

    private static Task<Cost> PageAsync(HttpClient browser, Func<int, string> address) =>
        Cost.OfAsync(
            async i =>
            {
                using var answer = await browser.GetAsync(address(i));
                answer.EnsureSuccessStatusCode();
                await answer.Content.ReadAsByteArrayAsync();
            },
            warmUp: 150,
            times: 300
        );
}
