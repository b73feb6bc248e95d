using Helpdesk.Tickets;
using Helpdesk.Tickets.Data;
using Microsoft.EntityFrameworkCore;

namespace Helpdesk.Routing.Assignment;

/// <summary>Asks for new decisions about the tickets of somebody who is absent or leaves. Mark the person absent, away or
/// inactive first: a deputy is preferred, and whoever is back by then keeps what is theirs.</summary>
public sealed class SpecialistRelease(IDbContextFactory<HelpdeskDbContext> databases, TimeProvider time)
{
    private const int BatchSize = 100;
    private const int MostConflicts = 5;

    /// <returns>Tickets that will be decided anew.</returns>
    public async Task<int> RunAsync(Guid specialistId, CancellationToken cancellationToken = default)
    {
        var (released, conflicts) = (0, 0);
        while (true)
        {
            try
            {
                var batch = await ReleaseBatchAsync(specialistId, cancellationToken);
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

    private async Task<int> ReleaseBatchAsync(Guid specialistId, CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        var tickets = await db
            .Tickets.Where(t =>
                t.SpecialistId == specialistId && t.Status < TicketStatus.Resolved && t.RoutedAt != null
            )
            .OrderBy(t => t.Id)
            .Take(BatchSize)
            .ToListAsync(cancellationToken);
        foreach (var ticket in tickets)
            ticket.RequestRouting(time.GetUtcNow());
        await db.SaveChangesAsync(cancellationToken);
        return tickets.Count;
    }
}
