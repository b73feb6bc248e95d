using Helpdesk.Knowledge.Articles;
using Helpdesk.Knowledge.Exchange;
using Helpdesk.Knowledge.Search;
using Helpdesk.Tickets;
using Microsoft.EntityFrameworkCore;
using Shouldly;

namespace Helpdesk.Knowledge.Tests.Exchange;

public sealed class ArticleFolderTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("articles-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task What_was_exported_changes_nothing_when_it_comes_back()
    {
        await using var desk = await KnowledgeDesk.CreateAsync();
        await desk.PublishAsync("Lost card", "Freeze it.\n\n---\n\nThen call.", ArticleVisibility.Public, "card gone");
        await desk.PublishAsync("Staff only", "Hush.", ArticleVisibility.Internal);
        (await desk.Get<ArticleFolder>().ExportAsync(_folder.FullName)).ShouldBe(2);
        var back = await desk.Get<ArticleFolder>().ImportAsync(_folder.FullName, Actor.System);
        (back.Added, back.Changed, back.Unchanged, back.Problems.Count).ShouldBe((0, 0, 2, 0));
    }

    [Fact]
    public async Task A_folder_fills_an_empty_desk_which_exports_the_same_folder()
    {
        await using (var desk = await KnowledgeDesk.CreateAsync())
        {
            var id = await desk.PublishAsync("Lost card", "Freeze it.\n", ArticleVisibility.Public, "card gone", "wo?");
            await desk.ChangeAsync(id, (article, now) => article.ChangeSlug("card-lost", now));
            await desk.PublishAsync("Old", "Past.");
            await desk.Get<ArticleFolder>().ExportAsync(_folder.FullName);
        }
        var before = Files();
        await using var other = await KnowledgeDesk.CreateAsync();
        (await other.Get<ArticleFolder>().ImportAsync(_folder.FullName, Actor.System)).Added.ShouldBe(2);
        foreach (var file in _folder.EnumerateFiles())
            file.Delete();
        await other.Get<ArticleFolder>().ExportAsync(_folder.FullName);
        Files().ShouldBe(before);
        await other.Get<ArticleIndexFeed>().CatchUpAsync();
        (await other.FindAsync("card gone")).Hits.ShouldHaveSingleItem().Slug.ShouldBe("card-lost");
    }

    [Fact]
    public async Task An_older_export_knows_an_article_by_its_former_address_and_takes_nobody_elses()
    {
        await using var desk = await KnowledgeDesk.CreateAsync();
        var id = await desk.PublishAsync("Reset PIN", "At a machine.");
        await desk.PublishAsync("Fees", "None.");
        await desk.Get<ArticleFolder>().ExportAsync(_folder.FullName);
        await desk.ChangeAsync(id, (article, now) => article.ChangeSlug("pin-reset", now));
        var fees = Path.Combine(_folder.FullName, "fees.md");
        var text = await File.ReadAllTextAsync(fees);
        await File.WriteAllTextAsync(fees, text.Insert(4, "formerAddresses: [\"pin-reset\"]\n"));
        var import = await desk.Get<ArticleFolder>().ImportAsync(_folder.FullName, Actor.System);
        import.Added.ShouldBe(0);
        import.Problems.ShouldHaveSingleItem().ShouldContain("pin-reset");
        await using var db = desk.Desk.OpenDatabase();
        (await db.Set<Article>().SingleAsync(a => a.Id == id)).Slug.ShouldBe("pin-reset");
    }

    [Fact]
    public async Task A_changed_file_is_a_new_version_and_a_bad_one_holds_up_no_other()
    {
        await using var desk = await KnowledgeDesk.CreateAsync();
        var id = await desk.PublishAsync("Fees", "Old text.");
        await desk.Get<ArticleFolder>().ExportAsync(_folder.FullName);
        var path = Path.Combine(_folder.FullName, "fees.md");
        await File.WriteAllTextAsync(
            path,
            (await File.ReadAllTextAsync(path)).Replace("Old", "New", StringComparison.Ordinal)
        );
        await File.WriteAllTextAsync(Path.Combine(_folder.FullName, "bad.md"), "---\nstate: nonsense\n---\nx");
        await File.WriteAllTextAsync(Path.Combine(_folder.FullName, "page.html"), "<h1>Page</h1><p>Words.</p>");
        var import = await desk.Get<ArticleFolder>().ImportAsync(_folder.FullName, Actor.System);
        (import.Added, import.Changed).ShouldBe((1, 1));
        import.Problems.ShouldHaveSingleItem().ShouldStartWith("bad.md");
        await using var db = desk.Desk.OpenDatabase();
        (await db.Set<ArticleVersion>().CountAsync(v => v.ArticleId == id)).ShouldBe(2);
        var page = await db.Set<Article>().SingleAsync(a => a.Slug == "page");
        (page.Title, page.Body, page.State).ShouldBe(("Page", "Words.", ArticleState.Draft));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Any_folder_comes_back_as_it_went_with_states_languages_and_translations(int seed)
    {
        var random = new Random(seed);
        await using (var desk = await KnowledgeDesk.CreateAsync())
        {
            var ids = new List<long>();
            for (var i = 0; i < 12; i++)
                ids.Add(
                    await desk.PublishAsync(
                        $"Article {i}",
                        $"Line {i}\n\n- a: b\n---\n  \"q\"\n",
                        (ArticleVisibility)random.Next(2),
                        $"how {i}?"
                    )
                );
            foreach (var (index, id) in ids.Index())
                await desk.ChangeAsync(
                    id,
                    (article, now) =>
                    {
                        article.WriteIn(
                            index % 3 == 0 ? "en"
                                : index % 3 == 1 ? "de"
                                : "pl",
                            now
                        );
                        if (random.Next(4) == 0)
                            article.BackToDraft(Actor.System, now);
                        else if (random.Next(4) == 0)
                            article.Archive(Actor.System, now);
                        if (random.Next(3) == 0)
                            article.ChangeSlug($"renamed-{index}", now);
                    }
                );
            await using var db = desk.Desk.OpenDatabase();
            var all = await db.Set<Article>().OrderBy(a => a.Id).ToListAsync();
            for (var i = 1; i < 12; i += 3)
                all[i].Translate(all[i - 1], desk.Desk.Time.GetUtcNow());
            all[4].FallBehind(desk.Desk.Time.GetUtcNow());
            await ArticleChanges.SaveAsync(db, desk.Get<Helpdesk.Tickets.Data.Bells>());
            await desk.Get<ArticleFolder>().ExportAsync(_folder.FullName);
            (await desk.Get<ArticleFolder>().ImportAsync(_folder.FullName, Actor.System)).Unchanged.ShouldBe(12);
        }
        var before = Files();
        before.Values.Count(text => text.Contains("translationOf", StringComparison.Ordinal)).ShouldBe(4);
        before.Values.Count(text => text.Contains("behind", StringComparison.Ordinal)).ShouldBe(1);
        await using var other = await KnowledgeDesk.CreateAsync();
        var import = await other.Get<ArticleFolder>().ImportAsync(_folder.FullName, Actor.System);
        (import.Added, import.Problems.Count).ShouldBe((12, 0));
        foreach (var file in _folder.EnumerateFiles())
            file.Delete();
        await other.Get<ArticleFolder>().ExportAsync(_folder.FullName);
        Files().ShouldBe(before);
    }

    private Dictionary<string, string> Files() =>
        _folder.EnumerateFiles().ToDictionary(file => file.Name, file => File.ReadAllText(file.FullName));
}
