using Microsoft.Playwright;

namespace Helpdesk.Journeys;

/// <summary>One Chromium for all journeys: found by CHROMIUM_PATH or at its usual places; without one the tests skip.</summary>
public sealed class Browser : IAsyncLifetime
{
    private static readonly string[] UsualPlaces =
    [
        "/usr/bin/chromium",
        "/usr/bin/chromium-browser",
        "/usr/bin/google-chrome",
    ];

    private IPlaywright? playwright;
    private readonly List<IBrowserContext> windows = [];
    private IBrowser? chromium;
    private string? openedFor;

    public async ValueTask InitializeAsync()
    {
        var path = Environment.GetEnvironmentVariable("CHROMIUM_PATH") ?? UsualPlaces.FirstOrDefault(File.Exists);
        if (path is null)
            return;
        playwright = await Playwright.CreateAsync();
        chromium = await playwright.Chromium.LaunchAsync(
            new()
            {
                ExecutablePath = path,
                Args =
                [
                    "--headless",
                    "--no-sandbox",
                    "--disable-gpu",
                    "--disable-quic",
                    "--no-first-run",
                    "--disable-background-networking",
                    "--disable-component-update",
                    "--disable-sync",
                ],
            }
        );
    }

    /// <summary>A fresh window at <paramref name="address"/>; <paramref name="roles"/> signs in as a test person of these roles.</summary>
    public async Task<IPage> OpenAsync(
        Uri address,
        string? roles = null,
        int width = 1280,
        bool dark = false,
        bool script = true
    )
    {
        Assert.SkipWhen(chromium is null, "No Chromium: install it or set CHROMIUM_PATH.");
        await CloseEarlierAsync();
        var window = await chromium!.NewContextAsync(
            new()
            {
                BaseURL = address.ToString(),
                ViewportSize = new() { Width = width, Height = 800 },
                ColorScheme = dark ? ColorScheme.Dark : ColorScheme.Light,
                JavaScriptEnabled = script,
            }
        );
        windows.Add(window);
        window.SetDefaultTimeout(15_000);
        if (roles is not null)
            await window.AddCookiesAsync([
                new()
                {
                    Name = Helpdesk.Testing.Site.RolesHeader,
                    Value = roles,
                    Url = address.ToString(),
                },
            ]);
        return await window.NewPageAsync();
    }

    /// <summary>Windows of tests that are over would go on drawing and listening.</summary>
    private async Task CloseEarlierAsync()
    {
        var test = TestContext.Current.Test?.UniqueID;
        if (test == openedFor)
            return;
        openedFor = test;
        foreach (var window in windows)
            await window.CloseAsync();
        windows.Clear();
    }

    public async ValueTask DisposeAsync()
    {
        if (chromium is not null)
            await chromium.DisposeAsync();
        playwright?.Dispose();
    }
}
