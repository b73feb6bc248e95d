using System.Globalization;
using System.Text.Json;
using Helpdesk.Knowledge.Search;

namespace Helpdesk.Knowledge.Evaluation;

/// <summary>A corpus with queries and the documents that answer them, read from files in the layout common in retrieval research.</summary>
/// <param name="Documents">With ids from 0 in the order of the corpus.</param>
/// <param name="Names">The corpus's own ids.</param>
/// <param name="Queries">Answerable ones, with their names.</param>
/// <param name="Relevant">For a query's name its documents and how well each answers (1 or more).</param>
/// <param name="Unanswerable">Queries that no document answers.</param>
public sealed record JudgedSet(
    IReadOnlyList<IndexedDocument> Documents,
    IReadOnlyList<string> Names,
    IReadOnlyList<(string Name, string Text)> Queries,
    IReadOnlyDictionary<string, IReadOnlyDictionary<long, int>> Relevant,
    IReadOnlyList<(string Name, string Text)> Unanswerable
)
{
    /// <param name="corpus">JSON lines with <c>_id</c>, <c>title</c>, <c>text</c>.</param>
    /// <param name="queries">Lines of name, tab, text.</param>
    /// <param name="qrels">Lines of query, tab, document, tab, grade; a header is skipped.</param>
    /// <param name="variants">JSON: for a document's id the questions it has answered; null for none.</param>
    /// <param name="variantsPerDocument">How many of those are used, the first ones; null for all.</param>
    /// <param name="unanswerable">As <paramref name="queries"/>; null for none.</param>
    /// <exception cref="IOException">A file cannot be read.</exception>
    /// <exception cref="InvalidDataException">A file is not of its format; the message says where.</exception>
    public static JudgedSet Load(
        string corpus,
        string queries,
        string qrels,
        string? variants = null,
        int? variantsPerDocument = null,
        string? unanswerable = null
    )
    {
        var questions = variants is null ? [] : ReadVariants(variants, variantsPerDocument ?? int.MaxValue);
        var names = new List<string>();
        var documents = new List<IndexedDocument>();
        foreach (var (id, title, text) in ReadCorpus(corpus))
        {
            documents.Add(new(documents.Count, title, text, questions.GetValueOrDefault(id) ?? []));
            names.Add(id);
        }
        return new(
            documents,
            names,
            ReadQueries(queries),
            ReadQrels(qrels, names),
            unanswerable is null ? [] : ReadQueries(unanswerable)
        );
    }

    private static IEnumerable<(string Id, string Title, string Text)> ReadCorpus(string path)
    {
        var number = 0;
        foreach (var line in File.ReadLines(path))
        {
            number++;
            if (string.IsNullOrWhiteSpace(line))
                continue;
            (string, string, string) document;
            try
            {
                using var json = JsonDocument.Parse(line);
                document = (
                    Text(json.RootElement, "_id"),
                    Text(json.RootElement, "title"),
                    Text(json.RootElement, "text")
                );
            }
            catch (Exception exception) when (exception is JsonException or InvalidOperationException)
            {
                throw new InvalidDataException($"{path}, line {number}: {exception.Message}", exception);
            }
            yield return document;
        }
    }

    private static string Text(JsonElement element, string property) =>
        element.TryGetProperty(property, out var value) ? value.GetString() ?? "" : "";

    private static Dictionary<string, string[]> ReadVariants(string path, int perDocument)
    {
        try
        {
            using var stream = File.OpenRead(path);
            var all = JsonSerializer.Deserialize<Dictionary<string, string[]>>(stream) ?? [];
            return all.ToDictionary(
                entry => entry.Key,
                entry => entry.Value[..Math.Min(entry.Value.Length, perDocument)],
                StringComparer.Ordinal
            );
        }
        catch (JsonException exception)
        {
            throw new InvalidDataException($"{path}: {exception.Message}", exception);
        }
    }

    private static List<(string Name, string Text)> ReadQueries(string path) =>
        [
            .. File.ReadLines(path)
                .Where(line => line.Length > 0)
                .Select(line => line.Split('\t', 2))
                .Select(parts =>
                    parts.Length == 2
                        ? (parts[0], parts[1])
                        : throw new InvalidDataException($"{path}: a line without a tab")
                ),
        ];

    private static Dictionary<string, IReadOnlyDictionary<long, int>> ReadQrels(string path, List<string> names)
    {
        var idOf = names
            .Select((name, id) => (name, id))
            .ToDictionary(pair => pair.name, pair => (long)pair.id, StringComparer.Ordinal);
        var relevant = new Dictionary<string, IReadOnlyDictionary<long, int>>(StringComparer.Ordinal);
        foreach (var line in File.ReadLines(path))
        {
            var parts = line.Split('\t');
            if (parts.Length < 3 || !int.TryParse(parts[2], CultureInfo.InvariantCulture, out var grade) || grade < 1)
                continue;
            if (!idOf.TryGetValue(parts[1], out var id))
                continue;
            if (!relevant.TryGetValue(parts[0], out var documents))
                relevant.Add(parts[0], documents = new Dictionary<long, int>());
            ((Dictionary<long, int>)documents)[id] = grade;
        }
        return relevant;
    }
}
