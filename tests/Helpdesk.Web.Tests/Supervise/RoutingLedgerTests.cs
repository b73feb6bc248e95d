using System.Net;
using Helpdesk.Routing;
using Helpdesk.Routing.Assignment;
using Helpdesk.Routing.Decisions;
using Helpdesk.Routing.Learning;
using Helpdesk.Tickets;
using Helpdesk.Tickets.Access;
using Helpdesk.Tickets.Blobs;
using Helpdesk.Web.Components.Supervise;
using Helpdesk.Web.Tests.Desk;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;

namespace Helpdesk.Web.Tests.Supervise;

public sealed class RoutingLedgerTests
{
    [Fact]
    public async Task The_latest_decisions_stand_with_their_first_reasons_and_lead_to_the_whole()
    {
        await using var desk = await Testing.Desk.CreateAsync();
        var ids = await SmallDesk.AddAsync(desk);
        var first = await DecideAsync(desk, ids[0], RoutingOutcome.Assigned);
        var last = await DecideAsync(desk, ids[1], RoutingOutcome.NobodyFits);
        await using var site = new DeskSite(desk);
        using var sofia = site.ClientFor(desk.Supervisor.Id, Roles.Supervisor);

        var page = WebUtility.HtmlDecode(await sofia.GetStringAsync("/supervise/routing"));
        page.ShouldContain($"/desk/tickets/{ids[0]}/routing?decision={first}");
        page.IndexOf($"decision={last}", StringComparison.Ordinal)
            .ShouldBeLessThan(page.IndexOf($"decision={first}", StringComparison.Ordinal));
        page.ShouldContain("Card arrival");
        page.ShouldContain("93 % sure");
        page.ShouldContain(desk.Anna.Name);
        page.ShouldNotContain("style=\"");
        (await sofia.GetAsync($"/desk/tickets/{ids[0]}/routing?decision={first}")).StatusCode.ShouldBe(
            HttpStatusCode.OK
        );
    }

    [Fact]
    public async Task Filters_choose_by_topic_outcome_and_person()
    {
        await using var desk = await Testing.Desk.CreateAsync();
        var ids = await SmallDesk.AddAsync(desk);
        var topics = (await desk.PictureAsync()).TopicsByKey;
        var assigned = await DecideAsync(desk, ids[0], RoutingOutcome.Assigned);
        var queued = await DecideAsync(desk, ids[1], RoutingOutcome.Queued, "declined_transfer");
        var byPerson = await DecideAsync(desk, ids[2], RoutingOutcome.Assigned, confidence: 1, topicBy: "person");
        await using var site = new DeskSite(desk);
        var ledger = site.Services.GetRequiredService<RoutingLedger>();

        (await IdsAsync(new(LedgerFilter.Queued))).ShouldBe([queued]);
        (await IdsAsync(new(LedgerFilter.NobodyFits))).ShouldBeEmpty();
        (await IdsAsync(new(LedgerFilter.ByPerson))).ShouldBe([byPerson]);
        (await IdsAsync(new(TopicId: topics["card_arrival"].Id))).ShouldBe([byPerson, assigned]);
        (await IdsAsync(new(Before: byPerson))).ShouldBe([queued, assigned]);

        async Task<List<long>> IdsAsync(LedgerRequest request) =>
            [.. (await ledger.ReadAsync(Sofia(desk), request)).Rows.Select(r => r.Id)];
    }

    [Fact]
    public async Task A_page_ends_and_the_next_begins_behind_it()
    {
        await using var desk = await Testing.Desk.CreateAsync();
        var id = (await SmallDesk.AddAsync(desk))[0];
        for (var n = 0; n < RoutingLedger.PageSize + 2; n++)
            await DecideAsync(desk, id, RoutingOutcome.Kept);
        await using var site = new DeskSite(desk);
        var ledger = site.Services.GetRequiredService<RoutingLedger>();

        var first = await ledger.ReadAsync(Sofia(desk), new());
        (first.Rows.Count, first.OlderFrom).ShouldBe((RoutingLedger.PageSize, first.Rows[^1].Id));
        var second = await ledger.ReadAsync(Sofia(desk), new(Before: first.OlderFrom));
        (second.Rows.Count, second.OlderFrom).ShouldBe((2, null));
    }

