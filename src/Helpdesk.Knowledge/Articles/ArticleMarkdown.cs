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

    /// <param name="articleAddress">The address for a slug.</param>
    /// <exception cref="ArgumentException">It is nested deeper than the library reads; see <see cref="CanBeRead"/>.</exception>
    /// <param name="calloutTitle">What stands above a passage set apart; null for nothing.</param>
    public static RenderedArticle Render(
        string markdown,
        Func<string, string> articleAddress,
        Func<Callout, string>? calloutTitle = null
    )
    {
        var document = Markdown.Parse(markdown, Pipeline);
        foreach (var link in document.Descendants<LinkInline>())
            if (link is { IsImage: false, Url: { Length: > 0 } url } && IsSlug(url))
                link.Url = articleAddress(url);
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

    private static bool IsSlug(string url) =>
        url.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '-');
}
