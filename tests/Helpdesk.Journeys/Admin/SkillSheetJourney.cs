using Helpdesk.Tickets.Settings;
using Microsoft.EntityFrameworkCore;
using Microsoft.Playwright;
using Shouldly;
using static Microsoft.Playwright.Assertions;

namespace Helpdesk.Journeys.Admin;

[Trait("Category", "Browser")]
[Collection(SampleDeskJourneys.Name)]
public sealed class SkillSheetJourney(RunningSampleDesk running, Browser browser)
{
    [Fact]
    public async Task A_block_is_pasted_taken_back_and_saved_with_who_changed_what()
    {
        var page = await browser.OpenAsync(running.Desk.Address);
        var complaints = page.Complaints();
        await RunningSampleDesk.SignInAsync(page, "Beatriz Kallas");
        await page.GotoAsync("/admin/topics/skills/matrix");
        await page.ShouldBeGoodAsync();
        var cells = page.Locator("tbody tr").Nth(0).Locator(".level");
        var below = page.Locator("tbody tr").Nth(1).Locator(".level");
        async Task<string[]> ShownAsync() =>
            [
                await cells.Nth(0).InputValueAsync(),
                await cells.Nth(1).InputValueAsync(),
                await below.Nth(0).InputValueAsync(),
            ];
        var before = await ShownAsync();
        // each other than it was; what no level is called keeps what it has
        string[] wanted = [.. before.Select(level => level == "1" ? "2" : "1")];

        await cells.Nth(0).FocusAsync();
        await PasteAsync(page, $"{wanted[0]}\t{wanted[1]}\n{wanted[2]}\tmuch\n");
        (await ShownAsync()).ShouldBe(wanted);
        await Expect(page.Locator("[data-sheet-changes] li")).ToHaveCountAsync(3);
        await page.Keyboard.PressAsync("Control+z");
        (await ShownAsync()).ShouldBe(before);
        await Expect(page.Locator("[data-sheet-changes] li")).ToHaveCountAsync(0);
        await page.Keyboard.PressAsync("Control+Shift+z");
        (await ShownAsync()).ShouldBe(wanted);
        await page.Keyboard.PressAsync("ArrowRight");
        await page.Keyboard.PressAsync("Escape");
        (await ShownAsync()).ShouldBe([wanted[0], before[1], wanted[2]]);

        await page.GetByRole(AriaRole.Button, new() { Name = "Save the changes" }).ClickAsync();
        await Expect(page.Locator("[role=status]").First).ToBeVisibleAsync();
        (await ShownAsync()).ShouldBe([wanted[0], before[1], wanted[2]]);
        await using (var db = running.Desk.OpenDatabase())
        {
            var change = await db.Set<AdministrationChange>().OrderByDescending(c => c.Id).FirstAsync();
            change.ByName.ShouldBe("Beatriz Kallas");
        }
        complaints.ShouldBeEmpty();
    }

    private static Task PasteAsync(IPage page, string text) =>
        page.EvaluateAsync(
            """
            text => {
              const carried = new DataTransfer()
              carried.setData('text/plain', text)
              document.activeElement.dispatchEvent(new ClipboardEvent('paste', { clipboardData: carried, bubbles: true, cancelable: true }))
            }
            """,
            text
        );
}
