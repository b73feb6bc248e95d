using Helpdesk.Knowledge.Search;
using Helpdesk.Testing;
using Helpdesk.Web.Sample;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection;

namespace Helpdesk.Benchmarks;

/// <summary>The sample's requests as documents, other requests as queries: our index against SQLite's FTS5 over the same texts.</summary>
internal static class SearchBenchmark
{
    public static async Task RunAsync()
    {
        var requests = SampleText.Requests();
        var documents = Enumerable
            .Range(0, 100_000)
            .Select(i => (Id: (long)i + 1, Text: Document(requests, i)))
            .ToList();
        var queries = Enumerable.Range(0, 1000).Select(i => requests[i * 37 % requests.Count].Text).ToList();

        await using var site = new Site();
        var index = site.Services.GetRequiredService<SolutionIndexes>().StaffArticles;
        index.Rebuild(
            documents.Select(d => new IndexedDocument(d.Id, d.Text[..Math.Min(60, d.Text.Length)], d.Text, [])),
            position: 1
        );
        if (index is InMemoryIndex own)
            await own.Settled;
        var ours = await Cost.OfAsync(
            i =>
            {
                index.Search(new SearchQuery(queries[i % queries.Count]));
                return Task.CompletedTask;
            },
            warmUp: 300,
            times: 3000
        );

        using var connection = new SqliteConnection("Data Source=:memory:");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = "create virtual table d using fts5(text, tokenize = 'porter unicode61')";
        command.ExecuteNonQuery();
        using (var transaction = connection.BeginTransaction())
        {
            command.Transaction = transaction;
            command.CommandText = "insert into d(rowid, text) values ($id, $text)";
            var (id, text) = (
                command.Parameters.Add("$id", SqliteType.Integer),
                command.Parameters.Add("$text", SqliteType.Text)
            );
            foreach (var document in documents)
            {
                (id.Value, text.Value) = (document.Id, document.Text);
                command.ExecuteNonQuery();
            }
            transaction.Commit();
        }
        using var search = connection.CreateCommand();
        search.CommandText = "select rowid from d where d match $query order by rank limit 10";
        var query = search.Parameters.Add("$query", SqliteType.Text);
        var theirs = await Cost.OfAsync(
            i =>
            {
                query.Value = string.Join(
                    " OR ",
                    queries[i % queries.Count]
                        .Split(' ', StringSplitOptions.RemoveEmptyEntries)
                        .Select(w => $"\"{w.Replace("\"", "", StringComparison.Ordinal)}\"")
                );
                using var reader = search.ExecuteReader();
                while (reader.Read())
                    reader.GetInt64(0);
                return Task.CompletedTask;
            },
            warmUp: 20,
            times: 200
        );
        Figures.Print(
            "search",
            new
            {
                documents = documents.Count,
                indexMb = Figures.Round(index.Status.Bytes / 1048576.0),
                msP50 = ours.MillisecondsP50,
                msP95 = ours.MillisecondsP95,
                cpuMs = ours.CpuMilliseconds,
                fts5MsP50 = theirs.MillisecondsP50,
                fts5MsP95 = theirs.MillisecondsP95,
                timesFasterThanFts5 = Figures.Round(theirs.MillisecondsP50 / ours.MillisecondsP50),
            }
        );
    }

    private static string Document(IReadOnlyList<LabelledRequest> requests, int i) =>
        string.Join(
            ' ',
            Enumerable.Range(0, 4).Select(part => requests[(i * 13 + part * 7919 + i / 1000) % requests.Count].Text)
        );
}
