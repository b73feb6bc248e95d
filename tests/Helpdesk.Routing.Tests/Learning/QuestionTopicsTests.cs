using Helpdesk.Knowledge.Articles;
using Helpdesk.Knowledge.Matching;
using Helpdesk.Knowledge.Search;
using Helpdesk.Routing.Learning;
using Helpdesk.Testing;
using Helpdesk.Tickets;
using Helpdesk.Tickets.Data;
using Microsoft.EntityFrameworkCore;
using Shouldly;
using Xunit;

namespace Helpdesk.Routing.Tests.Learning;

public class QuestionTopicsTests
{
    private const string Question = "I am still waiting for the card I ordered";

    [Fact]
    public async Task The_article_about_what_was_asked_comes_before_one_that_shares_more_words()
    {
        await using var desk = await RoutingDesk.OpenAsync();
        var right = await PublishAsync(
            desk,
            "card_arrival",
            "Delivery",
            "The card you ordered takes five working days by post."
        );
        var alike = await PublishAsync(desk, "lost_card", "Waiting for a card", "Still waiting: the card is blocked.");
        var free = await PublishAsync(desk, null, "The card that I ordered", "Everything about a card.");
        var search = desk.Get<ArticleSearch>();
        // whoever insists on the words gets the words
        var words = await search.FindAsync(Question, ArticleReader.Customer, exactly: true);
        words.Hits.Select(h => h.Id).ToList().IndexOf(right).ShouldBeGreaterThan(0);
        await using (var db = desk.OpenDatabase())
            await desk.Get<LiveModels>().GetAsync(db, CancellationToken.None);
        var found = (await search.FindAsync(Question, ArticleReader.Customer)).Hits;
        found
            .Select(h => h.Id)
            .ToList()
            .IndexOf(right)
            .ShouldBeLessThan(found.Select(h => h.Id).ToList().IndexOf(alike));
        found.Select(h => h.FitPercent).ShouldBeInOrder(SortDirection.Descending);
        // of what has no topic nothing can be said
        found.Single(h => h.Id == free).FitPercent.ShouldBe(words.Hits.Single(h => h.Id == free).FitPercent);

        var id = await desk.OpenTicketAsync(subject: "Question", text: Question);
        await desk.RouteAsync();
        var offered = (await desk.DecisionAsync(id)).Details.Articles.Select(a => a.Id).ToList();
        offered.ShouldContain(right);
        (offered.IndexOf(alike) is var at && (at < 0 || at > offered.IndexOf(right))).ShouldBeTrue();

        // a person knows better than any reading
        var lost = await desk.TopicAsync("lost_card");
        await using var areas = desk.OpenDatabase();
        var area = await areas.Topics.SingleAsync(t => t.Id == lost.ParentId);
        var general = await PublishAsync(desk, area.Key, "Cards", "The card you ordered is sent by post.");
        var told = await desk.Get<SolutionMatcher>()
            .MatchAsync("", Question, ArticleReader.Staff, count: 5, leastPercent: 0, topic: lost);
        told[0].Id.ShouldBe(alike);
        // what stands under the topic's area is not another topic's
        told.Single(a => a.Id == general).FitPercent.ShouldBeGreaterThan(told.Single(a => a.Id == right).FitPercent);
    }

    [Fact]
    public async Task Without_a_model_words_alone_decide()
    {
        await using var desk = await RoutingDesk.OpenAsync(isTrained: false);
        var alike = await PublishAsync(desk, "lost_card", "Waiting for a card", "Still waiting: the card is blocked.");
        await PublishAsync(desk, "card_arrival", "Delivery", "The card you ordered takes five working days by post.");
        (await desk.Get<ArticleSearch>().FindAsync(Question, ArticleReader.Customer)).Hits[0].Id.ShouldBe(alike);
    }

    private static async Task<long> PublishAsync(Desk desk, string? topic, string title, string body)
    {
        await using var db = desk.OpenDatabase();
        var now = desk.Time.GetUtcNow();
        var article = new Article(
            title.ToLowerInvariant().Replace(' ', '-'),
            new ArticleText(title, "", body),
            topic is null ? null : await db.Topics.SingleAsync(t => t.Key == topic),
            ArticleVisibility.Public,
            Actor.System,
            now
        );
        article.Publish(Actor.System, now);
        db.Add(article);
        await ArticleChanges.SaveAsync(db, desk.Get<Bells>());
        await desk.Get<ArticleIndexFeed>().CatchUpAsync();
        return article.Id;
    }
}
