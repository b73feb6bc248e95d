namespace Helpdesk.Routing.Classification;

/// <summary>What the members say about one text, before calibration.</summary>
/// <param name="Members">Each member's log probabilities over the topics.</param>
/// <param name="Signals">What speaks for and against "outside all topics"; see <see cref="Ensemble.SignalCount"/>.</param>
internal readonly record struct Reading(float[][] Members, float[] Signals)
{
    /// <summary>Log of the members' geometric mean with these powers, not normalised.</summary>
    public float[] Pooled(ReadOnlySpan<float> powers)
    {
        var pooled = new float[Members[0].Length];
        for (var m = 0; m < powers.Length; m++)
            VectorMath.AddScaled(powers[m], Members[m], pooled);
        return pooled;
    }
}

/// <summary>Unlike members: one linear, a net over the bag of n-grams, a net over words, and where the texts are English one
/// that reads their meaning. They err differently, so their mean is better than each.</summary>
/// <param name="Topics">How many topics; a class after them, when <paramref name="KnowsSpecial"/>, stands for requests
/// outside all of them.</param>
internal sealed record Ensemble(
    Vocabulary Vocabulary,
    LinearMember Linear,
    NetMember Net,
    WordMember Words,
    MeaningMember? Meaning,
    int Topics,
    bool KnowsSpecial
)
{
    /// <summary>Members that have a say in the topic.</summary>
    public int MemberCount => Meaning is { Encodes: true } ? 4 : 3;

    /// <summary>Entropy and largest probability of the mean; how loudly each member speaks at all (ln Σ exp of the scores,
    /// and for the nets the largest); shares of unknown characters and words; for each net the likeness to the nearest topic's
    /// centre and the length inside it; log odds of the special class (0 without one);
    /// what the member that believes least in the best topic gives it; likeness to the nearest learned text, and to the nearest
    /// of the best topic (0 without meanings).</summary>
    public const int SignalCount = 17;

    /// <summary>Place of the likeness to the nearest topic's centre, and of the share of unknown words, among the
    /// signals.</summary>
    public const int NearestCentreSignal = 7;
    public const int UnknownWordsSignal = 6;
    public const int LeastBeliefSignal = 14;
    public const int NearestTextSignal = 15;
    public const int NearestOfTopicSignal = 16;

    /// <param name="whole">The text in which the words stand.</param>
    /// <param name="encoded">What the encoder said of them, where it was asked already.</param>
    public Reading Read(string whole, List<TextFeatures.Word> words, float[]? encoded = null)
    {
        var text = Vocabulary.Vector(words);
        var scores = new float[MemberTraining.Padded(Topics + 1)];
        var members = new float[MemberCount][];
        var signals = new float[SignalCount];
        var specialLogOdds = 0f;

        Linear.Scores(text, scores);
        signals[2] = Collect(scores, members[0] = new float[Topics], ref specialLogOdds);
        Span<float> hidden = stackalloc float[Math.Max(Net.Hidden, Words.Hidden)];
        var inside = hidden[..Net.Hidden];
        Net.HiddenOf(text, inside);
        Net.Scores(inside, scores);
        signals[3] = Largest(scores);
        signals[4] = Collect(scores, members[1] = new float[Topics], ref specialLogOdds);
        (signals[NearestCentreSignal], signals[8]) = Place(inside, Net.Centres);
        inside = hidden[..Words.Hidden];
        Words.HiddenOf(text.ByWord, inside);
        Words.Scores(inside, scores);
        signals[10] = Largest(scores);
        signals[11] = Collect(scores, members[2] = new float[Topics], ref specialLogOdds);
        (signals[12], signals[13]) = Place(inside, Words.Centres);
        Span<float> meaning = stackalloc float[Meaning?.Width ?? 0];
        if (Meaning is not null)
        {
            if (Meaning.Encodes && encoded is not null)
                encoded.CopyTo(meaning);
            else
                Meaning.MeaningOf(SpanOf(whole, words), text, meaning);
            if (Meaning.Encodes)
            {
                Meaning.Scores(meaning, scores);
                _ = Collect(scores, members[3] = new float[Topics], ref specialLogOdds);
            }
        }

        var reading = new Reading(members, signals);
        Span<float> equal = stackalloc float[MemberCount];
        equal.Fill(1f / MemberCount);
        var probabilities = reading.Pooled(equal);
        VectorMath.Softmax(probabilities);
        var best = VectorMath.IndexOfMax(probabilities);
        if (Meaning is not null)
            (signals[NearestTextSignal], signals[NearestOfTopicSignal]) = Meaning.Neighbourhood(meaning, best, Topics);
        signals[0] = Entropy(probabilities);
        signals[1] = probabilities[best];
        signals[LeastBeliefSignal] = MathF.Max(-12, members.Min(m => m[best]));
        signals[5] = 1 - text.KnownShare;
        signals[UnknownWordsSignal] = 1 - text.KnownWordShare;
        signals[9] = specialLogOdds / MemberCount;
        return reading;
    }

    /// <summary>From the first word to the last: what the encoder reads of a text, or of a part of one.</summary>
    public static ReadOnlySpan<char> SpanOf(string whole, List<TextFeatures.Word> words) =>
        whole.AsSpan()[words[0].Start..(words[^1].Start + words[^1].Length)];

    /// <summary>Turns one member's scores into log probabilities; returns ln Σ exp over the topics.</summary>
    private float Collect(Span<float> scores, Span<float> member, ref float specialLogOdds)
    {
        var topics = scores[..Topics];
        var (largest, sum) = (topics[VectorMath.IndexOfMax(topics)], 0f);
        foreach (var score in topics)
            sum += MathF.Exp(score - largest);
        var log = largest + MathF.Log(sum);
        for (var c = 0; c < topics.Length; c++)
            member[c] = topics[c] - log;
        if (KnowsSpecial)
            specialLogOdds += scores[Topics] - log;
        return log;
    }

    private float Largest(ReadOnlySpan<float> scores) => scores[VectorMath.IndexOfMax(scores[..Topics])];

    /// <summary>Cosine to the nearest topic's centre, and the length.</summary>
    private (float Nearest, float Length) Place(ReadOnlySpan<float> hidden, float[] centres)
    {
        var length = MathF.Sqrt(VectorMath.Dot(hidden, hidden));
        var nearest = 0f;
        for (var c = 0; c < Topics && length > 0; c++)
            nearest = MathF.Max(
                nearest,
                VectorMath.Dot(hidden, centres.AsSpan(c * hidden.Length, hidden.Length)) / length
            );
        return (nearest, length);
    }

    private static float Entropy(ReadOnlySpan<float> probabilities)
    {
        var entropy = 0f;
        foreach (var p in probabilities)
            entropy -= p > 0 ? p * MathF.Log(p) : 0;
        return entropy;
    }
}
