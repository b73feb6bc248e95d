using System.Net;
using System.Text.Json;
using Helpdesk.Knowledge.Articles;
using Helpdesk.Knowledge.Deflection;
using Helpdesk.Knowledge.Search;
using Microsoft.EntityFrameworkCore;
using Shouldly;

namespace Helpdesk.Web.Tests.Help;

public sealed class SearchTests(SearchableShelves desk) : IClassFixture<SearchableShelves>
{
    private readonly Dictionary<string, string> arrival = new(StringComparer.Ordinal)
    {
        ["Address"] = $"maria.{Guid.NewGuid():N}@harbour.example",
        ["Subject"] = "My card has not arrived",
        ["Text"] = "I ordered a card and it has not arrived yet.",
    };

    [Fact]
    public async Task Results_show_the_words_that_were_looked_for()
    {
        var page = await desk.Visitor().OpenAsync("/search?q=card%20not%20arrived");
        page.Document.QuerySelector(".results a")!.GetAttribute("href").ShouldBe("/articles/card-not-arrived");
        page.Document.QuerySelectorAll(".results mark").ShouldNotBeEmpty();
    }

    [Fact]
    public async Task A_slip_of_the_finger_is_read_right_and_can_be_insisted_on()
    {
        var page = await desk.Visitor().OpenAsync("/search?q=card%20arived");
        page.MainText.ShouldContain("Results for card arrived");
        page.Document.QuerySelector("main a[href*='exactly=1']").ShouldNotBeNull();
    }

    [Fact]
    public async Task Results_are_counted_by_topic_and_narrowed_to_one()
    {
        var page = await desk.Visitor().OpenAsync("/search?q=card%20pin");
        var facets = page.Document.QuerySelectorAll(".facets a").ToDictionary(a => a.TextContent.Trim());
        facets.Keys.ShouldContain("Cards 2");
        var area = await desk.Visitor().OpenAsync(facets["Cards 2"].GetAttribute("href")!);
        var topic = area
            .Document.QuerySelectorAll(".facets .facets a")
            .Single(a => a.TextContent.StartsWith("Change the PIN", StringComparison.Ordinal));
        var narrow = await desk.Visitor().OpenAsync(topic.GetAttribute("href")!);
        narrow
            .Document.QuerySelectorAll(".results h2 a")
            .ShouldHaveSingleItem()
            .GetAttribute("href")
            .ShouldBe("/articles/change-pin");
        (await desk.Visitor().OpenAsync("/search?q=card%20pin&topic=nonsense"))
            .Document.QuerySelectorAll(".results li")
            .Length.ShouldBeGreaterThan(1);
    }

    [Fact]
    public async Task Nothing_found_offers_to_write_with_the_search_coming_along()
    {
        var page = await desk.Visitor().OpenAsync("/search?q=zzqqxx%20%3Cu%3E");
        page.MainText.ShouldContain("Nothing found for “zzqqxx <u>”");
        page.Document.QuerySelectorAll("main u").ShouldBeEmpty();
        var write = page.Document.QuerySelector("main a[href^='/requests/new?q=']")!.GetAttribute("href")!;
        (await desk.Visitor().OpenAsync(write))
            .Document.QuerySelector("[name='Form.Subject']")!
            .GetAttribute("value")
            .ShouldBe("zzqqxx <u>");
    }

    [Theory]
    [InlineData("secret%20limits")]
    [InlineData("unfinished")]
    public async Task Internal_and_unfinished_articles_are_not_found(string words)
    {
        foreach (var roles in new[] { null, "specialist" })
        {
            var visitor = desk.Visitor(roles);
            (await visitor.OpenAsync("/search?q=" + words)).Html.ShouldNotContain("/articles/secret");
            (await visitor.OpenAsync("/search/suggest?q=" + words)).Html.ShouldNotContain("secret");
            (await visitor.OpenAsync("/search?q=" + words)).Html.ShouldNotContain("/articles/draft");
        }
    }

    [Fact]
    public async Task Any_words_are_a_search_and_never_an_error()
    {
        foreach (var words in new[] { "", "%20", "%22", "*%20OR%20(", new string('a', 3000), "%F0%9F%98%80%00x" })
        {
            (await desk.Visitor().OpenAsync("/search?q=" + words)).Status.ShouldBe(HttpStatusCode.OK);
            (await desk.Visitor().OpenAsync("/search/suggest?q=" + words)).Status.ShouldBe(HttpStatusCode.OK);
        }
    }

    [Fact]
    public async Task Suggestions_are_titles_with_addresses()
    {
        var answer = await desk.Visitor().OpenAsync("/search/suggest?q=change%20your%20pi");
        var first = JsonDocument.Parse(answer.Html).RootElement[0];
        first.GetProperty("address").GetString().ShouldBe("/articles/change-pin");
        first.GetProperty("title").GetString().ShouldBe("Change your PIN");
    }

