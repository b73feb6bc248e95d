namespace Helpdesk.Tickets.Links;

/// <summary>What one ticket is to another.</summary>
public enum TicketLinkKind
{
    /// <summary>A part of the other request, split off it.</summary>
    PartOf,

    /// <summary>The same matter as the other.</summary>
    DuplicateOf,

    /// <summary>The other is the cause of it.</summary>
    CausedBy,
}

/// <summary>Two tickets that belong together; read from both sides.</summary>
public sealed class TicketLink
{
    public long Id { get; private set; }
    public long FromId { get; private set; }
    public required Ticket From { get; init; }
    public long ToId { get; private set; }
    public required Ticket To { get; init; }
    public required TicketLinkKind Kind { get; init; }
    public required DateTimeOffset At { get; init; }
}
