using System.Runtime.InteropServices;
using Helpdesk.Tickets;
using Helpdesk.Tickets.Sla;

namespace Helpdesk.Routing.Outlook;

/// <summary>How long one request took until its promise was kept or missed.</summary>
/// <param name="Promised">Working time.</param>
/// <param name="Share">Working time it took as a share of what was promised; above 1 = late.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct PastTime(
    SlaTarget Target,
    TimeSpan Promised,
    int? TopicId,
    Complexity? Complexity,
    double Share
);

/// <summary>How long requests took lately, as shares of what was promised.</summary>
public sealed class UsualTimes
{
    /// <summary>A narrower group counts as if so many requests like those of the wider one were in it.</summary>
    private const double Smoothing = 10;

    /// <summary>The same of all requests, against the share of the time that is over.</summary>
    private const double WidestSmoothing = 2;

    private readonly Dictionary<(SlaTarget Target, string Group), double[]> _shares;

    private UsualTimes(Dictionary<(SlaTarget, string), double[]> shares) => _shares = shares;

    public static UsualTimes Of(IEnumerable<PastTime> times) =>
        new(
            times
                .SelectMany(t =>
                    Groups(t.Promised, t.TopicId, t.Complexity).Select(group => (Key: (t.Target, group), t.Share))
                )
                .GroupBy(t => t.Key, t => t.Share)
                .ToDictionary(g => g.Key, g => g.Order().ToArray())
        );

    /// <summary>
    /// The share of the requests that were still open after so much of their time, and then late. Counted among all, then those that were promised
    /// the same time, of these those of the same complexity, and of the same topic; each narrower group is drawn towards the wider one.
    /// </summary>
    /// <param name="target">A next answer is counted like a first one.</param>
    /// <param name="used">Share of the promised working time that is over, 0 to 1.</param>
    /// <returns>Between 0 and 1; without any history the share that is over.</returns>
    public double LateAfter(SlaTarget target, TimeSpan promised, int? topicId, Complexity? complexity, double used)
    {
        used = Math.Clamp(used, 0, 1);
        var counted = target is SlaTarget.NextResponse ? SlaTarget.FirstResponse : target;
        var (late, smoothing) = (used, WidestSmoothing);
        foreach (var group in Groups(promised, topicId, complexity))
        {
            var shares = _shares.GetValueOrDefault((counted, group)) ?? [];
            late = (Above(shares, 1) + (smoothing * late)) / (Above(shares, used) + smoothing);
            smoothing = Smoothing;
        }
        return late;
    }

    // the widest first
    private static IEnumerable<string> Groups(TimeSpan promised, int? topicId, Complexity? complexity)
    {
        yield return "all";
        var minutes = ((long)promised.TotalMinutes).ToStringInvariant();
        yield return minutes;
        if (complexity is { } effort)
            yield return $"{minutes} {effort}";
        if (topicId is { } topic)
            yield return $"{minutes} {topic.ToStringInvariant()}";
    }

    private static int Above(double[] sorted, double share)
    {
        var (low, high) = (0, sorted.Length);
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (sorted[middle] > share)
                high = middle;
            else
                low = middle + 1;
        }
        return sorted.Length - low;
    }
}
