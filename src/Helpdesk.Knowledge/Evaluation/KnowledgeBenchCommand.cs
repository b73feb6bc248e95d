using System.Diagnostics;
using System.IO.Compression;
using System.Text.Json;
using Helpdesk.Knowledge.Analysis;
using Helpdesk.Knowledge.Search;

namespace Helpdesk.Knowledge.Evaluation;

/// <summary><c>knowledge bench</c>: how fast and how large the index is on a large collection of texts that are analysed already.</summary>
public static class KnowledgeBenchCommand
{
    private const int Passes = 10;

    /// <summary>A reader from whom a tenth of the documents is hidden.</summary>
    private static readonly ReaderKinds Customer = ReaderKinds.Of(1);
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(3);
    private const string Usage = """
        usage: knowledge bench --corpus C.tsv[.gz] --queries Q.tsv [--times N]
          C: lines of id, tab, title words, tab, body words; Q: lines of id, tab, words
          --times N   takes the collection N times, with other ids and the words of each body in another order
        """;

    /// <summary>Prints one JSON object. Every tenth document is hidden from the asking reader.</summary>
    /// <returns>0, 1 when a file cannot be used, 2 with the usage on wrong arguments.</returns>
    public static int Run(string[] args, TextWriter output, TextWriter error)
    {
        try
        {
            var arguments = new Arguments(args, ["--corpus", "--queries", "--times"], []);
            Measure(
                arguments.Require("--corpus"),
                arguments.Require("--queries"),
                arguments.Number("--times") ?? 1,
                output
            );
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

    private static void Measure(string corpus, string queries, int times, TextWriter output)
    {
        var documents = ReadCorpus(corpus);
        var texts = File.ReadLines(queries)
            .Where(line => line.Length > 0)
            .Select(line => line.Split('\t', 2)[^1])
            .ToList();
        var index = new InMemoryIndex(Ranking.Articles, Language.Unknown, guessLanguage: false);
        var start = Stopwatch.GetTimestamp();
        index.Rebuild(Repeat(documents, times), position: 1);
        var build = Stopwatch.GetElapsedTime(start);
        documents.Clear();
        var (latencies, best) = Ask(index, texts);
        var (save, load, fileBytes) = MeasureSnapshot(index);
        output.WriteLine(
            JsonSerializer.Serialize(
                new Dictionary<string, double>(StringComparer.Ordinal)
                {
                    ["documents"] = index.Status.Documents,
                    ["queries"] = texts.Count,
                    ["p50Ms"] = Math.Round(latencies.Percentile(0.5), 4),
                    ["p99Ms"] = Math.Round(latencies.Percentile(0.99), 4),
                    ["bestP50Ms"] = Math.Round(best.Percentile(0.5), 4),
                    ["bestP99Ms"] = Math.Round(best.Percentile(0.99), 4),
                    ["docsPerSecond"] = Math.Round(index.Status.Documents / build.TotalSeconds),
                    ["indexBytes"] = index.Status.Bytes,
                    ["snapshotBytes"] = fileBytes,
                    ["snapshotSaveMs"] = Math.Round(save.TotalMilliseconds),
                    ["snapshotLoadMs"] = Math.Round(load.TotalMilliseconds),
                }
            )
        );
    }

    // all calls, and of each query the fastest: what it costs when nobody else is on the processor
    private static (Latencies All, Latencies Best) Ask(InMemoryIndex index, List<string> texts)
    {
        Warm(index, texts);
        var (all, best) = (new Latencies(), new Latencies());
        foreach (var text in texts)
        {
            var query = new SearchQuery(text) { Audience = Customer, MaxWords = 64 };
            index.Search(query);
            var mine = new Latencies();
            for (var pass = 0; pass < Passes; pass++)
                all.Add(mine.Measure(() => index.Search(query)));
            best.Add(mine.Percentile(0));
        }
        return (all, best);
    }

    // the compiler works on what runs often, beside the program; a desk that has been up for a minute is what is measured
    private static void Warm(InMemoryIndex index, List<string> texts)
    {
        var start = Stopwatch.GetTimestamp();
        do
        {
            foreach (var text in texts)
                index.Search(new SearchQuery(text) { Audience = Customer, MaxWords = 64 });
        } while (Stopwatch.GetElapsedTime(start) < WarmUp);
    }

    private static (TimeSpan Save, TimeSpan Load, long Bytes) MeasureSnapshot(InMemoryIndex index)
    {
        var path = Path.Combine(Path.GetTempPath(), $"helpdesk-bench-{Environment.ProcessId}.index");
        try
        {
            var start = Stopwatch.GetTimestamp();
            index.Save(path);
            var save = Stopwatch.GetElapsedTime(start);
            start = Stopwatch.GetTimestamp();
            var loaded = new InMemoryIndex(Ranking.Articles, Language.Unknown, guessLanguage: false).TryLoad(path);
            var load = Stopwatch.GetElapsedTime(start);
            return loaded
                ? (save, load, new FileInfo(path).Length)
                : throw new InvalidDataException("The snapshot cannot be read back.");
        }
        finally
        {
            File.Delete(path);
        }
    }

    private static List<(string Title, string Body)> ReadCorpus(string path)
    {
        using var file = File.OpenRead(path);
        using var reader = new StreamReader(
            path.EndsWith(".gz", StringComparison.Ordinal) ? new GZipStream(file, CompressionMode.Decompress) : file
        );
        var documents = new List<(string, string)>();
        while (reader.ReadLine() is { } line)
        {
            var parts = line.Split('\t');
            if (parts.Length < 3)
                throw new InvalidDataException($"{path}, line {documents.Count + 1}: three columns expected.");
            documents.Add((parts[1], parts[2]));
        }
        return documents;
    }

    private static IEnumerable<IndexedDocument> Repeat(List<(string Title, string Body)> documents, int times)
    {
        var random = new Random(1);
        for (var round = 0; round < times; round++)
        {
            foreach (var (position, (title, body)) in documents.Index())
            {
                var id = ((long)round * documents.Count) + position;
                yield return new(
                    id,
                    title,
                    round == 0 ? body : Shuffled(body, random),
                    [],
                    id % 10 == 9 ? ReaderKinds.Of(2) : null
                );
            }
        }
    }

    private static string Shuffled(string body, Random random)
    {
        var words = body.Split(' ');
        random.Shuffle(words);
        return string.Join(' ', words);
    }
}
