using Helpdesk.Knowledge.Articles;
using Helpdesk.Knowledge.Matching;
using Helpdesk.Knowledge.Search;
using Helpdesk.Tickets;
using Helpdesk.Tickets.Data;
using Microsoft.EntityFrameworkCore;
using Shouldly;

namespace Helpdesk.Knowledge.Tests.Search;

public sealed class ArticleSearchTests
{
    [Theory]
    [InlineData(StorageProvider.Sqlite)]
    [InlineData(StorageProvider.Postgres)]
    public async Task A_published_article_is_found_and_an_archived_one_is_not(StorageProvider provider)
    {
        await using var desk = await KnowledgeDesk.CreateAsync(provider);
        var id = await desk.PublishAsync("Block a lost card", "Open the app and press **Block**.");
        (await desk.FindAsync("I lost my cards")).Hits.ShouldHaveSingleItem().Id.ShouldBe(id);
        await desk.ChangeAsync(id, (article, now) => article.Archive(Actor.System, now));
        (await desk.FindAsync("I lost my cards")).Hits.ShouldBeEmpty();
        await desk.ChangeAsync(id, (article, now) => article.Publish(Actor.System, now));
        (await desk.FindAsync("I lost my cards")).Hits.ShouldHaveSingleItem();
    }

    [Fact]
    public async Task A_draft_is_nobodys_to_find()
    {
        await using var desk = await KnowledgeDesk.CreateAsync();
        await using var db = desk.Desk.OpenDatabase();
        db.Add(
            new Article(
                "draft",
                new("Zeppelins", "", "About zeppelins."),
                null,
                ArticleVisibility.Public,
                Actor.System,
                desk.Desk.Time.GetUtcNow()
            )
        );
        await ArticleChanges.SaveAsync(db, desk.Get<Bells>());
        await desk.Get<ArticleIndexFeed>().CatchUpAsync();
        (await desk.FindAsync("zeppelins", ArticleReader.Staff)).Hits.ShouldBeEmpty();
    }

    [Fact]
    public async Task Customers_see_no_trace_of_an_internal_article()
    {
        await using var desk = await KnowledgeDesk.CreateAsync();
        await desk.PublishAsync("Reset a password", "Press forgotten.");
        var id = await desk.PublishAsync(
            "Skeletonkey for passwords",
            "The skeletonkey opens every account.",
            ArticleVisibility.Internal
        );
        var search = desk.Get<ArticleSearch>();
        (await desk.FindAsync("skeletonkey")).Hits.ShouldBeEmpty();
        (await desk.FindAsync("skeltonkey")).ReadAs.ShouldBeNull();
        (await desk.FindAsync("password")).Hits.ShouldHaveSingleItem();
        (await desk.FindAsync("password")).HasMore.ShouldBeFalse();
        (await search.SuggestAsync("skele", ArticleReader.Customer)).ShouldBeEmpty();
        (await search.RelatedAsync(id, ArticleReader.Customer)).ShouldBeEmpty();
        (await search.PopularAsync(ArticleReader.Customer)).ShouldHaveSingleItem();
        (
            await desk.Get<SolutionMatcher>()
                .MatchAsync("skeletonkey", "Where is the skeletonkey?", ArticleReader.Customer)
        ).ShouldBeEmpty();
        (await desk.FindAsync("skeltonkey", ArticleReader.Staff)).ReadAs.ShouldBe("skeletonkey");
        (await desk.FindAsync("password", ArticleReader.Staff)).Hits.Count.ShouldBe(2);
        (await search.RelatedAsync(id, ArticleReader.Staff)).ShouldHaveSingleItem();
    }

    [Fact]
    public async Task An_article_that_becomes_internal_leaves_the_customers_index()
    {
        await using var desk = await KnowledgeDesk.CreateAsync();
        var id = await desk.PublishAsync("Fee table", "All fees.");
        await desk.ChangeAsync(id, (article, now) => article.ShowTo(ArticleVisibility.Internal, now));
        (await desk.FindAsync("fees")).Hits.ShouldBeEmpty();
        desk.Get<SolutionIndexes>().CustomerArticles.Status.Documents.ShouldBe(0);
        (await desk.FindAsync("fees", ArticleReader.Staff)).Hits.ShouldHaveSingleItem();
    }

