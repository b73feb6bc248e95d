using Helpdesk.Knowledge.Matching;

namespace Helpdesk.Routing.Classification;

/// <summary>A request that belongs to no topic.</summary>
public sealed record SpecialRequest(long TicketId, DateTimeOffset At, string Text);

/// <param name="TicketIds">Oldest first.</param>
/// <param name="Words">What they have in common.</param>
/// <param name="IsEmerging">It grows: see <see cref="SpecialClusters"/>.</param>
public sealed record SpecialCluster(
    IReadOnlyList<long> TicketIds,
    DateTimeOffset LatestAt,
    int LastDay,
    IReadOnlyList<string> Words,
    bool IsEmerging
);

/// <summary>
/// Puts requests that belong to no topic together by their words, in the order they came: each joins the cluster whose mean it is
/// most like (cosine of word weights of at least 0.3), or begins one (leader clustering, Hartigan 1975). A cluster is emerging when
/// at least four of it came in the last day, and three times as many as on a mean day before.
/// </summary>
public static class SpecialClusters
{
    private const double Alike = 0.3;
    private const int FewestAlike = 2;
    internal const int FewestInADay = 4;
    private const double Growth = 3;
    private const int MostWords = 4;
    private const int ShortestStem = 6;

    // everybody greets and thanks, whatever is broken
    private static readonly HashSet<string> Polite =
    [
        .. MessageFrame
            .Politeness.Concat(["thank", "please", "help"])
            .SelectMany(phrase => TextFeatures.Words(phrase))
            .Select(w => w.Folded),
    ];

    private sealed class Cluster
    {
        public List<SpecialRequest> Members { get; } = [];
        public Dictionary<string, double> Sum { get; } = new(StringComparer.Ordinal);

        /// <summary>Of each word, how many others stood before it where it was first met; texts are read oldest first.</summary>
        public Dictionary<string, int> Place { get; } = new(StringComparer.Ordinal);
        public double Length => Math.Sqrt(Sum.Values.Sum(v => v * v));
    }

    /// <returns>Clusters of two and more: the emerging first, then the largest.</returns>
    public static IReadOnlyList<SpecialCluster> Find(IReadOnlyList<SpecialRequest> requests, DateTimeOffset now)
    {
        var order = requests.OrderBy(r => r.At).ThenBy(r => r.TicketId).ToList();
        var words = order.ConvertAll(r =>
            RequestWords.Of(r.Text).Select(w => w.Folded).Where(w => w.Length > 2).Distinct().ToList()
        );
        var texts = words
            .SelectMany(w => w)
            .CountBy(w => w, StringComparer.Ordinal)
            .ToDictionary(StringComparer.Ordinal);
        var clusters = new List<Cluster>();
        for (var i = 0; i < order.Count; i++)
        {
            var vector = Vector(words[i], texts, order.Count);
            var best = clusters
                .Select(c => (Cluster: c, Likeness: Likeness(vector, c)))
                .OrderByDescending(c => c.Likeness)
                .FirstOrDefault();
            var cluster = best.Cluster is { } found && best.Likeness >= Alike ? found : null;
            if (cluster is null)
                clusters.Add(cluster = new Cluster());
            cluster.Members.Add(order[i]);
            foreach (var (word, weight) in vector)
                cluster.Sum[word] = cluster.Sum.GetValueOrDefault(word) + weight;
            foreach (var word in words[i])
                cluster.Place.TryAdd(word, cluster.Place.Count);
        }
        return
        [
            .. clusters
                .Where(c => c.Members.Count >= FewestAlike)
                .Select(c => Described(c, order[0].At, now))
                .OrderByDescending(c => c.IsEmerging)
                .ThenByDescending(c => c.TicketIds.Count)
                .ThenBy(c => c.TicketIds[0]),
        ];
    }

    private static SpecialCluster Described(Cluster cluster, DateTimeOffset since, DateTimeOffset now)
    {
        var lastDay = cluster.Members.Count(m => m.At > now.AddDays(-1));
        var daysBefore = Math.Max(1, (now - since).TotalDays - 1);
        var before = (cluster.Members.Count - lastDay) / daysBefore;
        return new SpecialCluster(
            [.. cluster.Members.Select(m => m.TicketId)],
            cluster.Members[^1].At,
            lastDay,
            [
                .. cluster
                    .Sum.OrderBy(w => SaysNothing(w.Key))
                    .ThenByDescending(w => Math.Round(w.Value, 9)) // sums of the same parts in another order are a tie
                    .ThenBy(w => cluster.Place[w.Key])
                    .TakeWhile((w, at) => at == 0 || !SaysNothing(w.Key))
                    .Take(MostWords)
                    .Select(w => w.Key),
            ],
            lastDay >= FewestInADay && lastDay >= Growth * before
        );
    }

    private static bool SaysNothing(string word) =>
        RequestClassifier.IsStopWord(word)
        || Polite.Contains(word)
        || Polite.Any(p => p.Length >= ShortestStem && word.StartsWith(p, StringComparison.Ordinal));

    private static Dictionary<string, double> Vector(List<string> words, Dictionary<string, int> texts, int count)
    {
        var vector = words.ToDictionary(w => w, w => Math.Log((1.0 + count) / texts[w]), StringComparer.Ordinal);
        var length = Math.Sqrt(vector.Values.Sum(v => v * v));
        return length > 0 ? vector.ToDictionary(v => v.Key, v => v.Value / length, StringComparer.Ordinal) : [];
    }

    private static double Likeness(Dictionary<string, double> vector, Cluster cluster)
    {
        var length = cluster.Length;
        return length > 0 ? vector.Sum(v => v.Value * cluster.Sum.GetValueOrDefault(v.Key)) / length : 0;
    }
}
