using System.Globalization;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Rendering;
using NodaTime.Text;
using static Helpdesk.Web.Components.Supervise.ChartDrawing;

namespace Helpdesk.Web.Components.Supervise;

/// <summary>Two lines over days.</summary>
public sealed class DayChart : ComponentBase
{
    private const double Left = 44;
    private const double Right = 948;
    private const double Top = 10;
    private const double Bottom = 204;
    private const int Steps = 4;

    [Parameter, EditorRequired]
    public IReadOnlyList<DayCount> Days { get; set; } = [];

    /// <summary>The finding in words, for those who do not see it.</summary>
    [Parameter, EditorRequired]
    public string Label { get; set; } = "";

    /// <summary>How a day is written below the axis, a NodaTime pattern such as <c>d MMM</c>.</summary>
    [Parameter, EditorRequired]
    public string DayPattern { get; set; } = "d MMM";

    /// <summary>The smallest of 4, 8, 12, 20, 40, 60, 80, 100, 200 … that is not below <paramref name="most"/>: four even steps.</summary>
    public static int Ceiling(int most)
    {
        for (var power = 1; ; power *= 10)
            foreach (var step in (ReadOnlySpan<int>)[4, 8, 12, 20])
                if (step * power >= most)
                    return step * power;
    }

    protected override void BuildRenderTree(RenderTreeBuilder builder)
    {
        var top = Ceiling(Days.Count == 0 ? 0 : Days.Max(d => Math.Max(d.CameIn, d.Resolved)));
        builder.OpenChart("chart broad", "0 0 960 230", Label);
        for (var step = 0; step <= Steps; step++)
            Grid(builder, top * step / Steps, top);
        var every =
            Days.Count <= 7 ? 1
            : Days.Count <= 31 ? 7
            : 14;
        var pattern = LocalDatePattern.Create(DayPattern, CultureInfo.CurrentUICulture);
        for (var day = Days.Count <= 7 ? 0 : 1; day < Days.Count; day += every)
            builder.AddWords(X(day), Bottom + 20, "middle", pattern.Format(Days[day].Day));
        Line(builder, "s1", [.. Days.Select(d => d.CameIn)], top);
        Line(builder, "s2", [.. Days.Select(d => d.Resolved)], top);
        builder.CloseElement();
    }

    private static void Grid(RenderTreeBuilder builder, int value, int top)
    {
        var y = Y(value, top);
        builder.AddPath("grid", $"M{Number(Left)} {Number(y)}H{Number(Right)}");
        builder.AddWords(Left - 8, y + 4, "end", value.ToString("N0", CultureInfo.CurrentCulture));
    }

    private void Line(RenderTreeBuilder builder, string series, int[] values, int top) =>
        builder.AddPath(
            series,
            "M" + string.Join(' ', values.Select((value, day) => $"{Number(X(day))} {Number(Y(value, top))}"))
        );

    private double X(int day) => Days.Count < 2 ? Left : Left + (Right - Left) * day / (Days.Count - 1);

    private static double Y(int value, int top) => Bottom - (Bottom - Top) * value / top;
}
