using System.Collections.Frozen;
using System.Text;
using AngleSharp.Dom;
using AngleSharp.Html.Parser;

namespace Helpdesk.Tickets.Html;

/// <summary>
/// The one way from foreign HTML (mails, articles, templates) to markup that may be shown: parse, keep an allow-list of elements,
/// attributes and address schemes, write anew. Everything else loses its tag and keeps its text, or is dropped with its content.
/// What is written is read again until reading changes nothing: a browser then builds the tree that was checked, and no other.
/// </summary>
public static class HtmlSanitizer
{
    public const int MaxLength = 2 * 1024 * 1024;
    public const int MaxDepth = 256;

    /// <summary>Broken nesting settles in two or three; what does not was made to change under every parser.</summary>
    private const int MaxReadings = 5;

    private static readonly FrozenSet<string> Kept = FrozenSet.Create(
        StringComparer.Ordinal,
        "a",
        "abbr",
        "b",
        "blockquote",
        "br",
        "caption",
        "cite",
        "code",
        "col",
        "colgroup",
        "dd",
        "del",
        "details",
        "div",
        "dl",
        "dt",
        "em",
        "figcaption",
        "figure",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "hr",
        "i",
        "img",
        "ins",
        "kbd",
        "li",
        "mark",
        "ol",
        "p",
        "pre",
        "q",
        "s",
        "samp",
        "small",
        "span",
        "strong",
        "sub",
        "summary",
        "sup",
        "table",
        "tbody",
        "td",
        "tfoot",
        "th",
        "thead",
        "tr",
        "u",
        "ul",
        "var"
    );

    private static readonly FrozenSet<string> DroppedWithContent = FrozenSet.Create(
        StringComparer.Ordinal,
        "script",
        "style",
        "svg",
        "math",
        "template",
        "noscript",
        "iframe",
        "object",
        "embed",
        "applet",
        "frame",
        "frameset",
        "head",
        "title",
        "textarea",
        "select",
        "option",
        "button",
        "audio",
        "video",
        "canvas",
        "xmp",
        "plaintext",
        "noembed",
        "noframes",
        "map",
        "portal"
    );

    private static readonly FrozenSet<string> Void = FrozenSet.Create(StringComparer.Ordinal, "br", "col", "hr", "img");

    /// <summary>Cleans a piece of HTML.</summary>
    /// <returns>
    /// Null when it is over <see cref="MaxLength"/> characters or nested deeper than <see cref="MaxDepth"/>; the caller then shows text.
    /// </returns>
    public static SafeHtml? Clean(string html)
    {
        if (html.Length > MaxLength || NestingOf(html) > MaxDepth)
            return null;
        var parser = new HtmlParser();
        var text = "";
        for (var reading = 0; reading < MaxReadings; reading++)
        {
            var written = new StringBuilder(html.Length);
            if (parser.ParseDocument(html).Body is { } body)
            {
                WriteChildren(body, written, depth: 0);
                text = body.TextContent;
            }
            // what is escaped is longer than what came
            if (written.Length > MaxLength)
                return null;
            if (written.Equals(html))
                return new SafeHtml(html);
            html = written.ToString();
        }
        return FromText(text.Trim());
    }

    /// <summary>Plain text as HTML with its line breaks; always possible.</summary>
    public static SafeHtml FromText(string text)
    {
        var written = new StringBuilder(text.Length + 64);
        WriteText(text.ReplaceLineEndings("\n"), written);
        return new SafeHtml(written.Replace("\n", "<br>").ToString());
    }

    /// <summary>Rehydrates what <see cref="Clean"/> wrote, from the database only.</summary>
    internal static SafeHtml FromStorage(string stored) => new(stored);

