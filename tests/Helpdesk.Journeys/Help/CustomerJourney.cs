using Helpdesk.Tickets;
using Microsoft.Playwright;
using Shouldly;
using static Microsoft.Playwright.Assertions;

namespace Helpdesk.Journeys.Help;

[Trait("Category", "Browser")]
[Collection(SampleDeskJourneys.Name)]
public sealed class CustomerJourney(RunningSampleDesk running, Browser browser)
{
    [Fact]
    public async Task A_customer_searches_reads_and_says_that_it_helped()
    {
        var page = await browser.OpenAsync(running.Desk.Address);
        var complaints = page.Complaints();
        await page.GotoAsync("/");
        await page.ShouldBeGoodAsync();

        // while typing, the answers hang under the field and the keyboard reaches them
        var search = page.Locator("form.ask.big input[type=search]");
        await search.PressSequentiallyAsync("card not arriv");
        await Expect(page.GetByRole(AriaRole.Option).First).ToBeVisibleAsync();
        await search.FillAsync("my new card has not arrived yet");
        await search.PressAsync("Enter");
        await page.ArriveAsync("**/search?**");
        await page.ShouldBeGoodAsync();
        // topics stand beside the hits, and one is called alike
        await page.Locator("main a[href^='/articles/']")
            .Filter(new() { HasText = "card has not arrived" })
            .First.ClickAsync();
        await page.ArriveAsync("**/articles/**");
        await Expect(page.Locator("h1")).ToContainTextAsync("card has not arrived", new() { IgnoreCase = true });
        await page.ShouldBeGoodAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Yes" }).ClickAsync();
        await Expect(page.Locator("h1")).ToContainTextAsync("Thank", new() { IgnoreCase = true });
        await page.ShouldBeGoodAsync();

        await page.GotoAsync("/");
        await page.Locator("main a[href^='/topics/']").First.ClickAsync();
        await page.ArriveAsync("**/topics/**");
        await page.ShouldBeGoodAsync();
        complaints.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_customer_writes_without_script_follows_the_request_answers_and_reopens_it()
    {
        const string Address = "milda.kern@example.org";
        var page = await browser.OpenAsync(running.Desk.Address, script: false);
        await page.GotoAsync("/requests/new");
        await page.FillAsync("[name='Form.Address']", Address);
        await page.FillAsync("[name='Form.Name']", "Milda Kern");
        await page.FillAsync("[name='Form.Subject']", "Charged twice");
        await page.FillAsync(
            "[name='Form.Text']",
            "The shop charged my card twice for the same thing. How do I get the money back?"
        );
        await page.ClickAsync("#request button.primary");
        // the step of its own: what may already answer it
        await Expect(page.Locator("#answers a").First).ToBeVisibleAsync();
        await page.ClickAsync("#request button.primary");
        await page.ArriveAsync("**/requests/sent**");
        await Expect(page.Locator("main")).ToContainTextAsync(Address);

        var (number, specialist) = await running.RoutedAsync(Address);
        specialist.ShouldNotBeNull();
        var link = RunningSampleDesk.PrivateLink(await running.LetterAsync(Address, "We have your request"));
        await page.GotoAsync(link);
        await Expect(page.Locator("h1")).ToContainTextAsync("Charged twice");
        await page.FillAsync("[name='Form.Text']", "It was on Friday.");
        await page.ClickAsync("button[value=Answer]");
        await Expect(page.Locator("main")).ToContainTextAsync("It was on Friday.");
        await page.ClickAsync("button[value=Solved]");
        await Expect(page.Locator("button[value=Reopen]")).ToBeVisibleAsync();
        (await running.TicketAsync(number)).Status.ShouldBe(TicketStatus.Resolved);
        await page.FillAsync("[name='Form.Text']", "It happened again.");
        await page.ClickAsync("button[value=Reopen]");
        await Expect(page.Locator("button[value=Answer]")).ToBeVisibleAsync();
        (await running.TicketAsync(number)).Status.ShouldBe(TicketStatus.Open);

        var withScript = await browser.OpenAsync(running.Desk.Address, width: 390);
        var complaints = withScript.Complaints();
        await withScript.GotoAsync(link);
        await withScript.ShouldBeGoodAsync();
        await withScript.GotoAsync("/requests/new");
        await withScript.FillAsync("[name='Form.Text']", "I lost my card in the train");
        await Expect(withScript.Locator("#answers a").First).ToBeVisibleAsync();
        await withScript.ShouldBeGoodAsync();
        complaints.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_customer_signs_in_by_a_link_and_sees_all_requests()
    {
        const string Address = "ruta.lind@example.org";
        var page = await browser.OpenAsync(running.Desk.Address);
        await page.GotoAsync("/requests/new");
        await page.FillAsync("[name='Form.Address']", Address);
        await page.FillAsync("[name='Form.Subject']", "Change of address");
        await page.FillAsync("[name='Form.Text']", "I have moved. Where do I change my address?");
        await page.ClickAsync("#request button.primary");
        if (!page.Url.Contains("/sent", StringComparison.Ordinal))
            await page.ClickAsync("#request button.primary");
        await page.ArriveAsync("**/requests/sent**");
        await page.ShouldBeGoodAsync();

        await page.GotoAsync("/sign-in");
        await page.ShouldBeGoodAsync();
        await page.FillAsync("input[type=email]", Address);
        await page.ClickAsync("main button.primary");
        var letter = await running.LetterAsync(Address, "/sign-in/");
        await page.GotoAsync(
            System.Text.RegularExpressions.Regex.Match(letter, @"http://[^\s""<>]+/sign-in/[\w-]+").Value
        );
        await page.ShouldBeGoodAsync();
        if (await page.Locator("main button.primary").CountAsync() > 0)
            await page.ClickAsync("main button.primary"); // opening the link is not enough: mail scanners open links too
        await page.GotoAsync("/requests");
        await page.ShouldBeGoodAsync();
        await page.GetByRole(AriaRole.Link, new() { Name = "Change of address" }).ClickAsync();
        await Expect(page.Locator("h1")).ToContainTextAsync("Change of address");
    }
}
