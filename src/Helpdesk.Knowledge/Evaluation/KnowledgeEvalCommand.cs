using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Helpdesk.Knowledge.Search;

namespace Helpdesk.Knowledge.Evaluation;

/// <summary><c>knowledge eval</c>: how well the search answers the queries of a judged set.</summary>
public static class KnowledgeEvalCommand
{
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(1);

    private const string Usage = """
        usage: knowledge eval --corpus C.jsonl --queries Q.tsv --qrels R.tsv
                 [--expand V.json [--expand-per-article K]] [--oos O.tsv] [--exclude-self] [--run RUN.tsv]
          --expand        questions that the articles have answered: {"article": ["question", ...]}
          --oos           queries that no article answers
          --exclude-self  queries are tickets of the corpus: similar ones are looked for, without the asking one
          --run           writes query, document, score: ten lines a query
        """;

    /// <summary>Prints one JSON object.</summary>
    /// <returns>0, 1 when a file cannot be used, 2 with the usage on wrong arguments.</returns>
    public static int Run(string[] args, TextWriter output, TextWriter error)
    {
        try
        {
            var arguments = new Arguments(
                args,
                ["--corpus", "--queries", "--qrels", "--expand", "--expand-per-article", "--oos", "--run"],
                ["--exclude-self"]
            );
            var set = JudgedSet.Load(
                arguments.Require("--corpus"),
                arguments.Require("--queries"),
                arguments.Require("--qrels"),
                arguments.Get("--expand"),
                arguments.Number("--expand-per-article"),
                arguments.Get("--oos")
            );
            Evaluate(set, arguments.Has("--exclude-self"), arguments.Get("--run"), output);
            return 0;
        }
        catch (UsageException exception)
        {
            error.WriteLine(exception.Message);
            error.WriteLine(Usage);
            return 2;
        }
        catch (Exception exception)
            when (exception is IOException or InvalidDataException or UnauthorizedAccessException)
        {
            error.WriteLine(exception.Message);
            return 1;
        }
    }

    private static void Evaluate(JudgedSet set, bool excludeSelf, string? runPath, TextWriter output)
    {
        var index = new InMemoryIndex(excludeSelf ? Ranking.Tickets : Ranking.Articles);
        var start = Stopwatch.GetTimestamp();
        index.Rebuild(set.Documents, position: 1);
        var documentsPerSecond = set.Documents.Count / Stopwatch.GetElapsedTime(start).TotalSeconds;
        var idOf = set
            .Names.Select((name, id) => (name, id))
            .ToDictionary(pair => pair.name, pair => (long)pair.id, StringComparer.Ordinal);
        using var run = runPath is null ? TextWriter.Null : new StreamWriter(runPath);
        var latencies = new Latencies();

        SearchAnswer Ask(string name, string text)
        {
            long? self = excludeSelf && idOf.TryGetValue(name, out var id) ? id : null;
            var query = new SearchQuery(text) { Without = self, MaxWords = excludeSelf ? 64 : 32 };
            var answer = SearchAnswer.None;
            latencies.Measure(() => answer = index.Search(query));
            return answer;
        }

        // compiled and warm before anything is timed
        for (var warming = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(warming) < WarmUp; )
        {
            foreach (var (name, text) in set.Queries.Take(50))
                Ask(name, text);
        }
        latencies = new Latencies();

        var ranked = new List<(IReadOnlyList<long>, IReadOnlyDictionary<long, int>)>();
        var fits = new List<double>();
        foreach (var (name, text) in set.Queries)
        {
            var answer = Ask(name, text);
            WriteRun(run, name, answer, set.Names);
            if (!set.Relevant.TryGetValue(name, out var relevant))
                continue;
            ranked.Add(([.. answer.Hits.Select(hit => hit.Id)], relevant));
            fits.Add(BestFit(answer));
        }
        var figures = SearchFigures.Of(ranked);
        var unanswerable = set.Unanswerable.Select(query => BestFit(Ask(query.Name, query.Text))).ToList();
        output.WriteLine(
            JsonSerializer.Serialize(
                new Dictionary<string, double?>(StringComparer.Ordinal)
                {
                    ["queries"] = ranked.Count,
                    ["success1"] = Rounded(figures.Success1),
                    ["success3"] = Rounded(figures.Success3),
                    ["ndcg10"] = Rounded(figures.Ndcg10),
                    ["mrr10"] = Rounded(figures.Mrr10),
                    ["recall10"] = Rounded(figures.Recall10),
                    ["oosAuroc"] = SearchFigures.Separation(fits, unanswerable) is { } separation
                        ? Rounded(separation)
                        : null,
                    ["p50Ms"] = Rounded(latencies.Percentile(0.5)),
                    ["p99Ms"] = Rounded(latencies.Percentile(0.99)),
                    ["docsPerSecond"] = Math.Round(documentsPerSecond),
                    ["indexBytes"] = index.Status.Bytes,
                }
            )
        );
    }

    private static double BestFit(SearchAnswer answer) => answer.Hits.Count == 0 ? 0 : answer.Hits[0].Fit;

    private static double Rounded(double value) => Math.Round(value, 5);

    private static void WriteRun(TextWriter run, string query, SearchAnswer answer, IReadOnlyList<string> names)
    {
        foreach (var hit in answer.Hits)
            run.WriteLine($"{query}\t{names[(int)hit.Id]}\t{hit.Score.ToString("F6", CultureInfo.InvariantCulture)}");
    }
}