    /// <summary>
    /// An upper bound of the open elements at once, counted without building them, because parsers need quadratic time on deep nesting. An end
    /// tag counts only where its element is open. Formatting (<c>b</c>, <c>font</c> …) that nobody closed is opened again by the parser in each
    /// block that follows: what that multiplies to is counted too.
    /// </summary>
    /// <returns><see cref="int.MaxValue"/> where so many elements would be made that they alone are an attack.</returns>
    public static int NestingOf(ReadOnlySpan<char> html)
    {
        var open = new List<string>();
        var counts = new Dictionary<string, int>(StringComparer.Ordinal);
        int formatting = 0,
            deepest = 0;
        long elements = 0;
        for (var i = html.IndexOf('<'); i >= 0 && i + 1 < html.Length; i = Next(html, i + 1))
        {
            var rest = html[(i + 1)..];
            if (rest.StartsWith("!--", StringComparison.Ordinal))
            {
                var end = rest.IndexOf("-->", StringComparison.Ordinal);
                if (end < 0)
                    break;
                i += end;
                continue;
            }
            var isEnd = rest[0] == '/';
            var name = NameAt(isEnd ? rest[1..] : rest);
            if (name.Length == 0)
                continue;
            if (isEnd)
            {
                if (counts.GetValueOrDefault(name) == 0)
                    continue;
                counts[name]--;
                if (Formatting.Contains(name))
                    formatting--;
                else
                    Close(open, counts, name);
                continue;
            }
            if ((elements += 1 + formatting) > MaxElements)
                return int.MaxValue;
            if (IsVoidAt(rest))
                continue;
            counts[name] = counts.GetValueOrDefault(name) + 1;
            if (Formatting.Contains(name))
                formatting++;
            else
                open.Add(name);
            deepest = Math.Max(deepest, open.Count + formatting);
            if (deepest > MaxDepth)
                return deepest;
        }
        return deepest;
    }

    /// <summary>Closes the innermost element of this name and all within it.</summary>
    private static void Close(List<string> open, Dictionary<string, int> counts, string name)
    {
        var at = open.LastIndexOf(name);
        for (var i = at + 1; i < open.Count; i++)
            counts[open[i]]--;
        open.RemoveRange(at, open.Count - at);
    }

    private static int Next(ReadOnlySpan<char> html, int from)
    {
        var step = html[from..].IndexOf('<');
        return step < 0 ? -1 : from + step;
    }

    private static string NameAt(ReadOnlySpan<char> text)
    {
        var length = 0;
        while (length < text.Length && length < MaxNameLength && char.IsAsciiLetterOrDigit(text[length]))
            length++;
        return length == 0 || !char.IsAsciiLetter(text[0]) ? "" : text[..length].ToString().ToLowerInvariant();
    }

    private const int MaxNameLength = 24;

    /// <summary>Far above any real mail, far below what hurts.</summary>
    private const int MaxElements = 400_000;

    private static readonly FrozenSet<string> Formatting = FrozenSet.Create(
        StringComparer.Ordinal,
        "a",
        "b",
        "big",
        "code",
        "em",
        "font",
        "i",
        "nobr",
        "s",
        "small",
        "strike",
        "strong",
        "tt",
        "u"
    );

    private static readonly string[] NeverNested =
    [
        "br",
        "img",
        "hr",
        "meta",
        "link",
        "input",
        "col",
        "base",
        "area",
        "source",
        "wbr",
        "p",
        "li",
        "td",
        "tr",
        "th",
        "dd",
        "dt",
        "option",
    ];

    // Elements that close themselves or are closed by their next sibling do not nest in real mail.
    private static bool IsVoidAt(ReadOnlySpan<char> tag)
    {
        var length = 0;
        while (length < tag.Length && char.IsAsciiLetterOrDigit(tag[length]))
            length++;
        foreach (var name in NeverNested)
            if (tag[..length].Equals(name, StringComparison.OrdinalIgnoreCase))
                return true;
        return false;
    }

    private static void WriteChildren(INode parent, StringBuilder written, int depth)
    {
        // the parser may build deeper trees than the pre-scan counted; what lies deeper keeps only its text
        if (depth >= MaxDepth)
        {
            WriteText(parent.TextContent, written);
            return;
        }
        foreach (var node in parent.ChildNodes)
        {
            if (node is IText text)
                WriteText(text.Data, written);
            else if (node is IElement element)
                WriteElement(element, written, depth);
        }
    }

