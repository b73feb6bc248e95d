using Helpdesk.Tickets;

namespace Helpdesk.Routing.Decisions;

/// <summary>What became of a ticket by a decision.</summary>
public enum RoutingOutcome
{
    /// <summary>Given to a specialist.</summary>
    Assigned,

    /// <summary>Whoever had it goes on with it.</summary>
    Kept,

    /// <summary>Somebody could, but nobody can now: it waits in the team's queue.</summary>
    Queued,

    /// <summary>Nobody on the team can do this at all; supervisors are told.</summary>
    NobodyFits,

    /// <summary>It had waited, and somebody became free for it.</summary>
    Pulled,
}

/// <summary>One decision about one ticket, with everything it rests on. Rows are only added.</summary>
public sealed class RoutingDecision
{
    public long Id { get; private set; }
    public required long TicketId { get; init; }
    public required DateTimeOffset At { get; init; }
    public required RoutingOutcome Outcome { get; init; }

    public int? TopicId { get; init; }
    public required TicketType Type { get; init; }

    /// <summary>Probability that the topic is right, 0..1; 1 when a person set it.</summary>
    public required double Confidence { get; init; }
    public required TicketPriority Priority { get; init; }
    public required int PriorityScore { get; init; }
    public int? TeamId { get; init; }
    public Guid? SpecialistId { get; init; }

    /// <summary>The model that read the text; null without one.</summary>
    public int? ModelId { get; init; }

    /// <summary>The article that would have been sent as the answer; null = a person had to answer.</summary>
    public long? WouldAnswerWith { get; init; }

    /// <summary><see cref="DecisionDetails"/> as JSON.</summary>
    public required string DetailsJson { get; init; }

    public DecisionDetails Details => DecisionDetails.Parse(DetailsJson);
}
