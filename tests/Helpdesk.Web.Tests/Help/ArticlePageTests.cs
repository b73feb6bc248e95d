using System.Net;
using System.Xml.Linq;
using Helpdesk.Knowledge.Articles;
using Helpdesk.Tickets;
using Helpdesk.Tickets.Data;
using Helpdesk.Tickets.Topics;
using Helpdesk.Web.Components.Help.Articles;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;

namespace Helpdesk.Web.Tests.Help;

public sealed class ArticlePageTests(HelpShelves desk) : IClassFixture<HelpShelves>
{
    [Fact]
    public async Task The_home_page_shows_areas_articles_and_the_way_to_write()
    {
        var home = await desk.Visitor().OpenAsync("/");
        home.Heading.ShouldBe("How can we help?");
        home.Document.QuerySelector("form[role=search] input[name=q]").ShouldNotBeNull();
        home.MainText.ShouldContain("Cards");
        home.MainText.ShouldContain("2 answers");
        home.MainText.ShouldContain("Your card has not arrived");
        home.Document.QuerySelector("main a[href='/requests/new']").ShouldNotBeNull();
        home.Html.ShouldNotContain("__RequestVerificationToken");
    }

    [Fact]
    public async Task A_link_that_would_lead_this_reader_nowhere_is_shown_as_its_words()
    {
        var page = await desk.Visitor().OpenAsync("/articles/what-else");
        page.Document.QuerySelectorAll("article .text a")
            .Select(a => a.GetAttribute("href"))
            .ShouldBe(["/articles/change-pin#x"]);
        page.MainText.ShouldContain("The PIN, our secret, a draft and nothing.");
        page.Html.ShouldNotContain("secret-limits");
        page.Html.ShouldNotContain("never-was");
    }

    [Fact]
    public async Task An_area_leads_to_its_topics_and_a_topic_to_its_articles()
    {
        var area = await desk.Visitor().OpenAsync("/topics/cards");
        area.Heading.ShouldBe("Cards");
        area.Document.QuerySelector("main a[href='/topics/card-arrival']").ShouldNotBeNull();
        var topic = await desk.Visitor().OpenAsync("/topics/card-arrival");
        topic.Document.QuerySelector("main a[href='/articles/card-not-arrived']").ShouldNotBeNull();
    }

    [Fact]
    public async Task An_article_has_contents_its_date_and_related_ones()
    {
        var page = await desk.Visitor().OpenAsync("/articles/card-not-arrived");
        page.Heading.ShouldBe("Your card has not arrived");
        page.MainText.ShouldContain("Updated 2 March 2026");
        page.Document.QuerySelectorAll(".toc a")
            .Select(a => a.GetAttribute("href"))
            .ShouldBe(["#check-first", "#report-it"]);
        page.Document.GetElementById("report-it")!.TextContent.ShouldBe("Report it");
        page.Document.QuerySelector("aside a[href='/articles/change-pin']").ShouldNotBeNull();
        page.Document.QuerySelector("article a[href='/articles/change-pin']")
            .ShouldNotBeNull("a link by slug leads to the article");
    }

    [Theory]
    [InlineData("/articles/secret-limits")]
    [InlineData("/articles/draft-of-something")]
    [InlineData("/articles/never-was")]
    [InlineData("/topics/never-was")]
    public async Task What_is_internal_unfinished_or_absent_is_not_there(string address)
    {
        foreach (var roles in new[] { null, "customer", "specialist" })
        {
            var page = await desk.Visitor(roles).OpenAsync(address);
            page.Status.ShouldBe(HttpStatusCode.NotFound);
            page.Heading.ShouldBe("There is nothing here");
        }
    }

    [Fact]
    public async Task Internal_articles_are_neither_listed_nor_counted()
    {
        foreach (var address in new[] { "/", "/topics/cards", "/topics/card-arrival", "/sitemap.xml" })
            (await desk.Visitor().OpenAsync(address)).Html.ShouldNotContain("ecret", customMessage: address);
    }

    [Fact]
    public async Task What_an_author_writes_never_runs()
    {
        var page = await desk.Visitor().OpenAsync("/articles/odd-markup");
        page.Document.QuerySelectorAll("article script, article img, article [onerror], article a[href^='javascript']")
            .ShouldBeEmpty();
        page.MainText.ShouldContain("harmless");
    }

