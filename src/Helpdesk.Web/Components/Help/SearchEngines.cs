using System.Globalization;
using System.Text;
using System.Xml;
using System.Xml.Linq;
using Helpdesk.Tickets.Settings;
using Helpdesk.Web.Components.Help.Articles;
using Helpdesk.Web.Components.Layout;
using Microsoft.Extensions.Localization;

namespace Helpdesk.Web.Components.Help;

/// <summary>What search engines ask for: which pages there are, and which are none of their business.</summary>
internal static class SearchEngines
{
    private static readonly XNamespace Sitemap = "http://www.sitemaps.org/schemas/sitemap/0.9";

    public static void Map(IEndpointRouteBuilder app)
    {
        app.MapGet("/sitemap.xml", SitemapAsync).AllowAnonymous().CacheOutput(HelpCache.Policy);
        app.MapGet("/robots.txt", RobotsAsync).AllowAnonymous().CacheOutput(HelpCache.Policy);
        app.MapGet(Places.ArticleNews, NewsAsync).AllowAnonymous().CacheOutput(HelpCache.Policy);
    }

    private static async Task<IResult> SitemapAsync(
        CustomerArticles articles,
        DeskDirectory directory,
        CancellationToken cancellation
    )
    {
        var root = await RootAsync(directory, cancellation);
        var entries = (await articles.AddressesAsync(cancellation)).Select(page =>
            Entry(root + page.Path, page.ChangedAt)
        );
        var document = new XElement(Sitemap + "urlset", Entry(root + Places.HelpHome, null), entries);
        return TypedResults.Text(
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n" + document,
            "application/xml",
            Encoding.UTF8
        );
    }

    // RSS 2.0, the newest first
    private static async Task<IResult> NewsAsync(
        CustomerArticles articles,
        DeskDirectory directory,
        IStringLocalizer<HelpTexts> texts,
        CancellationToken cancellation
    )
    {
        var root = await RootAsync(directory, cancellation);
        var items = (await articles.NewestAsync(cancellation)).Select(line => new XElement(
            "item",
            new XElement("title", Printable(line.Title)),
            new XElement("link", root + Places.Article(line.Slug)),
            new XElement("guid", new XAttribute("isPermaLink", true), root + Places.Article(line.Slug)),
            new XElement("description", Printable(line.Summary)),
            new XElement("pubDate", line.UpdatedAt.ToString("R", CultureInfo.InvariantCulture))
        ));
        var company = (await directory.GetAsync(cancellation)).Settings.CompanyName;
        var feed = new XElement(
            "rss",
            new XAttribute("version", "2.0"),
            new XElement(
                "channel",
                new XElement("title", Printable(texts["SiteName", company])),
                new XElement("link", root + Places.HelpHome),
                new XElement("description", Printable(texts["Home.Changed"])),
                items
            )
        );
        return TypedResults.Text(
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n" + feed,
            "application/rss+xml",
            Encoding.UTF8
        );
    }

    // XML has no control characters and no half of a surrogate pair
    private static string Printable(string text) =>
        string.Concat(
            text.EnumerateRunes().Where(rune => rune.Value > 0xFFFF || XmlConvert.IsXmlChar((char)rune.Value))
        );

    private static async Task<IResult> RobotsAsync(DeskDirectory directory, CancellationToken cancellation)
    {
        string[] lines =
        [
            "User-agent: *",
            .. new[]
            {
                "/r/",
                "/f/",
                "/sign-in",
                "/search",
                "/requests",
                "/account",
                "/desk",
                "/supervise",
                "/admin",
                "/api",
                "/files",
            }.Select(path => "Disallow: " + path),
            "Allow: " + Places.NewRequest,
            "Sitemap: " + await RootAsync(directory, cancellation) + "/sitemap.xml",
            "",
        ];
        return TypedResults.Text(string.Join('\n', lines), "text/plain", Encoding.UTF8);
    }

    private static XElement Entry(string address, DateTimeOffset? changedAt) =>
        new(
            Sitemap + "url",
            new XElement(Sitemap + "loc", address),
            changedAt is { } at
                ? new XElement(Sitemap + "lastmod", at.UtcDateTime.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture))
                : null
        );

    private static async ValueTask<string> RootAsync(DeskDirectory directory, CancellationToken cancellation) =>
        (await directory.GetAsync(cancellation)).Settings.PublicUrl.TrimEnd('/');
}
