using System.Text.RegularExpressions;
using Microsoft.Playwright;
using Shouldly;
using static Microsoft.Playwright.Assertions;

namespace Helpdesk.Journeys.Account;

[Trait("Category", "Browser")]
public sealed class SetUpJourney(Browser browser) : IClassFixture<Browser>
{
    [Fact]
    public async Task An_empty_desk_is_set_up_in_three_screens_by_the_link_on_its_console_which_is_good_once()
    {
        await using var desk = new DeskProcess { Settings = ["--Sample:Load=false"], Environment = "Production" };
        await desk.StartAsync();
        var link = await LinkAsync(desk);
        var page = await browser.OpenAsync(desk.Address);
        var complaints = page.Complaints();
        await page.GotoAsync(link);
        await page.ShouldBeGoodAsync();
        await page.FillAsync("[name='Form.Name']", "Nora Vale");
        await page.FillAsync("[name='Form.Address']", "nora@vale.example");
        await page.FillAsync("[name='Form.Password']", "correct horse battery staple");
        await page.ClickAsync("main button.primary");
        await page.ArriveAsync("**/set-up/company");
        await page.ShouldBeGoodAsync();
        await page.FillAsync("[name='Form.Name']", "Vale Garden Tools");
        await page.SelectOptionAsync("[name='Form.Zone']", "Europe/Warsaw");
        await page.ClickAsync("main button.primary");
        await page.ArriveAsync("**/set-up/mail");
        await page.ShouldBeGoodAsync();
        await page.FillAsync("[name='Form.Support']", "help@vale.example");
        await page.ClickAsync("main button.primary");
        await Expect(page).ToHaveURLAsync(new Regex("/admin$"));
        await Expect(page.Locator("h1")).ToBeVisibleAsync();
        await page.ShouldBeGoodAsync();
        complaints.ShouldBeEmpty();

        var second = await browser.OpenAsync(desk.Address);
        await second.GotoAsync(link);
        await Expect(second.Locator("[name='Form.Password']")).ToHaveCountAsync(0);
        await second.GotoAsync("/");
        await Expect(second.Locator("body")).ToContainTextAsync("Vale Garden Tools");
        // no sample people outside Development
        (await second.GotoAsync("/account/sample-people"))!.Status.ShouldBe(404);
    }

    private static async Task<string> LinkAsync(DeskProcess desk)
    {
        for (var wait = 0; wait < 300; wait++)
        {
            if (Regex.Match(desk.Console, @"(?<=Set it up +)\S+") is { Success: true } found)
                return found.Value;
            await Task.Delay(100);
        }
        throw new TimeoutException("No link for the set-up on the console:\n" + desk.Console);
    }
}
