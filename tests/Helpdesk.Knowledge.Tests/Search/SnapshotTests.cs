using Helpdesk.Knowledge.Analysis;
using Helpdesk.Knowledge.Search;
using Shouldly;

namespace Helpdesk.Knowledge.Tests.Search;

public sealed class SnapshotTests : IDisposable
{
    private readonly string _path = Path.Combine(
        Directory.CreateTempSubdirectory("helpdesk-index").FullName,
        "articles.index"
    );

    [Fact]
    public void What_was_saved_answers_as_before_and_can_be_changed_further()
    {
        var random = new Random(5);
        var index = Saved(random);
        var loaded = InMemoryIndexTests.Plain();
        loaded.TryLoad(_path).ShouldBeTrue();
        loaded.Status.Position.ShouldBe(42);
        loaded.Status.Documents.ShouldBe(index.Status.Documents);
        InMemoryIndexTests.SameAnswers(index, loaded, random, 1e-12);
        loaded.Apply([new IndexedDocument(900, "zebra", "", [])], [3], 43);
        loaded.Search(new SearchQuery("zebra")).Hits.ShouldHaveSingleItem().Id.ShouldBe(900);
    }

    [Fact]
    public void A_damaged_file_is_as_good_as_none_wherever_the_damage_is()
    {
        Saved(new Random(6));
        var whole = File.ReadAllBytes(_path);
        for (var at = 0; at < whole.Length; at += Math.Max(1, whole.Length / 300))
        {
            var damaged = whole.ToArray();
            damaged[at] ^= 0x20;
            File.WriteAllBytes(_path, damaged);
            InMemoryIndexTests.Plain().TryLoad(_path).ShouldBeFalse($"byte {at}");
            File.WriteAllBytes(_path, whole[..at]);
            InMemoryIndexTests.Plain().TryLoad(_path).ShouldBeFalse($"cut at {at}");
        }
        File.WriteAllBytes(_path, [.. whole, 0]);
        InMemoryIndexTests.Plain().TryLoad(_path).ShouldBeFalse();
    }

    [Fact]
    public void A_file_of_another_ranking_is_not_taken_nor_one_that_is_not_there()
    {
        Saved(new Random(7));
        new InMemoryIndex(Ranking.Tickets, Language.Unknown, guessLanguage: false).TryLoad(_path).ShouldBeFalse();
        InMemoryIndexTests.Plain().TryLoad(_path + ".other").ShouldBeFalse();
    }

    [Fact]
    public void An_unfinished_writing_leaves_the_former_file()
    {
        Saved(new Random(8));
        File.WriteAllText(_path + ".new", "half of a");
        InMemoryIndexTests.Plain().TryLoad(_path).ShouldBeTrue();
    }

    public void Dispose() => Directory.Delete(Path.GetDirectoryName(_path)!, recursive: true);

    private InMemoryIndex Saved(Random random)
    {
        var index = InMemoryIndexTests.Plain();
        index.Rebuild(RandomDocuments.Documents(random, 60), 41);
        index.Apply([RandomDocuments.Document(random, 5), RandomDocuments.Document(random, 100)], [7], 42);
        index.Save(_path);
        return index;
    }
}
