using System.Globalization;
using Helpdesk.Tickets;
using Helpdesk.Tickets.People;

namespace Helpdesk.Routing.Assignment;

/// <summary>A specialist as seen by one decision.</summary>
public sealed record Candidate
{
    public required Guid Id { get; init; }
    public required string Name { get; init; }

    /// <summary>1 learning, 2 able, 3 expert in what the topic needs; 0 = has not got it; null = the topic needs
    /// nothing in particular.</summary>
    public int? SkillLevel { get; init; }
    public Presence Presence { get; init; } = Presence.Available;

    /// <summary>On vacation or ill.</summary>
    public bool IsAbsent { get; init; }

    /// <summary>Within the person's own working hours.</summary>
    public bool IsOnShift { get; init; } = true;
    public bool SpeaksLanguage { get; init; } = true;

    /// <summary>Weighted unresolved work, see <see cref="Workload"/>.</summary>
    public double Work { get; init; }
    public double Capacity { get; init; } = 10;

    /// <summary>Tickets given to this person in the last 24 hours.</summary>
    public int GivenToday { get; init; }

    /// <summary>When a ticket was last given to this person; null = never.</summary>
    public DateTimeOffset? LastGivenAt { get; init; }

    /// <summary>Handled this customer's earlier tickets on the same topic, or had this very ticket before.</summary>
    public bool KnowsMatter { get; init; }

    /// <summary>Handled other tickets of this customer.</summary>
    public bool KnowsCustomer { get; init; }

    /// <summary>Had this very ticket and put it back into the queue.</summary>
    public bool GaveBack { get; init; }

    /// <summary>What was learned from the tickets of this topic that the person solved.</summary>
    public TrackRecord Record { get; init; } = new(0, 0);

    /// <summary>The name of the absent specialist who would have gone on with it, where this person is the deputy.</summary>
    public string? StandsInFor { get; init; }
}

/// <summary>What the ticket asks of whoever gets it.</summary>
public sealed record AssignmentNeed
{
    public required Complexity Complexity { get; init; }

    /// <summary>What the ticket will weigh, see <see cref="Workload"/>.</summary>
    public required double Weight { get; init; }

    /// <summary>Goes to the best qualified person, who may exceed the capacity by a margin.</summary>
    public bool IsVip { get; init; }

    /// <summary>Share of capacity by which a VIP's ticket may exceed it.</summary>
    public double VipMargin { get; init; } = 0.25;
}

/// <summary>What counted for and against one candidate.</summary>
/// <param name="Score">Sum of the points; only compared among those whom nothing keeps away.</param>
/// <param name="Blocks">What kept this person away; empty for those who could get it.</param>
/// <param name="Counted">For (positive) and against (negative).</param>
/// <param name="WouldChange">What would have made this person the choice; empty for the chosen one.</param>
public sealed record CandidateVerdict(
    Guid Id,
    string Name,
    double Score,
    IReadOnlyList<Reason> Blocks,
    IReadOnlyList<Reason> Counted,
    IReadOnlyList<Reason> WouldChange
);

/// <param name="Chosen">Null: the team's queue.</param>
/// <param name="Verdicts">Everybody looked at, the chosen first, then by falling score, then those kept away.</param>
public sealed record Choice(Guid? Chosen, IReadOnlyList<CandidateVerdict> Verdicts);

/// <summary>
/// Who gets a ticket. First what keeps somebody away (skill, presence, hours, capacity), then points for skill, free
/// capacity, continuity and fairness. Simple work prefers the junior and spares the expert; complex work is never given
/// to somebody who is learning. A fixed order settles ties, so the same facts always give the same choice.
/// </summary>
public static class SpecialistChoice
{
    private const double FreeCapacityPoints = 30;
    private const double KnowsMatterPoints = 15;
    private const double KnowsCustomerPoints = 6;
    private const double DeputyPoints = 40;
    private const double ExpertisePoints = 15;
    private const double OtherLanguagePoints = -30;
    private const double BusyPoints = -25;
    private const double MostForFairness = 8;

