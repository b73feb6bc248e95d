namespace Helpdesk.Routing.Classification;

/// <summary>Fits, on texts the trial models did not see, what <see cref="Calibration"/> holds.</summary>
internal sealed class Calibrator(List<string> topics, TrainingOptions options)
{
    private const double CertaintyOfPromises = 1.2816; // one-sided 90 %
    private const double InScopeTakenForSpecial = 0.05;
    private const float WeightOfRealSpecial = 0.75f;
    private const int EnoughSpecial = 20;
    private const int Messages = 1_200;

    public static readonly double[] Promised = [0.95, 0.98, 0.99];

    public Calibration Fit(IReadOnlyList<TextModelTrainer.HeldOut> trials)
    {
        var nothing = new ModelPromises(0.9f, Promised.ToDictionary(p => p, _ => 2f), 0, 0);
        var calibration = new Calibration(1, null, null, null, 1, nothing);
        if (trials.Count == 0)
            return calibration;
        var whole = trials.Where(t => !t.Run.HidesAny).ToList();
        calibration = calibration with { Temperature = FitTemperature(whole) };
        calibration = FitSpecial(trials, calibration);
        calibration = FitConfidence(trials, whole, calibration);
        return FitBoundary(whole, calibration);
    }

    private bool InScope(TextModelTrainer.ReadText text) => text.Class < topics.Count;

    /// <summary>The temperature with the smallest mean logarithmic loss, by golden section over its logarithm.</summary>
    private float FitTemperature(List<TextModelTrainer.HeldOut> whole)
    {
        var rows = Pairs(whole).Where(p => InScope(p.Text)).ToList();
        double Loss(double log)
        {
            var temperature = (float)Math.Exp(log);
            return rows.Sum(r =>
                -Math.Log(TextModel.Tempered(r.Reading.LogProbabilities, temperature)[r.Text.Class] + 1e-7)
            );
        }
        var (low, high) = (Math.Log(0.3), Math.Log(3));
        var ratio = (Math.Sqrt(5) - 1) / 2;
        for (var i = 0; i < 14; i++)
        {
            var (a, b) = (high - (ratio * (high - low)), low + (ratio * (high - low)));
            if (Loss(a) < Loss(b))
                high = b;
            else
                low = a;
        }
        return (float)Math.Exp((low + high) / 2);
    }

    /// <summary>Special examples where there are enough of them, texts of hidden topics beside them; in-scope texts on
    /// the other side; both sides weigh the same.</summary>
    private Calibration FitSpecial(IReadOnlyList<TextModelTrainer.HeldOut> trials, Calibration calibration)
    {
        var hiding = trials.Where(t => t.Run.HidesAny).ToList();
        if (hiding.Count == 0)
            return calibration;
        var rows = Pairs(trials).Select(p => (p.Reading.Signals, Kind: KindOf(p.Text, p.Run))).ToList();
        var counts = rows.CountBy(r => r.Kind).ToDictionary();
        var real = counts.GetValueOrDefault(Kind.Special) >= EnoughSpecial ? WeightOfRealSpecial : 0;
        float Weight(Kind kind) =>
            kind switch
            {
                Kind.Known => 1f / counts[kind],
                Kind.Special => real / counts[kind],
                _ => (1 - real) / counts[kind],
            };
        var fit = LogisticFit.Fit(
            rows.ConvertAll(r => r.Signals),
            rows.ConvertAll(r => r.Kind != Kind.Known),
            rows.ConvertAll(r => Weight(r.Kind))
        );
        if (fit is null)
            return calibration;
        var known = rows.Where(r => r.Kind == Kind.Known).Select(r => fit.Probability(r.Signals)).Order().ToList();
        var above = known[(int)Math.Min(known.Count - 1, known.Count * (1 - InScopeTakenForSpecial))];
        return calibration with { Special = fit, Promises = calibration.Promises with { SpecialAbove = above } };
    }

    private enum Kind
    {
        Known,
        Hidden,
        Special,
    }

    private Kind KindOf(TextModelTrainer.ReadText text, TextModelTrainer.Run run) =>
        !InScope(text) ? Kind.Special
        : run.HidesTopic[text.Class] ? Kind.Hidden
        : Kind.Known;

