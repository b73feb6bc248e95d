using Helpdesk.Routing.Assignment;
using Helpdesk.Tickets;
using Helpdesk.Tickets.Settings;

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

    /// <summary>A supervisor moved it from somebody with too much to whom routing would choose.</summary>
    Moved,
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

    /// <summary>Only who gets it is new: what was read when it came, and why it is as urgent as it is, stays true.</summary>
    /// <param name="before">What was decided last; null = never anything.</param>
    internal static RoutingDecision OfWhoAlone(
        RoutingOutcome outcome,
        Ticket ticket,
        DecisionDetails? before,
        Choice choice,
        DeskPicture picture,
        DateTimeOffset now
    )
    {
        before ??= new DecisionDetails { TopicBy = "kept" };
        var team = ticket.TeamId is { } id ? picture.Teams.GetValueOrDefault(id)?.Name ?? "" : "";
        return new()
        {
            TicketId = ticket.Id,
            At = now,
            Outcome = outcome,
            TopicId = ticket.TopicId,
            Type = ticket.Type ?? TicketType.Special,
            Confidence = ticket.TopicIsManual ? 1 : 0,
            Priority = ticket.Priority,
            PriorityScore = ticket.PriorityScore,
            TeamId = ticket.TeamId,
            SpecialistId = choice.Chosen,
            DetailsJson = (
                before with
                {
                    TopicBy =
                        ticket.TopicId is not null ? "kept"
                        : ticket.Type is null ? "no-model"
                        : "special",
                    Frequency = ticket.Frequency,
                    Complexity = ticket.Complexity ?? Complexity.Simple,
                    Team = team,
                    // somebody moved it to another team since: that is no reading of its topics
                    TeamShare = before.Team == team ? before.TeamShare : null,
                    Candidates = choice.Verdicts,
                }
            ).ToJson(),
        };
    }
}
