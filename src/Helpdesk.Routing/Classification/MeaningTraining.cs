using Helpdesk.Routing.Classification.Encoder;

namespace Helpdesk.Routing.Classification;

/// <summary>Trains a <see cref="MeaningMember"/>.</summary>
/// <remarks>
/// Up to <see cref="MostReadByEncoder"/> texts the encoder reads each text itself. A desk with more asks more of its
/// processor and gains less by it; there the encoder reads some thousand texts once, and a linear model over n-grams learns to say what
/// it said (distillation, Hinton et al. 2015), in the <see cref="TaughtWidth"/> directions that carry most of it (their principal
/// subspace, not centred: how far a text lies off the desk's mean meaning is what tells the special ones).
/// </remarks>
internal static class MeaningTraining
{
    public const int MostReadByEncoder = 2_500;

    private const int MostTaught = 5_000;
    private const int TaughtWidth = 64;
    private const int SubspaceRounds = 12;
    private const float Dropped = 0.5f;
    private const float TeachingRate = 0.005f;
    private const float OutputRate = 0.1f;
    private const int TeachingSteps = 60_000;
    private const int OutputSteps = 40_000;

    /// <summary>An English word is 1.2 pieces, a French or Spanish one 2; languages in other letters have no pieces at all.</summary>
    private const double MostPiecesOfWord = 1.6;
    private const int PiecesOfUnknown = 4;
    private const int Sample = 200;

    /// <summary>For each text what it means, length 1; null for texts that were not read, and nothing at all where they
    /// are not in the encoder's language.</summary>
    public static float[]?[]? MeaningsOf(IReadOnlyList<string> texts, ulong seed, int cores, CancellationToken stop)
    {
        var encoder = SentenceEncoder.Load();
        var order = Enumerable.Range(0, texts.Count).ToArray();
        var random = new SeededRandom(seed ^ 0x3C3C3C3C);
        random.Shuffle(order);
        if (!AreEnglish(encoder, order.Take(Sample).Select(i => texts[i])))
            return null;
        var meanings = new float[texts.Count][];
        var taught = texts.Count > MostReadByEncoder;
        Parallel.ForEach(
            taught ? order.Take(MostTaught) : order,
            new ParallelOptions { MaxDegreeOfParallelism = cores, CancellationToken = stop },
            i => encoder.Encode(texts[i], meanings[i] = new float[SentenceEncoder.Width])
        );
        if (taught)
            Project(meanings, random);
        return meanings;
    }

    private static bool AreEnglish(SentenceEncoder encoder, IEnumerable<string> texts)
    {
        var (pieces, words) = (0.0, 0.0);
        foreach (var text in texts)
        {
            var beginning = text.AsSpan(0, Math.Min(text.Length, Sample));
            foreach (var piece in encoder.Pieces(beginning))
                pieces += piece == SentencePieces.Unknown ? PiecesOfUnknown : 1;
            words += 1 + beginning.Count(' ');
        }
        return words > 0 && pieces / words <= MostPiecesOfWord;
    }

    /// <summary>Brings the meanings into the directions in which they lie most (orthogonal iteration).</summary>
    private static void Project(float[]?[] meanings, SeededRandom random)
    {
        const int width = SentenceEncoder.Width;
        var moments = new float[width * width];
        foreach (var meaning in meanings)
            for (var i = 0; meaning is not null && i < width; i++)
                VectorMath.AddScaled(meaning[i], meaning, moments.AsSpan(i * width, width));
        var (basis, next) = (new float[TaughtWidth * width], new float[TaughtWidth * width]);
        foreach (ref var value in basis.AsSpan())
            value = random.NextSingle() - 0.5f;
        for (var round = 0; round < SubspaceRounds; round++)
        {
            for (var b = 0; b < TaughtWidth; b++)
            for (var i = 0; i < width; i++)
                next[(b * width) + i] = VectorMath.Dot(
                    moments.AsSpan(i * width, width),
                    basis.AsSpan(b * width, width)
                );
            for (var b = 0; b < TaughtWidth; b++)
            {
                var direction = next.AsSpan(b * width, width);
                for (var a = 0; a < b; a++)
                {
                    var earlier = next.AsSpan(a * width, width);
                    VectorMath.AddScaled(-VectorMath.Dot(direction, earlier), earlier, direction);
                }
                VectorMath.Normalise(direction);
            }
            (basis, next) = (next, basis);
        }
        for (var m = 0; m < meanings.Length; m++)
        {
            if (meanings[m] is not { } meaning)
                continue;
            var projected = new float[TaughtWidth];
            for (var b = 0; b < TaughtWidth; b++)
                projected[b] = VectorMath.Dot(meaning, basis.AsSpan(b * width, width));
            VectorMath.Normalise(projected);
            meanings[m] = projected;
        }
    }

