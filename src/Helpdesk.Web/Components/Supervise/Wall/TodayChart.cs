using System.Globalization;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Rendering;
using static Helpdesk.Web.Components.Supervise.ChartDrawing;

namespace Helpdesk.Web.Components.Supervise.Wall;

/// <summary>What came in and was resolved today, added up, and what is expected until the end of the day.</summary>
public sealed class TodayChart : ComponentBase
{
    private const double Left = 38;
    private const double Right = 596;
    private const double Top = 10;
    private const double Bottom = 236;
    private const double LineHeight = 15;
    private const int Steps = 4;

    [Parameter, EditorRequired]
    public WallDay Day { get; set; } = default!;

    /// <summary>The finding in words, for those who do not see it.</summary>
    [Parameter, EditorRequired]
    public string Label { get; set; } = "";

    protected override void BuildRenderTree(RenderTreeBuilder builder)
    {
        var top = DayChart.Ceiling((int)Math.Ceiling(Math.Max(Math.Max(Day.CameIn, Day.Resolved), Day.Expected ?? 0)));
        builder.OpenChart("chart", "0 0 640 262", Label);
        for (var step = 0; step <= Steps; step++)
        {
            var value = top * step / Steps;
            builder.AddPath("grid", $"M{Number(Left)} {Number(Y(value, top))}H{Number(Right)}");
            builder.AddWords(Left - 8, Y(value, top) + 4, "end", value.ToString("N0", CultureInfo.CurrentCulture));
        }
        var every = Day.End - Day.First <= 12 ? 2 : 4;
        for (var hour = Day.First + (Day.First % 2); hour <= Day.End; hour += every)
            builder.AddWords(X(hour), Bottom + 20, "middle", hour.ToString("00", CultureInfo.InvariantCulture));
        if (Day.Expected is { } expected)
            Expected(builder, expected, top);
        Line(builder, "1", Day.CameIn, h => h.CameIn, Y(Day.CameIn, top) > Y(Day.Resolved, top), top);
        Line(builder, "2", Day.Resolved, h => h.Resolved, Y(Day.Resolved, top) >= Y(Day.CameIn, top), top);
        builder.CloseElement();
    }

    /// <param name="isLower">Its end lies below the other line's: its number does too.</param>
    private void Line(
        RenderTreeBuilder builder,
        string series,
        int last,
        Func<WallHour, int?> value,
        bool isLower,
        int top
    )
    {
        var points = Day
            .Hours.Where(h => h.Hour >= Day.First && h.Hour + 1 <= Day.Now)
            .Select(h => Point(h.Hour + 1, value(h) ?? 0, top))
            .Prepend(Point(Day.First, Day.First == 0 ? 0 : value(Day.Hours[Day.First - 1]) ?? 0, top))
            .Append(Point(Day.Now, last, top));
        builder.AddPath("s" + series, "M" + string.Join(' ', points));
        Dot(builder, "f" + series, Day.Now, Y(last, top));
        // above its end, where nothing is drawn; or below it
        if (isLower)
            Key(builder, X(Day.Now) + 8, Math.Min(Bottom - 4, Y(last, top) + LineHeight), last, "start");
        else
            Key(builder, X(Day.Now) - 2, Y(last, top) - 9, last, "end");
    }

    private void Expected(RenderTreeBuilder builder, double last, int top)
    {
        var points = Day
            .Hours.Where(h => h.Hour + 1 > Day.Now && h.Hour < Day.End && h.Expected is not null)
            .Select(h => (Hour: h.Hour + 1, h.Expected))
            .ToList();
        if (points.Count == 0)
            return;
        builder.AddPath(
            "s3 dash",
            "M"
                + string.Join(
                    ' ',
                    points.Select(p => Point(p.Hour, p.Expected!.Value, top)).Prepend(Point(Day.Now, Day.CameIn, top))
                )
        );
        var (end, reached) = (points[^1].Hour, points[^1].Expected!.Value);
        Dot(builder, "f3", end, Y(reached, top));
        // beside the present numbers there would be no room
        if (X(end) - X(Day.Now) > 40)
            Key(builder, X(end) + 8, Y(reached, top) + 4, (int)Math.Round(last), "start");
    }

    private void Dot(RenderTreeBuilder builder, string css, double hour, double y)
    {
        builder.OpenElement(30, "circle");
        builder.AddAttribute(31, "class", css);
        builder.AddAttribute(32, "cx", Number(X(hour)));
        builder.AddAttribute(33, "cy", Number(y));
        builder.AddAttribute(34, "r", "3.5");
        builder.CloseElement();
    }

    private static void Key(RenderTreeBuilder builder, double x, double y, int value, string anchor)
    {
        builder.OpenElement(40, "text");
        builder.AddAttribute(41, "class", "key");
        builder.AddAttribute(42, "x", Number(x));
        builder.AddAttribute(43, "y", Number(y));
        builder.AddAttribute(44, "text-anchor", anchor);
        builder.AddContent(45, value.ToString("N0", CultureInfo.CurrentCulture));
        builder.CloseElement();
    }

    private string Point(double hour, double value, int top) => $"{Number(X(hour))} {Number(Y(value, top))}";

    private double X(double hour) => Left + ((Right - Left) * (hour - Day.First) / (Day.End - Day.First));

    private static double Y(double value, int top) => Bottom - ((Bottom - Top) * value / top);
}
