using Helpdesk.Knowledge.Articles;
using Helpdesk.Knowledge.Search;
using Helpdesk.Routing.AutoAnswer;
using Helpdesk.Routing.Learning;
using Helpdesk.Testing;
using Helpdesk.Tickets;
using Helpdesk.Tickets.Access;
using Helpdesk.Tickets.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Helpdesk.Routing.Tests.AutoAnswer;

/// <summary>A desk with an article that answers where cards are, and a month of observations about it.</summary>
internal static class AnsweringDesk
{
    public const string Question = "Where is my new card? My card has not arrived.";

    public static async Task<Desk> OpenAsync(string database = "Sqlite", int observations = 80)
    {
        var desk = await RoutingDesk.OpenAsync(database);
        var arrival = await desk.TopicAsync("card_arrival");
        await using var db = desk.OpenDatabase();
        var article = new Article(
            "card-not-arrived",
            new ArticleText(
                "Where is my new card?",
                "A new card takes five working days.",
                "Your new card takes five working days to arrive. [Track it](/articles/track)."
            ),
            await db.Topics.SingleAsync(t => t.Id == arrival.Id),
            ArticleVisibility.Public,
            Actor.System,
            desk.Time.GetUtcNow()
        );
        article.Learn(Question, QuestionSource.Author, ticketId: null, desk.Time.GetUtcNow());
        article.Publish(Actor.System, desk.Time.GetUtcNow());
        db.Add(article);
        (await db.Topics.SingleAsync(t => t.Id == arrival.Id)).Frequency = Frequency.Common;
        await ArticleChanges.SaveAsync(db, desk.Get<Bells>());
        desk.Get<Tickets.Settings.DeskDirectory>().Forget();
        await desk.Get<ArticleIndexFeed>().CatchUpAsync();
        if (observations > 0)
            await ObserveAsync(desk, observations, right: observations);
        desk.Time.Advance(TimeSpan.FromDays(30));
        return desk;
    }

    /// <param name="address">All of one customer; each of another one without it.</param>
    /// <summary>Notes with these verdicts, so unsure that every reading of these tests is surer.</summary>
    public static async Task ObserveAsync(Desk desk, int count, int right, bool sent = false, string? address = null)
    {
        await using var db = desk.OpenDatabase();
        var now = desk.Time.GetUtcNow();
        var articleId = await desk.ArticleAsync();
        var topic = await desk.TopicAsync("card_arrival");
        for (var i = 0; i < count; i++)
        {
            var ticket = await desk.Get<TicketIntake>()
                .OpenAsync(
                    db,
                    new NewRequest
                    {
                        Channel = Channel.Web,
                        CustomerAddress = address ?? $"before{Guid.NewGuid():N}@example.org",
                        Subject = "Earlier",
                        Content = new MessageContent { Text = "Where was it?" },
                    }
                );
            ticket.ChangeTopic(topic, Actor.System, now);
            ticket.Resolve(note: null, articleId, Actor.System, terms: null, now);
            var answer = new ObservedAnswer
            {
                Ticket = ticket,
                TopicId = topic.Id,
                ArticleId = articleId,
                Confidence = 0.05,
                At = now,
                IsSent = sent,
            };
            answer.Judge(i < right ? AnswerVerdict.Right : AnswerVerdict.Wrong, now);
            db.Add(answer);
        }
        await db.SaveChangesAsync();
    }

    public static async Task<long> ArticleAsync(this Desk desk)
    {
        await using var db = desk.OpenDatabase();
        return await db.Set<Article>().Select(a => a.Id).SingleAsync();
    }

    public static Viewer.Staff Administrator(this Desk desk) =>
        new(desk.Supervisor.Id, "Ada Admin", SeesAll: true, IsAdministrator: true, []);

    public static async Task<AnsweringRefusal?> SetAsync(
        this Desk desk,
        AnsweringState state,
        int seen = 0,
        double promise = 0.95,
        Viewer.Staff? who = null,
        params int[] excludedTiers
    ) =>
        await desk.Get<AnsweringSwitch>()
            .SetAsync(
                new((await desk.TopicAsync("card_arrival")).Id, seen, state, promise, excludedTiers, Reason: "a test"),
                who ?? desk.Administrator()
            );

    public static async Task<AnsweringChange?> InForceAsync(this Desk desk)
    {
        await using var db = desk.OpenDatabase();
        return (await AnsweringBook.InForceAsync(db, default)).Values.SingleOrDefault();
    }

    /// <summary>Asks the question, and routing decides.</summary>
    public static async Task<long> AskAsync(this Desk desk, string address = "customer@example.org")
    {
        var id = await desk.OpenTicketAsync("Where is my new card?", Question, address);
        await desk.RouteAsync();
        return id;
    }

    public static async Task<ObservedAnswer?> AnswerAsync(this Desk desk, long ticketId)
    {
        await using var db = desk.OpenDatabase();
        return await db.Set<ObservedAnswer>().SingleOrDefaultAsync(a => a.TicketId == ticketId);
    }
}
