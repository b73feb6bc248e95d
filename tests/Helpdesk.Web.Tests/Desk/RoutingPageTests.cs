using System.Net;
using Helpdesk.Routing;
using Helpdesk.Routing.Assignment;
using Helpdesk.Routing.Decisions;
using Helpdesk.Tickets;
using Helpdesk.Tickets.People;
using Helpdesk.Web.Components.Desk.Work;
using Shouldly;

namespace Helpdesk.Web.Tests.Desk;

public sealed class RoutingPageTests
{
    [Fact]
    public async Task A_ticket_says_why_it_is_here_and_the_sums_are_one_click_away()
    {
        await using var desk = await Testing.Desk.CreateAsync();
        var id = (await SmallDesk.AddAsync(desk))[1];
        await DecideAsync(desk, id);
        await using var site = new DeskSite(desk);
        using var anna = site.ClientFor(desk.Anna.Id);

        var ticket = WebUtility.HtmlDecode(await anna.GetStringAsync($"/desk/tickets/{id}"));
        ticket.ShouldContain("Why it is with you");
        ticket.ShouldContain("2 candidates, and what would change it");
        var page = WebUtility.HtmlDecode(await anna.GetStringAsync($"/desk/tickets/{id}/routing"));
        page.ShouldContain("Why this came to you");
        page.ShouldContain("<mark>declined</mark>");
        page.ShouldContain("+40");
        page.ShouldContain("Boris Birch: absent");
        page.ShouldContain("Boris Birch would have got it if present.");
        page.ShouldNotContain("style=\"");
    }

    [Fact]
    public async Task The_words_and_the_bar_say_the_same_of_how_sure_a_topic_is()
    {
        await using var desk = await Testing.Desk.CreateAsync();
        var id = (await SmallDesk.AddAsync(desk))[1];
        var topic = (await desk.PictureAsync()).TopicsByKey["declined_transfer"].Id;
        await using (var db = desk.OpenDatabase())
        {
            db.Add(
                new RoutingDecision
                {
                    TicketId = id,
                    At = desk.Time.GetUtcNow(),
                    Outcome = RoutingOutcome.Assigned,
                    Type = TicketType.Combined,
                    TopicId = topic,
                    Confidence = 1,
                    Priority = TicketPriority.Urgent,
                    PriorityScore = 72,
                    SpecialistId = desk.Anna.Id,
                    TeamId = desk.Team.Id,
                    DetailsJson = new DecisionDetails
                    {
                        TopicBy = "read",
                        Topics = [new("declined_transfer", 0.79), new("card_swallowed", 0.2)],
                        Parts = [new(0, 10, "declined_transfer"), new(10, 10, "card_swallowed")],
                        Team = "Cards",
                    }.ToJson(),
                }
            );
            await db.SaveChangesAsync();
        }
        await using var site = new DeskSite(desk);
        using var anna = site.ClientFor(desk.Anna.Id);
        var page = WebUtility.HtmlDecode(await anna.GetStringAsync($"/desk/tickets/{id}/routing"));
        page.ShouldContain("(79 % sure of the first)");
        page.ShouldNotContain("100 %");
    }

    [Fact]
    public async Task The_decision_about_a_ticket_of_another_team_does_not_exist()
    {
        await using var desk = await Testing.Desk.CreateAsync();
        var id = await desk.OpenTicketAsync();
        await DecideAsync(desk, id);
        var other = new Team { Name = "Other" };
        await using (var db = desk.OpenDatabase())
        {
            db.Teams.Add(other);
            await db.SaveChangesAsync();
        }
        await desk.ChangeAsync(id, (t, _, now) => t.MoveTo(other, Actor.System, now));
        await using var site = new DeskSite(desk);
        using var anna = site.ClientFor(desk.Anna.Id);

        (await anna.GetAsync($"/desk/tickets/{id}/routing")).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await anna.GetAsync("/desk/tickets/999999/routing")).StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    [Fact]
    public void Marked_text_is_the_whole_text_and_marks_whole_words()
    {
        var parts = MarkedText.Of("My card, a Card-holder's scorecard", ["card"]).ToList();
        string.Concat(parts.Select(p => p.Text)).ShouldBe("My card, a Card-holder's scorecard");
        parts.Where(p => p.IsMarked).Select(p => p.Text).ShouldBe(["card", "Card"]);
    }

    private static async Task DecideAsync(Testing.Desk desk, long id)
    {
        await using var db = desk.OpenDatabase();
        db.Add(
            new RoutingDecision
            {
                TicketId = id,
                At = desk.Time.GetUtcNow(),
                Outcome = RoutingOutcome.Assigned,
                Type = TicketType.Typical,
                Confidence = 0.93,
                Priority = TicketPriority.Urgent,
                PriorityScore = 72,
                TeamId = desk.Team.Id,
                SpecialistId = desk.Anna.Id,
                DetailsJson = new DecisionDetails
                {
                    TopicBy = "read",
                    Words = ["declined"],
                    Priority = [new Reason("base", 20), new Reason("tier", 40, "VIP")],
                    Team = "Cards",
                    Candidates =
                    [
                        new(
                            desk.Anna.Id,
                            desk.Anna.Name,
                            44,
                            [],
                            [new Reason("skill", 24, "3", "Complex"), new Reason("free", 20, "3", "10")],
                            []
                        ),
                        new(
                            desk.Boris.Id,
                            desk.Boris.Name,
                            0,
                            [new Reason("absent", 0)],
                            [],
                            [new Reason("without-absent", 0)]
                        ),
                    ],
                }.ToJson(),
            }
        );
        await db.SaveChangesAsync();
    }
}
