using Helpdesk.Routing.Classification;

namespace Helpdesk.Routing.Evaluation;

/// <summary>The figures that <c>routing eval</c> prints; shares from 0 to 1.</summary>
internal static class ClassificationFigures
{
    private const int CalibrationBins = 15;
    private const double SpecialCaught = 0.9;

    /// <summary>One label a row; <see cref="LabelledTexts.OutOfScope"/> stands for special.</summary>
    public static Dictionary<string, object> OfSingles(
        ITextClassifier model,
        List<LabelledText> rows,
        List<TextPrediction> predictions
    )
    {
        var numbers = model.Topics.Select((t, i) => (t, i)).ToDictionary(p => p.t, p => p.i, StringComparer.Ordinal);
        var truth = rows.ConvertAll(r => numbers.GetValueOrDefault(r.Labels[0], -1));
        var known = Enumerable.Range(0, rows.Count).Where(i => rows[i].Labels[0] != LabelledTexts.OutOfScope).ToList();
        var special = Enumerable.Range(0, rows.Count).Except(known).ToList();
        bool Right(int i) => truth[i] >= 0 && predictions[i].Best == truth[i];
        var figures = new Dictionary<string, object>(StringComparer.Ordinal)
        {
            ["rows"] = rows.Count,
            ["accuracy"] = Share(known.Count(Right), known.Count),
            ["top3"] = Share(known.Count(i => IsAmongFirst(predictions[i].Probabilities, truth[i], 3)), known.Count),
            ["macroF1"] = MacroF1(known.Select(i => (truth[i], predictions[i].Best)), model.Topics.Count),
            ["ece"] = CalibrationError(
                known.ConvertAll(i => (predictions[i].Probabilities[predictions[i].Best], Right(i)))
            ),
        };
        foreach (var (promise, above) in model.Promises.Precision.OrderBy(p => p.Key))
        {
            var sent = Enumerable.Range(0, rows.Count).Where(i => predictions[i].Confidence >= above).ToList();
            var name = (int)Math.Round(promise * 100);
            figures[$"coverageAt{name}"] = Share(sent.Count(i => truth[i] >= 0), known.Count);
            figures[$"precisionAt{name}"] = Share(sent.Count(Right), sent.Count);
        }
        if (special.Count == 0)
            return figures;
        var scores = predictions.ConvertAll(p => p.Special);
        var limit = special
            .Select(i => scores[i])
            .OrderDescending()
            .ElementAt((int)Math.Ceiling(SpecialCaught * special.Count) - 1);
        var above2 = model.Promises.SpecialAbove;
        figures["oosAuroc"] = AreaUnderCurve(scores, special, known);
        figures["oosRecall"] = Share(special.Count(i => scores[i] > above2), special.Count);
        figures["inScopeAccuracy"] = Share(known.Count(i => scores[i] <= above2 && Right(i)), known.Count);
        figures["inScopeAtOos90"] = Share(known.Count(i => scores[i] < limit && Right(i)), known.Count);
        return figures;
    }

    /// <summary>Sets of labels; combined means two or more.</summary>
    public static Dictionary<string, object> OfSets(
        IReadOnlyList<string> topics,
        List<LabelledText> rows,
        List<TextParts> parts
    )
    {
        var (caught, claimed, combined, exact) = (0, 0, 0, 0);
        for (var i = 0; i < rows.Count; i++)
        {
            var truth = rows[i].Labels.ToHashSet(StringComparer.Ordinal);
            var found = parts[i].List.Select(p => topics[p.Prediction.Best]).ToHashSet(StringComparer.Ordinal);
            combined += truth.Count > 1 ? 1 : 0;
            claimed += found.Count > 1 ? 1 : 0;
            caught += truth.Count > 1 && found.Count > 1 ? 1 : 0;
            exact += truth.SetEquals(found) ? 1 : 0;
        }
        return new Dictionary<string, object>(StringComparer.Ordinal)
        {
            ["rows"] = rows.Count,
            ["combinedF1"] = Share(2 * caught, combined + claimed),
            ["combinedPrecision"] = Share(caught, claimed),
            ["combinedRecall"] = Share(caught, combined),
            ["combinedEce"] = CalibrationError([
                .. rows.Zip(parts, (row, read) => (read.Combined, row.Labels.Distinct().Count() > 1)),
            ]),
            ["exactSet"] = Share(exact, rows.Count),
        };
    }

    private static double Share(int part, int whole) => whole == 0 ? 0 : Math.Round((double)part / whole, 4);

    private static bool IsAmongFirst(float[] probabilities, int topic, int places) =>
        topic >= 0 && probabilities.Count(p => p > probabilities[topic]) < places;

    private static double MacroF1(IEnumerable<(int Truth, int Found)> answers, int topics)
    {
        var (right, claimed, there) = (new int[topics], new int[topics], new int[topics]);
        foreach (var (truth, found) in answers)
        {
            claimed[found]++;
            if (truth < 0)
                continue;
            there[truth]++;
            right[truth] += truth == found ? 1 : 0;
        }
        var used = Enumerable.Range(0, topics).Where(t => there[t] > 0).ToList();
        return used.Count == 0 ? 0 : Math.Round(used.Average(t => 2.0 * right[t] / (there[t] + claimed[t])), 4);
    }

    /// <summary>Expected calibration error (Naeini et al. 2015): over bins of equal width, the distance between mean
    /// probability and share of right answers, weighted by how many fall there.</summary>
    private static double CalibrationError(List<(float Probability, bool Right)> answers)
    {
        var error = answers
            .GroupBy(a => Math.Min((int)(a.Probability * CalibrationBins), CalibrationBins - 1))
            .Sum(bin => bin.Count() * Math.Abs(bin.Average(a => a.Probability) - bin.Average(a => a.Right ? 1.0 : 0)));
        return answers.Count == 0 ? 0 : Math.Round(error / answers.Count, 4);
    }

    /// <summary>The chance that a special request scores above one within the topics; a tie counts half.</summary>
    private static double AreaUnderCurve(List<float> scores, List<int> special, List<int> known)
    {
        var rest = known.Select(i => scores[i]).Order().ToArray();
        double above = 0;
        foreach (var i in special)
            above += (Below(rest, scores[i], orEqual: false) + Below(rest, scores[i], orEqual: true)) / 2.0;
        return rest.Length == 0 ? 0 : Math.Round(above / special.Count / rest.Length, 4);
    }

    private static int Below(float[] sorted, float score, bool orEqual)
    {
        var (low, high) = (0, sorted.Length);
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (sorted[middle] < score || (orEqual && sorted[middle] == score))
                low = middle + 1;
            else
                high = middle;
        }
        return low;
    }
}
