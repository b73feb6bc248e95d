using Helpdesk.Knowledge.Articles;
using Helpdesk.Tickets;
using Helpdesk.Tickets.Data;
using Helpdesk.Tickets.Notifications;
using Helpdesk.Tickets.People;
using Microsoft.EntityFrameworkCore;
using Shouldly;

namespace Helpdesk.Knowledge.Tests.Articles;

public sealed class ArticleLifeTests
{
    [Fact]
    public async Task A_planned_article_publishes_itself_when_its_time_has_come()
    {
        await using var desk = await KnowledgeDesk.CreateAsync();
        var id = await AddDraftAsync(desk);
        var day = desk.Desk.Time.GetUtcNow().AddDays(1);
        await desk.ChangeAsync(id, (article, now) => article.PublishLater(day, now));
        (await desk.Get<ArticleTimetable>().RunAsync()).Published.ShouldBe(0);
        desk.Desk.Time.Advance(TimeSpan.FromDays(1));
        (await desk.Get<ArticleTimetable>().RunAsync()).Published.ShouldBe(1);
        (await desk.Get<ArticleTimetable>().RunAsync()).Published.ShouldBe(0);
        await using var db = desk.Desk.OpenDatabase();
        var published = await db.Set<Article>().SingleAsync(a => a.Id == id);
        (published.State, published.PublishAt).ShouldBe((ArticleState.Published, null));
    }

    [Fact]
    public async Task What_was_taken_back_does_not_publish_itself()
    {
        await using var desk = await KnowledgeDesk.CreateAsync();
        var id = await AddDraftAsync(desk);
        await desk.ChangeAsync(
            id,
            (article, now) =>
            {
                article.SendToReview(Actor.System, now);
                article.PublishLater(now.AddDays(1), now);
                article.BackToDraft(Actor.System, now);
            }
        );
        desk.Desk.Time.Advance(TimeSpan.FromDays(2));
        (await desk.Get<ArticleTimetable>().RunAsync()).Published.ShouldBe(0);
    }

    [Fact]
    public async Task An_owner_is_reminded_once_of_each_review_date()
    {
        await using var desk = await KnowledgeDesk.CreateAsync();
        var id = await AddDraftAsync(desk);
        var owner = new AppUser
        {
            Id = Guid.NewGuid(),
            UserName = "ann",
            Email = "ann@desk.example",
        };
        await using (var db = desk.Desk.OpenDatabase())
        {
            db.Add(owner);
            await db.SaveChangesAsync();
        }
        await desk.ChangeAsync(id, (article, now) => article.LookAfter(owner.Id, now.AddDays(30), now));
        (await desk.Get<ArticleTimetable>().RunAsync()).Reminded.ShouldBe(0);
        desk.Desk.Time.Advance(TimeSpan.FromDays(31));
        (await desk.Get<ArticleTimetable>().RunAsync()).Reminded.ShouldBe(1);
        (await desk.Get<ArticleTimetable>().RunAsync()).Reminded.ShouldBe(0);
        await desk.ChangeAsync(id, (article, now) => article.LookAfter(owner.Id, now.AddHours(-1), now));
        (await desk.Get<ArticleTimetable>().RunAsync()).Reminded.ShouldBe(1);
        await using var check = desk.Desk.OpenDatabase();
        (
            await check.Notifications.CountAsync(n => n.Kind == NotificationKind.ReviewDue && n.Address == owner.Email)
        ).ShouldBe(2);
    }

    [Fact]
    public async Task A_published_article_keeps_its_former_addresses()
    {
        await using var desk = await KnowledgeDesk.CreateAsync();
        var id = await desk.PublishAsync("Fees", "All of them.");
        await desk.ChangeAsync(id, (article, now) => article.ChangeSlug("all-fees", now));
        await desk.ChangeAsync(id, (article, now) => article.ChangeSlug("what-it-costs", now));
        await using var db = desk.Desk.OpenDatabase();
        (await db.Set<ArticleAddress>().Select(a => a.Slug).Order().ToListAsync()).ShouldBe(["all-fees", "fees"]);
    }

    private static async Task<long> AddDraftAsync(KnowledgeDesk desk)
    {
        await using var db = desk.Desk.OpenDatabase();
        var article = new Article(
            "draft",
            new("Draft", "", "Words."),
            topic: null,
            ArticleVisibility.Public,
            Actor.System,
            desk.Desk.Time.GetUtcNow()
        );
        db.Add(article);
        await ArticleChanges.SaveAsync(db, desk.Get<Bells>());
        return article.Id;
    }
}
