using System.Globalization;
using System.Text;
using AngleSharp.Dom;
using AngleSharp.Html.Parser;
using Helpdesk.Knowledge.Articles;

namespace Helpdesk.Knowledge.Exchange;

/// <summary>A web page's text as Markdown: headings, paragraphs, lists, links, pictures, emphasis, code, quotes and tables; the rest is dropped.</summary>
public static class HtmlToMarkdown
{
    private const int MaxDepth = 60;

    /// <summary>The page's title (of its first heading, else of its head; empty without either) and its text.</summary>
    public static (string Title, string Markdown) Convert(string html)
    {
        var document = new HtmlParser().ParseDocument(html);
        foreach (
            var element in document.QuerySelectorAll("script, style, nav, header, footer, noscript, template, form")
        )
            element.Remove();
        var heading = document.QuerySelector("h1");
        var title = OneLine(heading?.TextContent ?? document.Title ?? "");
        heading?.Remove();
        var root = document.QuerySelector("article") ?? document.QuerySelector("main") ?? document.Body;
        if (root is null)
            return (title, "");
        var blocks = new Writer();
        blocks.Children(root, 0);
        return (title, blocks.Finish());
    }

    private static string OneLine(string text) =>
        string.Join(' ', text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));

    private sealed class Writer
    {
        private readonly List<string> _blocks = [];
        private readonly StringBuilder _line = new();

        public string Finish()
        {
            Flush();
            return string.Join("\n\n", _blocks);
        }

        public void Children(INode parent, int depth)
        {
            foreach (var node in parent.ChildNodes)
                Node(node, depth);
        }

        private void Node(INode node, int depth)
        {
            if (node is IText or not IElement)
            {
                if (node is IText)
                    _line.Append(Inline(node, depth));
                return;
            }
            var element = (IElement)node;
            var name = element.LocalName;
            if (depth > MaxDepth)
            {
                _line.Append(Escaped(element.TextContent));
                return;
            }
            switch (name)
            {
                case "h1" or "h2" or "h3" or "h4" or "h5" or "h6":
                    Block(new string('#', Math.Max(2, name[1] - '0')) + " " + Text(element, depth));
                    break;
                case "p":
                    Block(Text(element, depth));
                    break;
                case "ul" or "ol":
                    Block(List(element, depth));
                    break;
                case "pre":
                    Block(
                        "```\n"
                            + element.TextContent.Trim('\n').Replace("```", "'''", StringComparison.Ordinal)
                            + "\n```"
                    );
                    break;
                case "blockquote":
                    Block(Prefixed(Inside(element, depth), "> ", "> "));
                    break;
                case "table":
                    Block(Table(element, depth));
                    break;
                case "hr":
                    Block("***");
                    break;
                case "div"
                or "section"
                or "article"
                or "main"
                or "body"
                or "figure"
                or "details"
                or "dl"
                or "dd"
                or "dt":
                    Flush();
                    Children(element, depth + 1);
                    Flush();
                    break;
                default:
                    _line.Append(Inline(element, depth));
                    break;
            }
        }

        private void Block(string text)
        {
            Flush();
            if (text.Length > 0)
                _blocks.Add(text);
        }

        private void Flush()
        {
            var text = Trimmed(_line.ToString());
            _line.Clear();
            if (text.Length > 0)
                _blocks.Add(text);
        }

        private static string Inside(IElement element, int depth)
        {
            var inner = new Writer();
            inner.Children(element, depth + 1);
            return inner.Finish();
        }

        private static string List(IElement list, int depth)
        {
            var number = 1;
            var items = new List<string>();
            foreach (var item in list.Children.Where(child => child.LocalName == "li"))
            {
                var mark = list.LocalName == "ol" ? $"{number++.ToString(CultureInfo.InvariantCulture)}. " : "- ";
                items.Add(
                    Prefixed(
                        Inside(item, depth).Replace("\n\n- ", "\n- ", StringComparison.Ordinal),
                        mark,
                        new string(' ', mark.Length)
                    )
                );
            }
            return string.Join('\n', items);
        }

        private static string Table(IElement table, int depth)
        {
            var rows = table
                .QuerySelectorAll("tr")
                .Select(row => row.Children.Where(cell => cell.LocalName is "td" or "th").ToList())
                .Where(cells => cells.Count > 0)
                .Select(cells =>
                    "| "
                    + string.Join(
                        " | ",
                        cells.Select(cell => OneLine(Text(cell, depth)).Replace("|", "\\|", StringComparison.Ordinal))
                    )
                    + " |"
                )
                .ToList();
            if (rows.Count == 0)
                return "";
            var columns = rows[0].Split(" | ").Length;
            rows.Insert(1, "|" + string.Concat(Enumerable.Repeat(" --- |", columns)));
            return string.Join('\n', rows);
        }

        private static string Prefixed(string text, string first, string next) =>
            first + text.Replace("\n", "\n" + next, StringComparison.Ordinal);

        private static string Text(IElement element, int depth)
        {
            var text = new StringBuilder();
            foreach (var node in element.ChildNodes)
                text.Append(Inline(node, depth + 1));
            return Trimmed(text.ToString());
        }

        private static string Inline(INode node, int depth)
        {
            if (node is IText text)
                return Escaped(text.Data);
            if (node is not IElement element)
                return "";
            if (depth > MaxDepth)
                return Escaped(element.TextContent);
            return element.LocalName switch
            {
                "br" => "  \n",
                "strong" or "b" => Wrapped(element, "**", depth),
                "em" or "i" => Wrapped(element, "*", depth),
                "s" or "del" or "strike" => Wrapped(element, "~~", depth),
                "code" or "kbd" or "samp" or "tt" => Code(element.TextContent),
                "a" => Link(Text(element, depth), element.GetAttribute("href")),
                "img" => element.GetAttribute("src") is { Length: > 0 } source
                    ? $"![{Escaped(element.GetAttribute("alt") ?? "")}]({Address(source)})"
                    : "",
                _ => string.Concat(element.ChildNodes.Select(child => Inline(child, depth + 1))),
            };
        }

        private static string Wrapped(IElement element, string mark, int depth) =>
            Text(element, depth) is { Length: > 0 } inner ? mark + inner + mark : "";

        private static string Code(string text) => text.Length == 0 ? "" : "`" + OneLine(text).Replace('`', '\'') + "`";

        // a link to a page beside this one is a link to its article
        private static string Link(string text, string? address)
        {
            if (string.IsNullOrWhiteSpace(address) || text.Length == 0)
                return text;
            var isBeside =
                !address.Contains('/', StringComparison.Ordinal)
                && (
                    address.EndsWith(".html", StringComparison.OrdinalIgnoreCase)
                    || address.EndsWith(".htm", StringComparison.OrdinalIgnoreCase)
                    || address.EndsWith(".md", StringComparison.OrdinalIgnoreCase)
                );
            return $"[{text}]({(isBeside ? Slugs.Of(Path.GetFileNameWithoutExtension(address)) : Address(address))})";
        }

        private static string Address(string address) =>
            address
                .Trim()
                .Replace(" ", "%20", StringComparison.Ordinal)
                .Replace("(", "%28", StringComparison.Ordinal)
                .Replace(")", "%29", StringComparison.Ordinal);

        private static string Escaped(string text)
        {
            var written = new StringBuilder(text.Length);
            var blank = false;
            foreach (var c in text)
            {
                if (char.IsWhiteSpace(c) && c != '\u00A0')
                {
                    if (!blank)
                        written.Append(' ');
                    blank = true;
                    continue;
                }
                blank = false;
                if (c is '\\' or '`' or '*' or '_' or '[' or ']' or '<' or '#')
                    written.Append('\\');
                written.Append(c);
            }
            return written.ToString();
        }

        private static string Trimmed(string text) =>
            text.Trim(' ', '\n', '\t').Replace("\n ", "\n", StringComparison.Ordinal);
    }
}
