using Helpdesk.Routing.Decisions;
using Helpdesk.Routing.Rules;
using Helpdesk.Tickets;
using Helpdesk.Tickets.Data;
using Helpdesk.Tickets.Settings;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;
using Quartz;

namespace Helpdesk.Routing.Priority;

/// <summary>
/// Weighs anew what has happened since a request was routed: it was reopened, the customer wrote again without an answer, or a promise comes near while
/// it waits for somebody. What raises the score only raises it, and what a person set stays. The promise moves the request up among those that wait, and
/// never the priority itself: that would shorten the promise, which would raise the priority; escalation does that in its own steps.
/// </summary>
public sealed class PriorityWatch(
    IDbContextFactory<HelpdeskDbContext> databases,
    DeskDirectory directory,
    LiveRules rules,
    TimeProvider time,
    ILogger<PriorityWatch> log
)
{
    private const int MostChanged = 500;
    private const int MostPressing = 200;

    /// <summary>How far back the first look after a start goes.</summary>
    private static readonly TimeSpan FirstLook = TimeSpan.FromDays(1);

    /// <summary>Commits that were under way at the last look.</summary>
    private static readonly TimeSpan Overlap = TimeSpan.FromMinutes(1);

    private DateTimeOffset? _lookedAt;

    /// <returns>Requests that are more urgent now.</returns>
    public async Task<int> RunAsync(CancellationToken cancellationToken = default)
    {
        var now = time.GetUtcNow();
        var since = (_lookedAt ?? now - FirstLook) - Overlap;
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        var open = db
            .Tickets.AsNoTracking()
            .Where(t =>
                t.Status < TicketStatus.Resolved // as the index has it
                && (t.Status == TicketStatus.New || t.Status == TicketStatus.Open)
                && t.RoutedAt != null
                && !t.PriorityIsManual
            );
        var changed = await open.Where(t =>
                t.UpdatedAt >= since && (t.Reopenings > 0 || (t.CustomerWroteLast && t.LastMessageAt > t.RoutedAt))
            )
            .OrderBy(t => t.UpdatedAt)
            .Take(MostChanged)
            .ToListAsync(cancellationToken);
        var pressing = await open.Where(t => t.SpecialistId == null && t.DueAt != null)
            .OrderBy(t => t.DueAt)
            .Take(MostPressing)
            .ToListAsync(cancellationToken);
        var tickets = changed.Concat(pressing).DistinctBy(t => t.Id).ToList();
        var raised = 0;
        if (tickets.Count > 0)
        {
            var ids = tickets.ConvertAll(t => t.Id);
            var decisions = await LatestDecisions.LoadAsync(db, ids, cancellationToken);
            var facts = await RequestFacts.LoadAsync(db, tickets, cancellationToken);
            var weights = (await rules.GetAsync(db, cancellationToken)).Priority;
            var picture = await directory.GetAsync(cancellationToken);
            foreach (var ticket in tickets)
                if (
                    decisions.GetValueOrDefault(ticket.Id) is { } decision
                    && Weigh(ticket, decision.Details, facts[ticket.Id], weights, picture.TermsOf(ticket), now)
                        is { } weighed
                    && weighed.Score > ticket.PriorityScore
                    && await RaiseAsync(ticket.Id, decision, weighed, cancellationToken)
                )
                    raised++;
        }
        _lookedAt = changed.Count == MostChanged ? changed[^1].UpdatedAt : now;
        return raised;
    }

    /// <returns>Null where it is not known what the priority was made of.</returns>
    private static PriorityDecision? Weigh(
        Ticket ticket,
        DecisionDetails details,
        RequestFacts facts,
        PriorityWeights weights,
        Tickets.Sla.SlaTerms? terms,
        DateTimeOffset now
    )
    {
        if (details.Priority.Count == 0)
            return null;
        var stays = details.Priority.Where(r =>
            r.Code is not ("reopened" or "repeated" or "promise-near" or "promise-missed")
        );
        var happened = PriorityRules
            .Decide(new PriorityFacts { Reopenings = ticket.Reopenings, RepeatedContacts = facts.Unanswered }, weights)
            .Contributions.Where(r => r.Code is "reopened" or "repeated")
            .ToList();
        var calm = PriorityAgain.Decide([.. stays, .. happened], weights);
        if (ticket.SpecialistId is not null || Triage.PromiseUsed(ticket, terms, now) is not { } used)
            return calm;
        var promise = PriorityRules
            .Decide(new PriorityFacts { PromiseUsed = used }, weights)
            .Contributions.Where(r => r.Code is "promise-near" or "promise-missed")
            .ToList();
        return new(calm.Priority, calm.Score + (int)promise.Sum(r => r.Points), [.. calm.Contributions, .. promise]);
    }

    private async Task<bool> RaiseAsync(
        long id,
        RoutingDecision before,
        PriorityDecision weighed,
        CancellationToken cancellationToken
    )
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        if (await TicketIntake.ForChangeAsync(db, id, cancellationToken) is not { IsUnresolved: true } ticket)
            return false;
        var now = time.GetUtcNow();
        var picture = await directory.GetAsync(cancellationToken);
        if (!ticket.WeighAgain(weighed.Priority, weighed.Score, picture.TermsOf(ticket), now))
            return false;
        db.Add(
            new RoutingDecision
            {
                TicketId = id,
                At = now,
                Outcome = ticket.SpecialistId is null ? RoutingOutcome.Queued : RoutingOutcome.Kept,
                TopicId = ticket.TopicId,
                Type = ticket.Type ?? TicketType.Special,
                Confidence = ticket.TopicIsManual ? 1 : 0,
                Priority = ticket.Priority,
                PriorityScore = ticket.PriorityScore,
                TeamId = ticket.TeamId,
                SpecialistId = ticket.SpecialistId,
                DetailsJson = (before.Details with { Priority = weighed.Contributions }).ToJson(),
            }
        );
        try
        {
            await db.SaveChangesAsync(cancellationToken);
            return true;
        }
        catch (DbUpdateException conflict)
        {
            // somebody changed it at this moment; its change is looked at the next time
            log.LogInformation("Ticket {TicketId} changed meanwhile ({Error})", id, conflict.GetType().Name);
            return false;
        }
    }
}

/// <summary>Wakes the watch.</summary>
[DisallowConcurrentExecution]
public sealed class WeighAgainJob(PriorityWatch watch) : IJob
{
    public async ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken = default) =>
        await watch.RunAsync(cancellationToken);
}
