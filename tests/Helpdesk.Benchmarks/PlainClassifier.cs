using System.Runtime.InteropServices;
using Helpdesk.Routing.Classification;

namespace Helpdesk.Benchmarks;

/// <summary>
/// What a textbook would build, to have something to be better than: TF-IDF over words, pairs of words and runs of three to five characters
/// within words, logistic regression for each topic against the rest, probabilities as they come, stretch by stretch for combined
/// requests. Its promises are found like the product's, on a fifth that was held out.
/// </summary>
internal sealed class PlainClassifier : ITextClassifier
{
    private const int Rounds = 20;
    private const float Rate = 0.3f;

    /// <summary>As if each weight had already been moved a little: the first steps of AdaGrad are too long otherwise.</summary>
    private const float SeenBefore = 0.1f;

    /// <summary>90 %, one-sided.</summary>
    private const double Certainty = 1.28;

    private static readonly double[] Promised = [0.95, 0.98, 0.99];

    private readonly Dictionary<string, int> _numbers;
    private readonly float[] _rarity;
    private readonly float[] _weights;
    private readonly float[] _constants;
    private readonly float _partAbove;

    private PlainClassifier(IReadOnlyList<TrainingExample> examples, ModelPromises promises, float partAbove)
    {
        (Promises, _partAbove) = (promises, partAbove);
        Topics = [.. examples.Select(e => e.Topic).OfType<string>().Distinct().Order(StringComparer.Ordinal)];
        var grams = examples.Select(e => NgramsOf(e.Text)).ToList();
        var texts = grams.SelectMany(g => g.Keys).CountBy(g => g, StringComparer.Ordinal).ToList();
        _numbers = new(StringComparer.Ordinal);
        _rarity = new float[texts.Count];
        foreach (var (gram, count) in texts)
        {
            _rarity[_numbers.Count] = MathF.Log((1f + examples.Count) / (1f + count)) + 1;
            _numbers.Add(gram, _numbers.Count);
        }
        _weights = new float[texts.Count * Topics.Count];
        _constants = new float[Topics.Count];
        Fit(
            grams.ConvertAll(VectorOf),
            [.. examples.Select(e => e.Topic is null ? -1 : Topics.ToList().IndexOf(e.Topic))]
        );
    }

    public IReadOnlyList<string> Topics { get; }

    public ModelPromises Promises { get; }

    /// <summary>Numbers of four bytes.</summary>
    public int Bytes => sizeof(float) * (_weights.Length + _rarity.Length);

    public static PlainClassifier Train(IReadOnlyList<TrainingExample> examples)
    {
        var none = new ModelPromises(0.5f, new Dictionary<double, float>(), 0, 0);
        var part = new int[examples.Count];
        for (var i = 0; i < part.Length; i++)
            part[i] = i;
        new Random(1).Shuffle(part);
        var held = part[..(part.Length / 5)].Select(i => examples[i]).ToList();
        var trial = new PlainClassifier([.. part[(part.Length / 5)..].Select(i => examples[i])], none, 0);
        var answers = held.Where(e => e.Topic is not null)
            .Select(e => (Read: trial.Predict(e.Text), e.Topic))
            .Select(a => (a.Read.Confidence, Right: trial.Topics[a.Read.Best] == a.Topic))
            .OrderByDescending(a => a.Confidence)
            .ToList();
        var special = held.Where(e => e.Topic is null)
            .Select(e => trial.Predict(e.Text).Confidence)
            .OrderDescending()
            .ToList();
        var promises = new ModelPromises(
            0.5f,
            Promised.ToDictionary(
                p => p,
                p =>
                    PromisedPrecision.ThresholdFor(
                        p,
                        answers,
                        special,
                        new TrainingOptions().ExpectedSpecialShare,
                        Certainty
                    )
            ),
            held.Count,
            (float)answers.Count(a => a.Right) / Math.Max(1, answers.Count)
        );
        return new PlainClassifier(examples, promises, trial.BestPartLimit([.. held.Where(e => e.Topic is not null)]));
    }

    public TextPrediction Predict(string text)
    {
        var scores = Scores(text);
        for (var i = 0; i < scores.Length; i++)
            scores[i] = 1 / (1 + MathF.Exp(-scores[i]));
        var (best, sum) = (scores.Max(), scores.Sum());
        for (var i = 0; i < scores.Length; i++)
            scores[i] /= sum;
        // sure that it is this topic rather than another, and that it is one of them at all
        return new TextPrediction(scores, 1 - best, best * scores.Max());
    }

    /// <summary>For each topic against the rest, as log odds.</summary>
    public float[] Scores(string text)
    {
        var scores = (float[])_constants.Clone();
        foreach (var (number, weight) in VectorOf(NgramsOf(text)))
            VectorMath.AddScaled(weight, Row(_weights, number), scores);
        return scores;
    }

    public TextParts Parts(string text)
    {
        var parts = Parts(text, _partAbove);
        var topics = parts.GroupBy(p => p.Prediction.Best, p => p.Prediction.Confidence).ToList();
        return new TextParts(parts, topics.Count < 2 ? 0 : topics.Min(t => t.Max()));
    }

