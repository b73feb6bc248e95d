namespace Helpdesk.Routing.AutoAnswer;

/// <summary>One request whose topic was read by a model and later confirmed, or corrected, by a specialist.</summary>
/// <param name="CustomerId">Whose request it was.</param>
/// <param name="Confidence">Of the reading.</param>
/// <param name="Right">A person agreed with the topic.</param>
/// <param name="At">When it was read, or came.</param>
public sealed record ReadAndConfirmed(int? TopicId, long CustomerId, DateTimeOffset At, double Confidence, bool Right);

/// <param name="TopicId">Null: all topics together.</param>
/// <param name="Coverage">For each promise, the share of this topic's requests that are sure enough to keep it; 0 where no
/// confidence is.</param>
public sealed record AnswerProspect(
    int? TopicId,
    int Confirmed,
    int Right,
    IReadOnlyDictionary<double, double> Coverage
)
{
    public double Precision => Confirmed == 0 ? 0 : (double)Right / Confirmed;
}

/// <summary>What automatic answers could promise on this desk, by how well topics were read: the same evidence that lets a topic answer, see
/// <see cref="AnswerEvidence"/>, and of each customer and topic as few requests, see <see cref="AnsweringBook.MostOfOneCustomer"/>.</summary>
public static class AnswerProspects
{
    public static readonly double[] Promises = [0.95, 0.98, 0.99];

    /// <summary>Fewer requests than this can promise nothing, however right they are.</summary>
    public static int Fewest(double certainty) => AnswerEvidence.FewestFor(Promises.Min(), wrong: 0, certainty);

    /// <summary>All together first, then each topic that was ever read, those with most requests first.</summary>
    /// <param name="certainty">Of the bounds, one-sided.</param>
    public static IReadOnlyList<AnswerProspect> Of(IEnumerable<ReadAndConfirmed> history, double certainty)
    {
        var counting = history
            .GroupBy(h => (h.TopicId, h.CustomerId))
            .SelectMany(ofOne => ofOne.OrderByDescending(h => h.At).Take(AnsweringBook.MostOfOneCustomer))
            .ToList();
        return
        [
            Of(null, counting, certainty),
            .. counting
                .Where(h => h.TopicId is not null)
                .GroupBy(h => h.TopicId)
                .Select(g => Of(g.Key, [.. g], certainty))
                .OrderByDescending(p => p.Confirmed)
                .ThenBy(p => p.TopicId),
        ];
    }

    private static AnswerProspect Of(int? topic, List<ReadAndConfirmed> history, double certainty)
    {
        var answers = history
            .Where(h => h.TopicId is not null)
            .Select(h => new JudgedAnswer(h.Confidence, h.Right))
            .ToList();
        // what keeps a greater promise keeps a smaller one
        var (coverage, kept) = (new Dictionary<double, double>(), 0);
        foreach (var promise in Promises.OrderDescending())
        {
            kept = Math.Max(kept, AnswerEvidence.Threshold(promise, answers, certainty)?.Answers ?? 0);
            coverage[promise] = history.Count == 0 ? 0 : (double)kept / history.Count;
        }
        return new AnswerProspect(topic, history.Count, history.Count(h => h.Right), coverage);
    }
}
