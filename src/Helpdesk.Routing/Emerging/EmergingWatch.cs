using System.Globalization;
using Helpdesk.Routing.Classification;
using Helpdesk.Tickets.Data;
using Helpdesk.Tickets.Notifications;
using Helpdesk.Tickets.People;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;
using Quartz;

namespace Helpdesk.Routing.Emerging;

/// <summary>
/// Looks for growing clusters of special requests, announces each to the supervisors once, and offers later requests like it to the
/// problem that was made of it.
/// </summary>
public sealed class EmergingWatch(
    IDbContextFactory<HelpdeskDbContext> databases,
    TimeProvider time,
    ILogger<EmergingWatch> log
)
{
    private const int FewestPeople = 3;

    /// <returns>How many were announced.</returns>
    public async Task<int> RunAsync(CancellationToken cancellationToken = default)
    {
        var now = time.GetUtcNow();
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        var clusters = SpecialClusters.Find(await SpecialRequests.WithProblemsAsync(db, now, cancellationToken), now);
        if (clusters.Count == 0)
            return 0;
        var ids = clusters.SelectMany(c => c.TicketIds).ToList();
        var known = await db.Set<ProblemTicket>()
            .Where(t => ids.Contains(t.TicketId))
            .ToDictionaryAsync(t => t.TicketId, cancellationToken);
        var problemIds = known.Values.Select(t => t.ProblemId).ToHashSet();
        var problems = await db.Set<Problem>()
            .Where(p => problemIds.Contains(p.Id))
            .ToDictionaryAsync(p => p.Id, cancellationToken);
        List<Problem> announced = [];
        foreach (var cluster in clusters)
        {
            var added = cluster.TicketIds.Where(id => !known.ContainsKey(id)).ToList();
            var owner = cluster
                // what was set aside from a problem that goes on is about something else
                .TicketIds.Where(id =>
                    known.TryGetValue(id, out var row)
                    && !(row.State is ProblemTicketState.NotPart && problems[row.ProblemId].IsLive)
                )
                .CountBy(id => known[id].ProblemId)
                .OrderByDescending(p => p.Value)
                .ThenByDescending(p => p.Key)
                .Select(p => problems[p.Key])
                .FirstOrDefault();
            if (owner is { State: not ProblemState.Resolved })
                // what was no problem is none when it grows
                Add(owner, added, owner.IsLive ? ProblemTicketState.Offered : ProblemTicketState.NotPart, now);
            else if (
                (owner is null ? cluster.IsEmerging : added.Count >= SpecialClusters.FewestInADay)
                && await ComeFromSeveralAsync(db, added, cancellationToken)
            )
                announced.Add(Begin(db, cluster, added, now));
        }
        try
        {
            // announced once means: the problem and the news of it are one commit
            await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
            await db.SaveChangesAsync(cancellationToken);
            await TellAsync(db, announced, now, cancellationToken);
            await transaction.CommitAsync(cancellationToken);
            return announced.Count;
        }
        catch (DbUpdateException)
        {
            log.LogInformation("Another node looked for emerging problems at the same moment");
            return 0;
        }
    }

    /// <summary>One person who writes often is no outage.</summary>
    private static async Task<bool> ComeFromSeveralAsync(
        HelpdeskDbContext db,
        List<long> tickets,
        CancellationToken cancellationToken
    ) =>
        await db
            .Tickets.Where(t => tickets.Contains(t.Id))
            .Select(t => t.CustomerId)
            .Distinct()
            .CountAsync(cancellationToken) >= FewestPeople;

    private static Problem Begin(HelpdeskDbContext db, SpecialCluster cluster, List<long> tickets, DateTimeOffset now)
    {
        var problem = new Problem
        {
            Title = Tickets.Text.OneLine(string.Join(", ", cluster.Words), Problem.MaxTitleLength),
            FoundAt = now,
        };
        Add(problem, tickets, ProblemTicketState.Offered, now);
        db.Add(problem);
        return problem;
    }

    private static void Add(Problem problem, List<long> tickets, ProblemTicketState state, DateTimeOffset now) =>
        problem.Tickets.AddRange(
            tickets.Select(id => new ProblemTicket
            {
                TicketId = id,
                At = now,
                State = state,
            })
        );

    // the address of a problem is known only once it is saved
    private async Task TellAsync(
        HelpdeskDbContext db,
        List<Problem> problems,
        DateTimeOffset now,
        CancellationToken cancellationToken
    )
    {
        if (problems.Count == 0)
            return;
        var supervisors = await Supervisors.ListAsync(db, cancellationToken);
        foreach (var problem in problems)
        {
            var facts = new Dictionary<string, string>(StringComparer.Ordinal)
            {
                ["link"] = string.Create(CultureInfo.InvariantCulture, $"/supervise/problems/{problem.Id}"),
                ["problem"] = problem.Title,
                ["requests"] = problem.Tickets.Count.ToString(CultureInfo.InvariantCulture),
            };
            foreach (var (userId, address) in supervisors)
                db.Notifications.Add(Notification.ToColleague(NotificationKind.Emerging, userId, address, facts, now));
            log.LogWarning("Problem {ProblemId} is emerging: {Count} requests", problem.Id, problem.Tickets.Count);
        }
        await db.SaveChangesAsync(cancellationToken);
    }
}

/// <summary>Wakes the watch.</summary>
[DisallowConcurrentExecution]
public sealed class WatchEmergingJob(EmergingWatch watch) : IJob
{
    public async ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken = default) =>
        await watch.RunAsync(cancellationToken);
}
