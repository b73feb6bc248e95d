using System.Net;
using AngleSharp.Html.Parser;
using Helpdesk.Tickets.Access;
using Helpdesk.Tickets.People;
using Helpdesk.Tickets.Sla;
using Microsoft.EntityFrameworkCore;
using Shouldly;
using Xunit;

namespace Helpdesk.Web.Tests.Desk;

public sealed class StaffPresenceTests
{
    private static readonly DateTimeOffset Noon = new(2026, 3, 2, 10, 0, 0, TimeSpan.Zero);

    [Fact]
    public async Task Who_is_away_is_so_until_the_next_shift_begins()
    {
        await using var desk = await Testing.Desk.CreateAsync();
        desk.Time.MoveTo(Noon);
        await GiveHoursAsync(desk, "Mon 08:00-18:00; Tue 08:00-18:00");
        await using var site = new DeskSite(desk);
        using var anna = site.ClientFor(desk.Anna.Id);

        (await PostAsync(anna, "Away")).Headers.Location!.ToString().ShouldBe("/desk/queues/all?page=2");

        var person = await PersonAsync(desk);
        person.PresenceAt(desk.Time.GetUtcNow()).ShouldBe(Presence.Away);
        person.PresenceUntil.ShouldBe(Noon.AddHours(20)); // Tuesday at eight in Tallinn
        person.PresenceAt(Noon.AddHours(20)).ShouldBe(Presence.Available);
        var menu = new HtmlParser().ParseDocument(await anna.GetStringAsync("/desk")).QuerySelector("#person")!;
        menu.QuerySelector("[aria-pressed=true]")!.GetAttribute("value").ShouldBe("Away");
        menu.QuerySelector("time")!.GetAttribute("datetime").ShouldBe("2026-03-03T06:00:00Z");

        await PostAsync(anna, "Available");
        person = await PersonAsync(desk);
        (person.Presence, person.PresenceUntil).ShouldBe((Presence.Available, null));
    }

    [Theory]
    [InlineData("always", 12)]
    [InlineData("Mon 08:00-11:00; Wed 09:00-10:00", 45)] // already home: until Wednesday
    public async Task Without_a_shift_now_it_ends_with_the_next_or_after_half_a_day(string week, int hours)
    {
        await using var desk = await Testing.Desk.CreateAsync();
        desk.Time.MoveTo(Noon);
        await GiveHoursAsync(desk, week);
        await using var site = new DeskSite(desk);
        using var anna = site.ClientFor(desk.Anna.Id);

        await PostAsync(anna, "Busy");

        var person = await PersonAsync(desk);
        (person.Presence, person.PresenceUntil).ShouldBe((Presence.Busy, Noon.AddHours(hours)));
    }

    [Fact]
    public async Task What_is_no_presence_and_who_is_no_specialist_changes_nothing()
    {
        await using var desk = await Testing.Desk.CreateAsync();
        await using var site = new DeskSite(desk);
        using var anna = site.ClientFor(desk.Anna.Id);
        using var sofia = site.ClientFor(desk.Supervisor.Id, Roles.Supervisor);

        (await PostAsync(anna, "7")).StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await PostAsync(anna, "asleep")).StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await PostAsync(sofia, "Away", tokenOf: "/account")).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await PostAsync(anna, "Away", back: "//evil.example")).Headers.Location!.ToString().ShouldBe("/desk");
        (await sofia.GetStringAsync("/desk")).ShouldNotContain("name=\"presence\"");
        using var nobody = site.CreateClient(new() { AllowAutoRedirect = false });
        (
            await nobody.PostAsync("/account/presence", new FormUrlEncodedContent([new("presence", "Away")]))
        ).IsSuccessStatusCode.ShouldBeFalse();
    }

    private static async Task<HttpResponseMessage> PostAsync(
        HttpClient client,
        string presence,
        string back = "/desk/queues/all?page=2",
        string tokenOf = "/desk"
    )
    {
        var page = new HtmlParser().ParseDocument(await client.GetStringAsync(tokenOf));
        var token = page.QuerySelector("[name=__RequestVerificationToken]")!.GetAttribute("value")!;
        return await client.PostAsync(
            "/account/presence",
            new FormUrlEncodedContent([
                new("presence", presence),
                new("back", back),
                new("__RequestVerificationToken", token),
            ])
        );
    }

    private static async Task GiveHoursAsync(Testing.Desk desk, string week)
    {
        await using var db = desk.OpenDatabase();
        var anna = await db.Specialists.SingleAsync(s => s.Id == desk.Anna.Id);
        anna.BusinessHours = new BusinessHours
        {
            Name = "Hers",
            TimeZoneId = "Europe/Tallinn",
            Week = week,
        };
        await db.SaveChangesAsync();
    }

    private static async Task<Specialist> PersonAsync(Testing.Desk desk)
    {
        await using var db = desk.OpenDatabase();
        return await db.Specialists.AsNoTracking().SingleAsync(s => s.Id == desk.Anna.Id);
    }
}
