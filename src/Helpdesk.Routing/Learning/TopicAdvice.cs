using Helpdesk.Routing.Classification;

namespace Helpdesk.Routing.Learning;

/// <summary>A topic as a model read it, and as a specialist left or set it; null: no known topic.</summary>
public sealed record JudgedReading(long TicketId, int? Read, int? Meant);

public enum TopicAdviceKind
{
    /// <summary>Two topics are taken for each other, both ways: perhaps they are one.</summary>
    Merge,

    /// <summary>One topic is taken for another, and not the other way round: it says too little of itself.</summary>
    Describe,

    /// <summary>A topic is taken for many others: perhaps it holds several matters.</summary>
    Split,
}

/// <param name="OtherId">What it is taken for; null for <see cref="TopicAdviceKind.Split"/>.</param>
/// <param name="Others">How many topics it is taken for.</param>
/// <param name="Wrong">Requests read wrongly so.</param>
/// <param name="Of">… of so many about the topic, or about the two.</param>
/// <param name="Tickets">The latest of the wrong ones.</param>
public sealed record TopicAdvice(
    TopicAdviceKind Kind,
    int TopicId,
    int? OtherId,
    int Others,
    int Wrong,
    int Of,
    IReadOnlyList<long> Tickets
)
{
    private const int FewestWrong = 8;
    private const double PairShare = 0.2;
    private const double SplitShare = 0.25;
    private const int FewestOthers = 3;
    private const int MostTickets = 3;

    /// <summary>Both ways: the rarer way makes at least so much of all confusions of the two.</summary>
    private const double BothWays = 0.25;

    /// <summary>One-sided 95 %, in standard deviations.</summary>
    private const double Certainty = 1.6449;

    /// <summary>
    /// Which topics should be merged, described better or split: never on fewer than eight wrong readings, and only where the lower bound of
    /// the share read wrongly (Wilson 1927, one-sided 95 %) is at least a fifth of the requests about a pair, or a quarter of those about a
    /// topic of whose wrong readings no other topic got more than half.
    /// </summary>
    /// <returns>Most wrong readings first; ties by the topics' numbers.</returns>
    public static IReadOnlyList<TopicAdvice> From(IReadOnlyCollection<JudgedReading> readings)
    {
        var wrong = readings.Where(r => r.Read != r.Meant).ToList();
        var right = readings
            .Where(r => r.Read == r.Meant && r.Meant is not null)
            .CountBy(r => r.Meant!.Value)
            .ToDictionary();
        return
        [
            .. wrong
                .Where(r => r is { Read: not null, Meant: not null })
                .GroupBy(r => (Math.Min(r.Read!.Value, r.Meant!.Value), Math.Max(r.Read!.Value, r.Meant!.Value)))
                .Select(pair => OfPair([.. pair], right))
                .Concat(
                    wrong
                        .Where(r => r.Meant is not null)
                        .GroupBy(r => r.Meant!.Value)
                        .Select(t => OfTopic(t.Key, [.. t], right))
                )
                .OfType<TopicAdvice>()
                .OrderByDescending(a => a.Wrong)
                .ThenBy(a => a.TopicId)
                .ThenBy(a => a.OtherId),
        ];
    }

    private static TopicAdvice? OfPair(List<JudgedReading> wrong, Dictionary<int, int> right)
    {
        var ways = wrong.GroupBy(r => r.Meant!.Value).OrderByDescending(g => g.Count()).ThenBy(g => g.Key).ToList();
        var (topic, other) = (ways[0].Key, ways[0].First().Read!.Value);
        var all = wrong.Count + right.GetValueOrDefault(topic) + right.GetValueOrDefault(other);
        if (!IsOften(wrong.Count, all, PairShare))
            return null;
        var rarer = wrong.Count - ways[0].Count();
        var kind = rarer >= BothWays * wrong.Count ? TopicAdviceKind.Merge : TopicAdviceKind.Describe;
        return new TopicAdvice(kind, topic, other, 1, wrong.Count, all, Latest(wrong));
    }

    private static TopicAdvice? OfTopic(int topic, List<JudgedReading> wrong, Dictionary<int, int> right)
    {
        var all = wrong.Count + right.GetValueOrDefault(topic);
        var others = wrong.CountBy(r => r.Read ?? 0).ToList();
        return
            others.Count >= FewestOthers
            && others.Max(o => o.Value) <= wrong.Count / 2
            && IsOften(wrong.Count, all, SplitShare)
            ? new TopicAdvice(TopicAdviceKind.Split, topic, null, others.Count, wrong.Count, all, Latest(wrong))
            : null;
    }

    private static bool IsOften(int wrong, int all, double share) =>
        wrong >= FewestWrong && PromisedPrecision.LowerBound((double)wrong / all, all, Certainty) >= share;

    private static IReadOnlyList<long> Latest(List<JudgedReading> readings) =>
        [.. readings.Select(r => r.TicketId).OrderDescending().Take(MostTickets)];
}
