using Helpdesk.Routing.Classification.Encoder;

namespace Helpdesk.Routing.Classification;

/// <summary>
/// Reads what a text means rather than its n-grams: likeness to the texts learned from, and softmax regression on the meaning. Few
/// examples teach it more than they teach n-grams, and it sees that a request is like none of them although its words are known.
/// </summary>
/// <remarks>
/// Encoding takes ten times as long as all other members together. On small desks each text is encoded. With more to learn from, n-grams
/// taught by the encoder say how alike texts are, and the encoder gives a second opinion only where the other members disagree
/// about the topic: one request in ten, and it is these that it decides better.
/// </remarks>
/// <param name="Taught">For each n-gram what it adds to the meaning, where the encoder has taught the n-grams; null where each
/// text is encoded.</param>
/// <param name="Mean">The learned texts' mean meaning, which the taught n-grams add to; empty without them.</param>
/// <param name="Output">Softmax regression on what the encoder says.</param>
/// <param name="Memory">The learned texts' meanings, length 1.</param>
/// <param name="MemoryClasses">Of which class each is.</param>
internal sealed record MeaningMember(
    ByteRows? Taught,
    float[] Mean,
    float[] Output,
    float[] OutputBias,
    ByteRows Memory,
    int[] MemoryClasses
)
{
    /// <summary>Pieces of a text read for a second opinion: the rarest of its beginning. Twice as many in a row cost twice the time and
    /// made it no better.</summary>
    public const int PiecesOfOpinion = 12;

    /// <summary>Meanings have length 1; scores want more room.</summary>
    public const float Loudness = 4f;

    private const int Neighbours = 3;

    /// <summary>Compared in one go.</summary>
    private const int Together = 256;

    // held so that it stays loaded while a model reads with it
    private readonly SentenceEncoder _encoder = SentenceEncoder.Load();

    /// <summary>Numbers by which likeness is measured.</summary>
    public int Width => Memory.Width;

    /// <summary>Whether each text is encoded, rather than those about whose topic the other members disagree.</summary>
    public bool EncodesAll => Taught is null;

    /// <param name="meaning">Gets what the encoder says: <see cref="SentenceEncoder.Width"/> numbers of length 1.</param>
    public void Encode(ReadOnlySpan<char> text, Span<float> meaning)
    {
        if (EncodesAll)
            _encoder.Encode(text, meaning);
        else
            _encoder.EncodeRarest(text, meaning, PiecesOfOpinion);
    }

    /// <param name="meaning">Gets <see cref="Width"/> numbers of length 1, by the taught n-grams.</param>
    public void MeaningOf(in TextVector ngrams, Span<float> meaning)
    {
        Mean.CopyTo(meaning);
        Taught!.AddTo(meaning, ngrams);
        VectorMath.Normalise(meaning);
    }

    public void Scores(ReadOnlySpan<float> meaning, Span<float> scores)
    {
        for (var c = 0; c < OutputBias.Length; c++)
            scores[c] =
                OutputBias[c] + (Loudness * VectorMath.Dot(meaning, Output.AsSpan(c * meaning.Length, meaning.Length)));
    }

    /// <summary>Cosine to the nearest learned text of any topic, and the mean of the nearest three of one.</summary>
    /// <param name="topics">Classes from this number on are no topics.</param>
    public (float Nearest, float NearestOfTopic) Neighbourhood(ReadOnlySpan<float> meaning, int topic, int topics)
    {
        Span<short> rounded = stackalloc short[meaning.Length];
        var step = ByteRows.Round(meaning, rounded);
        Span<int> dots = stackalloc int[Together];
        var nearest = 0f;
        Span<float> own = stackalloc float[Neighbours];
        own.Clear();
        for (var first = 0; first < MemoryClasses.Length; first += Together)
        {
            var some = dots[..Math.Min(Together, MemoryClasses.Length - first)];
            Memory.Dots(first, rounded, some);
            for (var i = 0; i < some.Length; i++)
            {
                var ofClass = MemoryClasses[first + i];
                if (ofClass >= topics)
                    continue;
                var likeness = step * Memory.Scales[first + i] * some[i];
                nearest = MathF.Max(nearest, likeness);
                if (ofClass != topic || likeness <= own[0])
                    continue;
                own[0] = likeness;
                own.Sort();
            }
        }
        var sum = 0f;
        foreach (var likeness in own)
            sum += likeness;
        return (nearest, sum / Neighbours);
    }
}