    public IReadOnlyList<DecidingWord> Explain(string text, int topic, int most) => throw new NotSupportedException();

    public ITextClassifier With(IReadOnlyList<TrainingExample> corrections) => throw new NotSupportedException();

    public ReadOnlyMemory<byte> ToBytes() => throw new NotSupportedException();

    /// <summary>The topics of the stretches between candidate boundaries that say one clearly; that of the whole if none does.</summary>
    private List<TextPart> Parts(string text, float above)
    {
        var parts = new List<TextPart>();
        foreach (var stretch in RequestParts.Cut(text))
            if (Predict(text.Substring(stretch.Start, stretch.Length)) is var read && read.Confidence >= above)
                parts.Add(new TextPart(stretch.Start, stretch.Length, read));
        return parts.Count > 0 ? parts : [new TextPart(0, text.Length, Predict(text))];
    }

    /// <summary>The limit with most sets of topics exactly right, among held-out texts and as many pairs of them.</summary>
    private float BestPartLimit(List<TrainingExample> held)
    {
        var texts = held.ConvertAll(e => (e.Text, Topics: new HashSet<string> { e.Topic! }));
        texts.AddRange(
            held.Zip(
                held.AsEnumerable().Reverse(),
                (a, b) => ($"{a.Text}. {b.Text}", new HashSet<string> { a.Topic!, b.Topic! })
            )
        );
        return Enumerable
            .Range(0, 20)
            .Select(i => i / 20f)
            .MaxBy(limit =>
                texts.Count(t => t.Topics.SetEquals(Parts(t.Text, limit).Select(p => Topics[p.Prediction.Best])))
            );
    }

    private void Fit(List<List<(int Number, float Weight)>> vectors, int[] topics)
    {
        var (seen, seenConstants) = (new float[_weights.Length], new float[_constants.Length]);
        seen.AsSpan().Fill(SeenBefore);
        seenConstants.AsSpan().Fill(SeenBefore);
        var order = Enumerable.Range(0, vectors.Count).ToArray();
        var random = new Random(1);
        var slope = new float[_constants.Length];
        for (var round = 0; round < Rounds; round++)
        {
            random.Shuffle(order);
            foreach (var i in order)
            {
                _constants.CopyTo(slope, 0);
                foreach (var (number, weight) in vectors[i])
                    VectorMath.AddScaled(weight, Row(_weights, number), slope);
                for (var topic = 0; topic < slope.Length; topic++)
                    slope[topic] = (1 / (1 + MathF.Exp(-slope[topic]))) - (topic == topics[i] ? 1 : 0);
                foreach (var (number, weight) in vectors[i])
                    VectorMath.AdaGrad(weight, slope, Row(_weights, number), Row(seen, number), Rate);
                VectorMath.AdaGrad(1, slope, _constants, seenConstants, Rate);
            }
        }
    }

    private Span<float> Row(float[] weights, int number) =>
        weights.AsSpan(number * _constants.Length, _constants.Length);

    /// <summary>Words and runs of characters have length 1 each.</summary>
    private List<(int Number, float Weight)> VectorOf(Dictionary<string, int> grams)
    {
        var vector = new List<(int Number, float Weight)>(grams.Count);
        var (words, runs) = (0f, 0f);
        foreach (var (gram, count) in grams)
        {
            if (!_numbers.TryGetValue(gram, out var number))
                continue;
            var weight = (1 + MathF.Log(count)) * _rarity[number];
            vector.Add((gram[0] == WordMark ? number : ~number, weight));
            (gram[0] == WordMark ? ref words : ref runs) += weight * weight;
        }
        foreach (ref var entry in CollectionsMarshal.AsSpan(vector))
            entry =
                entry.Number >= 0
                    ? (entry.Number, entry.Weight / MathF.Sqrt(words))
                    : (~entry.Number, entry.Weight / MathF.Sqrt(runs));
        return vector;
    }

    private const char WordMark = 'w';
    private const char RunMark = 'r';

    private static Dictionary<string, int> NgramsOf(string text)
    {
        var grams = new Dictionary<string, int>(StringComparer.Ordinal);
        var before = "";
        foreach (var word in Words(text.ToLowerInvariant()))
        {
            Count($"{WordMark}{word}");
            if (before.Length > 0)
                Count($"{WordMark}{before} {word}");
            before = word;
            var marked = $" {word} ";
            for (var length = 3; length <= 5; length++)
            for (var start = 0; start + length <= marked.Length; start++)
                Count($"{RunMark}{marked.AsSpan(start, length)}");
        }
        return grams;

        void Count(string gram) => CollectionsMarshal.GetValueRefOrAddDefault(grams, gram, out _)++;
    }

    private static IEnumerable<string> Words(string text)
    {
        var start = -1;
        for (var i = 0; i <= text.Length; i++)
        {
            var inside = i < text.Length && char.IsLetterOrDigit(text[i]);
            if (inside && start < 0)
                start = i;
            if (inside || start < 0)
                continue;
            yield return text[start..i];
            start = -1;
        }
    }
}
