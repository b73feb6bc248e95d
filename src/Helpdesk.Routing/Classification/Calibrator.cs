namespace Helpdesk.Routing.Classification;

/// <summary>Fits, on texts the trial models did not see, what <see cref="Calibration"/> holds.</summary>
/// <param name="members">How many members the ensemble has.</param>
internal sealed class Calibrator(List<string> topics, int members, TrainingOptions options)
{
    private const double CertaintyOfPromises = 1.2816; // one-sided 90 %
    private const double InScopeTakenForSpecial = 0.05;
    private const float WeightOfRealSpecial = 0.75f;
    private const int EnoughSpecial = 20;
    private const int Messages = 1_200;

    // where each stretch costs milliseconds: fewer messages, of short requests
    private const int MessagesToEncode = 300;
    private const int LongestToEncode = 300;
    private const double EqualAsIfBy = 20;

    public static readonly double[] Promised = [0.95, 0.98, 0.99];

    public Calibration Fit(IReadOnlyList<TextModelTrainer.HeldOut> trials, CancellationToken stop)
    {
        var nothing = new ModelPromises(0.9f, Promised.ToDictionary(p => p, _ => 2f), 0, 0);
        var calibration = new Calibration([.. Enumerable.Repeat(1f / members, members)], null, null, null, 1, nothing);
        if (trials.Count == 0)
            return calibration;
        var whole = trials.Where(t => !t.Run.HidesAny).ToList();
        calibration = calibration with { Powers = FitPowers(whole) };
        calibration = FitSpecial(trials, calibration);
        calibration = FitConfidence(whole, calibration);
        return FitBoundary(whole, calibration, stop);
    }

    private bool InScope(TextModelTrainer.ReadText text) => text.Class < topics.Count;

    /// <summary>The members' powers with the smallest mean logarithmic loss, none below zero, drawn to equal powers as if by
    /// <see cref="EqualAsIfBy"/> texts. The loss is convex; Newton's method finds the bottom.</summary>
    private float[] FitPowers(List<TextModelTrainer.HeldOut> whole)
    {
        var n = members;
        var rows = Pairs(whole).Where(p => InScope(p.Text)).ToList();
        float[] powers = [.. Enumerable.Repeat(1f / n, n)];
        for (var round = 0; round < 12; round++)
        {
            var (gradient, curvature) = (new double[n], new double[n, n]);
            var average = powers.Average();
            for (var i = 0; i < n; i++)
            {
                gradient[i] = EqualAsIfBy * (powers[i] - average);
                curvature[i, i] = EqualAsIfBy + 1e-3;
            }
            foreach (var (text, reading, _) in rows)
                AddSlope(reading, text.Class, powers, gradient, curvature);
            var step = LogisticFit.Solve(curvature, gradient);
            for (var i = 0; i < n; i++)
                powers[i] = Math.Clamp(powers[i] - (float)Math.Clamp(step[i], -0.3, 0.3), 0, 3);
        }
        return powers.Sum() > 0 ? powers : [.. Enumerable.Repeat(1f / n, n)];
    }

