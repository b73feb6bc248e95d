using System.Text.RegularExpressions;
using Microsoft.Playwright;
using Shouldly;
using static Microsoft.Playwright.Assertions;

namespace Helpdesk.Journeys.Desk;

[Trait("Category", "Browser")]
[Collection(SampleDeskJourneys.Name)]
public sealed class AuthorJourney(RunningSampleDesk running, Browser browser)
{
    [Fact]
    public async Task An_author_writes_a_reviewer_comments_and_publishes_and_a_reader_finds_it_also_where_it_was()
    {
        var author = await browser.OpenAsync(running.Desk.Address);
        var complaints = author.Complaints();
        await RunningSampleDesk.SignInAsync(author, "Maret Tamm");
        await author.GotoAsync("/desk/articles/new");
        await TypeAsync(author, "#title", "The zeppelin lounge");
        await Expect(author.Locator("#slug")).ToHaveValueAsync("the-zeppelin-lounge");
        await author.FillAsync("#body", "## Opening\n\nThe **zeppelin** lounge opens at nine.");
        await Expect(author.Locator("main strong", new() { HasText = "zeppelin" })).ToBeVisibleAsync();
        await author.GetByRole(AriaRole.Button, new() { Name = "Save and ask for a review" }).ClickAsync();
        await Expect(author).Not.ToHaveURLAsync(new Regex("/new$"));
        await Expect(author.Locator("main header")).ToContainTextAsync("In review");

        var reviewer = await browser.OpenAsync(running.Desk.Address);
        await RunningSampleDesk.SignInAsync(reviewer, "Beatriz Kallas");
        await reviewer.GotoAsync(author.Url);
        await TypeAsync(reviewer, "#comment", "Also on Sundays?");
        await reviewer.GetByRole(AriaRole.Button, new() { Name = "Add comment" }).ClickAsync();
        await Expect(reviewer.GetByText("1 open comment")).ToBeVisibleAsync();
        await reviewer.GetByRole(AriaRole.Button, new() { Name = "Settled" }).ClickAsync();
        await Expect(reviewer.GetByText("1 open comment")).ToHaveCountAsync(0);
        await reviewer.GetByRole(AriaRole.Button, new() { Name = "Save and publish" }).ClickAsync();
        await Expect(reviewer.Locator("main header")).ToContainTextAsync("Published");
        await TypeAsync(reviewer, "#slug", "zeppelin-lounge");
        await reviewer.GetByRole(AriaRole.Button, new() { Name = "Save, readers see it at once" }).ClickAsync();
        await Expect(reviewer.Locator("#reason")).ToBeEnabledAsync();

        var reader = await browser.OpenAsync(running.Desk.Address);
        await reader.GotoAsync("/search?q=zepelin");
        await reader.GetByRole(AriaRole.Link, new() { Name = "The zeppelin lounge" }).First.ClickAsync();
        await reader.ArriveAsync("**/articles/zeppelin-lounge*");
        await reader.GotoAsync("/articles/the-zeppelin-lounge");
        new Uri(reader.Url).AbsolutePath.ShouldBe("/articles/zeppelin-lounge");
        complaints.ShouldBeEmpty();
    }

    [Fact]
    public async Task Files_dropped_after_each_saving_and_links_that_lead_nowhere_are_shown_and_an_archived_article_comes_back()
    {
        var author = await browser.OpenAsync(running.Desk.Address);
        var complaints = author.Complaints();
        await RunningSampleDesk.SignInAsync(author, "Beatriz Kallas");
        await author.GotoAsync("/desk/articles/new");
        await TypeAsync(author, "#title", "The airship mast");
        await author.FillAsync("#body", "Tall. See [the mooring](mooring-that-is-not).\n");
        await Expect(author.Locator(".preview mark")).ToHaveTextAsync("the mooring");
        await Expect(author.Locator(".preview-card")).ToContainTextAsync("no article has this address");
        await author.GetByRole(AriaRole.Button, new() { Name = "Save and publish" }).ClickAsync();
        await Expect(author).Not.ToHaveURLAsync(new Regex("/new$"));
        await Expect(author.Locator("#files")).ToBeEnabledAsync();

        await DropAsync(author, "first.txt");
        await author.ReloadAsync();
        await Expect(author.GetByRole(AriaRole.Button, new() { Name = "Discard" })).ToBeVisibleAsync();
        await DropAsync(author, "second.txt");
        await author.GetByRole(AriaRole.Button, new() { Name = "Save, readers see it at once" }).ClickAsync();
        await Expect(author.Locator("section[aria-labelledby=versions]")).ToContainTextAsync("second.txt");
        await DropAsync(author, "third.txt");
        await author.GetByRole(AriaRole.Button, new() { Name = "Save, readers see it at once" }).ClickAsync();
        await Expect(author.Locator("section[aria-labelledby=versions]")).ToContainTextAsync("third.txt");

        await TypeAsync(author, "#comment", "Is it painted?");
        await author.GetByRole(AriaRole.Button, new() { Name = "Add comment" }).ClickAsync();
        await Expect(author.GetByText("1 open comment")).ToBeVisibleAsync();
        await author.GetByRole(AriaRole.Button, new() { Name = "Archive" }).First.ClickAsync();
        await author.Locator("#archive").GetByRole(AriaRole.Button, new() { Name = "Archive" }).ClickAsync();
        await author.GetByRole(AriaRole.Button, new() { Name = "Publish again" }).ClickAsync();
        await author.GetByRole(AriaRole.Button, new() { Name = "Publish all the same" }).ClickAsync();
        await Expect(author.Locator("main header")).ToContainTextAsync("Published");
        await author.GotoAsync("/articles/the-airship-mast");
        await Expect(author.Locator("article")).ToContainTextAsync("See the mooring.");
        await Expect(author.GetByRole(AriaRole.Link, new() { Name = "the mooring" })).ToHaveCountAsync(0);
        complaints.ShouldBeEmpty();
    }

    private static async Task DropAsync(IPage page, string name)
    {
        await Expect(page.Locator("#writing[data-takes-files=yes]")).ToHaveCountAsync(1);
        await page.EvaluateAsync(
            """
            name => {
              const data = new DataTransfer()
              data.items.add(new File([new TextEncoder().encode('words of ' + name)], name, { type: 'text/plain' }))
              document.querySelector('#body').dispatchEvent(new DragEvent('drop', { dataTransfer: data, bubbles: true, cancelable: true }))
            }
            """,
            name
        );
        await Expect(page.Locator("#body")).ToHaveValueAsync(new Regex(Regex.Escape($"[{name}](/files/articles/")));
        await Expect(page.Locator(".preview")).ToContainTextAsync(name);
    }

    private static async Task TypeAsync(IPage page, string field, string text)
    {
        await page.FillAsync(field, text);
        await page.Locator(field).DispatchEventAsync("change");
    }
}
