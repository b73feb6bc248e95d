using System.Net;
using Helpdesk.Routing.Decisions;
using Helpdesk.Routing.Learning;
using Helpdesk.Tickets;
using Helpdesk.Tickets.Access;
using Helpdesk.Tickets.Blobs;
using Helpdesk.Web.Components.Supervise;
using Helpdesk.Web.Tests.Desk;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;

namespace Helpdesk.Web.Tests.Supervise;

public sealed class LearningPageTests
{
    [Fact]
    public async Task Corrections_show_in_the_week_and_among_the_confusions()
    {
        await using var desk = await Testing.Desk.CreateAsync();
        var ids = await SmallDesk.AddAsync(desk);
        var topics = (await desk.PictureAsync()).TopicsByKey;
        await using (var db = desk.OpenDatabase())
        {
            var model = await ModelAsync(db, desk.Time.GetUtcNow());
            foreach (var id in ids.Take(2))
                db.Add(Reading(id, topics["card_arrival"].Id, model.Id, desk.Time.GetUtcNow()));
            var corrected = await TicketIntake.ForChangeAsync(db, ids[0]);
            corrected!.ChangeTopic(topics["declined_transfer"], Actor.System, desk.Time.GetUtcNow());
            await db.SaveChangesAsync();
        }
        await using var site = new DeskSite(desk);
        var report = await site.Services.GetRequiredService<LearningReader>().LearningAsync();
        report.Weeks.Sum(w => w.Confirmed).ShouldBeGreaterThanOrEqualTo(1);
        var confusion = report.Confusions.ShouldHaveSingleItem();
        (confusion.Read, confusion.Meant).ShouldBe((topics["card_arrival"].Id, topics["declined_transfer"].Id));
        confusion.Tickets.ShouldBe([ids[0]]);

        using var sofia = site.ClientFor(desk.Supervisor.Id, Roles.Supervisor);
        var page = WebUtility.HtmlDecode(await sofia.GetStringAsync("/supervise/routing/learning"));
        page.ShouldContain("read as");
        page.ShouldContain("In use");
        page.ShouldNotContain("style=\"");
        var counts = WebUtility.HtmlDecode(await sofia.GetStringAsync("/supervise/routing/topics"));
        counts.ShouldContain("Special requests that are alike");
        counts.ShouldNotContain("style=\"");
        using var anna = site.ClientFor(desk.Anna.Id);
        foreach (var address in (string[])["/supervise/routing/learning", "/supervise/routing/topics"])
            (await anna.GetAsync(address)).StatusCode.ShouldNotBe(HttpStatusCode.OK);
    }

    private static async Task<ClassifierModel> ModelAsync(Tickets.Data.HelpdeskDbContext db, DateTimeOffset at)
    {
        var model = new ClassifierModel
        {
            Kind = ModelKind.Topics,
            Format = "test",
            BlobHash = await Blob.PutAsync(db, new byte[] { 1, 2, 3 }, CancellationToken.None),
            TrainedAt = at,
            Examples = 10,
            Tickets = 5,
            Topics = 2,
            IsActive = true,
        };
        db.Add(model);
        await db.SaveChangesAsync();
        return model;
    }

    private static RoutingDecision Reading(long ticketId, int topicId, int modelId, DateTimeOffset at) =>
        new()
        {
            TicketId = ticketId,
            At = at,
            Outcome = RoutingOutcome.Queued,
            TopicId = topicId,
            Type = TicketType.Typical,
            Confidence = 0.9,
            Priority = TicketPriority.Normal,
            PriorityScore = 20,
            ModelId = modelId,
            DetailsJson = new DecisionDetails { TopicBy = "read" }.ToJson(),
        };
}
