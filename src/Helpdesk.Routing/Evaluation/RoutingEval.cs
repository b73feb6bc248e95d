using System.Diagnostics;
using System.Text.Encodings.Web;
using System.Text.Json;
using Helpdesk.Routing.Classification;
using Helpdesk.Routing.Spam;

namespace Helpdesk.Routing.Evaluation;

/// <summary>The verb <c>routing eval</c>: how well a model file reads a CSV of labelled texts.</summary>
public static class RoutingEval
{
    private const string Usage =
        "routing eval --model M --data F.csv [--text COLUMN[,COLUMN]] [--label COLUMN] [--predictions P.jsonl]";

    private static readonly TimeSpan Warming = TimeSpan.FromSeconds(1);

    private static readonly JsonSerializerOptions Readable = new()
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <returns>0 done, 1 failed, 2 bad arguments.</returns>
    public static int Run(string[] args, TextWriter output, TextWriter error)
    {
        if (
            Arguments.Parse(args, ["model", "data"], ["text", "label", "predictions"], out var problem) is not { } given
        )
        {
            error.WriteLine(problem);
            error.WriteLine($"usage: {Usage}");
            return 2;
        }
        try
        {
            var bytes = File.ReadAllBytes(given["model"]);
            if (SpamModel.IsModel(bytes))
            {
                var mails = LabelledTexts.Read(
                    given["data"],
                    (given.Find("text") ?? "text").Split(','),
                    given.Find("label") ?? "label"
                );
                var caught = JunkFigures.Measure(SpamModel.Load(bytes), mails, given.Find("predictions"));
                caught["modelBytes"] = bytes.Length;
                output.WriteLine(JsonSerializer.Serialize(caught));
                return 0;
            }
            var loading = Stopwatch.GetTimestamp();
            var model = new TextModelTrainer().Load(bytes);
            error.WriteLine($"loaded in {Stopwatch.GetElapsedTime(loading).TotalMilliseconds:F1} ms");
            var label =
                given.Find("label") ?? (LabelledTexts.Header(given["data"]).Contains("labels") ? "labels" : "label");
            var rows = LabelledTexts.Read(given["data"], (given.Find("text") ?? "text").Split(','), label);
            var figures = Measure(model, rows, label == "labels", given.Find("predictions"));
            figures["modelBytes"] = bytes.Length;
            output.WriteLine(JsonSerializer.Serialize(figures));
            return 0;
        }
        catch (Exception e) when (e is IOException or InvalidDataException or UnauthorizedAccessException)
        {
            error.WriteLine(e.Message);
            return 1;
        }
    }

    internal static Dictionary<string, object> Measure(
        ITextClassifier model,
        List<LabelledText> rows,
        bool sets,
        string? predictionsPath
    )
    {
        // a desk runs for weeks: the clock is to see code that has been compiled for good
        for (var warming = Stopwatch.StartNew(); rows.Count > 0 && warming.Elapsed < Warming; )
            foreach (var row in rows.Take(200))
                model.Predict(row.Text);
        var milliseconds = new double[rows.Count];
        var predictions = new List<TextPrediction>(rows.Count);
        for (var i = 0; i < rows.Count; i++)
        {
            var start = Stopwatch.GetTimestamp();
            predictions.Add(model.Predict(rows[i].Text));
            milliseconds[i] = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
        }
        var parts = sets || predictionsPath is not null ? rows.ConvertAll(r => model.Parts(r.Text)) : [];
        if (predictionsPath is not null)
            WritePredictions(predictionsPath, model, predictions, parts);
        var figures = sets
            ? ClassificationFigures.OfSets(model.Topics, rows, parts)
            : ClassificationFigures.OfSingles(model, rows, predictions);
        Array.Sort(milliseconds);
        figures["predictionsPerSecond"] = Math.Round(rows.Count / (milliseconds.Sum() / 1000));
        figures["p50Ms"] = Math.Round(milliseconds[rows.Count / 2], 4);
        figures["p99Ms"] = Math.Round(milliseconds[(int)(rows.Count * 0.99)], 4);
        return figures;
    }

    private static void WritePredictions(
        string path,
        ITextClassifier model,
        List<TextPrediction> predictions,
        List<TextParts> parts
    )
    {
        using var writer = new StreamWriter(path);
        for (var i = 0; i < predictions.Count; i++)
        {
            var best = predictions[i]
                .Probabilities.Select((p, t) => (Topic: model.Topics[t], Probability: (double)p))
                .OrderByDescending(p => p.Probability)
                .Take(5)
                .Select(p => new { topic = p.Topic, probability = p.Probability });
            var line = new
            {
                topics = best,
                special = predictions[i].Special,
                confidence = predictions[i].Confidence,
                combined = parts[i].Combined,
                parts = parts[i]
                    .List.Select(p => new
                    {
                        start = p.Start,
                        length = p.Length,
                        topic = model.Topics[p.Prediction.Best],
                    }),
            };
            writer.WriteLine(JsonSerializer.Serialize(line, Readable));
        }
    }
}