    /// <param name="meanings">Of each text of <paramref name="data"/>; null where it was not read.</param>
    public static MeaningMember Train(
        TrainingTexts data,
        float[]?[] meanings,
        int features,
        ulong seed,
        CancellationToken stop
    )
    {
        var width = meanings.First(m => m is not null)!.Length;
        var mean = Array.Empty<float>();
        ByteRows? taught = null;
        if (width < SentenceEncoder.Width)
        {
            mean = MeanOf(meanings, width);
            taught = Teach(data, meanings, mean, features, seed, stop);
        }
        var output = taught is null ? TrainOutput(data, meanings, width, seed, stop) : null;
        var read = Enumerable.Range(0, meanings.Length).Where(i => meanings[i] is not null).ToList();
        return new MeaningMember(
            taught,
            mean,
            output?.Weights ?? [],
            output?.Bias ?? [],
            ByteRows.From([.. read.SelectMany(i => meanings[i]!)], width),
            [.. read.Select(i => data.Classes[i])]
        );
    }

    private static MemberTraining.OutputLayer TrainOutput(
        TrainingTexts data,
        float[]?[] meanings,
        int width,
        ulong seed,
        CancellationToken stop
    )
    {
        var output = new MemberTraining.OutputLayer(data.ClassCount, width);
        var (activation, back) = (new float[width], new float[width]);
        foreach (var step in MemberTraining.Steps(data, OutputSteps, OutputRate, seed, stop))
        {
            Array.Clear(activation);
            VectorMath.AddScaled(MeaningMember.Loudness, meanings[step.Text]!, activation);
            output.Learn(data, step.Text, activation, back, step.Rate);
        }
        return output;
    }

    private static float[] MeanOf(float[]?[] meanings, int width)
    {
        var mean = new float[width];
        foreach (var meaning in meanings)
            if (meaning is not null)
                VectorMath.AddScaled(1f / meanings.Length, meaning, mean);
        VectorMath.Normalise(mean);
        return mean;
    }

    /// <summary>Linear regression from n-grams to meanings by stochastic gradient descent, with half of the n-grams dropped each
    /// time.</summary>
    private static ByteRows Teach(
        TrainingTexts data,
        float[]?[] meanings,
        float[] mean,
        int features,
        ulong seed,
        CancellationToken stop
    )
    {
        var width = mean.Length;
        var (rows, seen) = (new float[features * width], new float[features]);
        var error = new float[width];
        var kept = new List<int>(256);
        var random = new SeededRandom(seed ^ 0x69696969);
        foreach (var step in MemberTraining.Steps(data, TeachingSteps, TeachingRate, seed, stop))
        {
            if (meanings[step.Text] is not { } meaning)
                continue;
            var text = data.Texts[step.Text];
            MemberTraining.Keep(kept, text.Ids.Length, Dropped, ref random);
            mean.CopyTo(error, 0);
            VectorMath.AddScaled(-1f, meaning, error);
            foreach (var i in kept)
                VectorMath.AddScaled(text.Weights[i] / (1 - Dropped), rows.AsSpan(text.Ids[i] * width, width), error);
            var steepness = VectorMath.Dot(error, error) / width;
            foreach (var i in kept)
            {
                var (weight, id) = (text.Weights[i] / (1 - Dropped), text.Ids[i]);
                seen[id] += steepness * weight * weight;
                var move = -step.Rate * weight / MathF.Sqrt(seen[id] + 1e-8f);
                VectorMath.AddScaled(move, error, rows.AsSpan(id * width, width));
            }
        }
        return ByteRows.From(rows, width);
    }
}
