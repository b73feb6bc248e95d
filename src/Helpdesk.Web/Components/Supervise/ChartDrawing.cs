using System.Globalization;
using Microsoft.AspNetCore.Components.Rendering;

namespace Helpdesk.Web.Components.Supervise;

/// <summary>
/// What the charts draw on the server: an image with its finding in words, paths and labels. In C# rather than Razor, because Razor takes SVG's text element for
/// its own.
/// </summary>
internal static class ChartDrawing
{
    /// <param name="label">The finding in words, for those who do not see it.</param>
    /// <remarks>The caller closes the element.</remarks>
    public static void OpenChart(this RenderTreeBuilder builder, string css, string viewBox, string label)
    {
        builder.OpenElement(0, "svg");
        builder.AddAttribute(1, "class", css);
        builder.AddAttribute(2, "viewBox", viewBox);
        builder.AddAttribute(3, "role", "img");
        builder.AddAttribute(4, "aria-label", label);
    }

    public static void AddPath(this RenderTreeBuilder builder, string css, string path, string? dashes = null)
    {
        builder.OpenElement(10, "path");
        builder.AddAttribute(11, "class", css);
        builder.AddAttribute(12, "d", path);
        builder.AddAttribute(13, "stroke-dasharray", dashes);
        builder.CloseElement();
    }

    /// <param name="anchor">What of the words stands at <paramref name="x"/>: start, middle or end.</param>
    public static void AddWords(this RenderTreeBuilder builder, double x, double y, string anchor, string words)
    {
        builder.OpenElement(20, "text");
        builder.AddAttribute(21, "x", Number(x));
        builder.AddAttribute(22, "y", Number(y));
        builder.AddAttribute(23, "text-anchor", anchor);
        builder.AddContent(24, words);
        builder.CloseElement();
    }

    /// <summary>As SVG reads it, to a tenth.</summary>
    public static string Number(double value) => value.ToString("0.#", CultureInfo.InvariantCulture);
}
