using Helpdesk.Routing.Priority;
using Helpdesk.Tickets;

namespace Helpdesk.Routing.Replay;

/// <summary>How a run of the desk came out.</summary>
/// <param name="WaitP50">Minutes until somebody began, the middle request.</param>
/// <param name="Unfairness">Gini coefficient of finished work per capacity.</param>
/// <param name="Load">Weighted work finished, by name.</param>
public sealed record ReplayFigures(
    int Requests,
    int Begun,
    double WaitP50,
    double WaitP95,
    double VipWaitP95,
    int Breaches,
    int VipBreaches,
    int HandOvers,
    double Unfairness,
    IReadOnlyDictionary<string, double> Load
);

/// <param name="Was">Name of who got it under the present rules; null = nobody before the end.</param>
public sealed record ReplayDifference(
    long TicketId,
    string Subject,
    string? Was,
    string? Becomes,
    TicketPriority PriorityWas,
    TicketPriority PriorityBecomes
);

/// <param name="From">Of more requests than are replayed the latest are: then when the first of them came.</param>
/// <param name="IsCut">There were more requests in the days asked for.</param>
/// <param name="Now">The days again under the rules, people and topics of today.</param>
/// <param name="Changed">The same days under what would be changed.</param>
/// <param name="Reassigned">Requests that another person would have got.</param>
/// <param name="Reprioritised">Requests whose priority would have been another.</param>
/// <param name="Differing">Requests of which either holds.</param>
/// <param name="Differences">The first of them, by ticket.</param>
public sealed record ReplayResult(
    DateTimeOffset From,
    DateTimeOffset To,
    bool IsCut,
    ReplayFigures Now,
    ReplayFigures Changed,
    int Reassigned,
    int Reprioritised,
    int Differing,
    IReadOnlyList<ReplayDifference> Differences
);

/// <summary>Two runs of the same days, side by side.</summary>
internal sealed record ReplayComparison(
    PastDays Past,
    List<SimulatedPerson> PeopleNow,
    List<SimulatedPerson> PeopleChanged,
    PriorityWeights WeightsNow,
    PriorityWeights WeightsChanged
)
{
    private const int MostDifferences = 50;

    public ReplayResult Of(DateTimeOffset from, DateTimeOffset to, SimulatedRun now, SimulatedRun changed)
    {
        var before = now.Outcomes.ToDictionary(o => o.Request.Id);
        var after = changed.Outcomes.ToDictionary(o => o.Request.Id);
        var (reassigned, reprioritised, differing) = (0, 0, 0);
        var differences = new List<ReplayDifference>();
        // whoever is here now is still known when changed; newcomers are known there only
        var names = PeopleChanged.ToDictionary(p => p.Id, p => p.Name);
        foreach (var ticket in Past.Tickets)
        {
            var (was, becomes) = (before[ticket.Id].First, after[ticket.Id].First);
            var priorityWas = Past.Priority(ticket, WeightsNow).Priority;
            var priorityBecomes = Past.Priority(ticket, WeightsChanged).Priority;
            reassigned += was != becomes ? 1 : 0;
            reprioritised += priorityWas != priorityBecomes ? 1 : 0;
            if (was == becomes && priorityWas == priorityBecomes)
                continue;
            differing++;
            if (differences.Count < MostDifferences)
                differences.Add(
                    new ReplayDifference(
                        ticket.Id,
                        ticket.Subject,
                        was is { } had ? names[had] : null,
                        becomes is { } gets ? names[gets] : null,
                        priorityWas,
                        priorityBecomes
                    )
                );
        }
        return new ReplayResult(
            from,
            to,
            Past.IsCut,
            Figures(now, PeopleNow),
            Figures(changed, PeopleChanged),
            reassigned,
            reprioritised,
            differing,
            differences
        );
    }

    private static ReplayFigures Figures(SimulatedRun run, List<SimulatedPerson> people) =>
        new(
            run.Outcomes.Count,
            run.Outcomes.Count(o => o.StartedAt is not null),
            Math.Round(run.WaitMinutes(0.5), 1),
            Math.Round(run.WaitMinutes(0.95), 1),
            Math.Round(run.WaitMinutes(0.95, o => o.Request.IsVip), 1),
            run.Breaches,
            run.VipBreaches,
            run.HandOvers,
            Math.Round(run.Unfairness(people.ToDictionary(p => p.Id, p => p.Capacity)), 3),
            people
                .OrderByDescending(p => run.LoadByPerson[p.Id])
                .GroupBy(p => p.Name, StringComparer.Ordinal)
                .ToDictionary(g => g.Key, g => g.Sum(p => run.LoadByPerson[p.Id]), StringComparer.Ordinal)
        );
}