    private Calibration FitConfidence(
        IReadOnlyList<TextModelTrainer.HeldOut> trials,
        List<TextModelTrainer.HeldOut> whole,
        Calibration calibration
    )
    {
        var known = Pairs(whole).Where(p => InScope(p.Text)).ToList();
        var special = Pairs(trials).Where(p => !InScope(p.Text)).ToList();
        if (special.Count < EnoughSpecial)
            special = [];
        var share = options.ExpectedSpecialShare;
        var specialWeight = special.Count == 0 ? 0 : (float)(share / (1 - share) * known.Count / special.Count);
        var rows = known
            .Concat(special)
            .Select(p => (Prediction: TextModel.Calibrated(p.Reading, calibration), p.Text))
            .Select(p =>
                (
                    Signals: TextModel.RightSignals(p.Prediction.Probabilities, p.Prediction.Special),
                    Right: p.Prediction.Best == p.Text.Class,
                    Weight: InScope(p.Text) ? 1f : specialWeight
                )
            )
            .ToList();
        var fit = LogisticFit.Fit(
            rows.ConvertAll(r => r.Signals),
            rows.ConvertAll(r => r.Right),
            rows.ConvertAll(r => r.Weight)
        );
        if (fit is null)
            return calibration;
        var scored = rows.Select(r => (Confidence: fit.Probability(r.Signals), r.Right, r.Weight))
            .OrderByDescending(r => r.Confidence)
            .ToList();
        var precision = Promised.ToDictionary(
            p => p,
            p => PromisedPrecision.ThresholdFor(p, scored, CertaintyOfPromises)
        );
        var accuracy = known.Count(p => VectorMath.IndexOfMax(p.Reading.LogProbabilities) == p.Text.Class);
        return calibration with
        {
            Right = fit,
            Promises = calibration.Promises with
            {
                Precision = precision,
                HeldOutExamples = known.Count,
                HeldOutAccuracy = (float)accuracy / known.Count,
            },
        };
    }

    /// <summary>Held-out requests alone, and in pairs joined in the ways people join them.</summary>
    private Calibration FitBoundary(List<TextModelTrainer.HeldOut> whole, Calibration calibration)
    {
        var trial = whole[0];
        var model = new TextModel(topics, trial.Ensemble, calibration);
        var singles = trial.Texts.Where(InScope).ToList();
        if (singles.Count < 50)
            return calibration;
        var random = new SeededRandom((ulong)options.Seed + 99);
        var (rows, yes) = (new List<float[]>(), new List<bool>());
        foreach (var message in JoinedMessages.Make(singles, Messages, ref random))
        foreach (var (left, right, changes) in message.Neighbours())
        {
            var first = (left, model.Predict(left.Words));
            var second = (right, model.Predict(right.Words));
            if (first.Item2.Best == second.Item2.Best)
                continue;
            var together = model.Predict(RequestParts.Join(left, right).Words);
            rows.Add(TextModel.BoundarySignalsOf(first, second, together));
            yes.Add(changes);
        }
        var fit = LogisticFit.Fit(rows, yes, [.. Enumerable.Repeat(1f, rows.Count)]);
        if (fit is null)
            return calibration;
        calibration = calibration with { Boundary = fit };
        var limit = BestLimit(new TextModel(topics, trial.Ensemble, calibration), singles, ref random);
        return calibration with { BoundaryAbove = limit };
    }

    /// <summary>The limit with which most messages are read exactly, half of them single and half joined.</summary>
    private static float BestLimit(TextModel model, List<TextModelTrainer.ReadText> singles, ref SeededRandom random)
    {
        var messages = JoinedMessages.Make(singles, Messages / 2, ref random);
        messages.AddRange(singles.Take(Messages / 2).Select(JoinedMessages.Single));
        var cut = messages.ConvertAll(m => (m.Topics, Stretches: RequestParts.Cut(m.Text)));
        var (best, limit) = (-1, 0.5f);
        foreach (var tried in (ReadOnlySpan<float>)[0.2f, 0.3f, 0.4f, 0.5f, 0.6f, 0.7f, 0.8f, 0.9f])
        {
            var exact = cut.Count(m =>
                m.Topics.SetEquals(model.Merge([.. m.Stretches], tried).Select(p => p.Prediction.Best))
            );
            if (exact > best)
                (best, limit) = (exact, tried);
        }
        return limit;
    }

    private static IEnumerable<(TextModelTrainer.ReadText Text, Reading Reading, TextModelTrainer.Run Run)> Pairs(
        IEnumerable<TextModelTrainer.HeldOut> trials
    ) => trials.SelectMany(t => t.Texts.Zip(t.Readings, (text, reading) => (text, reading, t.Run)));
}
