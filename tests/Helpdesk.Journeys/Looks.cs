using System.Text.RegularExpressions;
using Deque.AxeCore.Playwright;
using Microsoft.Playwright;
using Shouldly;

namespace Helpdesk.Journeys;

/// <summary>What every page owes to everybody who opens it.</summary>
internal static partial class Looks
{
    [GeneratedRegex(@"\S")]
    private static partial Regex HasWords();

    /// <summary>Until the browser stands on such an address and has read the page, asked of the page itself: told by the browser, the end of
    /// loading is missed now and then on a busy machine.</summary>
    /// <param name="address">With stars for what may be anything.</param>
    public static async Task ArriveAsync(this IPage page, string address)
    {
        await page.WaitForURLAsync(address, new() { WaitUntil = WaitUntilState.Commit });
        await page.WaitForFunctionAsync("document.readyState === 'complete'");
    }

    /// <summary>
    /// No violation that axe can find and nothing that scrolls sideways, on a desk by day and on a phone by night. The window is left as wide
    /// as it was.
    /// </summary>
    /// <param name="everyCombination">Also the desk by night and the phone by day.</param>
    public static async Task ShouldBeGoodAsync(this IPage page, bool everyCombination = false)
    {
        var before = page.ViewportSize!;
        (int, ColorScheme)[] usual = [(1280, ColorScheme.Light), (390, ColorScheme.Dark)];
        (int, ColorScheme)[] others = [(1280, ColorScheme.Dark), (390, ColorScheme.Light)];
        foreach (var (width, scheme) in everyCombination ? [.. usual, .. others] : usual)
        {
            await page.SetViewportSizeAsync(width, 800);
            await page.EmulateMediaAsync(new() { ColorScheme = scheme, ReducedMotion = ReducedMotion.Reduce });
            await Assertions.Expect(page).ToHaveTitleAsync(HasWords()); // a page that is just being changed has none yet
            var found = await page.RunAxe();
            found
                .Violations.Select(rule => $"{rule.Id}: {string.Join(", ", rule.Nodes.Select(node => node.Html))}")
                .ShouldBeEmpty($"{page.Url} at {width}, {scheme}");
            (
                await page.EvaluateAsync<bool>(
                    "document.documentElement.scrollWidth <= document.documentElement.clientWidth"
                )
            ).ShouldBeTrue($"{page.Url} scrolls sideways at {width}");
        }
        await page.EmulateMediaAsync(new() { ColorScheme = ColorScheme.Light });
        await page.SetViewportSizeAsync(before.Width, before.Height);
    }

    /// <summary>What the browser says against the pages: refused styles and scripts, missing files, errors of a script.</summary>
    public static List<string> Complaints(this IPage page)
    {
        var complaints = new List<string>();
        page.Console += (_, message) =>
        {
            if (message.Type is "error" or "warning")
                complaints.Add(message.Text);
        };
        page.PageError += (_, error) => complaints.Add(error);
        return complaints;
    }
}
