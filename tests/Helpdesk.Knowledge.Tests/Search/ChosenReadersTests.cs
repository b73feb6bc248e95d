using FsCheck;
using FsCheck.Fluent;
using Helpdesk.Knowledge.Articles;
using Helpdesk.Knowledge.Exchange;
using Helpdesk.Knowledge.Matching;
using Helpdesk.Knowledge.Search;
using Helpdesk.Tickets;
using Helpdesk.Tickets.Data;
using Helpdesk.Tickets.People;
using Microsoft.EntityFrameworkCore;
using Shouldly;

namespace Helpdesk.Knowledge.Tests.Search;

public sealed class ChosenReadersTests
{
    [Theory]
    [InlineData(StorageProvider.Sqlite)]
    [InlineData(StorageProvider.Postgres)]
    public async Task An_article_for_chosen_customers_does_not_exist_for_anybody_else(StorageProvider provider)
    {
        await using var desk = await KnowledgeDesk.CreateAsync(provider);
        var (gold, harbour, customers) = await PeopleAsync(desk);
        await desk.PublishAsync("Reset a password", "Press forgotten. It is quick.");
        var forGold = await desk.PublishAsync("Concierge", "The zeppelin fetches you.");
        var forHarbour = await desk.PublishAsync("Bulk upload", "Send the quux file. The zeppelin is not for you.");
        await ChooseAsync(desk, forGold, new([gold], []));
        await ChooseAsync(desk, forHarbour, new([], [harbour]));

        await SeesAsync(desk, ArticleReader.Customer, "zeppelin", []);
        await SeesAsync(desk, ArticleReader.Staff, "zeppelin", [forGold, forHarbour]);
        await SeesAsync(desk, await ReaderAsync(desk, customers["plain"]), "zeppelin", []);
        await SeesAsync(desk, await ReaderAsync(desk, customers["gold"]), "zeppelin", [forGold]);
        await SeesAsync(desk, await ReaderAsync(desk, customers["harbour"]), "zeppelin", [forHarbour]);
        // the organization's tier is its people's, unless they have their own
        await SeesAsync(desk, await ReaderAsync(desk, customers["goldHarbour"]), "zeppelin", [forGold, forHarbour]);

        // nor is its vocabulary: neither a correction nor the lack of one tells
        foreach (var reader in new[] { ArticleReader.Customer, await ReaderAsync(desk, customers["gold"]) })
        {
            (await desk.FindAsync("quxx", reader)).ReadAs.ShouldBeNull();
            (await desk.FindAsync("quux", reader)).ReadAs.ShouldBeNull();
            (await desk.Get<ArticleSearch>().SuggestAsync("quu", reader)).ShouldBeEmpty();
        }
        (await desk.FindAsync("zepelin", await ReaderAsync(desk, customers["gold"]))).ReadAs.ShouldBe("zeppelin");
    }

    [Fact]
    public async Task Who_leaves_a_tier_sees_it_no_more_at_once_and_an_article_without_readers_is_nobodys()
    {
        await using var desk = await KnowledgeDesk.CreateAsync();
        var (gold, _, customers) = await PeopleAsync(desk);
        await desk.PublishAsync("Reset a password", "Press forgotten. It is quick.");
        var id = await desk.PublishAsync("Concierge", "The zeppelin fetches you.");
        await ChooseAsync(desk, id, new([gold], []));
        await using var db = desk.Desk.OpenDatabase();
        (await db.Customers.SingleAsync(c => c.Id == customers["gold"])).TierId = null;
        await db.SaveChangesAsync();
        await SeesAsync(desk, await ReaderAsync(desk, customers["gold"]), "zeppelin", []);
        await db
            .Customers.Where(c => c.TierId == gold)
            .ExecuteUpdateAsync(c => c.SetProperty(x => x.TierId, (int?)null));
        await db.Tiers.Where(t => t.Id == gold).ExecuteDeleteAsync();
        await SeesAsync(desk, ArticleReader.Of(gold, null), "zeppelin", []);
        await SeesAsync(desk, ArticleReader.Staff, "zeppelin", [id]);
    }