    /// <summary>Slope and curvature of −ln p(right topic): the members' log probabilities, expected under p, less those of the
    /// right topic; and their covariance under p.</summary>
    private static void AddSlope(in Reading reading, int right, float[] powers, double[] gradient, double[,] curvature)
    {
        var p = reading.Pooled(powers);
        VectorMath.Softmax(p);
        Span<double> mean = stackalloc double[powers.Length];
        for (var i = 0; i < powers.Length; i++)
        {
            mean[i] = VectorMath.Dot(p, reading.Members[i]);
            gradient[i] += mean[i] - reading.Members[i][right];
        }
        for (var c = 0; c < p.Length; c++)
        {
            if (p[c] < 1e-6f)
                continue;
            for (var i = 0; i < powers.Length; i++)
            for (var j = 0; j <= i; j++)
                curvature[i, j] += p[c] * (reading.Members[i][c] - mean[i]) * (reading.Members[j][c] - mean[j]);
        }
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

    private Calibration FitConfidence(List<TextModelTrainer.HeldOut> whole, Calibration calibration)
    {
        var known = Pairs(whole).Where(p => InScope(p.Text)).ToList();
        var special = Pairs(whole).Where(p => !InScope(p.Text)).ToList();
        if (special.Count < EnoughSpecial)
            special = [];
        var share = options.ExpectedSpecialShare;
        var specialWeight = special.Count == 0 ? 0 : (float)(share / (1 - share) * known.Count / special.Count);
        var rows = known
            .Concat(special)
            .Select(p => (Prediction: TextModel.Calibrated(p.Reading, calibration), p.Text, p.Reading))
            .Select(p =>
                (
                    Signals: TextModel.RightSignals(p.Prediction.Probabilities, p.Prediction.Special, p.Reading),
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
        var scored = rows.ConvertAll(r => (Confidence: fit.Probability(r.Signals), r.Right));
        List<(float Confidence, bool Right)> answers =
        [
            .. scored.Take(known.Count).OrderByDescending(r => r.Confidence),
        ];
        List<float> answeredSpecial = [.. scored.Skip(known.Count).Select(r => r.Confidence).OrderDescending()];
        var precision = Promised.ToDictionary(
            p => p,
            p => PromisedPrecision.ThresholdFor(p, answers, answeredSpecial, share, CertaintyOfPromises)
        );
        var accuracy = known.Count(p => VectorMath.IndexOfMax(p.Reading.Pooled(calibration.Powers)) == p.Text.Class);
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
    private Calibration FitBoundary(
        List<TextModelTrainer.HeldOut> whole,
        Calibration calibration,
        CancellationToken stop
    )
    {
        var trial = options.Newest > 0 ? whole[^1] : whole[0];
        var model = new TextModel(topics, trial.Ensemble, calibration);
        var encodes = trial.Ensemble.Meaning is { EncodesAll: true };
        var singles = trial.Texts.Where(t => InScope(t) && (!encodes || t.Text.Length <= LongestToEncode)).ToList();
        if (singles.Count < 50)
            return calibration;
        var messages = encodes ? MessagesToEncode : Messages;
        var random = new SeededRandom((ulong)options.Seed + 99);
        var (rows, yes) = (new List<float[]>(), new List<bool>());
        foreach (var message in JoinedMessages.Make(singles, messages, ref random))
        foreach (var (left, right, changes) in message.Neighbours())
        {
            var first = (left, model.Predict(message.Text, left.Words));
            var second = (right, model.Predict(message.Text, right.Words));
            if (first.Item2.Best == second.Item2.Best)
                continue;
            var together = model.Predict(message.Text, RequestParts.Join(left, right).Words);
            rows.Add(TextModel.BoundarySignalsOf(first, second, together));
            yes.Add(changes);
        }
        var fit = LogisticFit.Fit(rows, yes, [.. Enumerable.Repeat(1f, rows.Count)]);
        if (fit is null)
            return calibration;
        calibration = calibration with { Boundary = fit };
        var limit = BestLimit(
            new TextModel(topics, trial.Ensemble, calibration),
            singles,
            messages / 2,
            ref random,
            stop
        );
        return calibration with { BoundaryAbove = limit };
    }

    /// <summary>The limit with which most messages are read exactly, half of them single and half joined.</summary>
    private static float BestLimit(
        TextModel model,
        List<TextModelTrainer.ReadText> singles,
        int ofEach,
        ref SeededRandom random,
        CancellationToken stop
    )
    {
        ReadOnlySpan<float> limits = [0.2f, 0.3f, 0.4f, 0.5f, 0.6f, 0.7f, 0.8f, 0.9f];
        Span<int> exact = stackalloc int[limits.Length];
        exact.Clear();
        var messages = JoinedMessages.Make(singles, ofEach, ref random);
        messages.AddRange(singles.Take(ofEach).Select(JoinedMessages.Single));
        foreach (var message in messages)
        {
            stop.ThrowIfCancellationRequested();
            // a higher limit stops no earlier, so one merging serves them all
            var next = 0;
            foreach (var (weakest, _, parts) in model.Merging(message.Text, RequestParts.Cut(message.Text)))
                for (; next < limits.Length && weakest > limits[next]; next++)
                    exact[next] += message.Topics.SetEquals(parts.Select(p => p.Prediction.Best)) ? 1 : 0;
        }
        var best = 0;
        for (var i = 1; i < limits.Length; i++)
            best = exact[i] > exact[best] ? i : best;
        return limits[best];
    }

    private static IEnumerable<(TextModelTrainer.ReadText Text, Reading Reading, TextModelTrainer.Run Run)> Pairs(
        IEnumerable<TextModelTrainer.HeldOut> trials
    ) => trials.SelectMany(t => t.Texts.Zip(t.Readings, (text, reading) => (text, reading, t.Run)));
}
