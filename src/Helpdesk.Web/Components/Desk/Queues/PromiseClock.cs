using Helpdesk.Tickets;
using Helpdesk.Tickets.Settings;
using Helpdesk.Tickets.Sla;

namespace Helpdesk.Web.Components.Desk.Queues;

/// <summary>What the clock of a ticket says: the working time left of its nearest promise.</summary>
/// <param name="Left">Negative when late; null while paused.</param>
public sealed record PromiseClock(
    SlaTarget Target,
    TimeSpan? Left,
    TimeSpan Promised,
    DateTimeOffset? DueAt,
    bool IsPaused
)
{
    /// <returns>Null when nothing is promised.</returns>
    public static PromiseClock? Of(
        DateTimeOffset? dueAt,
        SlaTarget? target,
        TicketPriority priority,
        int? policyId,
        bool isPaused,
        DeskPicture picture,
        DateTimeOffset now
    )
    {
        if (isPaused)
            return new(target ?? SlaTarget.Resolution, null, TimeSpan.Zero, null, IsPaused: true);
        if (dueAt is not { } due || target is not { } promise)
            return null;
        var terms = picture.Terms(policyId);
        var calendar = terms?.Calendar ?? BusinessCalendar.AlwaysOpen;
        var left = due > now ? calendar.Between(now, due) : -calendar.Between(due, now);
        return new(promise, left, terms?.Promised(promise, priority) ?? left.Duration(), due, IsPaused: false);
    }

    public static PromiseClock? Of(QueueRow row, DeskPicture picture, DateTimeOffset now) =>
        Of(row.DueAt, row.DueTarget, row.Priority, row.SlaPolicyId, row.IsPaused, picture, now);
}
