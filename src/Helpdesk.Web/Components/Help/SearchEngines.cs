using System.Globalization;
using System.Text;
using System.Xml.Linq;
using Helpdesk.Tickets.Settings;
using Helpdesk.Web.Components.Help.Articles;
using Helpdesk.Web.Components.Layout;

namespace Helpdesk.Web.Components.Help;

/// <summary>What search engines ask for: which pages there are, and which are none of their business.</summary>
internal static class SearchEngines
{
    private static readonly XNamespace Sitemap = "http://www.sitemaps.org/schemas/sitemap/0.9";

    public static void Map(IEndpointRouteBuilder app)
    {
        app.MapGet("/sitemap.xml", SitemapAsync).AllowAnonymous().CacheOutput(HelpCache.Policy);
        app.MapGet("/robots.txt", RobotsAsync).AllowAnonymous().CacheOutput(HelpCache.Policy);
    }

    private static async Task<IResult> SitemapAsync(
        PublicArticles articles,
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

    private static async Task<IResult> RobotsAsync(DeskDirectory directory, CancellationToken cancellation)
    {
        string[] lines =
        [
            "User-agent: *",
            .. new[]
            {
                "/r/",
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
