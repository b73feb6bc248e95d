using System.Net;
using Helpdesk.Tickets;
using Helpdesk.Tickets.Access;
using Helpdesk.Tickets.People;
using Helpdesk.Tickets.Settings;
using Microsoft.EntityFrameworkCore;
using Shouldly;

namespace Helpdesk.Web.Tests.Desk;

public sealed class TicketPageTests
{
    [Fact]
    public async Task The_ticket_is_readable_before_the_circuit_is_up()
    {
        await using var desk = await Testing.Desk.CreateAsync();
        var ids = await SmallDesk.AddAsync(desk);
        await using var site = new DeskSite(desk);
        using var anna = site.ClientFor(desk.Anna.Id);

        var page = WebUtility.HtmlDecode(await anna.GetStringAsync($"/desk/tickets/{ids[1]}"));
        page.ShouldContain("Our transfer of € 18,400 to a supplier was declined");
        page.ShouldContain("<strong>daily limit</strong>");
        page.ShouldContain("Limit raised until tonight");
        page.ShouldContain("Signature and earlier mail, 4 lines");
        page.ShouldContain("Resolution: Late by");
        page.ShouldContain("Waiting for the customer stops the clock");
        page.ShouldContain("Harbour Foods, customer since 2019");
        page.ShouldContain("proof.html, 1 KB");
        page.ShouldNotContain("tracker.example");
        page.ShouldNotContain("style=\"");
    }

    [Fact]
    public async Task A_person_who_says_that_no_topic_fits_is_quoted_so()
    {
        await using var desk = await Testing.Desk.CreateAsync();
        var id = (await SmallDesk.AddAsync(desk))[1];
        var anna = Actor.Staff(desk.Anna.Id, "Anna");
        await desk.ChangeAsync(id, (t, _, now) => t.CorrectReading(TicketType.Special, null, null, anna, now));
        await using var site = new DeskSite(desk);
        using var browser = site.ClientFor(desk.Anna.Id);
        var page = WebUtility.HtmlDecode(await browser.GetStringAsync($"/desk/tickets/{id}"));
        page.ShouldContain("none of the known topics, set by a person");
        page.ShouldNotContain("no topic yet, set by a person");
    }

    [Fact]
    public async Task A_part_that_went_to_another_team_is_said_to_be_there()
    {
        await using var desk = await Testing.Desk.CreateAsync();
        var id = (await SmallDesk.AddAsync(desk))[1];
        var fees = new Team { Name = "Fees and rates" };
        await using (var db = desk.OpenDatabase())
        {
            db.Teams.Add(fees);
            await db.SaveChangesAsync();
            var ticket = (await TicketIntake.ForChangeAsync(db, id))!;
            await db.Entry(ticket).Collection(t => t.Participants).LoadAsync();
            var part = Helpdesk
                .Routing.Splitting.RequestSplit.Apply(
                    db,
                    ticket,
                    [new("declined_transfer", "It was declined."), new("transfer_fee", "And why a fee?")],
                    Actor.Staff(desk.Anna.Id, "Anna"),
                    await desk.PictureAsync(),
                    tell: false,
                    desk.Time.GetUtcNow()
                )
                .Single();
            part.MoveTo(fees, Actor.System, desk.Time.GetUtcNow());
            await db.SaveChangesAsync();
        }
        desk.Get<DeskDirectory>().Forget();
        await using var site = new DeskSite(desk);
        using var browser = site.ClientFor(desk.Anna.Id);
        var page = WebUtility.HtmlDecode(await browser.GetStringAsync($"/desk/tickets/{id}"));
        page.ShouldContain("1 part was split off and is with another team");
        page.ShouldContain("Where they are: Fees and rates.");
        page.ShouldNotContain("And why a fee?");
    }

    [Fact]
    public async Task A_ticket_of_another_team_looks_like_one_that_does_not_exist()
    {
        await using var desk = await Testing.Desk.CreateAsync();
        var id = await TicketOfAnotherTeamAsync(desk);
        await using var site = new DeskSite(desk);
        using var anna = site.ClientFor(desk.Anna.Id);
        using var sofia = site.ClientFor(desk.Supervisor.Id, Roles.Supervisor);

        var forbidden = await anna.GetAsync($"/desk/tickets/{id}");
        var absent = await anna.GetAsync("/desk/tickets/999999");
        forbidden.StatusCode.ShouldBe(HttpStatusCode.NotFound);
        absent.StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await forbidden.Content.ReadAsStringAsync())
            .Replace($"/tickets/{id}", "/tickets/999999")
            .ShouldBe(await absent.Content.ReadAsStringAsync());
        (await sofia.GetAsync($"/desk/tickets/{id}")).StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Files_are_downloads_except_pictures_that_are_pictures()
    {
        await using var desk = await Testing.Desk.CreateAsync();
        await SmallDesk.AddAsync(desk);
        await using var site = new DeskSite(desk);
        using var anna = site.ClientFor(desk.Anna.Id);
        var files = await FilesAsync(desk);

        var picture = await anna.GetAsync($"/files/{files["logo.png"]}");
        picture.Content.Headers.ContentType!.MediaType.ShouldBe("image/png");
        picture.Content.Headers.ContentDisposition!.DispositionType.ShouldBe("inline");
        var page = await anna.GetAsync($"/files/{files["proof.html"]}");
        page.Content.Headers.ContentType!.MediaType.ShouldBe("application/octet-stream");
        page.Content.Headers.ContentDisposition!.DispositionType.ShouldBe("attachment");
        page.Content.Headers.ContentDisposition.FileName.ShouldBe("proof.html");
        (await page.Content.ReadAsStringAsync()).ShouldBe("<script>alert(1)</script>");
        foreach (var answer in new[] { picture, page })
        {
            answer.Headers.GetValues("X-Content-Type-Options").ShouldBe(["nosniff"]);
            answer.Headers.GetValues("Content-Security-Policy").Single().ShouldStartWith("sandbox;");
            answer.Headers.CacheControl!.NoStore.ShouldBeTrue();
        }
    }

