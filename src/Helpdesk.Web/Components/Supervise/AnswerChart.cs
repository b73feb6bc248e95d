using System.Globalization;
using Helpdesk.Routing.AutoAnswer;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Rendering;
using static Helpdesk.Web.Components.Supervise.ChartDrawing;

namespace Helpdesk.Web.Components.Supervise;

/// <summary>Precision against coverage with the band of its lower bound, and the promise.</summary>
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
        builder.OpenChart("chart", "0 0 640 270", Label);
        for (var step = 0; step <= Steps; step++)
        {
            var value = floor + ((1 - floor) * step / Steps);
            builder.AddPath("grid", $"M{Number(Left)} {Number(Y(value, floor))}H{Number(Right)}");
            builder.AddWords(Left - 8, Y(value, floor) + 4, "end", Percent(value));
            builder.AddWords(X(step / (double)Steps), Bottom + 20, "middle", Percent(step / (double)Steps));
        }
        if (Points.Count > 0)
        {
            var upper = Points.Select(p => Point(p.Coverage, p.Precision, floor));
            var lower = Points.Reverse().Select(p => Point(p.Coverage, p.LowerBound, floor));
            builder.AddPath("band", "M" + string.Join(' ', upper.Concat(lower)) + "Z");
            builder.AddPath("s1", "M" + string.Join(' ', upper));
        }
        builder.AddPath("s3", $"M{Number(Left)} {Number(Y(Promise, floor))}H{Number(Right)}");
        if (Covered is { } covered)
            builder.AddPath("axis", $"M{Number(X(covered))} {Number(Y(Promise, floor))}V{Number(Bottom)}", "3 3");
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
}
