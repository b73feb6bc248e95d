using System.Text.Json;

namespace Helpdesk.Tickets;

public enum TicketEventKind
{
    Opened,
    CustomerWrote,
    SpecialistReplied,
    NoteAdded,
    Routed,
    Classified,
    TopicChanged,
    PriorityChanged,
    Assigned,
    Unassigned,
    TeamChanged,
    StatusChanged,
    Resolved,
    Reopened,
    Closed,
    Escalated,
    AutoAnswered,
    PolicyChanged,
    MessageMoved,
    DeliveryFailed,

    /// <summary>An automatic answer did not help, or could not be delivered.</summary>
    PersonWanted,

    /// <summary>Parts of it became tickets of their own.</summary>
    Split,

    /// <summary>It began as a part of another.</summary>
    SplitOff,
    SplitUndone,

    /// <summary>A supervisor says that it comes from a problem that many have.</summary>
    LinkedToProblem,

    /// <summary>A person called it spam; it closed without a word.</summary>
    MarkedSpam,
    SpamUndone,

    /// <summary>People who get the answers in copy from now on.</summary>
    ParticipantsAdded,
    ParticipantRemoved,

    /// <summary>The customer may read what somebody else wrote.</summary>
    MessageShown,

    /// <summary>A person said what was read wrong: type, complexity or language.</summary>
    ReadingCorrected,
}

/// <summary>
/// One change of a ticket. Rows are only ever added: they are its history, the audit, the feed of live pages and of webhooks.
/// </summary>
public sealed class TicketEvent
{
    private TicketEvent() { }

    internal TicketEvent(
        Ticket ticket,
        TicketEventKind kind,
        Actor actor,
        DateTimeOffset at,
        params (string Name, string? Value)[] details
    )
    {
        Ticket = ticket;
        Kind = kind;
        At = at;
        ActorKind = actor.Kind;
        ActorId = actor.Id;
        ActorName = actor.Name;
        if (details.Length > 0)
            Data = JsonSerializer.Serialize(details.ToDictionary(d => d.Name, d => d.Value, StringComparer.Ordinal));
    }

    /// <summary>Grows with time on each node's writes; the position in the feed.</summary>
    public long Id { get; private set; }
    public long TicketId { get; private set; }
    public Ticket Ticket { get; private set; } = null!;
    public TicketEventKind Kind { get; private set; }
    public DateTimeOffset At { get; private set; }
    public ActorKind ActorKind { get; private set; }
    public string? ActorId { get; private set; }
    public string ActorName { get; private set; } = "";

    /// <summary>Details of the change as a flat JSON object, e.g. <c>{"from":"Normal","to":"High","reason":"vip"}</c>.</summary>
    public string? Data { get; private set; }

    public IReadOnlyDictionary<string, string?> Details =>
        Data is null
            ? new Dictionary<string, string?>(StringComparer.Ordinal)
            : JsonSerializer.Deserialize<Dictionary<string, string?>>(Data)!;
}
