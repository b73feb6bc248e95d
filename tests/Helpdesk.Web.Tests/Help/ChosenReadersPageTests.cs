using System.Net;
using Helpdesk.Knowledge.Articles;
using Helpdesk.Knowledge.Search;
using Helpdesk.Tickets;
using Helpdesk.Tickets.Data;
using Helpdesk.Tickets.People;
using Microsoft.EntityFrameworkCore;
using Shouldly;

namespace Helpdesk.Web.Tests.Help;

public sealed class ChosenReadersPageTests(ChosenShelves desk) : IClassFixture<ChosenShelves>
{
    public static TheoryData<string> Lists =>
        [
            "/topics/cards",
            "/topics/card-arrival",
            "/articles/card-not-arrived",
            "/search?q=courier",
            "/search/suggest?q=couri",
            "/requests/new?q=courier",
        ];

    [Theory]
    [MemberData(nameof(Lists))]
    public async Task Lists_show_it_to_the_chosen_and_to_nobody_else(string address)
    {
        foreach (var stranger in desk.Strangers())
            (await stranger.OpenAsync(address)).Html.ShouldNotContain("ourier-for", customMessage: address);
        if (!address.StartsWith("/requests", StringComparison.Ordinal))
            (await desk.Chosen().OpenAsync(address)).Html.ShouldContain("courier-for-gold", customMessage: address);
        // and what a chosen one was shown stays theirs
        (await desk.Visitor().OpenAsync(address)).Html.ShouldNotContain("ourier-for", customMessage: address);
    }

    [Fact]
    public async Task The_home_page_counts_it_for_the_chosen_alone()
    {
        (await desk.Chosen().OpenAsync("/")).MainText.ShouldContain("3 answers");
        foreach (var stranger in desk.Strangers())
            (await stranger.OpenAsync("/")).MainText.ShouldContain("2 answers");
    }

    [Fact]
    public async Task Its_own_address_is_nothing_to_others_and_a_page_without_a_trace_for_search_engines_to_the_chosen()
    {
        foreach (var stranger in desk.Strangers())
        {
            var missing = await stranger.OpenAsync("/articles/never-was");
            foreach (var place in new[] { "/articles/courier-for-gold", "/articles/courier-once" })
            {
                var page = await stranger.OpenAsync(place);
                page.Status.ShouldBe(HttpStatusCode.NotFound);
                page.MainText.ShouldBe(missing.MainText);
            }
            (await stranger.OpenAsync("/articles/courier-for-gold/thanks")).Status.ShouldBe(HttpStatusCode.NotFound);
        }
        var seen = await desk.Chosen().OpenAsync("/articles/courier-for-gold");
        seen.Heading.ShouldBe("A courier brings your card");
        seen.Document.QuerySelector("meta[name=robots]")!.GetAttribute("content").ShouldBe("noindex");
        seen.Document.QuerySelectorAll("script[type='application/ld+json'], meta[property^=og], link[rel=canonical]")
            .ShouldBeEmpty();
        seen.Headers.CacheControl!.NoStore.ShouldBeTrue();
        (await desk.Chosen().OpenAsync("/articles/courier-once")).Location.ShouldBe("/articles/courier-for-gold");
    }

    [Fact]
    public async Task Neither_search_engines_nor_news_nor_an_offer_nor_a_vote_know_of_it()
    {
        foreach (var address in new[] { "/sitemap.xml", "/articles.rss", "/" })
            (await desk.Visitor().OpenAsync(address)).Html.ShouldNotContain("ourier-for", customMessage: address);
        foreach (var stranger in desk.Strangers())
        {
            using var offer = await stranger.Client.PostAsync(
                "/requests/answers",
                new FormUrlEncodedContent([new("subject", "courier"), new("text", "Does a courier bring my card?")])
            );
            (await offer.Content.ReadAsStringAsync()).ShouldNotContain("ourier-for");
            using var vote = await stranger.Client.PostAsync(
                "/articles/courier-for-gold/vote",
                new FormUrlEncodedContent([new("helped", "yes")])
            );
            vote.StatusCode.ShouldBe(HttpStatusCode.NotFound);
        }
        using var offered = await desk.Chosen()
            .Client.PostAsync(
                "/requests/answers",
                new FormUrlEncodedContent([new("subject", "courier"), new("text", "Does a courier bring my card?")])
            );
        (await offered.Content.ReadAsStringAsync()).ShouldContain("courier-for-gold");
    }
}

/// <summary>The help centre with an article for customers of one tier.</summary>
public sealed class ChosenShelves : HelpShelves
{
    private Guid gold;
    private Guid plain;

    public Visitor Chosen() => Visitor("customer", gold);

    public Visitor[] Strangers() => [Visitor(), Visitor("customer", plain), Visitor("specialist")];

    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        await using var db = OpenDatabase();
        var tier = new Tier
        {
            Name = "Gold of tests",
            Rank = 9,
            PriorityPoints = 1,
        };
        var now = Time.GetUtcNow();
        var customers = new Customer[]
        {
            new("gold@harbour.example", null, now) { Tier = tier },
            new("plain@harbour.example", null, now),
        };
        db.AddRange([tier, .. customers]);
        await db.SaveChangesAsync();
        (gold, plain) = (User(customers[0]), User(customers[1]));
        var topic = await db.Topics.SingleAsync(t => t.Key == "card_arrival");
        var article = new Article(
            "courier-once",
            new(
                "A courier brings your card",
                "By courier.",
                "A courier brings it. See [the usual way](card-not-arrived)."
            ),
            topic,
            ArticleVisibility.Chosen,
            Actor.System,
            now
        );
        article.Choose(new([tier.Id], []), now);
        article.Publish(Actor.System, now);
        article.ChangeSlug("courier-for-gold", now);
        db.Add(article);
        await ArticleChanges.SaveAsync(db, Get<Bells>());
        await Get<ArticleIndexFeed>().CatchUpAsync(CancellationToken.None);

        Guid User(Customer customer)
        {
            var user = new AppUser
            {
                Id = Guid.NewGuid(),
                UserName = customer.Address,
                Email = customer.Address,
                CustomerId = customer.Id,
            };
            db.Add(user);
            return user.Id;
        }
    }
}
