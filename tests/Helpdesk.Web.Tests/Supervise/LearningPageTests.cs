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
        page.ShouldContain("read as Card arrival, meant Declined transfer");
        report.Matrix.Cells[(confusion.Read, confusion.Meant)].ShouldBe(1);
        var cell = WebUtility.HtmlDecode(
            await sofia.GetStringAsync($"/supervise/routing/learning?read={confusion.Read}&meant={confusion.Meant}")
        );
        cell.ShouldContain("1 request was read as Card arrival and meant Declined transfer");
        cell.ShouldContain($"/desk/tickets/{ids[0]}\">{ids[0]} ");
        var nothing = await sofia.GetStringAsync("/supervise/routing/learning?read=0&meant=9999");
        nothing.ShouldContain("0 requests were read as");
        page.ShouldContain("In use");
        page.ShouldNotContain("style=\"");
        var counts = WebUtility.HtmlDecode(await sofia.GetStringAsync("/supervise/routing/topics"));
        counts.ShouldContain("Special requests that are alike");
        counts.ShouldNotContain("style=\"");
        using var anna = site.ClientFor(desk.Anna.Id);
        foreach (var address in (string[])["/supervise/routing/learning", "/supervise/routing/topics"])
            (await anna.GetAsync(address)).StatusCode.ShouldNotBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task What_somebody_called_spam_is_no_reading_and_counts_for_no_topic()
    {
        await using var desk = await Testing.Desk.CreateAsync();
        var ids = await SmallDesk.AddAsync(desk);
        var topics = (await desk.PictureAsync()).TopicsByKey;
        var now = desk.Time.GetUtcNow();
        await using (var db = desk.OpenDatabase())
        {
            var model = await ModelAsync(db, now);
            foreach (var id in ids.Take(2))
            {
                db.Add(Reading(id, topics["card_arrival"].Id, model.Id, now));
                var corrected = await TicketIntake.ForChangeAsync(db, id);
                corrected!.ChangeTopic(topics["declined_transfer"], Actor.System, now);
            }
            await db.SaveChangesAsync();
        }
        await using var site = new DeskSite(desk);
        var reader = site.Services.GetRequiredService<LearningReader>();
        var before = (await reader.TopicsAsync()).Total;
        await using (var db = desk.OpenDatabase())
        {
            var spam = await TicketIntake.ForChangeAsync(db, ids[0]);
            spam!.MarkSpam(Actor.Staff(desk.Anna.Id, desk.Anna.Name), now);
            await db.SaveChangesAsync();
        }
        (await reader.TopicsAsync()).Total.ShouldBe(before - 1);
        var report = await reader.LearningAsync();
        report.Weeks.Sum(w => w.Confirmed).ShouldBe(1);
        report.Confusions.ShouldHaveSingleItem().Tickets.ShouldBe([ids[1]]);
    }

    [Fact]
    public async Task Corrections_to_none_of_the_topics_wait_on_the_page_until_somebody_decides()
    {
        await using var desk = await Testing.Desk.CreateAsync();
        var ids = await SmallDesk.AddAsync(desk);
        var topics = (await desk.PictureAsync()).TopicsByKey;
        var now = desk.Time.GetUtcNow();
        var shift = new LabelShift
        {
            UserId = desk.Anna.Id,
            UserName = desk.Anna.Name,
            FromTopicId = topics["card_arrival"].Id,
            ToTopicId = null,
            FoundAt = now,
            Until = now,
            Decisions = 30,
            Corrections = 30,
            OthersDecisions = 40,
            OthersCorrections = 1,
            TicketIds = ids[0].ToString(System.Globalization.CultureInfo.InvariantCulture),
        }.Opened();
        await using (var db = desk.OpenDatabase())
        {
            db.Add(shift);
            await db.SaveChangesAsync();
        }
        await using var site = new DeskSite(desk);
        using var sofia = site.ClientFor(desk.Supervisor.Id, Roles.Supervisor);
        var page = WebUtility.HtmlDecode(await sofia.GetStringAsync("/supervise/routing/learning"));
        page.ShouldContain("Corrections that wait for you");
        page.ShouldContain($"{desk.Anna.Name}: from Card arrival to no known topic");

        await site
            .Services.GetRequiredService<LabelShiftBook>()
            .DecideAsync(shift.Id, accept: true, Actor.Staff(Guid.NewGuid(), "Sofia"));
        page = WebUtility.HtmlDecode(await sofia.GetStringAsync("/supervise/routing/learning"));
        page.ShouldNotContain("Corrections that wait for you");
        page.ShouldContain("They count whenever the desk learns, said Sofia.");
    }

    [Fact]
    public async Task What_no_model_read_when_it_came_counts_as_the_trial_read_it()
    {
        await using var desk = await Testing.Desk.CreateAsync();
        var ids = await SmallDesk.AddAsync(desk);
        var topics = (await desk.PictureAsync()).TopicsByKey;
        var (read, made, now) = (topics["card_arrival"], topics["declined_transfer"], desk.Time.GetUtcNow());
        await using (var db = desk.OpenDatabase())
        {
            var model = await ModelAsync(db, now);
            db.Add(Reading(ids[0], made.Id, model.Id, now));
            foreach (var id in ids.Take(2))
            {
                db.Add(new HeldOutReading(model.Id, id, read.Id, 0.7));
                (await TicketIntake.ForChangeAsync(db, id))!.ChangeTopic(made, Actor.System, now);
            }
            await db.SaveChangesAsync();
        }
        await using var site = new DeskSite(desk);
        var report = await site.Services.GetRequiredService<LearningReader>().LearningAsync();
        (report.Tried, report.Weeks.Sum(w => w.Confirmed), report.Weeks.Sum(w => w.Right)).ShouldBe((1, 2, 1));
        var confusion = report.Confusions.ShouldHaveSingleItem();
        confusion.Tickets.ShouldBe([ids[1]]);
        using var sofia = site.ClientFor(desk.Supervisor.Id, Roles.Supervisor);
        WebUtility
            .HtmlDecode(await sofia.GetStringAsync("/supervise/routing/learning"))
            .ShouldContain("1 of them are older than the model");
    }

    [Fact]
    public async Task Corrections_that_were_not_allowed_say_nothing_about_how_well_it_reads()
    {
        await using var desk = await Testing.Desk.CreateAsync();
        var ids = await SmallDesk.AddAsync(desk);
        var topics = (await desk.PictureAsync()).TopicsByKey;
        var (read, made, now) = (topics["card_arrival"], topics["declined_transfer"], desk.Time.GetUtcNow());
        var shift = new LabelShift
        {
            UserId = desk.Anna.Id,
            UserName = desk.Anna.Name,
            FromTopicId = read.Id,
            ToTopicId = made.Id,
            FoundAt = now,
            Until = now,
            Decisions = 3,
            Corrections = 2,
            OthersDecisions = 40,
            OthersCorrections = 1,
            TicketIds = string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{ids[0]} {ids[2]}"),
        }.Opened();
        await using (var db = desk.OpenDatabase())
        {
            db.Add(shift);
            var model = await ModelAsync(db, now);
            foreach (var id in ids.Take(3))
            {
                db.Add(Reading(id, read.Id, model.Id, now));
                var corrected = await TicketIntake.ForChangeAsync(db, id);
                // somebody else has decided about the last one since
                corrected!.ChangeTopic(id == ids[2] ? topics["transfer_fee"] : made, Actor.System, now);
            }
            await db.SaveChangesAsync();
        }
        await using var site = new DeskSite(desk);
        var reader = site.Services.GetRequiredService<LearningReader>();
        using var sofia = site.ClientFor(desk.Supervisor.Id, Roles.Supervisor);
        foreach (var state in (LabelShiftState[])[LabelShiftState.Open, LabelShiftState.Rejected])
        {
            if (state is LabelShiftState.Rejected)
                await site
                    .Services.GetRequiredService<LabelShiftBook>()
                    .DecideAsync(shift.Id, accept: false, Actor.Staff(Guid.NewGuid(), "Sofia"));
            var report = await reader.LearningAsync();
            (report.Doubted, report.Weeks.Sum(w => w.Confirmed), report.Prospects[0].Confirmed).ShouldBe((1, 2, 2));
            report.Confusions.SelectMany(c => c.Tickets).ShouldNotContain(ids[0]);
            WebUtility
                .HtmlDecode(await sofia.GetStringAsync("/supervise/routing/learning"))
                .ShouldContain("corrections that wait for a supervisor’s word or were refused, 1 in all");
        }
    }

    [Fact]
    public async Task A_topic_that_is_often_taken_for_another_is_shown_with_its_tickets()
    {
        await using var desk = await Testing.Desk.CreateAsync();
        var ids = await SmallDesk.AddAsync(desk);
        var topics = (await desk.PictureAsync()).TopicsByKey;
        var now = desk.Time.GetUtcNow();
        await using (var db = desk.OpenDatabase())
        {
            var model = await ModelAsync(db, now);
            foreach (var id in ids.Take(8))
            {
                db.Add(Reading(id, topics["transfer_fee"].Id, model.Id, now));
                var corrected = await TicketIntake.ForChangeAsync(db, id);
                corrected!.ChangeTopic(topics["card_swallowed"], Actor.System, now);
            }
            await db.SaveChangesAsync();
        }
        await using var site = new DeskSite(desk);
        using var sofia = site.ClientFor(desk.Supervisor.Id, Roles.Supervisor);
        var page = WebUtility.HtmlDecode(await sofia.GetStringAsync("/supervise/routing/learning"));
        page.ShouldContain("Give “Card swallowed” more phrases?");
        page.ShouldContain("Of 8 requests about it and “Transfer fee”, 8 were taken for the other");
        page.ShouldContain($"/desk/tickets/{ids[7]}");
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
