using Helpdesk.Routing.Classification.Encoder;

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
    public int MemberCount => Meaning is null ? AlwaysAsked : AlwaysAsked + 1;

    /// <summary>Those that read n-grams, and are asked about each text.</summary>
    private const int AlwaysAsked = 3;

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
        signals[9] = specialLogOdds / AlwaysAsked;
        Span<float> meaning = stackalloc float[Meaning?.Width ?? 0];
        if (Meaning is { EncodesAll: true })
        {
            Encode(whole, words, encoded, meaning);
            Meaning.Scores(meaning, scores);
            _ = Collect(scores, members[AlwaysAsked] = new float[Topics], ref specialLogOdds);
            signals[9] = specialLogOdds / members.Length;
        }
        else if (Meaning is not null)
        {
            Meaning.MeaningOf(text, meaning);
            members[AlwaysAsked] =
                Agreed(members.AsSpan(..AlwaysAsked)) ?? SecondOpinion(whole, words, encoded, scores);
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
        return reading;
    }

    private void Encode(string whole, List<TextFeatures.Word> words, float[]? encoded, Span<float> meaning)
    {
        if (encoded is not null)
            encoded.CopyTo(meaning);
        else
            Meaning!.Encode(SpanOf(whole, words), meaning);
    }

    /// <summary>What members say together that have the same best topic; null where they have not.</summary>
    private static float[]? Agreed(ReadOnlySpan<float[]> members)
    {
        var best = VectorMath.IndexOfMax(members[0]);
        foreach (var member in members[1..])
            if (VectorMath.IndexOfMax(member) != best)
                return null;
        var together = new float[members[0].Length];
        foreach (var member in members)
            VectorMath.AddScaled(1f / members.Length, member, together);
        var log = VectorMath.LogOfSum(together);
        foreach (ref var value in together.AsSpan())
            value -= log;
        return together;
    }

    private float[] SecondOpinion(string whole, List<TextFeatures.Word> words, float[]? encoded, Span<float> scores)
    {
        Span<float> meaning = stackalloc float[SentenceEncoder.Width];
        Encode(whole, words, encoded, meaning);
        Meaning!.Scores(meaning, scores);
        // one request in ten is read so: too few to say with it what is special
        var (opinion, unasked) = (new float[Topics], 0f);
        _ = Collect(scores, opinion, ref unasked);
        return opinion;
    }

    /// <summary>From the first word to the last: what the encoder reads of a text, or of a part of one.</summary>
    public static ReadOnlySpan<char> SpanOf(string whole, List<TextFeatures.Word> words) =>
        whole.AsSpan()[words[0].Start..(words[^1].Start + words[^1].Length)];

    /// <summary>Turns one member's scores into log probabilities; returns ln Σ exp over the topics.</summary>
    private float Collect(Span<float> scores, Span<float> member, ref float specialLogOdds)
    {
        var topics = scores[..Topics];
        var log = VectorMath.LogOfSum(topics);
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
