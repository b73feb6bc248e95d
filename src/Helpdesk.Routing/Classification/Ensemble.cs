namespace Helpdesk.Routing.Classification;

/// <summary>What the members say about one text, before calibration.</summary>
/// <param name="LogProbabilities">Mean of the members' log probabilities over the topics (not normalised).</param>
/// <param name="Signals">What speaks for and against "outside all topics"; see <see cref="Ensemble.SignalCount"/>.</param>
internal readonly record struct Reading(float[] LogProbabilities, float[] Signals);

/// <summary>A linear member and two nets that start differently; their mean is steadier than each of them.</summary>
/// <param name="Topics">How many topics; a class after them, when <paramref name="KnowsSpecial"/>, stands for requests
/// outside all of them.</param>
internal sealed record Ensemble(
    Vocabulary Vocabulary,
    LinearMember Linear,
    NetMember[] Nets,
    int Topics,
    bool KnowsSpecial
)
{
    /// <summary>Entropy and largest probability of the mean; how loudly the linear member and the nets speak at all;
    /// shares of unknown characters and words; likeness to the nearest topic's centre and length inside the nets; log
    /// odds of the special class (0 without one).</summary>
    public const int SignalCount = 10;

    public Reading Read(List<TextFeatures.Word> words) => Read(Vocabulary.Vector(words));

    public Reading Read(in TextVector text)
    {
        var members = Nets.Length + 1;
        var scores = new float[MemberTraining.Padded(Topics + 1)];
        var mean = new float[Topics];
        var signals = new float[SignalCount];
        var specialLogOdds = 0f;

        var hiddenUnits = Nets.Length > 0 ? new float[Nets[0].Hidden] : [];
        Linear.Scores(text, scores);
        signals[2] = Collect(scores, mean, members, ref specialLogOdds);
        foreach (var net in Nets)
        {
            var hidden = hiddenUnits.AsSpan(0, net.Hidden);
            net.HiddenOf(text, hidden);
            net.Scores(hidden, scores);
            signals[3] += Largest(scores) / Nets.Length;
            signals[4] += Collect(scores, mean, members, ref specialLogOdds) / Nets.Length;
            var length = MathF.Sqrt(VectorMath.Dot(hidden, hidden));
            signals[7] += NearestCentre(net, hidden, length) / Nets.Length;
            signals[8] += length / Nets.Length;
        }
        var probabilities = (float[])mean.Clone();
        VectorMath.Softmax(probabilities);
        signals[0] = Entropy(probabilities);
        signals[1] = probabilities[VectorMath.IndexOfMax(probabilities)];
        signals[5] = 1 - text.KnownShare;
        signals[6] = 1 - text.KnownWordShare;
        signals[9] = specialLogOdds / members;
        return new Reading(mean, signals);
    }

    /// <summary>Adds one member's log probabilities to the mean; returns ln Σ exp over the topics.</summary>
    private float Collect(Span<float> scores, Span<float> mean, int members, ref float specialLogOdds)
    {
        var topics = scores[..Topics];
        var special = scores[Topics];
        var (largest, sum) = (topics[VectorMath.IndexOfMax(topics)], 0f);
        foreach (var score in topics)
            sum += MathF.Exp(score - largest);
        var log = largest + MathF.Log(sum);
        for (var c = 0; c < topics.Length; c++)
            mean[c] += (topics[c] - log) / members;
        if (KnowsSpecial)
            specialLogOdds += special - log;
        return log;
    }

    private float Largest(ReadOnlySpan<float> scores) => scores[VectorMath.IndexOfMax(scores[..Topics])];

    private float NearestCentre(NetMember net, ReadOnlySpan<float> hidden, float length)
    {
        var nearest = 0f;
        for (var c = 0; c < Topics && length > 0; c++)
            nearest = MathF.Max(
                nearest,
                VectorMath.Dot(hidden, net.Centres.AsSpan(c * net.Hidden, net.Hidden)) / length
            );
        return nearest;
    }

    private static float Entropy(ReadOnlySpan<float> probabilities)
    {
        var entropy = 0f;
        foreach (var p in probabilities)
            entropy -= p > 0 ? p * MathF.Log(p) : 0;
        return entropy;
    }
}