    private static void WriteElement(IElement element, StringBuilder written, int depth)
    {
        var name = element.LocalName;
        if (DroppedWithContent.Contains(name))
            return;
        if (!Kept.Contains(name) || element.NamespaceUri != "http://www.w3.org/1999/xhtml")
        {
            WriteChildren(element, written, depth + 1);
            return;
        }
        if (name == "img" && SourceOf(element) is null)
        {
            WriteText(element.GetAttribute("alt") ?? "", written);
            return;
        }
        written.Append('<').Append(name);
        WriteAttributes(element, name, written);
        written.Append('>');
        if (Void.Contains(name))
            return;
        if (name == "pre" && element.FirstChild is IText { Data: ['\n', ..] })
            written.Append('\n'); // readers skip the first one
        WriteChildren(element, written, depth + 1);
        written.Append("</").Append(name).Append('>');
    }

    private static void WriteAttributes(IElement element, string name, StringBuilder written)
    {
        foreach (var attribute in element.Attributes)
        {
            var value = attribute.Value;
            var isKept = (name, attribute.Name) switch
            {
                ("a", "href") => IsLinkAllowed(value),
                ("img", "alt" or "title") => true,
                ("img" or "td" or "th" or "col", "width" or "height" or "colspan" or "rowspan" or "span") =>
                    value.Length is > 0 and <= 4 && value.All(char.IsAsciiDigit),
                ("ol", "start") => value.Length is > 0 and <= 6 && value.All(char.IsAsciiDigit),
                ("abbr", "title") => true,
                ("blockquote", "class") => value is "callout-note" or "callout-tip" or "callout-warning",
                ("th", "scope") => value is "col" or "row",
                ("td" or "th", "align") => value is "left" or "right" or "center",
                (_, "dir") => value is "ltr" or "rtl" or "auto",
                (_, "lang") => value.Length <= 16 && value.All(c => char.IsAsciiLetterOrDigit(c) || c == '-'),
                _ => false,
            };
            if (isKept)
                WriteAttribute(attribute.Name, value.Trim(), written);
        }
        if (name == "a")
            written.Append(" rel=\"noopener noreferrer nofollow\"");
        if (name == "img")
            WriteSource(SourceOf(element)!, written);
    }

    // A picture inside the mail is shown by our own attachment address; a remote one waits for a click.
    private static void WriteSource(string source, StringBuilder written)
    {
        if (source.StartsWith("cid:", StringComparison.OrdinalIgnoreCase))
            WriteAttribute("data-cid", source[4..].Trim(), written);
        else if (source.StartsWith("/files/", StringComparison.Ordinal))
            WriteAttribute("src", source, written);
        else
            WriteAttribute("data-remote", source, written);
        written.Append(" loading=\"lazy\"");
    }

    /// <summary>The picture's address, also where it is kept back in our own writing; null when it is none that may be shown.</summary>
    private static string? SourceOf(IElement image)
    {
        var source =
            image.GetAttribute("data-cid") is { } enclosed ? "cid:" + enclosed
            : image.GetAttribute("data-remote") is { } remote ? remote
            : image.GetAttribute("src");
        source = source?.Trim();
        return
            source is not null
            && (
                source.StartsWith("cid:", StringComparison.OrdinalIgnoreCase)
                || source.StartsWith("https://", StringComparison.OrdinalIgnoreCase)
                || source.StartsWith("/files/", StringComparison.Ordinal)
            )
            ? source
            : null;
    }

    private static bool IsLinkAllowed(string address)
    {
        var trimmed = address.Trim();
        if (trimmed.Length == 0 || trimmed.Any(char.IsControl))
            return false;
        if (trimmed[0] is '#')
            return true;
        if (trimmed[0] is '/')
            return trimmed.Length == 1 || trimmed[1] is not ('/' or '\\');
        return Uri.TryCreate(trimmed, UriKind.Absolute, out var uri) && uri.Scheme is "https" or "http" or "mailto";
    }

    private static void WriteAttribute(string name, string value, StringBuilder written)
    {
        written.Append(' ').Append(name).Append("=\"");
        WriteText(value, written);
        written.Append('"');
    }

    private static void WriteText(string text, StringBuilder written)
    {
        foreach (var c in text)
            _ = c switch
            {
                '<' => written.Append("&lt;"),
                '>' => written.Append("&gt;"),
                '&' => written.Append("&amp;"),
                '"' => written.Append("&quot;"),
                '\u00A0' => written.Append("&nbsp;"),
                '\0' => written,
                _ => written.Append(c),
            };
    }
}
