using Helpdesk.Tickets;

namespace Helpdesk.Routing.Classification;

/// <summary>What is known of a request before anybody worked on it.</summary>
public sealed record ComplexityFacts
{
    /// <summary>Key of its topic; null when none is known.</summary>
    public string? Topic { get; init; }
    public required TicketType Type { get; init; }

    /// <summary>Words the customer wrote.</summary>
    public required int Words { get; init; }
    public int Attachments { get; init; }
    public int Reopenings { get; init; }
}

/// <summary>A finished request and what it took.</summary>
/// <param name="WorkingTime">From opening to resolution, in business hours, pauses left out.</param>
public sealed record HandledRequest(ComplexityFacts Facts, int Replies, int HandOvers, TimeSpan WorkingTime)
{
    public DateTimeOffset ResolvedAt { get; init; }

    /// <summary>Effort = replies + 2 · hand-overs + 2 · reopenings + working days of eight hours, at most 5 of those.</summary>
    public double Effort => EffortOf(Replies, HandOvers, Facts.Reopenings, WorkingTime);

    internal static double EffortOf(int replies, int handOvers, int reopenings, TimeSpan workingTime) =>
        replies + (2 * handOvers) + (2 * reopenings) + Math.Min(workingTime.TotalHours / 8, 5);
}

/// <param name="Reason"><c>complexity-rule</c> or <c>complexity-history</c>, with what decided.</param>
public sealed record ComplexityPrediction(Complexity Complexity, double Probability, Reason Reason);

/// <summary>The rule that holds until there is history to learn from.</summary>
public static class ComplexityRule
{
    private const int ManyWords = 120;
    private const int VeryManyWords = 300;

    /// <summary>One point each for more than 120 words, more than 300 words, two topics or none known, three
    /// attachments, and each reopening. None is simple, one is medium, more is complex.</summary>
    public static ComplexityPrediction Predict(ComplexityFacts facts)
    {
        var points =
            (facts.Words > ManyWords ? 1 : 0)
            + (facts.Words > VeryManyWords ? 1 : 0)
            + (facts.Type is TicketType.Typical ? 0 : 1)
            + (facts.Attachments >= 3 ? 1 : 0)
            + facts.Reopenings;
        var complexity = (Complexity)Math.Min(points, (int)Complexity.Complex);
        return new(complexity, 1, new Reason("complexity-rule", points, points.ToStringInvariant()));
    }
}

