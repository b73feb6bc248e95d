using Helpdesk.Routing.Assignment;
using Helpdesk.Routing.Priority;
using Helpdesk.Tickets;
using Helpdesk.Tickets.Data;
using Microsoft.EntityFrameworkCore;

namespace Helpdesk.Routing;

/// <summary>Which tickets that are read late somebody has begun to work on.</summary>
internal static class BegunWork
{
    /// <summary>Those that somebody has answered, noted something on, taken or begun to write about stay where they are, as urgent as they are. None
    /// is new any more: the customer's first answer comes from whoever has it.</summary>
    public static async Task<List<TriagedTicket>> StayingAsync(
        HelpdeskDbContext db,
        List<TriagedTicket> read,
        AssignmentBoard board,
        CancellationToken cancellationToken
    )
    {
        var ids = read.ConvertAll(r => r.Ticket.Id);
        var begun = await db
            .Tickets.Where(t =>
                ids.Contains(t.Id)
                && (
                    t.Status != TicketStatus.New
                    || t.Replies > 0
                    // given to somebody before routing came to it
                    || t.Complexity == null
                    || t.Events.Any(e => e.ActorKind == ActorKind.Staff && e.Kind != TicketEventKind.Opened)
                    || db.Drafts.Any(d => d.TicketId == t.Id)
                )
            )
            .Select(t => t.Id)
            .ToListAsync(cancellationToken);
        return read.ConvertAll(r =>
            begun.Contains(r.Ticket.Id) && (r.Ticket.SpecialistId is not { } holder || board.Has(holder))
                ? r with
                {
                    IsFirst = false,
                    IsBegun = true,
                    TeamId = r.Ticket.TeamId,
                    Priority = new PriorityDecision(r.Ticket.Priority, r.Ticket.PriorityScore, []),
                }
                : r with
                {
                    IsFirst = false,
                }
        );
    }
}
