using Helpdesk.Knowledge.Matching;
using Helpdesk.Knowledge.Search;
using Helpdesk.Routing.Classification;
using Helpdesk.Testing;
using Helpdesk.Web.Sample;
using Microsoft.Extensions.DependencyInjection;

namespace Helpdesk.Benchmarks;

/// <summary>
/// The sample's articles for a thousand of its requests: by words alone, and with what a model reads that has learned from some of the
/// other requests. Right is an article whose topic, or one of whose further topics, is the request's.
/// </summary>
internal static class SuggestBenchmark
{
    private const int Asked = 1000;

    public static async Task RunAsync()
    {
        var articles = SampleText
            .Articles()
            .Select(a => SampleArticle.Parse(a.Key, a.Value))
            .Index()
            .ToDictionary(a => (long)a.Index + 1, a => a.Item);
        await using var site = new Site();
        var index = site.Services.GetRequiredService<SolutionIndexes>().StaffArticles;
        index.Rebuild(
            articles.Select(a => new IndexedDocument(
                a.Key,
                a.Value.Title,
                $"{a.Value.Summary}\n{a.Value.Body}",
                a.Value.Questions
            )),
            position: 1
        );
        if (index is InMemoryIndex own)
            await own.Settled;
        var requests = SampleText.Requests().ToArray();
        new Random(1).Shuffle(requests);
        foreach (var perTopic in (int[])[1, 5, 25, int.MaxValue])
        {
            var learned = requests
                .Skip(Asked)
                .GroupBy(r => r.TopicKey)
                .SelectMany(g => g.Take(perTopic))
                .Select(r => new TrainingExample(r.Text, r.TopicKey))
                .ToList();
            var model = new TextModelTrainer().Train(learned, new TrainingOptions(), CancellationToken.None).Classifier;
            var places = model.Topics.Index().ToDictionary(t => t.Item, t => t.Index, StringComparer.Ordinal);
            var (words, topics) = (new Tally(), new Tally());
            foreach (var (text, topic) in requests.Take(Asked).Select(r => (r.Text, r.TopicKey)))
            {
                var hits = index.Search(new SearchQuery(text) { Count = 100 }).Hits;
                var read = model.Predict(text);
                var likely = places.Values.ToDictionary(p => p, p => read.Probabilities[p] * (1.0 - read.Special));
                var ordered = TopicAgreement.Order(
                    hits,
                    id => places.TryGetValue(articles[id].Topic, out var place) ? place : null,
                    likely
                );
                words.Count([.. hits.Select(IsRight)], hits);
                topics.Count([.. ordered.Select(IsRight)], ordered);

                bool IsRight(SearchHit hit) =>
                    articles[hit.Id] is var a && (a.Topic == topic || a.Also.Contains(topic));
            }
            Figures.Print(
                "suggest",
                new
                {
                    examples = learned.Count,
                    asked = Asked,
                    words = words.Shares(),
                    withTopics = topics.Shares(),
                }
            );
        }
    }

    private sealed class Tally
    {
        private int _first;
        private int _three;
        private int _sure;
        private int _sureAndRight;

        public void Count(List<bool> right, IReadOnlyList<SearchHit> hits)
        {
            _first += right is [true, ..] ? 1 : 0;
            _three += right.Take(3).Contains(true) ? 1 : 0;
            if (hits is not [var best, ..] || FitPercent.Of(best.Fit) < 80)
                return;
            _sure++;
            _sureAndRight += right[0] ? 1 : 0;
        }

        public object Shares() =>
            new
            {
                first = Percent(_first, Asked),
                amongThree = Percent(_three, Asked),
                fits80 = Percent(_sure, Asked),
                fits80Right = Percent(_sureAndRight, Math.Max(1, _sure)),
            };

        private static double Percent(int count, int of) => Math.Round(100.0 * count / of, 1);
    }
}
