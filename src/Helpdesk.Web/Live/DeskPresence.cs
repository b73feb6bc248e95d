namespace Helpdesk.Web.Live;

/// <summary>A member of staff with a ticket open on this node.</summary>
public sealed record Visitor(Guid UserId, string Name, bool IsReplying);

/// <summary>
/// Who has which ticket open, and who is writing. Known per node only: it is a courtesy between colleagues, the row version protects the ticket.
/// </summary>
public sealed class DeskPresence(ILogger<DeskPresence> log)
{
    private readonly Lock gate = new();
    private readonly Dictionary<long, Dictionary<Visit, Visitor>> rooms = [];
    private readonly Listeners<long> listeners = new(log);

    /// <summary>Calls the listener, on any thread, with the number of each ticket whose visitors changed.</summary>
    public IDisposable Subscribe(Action<long> listener) => listeners.Add(listener);

    /// <summary>Dispose the visit when the page is left.</summary>
    public Visit Enter(long ticketId, Guid userId, string name)
    {
        var visit = new Visit(this, ticketId);
        lock (gate)
        {
            if (!rooms.TryGetValue(ticketId, out var room))
                rooms[ticketId] = room = [];
            room[visit] = new(userId, name, IsReplying: false);
        }
        listeners.Tell(ticketId);
        return visit;
    }

    /// <summary>Everybody but one person, each once; those who write come first.</summary>
    public IReadOnlyList<Visitor> Others(long ticketId, Guid except)
    {
        lock (gate)
            return rooms.TryGetValue(ticketId, out var room)
                ? room
                    .Values.Where(v => v.UserId != except)
                    .OrderByDescending(v => v.IsReplying)
                    .DistinctBy(v => v.UserId)
                    .ToList()
                : [];
    }

    private void Say(Visit visit, bool isReplying)
    {
        lock (gate)
        {
            if (
                !rooms.TryGetValue(visit.TicketId, out var room)
                || !room.TryGetValue(visit, out var visitor)
                || visitor.IsReplying == isReplying
            )
                return;
            room[visit] = visitor with { IsReplying = isReplying };
        }
        listeners.Tell(visit.TicketId);
    }

    private void Leave(Visit visit)
    {
        lock (gate)
        {
            if (!rooms.TryGetValue(visit.TicketId, out var room) || !room.Remove(visit))
                return;
            if (room.Count == 0)
                rooms.Remove(visit.TicketId);
        }
        listeners.Tell(visit.TicketId);
    }

    /// <summary>One open page.</summary>
    public sealed class Visit(DeskPresence presence, long ticketId) : IDisposable
    {
        public long TicketId => ticketId;

        public void Replying(bool isReplying) => presence.Say(this, isReplying);

        public void Dispose() => presence.Leave(this);
    }
}
