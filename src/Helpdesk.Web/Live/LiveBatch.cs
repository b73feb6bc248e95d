using Helpdesk.Tickets;
using Helpdesk.Tickets.Notifications;

namespace Helpdesk.Web.Live;

/// <summary>One change of a ticket, as it was committed by any node.</summary>
/// <param name="ActorId">Who made it, as in <see cref="Actor.Id"/>; null for the desk itself.</param>
public sealed record LiveChange(long EventId, long TicketId, TicketEventKind Kind, string? ActorId);

/// <summary>Something that concerns one member of staff.</summary>
public sealed record LiveNews(long NotificationId, Guid UserId, NotificationKind Kind, long? TicketId);

/// <summary>What came in at once. Holds no text of a ticket: who is told reads with their own rights.</summary>
public sealed record LiveBatch(IReadOnlyList<LiveChange> Changes, IReadOnlyList<LiveNews> News)
{
    public IEnumerable<long> TicketIds => Changes.Select(c => c.TicketId).Distinct();
}
