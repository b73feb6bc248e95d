namespace Helpdesk.Routing.Outlook;

/// <summary>
/// How likely a promise is to be missed: what became of requests that had waited as long, and whether its specialist can get to it. The formula stands in
/// <c>docs/routing.md</c>.
/// </summary>
public static class BreachOutlook
{
    /// <summary>Nobody begins with it before the promise ends, as far as the desk knows.</summary>
    private const double SlowestPace = 0.5;

    /// <param name="lateAfter">See <see cref="UsualTimes.LateAfter"/>.</param>
    /// <param name="load">The specialist's weighted work as a share of capacity; null = nobody has it, or whoever has it is not at work before the promise ends.</param>
    /// <returns>0 to 1.</returns>
    public static double Probability(double lateAfter, double? load) => Math.Pow(lateAfter, Pace(load));

    /// <summary>1 = as quick as usual; whoever carries more than their capacity is slower by as much.</summary>
    public static double Pace(double? load) =>
        load is { } share ? Math.Max(SlowestPace, 1 / Math.Max(1, share)) : SlowestPace;
}
