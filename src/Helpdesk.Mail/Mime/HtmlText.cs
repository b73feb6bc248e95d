using System.Globalization;
using System.Net;
using System.Text;

namespace Helpdesk.Mail.Mime;

/// <summary>
/// The words of an HTML mail as plain text: one line a block, quotes with ">" in front, list items with a hyphen or
/// their number, link targets where the words do not show them. Linear time, no document tree.
/// </summary>
public static class HtmlText
{
    private const int MaxQuoteDepth = 5;

    /// <param name="keepsLinks">Also where the words are a part of the address, as in what we write ourselves: nobody could follow them.</param>
    /// <returns>Text with LF line ends; empty when there are no words.</returns>
    public static string Of(string html, bool keepsLinks = false)
    {
        if (!html.Contains('<', StringComparison.Ordinal))
            return WebUtility.HtmlDecode(html).Trim(); // plain text under a wrong name
        var writer = new Writer(html.Length, keepsLinks);
        var tokens = new HtmlTokens(html);
        while (tokens.Next())
        {
            switch (tokens.Kind)
            {
                case HtmlTokenKind.Text:
                    writer.Text(tokens.Content);
                    break;
                case HtmlTokenKind.Open:
                    writer.Open(tokens.Name, tokens.Content);
                    break;
                default:
                    writer.Close(tokens.Name);
                    break;
            }
        }
        return writer.Finish();
    }

    private sealed class Writer(int capacity, bool keepsLinks)
    {
        private readonly StringBuilder result = new(Math.Min(capacity, 64 * 1024));
        private readonly StringBuilder line = new();

        /// <summary>For each open blockquote whether it is a quote, or only moved to the right.</summary>
        private readonly Stack<bool> quotes = new();
        private int depth;

        /// <summary>For each open list the number of its last item; -1 where items have none.</summary>
        private readonly Stack<int> lists = new();
        private int blankLines = 2; // none at the start
        private int preformatted;
        private string? link;
        private int linkStart;

        /// <summary>How long the mark of the item is that this line begins with; 0 = none.</summary>
        private int itemMark;

        public void Text(ReadOnlySpan<char> raw)
        {
            var text = raw.Contains('&') ? WebUtility.HtmlDecode(raw.ToString()) : raw.ToString();
            foreach (var c in text)
            {
                if (preformatted > 0 && c == '\n')
                    EndLine();
                else if (c is ' ' or '\t' or '\n' or '\r' or '\f' or '\u00a0')
                    Space(preformatted > 0 || c == '\u00a0');
                else if (c is not ('\u200b' or '\ufeff' or '\u00ad') && !char.IsControl(c))
                    line.Append(c);
            }
        }

        private void Space(bool always)
        {
            if (always || (line.Length > 0 && line[^1] != ' '))
                line.Append(' ');
        }

        public void Open(string name, ReadOnlySpan<char> attributes)
        {
            switch (name)
            {
                case "br":
                    EndLine(force: true);
                    break;
                case "blockquote":
                    EndLine();
                    var isQuote = !IsIndent(attributes);
                    if (quotes.Count < 1000)
                        quotes.Push(isQuote);
                    if (isQuote)
                        depth++;
                    break;
                case "hr":
                    EndLine();
                    line.Append("________________");
                    EndLine();
                    break;
                case "li":
                    EndLine();
                    Item();
                    break;
                case "td" or "th":
                    Space(always: false);
                    break;
                case "pre":
                    EndLine();
                    preformatted++;
                    break;
                case "a":
                    link = Attribute(attributes, "href");
                    linkStart = line.Length;
                    break;
                case "p" when line.Length <= itemMark && itemMark > 0:
                    break; // the words of an item go on behind its mark
                case "p" or "h1" or "h2" or "h3" or "h4" or "ul" or "ol" or "table":
                    EndLine();
                    if (blankLines == 0)
                        EndLine(force: true);
                    if (name is "ul" or "ol" && lists.Count < 1000)
                        lists.Push(name is "ol" ? 0 : -1);
                    break;
                default:
                    if (IsBlock(name))
                        EndLine();
                    break;
            }
        }

