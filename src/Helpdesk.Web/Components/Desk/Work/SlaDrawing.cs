using System.Globalization;

namespace Helpdesk.Web.Components.Desk.Work;

/// <summary>Where the segments of an <see cref="SlaLine"/> lie in a picture of <see cref="Width"/> units.</summary>
public static class SlaDrawing
{
    public const double Width = 640;
    private const double Gap = 2;
    private const double MostClosed = 56;
    private const double Least = 22;

    /// <summary>Left edge and width of each segment. Nights are drawn short, everything else by its length, but never too thin to see.</summary>
    public static IReadOnlyList<(double X, double Width)> Place(IReadOnlyList<SlaSegment> segments)
    {
        if (segments.Count == 0)
            return [];
        var room = Width - (Gap * (segments.Count - 1));
        var widths = new double[segments.Count];
        var free = room;
        var hours = 0.0;
        for (var i = 0; i < segments.Count; i++)
        {
            if (segments[i].Kind is SlaStretch.Closed)
                free -= widths[i] = Math.Min(MostClosed, Math.Max(Least, segments[i].Length.TotalHours * 6));
            else
                hours += Hours(segments[i]);
        }
        for (var i = 0; i < segments.Count; i++)
            if (segments[i].Kind is not SlaStretch.Closed)
                widths[i] = Math.Max(Least, free * Hours(segments[i]) / hours);
        var scale = room / widths.Sum();
        var placed = new List<(double, double)>(segments.Count);
        var x = 0.0;
        foreach (var width in widths)
        {
            placed.Add((x, width * scale));
            x += (width * scale) + Gap;
        }
        return placed;
    }

    public static string Number(double value) => value.ToString("0.#", CultureInfo.InvariantCulture);

    private static double Hours(SlaSegment segment) => Math.Max(segment.Length.TotalHours, 1.0 / 60);
}