    /// <summary>Being this many tickets ahead or behind counts in full where the others got few; as many as the others got where that is more.</summary>
    private const double LeastFairShare = 4;
    private const int Learning = 1;
    private const int Able = 2;

    public static Choice Choose(AssignmentNeed need, IReadOnlyList<Candidate> candidates)
    {
        // who is not there gets nothing today, and would make everybody else look greedy
        var fairShare = candidates
            .Where(c => !c.IsAbsent && c.IsOnShift && c.SkillLevel != 0)
            .Select(c => (double)c.GivenToday)
            .DefaultIfEmpty(0)
            .Average();
        var judged = candidates
            .Select(c => (Candidate: c, Blocks: BlocksOf(c, need), Counted: CountedFor(c, need, fairShare)))
            .Select(j => (j.Candidate, j.Blocks, j.Counted, Score: j.Counted.Sum(r => r.Points)))
            .OrderBy(j => j.Blocks.Count > 0)
            .ThenByDescending(j => j.Score)
            .ThenBy(j => ShareUsed(j.Candidate))
            .ThenBy(j => j.Candidate.LastGivenAt ?? DateTimeOffset.MinValue)
            // by name before the number, which differs from desk to desk: the same people and request, the same choice
            .ThenBy(j => j.Candidate.Name, StringComparer.Ordinal)
            .ThenBy(j => j.Candidate.Id)
            .ToList();
        var isTaken = judged.Count > 0 && judged[0].Blocks.Count == 0;
        var best = isTaken ? judged[0].Score : double.NegativeInfinity;
        return new Choice(
            isTaken ? judged[0].Candidate.Id : null,
            [
                .. judged.Select(
                    (j, i) =>
                        new CandidateVerdict(
                            j.Candidate.Id,
                            j.Candidate.Name,
                            Math.Round(j.Score, 2),
                            j.Blocks,
                            j.Counted,
                            isTaken && i == 0 ? [] : WouldChange(j.Candidate, need, j.Blocks, best - j.Score)
                        )
                ),
            ]
        );
    }

    /// <summary>The most work this person may carry once the ticket is added.</summary>
    public static double Limit(Candidate candidate, AssignmentNeed need) =>
        candidate.Capacity * (need.IsVip ? 1 + need.VipMargin : 1);

    /// <summary>Whether nothing keeps this person away.</summary>
    public static bool CanTake(Candidate candidate, AssignmentNeed need) => BlocksOf(candidate, need).Count == 0;

    /// <summary>Whether this person could take it some day: on shift, here, and with nothing else to do.</summary>
    public static bool CouldTake(Candidate candidate, AssignmentNeed need) =>
        CanTake(candidate with { Work = 0, IsAbsent = false, IsOnShift = true, Presence = Presence.Available }, need);

    private static List<Reason> BlocksOf(Candidate c, AssignmentNeed need)
    {
        var blocks = new List<Reason>();
        if (c.SkillLevel == 0)
            blocks.Add(new Reason("no-skill", 0));
        if (c.SkillLevel == Learning && need.Complexity is Complexity.Complex)
            blocks.Add(new Reason("too-complex", 0));
        if (c.GaveBack)
            blocks.Add(new Reason("gave-back", 0));
        if (c.IsAbsent)
            blocks.Add(new Reason("absent", 0));
        else if (c.Presence is Presence.Away)
            blocks.Add(new Reason("away", 0));
        else if (!c.IsOnShift)
            blocks.Add(new Reason("off-shift", 0));
        if (c.Work + need.Weight > Limit(c, need) + 1e-9)
            blocks.Add(new Reason("full", 0, Number(c.Work), Number(c.Capacity), Number(need.Weight)));
        return blocks;
    }