    [Fact]
    public async Task A_visitors_word_is_counted_once_and_the_last_one_counts()
    {
        var visitor = desk.Visitor();
        var page = await visitor.OpenAsync("/articles/change-pin");
        page.Html.ShouldNotContain("__RequestVerificationToken");
        var thanks = await visitor.FollowAsync(await VoteAsync(visitor, page, "Yes"));
        thanks.Heading.ShouldBe("Thank you");
        await VoteAsync(visitor, page, "Yes");
        (await CountsAsync("change-pin")).ShouldBe((1, 0));
        var missing = await visitor.FollowAsync(await VoteAsync(visitor, page, "No"));
        (await CountsAsync("change-pin")).ShouldBe((0, 1));
        var said = await visitor.SendAsync(
            missing,
            "main form",
            new Dictionary<string, string> { ["Missing"] = "The cash machine's screen." }
        );
        said.MainText.ShouldContain("The author gets your words.");
        await using var db = desk.OpenDatabase();
        (await db.Set<ArticleVote>().Select(v => v.Remark).SingleAsync(v => v != "")).ShouldBe(
            "The cash machine's screen."
        );
    }

    [Fact]
    public async Task A_double_click_without_a_cookie_yet_is_one_visitor()
    {
        var visitor = desk.Visitor();
        visitor.Client.DefaultRequestHeaders.Add("User-Agent", "double click");
        var page = await visitor.OpenAsync("/articles/card-not-arrived");
        await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => VoteAsync(visitor, page, "Yes")));
        (await CountsAsync("card-not-arrived")).ShouldBe((1, 0));
    }

    [Fact]
    public async Task A_vote_that_another_site_sends_is_refused()
    {
        var visitor = desk.Visitor();
        visitor.Client.DefaultRequestHeaders.Remove("Origin");
        foreach (var origin in new[] { "https://elsewhere.example", null })
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, "/articles/odd-markup/vote")
            {
                Content = new FormUrlEncodedContent([new("helped", "yes")]),
            };
            if (origin is not null)
                request.Headers.Add("Origin", origin);
            using var answer = await visitor.Client.SendAsync(request);
            answer.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        }
        (await CountsAsync("odd-markup")).ShouldBe((0, 0));
    }

    [Fact]
    public async Task Nobody_votes_on_what_they_cannot_read()
    {
        var visitor = desk.Visitor();
        var page = await visitor.OpenAsync("/articles/change-pin");
        var answer = await VoteAsync(visitor, page, "Yes", "/articles/secret-limits/vote");
        answer.Status.ShouldBe(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task A_kept_page_is_forgotten_when_an_article_changed()
    {
        await desk.Visitor().OpenAsync("/articles/to-be-changed");
        await using var db = desk.OpenDatabase();
        var article = await db.Set<Article>().Include(a => a.Versions).SingleAsync(a => a.Slug == "to-be-changed");
        article.Edit(new ArticleText("Changed now", "", "New words."), "test", Actor.System, desk.Time.GetUtcNow());
        await ArticleChanges.SaveAsync(db, desk.Get<Bells>());
        using var refresh = ActivatorUtilities.CreateInstance<KeptPages>(desk.Site.Services);
        await refresh.LookAsync(seen: 0, CancellationToken.None);
        (await desk.Visitor().OpenAsync("/articles/to-be-changed")).Heading.ShouldBe("Changed now");
    }

    [Fact]
    public async Task Search_engines_learn_the_public_pages_with_their_one_address()
    {
        var sitemap = XDocument.Parse((await desk.Visitor().OpenAsync("/sitemap.xml")).Html);
        var addresses = sitemap.Root!.Elements().Select(url => url.Elements().First().Value).ToList();
        addresses.ShouldContain("http://localhost:5080/");
        addresses.ShouldContain("http://localhost:5080/articles/card-not-arrived");
        addresses.ShouldContain("http://localhost:5080/topics/card-arrival");
        (await desk.Visitor().OpenAsync("/robots.txt")).Html.ShouldContain("Disallow: /r/");
        var page = await desk.Visitor().OpenAsync("/articles/card-not-arrived?utm_source=mail");
        page.Document.QuerySelector("link[rel=canonical]")!
            .GetAttribute("href")
            .ShouldBe("http://localhost:5080/articles/card-not-arrived");
        page.Document.QuerySelector("meta[property='og:title']")!
            .GetAttribute("content")
            .ShouldBe("Your card has not arrived");
    }

    [Fact]
    public async Task An_article_is_a_question_with_its_answer_for_search_engines()
    {
        var page = await desk.Visitor().OpenAsync("/articles/card-not-arrived");
        var facts = page.Document.QuerySelectorAll("script[type='application/ld+json']").ShouldHaveSingleItem();
        using var json = System.Text.Json.JsonDocument.Parse(facts.TextContent);
        var question = json.RootElement.GetProperty("mainEntity")[0];
        question.GetProperty("name").GetString().ShouldBe("Your card has not arrived");
        question.GetProperty("acceptedAnswer").GetProperty("text").GetString()!.ShouldContain("five days");
        (await desk.Visitor().OpenAsync("/articles/odd-markup")).Html.ShouldNotContain("<script>alert");
    }

    [Fact]
    public async Task What_changed_last_can_be_followed()
    {
        var feed = XDocument.Parse((await desk.Visitor().OpenAsync("/articles.rss")).Html);
        var links = feed.Descendants("link").Select(link => link.Value).ToList();
        links.ShouldContain("http://localhost:5080/articles/card-not-arrived");
        links.ShouldNotContain("http://localhost:5080/articles/secret-limits");
    }

    [Fact]
    public async Task An_address_that_an_article_had_leads_to_it()
    {
        await using (var db = desk.OpenDatabase())
        {
            var article = await db.Set<Article>()
                .Include(a => a.FormerAddresses)
                .SingleAsync(a => a.Slug == "odd-markup");
            article.ChangeSlug("strange-markup", desk.Time.GetUtcNow());
            article.ChangeSlug("odd-markup", desk.Time.GetUtcNow());
            await ArticleChanges.SaveAsync(db, desk.Get<Bells>());
        }
        var page = await desk.Visitor().OpenAsync("/articles/strange-markup");
        page.Status.ShouldBe(HttpStatusCode.MovedPermanently);
        (await desk.Visitor().OpenAsync("/articles/never-was")).Status.ShouldBe(HttpStatusCode.NotFound);
    }

    private static Task<SeenPage> VoteAsync(Visitor visitor, SeenPage page, string button, string? action = null)
    {
        var form = page.Document.QuerySelector("article form")!;
        if (action is not null)
            form.SetAttribute("action", action);
        return visitor.SendAsync(page, "article form", new Dictionary<string, string>(), button);
    }

    private async Task<(int, int)> CountsAsync(string slug)
    {
        await using var db = desk.OpenDatabase();
        var article = await db.Set<Article>().AsNoTracking().SingleAsync(a => a.Slug == slug);
        return (article.Helped, article.DidNotHelp);
    }
}

/// <summary>A help centre with two areas and a handful of articles.</summary>
public class HelpShelves : HelpDesk
{
    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        await using var db = OpenDatabase();
        var cards = new Topic
        {
            Key = "cards",
            Name = "Cards",
            Description = "Arrival, PIN, limits",
            Icon = "card",
        };
        var arrival = new Topic
        {
            Key = "card_arrival",
            Name = "Card has not arrived",
            Parent = cards,
            FrequencyRank = 1,
        };
        var pin = new Topic
        {
            Key = "change_pin",
            Name = "Change the PIN",
            Parent = cards,
        };
        db.AddRange(cards, arrival, pin);
        Add(
            "card-not-arrived",
            "Your card has not arrived",
            arrival,
            "It takes five days.\n\n## Check first\n\nLook into the letter box. See [your PIN](change-pin).\n\n## Report it\n\n1. Open **Cards**.\n2. Choose it."
        );
        Add("change-pin", "Change your PIN", pin, "In the app, under Cards.");
        Add("secret-limits", "Secret limits", arrival, "Secret.", ArticleVisibility.Internal);
        Add(
            "odd-markup",
            "Odd markup",
            null,
            "<script>alert(1)</script> [harmless](javascript:alert(2)) ![x](data:image/png;base64,AAAA)"
        );
        Add(
            "what-else",
            "What else",
            null,
            "[The PIN](change-pin#x), [our secret](secret-limits), [a draft](/articles/draft-of-something) and [nothing](never-was)."
        );
        Add("to-be-changed", "To be changed", null, "Old words.");
        Add("draft-of-something", "Draft", arrival, "Unfinished.", publish: false);
        await ArticleChanges.SaveAsync(db, Get<Bells>());
        Get<Helpdesk.Tickets.Settings.DeskDirectory>().Forget();

        void Add(
            string slug,
            string title,
            Topic? topic,
            string body,
            ArticleVisibility visibility = ArticleVisibility.Public,
            bool publish = true
        )
        {
            var article = new Article(
                slug,
                new ArticleText(title, title + ".", body),
                topic,
                visibility,
                Actor.System,
                Time.GetUtcNow()
            );
            if (publish)
                article.Publish(Actor.System, Time.GetUtcNow());
            db.Add(article);
        }
    }
}
