namespace Helpdesk.Routing.Outlook;

/// <summary>
/// How likely a promise is to be missed: what became of requests that had waited as long, and how much its specialist carries. The formula stands in
/// <c>docs/routing.md</c>.
/// </summary>
public static class BreachOutlook
{
    /// <summary>Nobody begins with it before the promise ends, as far as the desk knows.</summary>
    private const double SlowestPace = 0.5;
    private const double QuickestPace = 1.5;

    /// <param name="lateAfter">See <see cref="UsualTimes.LateAfter"/>.</param>
    /// <param name="load">The specialist's weighted work as a share of capacity; null = nobody has it, or whoever has it is not at work before the promise ends.</param>
    /// <returns>0 to 1.</returns>
    public static double Probability(double lateAfter, double? load) => Math.Pow(lateAfter, Pace(load));

    /// <summary>1 = as quick as usual, which is for somebody who carries half of their capacity.</summary>
    public static double Pace(double? load) =>
        load is { } share
            ? Math.Clamp(QuickestPace / (1 + Math.Max(0, share)), SlowestPace, QuickestPace)
            : SlowestPace;
}
