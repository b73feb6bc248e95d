using Helpdesk.Tickets.People;

namespace Helpdesk.Tickets;

/// <summary>What routing decided for a ticket, in the words of this module.</summary>
public sealed record RoutingResult
{
    /// <summary>Null: not classified yet.</summary>
    public required TicketType? Type { get; init; }
    public Frequency? Frequency { get; init; }
    public Complexity? Complexity { get; init; }
    public string? Language { get; init; }
    public CustomerTone? Tone { get; init; }
    public int? TopicId { get; init; }
    public int? TeamId { get; init; }

    /// <summary>Null = the team's queue.</summary>
    public Specialist? Specialist { get; init; }

    /// <summary>The name of whoever had it, where it goes to somebody else because they are absent.</summary>
    public string? InsteadOf { get; init; }
    public required TicketPriority Priority { get; init; }
    public required int PriorityScore { get; init; }

    /// <summary>The specialist is not told yet: the desk answers by itself, and perhaps that is enough.</summary>
    public bool IsQuiet { get; init; }
}
