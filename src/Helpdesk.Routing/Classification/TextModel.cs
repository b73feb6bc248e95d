using System.Diagnostics;

namespace Helpdesk.Routing.Classification;

/// <summary>What was fitted on texts that the members had not seen.</summary>
/// <param name="Powers">One for each member: probabilities are proportional to the product of the members' probabilities, each
/// raised to its power (a logarithmic opinion pool, Genest and Zidek 1986). The sum of the powers acts as an inverse
/// temperature (Guo et al. 2017).</param>
/// <param name="Special">Out of scope, from the ensemble's signals; null where there was too little to fit it on.</param>
/// <param name="Right">"The best topic is right", from the prediction; null likewise.</param>
/// <param name="Boundary">"The topic changes here", from two neighbouring stretches; null likewise.</param>
internal sealed record Calibration(
    float[] Powers,
    LogisticFit? Special,
    LogisticFit? Right,
    LogisticFit? Boundary,
    float BoundaryAbove,
    ModelPromises Promises
);

/// <summary>The built-in classifier: an ensemble and its calibration.</summary>
/// <param name="corrections">What came after the training; null = nothing.</param>
internal sealed class TextModel(
    IReadOnlyList<string> topics,
    Ensemble ensemble,
    Calibration calibration,
    Corrections? corrections = null
) : ITextClassifier
{
    public const int BoundarySignals = 8;

    public IReadOnlyList<string> Topics => topics;

    public ModelPromises Promises => calibration.Promises;

    internal Ensemble Ensemble => ensemble;

    internal Calibration Calibration => calibration;

    public TextPrediction Predict(string text) => Predict(text, RequestWords.Of(text));

    /// <param name="text">The whole text in which the words stand.</param>
    internal TextPrediction Predict(string text, List<TextFeatures.Word> words) =>
        words.Count == 0
            ? new TextPrediction([.. Enumerable.Repeat(1f / topics.Count, topics.Count)], 1f, 0f)
            : Calibrated(ensemble.Read(text, words), calibration, corrections, words);

    public ITextClassifier With(IReadOnlyList<TrainingExample> corrections)
    {
        var trained = new TextModel(topics, ensemble, calibration);
        return corrections.Count == 0
            ? trained
            : new TextModel(topics, ensemble, calibration, new Corrections(trained, corrections));
    }

    internal static TextPrediction Calibrated(
        in Reading reading,
        Calibration calibration,
        Corrections? corrections = null,
        List<TextFeatures.Word>? words = null
    )
    {
        var probabilities = reading.Pooled(calibration.Powers);
        var special = calibration.Special?.Probability(reading.Signals) ?? Unfitted(reading.Signals);
        var isCorrected = false;
        if (corrections is not null)
        {
            var (best, limit) = (VectorMath.IndexOfMax(probabilities), calibration.Promises.SpecialAbove);
            var wasSpecial = special > limit;
            var times = MathF.Exp(corrections.Move(words!, probabilities));
            special = special * times / ((special * times) + 1 - special);
            isCorrected = VectorMath.IndexOfMax(probabilities) != best || special > limit != wasSpecial;
        }
        VectorMath.Softmax(probabilities);
        var right =
            calibration.Right?.Probability(RightSignals(probabilities, special, reading))
            ?? probabilities[VectorMath.IndexOfMax(probabilities)] * (1 - special);
        return new TextPrediction(probabilities, special, right) { IsCorrected = isCorrected };

        static float Unfitted(float[] signals) => ((1 - signals[1]) + signals[5]) / 2;
    }

    /// <summary>Log odds of the best topic, its lead over the second, log odds of being special; what the member that believes
    /// least in the best topic gives it, nearness to the nearest topic, share of unknown words, likeness to texts of the topic.</summary>
    internal static float[] RightSignals(float[] probabilities, float special, in Reading reading)
    {
        var top = VectorMath.IndexOfMax(probabilities);
        var (best, second, least) = (probabilities[top], 0f, 0f);
        for (var c = 0; c < probabilities.Length; c++)
            second = c == top ? second : MathF.Max(second, probabilities[c]);
        foreach (var member in reading.Members)
            least = MathF.Min(least, member[top]);
        return
        [
            LogOdds(best),
            MathF.Log((best + 1e-6f) / (second + 1e-6f)),
            LogOdds(special),
            LogOdds(MathF.Exp(least)),
            reading.Signals[Ensemble.NearestCentreSignal],
            reading.Signals[Ensemble.UnknownWordsSignal],
            reading.Signals[Ensemble.NearestOfTopicSignal],
        ];
    }

    /// <summary>Joins the two neighbours least likely to differ, again and again, until each remaining boundary is likelier than the limit to be a
    /// change of topic. The likeliest change is then the surest boundary that remains; where none does, the surest that was joined.</summary>
    public TextParts Parts(string text)
    {
        var stretches = RequestParts.Cut(text);
        if (calibration.Boundary is null || stretches.Count < 2)
            return new TextParts([new TextPart(0, text.Length, Predict(text))], 0);
        var combined = 0f;
        foreach (var (weakest, surest, parts) in Merging(text, stretches))
        {
            var isDone = weakest > calibration.BoundaryAbove;
            combined = MathF.Max(combined, isDone ? surest : weakest);
            if (isDone)
                return new TextParts(
                    parts.ConvertAll(p => new TextPart(p.Stretch.Start, p.Stretch.Length, p.Prediction)),
                    combined
                );
        }
        throw new UnreachableException("Merging ends with one part.");
    }

    /// <summary>The parts before each join and after the last, and how likely the topic changes at their weakest and at their surest boundary.</summary>
    internal IEnumerable<(
        float Weakest,
        float Surest,
        List<(RequestParts.Stretch Stretch, TextPrediction Prediction)> Parts
    )> Merging(string text, List<RequestParts.Stretch> stretches)
    {
        var parts = stretches.ConvertAll(s => (Stretch: s, Prediction: Predict(text, s.Words)));
        var boundaries = new List<Boundary>();
        for (var i = 0; i + 1 < parts.Count; i++)
            boundaries.Add(BoundaryOf(text, parts[i], parts[i + 1]));
        while (boundaries.Count > 0)
        {
            var weakest = 0;
            for (var i = 1; i < boundaries.Count; i++)
                if (boundaries[i].Change < boundaries[weakest].Change)
                    weakest = i;
            var (change, together) = boundaries[weakest];
            yield return (change, boundaries.Max(b => b.Change), parts);
            var joined = RequestParts.Join(parts[weakest].Stretch, parts[weakest + 1].Stretch);
            parts[weakest] = (joined, together ?? Predict(text, joined.Words));
            parts.RemoveAt(weakest + 1);
            boundaries.RemoveAt(weakest);
            if (weakest < boundaries.Count)
                boundaries[weakest] = BoundaryOf(text, parts[weakest], parts[weakest + 1]);
            if (weakest > 0)
                boundaries[weakest - 1] = BoundaryOf(text, parts[weakest - 1], parts[weakest]);
        }
        yield return (float.PositiveInfinity, 0, parts);
    }

    /// <param name="Change">How likely the topic changes here; below 0 where both sides have the same.</param>
    /// <param name="Together">Both sides read as one; null where that was not needed.</param>
    private readonly record struct Boundary(float Change, TextPrediction? Together);

    private Boundary BoundaryOf(
        string text,
        (RequestParts.Stretch Stretch, TextPrediction Prediction) left,
        (RequestParts.Stretch Stretch, TextPrediction Prediction) right
    )
    {
        if (left.Prediction.Best == right.Prediction.Best)
            return new Boundary(-1, Together: null);
        var together = Predict(text, RequestParts.Join(left.Stretch, right.Stretch).Words);
        var signals = BoundarySignalsOf(left, right, together);
        return new Boundary(calibration.Boundary?.Probability(signals) ?? 0, together);
    }

    /// <summary>
    /// The first signal is ln P(both | two topics) − ln P(both | one topic) under equally frequent topics:
    /// ln Σ_{a≠b} p(a) q(b) − ln (K Σ_t p(t) q(t)).
    /// </summary>
    internal static float[] BoundarySignalsOf(
        (RequestParts.Stretch Stretch, TextPrediction Prediction) left,
        (RequestParts.Stretch Stretch, TextPrediction Prediction) right,
        TextPrediction together
    )
    {
        var (p, q) = (left.Prediction.Probabilities, right.Prediction.Probabilities);
        var same = VectorMath.Dot(p, q);
        var change = MathF.Log(MathF.Max(1 - same, 1e-6f)) - MathF.Log((same * p.Length) + 1e-6f);
        var (first, second) = (p[left.Prediction.Best], q[right.Prediction.Best]);
        var joint = together.Probabilities;
        var kept = MathF.Max(joint[left.Prediction.Best], joint[right.Prediction.Best]);
        return
        [
            Math.Clamp(change, -8, 8),
            LogOdds(MathF.Min(first, second)),
            LogOdds(MathF.Max(first, second)),
            LogOdds(joint[together.Best]),
            LogOdds(kept),
            right.Stretch.AtJoint ? 1 : 0,
            MathF.Log(Math.Min(left.Stretch.Words.Count, right.Stretch.Words.Count)),
            LogOdds(MathF.Max(left.Prediction.Special, right.Prediction.Special)),
        ];
    }

    public IReadOnlyList<DecidingWord> Explain(string text, int topic, int most)
    {
        var words = RequestWords.Of(text);
        var vector = ensemble.Vocabulary.Vector(words);
        var rivals = new float[MemberTraining.Padded(topics.Count + 1)];
        ensemble.Linear.Scores(vector, rivals);
        rivals = rivals[..topics.Count];
        VectorMath.Softmax(rivals);
        var weightOf = new Dictionary<int, float>(vector.Ids.Length);
        for (var i = 0; i < vector.Ids.Length; i++)
            weightOf[vector.Ids[i]] = vector.Weights[i];
        var support = new float[words.Count];
        var seen = new HashSet<int>();
        TextFeatures.Visit(
            words,
            (hash, _, word) =>
            {
                var id = ensemble.Vocabulary.Find(hash);
                if (id >= 0 && seen.Add(id))
                    support[word] += weightOf[id] * Lead(id, topic, rivals);
            }
        );
        var total = support.Where(s => s > 0).Sum();
        return
        [
            .. words
                .Select(
                    (w, i) => new DecidingWord(text.Substring(w.Start, w.Length), w.Start, w.Length, support[i] / total)
                )
                .Where(w => w.Weight > 0.05f)
                .OrderByDescending(w => w.Weight)
                .ThenBy(w => w.Start)
                .Take(most),
        ];
    }

    /// <summary>What an n-gram adds to the topic beyond what it adds to the topic's likeliest rivals.</summary>
    private float Lead(int id, int topic, float[] probabilities)
    {
        var (rivals, mass) = (0f, 1e-6f);
        for (var c = 0; c < probabilities.Length; c++)
        {
            var weight = c == topic ? 0 : probabilities[c] + (0.05f / probabilities.Length);
            rivals += weight * ensemble.Linear.Weights.At(id, c);
            mass += weight;
        }
        return ensemble.Linear.Weights.At(id, topic) - (rivals / mass);
    }

    public ReadOnlyMemory<byte> ToBytes() => TextModelFile.Write(this);

    internal static float LogOdds(float p)
    {
        p = Math.Clamp(p, 1e-5f, 1 - 1e-5f);
        return MathF.Log(p / (1 - p));
    }
}
