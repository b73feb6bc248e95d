using Helpdesk.Tickets.Data;
using Microsoft.EntityFrameworkCore;

namespace Helpdesk.Routing.Decisions;

/// <summary>What was decided last about tickets.</summary>
internal static class LatestDecisions
{
    /// <returns>By ticket; what was never decided about is not in it.</returns>
    public static async Task<Dictionary<long, RoutingDecision>> LoadAsync(
        HelpdeskDbContext db,
        IReadOnlyCollection<long> ticketIds,
        CancellationToken cancellationToken
    )
    {
        var decisions = db.Set<RoutingDecision>().AsNoTracking().Where(d => ticketIds.Contains(d.TicketId));
        return await decisions
            .Where(d => !decisions.Any(later => later.TicketId == d.TicketId && later.Id > d.Id))
            .ToDictionaryAsync(d => d.TicketId, cancellationToken);
    }
}
