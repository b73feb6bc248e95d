using Helpdesk.Routing.Assignment;
using Helpdesk.Tickets;
using Helpdesk.Tickets.Sla;

namespace Helpdesk.Routing.Replay;

/// <summary>A request as a simulation sees it.</summary>
public sealed record SimulatedRequest
{
    public required long Id { get; init; }
    public required DateTimeOffset At { get; init; }
    public required int? TeamId { get; init; }
    public int? TopicId { get; init; }

    /// <summary>What its topic needs; null when anybody of the team can.</summary>
    public int? SkillId { get; init; }
    public required long CustomerId { get; init; }
    public string? Language { get; init; }
    public Complexity Complexity { get; init; }
    public bool IsVip { get; init; }
    public int Score { get; init; }

    /// <summary>When somebody must have begun; null without a promise.</summary>
    public DateTimeOffset? DueAt { get; init; }

    /// <summary>Hands-on time of somebody who is able.</summary>
    public required TimeSpan Effort { get; init; }
}

/// <summary>A specialist as a simulation sees them.</summary>
public sealed record SimulatedPerson
{
    public required Guid Id { get; init; }
    public required string Name { get; init; }
    public required IReadOnlySet<int> Teams { get; init; }

    /// <summary>Level (1 learning, 2 able, 3 expert) by skill.</summary>
    public IReadOnlyDictionary<int, int> Skills { get; init; } = new Dictionary<int, int>();
    public string Languages { get; init; } = "en";
    public double Capacity { get; init; } = 10;

    /// <summary>Null: always there.</summary>
    public BusinessCalendar? Hours { get; init; }
    public Guid? DeputyId { get; init; }
    public IReadOnlyList<(DateTimeOffset From, DateTimeOffset To)> Absences { get; init; } = [];

    public bool IsAbsent(DateTimeOffset at) => Absences.Any(a => a.From <= at && at < a.To);

    public bool IsPresent(DateTimeOffset at) => !IsAbsent(at) && (Hours?.IsOpen(at) ?? true);

    public int? LevelFor(SimulatedRequest request) =>
        request.SkillId is { } skill ? Skills.GetValueOrDefault(skill) : null;
}

/// <summary>How a simulated desk gives out its work.</summary>
public enum SimulatedStrategy
{
    /// <summary>As this program does: <see cref="SpecialistChoice"/>, queues, and pulling when somebody becomes free.</summary>
    Routing,

    /// <summary>The next present member of the team, by turns.</summary>
    RoundRobin,

    /// <summary>The present member of the team with the fewest open tickets.</summary>
    LeastLoaded,

    /// <summary>By turns among those members who have what the topic needs.</summary>
    SkilledRoundRobin,

    /// <summary>The fewest open tickets among those who have what the topic needs.</summary>
    SkilledLeastLoaded,
}

/// <summary>What became of one request.</summary>
/// <param name="First">Who was given it first; null = nobody before the end.</param>
/// <param name="Last">Who worked on it.</param>
/// <param name="StartedAt">When somebody began; null = not before the end.</param>
/// <param name="HandOvers">Times it went from one person to another.</param>
public sealed record SimulatedOutcome(
    SimulatedRequest Request,
    Guid? First,
    Guid? Last,
    DateTimeOffset? StartedAt,
    DateTimeOffset? FinishedAt,
    int HandOvers
);

/// <param name="LoadByPerson">Weighted work finished, by person.</param>
/// <param name="MostOverCapacity">The largest share of capacity that anybody ever carried after being given a request.</param>
public sealed record SimulatedRun(
    IReadOnlyList<SimulatedOutcome> Outcomes,
    IReadOnlyDictionary<Guid, double> LoadByPerson,
    double MostOverCapacity,
    DateTimeOffset End
)
{
    /// <summary>Begun after their promise, or not begun although it is over.</summary>
    public int Breaches => Outcomes.Count(IsBreach);

    public int VipBreaches => Outcomes.Count(o => o.Request.IsVip && IsBreach(o));

    public int HandOvers => Outcomes.Sum(o => o.HandOvers);

    /// <summary>Minutes from coming in to somebody beginning, at this share of all requests; the end counts for those not begun.</summary>
    public double WaitMinutes(double share, Func<SimulatedOutcome, bool>? which = null)
    {
        var waits = Outcomes
            .Where(which ?? (_ => true))
            .Select(o => ((o.StartedAt ?? End) - o.Request.At).TotalMinutes)
            .Order()
            .ToList();
        return waits.Count == 0 ? 0 : waits[(int)Math.Min(waits.Count - 1, waits.Count * share)];
    }

    /// <summary>Gini coefficient (1912) of the finished work per capacity: 0 = all alike, 1 = one does it all.</summary>
    public double Unfairness(IReadOnlyDictionary<Guid, double> capacity)
    {
        var shares = LoadByPerson
            .Where(l => capacity.GetValueOrDefault(l.Key) > 0)
            .Select(l => l.Value / capacity[l.Key])
            .Order()
            .ToList();
        var sum = shares.Sum();
        return sum == 0
            ? 0
            : shares.Select((s, i) => ((2 * (i + 1)) - shares.Count - 1) * s).Sum() / (shares.Count * sum);
    }

    private bool IsBreach(SimulatedOutcome outcome) =>
        outcome.Request.DueAt is { } due && due <= End && (outcome.StartedAt ?? End) > due;
}
