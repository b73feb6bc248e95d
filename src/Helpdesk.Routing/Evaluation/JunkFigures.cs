using System.Diagnostics;
using System.Text.Json;
using Helpdesk.Routing.Spam;

namespace Helpdesk.Routing.Evaluation;

/// <summary>The verbs for a file whose labels are <c>ham</c> and <c>spam</c>: the desk's spam filter instead of the model of topics.</summary>
internal static class JunkFigures
{
    private const string Good = "ham";
    private const string Junk = "spam";

    public static bool IsAboutJunk(List<LabelledText> rows) =>
        rows.Exists(r => r.Labels[0] == Junk) && rows.TrueForAll(r => r.Labels[0] is Good or Junk);

    public static int Train(List<LabelledText> rows, string path, TextWriter output)
    {
        var (clock, cpu) = (Stopwatch.StartNew(), Environment.CpuUsage.TotalTime);
        var model =
            SpamModel.Train(rows.ConvertAll(r => new SpamExample(r.Text, r.Labels[0] == Junk)))
            ?? throw new InvalidDataException("There must be good mail and spam in it.");
        var bytes = model.ToBytes();
        var seconds = (Environment.CpuUsage.TotalTime - cpu).TotalSeconds;
        File.WriteAllBytes(path, bytes.Span);
        output.WriteLine(
            JsonSerializer.Serialize(
                new
                {
                    examples = rows.Count,
                    topics = 2,
                    seconds = Math.Round(clock.Elapsed.TotalSeconds, 2),
                    cpuSeconds = Math.Round(seconds, 2),
                    modelBytes = bytes.Length,
                    heldOutSpam = model.Trial.Spam,
                    heldOutCaughtNoneLost = Share(model.Trial.Caught, model.Trial.Spam),
                    heldOutCaughtHalfPercentLost = Share(model.Trial.CaughtAtHalfPercent, model.Trial.Spam),
                }
            )
        );
        return 0;
    }

    public static Dictionary<string, object> Measure(SpamModel model, List<LabelledText> rows, string? predictionsPath)
    {
        foreach (var row in rows.Take(200))
            model.Read(row.Text); // so that the clock sees compiled code
        var start = Stopwatch.GetTimestamp();
        var scores = rows.ConvertAll(r => model.Read(r.Text));
        var seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        if (predictionsPath is not null)
            WritePredictions(predictionsPath, scores);
        var isJunk = rows.ConvertAll(r => r.Labels[0] == Junk);
        var figures = Caught(rows, scores.ConvertAll(s => s.LogOdds));
        figures["accuracy"] = Share(scores.Where((s, i) => s.Probability > 0.5f == isJunk[i]).Count(), rows.Count);
        figures["caughtAtLimit"] = Share(scores.Where((s, i) => s.IsSpam && isJunk[i]).Count(), isJunk.Count(j => j));
        figures["lostAtLimit"] = Share(scores.Where((s, i) => s.IsSpam && !isJunk[i]).Count(), isJunk.Count(j => !j));
        figures["predictionsPerSecond"] = Math.Round(rows.Count / seconds);
        return figures;
    }

    /// <summary>Caught at the two limits that these very rows would set.</summary>
    /// <param name="scores">Higher means more like spam.</param>
    public static Dictionary<string, object> Caught(List<LabelledText> rows, List<double> scores)
    {
        var good = scores.Where((_, i) => rows[i].Labels[0] != Junk).OrderDescending().ToArray();
        var junk = scores.Where((_, i) => rows[i].Labels[0] == Junk).ToArray();
        double CaughtAt(int lost) => good.Length == 0 ? 1 : Share(junk.Count(s => s > good[lost]), junk.Length);
        return new(StringComparer.Ordinal)
        {
            ["rows"] = rows.Count,
            ["caughtNoneLost"] = CaughtAt(0),
            ["caughtHalfPercentLost"] = CaughtAt((int)(0.005 * good.Length)),
        };
    }

    private static void WritePredictions(string path, List<SpamScore> scores)
    {
        using var writer = new StreamWriter(path);
        foreach (var score in scores)
        {
            var probability = 1 / (1 + Math.Exp(-score.LogOdds));
            var topics = new[] { (Topic: Junk, Probability: probability), (Topic: Good, Probability: 1 - probability) };
            writer.WriteLine(
                JsonSerializer.Serialize(
                    new
                    {
                        topics = topics
                            .OrderByDescending(t => t.Probability)
                            .Select(t => new { topic = t.Topic, probability = t.Probability }),
                        special = 0,
                        confidence = Math.Max(probability, 1 - probability),
                    }
                )
            );
        }
    }

    private static double Share(int part, int whole) => whole == 0 ? 0 : Math.Round((double)part / whole, 4);
}
