using Helpdesk.Knowledge.Search;

namespace Helpdesk.Knowledge.Matching;

/// <summary>What a question is likely about, as the desk's classifier reads it.</summary>
/// <param name="subject">May be empty.</param>
/// <returns>Probabilities by the topic's id, an area's being the sum of its topics'; nothing can be said of those that are not in it.</returns>
public delegate ValueTask<IReadOnlyDictionary<int, double>> LikelyTopics(
    string subject,
    string text,
    CancellationToken cancellationToken
);

/// <summary>
/// What a fit is worth once it is known what the question is about. The words of a question and its topic are taken as two witnesses
/// (Bayes): the odds that the article is what was meant are multiplied by how much more often right articles than wrong ones belong to
/// a topic of this probability. Read off banking requests with the sample's articles, with models that had learned from 1, 5, 25 and 120
/// examples a topic; see docs/performance.md.
/// </summary>
public static class TopicAgreement
{
    private const double OfAnotherTopic = 0.2;
    private const double OfItsTopic = 20;

    /// <summary>The hits with the fit that they then have, best first; as they are where nothing is known.</summary>
    /// <param name="topicOf">The topic of a found article; null = it has none, which says nothing.</param>
    public static IReadOnlyList<SearchHit> Order(
        IReadOnlyList<SearchHit> hits,
        Func<long, int?> topicOf,
        IReadOnlyDictionary<int, double> likely
    )
    {
        // nothing can be said of any of them: the index has ordered them well
        if (!hits.Any(hit => topicOf(hit.Id) is { } topic && likely.ContainsKey(topic)))
            return hits;
        return
        [
            .. hits.Select(hit =>
                    topicOf(hit.Id) is { } topic && likely.TryGetValue(topic, out var probability)
                        ? hit with
                        {
                            Fit = Fit(hit.Fit, probability),
                        }
                        : hit
                )
                // what fits alike stands as it did
                .OrderByDescending(hit => hit.Fit),
        ];
    }

    /// <summary>A fit, once the probability of the article's topic is known.</summary>
    public static double Fit(double fit, double likely)
    {
        var right = FitPercent.ShareOf(fit);
        var odds = right / (1 - right) * (OfAnotherTopic + (OfItsTopic * likely * likely));
        return FitPercent.FitOf(odds / (1 + odds));
    }
}
