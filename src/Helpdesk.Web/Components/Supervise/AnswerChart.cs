using System.Globalization;
using Helpdesk.Routing.AutoAnswer;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Rendering;

namespace Helpdesk.Web.Components.Supervise;

/// <summary>Precision against coverage with the band of its lower bound, and the promise. In C# like <see cref="DayChart"/>.</summary>
public sealed class AnswerChart : ComponentBase
{
    private const double Left = 48;
    private const double Right = 616;
    private const double Top = 12;
    private const double Bottom = 240;
    private const int Steps = 5;

    [Parameter, EditorRequired]
    public IReadOnlyList<AnswerPoint> Points { get; set; } = [];

    /// <summary>0..1.</summary>
    [Parameter, EditorRequired]
    public double Promise { get; set; }

    /// <summary>Share of the judged answers at which the promise still holds; null where it does not.</summary>
    [Parameter]
    public double? Covered { get; set; }

    /// <summary>The finding in words, for those who do not see it.</summary>
    [Parameter, EditorRequired]
    public string Label { get; set; } = "";

    /// <summary>How a share is written, e.g. <c>{0} %</c>.</summary>
    [Parameter, EditorRequired]
    public string PercentPattern { get; set; } = "{0} %";

    protected override void BuildRenderTree(RenderTreeBuilder builder)
    {
        // the lowest that is drawn: a whole step below what was measured, and below the promise
        var lowest = Math.Min(Promise, Points.Count == 0 ? Promise : Points.Min(p => p.Precision));
        var floor = Math.Clamp(Math.Floor((lowest - 0.05) * 10) / 10, 0, 0.9);
        builder.OpenElement(0, "svg");
        builder.AddAttribute(1, "class", "chart");
        builder.AddAttribute(2, "viewBox", "0 0 640 270");
        builder.AddAttribute(3, "role", "img");
        builder.AddAttribute(4, "aria-label", Label);
        for (var step = 0; step <= Steps; step++)
        {
            var value = floor + ((1 - floor) * step / Steps);
            Path(builder, "grid", $"M{Number(Left)} {Number(Y(value, floor))}H{Number(Right)}");
            Words(builder, Left - 8, Y(value, floor) + 4, "end", Percent(value));
            Words(builder, X(step / (double)Steps), Bottom + 20, "middle", Percent(step / (double)Steps));
        }
        if (Points.Count > 0)
        {
            var upper = Points.Select(p => Point(p.Coverage, p.Precision, floor));
            var lower = Points.Reverse().Select(p => Point(p.Coverage, p.LowerBound, floor));
            Path(builder, "band", "M" + string.Join(' ', upper.Concat(lower)) + "Z");
            Path(builder, "s1", "M" + string.Join(' ', upper));
        }
        Path(builder, "s3", $"M{Number(Left)} {Number(Y(Promise, floor))}H{Number(Right)}");
        if (Covered is { } covered)
            Path(
                builder,
                "axis",
                $"M{Number(X(covered))} {Number(Y(Promise, floor))}V{Number(Bottom)}",
                ("stroke-dasharray", "3 3")
            );
        builder.CloseElement();
    }

    private static void Path(
        RenderTreeBuilder builder,
        string css,
        string path,
        (string Name, string Value)? attribute = null
    )
    {
        builder.OpenElement(10, "path");
        builder.AddAttribute(11, "class", css);
        builder.AddAttribute(12, "d", path);
        if (attribute is { } more)
            builder.AddAttribute(13, more.Name, more.Value);
        builder.CloseElement();
    }

    private static void Words(RenderTreeBuilder builder, double x, double y, string anchor, string words)
    {
        builder.OpenElement(20, "text");
        builder.AddAttribute(21, "x", Number(x));
        builder.AddAttribute(22, "y", Number(y));
        builder.AddAttribute(23, "text-anchor", anchor);
        builder.AddContent(24, words);
        builder.CloseElement();
    }

    private string Percent(double share) =>
        string.Format(
            CultureInfo.CurrentCulture,
            PercentPattern,
            Math.Round(share * 100).ToString("0", CultureInfo.CurrentCulture)
        );

    private static string Point(double coverage, double value, double floor) =>
        $"{Number(X(coverage))} {Number(Y(Math.Max(value, floor), floor))}";

    private static double X(double coverage) => Left + ((Right - Left) * coverage);

    private static double Y(double value, double floor) => Top + ((Bottom - Top) * (1 - value) / (1 - floor));

    private static string Number(double value) => value.ToString("0.#", CultureInfo.InvariantCulture);
}
