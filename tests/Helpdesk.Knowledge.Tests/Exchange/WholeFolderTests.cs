using Helpdesk.Knowledge.Articles;
using Helpdesk.Knowledge.Exchange;
using Helpdesk.Tickets;
using Helpdesk.Tickets.Blobs;
using Helpdesk.Tickets.Data;
using Helpdesk.Tickets.People;
using Helpdesk.Tickets.Topics;
using Microsoft.EntityFrameworkCore;
using Shouldly;

namespace Helpdesk.Knowledge.Tests.Exchange;

/// <summary>What a folder holds beside the articles' texts: files, shared texts, readers, owners, reviewers, translations.</summary>
public sealed class WholeFolderTests : IDisposable
{
    private static readonly byte[] Png = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A, 1, 2, 3];
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("folder-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task Everything_goes_out_changes_nothing_here_and_is_the_same_elsewhere()
    {
        await using (var desk = await DeskAsync())
        {
            await FillAsync(desk);
            await ExportAsync(desk);
            var here = await ImportAsync(desk);
            (here.Added, here.Changed, here.Unchanged, here.SharedTexts).ShouldBe((0, 0, 3, 0));
            here.Problems.ShouldBeEmpty();
        }
        var before = Files();
        before.Keys.ShouldBe(
            [
                "card-lost.md",
                "files/card-lost/screen-1.png",
                "files/card-lost/screen-1-2.png",
                "files/card-lost/unused.txt",
                "karte-weg.md",
                "other.md",
                "reviewers.json",
                "snippets/opening-hours.md",
                "templates/how-to.md",
                "templates/how-to-2.md",
            ],
            ignoreOrder: true
        );

        await using var other = await DeskAsync();
        // other numbers than there
        await other.PublishAsync("Before", "Something.");
        await AttachAsync(other, 1, "before.png", [.. Png, 99]);
        var there = await ImportAsync(other);
        there.Problems.ShouldBeEmpty();
        (there.Added, there.SharedTexts).ShouldBe((3, 3));
        (await ImportAsync(other)).Unchanged.ShouldBe(3);
        Clear();
        await ExportAsync(other);
        File.Delete(Path.Combine(_folder.FullName, "before.md"));
        Directory.Delete(Path.Combine(_folder.FullName, "files", "before"), recursive: true);
        Files().ShouldBe(before, ignoreOrder: true);

        await using var db = other.Desk.OpenDatabase();
        var card = await db.Set<Article>().Include(a => a.Versions).SingleAsync(a => a.Slug == "card-lost");
        var picture = await db.Set<ArticleAttachment>().SingleAsync(f => f.Name == "screen (1).png" && f.Size == 11);
        card.Body.ShouldContain($"![a]({ArticleAttachment.Place}{picture.Id})");
        card.Versions.ShouldHaveSingleItem().Body.ShouldBe(card.Body);
        picture.ArticleId.ShouldBe(card.Id);
        (await db.Set<Article>().SingleAsync(a => a.Slug == "other")).Body.ShouldContain(
            $"{ArticleAttachment.Place}{picture.Id}"
        );
        (await db.Set<SharedText>().SingleAsync(t => t.Kind == SharedTextKind.Snippet)).Body.ShouldContain(
            $"{ArticleAttachment.Place}{picture.Id}"
        );
        card.OwnerUserId.ShouldBe(other.Desk.Anna.Id);
        (await db.Set<TopicReviewer>().SingleAsync()).UserId.ShouldBe(other.Desk.Anna.Id);
    }

    [Fact]
    public async Task Pictures_of_a_strange_folder_come_along_and_what_lies_outside_it_does_not()
    {
        var outside = Path.Combine(_folder.Parent!.FullName, $"{_folder.Name}.txt");
        await File.WriteAllTextAsync(outside, "secret");
        try
        {
            var guide = _folder.CreateSubdirectory("guide");
            await File.WriteAllBytesAsync(Path.Combine(guide.FullName, "my screen.png"), Png);
            await File.WriteAllTextAsync(Path.Combine(guide.FullName, "run.sh"), "#!/bin/sh");
            File.CreateSymbolicLink(Path.Combine(guide.FullName, "link.txt"), outside);
            await File.WriteAllTextAsync(
                Path.Combine(guide.FullName, "start.md"),
                $"# Start\n\n![s](my%20screen.png) [x](../../{_folder.Name}.txt) [y](link.txt) [z](run.sh) [r]: {outside}"
            );
            await using var desk = await KnowledgeDesk.CreateAsync();
            var import = await ImportAsync(desk);
            import.Added.ShouldBe(1);
            import.Problems.ShouldHaveSingleItem().ShouldContain("run.sh");
            await using var db = desk.Desk.OpenDatabase();
            var file = await db.Set<ArticleAttachment>().SingleAsync();
            (file.Name, file.ContentType).ShouldBe(("my screen.png", "image/png"));
            (await db.Set<Article>().SingleAsync()).Body.ShouldBe(
                $"![s]({ArticleAttachment.Place}{file.Id}) [x](../../{_folder.Name}.txt) [y](link.txt) [z](run.sh) [r]: {outside}"
            );
        }
        finally
        {
            File.Delete(outside);
        }
    }

    [Fact]
    public async Task What_pages_cannot_show_and_people_who_are_not_here_are_left_out()
    {
        var deep = new string('>', 80);
        await WriteAsync("deep.md", deep + deep + " x");
        await WriteAsync("half.md", deep + " {{snippet:half}}");
        await WriteAsync("s.md", $"---\nsharedText: Snippet\nname: half\n---\n{deep} x");
        await WriteAsync("t.md", "---\nsharedText: Snippet\nname: self\n---\n{{snippet:self}}");
        await WriteAsync("owned.md", "---\nowner: nobody@example.org\n---\nText");
        await WriteAsync("reviewers.json", """{"cards": ["anna@example.org", "nobody@example.org"], "no": ["x"]}""");
        await using var desk = await DeskAsync();
        var import = await ImportAsync(desk);
        (import.Added, import.SharedTexts).ShouldBe((2, 0));
        import
            .Problems.Select(problem => problem[..problem.IndexOf(':')])
            .ShouldBe(["deep.md", "owned.md", "s.md", "t.md", "reviewers.json", "reviewers.json"], ignoreOrder: true);
        await using var db = desk.Desk.OpenDatabase();
        (await db.Set<TopicReviewer>().AnyAsync()).ShouldBeFalse();
        (await db.Set<Article>().AnyAsync(a => a.Slug == "deep")).ShouldBeFalse();
    }

    // a desk with the people and topics that the folder names
    private static async Task<KnowledgeDesk> DeskAsync()
    {
        var desk = await KnowledgeDesk.CreateAsync();
        await using var db = desk.Desk.OpenDatabase();
        db.Add(
            new Tier
            {
                Name = "Gold of tests",
                Rank = 7,
                PriorityPoints = 1,
            }
        );
        db.Add(new Organization { Name = "Harbour & Co" });
        db.Add(new Topic { Key = "cards", Name = "Cards" });
        await db.SaveChangesAsync();
        return desk;
    }

    private static async Task FillAsync(KnowledgeDesk desk)
    {
        var (card, german, other) = (
            await desk.PublishAsync("Card lost", "x", ArticleVisibility.Chosen),
            await desk.PublishAsync("Karte weg", "Einfrieren."),
            await desk.PublishAsync("Other", "x")
        );
        var one = await AttachAsync(desk, card, "screen (1).png", Png);
        var two = await AttachAsync(desk, card, "screen (1).png", [.. Png, 4]);
        await AttachAsync(desk, card, "unused.txt", "words"u8.ToArray());
        await using var db = desk.Desk.OpenDatabase();
        var now = desk.Desk.Time.GetUtcNow();
        var topic = await db.Set<Topic>().SingleAsync(t => t.Key == "cards");
        var tier = await db.Tiers.SingleAsync(t => t.Name == "Gold of tests");
        var organization = await db.Organizations.SingleAsync(o => o.Name == "Harbour & Co");
        var articles = await db.Set<Article>().OrderBy(a => a.Id).ToListAsync();
        articles[0]
            .Edit(
                new("Card lost", "", $"![a]({one}) {{{{snippet:opening-hours}}}}\n\n[b]: {two}"),
                "",
                Actor.System,
                now
            );
        articles[0].Choose(new([tier.Id], [organization.Id]), now);
        articles[0].LookAfter(desk.Desk.Anna.Id, now.AddDays(30), now);
        articles[0].MoveTo(topic, now);
        articles[1].WriteIn("de", now);
        articles[1].Translate(articles[0], now);
        articles[2]
            .Edit(new("Other", "", $"Also [there]({one}), not [here](/files/articles/999)."), "", Actor.System, now);
        db.Add(new SharedText(SharedTextKind.Snippet, "opening-hours", $"Nine ![a]({one}).", Actor.System, now));
        db.Add(new SharedText(SharedTextKind.Template, "How to", "## Steps", Actor.System, now));
        db.Add(new SharedText(SharedTextKind.Template, "How to?", "## Why", Actor.System, now));
        db.Add(new TopicReviewer { TopicId = topic.Id, UserId = desk.Desk.Anna.Id });
        await ArticleChanges.SaveAsync(db, desk.Get<Bells>());
    }

    /// <returns>The file's address.</returns>
    private static async Task<string> AttachAsync(KnowledgeDesk desk, long articleId, string name, byte[] bytes)
    {
        await using var db = desk.Desk.OpenDatabase();
        var file = new ArticleAttachment
        {
            ArticleId = articleId,
            BlobHash = await Blob.PutAsync(db, bytes, TestContext.Current.CancellationToken),
            Name = name,
            ContentType = FileKinds.Find(bytes, name)!,
            Size = bytes.Length,
            AddedAt = desk.Desk.Time.GetUtcNow(),
            AddedByName = "Anna",
        };
        db.Add(file);
        await db.SaveChangesAsync();
        return ArticleAttachment.Place + file.Id;
    }

    private Task<int> ExportAsync(KnowledgeDesk desk) => desk.Get<ArticleFolder>().ExportAsync(_folder.FullName);

    private Task<FolderImport> ImportAsync(KnowledgeDesk desk) =>
        desk.Get<ArticleFolder>().ImportAsync(_folder.FullName, Actor.System);

    private Task WriteAsync(string name, string text) =>
        File.WriteAllTextAsync(Path.Combine(_folder.FullName, name), text);

    private void Clear()
    {
        foreach (var file in _folder.EnumerateFiles("*", SearchOption.AllDirectories))
            file.Delete();
    }

    private Dictionary<string, string> Files() =>
        _folder
            .EnumerateFiles("*", SearchOption.AllDirectories)
            .ToDictionary(
                file => Path.GetRelativePath(_folder.FullName, file.FullName).Replace('\\', '/'),
                file => Convert.ToHexString(File.ReadAllBytes(file.FullName))
            );
}
