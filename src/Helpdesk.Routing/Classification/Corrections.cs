using System.Runtime.InteropServices;

namespace Helpdesk.Routing.Classification;

/// <summary>What corrections since a training change at once, for requests that are worded like the corrected ones; the next training learns them for good.</summary>
/// <remarks>
/// Passive-aggressive learning (PA-I, Crammer et al. 2006) on top of the calibrated model, in dual form: a correction that the model reads right already
/// changes nothing, another moves the log probabilities just so far that it is read right, at most by <see cref="MostMoved"/>. The kernel is the squared
/// cosine of two bags of n-grams, so that what shares only "my card" with a correction is hardly touched.
/// </remarks>
internal sealed class Corrections
{
    private const int Rounds = 4;

    /// <summary>In natural logarithms: how much likelier the right topic is to become than the next.</summary>
    private const float Lead = 2f;
    private const float MostMoved = 6f;

    private readonly Vocabulary _vocabulary;
    private readonly Dictionary<uint, List<(int Correction, float Weight)>> _occurrences = [];
    private readonly int _count;
    private readonly int _topics;

    /// <summary>For each correction what it adds to each topic's log probability.</summary>
    private readonly float[] _moves;

    /// <summary>… and to the log odds of being outside all topics.</summary>
    private readonly float[] _special;

    private sealed record Correction(Dictionary<uint, float> Bag, int Topic, float Weight, TextPrediction Read);

    /// <param name="model">Without corrections.</param>
    /// <param name="examples">The oldest first; of topics that the model does not know none is used.</param>
    public Corrections(TextModel model, IReadOnlyList<TrainingExample> examples)
    {
        _vocabulary = model.Ensemble.Vocabulary;
        _topics = model.Topics.Count;
        var numbers = model.Topics.Select((t, i) => (t, i)).ToDictionary(p => p.t, p => p.i, StringComparer.Ordinal);
        var corrections = new List<Correction>();
        foreach (var example in examples)
        {
            var words = RequestWords.Of(example.Text);
            var topic = example.Topic is null ? _topics : numbers.GetValueOrDefault(example.Topic, -1);
            if (words.Count == 0 || topic < 0)
                continue;
            var bag = BagOf(words);
            foreach (var (hash, weight) in bag)
                (CollectionsMarshal.GetValueRefOrAddDefault(_occurrences, hash, out _) ??= []).Add(
                    (corrections.Count, weight)
                );
            corrections.Add(new Correction(bag, topic, example.Weight, model.Predict(example.Text, words)));
        }
        _count = corrections.Count;
        _moves = new float[_count * _topics];
        _special = new float[_count];
        Learn(corrections, TextModel.LogOdds(model.Promises.SpecialAbove));
    }

    private void Learn(List<Correction> corrections, float limit)
    {
        var alike = corrections.ConvertAll(c => Likeness(c.Bag));
        var scores = new float[_topics];
        for (var round = 0; round < Rounds; round++)
        for (var i = 0; i < corrections.Count; i++)
        {
            var correction = corrections[i];
            var isSpecial = correction.Topic == _topics;
            var odds = TextModel.LogOdds(correction.Read.Special) + VectorMath.Dot(alike[i], _special) - limit;
            var side = isSpecial ? 1 : -1;
            var least = Math.Clamp(Lead - (side * odds), 0, MostMoved * correction.Weight);
            _special[i] = Math.Clamp(_special[i] + (side * least), -MostMoved, MostMoved);
            if (isSpecial)
                continue;
            for (var t = 0; t < _topics; t++)
                scores[t] = MathF.Log(correction.Read.Probabilities[t] + 1e-6f);
            Move(alike[i], scores);
            var rival = -1;
            for (var t = 0; t < _topics; t++)
                if (t != correction.Topic && (rival < 0 || scores[t] > scores[rival]))
                    rival = t;
            var loss = Lead - (scores[correction.Topic] - scores[rival]);
            var step = Math.Clamp(loss / 2, 0, MostMoved / 2 * correction.Weight);
            _moves[(i * _topics) + correction.Topic] += step;
            _moves[(i * _topics) + rival] -= step;
        }
    }

    /// <summary>Moves log probabilities of the topics.</summary>
    /// <returns>What is added to the log odds of being outside all topics.</returns>
    public float Move(List<TextFeatures.Word> words, Span<float> topics)
    {
        var alike = Likeness(BagOf(words));
        Move(alike, topics);
        return VectorMath.Dot(alike, _special);
    }

    private void Move(float[] alike, Span<float> topics)
    {
        for (var i = 0; i < _count; i++)
            if (alike[i] > 0)
                VectorMath.AddScaled(alike[i], _moves.AsSpan(i * _topics, _topics), topics);
    }

    private float[] Likeness(Dictionary<uint, float> bag)
    {
        var alike = new float[_count];
        foreach (var (hash, weight) in bag)
            if (_occurrences.TryGetValue(hash, out var occurrences))
                foreach (var (correction, its) in CollectionsMarshal.AsSpan(occurrences))
                    alike[correction] += weight * its;
        foreach (ref var cosine in alike.AsSpan())
            cosine *= cosine;
        return alike;
    }

    /// <summary>Its n-grams by how rare they are, length 1.</summary>
    private Dictionary<uint, float> BagOf(List<TextFeatures.Word> words)
    {
        var bag = new Dictionary<uint, float>();
        TextFeatures.Visit(words, (hash, _, _) => bag[hash] = _vocabulary.WeightOf(hash));
        var length = MathF.Sqrt(bag.Values.Sum(w => w * w));
        foreach (var hash in bag.Keys.ToList())
            bag[hash] /= length;
        return bag;
    }
}
