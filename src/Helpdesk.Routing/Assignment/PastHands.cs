using Helpdesk.Tickets;
using Helpdesk.Tickets.Data;
using Microsoft.EntityFrameworkCore;

namespace Helpdesk.Routing.Assignment;

/// <summary>In whose hands tickets were before, as their histories say.</summary>
public sealed class PastHands
{
    private readonly ILookup<long, Guid> _givenBack;
    private readonly Dictionary<long, Guid> _hadBy;

    private PastHands(ILookup<long, Guid> givenBack, Dictionary<long, Guid> hadBy) =>
        (_givenBack, _hadBy) = (givenBack, hadBy);

    public static async Task<PastHands> LoadAsync(
        HelpdeskDbContext db,
        List<long> ids,
        CancellationToken cancellationToken
    )
    {
        var events =
            ids.Count == 0
                ? []
                : await db
                    .TicketEvents.AsNoTracking()
                    .Where(e =>
                        ids.Contains(e.TicketId)
                        && (e.Kind == TicketEventKind.Unassigned || e.Kind == TicketEventKind.Routed)
                    )
                    .OrderBy(e => e.Id)
                    .ToListAsync(cancellationToken);
        var hadBy = new Dictionary<long, Guid>();
        foreach (var routed in events.Where(e => e.Details.GetValueOrDefault("insteadOf") is not null))
            hadBy[routed.TicketId] = FromOf(routed);
        return new PastHands(
            events
                .Where(e => e.Kind is TicketEventKind.Unassigned && e.ActorKind is not ActorKind.System)
                .ToLookup(e => e.TicketId, FromOf),
            hadBy
        );
    }

    /// <summary>From whom an absence took it last.</summary>
    public Guid? HadBy(long ticketId) => _hadBy.TryGetValue(ticketId, out var id) ? id : null;

    /// <summary>Who had it and put it back by their own hand, or had it taken away by a person.</summary>
    public IReadOnlyCollection<Guid> GivenBackBy(long ticketId) => [.. _givenBack[ticketId]];

    private static Guid FromOf(TicketEvent change) =>
        Guid.TryParse(change.Details.GetValueOrDefault("from"), out var id) ? id : default;
}
