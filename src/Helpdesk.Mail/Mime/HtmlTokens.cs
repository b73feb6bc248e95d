namespace Helpdesk.Mail.Mime;

internal enum HtmlTokenKind
{
    Text,
    Open,
    Close,
    End,
}

/// <summary>
/// Cuts HTML into text and tags in one pass without building a tree, so that no nesting and no size can make it slow.
/// Comments, declarations and the contents of script, style and the like are passed over.
/// </summary>
internal ref struct HtmlTokens(string html)
{
    private int at;

    /// <summary>A comment was found unclosed once: looking for the end of each of many would take quadratic time.</summary>
    private bool commentsOpen;

    /// <summary>The same for elements whose content is passed over.</summary>
    private string unclosed = "";

    public HtmlTokenKind Kind { get; private set; }

    /// <summary>Of a tag: lower case.</summary>
    public string Name { get; private set; } = "";

    /// <summary>Of text: entities not decoded. Of an opening tag: its attributes.</summary>
    public ReadOnlySpan<char> Content { get; private set; }

    public bool Next()
    {
        while (at < html.Length)
        {
            if (html[at] != '<')
            {
                var end = html.IndexOf('<', at);
                TakeText(end < 0 ? html.Length : end);
                return true;
            }
            if (at + 1 < html.Length && (char.IsAsciiLetter(html[at + 1]) || html[at + 1] == '/'))
            {
                ReadTag();
                if (Kind == HtmlTokenKind.Open && IsRaw(Name))
                    SkipRaw();
                return true;
            }
            if (at + 1 < html.Length && html[at + 1] is '!' or '?')
            {
                SkipMarkup();
                continue;
            }
            var next = html.IndexOf('<', at + 1);
            TakeText(next < 0 ? html.Length : next); // a lone "<" is text
            return true;
        }
        Kind = HtmlTokenKind.End;
        return false;
    }

    private void TakeText(int end)
    {
        Kind = HtmlTokenKind.Text;
        Content = html.AsSpan(at, end - at);
        at = end;
    }

    private void ReadTag()
    {
        Kind = html[at + 1] == '/' ? HtmlTokenKind.Close : HtmlTokenKind.Open;
        var start = at + (Kind == HtmlTokenKind.Close ? 2 : 1);
        var nameEnd = start;
        while (
            nameEnd < html.Length
            && nameEnd - start < 40
            && (char.IsAsciiLetterOrDigit(html[nameEnd]) || html[nameEnd] is ':' or '-')
        )
            nameEnd++;
        Name = html[start..nameEnd].ToLowerInvariant();
        var i = nameEnd;
        while (i < html.Length && html[i] != '>')
        {
            if (html[i] is '"' or '\'' && html[i - 1] == '=' && html.IndexOf(html[i], i + 1) is > 0 and var close)
                i = close;
            i++;
        }
        i = Math.Min(i, html.Length);
        Content = html.AsSpan(nameEnd, i - nameEnd);
        at = Math.Min(html.Length, i + 1);
    }

    private void SkipMarkup()
    {
        if (!commentsOpen && html.AsSpan(at).StartsWith("<!--"))
        {
            var end = html.IndexOf("-->", at + 2, StringComparison.Ordinal);
            if (end >= 0)
            {
                at = end + 3;
                return;
            }
            commentsOpen = true;
        }
        var close = html.IndexOf('>', at);
        at = close < 0 ? html.Length : close + 1;
    }

    private static bool IsRaw(string name) =>
        name is "script" or "style" or "title" or "noscript" or "template" or "svg" or "math" or "object";

    private void SkipRaw()
    {
        if (unclosed.Contains($" {Name} ", StringComparison.Ordinal))
            return;
        var end = html.IndexOf("</" + Name, at, StringComparison.OrdinalIgnoreCase);
        if (end < 0)
            unclosed += $" {Name} ";
        if (end >= 0 || Name is "script" or "style")
            at = end < 0 ? html.Length : end;
    }
}