    [Fact]
    public async Task What_the_database_no_longer_shows_is_not_shown_even_while_the_index_lags()
    {
        await using var desk = await KnowledgeDesk.CreateAsync();
        var id = await desk.PublishAsync("Fee table", "All fees.");
        await using var db = desk.Desk.OpenDatabase();
        (await db.Set<Article>().FindAsync(id))!.ShowTo(ArticleVisibility.Internal, desk.Desk.Time.GetUtcNow());
        await ArticleChanges.SaveAsync(db, desk.Get<Bells>());
        (await desk.FindAsync("fees")).Hits.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_snippet_is_plain_text_with_the_words_marked()
    {
        await using var desk = await KnowledgeDesk.CreateAsync();
        await desk.PublishAsync(
            "Cash machines",
            "Long ago. "
                + string.Join(' ', Enumerable.Repeat("Nothing of interest is said here.", 30))
                + " <script>alert(1)</script> The machine **swallowed** my card."
        );
        var hit = (await desk.FindAsync("card swalowed by machine")).Hits.ShouldHaveSingleItem();
        hit.Snippet.Where(part => part.IsHit).Select(part => part.Text).ShouldBe(["machine", "swallowed", "card"]);
        string.Concat(hit.Snippet.Select(part => part.Text)).Length.ShouldBeLessThan(300);
        hit.Title.ShouldContain(part => part.IsHit && part.Text == "machines");
        hit.PlainTitle.ShouldBe("Cash machines");
    }

    [Fact]
    public async Task A_corrected_query_says_so_and_may_be_insisted_on()
    {
        await using var desk = await KnowledgeDesk.CreateAsync();
        await desk.PublishAsync("Your card was swallowed by a machine", "It happens.");
        (await desk.FindAsync("card swalowed by mashine")).ReadAs.ShouldBe("card swallowed by machine");
        var exactly = await desk.Get<ArticleSearch>().FindAsync("swalowed", ArticleReader.Customer, exactly: true);
        exactly.Hits.ShouldBeEmpty();
        exactly.ReadAs.ShouldBeNull();
    }

    [Fact]
    public async Task Questions_learned_are_found_at_once_and_are_the_reason()
    {
        await using var desk = await KnowledgeDesk.CreateAsync();
        var id = await desk.PublishAsync("Declined payments", "Check your limit.");
        await desk.PublishAsync("Opening hours", "Always.");
        (await desk.FindAsync("shop terminal refused my plastic")).Hits.ShouldBeEmpty();
        await desk.ChangeAsync(
            id,
            (article, now) =>
                article.Learn("The terminal in the shop refused my plastic", QuestionSource.Ticket, 1, now)
        );
        var hit = (await desk.FindAsync("shop terminal refused my plastic")).Hits[0];
        hit.Id.ShouldBe(id);
        hit.Reason.ShouldBe(new FitReason.AnsweredBefore(1));
        hit.Solved.ShouldBe(1);
    }

    [Fact]
    public async Task The_index_comes_back_from_its_files_and_from_the_database_when_they_are_damaged_or_gone()
    {
        await using var desk = await KnowledgeDesk.CreateAsync();
        await desk.PublishAsync("Block a lost card", "Press block.");
        await desk.Get<ArticleIndexFeed>().SaveAsync();
        var folder = Path.Combine(desk.Desk.DataDirectory, "index");
        Directory.GetFiles(folder).Length.ShouldBe(2);
        await Restarted(desk, expected: 1);

        foreach (var file in Directory.GetFiles(folder))
            await File.WriteAllTextAsync(file, "damaged");
        await Restarted(desk, expected: 1);

        Directory.Delete(folder, recursive: true);
        await Restarted(desk, expected: 1);
    }

    [Fact]
    public async Task Changes_made_while_it_was_away_are_caught_up()
    {
        await using var desk = await KnowledgeDesk.CreateAsync();
        await desk.PublishAsync("Block a lost card", "Press block.");
        await desk.Get<ArticleIndexFeed>().SaveAsync();
        await desk.PublishAsync("Find a lost card", "Look around.");
        await Restarted(desk, expected: 2);
    }

    [Fact]
    public async Task Any_query_gives_an_answer()
    {
        await using var desk = await KnowledgeDesk.CreateAsync();
        await desk.PublishAsync("Block a lost card", "Press block.");
        foreach (
            var query in new[]
            {
                "",
                " ",
                "\"",
                "AND OR NOT (",
                "title:x* ^2",
                "%_[]",
                "\uD800",
                new string('a', 100_000),
                "card\0",
                "💳",
            }
        )
        {
            (await desk.FindAsync(query)).ShouldNotBeNull();
            (await desk.Get<ArticleSearch>().SuggestAsync(query, ArticleReader.Customer)).ShouldNotBeNull();
        }
        (
            await desk.Get<ArticleSearch>().FindAsync("card", ArticleReader.Customer, count: -1, skip: -5)
        ).Hits.ShouldHaveSingleItem();
    }

    // a second node on the same data
    private static async Task Restarted(KnowledgeDesk desk, int expected)
    {
        var indexes = new SolutionIndexes(ranking => new InMemoryIndex(ranking));
        using var feed = new ArticleIndexFeed(
            desk.Get<Microsoft.EntityFrameworkCore.IDbContextFactory<HelpdeskDbContext>>(),
            indexes,
            desk.Get<Bells>(),
            desk.Desk.Time,
            desk.Get<Microsoft.Extensions.Options.IOptions<KnowledgeOptions>>(),
            desk.Get<Microsoft.Extensions.Options.IOptions<StorageOptions>>(),
            Microsoft.Extensions.Logging.Abstractions.NullLogger<ArticleIndexFeed>.Instance
        );
        await feed.CatchUpAsync();
        indexes.CustomerArticles.Status.Documents.ShouldBe(expected);
        indexes.CustomerArticles.Search(new SearchQuery("lost card")).Hits.Count.ShouldBe(expected);
    }

    [Fact]
    public async Task Suggestions_show_an_article_and_its_translations_once_in_the_readers_language()
    {
        await using var desk = await KnowledgeDesk.CreateAsync();
        var english = await desk.PublishAsync("Wifi pairing", "Pair the wifi.");
        var german = await desk.PublishAsync("Wifi koppeln", "Wifi koppeln.");
        var other = await desk.PublishAsync("Wifi fees", "What wifi costs.");
        await desk.ChangeAsync(german, (article, now) => article.WriteIn("de", now));
        await using (var db = desk.Desk.OpenDatabase())
        {
            var source = await db.Set<Article>().SingleAsync(a => a.Id == english);
            (await db.Set<Article>().SingleAsync(a => a.Id == german)).Translate(source, desk.Desk.Time.GetUtcNow());
            await ArticleChanges.SaveAsync(db, desk.Get<Helpdesk.Tickets.Data.Bells>());
        }
        await desk.Get<ArticleIndexFeed>().CatchUpAsync();
        var (search, matcher) = (desk.Get<ArticleSearch>(), desk.Get<Helpdesk.Knowledge.Matching.SolutionMatcher>());
        foreach (var (language, mine) in new[] { ("de", german), ("en", english), ("pl", english) })
        {
            var reader = ArticleReader.Customer with { Language = language };
            (await search.SuggestAsync("wif", reader)).Select(a => a.Id).Order().ShouldBe([mine, other]);
            (await matcher.MatchAsync("Wifi", "", reader, leastPercent: 0))
                .Select(a => a.Id)
                .Order()
                .ShouldBe([mine, other]);
        }
        (await search.RelatedAsync(english, ArticleReader.Customer)).ShouldHaveSingleItem().Id.ShouldBe(other);
    }
}
