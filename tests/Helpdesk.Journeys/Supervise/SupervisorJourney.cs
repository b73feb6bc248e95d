using Microsoft.EntityFrameworkCore;
using Microsoft.Playwright;
using Shouldly;
using static Microsoft.Playwright.Assertions;

namespace Helpdesk.Journeys.Supervise;

[Trait("Category", "Browser")]
[Collection(SampleDeskJourneys.Name)]
public sealed class SupervisorJourney(RunningSampleDesk running, Browser browser)
{
    [Fact]
    public async Task A_supervisor_sees_what_nobody_handles_and_hands_it_to_somebody()
    {
        var page = await browser.OpenAsync(running.Desk.Address);
        var complaints = page.Complaints();
        await RunningSampleDesk.SignInAsync(page, "Ingrid Halvorsen");
        await page.GotoAsync("/supervise");
        // while the circuit takes the page over, its title is taken away and put back: what is looked at is the page that stays
        await Expect(page.Locator(".when-live")).ToContainTextAsync("Live", new() { Timeout = 15_000 });
        await page.ShouldBeGoodAsync();
        foreach (var words in (string[])["Unassigned", "Unanswered", "Breached"])
            await Expect(page.Locator("main")).ToContainTextAsync(words);
        // F fills the screen with it and back
        await page.Keyboard.PressAsync("f");
        await Expect(page.Locator("#nav")).ToBeHiddenAsync();
        await page.Keyboard.PressAsync("f");
        await Expect(page.Locator("#nav")).ToBeVisibleAsync();

        var unanswered = page.Locator(".tabs a").Filter(new() { HasText = "Unanswered" });
        await unanswered.ClickAsync();
        await Expect(unanswered).ToHaveAttributeAsync("aria-current", "page");
        // the list has an address of its own; opened anew, no row of the list before can still stand there
        await page.ReloadAsync();
        await Expect(unanswered).ToHaveAttributeAsync("aria-current", "page");
        // people have a choice too, but no link
        var rows = page.Locator("table tbody tr")
            .Filter(new() { Has = page.Locator("select") })
            .Filter(new() { Has = page.Locator("a") });
        var address = (await rows.First.Locator("a").First.GetAttributeAsync("href"))!;
        var number = long.Parse(address.Split('/')[^1], System.Globalization.CultureInfo.InvariantCulture);
        // the list is live: the first row may be another one a moment later
        var row = rows.Filter(new() { Has = page.Locator($"a[href='{address}']") });
        var before = await running.TicketAsync(number);
        var choice = row.Locator("select option").Filter(new() { HasNotText = "obody" });
        for (var i = 0; i < await choice.CountAsync(); i++)
        {
            var id = await choice.Nth(i).GetAttributeAsync("value");
            if (id == before.SpecialistId?.ToString())
                continue;
            await row.Locator("select").SelectOptionAsync(id!);
            await Expect(page.Locator(".toast")).ToBeVisibleAsync();
            (await running.TicketAsync(number)).SpecialistId.ToString().ShouldBe(id);
            await using var db = running.Desk.OpenDatabase();
            (
                await db
                    .TicketEvents.Where(e => e.TicketId == number)
                    .OrderByDescending(e => e.Id)
                    .Select(e => e.ActorName)
                    .FirstAsync()
            ).ShouldBe("Ingrid Halvorsen");
            break;
        }
        (await running.TicketAsync(number)).SpecialistId.ShouldNotBe(before.SpecialistId);
        complaints.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("/supervise/reports")]
    [InlineData("/supervise/routing")]
    [InlineData("/supervise/routing/learning")]
    [InlineData("/supervise/routing/topics")]
    [InlineData("/supervise/problems")]
    [InlineData("/supervise/mail")]
    [InlineData("/supervise/mail?list=spam")]
    [InlineData("/admin/topics", "Beatriz Kallas")]
    [InlineData("/admin/topics/new", "Beatriz Kallas")]
    [InlineData("/admin/topics/areas/1", "Beatriz Kallas")]
    [InlineData("/admin/topics/teams", "Beatriz Kallas")]
    [InlineData("/admin/topics/skills", "Beatriz Kallas")]
    [InlineData("/admin/people", "Beatriz Kallas")]
    [InlineData("/admin/promises", "Beatriz Kallas")]
    [InlineData("/admin/mail/spam", "Beatriz Kallas")]
    [InlineData("/admin/set-up", "Beatriz Kallas")]
    [InlineData("/admin/changes", "Beatriz Kallas")]
    public async Task Every_place_of_a_supervisor_or_an_administrator_is_good(
        string path,
        string person = "Marcus Adeyemi"
    )
    {
        var page = await browser.OpenAsync(running.Desk.Address);
        await RunningSampleDesk.SignInAsync(page, person);
        (await page.GotoAsync(path))!.Status.ShouldBe(200);
        await Expect(page.Locator("h1")).ToBeVisibleAsync();
        await page.ShouldBeGoodAsync();
    }
}
