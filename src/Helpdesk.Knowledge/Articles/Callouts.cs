using Markdig.Extensions.Alerts;
using Markdig.Renderers;
using Markdig.Renderers.Html;

namespace Helpdesk.Knowledge.Articles;

public enum Callout
{
    Note,
    Tip,
    Warning,
}

/// <summary>
/// Passages set apart: a quotation whose first line is <c>[!NOTE]</c>, <c>[!TIP]</c> or <c>[!WARNING]</c>, as code-hosting sites write them. The
/// classes are among the few that the sanitizer keeps.
/// </summary>
/// <param name="title">What stands above it, in the reader's language; null for nothing.</param>
internal sealed class CalloutRenderer(Func<Callout, string>? title) : HtmlObjectRenderer<AlertBlock>
{
    protected override void Write(HtmlRenderer renderer, AlertBlock block)
    {
        if (!renderer.EnableHtmlForBlock)
        {
            renderer.WriteChildren(block);
            return;
        }
        var kind = KindOf(block.Kind.AsSpan());
        renderer.EnsureLine();
        renderer.Write($"<blockquote class=\"callout-{kind.ToString().ToLowerInvariant()}\">");
        if (title is not null)
            renderer.Write("<p><strong>").WriteEscape(title(kind)).Write("</strong></p>");
        renderer.WriteChildren(block);
        renderer.WriteLine("</blockquote>");
    }

    private static Callout KindOf(ReadOnlySpan<char> kind) =>
        kind.Equals("tip", StringComparison.OrdinalIgnoreCase) ? Callout.Tip
        : kind.Equals("note", StringComparison.OrdinalIgnoreCase) ? Callout.Note
        : Callout.Warning;
}
