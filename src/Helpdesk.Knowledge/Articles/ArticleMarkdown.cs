using Helpdesk.Tickets.Html;
using Markdig;
using Markdig.Extensions.Alerts;
using Markdig.Helpers;
using Markdig.Renderers;
using Markdig.Syntax;
using Markdig.Syntax.Inlines;

namespace Helpdesk.Knowledge.Articles;

/// <summary>A heading of an article, for its contents list.</summary>
/// <param name="Anchor">Id of the heading's section on the page.</param>
public sealed record ArticleHeading(string Text, string Anchor, int Level);

/// <param name="Sections">The text cut at its second-level headings, so that pages can give each its anchor.</param>
public sealed record RenderedArticle(IReadOnlyList<ArticleSection> Sections);

/// <param name="Heading">Null for what stands before the first heading.</param>
public sealed record ArticleSection(ArticleHeading? Heading, SafeHtml Html);

/// <summary>
/// Markdown to markup: Markdig with HTML switched off, then the one sanitizer, because Markdig itself passes <c>javascript:</c> and <c>data:</c> links.
/// Links written as a bare slug lead to that article.
/// </summary>
public static class ArticleMarkdown
{
    private static readonly MarkdownPipeline Pipeline = new MarkdownPipelineBuilder()
        .DisableHtml()
        .UsePipeTables()
        .UseAutoLinks()
        .UseEmphasisExtras()
        .UseTaskLists()
        .UseAlertBlocks()
        .Build();

    private const string Path = "/articles/";

    /// <summary>A whole text, for replies and notes.</summary>
    /// <returns>Plain text where the Markdown is nested beyond what Markdig or the sanitizer takes.</returns>
    public static SafeHtml ToHtml(string markdown)
    {
        try
        {
            return Clean(Html([.. Markdown.Parse(markdown, Pipeline)], calloutTitle: null), markdown);
        }
        catch (ArgumentException)
        {
            return HtmlSanitizer.FromText(markdown);
        }
    }

    /// <summary>The words alone, for the index and for snippets.</summary>
    public static string ToPlainText(string markdown)
    {
        try
        {
            return Markdown.ToPlainText(markdown, Pipeline);
        }
        catch (ArgumentException)
        {
            // nested deeper than Markdig reads: its marks are not words either
            return markdown;
        }
    }

    /// <summary>Whether pages can show it: Markdown nested too deep is refused by the library.</summary>
    public static bool CanBeRead(string markdown)
    {
        try
        {
            Render(markdown, slug => slug);
            return true;
        }
        catch (ArgumentException)
        {
            return false;
        }
    }

    /// <summary>The articles that a text links to, each once, by the last part of their address; the first <see cref="ArticleLinks.MostOfAnArticle"/>.</summary>
    public static IReadOnlyCollection<string> LinkedSlugs(string markdown)
    {
        try
        {
            return
            [
                .. Markdown
                    .Parse(markdown, Pipeline)
                    .Descendants<LinkInline>()
                    .Select(link => SlugOf(link)?.Slug)
                    .OfType<string>()
                    .Distinct(StringComparer.Ordinal)
                    .Take(ArticleLinks.MostOfAnArticle),
            ];
        }
        catch (ArgumentException)
        {
            return [];
        }
    }

    /// <param name="articleAddress">The address for a slug; null where it leads nowhere, so that only the link's words are shown.</param>
    /// <exception cref="ArgumentException">It is nested deeper than the library reads; see <see cref="CanBeRead"/>.</exception>
    /// <param name="calloutTitle">What stands above a passage set apart; null for nothing.</param>
    /// <param name="marksDeadLinks">For authors: the words of a link that leads nowhere are marked.</param>
    public static RenderedArticle Render(
        string markdown,
        Func<string, string?> articleAddress,
        Func<Callout, string>? calloutTitle = null,
        bool marksDeadLinks = false
    )
    {
        var document = Markdown.Parse(markdown, Pipeline);
        foreach (var link in document.Descendants<LinkInline>().ToList())
        {
            if (SlugOf(link) is not { } target)
                continue;
            if (articleAddress(target.Slug) is { } address)
                link.Url = address + target.Place;
            else
                link.ReplaceBy(
                    marksDeadLinks
                        ? new EmphasisInline { DelimiterChar = '=', DelimiterCount = 2 }
                        : new ContainerInline()
                );
        }
        var sections = new List<ArticleSection>();
        var blocks = new List<Block>();
        ArticleHeading? heading = null;
        var anchors = new HashSet<string>(StringComparer.Ordinal);
        foreach (var block in document.ToList())
        {
            if (block is HeadingBlock { Level: <= 2 } title)
            {
                Flush();
                var text = PlainText(title);
                heading = new(text, AnchorOf(text, anchors), title.Level);
            }
            else
            {
                blocks.Add(block);
            }
        }
        Flush();
        return new(sections);

        void Flush()
        {
            if (heading is null && blocks.Count == 0)
                return;
            sections.Add(new(heading, Clean(Html(blocks, calloutTitle), "")));
            (heading, blocks) = (null, []);
        }
    }

    private static string Html(List<Block> blocks, Func<Callout, string>? calloutTitle)
    {
        using var writer = new StringWriter();
        var renderer = new HtmlRenderer(writer);
        Pipeline.Setup(renderer);
        renderer.ObjectRenderers.Replace<AlertBlockRenderer>(new CalloutRenderer(calloutTitle));
        foreach (var block in blocks)
            renderer.Render(block);
        return writer.ToString();
    }

    private static SafeHtml Clean(string html, string source) =>
        HtmlSanitizer.Clean(html) ?? HtmlSanitizer.FromText(source);

    private static string PlainText(HeadingBlock heading)
    {
        using var writer = new StringWriter();
        var renderer = new HtmlRenderer(writer) { EnableHtmlForInline = false, EnableHtmlEscape = false };
        if (heading.Inline is not null)
            renderer.WriteChildren(heading.Inline);
        return writer.ToString();
    }

    private static string AnchorOf(string text, HashSet<string> taken)
    {
        var stem = LinkHelper.Urilize(text, allowOnlyAscii: true);
        stem = stem.Length == 0 ? "section" : stem;
        var anchor = stem;
        for (var n = 2; !taken.Add(anchor); n++)
            anchor = string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{stem}-{n}");
        return anchor;
    }

    // an article is named by its slug alone or by its path; a place in it may follow
    private static (string Slug, string Place)? SlugOf(LinkInline link)
    {
        if (link is not { IsImage: false, Url: { Length: > 0 } url })
            return null;
        var at = url.IndexOf('#', StringComparison.Ordinal) is >= 0 and var hash ? hash : url.Length;
        var name = url.StartsWith(Path, StringComparison.Ordinal) ? url[Math.Min(at, Path.Length)..at] : url[..at];
        return
            name.Length is > 0 and <= Article.MaxSlugLength
            && name.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '-')
            ? (name, url[at..])
            : null;
    }
}
