using Helpdesk.Knowledge.Deflection;
using NodaTime;

namespace Helpdesk.Web.Components.Supervise;

/// <summary>What came in and what was resolved on one day of the desk.</summary>
public sealed record DayCount(LocalDate Day, int CameIn, int Resolved);

/// <summary>How long something took: half of them at most the median, nine of ten at most the 90th percentile.</summary>
public sealed record Spread(int Count, TimeSpan Median, TimeSpan NinetyPercent);

/// <summary>Promises whose outcome is known.</summary>
public sealed record PromisesKept(int Kept, int Missed)
{
    public int Known => Kept + Missed;

    /// <summary>Null while nothing is known.</summary>
    public double? Share => Known == 0 ? null : (double)Kept / Known;
}

/// <summary>The figures of some tickets.</summary>
/// <param name="Id">Of the team, topic or policy; null = none, or all tickets.</param>
/// <param name="FirstAnswer">Null without any.</param>
public sealed record TicketFigures(
    int? Id,
    int Tickets,
    Spread? FirstAnswer,
    Spread? Resolution,
    PromisesKept FirstPromises,
    PromisesKept ResolutionPromises
)
{
    public PromisesKept Promises =>
        new(FirstPromises.Kept + ResolutionPromises.Kept, FirstPromises.Missed + ResolutionPromises.Missed);
}

/// <summary>Some complete days of the desk. The figures of tickets are those of the tickets that came in on these days.</summary>
/// <param name="CameInBefore">In as many days before.</param>
/// <param name="Decisions">By routing; <paramref name="WouldAnswer"/> of them would have been answered by an article.</param>
public sealed record ServiceReport(
    DateTimeOffset From,
    DateTimeOffset To,
    IReadOnlyList<DayCount> Days,
    int CameInBefore,
    TicketFigures All,
    IReadOnlyList<TicketFigures> Teams,
    IReadOnlyList<TicketFigures> Topics,
    IReadOnlyList<TicketFigures> Policies,
    DeflectionFigures Deflection,
    int Decisions,
    int WouldAnswer,
    DateTimeOffset ReadAt
);

/// <summary>Collects one group's figures in one pass.</summary>
internal sealed class FigureSum
{
    private readonly List<int> _firstSeconds = [];
    private readonly List<int> _resolutionSeconds = [];
    private int _tickets;
    private int _firstKept;
    private int _firstMissed;
    private int _resolutionKept;
    private int _resolutionMissed;

    public void Add(TimeSpan? firstAnswer, TimeSpan? resolution, bool? firstKept, bool? resolutionKept)
    {
        _tickets++;
        if (firstAnswer is { } first)
            _firstSeconds.Add(Seconds(first));
        if (resolution is { } resolved)
            _resolutionSeconds.Add(Seconds(resolved));
        Count(firstKept, ref _firstKept, ref _firstMissed);
        Count(resolutionKept, ref _resolutionKept, ref _resolutionMissed);
    }

    public TicketFigures Result(int? id) =>
        new(
            id,
            _tickets,
            SpreadOf(_firstSeconds),
            SpreadOf(_resolutionSeconds),
            new(_firstKept, _firstMissed),
            new(_resolutionKept, _resolutionMissed)
        );

    private static int Seconds(TimeSpan duration) => (int)Math.Clamp(duration.TotalSeconds, 0, int.MaxValue);

    private static void Count(bool? isKept, ref int kept, ref int missed)
    {
        if (isKept is true)
            kept++;
        else if (isKept is false)
            missed++;
    }

    private static Spread? SpreadOf(List<int> seconds)
    {
        if (seconds.Count == 0)
            return null;
        seconds.Sort();
        return new(seconds.Count, At(seconds, 0.5), At(seconds, 0.9));
    }

    // nearest rank: a value that was really measured
    private static TimeSpan At(List<int> sorted, double share) =>
        TimeSpan.FromSeconds(sorted[Math.Max(0, (int)Math.Ceiling(share * sorted.Count) - 1)]);
}
