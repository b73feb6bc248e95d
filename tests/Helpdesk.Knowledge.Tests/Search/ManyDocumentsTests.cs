using Helpdesk.Knowledge.Search;
using Shouldly;

namespace Helpdesk.Knowledge.Tests.Search;

public sealed class ManyDocumentsTests : IDisposable
{
    private const int Documents = 40_000;
    private readonly string _path = Path.Combine(
        Directory.CreateTempSubdirectory("helpdesk-index").FullName,
        "articles.index"
    );

    // frequent words, rare ones and what lies between are kept in different ways, and the documents in several blocks
    [Theory]
    [InlineData(1)]
    [InlineData(70_000)]
    [InlineData(3_000_000_000)]
    public void Words_of_every_frequency_are_found_in_just_their_documents_whatever_the_ids(long distance)
    {
        var index = InMemoryIndexTests.Plain();
        index.Rebuild(Enumerable.Range(0, Documents).Select(i => Document(i, distance)), position: 1);
        Finds(index, distance);
        index.Save(_path);
        var loaded = InMemoryIndexTests.Plain();
        loaded.TryLoad(_path).ShouldBeTrue();
        Finds(loaded, distance);
        loaded.Apply([], [500 * distance], 2);
        loaded.Search(new SearchQuery("five") { Count = 100 }).Hits.ShouldNotContain(hit => hit.Id == 500 * distance);
    }

    private static IndexedDocument Document(int i, long distance)
    {
        var words = new List<string> { i % 3 == 0 ? "three" : "other" };
        if (i % 500 == 0)
            words.Add("five");
        if (i % 9_000 == 1)
            words.Add("nine");
        if (i == Documents - 1)
            words.Add("last");
        return new(
            i * distance,
            i % 500 == 0 ? "five five five five" : "title",
            string.Join(' ', words),
            [],
            i % 1_000 == 0 ? ReaderKinds.Of(i % 7) : null
        );
    }

    private static void Finds(InMemoryIndex index, long distance)
    {
        IdsOf("five").ShouldBe(Multiples(500, 0), ignoreOrder: true);
        IdsOf("nine").ShouldBe(Multiples(9_000, 1), ignoreOrder: true);
        IdsOf("last").ShouldBe([(Documents - 1) * distance]);
        // both words beat one
        IdsOf("three five").Take(27).ShouldAllBe(id => id / distance % 1_500 == 0);
        index
            .Search(new SearchQuery("five") { Count = 100, Audience = ReaderKinds.None })
            .Hits.ShouldAllBe(hit => hit.Id / distance % 1_000 != 0);

        List<long> IdsOf(string words) =>
            [.. index.Search(new SearchQuery(words) { Count = 100 }).Hits.Select(hit => hit.Id)];

        IEnumerable<long> Multiples(int of, int from) =>
            Enumerable.Range(0, Documents).Where(i => i % of == from).Select(i => i * distance);
    }

    public void Dispose() => Directory.Delete(Path.GetDirectoryName(_path)!, recursive: true);
}
