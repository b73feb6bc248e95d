using Helpdesk.Journeys.Mail;
using Microsoft.EntityFrameworkCore;
using Microsoft.Playwright;
using Shouldly;
using static Microsoft.Playwright.Assertions;

namespace Helpdesk.Journeys.Desk;

[Trait("Category", "Browser")]
[Collection(SampleDeskJourneys.Name)]
public sealed class CannedTextJourney(RunningSampleDesk running, Browser browser)
{
    [Fact]
    public async Task A_specialist_answers_with_a_canned_text_that_the_customer_gets_filled()
    {
        const string Address = "nora.quist@example.org";
        (
            await Letters.SendAsync(
                running.Desk.SmtpPort,
                Address,
                "support@larchbank.example",
                Letters.Write(
                    $"Nora *Quist* <{Address}>",
                    "support@larchbank.example",
                    "Card swallowed by the machine",
                    "The cash machine kept my card. How do I get it back?",
                    "canned@example.org"
                ),
                CancellationToken.None
            )
        ).ShouldBeTrue();
        var (number, specialist) = await running.RoutedAsync(Address);
        var page = await browser.OpenAsync(running.Desk.Address);
        var complaints = page.Complaints();
        await RunningSampleDesk.SignInAsync(page, specialist.ShouldNotBeNull());

        // a text of one's own, with a mistake that is named first
        await page.GotoAsync("/desk/canned-texts");
        await Expect(page.Locator("tbody tr")).Not.ToHaveCountAsync(0);
        await page.ShouldBeGoodAsync();
        await page.GetByRole(AriaRole.Link, new() { Name = "New canned text" }).ClickAsync();
        await page.FillAsync("#name", "Thanks for the card");
        await page.FillAsync("#key", "zz-thanks");
        await page.FillAsync("#body", "Dear {custmer}, thank you: {number}.");
        await page.GetByRole(AriaRole.Button, new() { Name = "Save" }).ClickAsync();
        await Expect(page.Locator("#body-error")).ToContainTextAsync("{custmer}");
        await page.ShouldBeGoodAsync();
        await page.FillAsync("#body", "");
        await page.Locator("#body").PressSequentiallyAsync("Dear {customer}, thank you: {number}.");
        await page.Keyboard.PressAsync("Control+Enter"); // which leaves no field
        await Expect(page.Locator("tbody")).ToContainTextAsync("zz-thanks");

        // :: and its key, Enter, and on with the answer
        await page.GotoAsync($"/desk/tickets/{number}");
        var field = page.Locator("#composer-text");
        await Expect(field).ToBeEnabledAsync();
        await Expect(field).ToHaveAttributeAsync("aria-haspopup", "listbox"); // its script listens
        await field.PressSequentiallyAsync("Why:: not? ::hel");
        await Expect(page.Locator("#quick [role=option]").First).ToContainTextAsync("Greeting");
        await Expect(field).ToHaveAttributeAsync("aria-activedescendant", "quick-0");
        await page.ShouldBeGoodAsync();
        await page.Keyboard.PressAsync("Escape");
        await Expect(page.Locator("#quick")).ToBeHiddenAsync();
        await Expect(field).ToHaveValueAsync("Why:: not? ::hel");
        await Expect(field).ToBeFocusedAsync();
        // two question marks are just that, until an arrow key
        await field.FillAsync("");
        await field.PressSequentiallyAsync("Really ??");
        await Expect(page.Locator("#quick")).ToBeVisibleAsync();
        await page.Keyboard.PressAsync("Enter");
        await Expect(field).ToHaveValueAsync("Really ??\n");
        await field.FillAsync("");
        await page.Locator("[data-quick='::']").ClickAsync();
        await Expect(page.Locator("#quick [role=option]").First).ToBeVisibleAsync();
        await field.PressSequentiallyAsync("zz-th");
        await Expect(page.Locator("#quick [role=option]")).ToHaveCountAsync(1);
        await page.Keyboard.PressAsync("Enter");
        await Expect(field).ToHaveValueAsync($@"Dear Nora \*Quist\*, thank you: {number}.");
        await field.PressSequentiallyAsync(" Bye.");
        await page.Keyboard.PressAsync("Control+Enter");

        await Expect(
                page.Locator(".msg.ours").Filter(new() { HasText = $"Dear Nora *Quist*, thank you: {number}. Bye." })
            )
            .ToBeVisibleAsync();
        await running.LetterAsync(Address, $"Dear Nora *Quist*, thank you: {number}. Bye.");
        await using var db = running.Desk.OpenDatabase();
        (await db.CannedTexts.Where(t => t.Key == "zz-thanks").SelectMany(t => t.Uses).SumAsync(u => u.Times)).ShouldBe(
            1
        );
        complaints.ShouldBeEmpty();
    }
}