/// <summary>
/// Learned from finished requests: a third of them were simple, a third medium, a third complex, by effort. Two logistic
/// regressions say "more than the first third" and "more than the second" (ordinal classification after Frank and Hall
/// 2001).
/// </summary>
/// <param name="FirstThird">Largest effort that counts as simple.</param>
/// <param name="SecondThird">Largest effort that counts as medium.</param>
/// <param name="TopicRanks">For each topic the mean place of its requests among all, 0 (least effort) to 1, drawn
/// towards 0.5 as if by ten average requests more.</param>
public sealed record ComplexityModel(
    double FirstThird,
    double SecondThird,
    IReadOnlyDictionary<string, float> TopicRanks,
    float[] MoreThanFirst,
    float[] MoreThanSecond
)
{
    /// <summary>Fewer finished requests teach nothing that holds.</summary>
    public const int FewestRequests = 300;

    private const int PriorRequests = 10;
    private const int TriedShare = 5;
    private const int Signals = 5;

    /// <returns>Null when there is too little history, or its effort is too uniform to be cut in thirds.</returns>
    public static ComplexityModel? Learn(IReadOnlyList<HandledRequest> history)
    {
        if (history.Count < FewestRequests)
            return null;
        var efforts = history.Select(h => h.Effort).Order().ToArray();
        var (first, second) = (efforts[(efforts.Length / 3) - 1], efforts[(efforts.Length * 2 / 3) - 1]);
        if (first >= second || second >= efforts[^1])
            return null;
        var ranks = history
            .Where(h => h.Facts.Topic is not null)
            .GroupBy(h => h.Facts.Topic!, StringComparer.Ordinal)
            .ToDictionary(g => g.Key, g => MeanRank(g, efforts), StringComparer.Ordinal);
        // what is asked has just come: how often these were opened again nobody knew then
        var rows = history.Select(h => SignalsOf(h.Facts with { Reopenings = 0 }, ranks)).ToList();
        var alike = Enumerable.Repeat(1f, rows.Count).ToArray();
        var low = LogisticFit.Fit(rows, [.. history.Select(h => h.Effort > first)], alike);
        var high = LogisticFit.Fit(rows, [.. history.Select(h => h.Effort > second)], alike);
        return low is null || high is null ? null : new(first, second, ranks, Pack(low), Pack(high));
    }

    /// <summary>Learns from the older four fifths and asks about the newest, as if they had just come: nobody knew then how often they
    /// would be opened again.</summary>
    /// <param name="newestFirst">All that a model would learn from.</param>
    /// <returns>How many were asked, of how many the effort fell into the third that was said, and into the one that the rule says; none where there is too
    /// little.</returns>
    public static (int Asked, int Right, int ByRule) Try(IReadOnlyList<HandledRequest> newestFirst)
    {
        var asked = newestFirst.Take(newestFirst.Count / TriedShare).ToList();
        if (Learn([.. newestFirst.Skip(asked.Count)]) is not { } model)
            return (0, 0, 0);
        return (
            asked.Count,
            asked.Count(h => model.Predict(h.Facts with { Reopenings = 0 }).Complexity == model.Was(h.Effort)),
            asked.Count(h => ComplexityRule.Predict(h.Facts with { Reopenings = 0 }).Complexity == model.Was(h.Effort))
        );
    }

    /// <summary>The third of all requests that this effort falls into.</summary>
    public Complexity Was(double effort) => ThirdOf(effort, FirstThird, SecondThird);

    /// <summary>The same without a model: the thirds are those of the efforts given.</summary>
    public static Func<double, Complexity> ThirdsOf(IEnumerable<double> all)
    {
        var efforts = all.Order().ToArray();
        return efforts.Length < 3
            ? _ => Complexity.Simple
            : effort => ThirdOf(effort, efforts[(efforts.Length / 3) - 1], efforts[(efforts.Length * 2 / 3) - 1]);
    }

    private static Complexity ThirdOf(double effort, double first, double second) =>
        effort > second ? Complexity.Complex
        : effort > first ? Complexity.Medium
        : Complexity.Simple;

    public ComplexityPrediction Predict(ComplexityFacts facts)
    {
        var signals = SignalsOf(facts, TopicRanks);
        var above = Unpack(MoreThanFirst).Probability(signals);
        var far = Math.Min(Unpack(MoreThanSecond).Probability(signals), above);
        float[] shares = [1 - above, above - far, far];
        var best = VectorMath.IndexOfMax(shares);
        return new((Complexity)best, shares[best], new Reason("complexity-history", 0, facts.Topic ?? ""));
    }

    private static float MeanRank(IEnumerable<HandledRequest> requests, double[] efforts)
    {
        var places = requests.Select(r => (double)PlaceOf(r.Effort, efforts) / efforts.Length).ToList();
        return (float)((places.Sum() + (0.5 * PriorRequests)) / (places.Count + PriorRequests));
    }

    /// <summary>The middle of the places that share this effort.</summary>
    private static double PlaceOf(double effort, double[] efforts)
    {
        var at = Array.BinarySearch(efforts, effort);
        var (low, high) = (at, at);
        while (low > 0 && efforts[low - 1] == effort)
            low--;
        while (high < efforts.Length - 1 && efforts[high + 1] == effort)
            high++;
        return (low + high) / 2.0;
    }

    private static float[] SignalsOf(ComplexityFacts facts, IReadOnlyDictionary<string, float> ranks) =>
        [
            facts.Topic is not null && ranks.TryGetValue(facts.Topic, out var rank) ? rank : 0.5f,
            MathF.Log(1 + facts.Words),
            facts.Type is TicketType.Combined ? 1 : 0,
            facts.Type is TicketType.Special ? 1 : 0,
            Math.Min(facts.Reopenings + (facts.Attachments >= 3 ? 1 : 0), 3),
        ];

    private static float[] Pack(LogisticFit fit) => [.. fit.Means, .. fit.Spreads, .. fit.Weights];

    private static LogisticFit Unpack(float[] packed) =>
        new(packed[..Signals], packed[Signals..(2 * Signals)], packed[(2 * Signals)..]);
}