        private void Item()
        {
            if (lists.TryPeek(out var last) && last >= 0)
            {
                lists.Pop();
                lists.Push(last + 1);
                line.Append(CultureInfo.InvariantCulture, $"{last + 1}. ");
            }
            else
                line.Append("- ");
            itemMark = line.Length;
        }

        public void Close(string name)
        {
            switch (name)
            {
                case "blockquote":
                    EndLine();
                    if (quotes.TryPop(out var wasQuote) && wasQuote)
                        depth--;
                    break;
                case "pre":
                    EndLine();
                    preformatted = Math.Max(0, preformatted - 1);
                    break;
                case "p" or "h1" or "h2" or "h3" or "h4" or "ul" or "ol" or "table":
                    EndLine();
                    if (blankLines == 0)
                        EndLine(force: true);
                    if (name is "ul" or "ol")
                        lists.TryPop(out _);
                    break;
                case "a":
                    EndLink();
                    break;
                default:
                    if (IsBlock(name) || name == "li")
                        EndLine();
                    break;
            }
        }

        private void EndLink()
        {
            var target = link;
            link = null;
            if (target is null || !target.StartsWith("http", StringComparison.OrdinalIgnoreCase) || target.Length > 300)
                return;
            var words = line.ToString(Math.Min(linkStart, line.Length), line.Length - Math.Min(linkStart, line.Length))
                .Trim();
            if (
                words.Length > 0
                && !words.Contains("://", StringComparison.Ordinal)
                && (keepsLinks || !target.Contains(words, StringComparison.OrdinalIgnoreCase))
            )
                line.Append(" <").Append(target).Append('>');
        }

        private void EndLine(bool force = false)
        {
            var text = line.ToString().TrimEnd();
            line.Clear();
            linkStart = itemMark = 0;
            if (preformatted == 0)
                text = text.TrimStart();
            if (text.Length == 0 && (!force || blankLines >= 2))
                return;
            blankLines = text.Length == 0 ? blankLines + 1 : 0;
            if (depth > 0)
                result.Append('>', Math.Min(depth, MaxQuoteDepth)).Append(' ');
            result.Append(text).Append('\n');
        }

        public string Finish()
        {
            EndLine();
            return result.ToString().TrimEnd('\n', ' ');
        }

        /// <summary>Mail clients indent with blockquotes that have a margin and say that they are no border.</summary>
        private static bool IsIndent(ReadOnlySpan<char> attributes) =>
            attributes.Contains("border:none", StringComparison.OrdinalIgnoreCase)
            || attributes.Contains("border: none", StringComparison.OrdinalIgnoreCase);

        private static bool IsBlock(string name) =>
            name
                is "div"
                    or "tr"
                    or "body"
                    or "section"
                    or "article"
                    or "header"
                    or "footer"
                    or "center"
                    or "form"
                    or "fieldset"
                    or "dl"
                    or "dt"
                    or "dd"
                    or "h5"
                    or "h6"
                    or "address"
                    or "main"
                    or "tbody"
                    or "thead";
    }

    private static string? Attribute(ReadOnlySpan<char> attributes, string name)
    {
        var at = attributes.IndexOf(name, StringComparison.OrdinalIgnoreCase);
        if (at < 0)
            return null;
        var rest = attributes[(at + name.Length)..].TrimStart();
        if (rest.IsEmpty || rest[0] != '=')
            return null;
        rest = rest[1..].TrimStart();
        if (rest.IsEmpty)
            return null;
        var quote = rest[0] is '"' or '\'' ? rest[0] : ' ';
        if (quote != ' ')
            rest = rest[1..];
        var end = rest.IndexOf(quote);
        return WebUtility.HtmlDecode((end < 0 ? rest : rest[..end]).ToString()).Trim();
    }
}
