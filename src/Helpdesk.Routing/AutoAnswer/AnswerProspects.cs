using Helpdesk.Routing.Classification;

namespace Helpdesk.Routing.AutoAnswer;

/// <summary>One request whose topic was read by a model and later confirmed, or corrected, by a specialist.</summary>
/// <param name="Confidence">Of the reading.</param>
/// <param name="Right">A person agreed with the topic.</param>
public sealed record ReadAndConfirmed(int? TopicId, double Confidence, bool Right);

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

/// <summary>What automatic answers could promise on this desk, from its own history: never more than the lower bound of what
/// was measured (Wilson, one-sided 95 %).</summary>
public static class AnswerProspects
{
    public static readonly double[] Promises = [0.95, 0.98, 0.99];
    private const double Certainty = 1.6449;

    /// <summary>All together first, then each topic that was ever read, those with most requests first.</summary>
    public static IReadOnlyList<AnswerProspect> Of(IReadOnlyCollection<ReadAndConfirmed> history) =>
        [
            Of(null, history),
            .. history
                .Where(h => h.TopicId is not null)
                .GroupBy(h => h.TopicId)
                .Select(g => Of(g.Key, [.. g]))
                .OrderByDescending(p => p.Confirmed)
                .ThenBy(p => p.TopicId),
        ];

    private static AnswerProspect Of(int? topic, IReadOnlyCollection<ReadAndConfirmed> history)
    {
        var answers = history
            .Where(h => h.TopicId is not null)
            .Select(h => (Confidence: (float)h.Confidence, h.Right))
            .OrderByDescending(a => a.Confidence)
            .ToList();
        return new AnswerProspect(
            topic,
            history.Count,
            history.Count(h => h.Right),
            Promises.ToDictionary(
                p => p,
                p =>
                {
                    var from = PromisedPrecision.ThresholdFor(p, answers, Certainty);
                    return history.Count == 0 ? 0 : (double)answers.Count(a => a.Confidence >= from) / history.Count;
                }
            )
        );
    }
}
