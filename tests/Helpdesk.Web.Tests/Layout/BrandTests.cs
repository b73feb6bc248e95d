using System.Net;
using System.Text.RegularExpressions;
using Helpdesk.Tickets.Blobs;
using Helpdesk.Tickets.Settings;
using Helpdesk.Web.Components.Layout;
using Helpdesk.Web.Tests.Help;
using Microsoft.EntityFrameworkCore;
using Shouldly;

namespace Helpdesk.Web.Tests.Layout;

public sealed partial class BrandTests
{
    [Fact]
    public void Whatever_colour_is_chosen_all_text_stays_readable()
    {
        var random = new Random(7);
        for (var i = 0; i < 500; i++)
        {
            var color = "#" + random.Next(0x1000000).ToString("x6", System.Globalization.CultureInfo.InvariantCulture);
            var shown = BrandColors.Of(color);
            BrandColors.Contrast(shown.OnLight, shown.Light).ShouldBeGreaterThanOrEqualTo(BrandColors.TextContrast);
            BrandColors.Contrast(shown.OnDark, shown.Dark).ShouldBeGreaterThanOrEqualTo(BrandColors.TextContrast);
            BrandColors.Contrast(shown.LinkLight, "#ffffff").ShouldBeGreaterThanOrEqualTo(BrandColors.TextContrast);
            BrandColors.Contrast(shown.LinkLight, "#faf9f6").ShouldBeGreaterThanOrEqualTo(BrandColors.TextContrast);
            BrandColors.Contrast(shown.LinkDark, "#1a1c20").ShouldBeGreaterThanOrEqualTo(BrandColors.TextContrast);
            BrandColors.Contrast(shown.Light, "#faf9f6").ShouldBeGreaterThanOrEqualTo(BrandColors.ShapeContrast);
            BrandColors.Contrast(shown.Dark, "#121316").ShouldBeGreaterThanOrEqualTo(BrandColors.ShapeContrast);
        }
    }

    [Fact]
    public void A_colour_that_can_be_read_stays_as_it_is_and_what_is_none_is_refused()
    {
        BrandColors.Of("#1f4fc4").Light.ShouldBe("#1f4fc4");
        BrandColors.Contrast("#000000", "#ffffff").ShouldBe(21, 0.01);
        BrandColors.Parse(" #1F4FC4 ").ShouldBe("#1f4fc4");
        foreach (var none in new[] { "red", "#fff", "#12345g", "#1234567", "}body{", null })
            BrandColors.Parse(none).ShouldBeNull();
    }

    [Theory]
    [InlineData("#ffee00")]
    [InlineData("#ffffff")]
    [InlineData("#000000")]
    [InlineData("#777777")]
    [InlineData("#ff6600")]
    [InlineData("#00e5ff")]
    public async Task An_unlucky_colour_leaves_links_readable_on_every_ground_and_buttons_also_under_the_pointer(
        string color
    )
    {
        await using var desk = await HelpDesk.OpenAsync();
        var grounds = Pairs(await desk.Visitor().Client.GetStringAsync(new Uri("/css/tokens.css", UriKind.Relative)))
            .Where(token =>
                token.Name is "canvas" or "surface" or "raised" or "hover" or "selected" or "note" or "mark"
                || token.Name.EndsWith("-soft", StringComparison.Ordinal)
            )
            .ToList();
        grounds.Count.ShouldBeGreaterThan(10);
        var shown = BrandColors.Of(color);
        foreach (var (name, light, dark) in grounds)
        {
            BrandColors.Contrast(shown.LinkLight, light).ShouldBeGreaterThanOrEqualTo(BrandColors.TextContrast, name);
            BrandColors.Contrast(shown.LinkDark, dark).ShouldBeGreaterThanOrEqualTo(BrandColors.TextContrast, name);
        }
        var hovered = Pairs(shown.Css()).Single(token => token.Name is "brand-hover");
        BrandColors.Contrast(shown.OnLight, hovered.Light).ShouldBeGreaterThanOrEqualTo(BrandColors.TextContrast);
        BrandColors.Contrast(shown.OnDark, hovered.Dark).ShouldBeGreaterThanOrEqualTo(BrandColors.TextContrast);
    }

    private static IEnumerable<(string Name, string Light, string Dark)> Pairs(string css) =>
        Token().Matches(css).Select(m => (m.Groups["name"].Value, m.Groups["light"].Value, m.Groups["dark"].Value));

    [GeneratedRegex(
        "--(?<name>[a-z-]+):light-dark\\((?<light>#[0-9a-f]{6}), ?(?<dark>#[0-9a-f]{6})\\)",
        RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture
    )]
    private static partial Regex Token();

    [Fact]
    public async Task The_help_centre_shows_the_companys_colour_and_logo()
    {
        await using var desk = await HelpDesk.OpenAsync();
        (await desk.Visitor().OpenAsync("/brand/logo")).Status.ShouldBe(HttpStatusCode.NotFound);
        await using (var db = desk.OpenDatabase())
        {
            var settings = await db.DeskSettings.SingleAsync();
            settings.BrandColor = "#ffee00";
            settings.LogoHash = await Blob.PutAsync(
                db,
                new byte[] { 0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A, 1 },
                default
            );
            await db.SaveChangesAsync();
        }
        desk.Get<DeskDirectory>().Forget();
        var page = await desk.Visitor().OpenAsync("/search");
        var style = page.Document.QuerySelector("link[href^='/brand.css']")!.GetAttribute("href")!;
        (await desk.Visitor().OpenAsync(style)).Html.ShouldContain("--on-brand:light-dark(#");
        var logo = page.Document.QuerySelector("header img")!.GetAttribute("src")!;
        using var picture = await desk.Visitor().Client.GetAsync(new Uri(logo, UriKind.Relative));
        picture.Content.Headers.ContentType!.MediaType.ShouldBe("image/png");
        picture.Headers.CacheControl!.MaxAge.ShouldNotBeNull();
        page.Html.ShouldNotContain("style=\"");
    }
}