    [Fact]
    public async Task Chosen_customers_go_out_and_come_in_by_name_and_a_strange_name_opens_nothing()
    {
        await using var desk = await KnowledgeDesk.CreateAsync();
        var (gold, harbour, _) = await PeopleAsync(desk);
        var id = await desk.PublishAsync("Concierge", "The zeppelin fetches you.");
        await ChooseAsync(desk, id, new([gold], [harbour]));
        var folder = Directory.CreateTempSubdirectory("articles-");
        try
        {
            await desk.Get<ArticleFolder>().ExportAsync(folder.FullName);
            (await desk.Get<ArticleFolder>().ImportAsync(folder.FullName, Actor.System)).Unchanged.ShouldBe(1);
            await using var other = await KnowledgeDesk.CreateAsync();
            var import = await other.Get<ArticleFolder>().ImportAsync(folder.FullName, Actor.System);
            import.Added.ShouldBe(0);
            import.Problems.ShouldContain(problem => problem.Contains("Gold", StringComparison.Ordinal));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public void No_reader_is_shown_or_corrected_to_what_only_others_may_see()
    {
        Prop.ForAll<int>(seed =>
            {
                var random = new Random(seed);
                var index = new InMemoryIndex(Ranking.Articles);
                var documents = Enumerable.Range(1, random.Next(1, 25)).Select(id => Secretive(random, id)).ToList();
                index.Rebuild(documents, 1);
                var reader = random.Next(3) == 0 ? ReaderKinds.None : ReaderKinds.Of(random.Next(1, 4));
                var seen = documents.Where(d => d.Audience is null || d.Audience.Overlaps(reader)).ToList();
                var visible = seen.SelectMany(d => (d.Title + " " + d.Body).Split(' ')).ToHashSet();
                foreach (var word in Words.Concat(Words.Select(w => w[..^1] + "q")))
                {
                    var answer = index.Search(new SearchQuery(word) { Audience = reader, Count = 100 });
                    answer.Hits.Select(hit => hit.Id).Except(seen.Select(d => d.Id)).ShouldBeEmpty();
                    answer.Corrections.Select(c => c.Word).Except(visible).ShouldBeEmpty();
                    var typing = new SearchQuery(word[..3])
                    {
                        Audience = reader,
                        StillTyping = true,
                        Count = 100,
                    };
                    index.Search(typing).Hits.Select(hit => hit.Id).Except(seen.Select(d => d.Id)).ShouldBeEmpty();
                }
            })
            .QuickCheckThrowOnFailure();
    }

    private static readonly string[] Words =
    [
        "zeppelin",
        "transfers",
        "transferred",
        "concierge",
        "passwords",
        "password",
        "quarterly",
        "harbours",
    ];

    private static IndexedDocument Secretive(Random random, int id) =>
        new(
            id,
            Words[random.Next(Words.Length)],
            string.Join(' ', Enumerable.Range(0, random.Next(4)).Select(_ => Words[random.Next(Words.Length)])),
            [],
            random.Next(3) == 0 ? null : ReaderKinds.Of(random.Next(1, 4), random.Next(1, 4)),
            Knowledge.Analysis.Language.English
        );

    private static async Task SeesAsync(KnowledgeDesk desk, ArticleReader reader, string word, long[] expected)
    {
        var search = desk.Get<ArticleSearch>();
        var found = await desk.FindAsync(word, reader);
        found.Hits.Select(hit => hit.Id).Order().ShouldBe(expected);
        (await search.SuggestAsync(word[..4], reader, 50)).Select(n => n.Id).Order().ShouldBe(expected);
        (await search.PopularAsync(reader, 50)).Select(n => n.Id).Where(id => id != 1).Order().ShouldBe(expected);
        (await desk.Get<SolutionMatcher>().MatchAsync(word, word, reader, 10, leastPercent: 0))
            .Select(hit => hit.Id)
            .Order()
            .ShouldBe(expected);
        foreach (var id in expected)
            (await search.RelatedAsync(id, reader, 50)).Select(n => n.Id).Except(expected).ShouldBeEmpty();
        if (expected.Length == 0)
            (await search.RelatedAsync(2, reader, 50)).ShouldBeEmpty();
    }

    private static async Task<ArticleReader> ReaderAsync(KnowledgeDesk desk, long customerId)
    {
        await using var db = desk.Desk.OpenDatabase();
        return await ArticleAccess.ReaderOfAsync(db, customerId);
    }

    private static Task ChooseAsync(KnowledgeDesk desk, long id, ChosenReaders readers) =>
        desk.ChangeAsync(
            id,
            (article, now) =>
            {
                article.ShowTo(ArticleVisibility.Chosen, now);
                article.Choose(readers, now);
            }
        );

    private static async Task<(int Gold, int Harbour, Dictionary<string, long> Customers)> PeopleAsync(
        KnowledgeDesk desk
    )
    {
        await using var db = desk.Desk.OpenDatabase();
        var (gold, silver) = (
            new Tier
            {
                Name = "Gold of tests",
                Rank = 7,
                PriorityPoints = 1,
            },
            new Tier
            {
                Name = "Silver of tests",
                Rank = 6,
                PriorityPoints = 1,
            }
        );
        var harbour = new Organization { Name = "Harbour", Tier = silver };
        db.AddRange(gold, silver, harbour);
        var now = desk.Desk.Time.GetUtcNow();
        var customers = new Dictionary<string, Customer>(StringComparer.Ordinal)
        {
            ["plain"] = new("plain@x.example", null, now),
            ["gold"] = new("gold@x.example", null, now) { Tier = gold },
            ["harbour"] = new("harbour@x.example", null, now) { Organization = harbour },
            ["goldHarbour"] = new("both@x.example", null, now) { Organization = harbour, Tier = gold },
        };
        db.AddRange(customers.Values);
        await db.SaveChangesAsync();
        return (gold.Id, harbour.Id, customers.ToDictionary(c => c.Key, c => c.Value.Id, StringComparer.Ordinal));
    }
}
