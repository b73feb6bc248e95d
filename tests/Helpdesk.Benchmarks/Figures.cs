using System.Diagnostics;
using System.Globalization;
using System.Text.Json;

namespace Helpdesk.Benchmarks;

/// <summary>What was measured, and beside it what the machine itself could do in the same minute.</summary>
internal static class Figures
{
    public static void Print(string benchmark, object figures) =>
        Console.WriteLine(
            JsonSerializer.Serialize(new Dictionary<string, object>(StringComparer.Ordinal) { [benchmark] = figures })
        );

    public static void Say(FormattableString words) =>
        Console.Error.WriteLine(words.ToString(CultureInfo.InvariantCulture));

    /// <summary>Four significant digits: more would be noise.</summary>
    public static double Round(double value)
    {
        if (value == 0 || !double.IsFinite(value))
            return value;
        var digits = 3 - (int)Math.Floor(Math.Log10(Math.Abs(value)));
        return digits >= 0 ? Math.Round(value, Math.Min(digits, 10)) : Math.Round(value);
    }

    public static double Percentile(IReadOnlyCollection<double> values, double share)
    {
        var sorted = values.Order().ToList();
        return sorted.Count == 0 ? double.NaN : sorted[(int)Math.Ceiling(share * sorted.Count) - 1];
    }

    /// <summary>How many times a second this disk takes a small write for good: the ceiling of all that promises durability.</summary>
    public static double SyncsPerSecond(string directory)
    {
        var path = Path.Combine(directory, "sync.bin");
        using var file = new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.None, 1);
        var page = new byte[4096];
        var time = Stopwatch.StartNew();
        var count = 0;
        while (time.Elapsed < TimeSpan.FromSeconds(2))
        {
            file.Position = 0;
            file.Write(page);
            file.Flush(flushToDisk: true);
            count++;
        }
        var rate = count / time.Elapsed.TotalSeconds;
        file.Dispose();
        File.Delete(path);
        return rate;
    }

    public static string NewDirectory() => Directory.CreateTempSubdirectory("helpdesk-benchmark-").FullName;
}

/// <summary>Wall time and CPU time (all threads) of this process for many runs of the same thing.</summary>
internal sealed record Cost(double MillisecondsP50, double MillisecondsP95, double CpuMilliseconds)
{
    public static async Task<Cost> OfAsync(Func<int, Task> run, int warmUp, int times)
    {
        for (var i = 0; i < warmUp; i++)
            await run(i);
        GC.Collect();
        using var me = Process.GetCurrentProcess();
        var cpu = me.TotalProcessorTime;
        var walls = new List<double>(times);
        for (var i = 0; i < times; i++)
        {
            var start = Stopwatch.GetTimestamp();
            await run(i);
            walls.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
        }
        me.Refresh();
        return new(
            Figures.Round(Figures.Percentile(walls, 0.5)),
            Figures.Round(Figures.Percentile(walls, 0.95)),
            Figures.Round((me.TotalProcessorTime - cpu).TotalMilliseconds / times)
        );
    }
}