    [Fact]
    public async Task The_state_says_what_was_learned_and_how_the_automatic_answer_would_have_done()
    {
        await using var desk = await Testing.Desk.CreateAsync();
        var ids = await SmallDesk.AddAsync(desk);
        await DecideAsync(desk, ids[0], RoutingOutcome.Assigned, wouldAnswerWith: 7);
        await DecideAsync(desk, ids[1], RoutingOutcome.Assigned, wouldAnswerWith: 7);
        await DecideAsync(desk, ids[2], RoutingOutcome.Assigned, wouldAnswerWith: 8);
        await DecideAsync(desk, ids[3], RoutingOutcome.Assigned);
        await DecideAsync(desk, ids[3], RoutingOutcome.Pulled);
        var anna = Actor.Staff(desk.Anna.Id, desk.Anna.Name);
        foreach (var id in ids.Take(2))
            await desk.ChangeAsync(id, (t, terms, now) => t.Resolve(null, id == ids[0] ? 7 : 9, anna, terms, now));
        await using (var db = desk.OpenDatabase())
        {
            db.Add(
                new ClassifierModel
                {
                    Kind = ModelKind.Topics,
                    Format = "test",
                    BlobHash = await Blob.PutAsync(db, new byte[] { 1, 2, 3 }, CancellationToken.None),
                    TrainedAt = desk.Time.GetUtcNow() - TimeSpan.FromHours(5),
                    Examples = 900,
                    Tickets = 800,
                    Topics = 77,
                    HeldOut = 180,
                    HeldOutAccuracy = 0.912,
                    IsActive = true,
                }
            );
            await db.SaveChangesAsync();
        }
        await using var site = new DeskSite(desk);
        using var sofia = site.ClientFor(desk.Supervisor.Id, Roles.Supervisor);

        (await site.Services.GetRequiredService<RoutingLedger>().StateAsync()).Answers.ShouldBe(new(4, 3, 2, 1));
        var page = WebUtility.HtmlDecode(await sofia.GetStringAsync("/supervise/routing"));
        page.ShouldContain("91 %");
        page.ShouldContain("of 180 texts it had not learned");
        page.ShouldContain("800 finished tickets, 77 topics");
        page.ShouldContain("3 of 4 decisions in 7 days");
        page.ShouldContain("1 of 2 solved by a person with an article");
    }

    [Fact]
    public async Task The_page_is_for_supervisors_and_an_empty_desk_says_so()
    {
        await using var desk = await Testing.Desk.CreateAsync();
        await using var site = new DeskSite(desk);
        using var sofia = site.ClientFor(desk.Supervisor.Id, Roles.Supervisor);
        using var anna = site.ClientFor(desk.Anna.Id);
        using var pretender = site.ClientFor(desk.Anna.Id, Roles.Supervisor);

        (await sofia.GetStringAsync("/supervise/routing")).ShouldContain("No decision yet");
        (await sofia.GetStringAsync("/supervise/routing?show=5&topic=x&before=-7")).ShouldContain("No decision yet");
        (await anna.GetAsync("/supervise/routing")).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await pretender.GetAsync("/supervise/routing")).StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    private static Viewer.Staff Sofia(Testing.Desk desk) => new(desk.Supervisor.Id, "Sofia", true, false, []);

    private static async Task<long> DecideAsync(
        Testing.Desk desk,
        long ticketId,
        RoutingOutcome outcome,
        string topic = "card_arrival",
        double confidence = 0.93,
        string topicBy = "read",
        long? wouldAnswerWith = null
    )
    {
        await using var db = desk.OpenDatabase();
        var decision = new RoutingDecision
        {
            TicketId = ticketId,
            At = desk.Time.GetUtcNow(),
            Outcome = outcome,
            TopicId = (await desk.PictureAsync()).TopicsByKey[topic].Id,
            Type = TicketType.Typical,
            Confidence = confidence,
            Priority = TicketPriority.Normal,
            PriorityScore = 30,
            TeamId = desk.Team.Id,
            SpecialistId = outcome is RoutingOutcome.Assigned or RoutingOutcome.Kept or RoutingOutcome.Pulled
                ? desk.Anna.Id
                : null,
            // what waited was read when it came
            ModelId = topicBy == "read" && outcome is not RoutingOutcome.Pulled ? 1 : null,
            WouldAnswerWith = wouldAnswerWith,
            DetailsJson = new DecisionDetails
            {
                TopicBy = topicBy,
                Team = "Cards",
                Candidates = [new(desk.Anna.Id, desk.Anna.Name, 24, [], [new Reason("skill", 24, "3", "Complex")], [])],
            }.ToJson(),
        };
        db.Add(decision);
        await db.SaveChangesAsync();
        return decision.Id;
    }
}
