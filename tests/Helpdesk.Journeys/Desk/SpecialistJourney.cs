using System.Text.RegularExpressions;
using Helpdesk.Journeys.Mail;
using Helpdesk.Tickets;
using Microsoft.Playwright;
using Shouldly;
using static Microsoft.Playwright.Assertions;

namespace Helpdesk.Journeys.Desk;

[Trait("Category", "Browser")]
[Collection(SampleDeskJourneys.Name)]
public sealed partial class SpecialistJourney(RunningSampleDesk running, Browser browser)
{
    [Fact]
    public async Task A_specialist_takes_a_ticket_from_the_queue_to_its_solution()
    {
        const string Address = "otto.berg@example.org";
        (
            await Letters.SendAsync(
                running.Desk.SmtpPort,
                Address,
                "support@larchbank.example",
                Letters.Write(
                    Address,
                    "support@larchbank.example",
                    "Card swallowed by the machine",
                    "The cash machine kept my card. How do I get it back?",
                    "swallowed@example.org"
                ),
                CancellationToken.None
            )
        ).ShouldBeTrue();
        var (number, specialist) = await running.RoutedAsync(Address);
        specialist.ShouldNotBeNull();

        var page = await browser.OpenAsync(running.Desk.Address);
        var complaints = page.Complaints();
        await RunningSampleDesk.SignInAsync(page, specialist);
        foreach (var queue in (string[])["Mine", "My team", "Unassigned", "Due soon"])
            await Expect(page.Locator("nav a.go").Filter(new() { HasText = queue }).Locator("b"))
                .ToHaveTextAsync(Count());
        await page.ShouldBeGoodAsync();

        await page.GotoAsync($"/desk/tickets/{number}");
        await Expect(page.Locator("h1")).ToContainTextAsync("Card swallowed");
        await Expect(page.Locator(".panel").Filter(new() { HasText = "Read as" })).ToBeVisibleAsync();
        await page.ShouldBeGoodAsync();

        // what was typed last is kept where it was typed, however soon another ticket is looked at
        await page.GotoAsync($"/desk/tickets/{number}?queue=all");
        await page.Locator("#composer-text").FillAsync("Dear Otto, half a sent");
        await page.GetByRole(AriaRole.Button, new() { Name = "Next ticket" }).ClickAsync();
        await Expect(page.Locator("h1")).Not.ToContainTextAsync("Card swallowed");
        await Expect(page.Locator("#composer-text")).Not.ToHaveValueAsync("Dear Otto, half a sent");
        await page.GotoAsync($"/desk/tickets/{number}");
        await Expect(page.Locator("#composer-text")).ToHaveValueAsync("Dear Otto, half a sent");
        await page.Locator("#composer-text").FillAsync("");

        // a solution goes into the answer with one click; the answer goes to the customer
        await page.GetByRole(AriaRole.Button, new() { Name = "Insert", Exact = true }).First.ClickAsync();
        await Expect(page.Locator("#composer-text")).Not.ToBeEmptyAsync();
        await page.Locator("#composer-text").FillAsync("Dear Otto, we are sending you a new card today.");
        await page.Locator(".composer input[type=file]")
            .SetInputFilesAsync(
                new FilePayload
                {
                    Name = "terms.txt",
                    MimeType = "text/plain",
                    Buffer = "The terms."u8.ToArray(),
                }
            );
        await Expect(page.Locator(".composer .pill").Filter(new() { HasText = "terms.txt" })).ToBeVisibleAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Send and wait for customer" }).First.ClickAsync();
        await Expect(page.Locator(".msg").Filter(new() { HasText = "we are sending you a new card" }))
            .ToBeVisibleAsync();
        await Expect(page.Locator(".msg .files").Filter(new() { HasText = "terms.txt" })).ToBeVisibleAsync();
        (await running.TicketAsync(number)).Status.ShouldBe(TicketStatus.Waiting);
        await running.LetterAsync(Address, "we are sending you a new card");

        // a note stays inside
        await page.GetByRole(AriaRole.Button, new() { Name = "Internal note" }).ClickAsync();
        await page.Locator("#composer-text").FillAsync("Machine at the station again.");
        await page.GetByRole(AriaRole.Button, new() { Name = "Save note" }).ClickAsync();
        await Expect(page.Locator(".msg").Filter(new() { HasText = "Machine at the station" })).ToBeVisibleAsync();

        // what others do appears by itself: the customer answers by mail
        (
            await Letters.SendAsync(
                running.Desk.SmtpPort,
                Address,
                "support@larchbank.example",
                Letters.Write(
                    Address,
                    "support@larchbank.example",
                    "Re: Card swallowed by the machine",
                    "Thank you, it came.",
                    "swallowed-2@example.org",
                    $"In-Reply-To: <{await LastMessageIdAsync(Address)}>\r\n"
                ),
                CancellationToken.None
            )
        ).ShouldBeTrue();
        await Expect(page.Locator("main")).ToContainTextAsync("Thank you, it came.", new() { Timeout = 20_000 });

        // priority is changed in place, then it is resolved
        await page.GetByRole(AriaRole.Button, new() { Name = "Edit" }).First.ClickAsync();
        await page.SelectOptionAsync("#edit-priority", "High");
        await page.GetByRole(AriaRole.Button, new() { Name = "Save", Exact = true }).ClickAsync();
        await Expect(page.Locator("header, .head").Filter(new() { HasText = "High" }).First).ToBeVisibleAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Reply to customer" }).ClickAsync();
        await page.Locator("#composer-text").FillAsync("You are welcome!");
        await page.GetByRole(AriaRole.Button, new() { Name = "Send and choose" }).ClickAsync();
        await page.Locator("#send-next button").Filter(new() { HasText = "Send and resolve" }).ClickAsync();
        await Expect(page.Locator(".msg").Filter(new() { HasText = "You are welcome!" })).ToBeVisibleAsync();
        var solved = await running.TicketAsync(number);
        solved.Status.ShouldBe(TicketStatus.Resolved);
        solved.Priority.ShouldBe(TicketPriority.High);

        await page.GotoAsync($"/desk/tickets/{number}/routing");
        await Expect(page.Locator("main")).ToContainTextAsync(specialist);
        await page.ShouldBeGoodAsync();
        await page.GotoAsync("/desk/news");
        await page.ShouldBeGoodAsync();
        complaints.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("/desk/new")]
    [InlineData("/desk/search?q=card")]
    [InlineData("/desk/articles")]
    [InlineData("/account")]
    public async Task Every_place_of_a_specialist_is_good(string path)
    {
        var page = await browser.OpenAsync(running.Desk.Address);
        await RunningSampleDesk.SignInAsync(page, "Amara Okonkwo");
        var answer = await page.GotoAsync(path);
        answer!.Status.ShouldBe(200);
        await Expect(page.Locator("h1")).ToBeVisibleAsync();
        await page.ShouldBeGoodAsync();
    }

    private async Task<string> LastMessageIdAsync(string customer)
    {
        var letter = await running.LetterAsync(customer, "we are sending you a new card");
        return Regex.Match(letter, "(?<=^Message-ID: <)[^>]+", RegexOptions.Multiline).Value;
    }

    [GeneratedRegex(@"^\d+$")]
    private static partial Regex Count();
}
