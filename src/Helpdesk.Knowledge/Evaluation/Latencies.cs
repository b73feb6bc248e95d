using System.Diagnostics;

namespace Helpdesk.Knowledge.Evaluation;

/// <summary>Durations of single calls.</summary>
internal sealed class Latencies
{
    private readonly List<double> _milliseconds = [];

    /// <summary>Calls, keeps and returns how long it took, in milliseconds.</summary>
    public double Measure(Action call)
    {
        var start = Stopwatch.GetTimestamp();
        call();
        var milliseconds = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
        Add(milliseconds);
        return milliseconds;
    }

    /// <summary>Keeps a duration measured elsewhere.</summary>
    public void Add(double milliseconds) => _milliseconds.Add(milliseconds);

    /// <summary>The duration that a share of the calls did not exceed, in milliseconds; 0 without calls.</summary>
    public double Percentile(double share)
    {
        if (_milliseconds.Count == 0)
            return 0;
        var sorted = _milliseconds.Order().ToList();
        return sorted[Math.Min(sorted.Count - 1, (int)(share * sorted.Count))];
    }
}
