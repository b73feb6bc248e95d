using Helpdesk.Tickets;
using Helpdesk.Tickets.Data;
using Helpdesk.Tickets.People;
using Microsoft.EntityFrameworkCore;
using Quartz;

namespace Helpdesk.Routing.Assignment;

/// <summary>Asks for new decisions about the tickets of somebody who is absent or leaves. Mark the person absent, away or
/// inactive first: a deputy is preferred, and whoever is back by then keeps what is theirs.</summary>
public sealed class SpecialistRelease(IDbContextFactory<HelpdeskDbContext> databases, TimeProvider time)
{
    private const int BatchSize = 100;
    private const int MostConflicts = 5;

    /// <summary>
    /// What waits for the desk in the hands of people whose absence has begun. It never goes back to somebody absent, so nothing is moved
    /// twice, however often and on however many nodes this runs. What waits for the customer stays until they answer; what a person gave
    /// to somebody absent stays where it was put.
    /// </summary>
    /// <returns>Tickets that will be decided anew.</returns>
    public async Task<int> RunForAbsentAsync(CancellationToken cancellationToken = default)
    {
        var now = time.GetUtcNow();
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        var absent = await db
            .Specialists.Where(Specialist.AbsentAt(now))
            .Where(s => s.IsActive && !s.KeepsWork)
            .Select(s => new { s.Id, s.AbsentFrom })
            .ToListAsync(cancellationToken);
        var released = 0;
        foreach (var person in absent)
            released += await RunAsync(
                tickets => WaitingForDesk(tickets, person.Id, person.AbsentFrom ?? now),
                cancellationToken
            );
        return released;
    }

    private static IQueryable<Ticket> WaitingForDesk(IQueryable<Ticket> tickets, Guid id, DateTimeOffset since) =>
        tickets.Where(t =>
            t.SpecialistId == id
            && (t.Status == TicketStatus.New || t.Status == TicketStatus.Open)
            && !t.Events.Any(e =>
                e.Kind == TicketEventKind.Assigned && e.ActorKind != ActorKind.System && e.At >= since
            )
        );

    /// <summary>All that somebody has, also what waits for the customer.</summary>
    /// <returns>Tickets that will be decided anew.</returns>
    public Task<int> RunAsync(Guid specialistId, CancellationToken cancellationToken = default) =>
        RunAsync(tickets => tickets.Where(t => t.SpecialistId == specialistId), cancellationToken);

    private async Task<int> RunAsync(
        Func<IQueryable<Ticket>, IQueryable<Ticket>> ofWhom,
        CancellationToken cancellationToken
    )
    {
        var (released, conflicts) = (0, 0);
        while (true)
        {
            try
            {
                var batch = await ReleaseBatchAsync(ofWhom, cancellationToken);
                released += batch;
                if (batch < BatchSize)
                    return released;
            }
            catch (DbUpdateConcurrencyException) when (++conflicts < MostConflicts)
            {
                // somebody works on one of them at this moment; what is left is read again
            }
        }
    }

    private async Task<int> ReleaseBatchAsync(
        Func<IQueryable<Ticket>, IQueryable<Ticket>> ofWhom,
        CancellationToken cancellationToken
    )
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        var tickets = await ofWhom(db.Tickets)
            .Where(t => t.Status < TicketStatus.Resolved && t.RoutedAt != null)
            .OrderBy(t => t.Id)
            .Take(BatchSize)
            .ToListAsync(cancellationToken);
        foreach (var ticket in tickets)
            ticket.RequestRouting(time.GetUtcNow());
        await db.SaveChangesAsync(cancellationToken);
        return tickets.Count;
    }
}

/// <summary>Hands over the work of people whose absence has begun, also what their customers wrote since.</summary>
[DisallowConcurrentExecution]
public sealed class HandOverJob(SpecialistRelease release) : IJob
{
    public async ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken = default) =>
        await release.RunForAbsentAsync(cancellationToken);
}
