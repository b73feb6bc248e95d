using Helpdesk.Web.Live;

namespace Helpdesk.Web.Components.Desk.Work;

/// <summary>
/// What a page is told while a ticket is open on it: that time passes, that the ticket changed, that somebody came or left. Every call comes on
/// any thread and must only hand over.
/// </summary>
internal sealed class TicketWatch : IDisposable
{
    private static readonly TimeSpan Tick = TimeSpan.FromSeconds(20);

    /// <summary>Changes within it are told once.</summary>
    private static readonly TimeSpan Gathering = TimeSpan.FromMilliseconds(150);

    private readonly LiveFeed _feed;
    private readonly DeskPresence _presence;
    private readonly ITimer _ticker;
    private readonly ITimer _gatherer;
    private readonly IDisposable _changes;
    private readonly IDisposable _visitors;
    private DeskPresence.Visit? _visit;

    public TicketWatch(
        LiveFeed feed,
        DeskPresence presence,
        TimeProvider time,
        long ticketId,
        Action onTick,
        Action onChanged,
        Action onVisitors
    )
    {
        (_feed, _presence, TicketId) = (feed, presence, ticketId);
        _ticker = time.CreateTimer(_ => onTick(), null, Tick, Tick);
        _gatherer = time.CreateTimer(_ => onChanged(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        _changes = feed.Subscribe(batch =>
        {
            if (batch.TicketIds.Contains(TicketId))
                Gather();
        });
        _visitors = presence.Subscribe(id =>
        {
            if (id == TicketId)
                onVisitors();
        });
    }

    /// <summary>The ticket that is told of; the person is at it only after <see cref="Enter"/>.</summary>
    public long TicketId { get; set; }

    /// <summary>The person has the ticket before them and leaves the one before.</summary>
    /// <param name="position">Of the feed when the ticket was read: what happened since is told as well.</param>
    public void Enter(Guid userId, string name, long position)
    {
        if (_feed.Since(position).Any(c => c.TicketId == TicketId))
            Gather();
        _visit?.Dispose();
        _visit = _presence.Enter(TicketId, userId, name);
    }

    /// <summary>The person writes an answer, or no longer does.</summary>
    public void Replying(bool isReplying) => _visit?.Replying(isReplying);

    public void Dispose()
    {
        _changes.Dispose();
        _visitors.Dispose();
        _visit?.Dispose();
        _ticker.Dispose();
        _gatherer.Dispose();
    }

    private void Gather() => _gatherer.Change(Gathering, Timeout.InfiniteTimeSpan);
}