    private static List<Reason> CountedFor(Candidate c, AssignmentNeed need, double fairShare)
    {
        var counted = new List<Reason>();
        void Count(string code, double points, params string[] arguments)
        {
            if (points != 0)
                counted.Add(new Reason(code, Math.Round(points, 2), arguments));
        }

        var level = c.SkillLevel ?? Able;
        Count(
            "skill",
            SkillPoints(level, need),
            c.SkillLevel is null ? "any" : level.ToStringInvariant(),
            need.Complexity.ToString()
        );
        Count("free", FreeCapacityPoints * (1 - Math.Clamp(ShareUsed(c), 0, 1)), Number(c.Work), Number(c.Capacity));
        if (c.KnowsMatter)
            Count("knows-matter", KnowsMatterPoints);
        else if (c.KnowsCustomer)
            Count("knows-customer", KnowsCustomerPoints);
        Count(
            c.Record.Expertise > 0 ? "track-record" : "weak-record",
            // simple work must not drift to whoever has always done it
            (need.Complexity is Complexity.Simple && !need.IsVip ? ExpertisePoints / 2 : ExpertisePoints)
                * c.Record.Expertise,
            c.Record.Solved.ToStringInvariant(),
            c.Record.Reopened.ToStringInvariant(),
            ((int)Math.Round((c.Record.Pace - 1) * 100)).ToStringInvariant()
        );
        if (c.StandsInFor is { } absent)
            Count("deputy", DeputyPoints, absent);
        Count("other-language", c.SpeaksLanguage ? 0 : OtherLanguagePoints);
        Count("busy", c.Presence is Presence.Busy ? BusyPoints : 0);
        var ahead =
            MostForFairness * Math.Clamp((fairShare - c.GivenToday) / Math.Max(LeastFairShare, fairShare), -1, 1);
        Count(ahead > 0 ? "had-fewer" : "had-more", ahead, c.GivenToday.ToStringInvariant());
        return counted;
    }

    private static double SkillPoints(int level, AssignmentNeed need)
    {
        if (need.IsVip)
            return level * 12;
        return (need.Complexity, level) switch
        {
            (_, 0) => 0,
            (Complexity.Simple, Learning) => 20,
            (Complexity.Simple, Able) => 14,
            (Complexity.Simple, _) => 6,
            (Complexity.Medium, Learning) => 6,
            (Complexity.Medium, Able) => 20,
            (Complexity.Medium, _) => 16,
            (_, Learning) => 0,
            (_, Able) => 10,
            _ => 24,
        };
    }

    /// <summary>What keeps somebody away, and how much less work would make up for the points they have fewer, or how many points where no
    /// amount of work would.</summary>
    /// <param name="gap">Points of the chosen above theirs; not positive where they had more, or where nobody was chosen.</param>
    private static List<Reason> WouldChange(Candidate c, AssignmentNeed need, List<Reason> blocks, double gap)
    {
        var changes = blocks.FindAll(b => b.Code != "full").ConvertAll(b => b with { Code = "without-" + b.Code });
        var forRoom = blocks.Count > changes.Count ? c.Work + need.Weight - Limit(c, need) : 0;
        var isBehind = gap > 0 || (changes.Count == 0 && forRoom == 0);
        // work above the capacity costs no points, so it goes first
        var forPoints = isBehind ? Math.Max(0, c.Work - c.Capacity) + gap / FreeCapacityPoints * c.Capacity : 0;
        var isReachable = forPoints <= c.Work;
        var less = Math.Max(forRoom, isReachable ? forPoints : 0);
        if (less > 0 || (isBehind && isReachable))
            changes.Add(new Reason("with-less-work", 0, Number(Math.Max(less, 0.1))));
        if (isBehind && !isReachable)
            changes.Add(new Reason("with-more-points", 0, Number(gap)));
        return changes;
    }

    private static double ShareUsed(Candidate c) => c.Capacity > 0 ? c.Work / c.Capacity : double.PositiveInfinity;

    private static string Number(double value) => value.ToString("0.#", CultureInfo.InvariantCulture);
}
