using System.Runtime.InteropServices;
using Helpdesk.Knowledge.Matching;

namespace Helpdesk.Routing.Classification;

/// <summary>A request that belongs to no topic.</summary>
public sealed record SpecialRequest(long TicketId, DateTimeOffset At, string Text);

/// <summary>The requests that belong to no topic, of a stretch of time.</summary>
/// <param name="Since">From then on all of them are here.</param>
/// <param name="IsWhole">False: there were more, and what came before <paramref name="Since"/> is not known.</param>
public sealed record SpecialWindow(IReadOnlyList<SpecialRequest> Requests, DateTimeOffset Since, bool IsWhole);

/// <param name="TicketIds">Oldest first.</param>
/// <param name="Lately">How many of them came within <paramref name="Recent"/>.</param>
/// <param name="Recent">The last day; less where the desk gets so many that less than four days can be looked at.</param>
/// <param name="Words">What they have in common.</param>
/// <param name="IsEmerging">It grows: see <see cref="SpecialClusters"/>.</param>
public sealed record SpecialCluster(
    IReadOnlyList<long> TicketIds,
    DateTimeOffset LatestAt,
    int Lately,
    TimeSpan Recent,
    IReadOnlyList<string> Words,
    bool IsEmerging
);

/// <summary>
/// Puts requests that belong to no topic together by their words, in the order they came: each joins the cluster whose mean it is
/// most like (cosine of word weights of at least 0.3), or begins one (leader clustering, Hartigan 1975). A cluster is emerging when
/// in the last day came at least four of it, at least one of a hundred of all such requests, and three times as many as on a mean day before.
/// </summary>
public static class SpecialClusters
{
    private const double Alike = 0.3;
    private const int FewestAlike = 2;
    internal const int FewestInADay = 4;
    private const double Growth = 3;

    /// <summary>On a desk with thousands of such requests some are always alike by chance.</summary>
    private const double LeastShare = 0.01;

    /// <summary>The stretch looked at is at least this many times as long as what is called recent.</summary>
    private const double Stretches = 4;
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
        private double _squared;

        public List<SpecialRequest> Members { get; } = [];
        public Dictionary<string, double> Sum { get; } = new(StringComparer.Ordinal);

        /// <summary>Of each word, how many others stood before it where it was first met; texts are read oldest first.</summary>
        public Dictionary<string, int> Place { get; } = new(StringComparer.Ordinal);
        public double Length => Math.Sqrt(_squared);

        public double Add(string word, double weight)
        {
            ref var sum = ref CollectionsMarshal.GetValueRefOrAddDefault(Sum, word, out _);
            _squared += ((sum + weight) * (sum + weight)) - (sum * sum);
            return sum += weight;
        }
    }

    /// <returns>Clusters of two and more: the emerging first, then the largest.</returns>
    public static IReadOnlyList<SpecialCluster> Find(SpecialWindow window, DateTimeOffset now)
    {
        var order = window.Requests.OrderBy(r => r.At).ThenBy(r => r.TicketId).ToList();
        var words = order.ConvertAll(WordsOf);
        var texts = words
            .SelectMany(w => w)
            .CountBy(w => w, StringComparer.Ordinal)
            .ToDictionary(StringComparer.Ordinal);
        var clusters = new List<Cluster>();
        // the sums again, by word: a request is compared with what it shares a word with
        var having = new Dictionary<string, Dictionary<int, double>>(StringComparer.Ordinal);
        for (var i = 0; i < order.Count; i++)
        {
            var vector = Vector(words[i], texts, order.Count);
            var at = MostAlike(vector, clusters, having);
            if (at < 0)
            {
                at = clusters.Count;
                clusters.Add(new Cluster());
            }
            var cluster = clusters[at];
            cluster.Members.Add(order[i]);
            foreach (var (word, weight) in vector)
                (CollectionsMarshal.GetValueRefOrAddDefault(having, word, out _) ??= [])[at] = cluster.Add(
                    word,
                    weight
                );
            foreach (var word in words[i])
                cluster.Place.TryAdd(word, cluster.Place.Count);
        }
        var span = now - window.Since;
        var day = TimeSpan.FromDays(1);
        var recent = window.IsWhole || span / Stretches > day ? day : span / Stretches;
        var fewest = Math.Max(FewestInADay, LeastShare * order.Count(r => r.At > now - recent));
        // a week that begins with the desk's first request has no days before it
        var stretches = Math.Max(1, (span - recent) / recent);
        return
        [
            .. clusters
                .Where(c => c.Members.Count >= FewestAlike)
                .Select(c => Described(c, window.Since, now, recent, fewest, stretches))
                .OrderByDescending(c => c.IsEmerging)
                .ThenByDescending(c => c.TicketIds.Count)
                .ThenBy(c => c.TicketIds[0]),
        ];
    }

    private static SpecialCluster Described(
        Cluster cluster,
        DateTimeOffset since,
        DateTimeOffset now,
        TimeSpan recent,
        double fewest,
        double stretches
    )
    {
        var lately = cluster.Members.Count(m => m.At > now - recent);
        var before = cluster.Members.Count(m => m.At >= since && m.At <= now - recent) / stretches;
        return new SpecialCluster(
            [.. cluster.Members.Select(m => m.TicketId)],
            cluster.Members[^1].At,
            lately,
            recent,
            [
                .. cluster
                    .Sum.OrderBy(w => SaysNothing(w.Key))
                    .ThenByDescending(w => Math.Round(w.Value, 9)) // sums of the same parts in another order are a tie
                    .ThenBy(w => cluster.Place[w.Key])
                    .TakeWhile((w, at) => at == 0 || !SaysNothing(w.Key))
                    .Take(MostWords)
                    .Select(w => w.Key),
            ],
            lately >= fewest && lately >= Growth * before
        );
    }

    // short words say little, but for those that are written large: QR, 3D, UI
    private static List<string> WordsOf(SpecialRequest request) =>
        [
            .. RequestWords
                .Of(request.Text)
                .Where(w => w.Length > 2 || (w.Length == 2 && IsAbbreviation(request.Text.AsSpan(w.Start, w.Length))))
                .Select(w => w.Folded)
                .Distinct(),
        ];

    private static bool IsAbbreviation(ReadOnlySpan<char> word) =>
        char.IsUpper(word[^1]) && (char.IsUpper(word[0]) || char.IsAsciiDigit(word[0]));

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

    /// <returns>Its place, the first of equals; −1 where none is alike enough.</returns>
    private static int MostAlike(
        Dictionary<string, double> vector,
        List<Cluster> clusters,
        Dictionary<string, Dictionary<int, double>> having
    )
    {
        var products = new double[clusters.Count];
        foreach (var (word, weight) in vector)
        foreach (var (at, sum) in having.GetValueOrDefault(word) ?? [])
            products[at] += weight * sum;
        var (best, likeness) = (-1, 0.0);
        for (var at = 0; at < products.Length; at++)
            if (
                products[at] > 0
                && products[at] / clusters[at].Length is var found
                && found >= Alike
                && found > likeness
            )
                (best, likeness) = (at, found);
        return best;
    }
}
