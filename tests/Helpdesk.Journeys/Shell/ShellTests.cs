using Helpdesk.Testing;
using Microsoft.Playwright;
using Shouldly;
using static Microsoft.Playwright.Assertions;

namespace Helpdesk.Journeys.Shell;

/// <summary>The frame around the pages in a real browser, under the real content security policy.</summary>
[Trait("Category", "Browser")]
public sealed class ShellTests(Browser browser, ShellTests.Running running)
    : IClassFixture<Browser>,
        IClassFixture<ShellTests.Running>
{
    private readonly Uri address = running.Address;

    [Fact]
    public async Task A_page_with_a_circuit_works_under_the_content_security_policy()
    {
        var page = await browser.OpenAsync(address, "specialist");
        var complaints = page.Complaints();
        await page.GotoAsync("/design/desk");
        await page.Locator("#count").ClickAsync(); // waits until the circuit has switched the button on
        await Expect(page.Locator("#count")).ToHaveTextAsync("Pressed 1");
        await Expect(page.Locator(".toast")).ToContainTextAsync("Pressed 1 times");
        await page.Locator(".toast .btn", new() { HasText = "Undo" }).ClickAsync();
        await Expect(page.Locator("#count")).ToHaveTextAsync("Pressed 0");
        complaints.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_page_keeps_its_title_while_its_circuit_begins()
    {
        var page = await browser.OpenAsync(address, "specialist");
        await page.AddInitScriptAsync(
            """
            addEventListener('DOMContentLoaded', () => {
              window.looks = []
              const look = () => window.looks.push(document.title)
              new MutationObserver(() => setTimeout(look)).observe(document.head, { childList: true, subtree: true })
            })
            """
        );
        await page.GotoAsync("/design/desk");
        await page.Locator("#count").ClickAsync();
        await Expect(page.Locator("#count")).ToHaveTextAsync("Pressed 1");
        var title = await page.TitleAsync();
        title.ShouldNotBeEmpty();
        var looks = await page.EvaluateAsync<string[]>("window.looks");
        looks.ShouldNotBeEmpty(); // the circuit has changed the head
        looks.ShouldAllBe(look => look == title);
        (await page.Locator("title").CountAsync()).ShouldBe(1);
    }

    [Fact]
    public async Task The_readers_zone_follows_into_the_circuit()
    {
        var page = await browser.OpenAsync(address, "specialist");
        await page.Context.AddCookiesAsync([
            new()
            {
                Name = "helpdesk-reader",
                Value = "zone%3DAsia%2FTokyo",
                Url = address.ToString(),
            },
        ]);
        await page.GotoAsync("/design/desk");
        await page.Locator("#count").ClickAsync();
        await Expect(page.Locator("#count")).ToHaveTextAsync("Pressed 1");
        var tokyo = TimeProvider.System.GetUtcNow().AddHours(9);
        (await page.Locator("#zone").TextContentAsync())!.ShouldContain(
            tokyo.ToString("dddd, d MMMM yyyy", System.Globalization.CultureInfo.InvariantCulture)
        );
        (await page.Locator("#zone").TextContentAsync())!.ShouldMatch(
            $"{tokyo.Hour:00}:|{tokyo.AddMinutes(-2).Hour:00}:"
        );
    }

    [Fact]
    public async Task A_lost_connection_is_said_in_words_and_without_inline_styles()
    {
        await using var site = new Site();
        var page = await browser.OpenAsync(site.Listen(), "specialist");
        var complaints = page.Complaints();
        await page.GotoAsync("/design/desk");
        await page.Locator("#count").ClickAsync();
        await Expect(page.Locator("#count")).ToHaveTextAsync("Pressed 1");
        await Expect(page.Locator(".reconnect")).ToBeHiddenAsync();
        await site.DisposeAsync();
        await Expect(page.Locator(".reconnect")).ToBeVisibleAsync();
        await Expect(page.Locator(".reconnect")).ToContainTextAsync("We try again by ourselves");
        complaints.ShouldAllBe(text => !text.Contains("Content Security Policy", StringComparison.OrdinalIgnoreCase));
    }

    [Fact]
    public async Task Menus_open_and_close_without_a_script()
    {
        var page = await browser.OpenAsync(address, "specialist", width: 390, script: false);
        await page.GotoAsync("/design/rail");
        await Expect(page.Locator("#nav")).ToBeHiddenAsync();
        await page.Locator("[popovertarget=nav]").ClickAsync();
        await Expect(page.Locator("#nav")).ToBeVisibleAsync();
        await Expect(page.Locator("#nav").GetByText("Articles")).ToBeVisibleAsync();
        await page.Keyboard.PressAsync("Escape");
        await Expect(page.Locator("#nav")).ToBeHiddenAsync();
        await page.Locator(".bar [popovertarget=cmd]").ClickAsync();
        await Expect(page.Locator("#cmd input")).ToBeFocusedAsync();
    }

    [Fact]
    public async Task The_skip_link_is_first_and_leads_to_the_content()
    {
        var page = await browser.OpenAsync(address, "specialist");
        await page.GotoAsync("/design/desk");
        await page.Keyboard.PressAsync("Tab");
        await Expect(page.Locator(".skip")).ToBeFocusedAsync();
        await page.Keyboard.PressAsync("Enter");
        new Uri(page.Url).PathAndQuery.ShouldBe("/design/desk");
        await Expect(page.Locator("#main")).ToBeFocusedAsync();
    }

    [Theory]
    [InlineData("/design/parts", null)]
    [InlineData("/design/help", null)]
    [InlineData("/display", null)]
    [InlineData("/nothing", null)]
    [InlineData("/design/desk", "administrator")]
    [InlineData("/design/rail", "administrator")]
    public async Task Pages_are_accessible_and_fit_the_screen(string path, string? roles)
    {
        var page = await browser.OpenAsync(address, roles);
        var complaints = page.Complaints();
        await page.GotoAsync(path);
        await page.ShouldBeGoodAsync(everyCombination: true);
        complaints.ShouldAllBe(text => text.Contains("404", StringComparison.Ordinal));
    }

    /// <summary>One running program for the tests that leave it as it is.</summary>
    public sealed class Running : IAsyncDisposable
    {
        private readonly Site site = new();

        public Running() => Address = site.Listen();

        public Uri Address { get; }

        public ValueTask DisposeAsync() => site.DisposeAsync();
    }
}