    [Fact]
    public async Task Suggestions_are_limited()
    {
        await using var strict = await HelpDesk.OpenAsync(site => site.With("RateLimits:SearchPerMinute", "2"));
        var visitor = strict.Visitor();
        await visitor.OpenAsync("/search/suggest?q=a");
        await visitor.OpenAsync("/search/suggest?q=b");
        (await visitor.OpenAsync("/search/suggest?q=c")).Status.ShouldBe(HttpStatusCode.TooManyRequests);
    }

    [Fact]
    public async Task Before_a_request_is_sent_fitting_answers_are_shown_once_with_everything_kept()
    {
        var maria = desk.Visitor();
        var form = await maria.OpenAsync("/requests/new");
        var step = await maria.SendAsync(form, "#request", arrival);
        step.Status.ShouldBe(HttpStatusCode.OK);
        step.MainText.ShouldContain("may fit.");
        step.MainText.ShouldContain("Your card has not arrived");
        step.Document.QuerySelector("[name='Form.Subject']")!.GetAttribute("value").ShouldBe(arrival["Subject"]);
        (await TicketsAsync()).ShouldBe(0);
        var sent = await maria.SendAsync(step, "#request", new Dictionary<string, string>());
        sent.Location.ShouldBe("/requests/sent");
        (await TicketsAsync()).ShouldBe(1);
    }

    [Fact]
    public async Task An_answer_that_solves_it_ends_the_request_unsent_and_counts()
    {
        var maria = desk.Visitor();
        maria.Client.DefaultRequestHeaders.Add("User-Agent", "solved");
        var step = await maria.SendAsync(await maria.OpenAsync("/requests/new"), "#request", arrival);
        var button = step.Document.QuerySelector("button[name=solvedBy][value='card-not-arrived']")!;
        button.GetAttribute("form").ShouldBe("request");
        var form = step.Document.QuerySelector("#request")!;
        form.SetAttribute("action", button.GetAttribute("formaction")!);
        var hidden = step.Document.CreateElement("input");
        hidden.SetAttribute("name", "solvedBy");
        hidden.SetAttribute("value", "card-not-arrived");
        form.AppendChild(hidden);
        var before = await HelpedAsync();
        var thanks = await maria.FollowAsync(await maria.SendAsync(step, "#request", new Dictionary<string, string>()));
        thanks.Heading.ShouldBe("Good that it is solved");
        (await HelpedAsync()).ShouldBe(before + 1);
        (await TicketsAsync()).ShouldBe(0);
        await desk.Get<DeflectionLog>().FlushAsync();
        await using var db = desk.OpenDatabase();
        var search = await db.Set<CustomerSearch>()
            .OrderBy(s => s.Id)
            .LastAsync(s => s.Outcome == SearchOutcome.Helped);
        (search.Place, search.Text).ShouldBe((SearchPlace.RequestForm, arrival["Subject"]));
    }

    [Fact]
    public async Task Solved_without_the_forms_token_counts_nothing()
    {
        var before = await HelpedAsync();
        using var content = new FormUrlEncodedContent([new("solvedBy", "card-not-arrived")]);
        using var answer = await desk.Visitor()
            .Client.PostAsync(new Uri("/requests/answers/solved", UriKind.Relative), content);
        answer.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await HelpedAsync()).ShouldBe(before);
    }

    [Fact]
    public async Task While_somebody_writes_the_script_gets_the_same_answers_as_a_piece_of_the_page()
    {
        using var content = new MultipartFormDataContent
        {
            { new StringContent(arrival["Subject"]), "Subject" },
            { new StringContent(""), "Text" },
        };
        using var answer = await desk.Visitor()
            .Client.PostAsync(new Uri("/requests/answers", UriKind.Relative), content);
        var markup = await answer.Content.ReadAsStringAsync();
        markup.ShouldContain("Your card has not arrived");
        markup.ShouldNotContain("<html");
        markup.ShouldNotContain("<header");
    }

    private async Task<int> TicketsAsync()
    {
        var address = arrival["Address"];
        await using var db = desk.OpenDatabase();
        return await db.Tickets.CountAsync(t => t.Customer.Address == address);
    }

    private async Task<int> HelpedAsync()
    {
        await using var db = desk.OpenDatabase();
        return await db.Set<Article>().Where(a => a.Slug == "card-not-arrived").Select(a => a.Helped).SingleAsync();
    }
}

/// <summary>The same help centre with its search index filled.</summary>
public sealed class SearchableShelves : HelpShelves
{
    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        await Get<ArticleIndexFeed>().CatchUpAsync(CancellationToken.None);
    }
}
