using System.Diagnostics;
using System.Text.Json;
using Helpdesk.Routing.Classification;

namespace Helpdesk.Routing.Evaluation;

/// <summary>The verb <c>routing train</c>: a model file from a CSV of labelled texts.</summary>
public static class RoutingTrain
{
    private const string Usage =
        "routing train --data F.csv --model M [--text COLUMN[,COLUMN]] [--label COLUMN] [--seed N] [--cores N]";

    /// <returns>0 done, 1 failed, 2 bad arguments.</returns>
    public static int Run(string[] args, TextWriter output, TextWriter error)
    {
        if (
            Arguments.Parse(args, ["data", "model"], ["text", "label", "seed", "cores"], out var problem)
            is not { } given
        )
        {
            error.WriteLine(problem);
            error.WriteLine($"usage: {Usage}");
            return 2;
        }
        if (
            !int.TryParse(given.Find("seed") ?? "1", out var seed)
            | !int.TryParse(given.Find("cores") ?? "1", out var cores)
        )
        {
            error.WriteLine($"usage: {Usage}");
            return 2;
        }
        try
        {
            var rows = LabelledTexts.Read(
                given["data"],
                (given.Find("text") ?? "text").Split(','),
                given.Find("label") ?? "label"
            );
            if (JunkFigures.IsAboutJunk(rows))
                return JunkFigures.Train(rows, given["model"], output);
            var examples = Examples(rows);
            var (clock, cpu) = (Stopwatch.StartNew(), Environment.CpuUsage.TotalTime);
            var options = new TrainingOptions { Seed = seed, Cores = Math.Max(1, cores) };
            var model = new TextModelTrainer().Train(examples, options, CancellationToken.None).Classifier;
            var bytes = model.ToBytes();
            var seconds = (Environment.CpuUsage.TotalTime - cpu).TotalSeconds;
            File.WriteAllBytes(given["model"], bytes.Span);
            output.WriteLine(
                JsonSerializer.Serialize(
                    new
                    {
                        examples = rows.Count,
                        topics = model.Topics.Count,
                        seconds = Math.Round(clock.Elapsed.TotalSeconds, 2),
                        cpuSeconds = Math.Round(seconds, 2),
                        modelBytes = bytes.Length,
                        heldOutExamples = model.Promises.HeldOutExamples,
                        heldOutAccuracy = Math.Round(model.Promises.HeldOutAccuracy, 4),
                    }
                )
            );
            return 0;
        }
        catch (Exception e)
            when (e is IOException or ArgumentException or InvalidDataException or UnauthorizedAccessException)
        {
            error.WriteLine(e.Message);
            return 1;
        }
    }

    /// <summary>The rows, and each topic's name as one more example of it: with few examples the name is the best one.</summary>
    internal static List<TrainingExample> Examples(List<LabelledText> rows)
    {
        var examples = rows.ConvertAll(r => new TrainingExample(
            r.Text,
            r.Labels[0] == LabelledTexts.OutOfScope ? null : r.Labels[0]
        ));
        var topics = examples.Select(e => e.Topic).OfType<string>().Distinct().Order(StringComparer.Ordinal).ToList();
        examples.AddRange(topics.Select(t => new TrainingExample(t.Replace('_', ' '), t)));
        return examples;
    }
}
