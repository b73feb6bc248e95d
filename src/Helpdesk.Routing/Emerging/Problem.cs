namespace Helpdesk.Routing.Emerging;

public enum ProblemState
{
    /// <summary>A growing cluster was found; nobody has said what it is.</summary>
    Emerging,

    /// <summary>A supervisor made it a problem.</summary>
    Open,
    Resolved,

    /// <summary>No problem after all.</summary>
    Dismissed,
}

/// <summary>
/// One cause that many requests complain about, perhaps an outage. Found as a growing cluster of special requests, and kept so that it
/// is announced once: who looks again finds its requests here.
/// </summary>
public sealed class Problem
{
    public const int MaxTitleLength = 200;

    public int Id { get; private set; }

    /// <summary>What the requests have in common, until a supervisor calls it something.</summary>
    public required string Title { get; set; }
    public ProblemState State { get; private set; }
    public required DateTimeOffset FoundAt { get; init; }

    /// <summary>When a supervisor last decided something about it.</summary>
    public DateTimeOffset? DecidedAt { get; private set; }

    /// <summary>Who decided last, by their name then.</summary>
    public string DecidedBy { get; private set; } = "";

    /// <summary>Row version: of two who decide at once, one is told.</summary>
    public int Version { get; private set; }
    public List<ProblemTicket> Tickets { get; } = [];

    public bool IsUndecided => State is ProblemState.Emerging;

    /// <summary>Still of interest: later requests like it are offered.</summary>
    public bool IsLive => State is ProblemState.Emerging or ProblemState.Open;

    public void Decide(ProblemState state, string by, DateTimeOffset now)
    {
        (State, DecidedBy, DecidedAt) = (state, Helpdesk.Tickets.Text.Cut(by, Rules.RuleChange.MaxNameLength), now);
        Version++;
    }
}

public enum ProblemTicketState
{
    /// <summary>Alike; a supervisor may link it.</summary>
    Offered,
    Linked,

    /// <summary>A supervisor said that it is about something else.</summary>
    NotPart,
}

/// <summary>A request that is, or may be, about a problem; a request is about one at most.</summary>
public sealed class ProblemTicket
{
    public required long TicketId { get; init; }
    public int ProblemId { get; private set; }
    public required DateTimeOffset At { get; init; }
    public ProblemTicketState State { get; set; }

    /// <summary>The key of the last answer to all that this request got: the same answer never goes out twice.</summary>
    public Guid? AnswerKey { get; set; }
    public DateTimeOffset? AnsweredAt { get; set; }
}