    [Fact]
    public async Task Files_are_reached_only_through_a_ticket_one_may_follow()
    {
        await using var desk = await Testing.Desk.CreateAsync();
        var ids = await SmallDesk.AddAsync(desk);
        await using var site = new DeskSite(desk);
        var file = (await FilesAsync(desk))["proof.html"];
        var tokens = (await desk.PictureAsync()).Tokens;
        var customerId = (await desk.ReadAsync(ids[1])).CustomerId;
        using var nobody = site.CreateClient(new() { AllowAutoRedirect = false });

        (await nobody.GetAsync($"/files/{file}")).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        (await nobody.GetAsync($"/r/{tokens.ForGuest(ids[1], customerId)}/files/{file}")).StatusCode.ShouldBe(
            HttpStatusCode.OK
        );
        (await nobody.GetAsync($"/r/{tokens.ForGuest(ids[2], customerId)}/files/{file}")).StatusCode.ShouldBe(
            HttpStatusCode.NotFound
        );
        (await nobody.GetAsync($"/r/rubbish/files/{file}")).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        await desk.ChangeAsync(ids[1], (t, _, now) => t.Unassign(Actor.System, null, now));
        await MoveToAnotherTeamAsync(desk, ids[1]);
        using var anna = site.ClientFor(desk.Anna.Id);
        (await anna.GetAsync($"/files/{file}")).StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task A_message_in_its_frame_has_no_script_no_origin_and_no_remote_picture_until_asked()
    {
        await using var desk = await Testing.Desk.CreateAsync();
        var ids = await SmallDesk.AddAsync(desk);
        await using var site = new DeskSite(desk);
        using var anna = site.ClientFor(desk.Anna.Id);
        var message = (await desk.ReadAsync(ids[1])).Messages[^1].Id;

        var frame = await anna.GetAsync($"/desk/messages/{message}");
        var policy = frame.Headers.GetValues("Content-Security-Policy").Single();
        policy.ShouldStartWith("sandbox allow-popups");
        policy.ShouldNotContain("https:");
        policy.ShouldNotContain("allow-scripts");
        var html = await frame.Content.ReadAsStringAsync();
        html.ShouldContain("src=\"data:image/png;base64,");
        html.ShouldNotContain(" src=\"https://tracker.example");
        (await anna.GetStringAsync($"/desk/messages/{message}/pictures")).ShouldContain(
            " src=\"https://tracker.example/p.gif\""
        );
        (await anna.GetStringAsync($"/desk/messages/{message}/text")).ShouldContain("it ends in 7702");
        await desk.ChangeAsync(ids[1], (t, _, now) => t.Unassign(Actor.System, null, now));
        await MoveToAnotherTeamAsync(desk, ids[1]);
        (await anna.GetAsync($"/desk/messages/{message}")).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await anna.GetAsync($"/desk/messages/{message}/text")).StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task News_are_the_persons_own_and_only_of_tickets_they_still_see()
    {
        await using var desk = await Testing.Desk.CreateAsync();
        var ids = await SmallDesk.AddAsync(desk);
        await using var site = new DeskSite(desk);
        using var anna = site.ClientFor(desk.Anna.Id);

        var page = await anna.GetStringAsync("/desk/news");
        page.ShouldContain("Transfer to a supplier declined");
        page.ShouldContain("The customer answered");
        page.ShouldNotContain("Locked out after changing my phone");
        await desk.ChangeAsync(ids[1], (t, _, now) => t.Unassign(Actor.System, null, now));
        await MoveToAnotherTeamAsync(desk, ids[1]);
        (await anna.GetStringAsync("/desk/news")).ShouldNotContain("Transfer to a supplier declined");
    }

    private static async Task<Dictionary<string, long>> FilesAsync(Testing.Desk desk)
    {
        await using var db = desk.OpenDatabase();
        return await db.Attachments.ToDictionaryAsync(a => a.Name, a => a.Id);
    }

    private static async Task<long> TicketOfAnotherTeamAsync(Testing.Desk desk)
    {
        var id = await desk.OpenTicketAsync();
        await MoveToAnotherTeamAsync(desk, id);
        return id;
    }

    private static async Task MoveToAnotherTeamAsync(Testing.Desk desk, long id)
    {
        var other = new Team { Name = "Other" };
        await using (var db = desk.OpenDatabase())
        {
            db.Teams.Add(other);
            await db.SaveChangesAsync();
        }
        await desk.ChangeAsync(id, (t, _, now) => t.MoveTo(other, Actor.System, now));
    }
}
