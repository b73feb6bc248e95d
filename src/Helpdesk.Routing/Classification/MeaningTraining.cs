using Helpdesk.Routing.Classification.Encoder;

namespace Helpdesk.Routing.Classification;

/// <summary>What the encoder makes of the texts to learn from.</summary>
/// <param name="Read">Its numbers for each, length 1; null for texts beyond those that it read.</param>
/// <param name="Reduced">What n-grams are to learn of it, for the texts that teach them and null for the others; null altogether where each
/// text is encoded when it is classified.</param>
internal sealed record EncodedTexts(float[]?[] Read, float[]?[]? Reduced);

/// <summary>Trains a <see cref="MeaningMember"/>.</summary>
/// <remarks>
/// With more texts than <see cref="MostReadByEncoder"/> a linear model over n-grams learns from some thousand of them to say what
/// the encoder said (distillation, Hinton et al. 2015), in the <see cref="TaughtWidth"/> directions that carry most of it (their
/// principal subspace, not centred: how far a text lies off the desk's mean meaning is what tells the special ones).
/// </remarks>
internal static class MeaningTraining
{
    public const int MostReadByEncoder = 2_500;

    private const int MostTaught = 5_000;
    private const int MostEncoded = 20_000;
    private const int TaughtWidth = 64;
    private const int SubspaceRounds = 12;
    private const float Dropped = 0.5f;
    private const float TeachingRate = 0.005f;
    private const float OutputRate = 0.1f;
    private const int TeachingSteps = 60_000;
    private const int OutputSteps = 120_000;

    /// <summary>An English word is 1.2 pieces, a French or Spanish one 2; languages in other letters have no pieces at all.</summary>
    private const double MostPiecesOfWord = 1.6;
    private const int PiecesOfUnknown = 4;
    private const int Sample = 200;

    /// <summary>Null where the texts are not in the encoder's language.</summary>
    public static EncodedTexts? Encode(IReadOnlyList<string> texts, ulong seed, int cores, CancellationToken stop)
    {
        var encoder = SentenceEncoder.Load();
        var order = Enumerable.Range(0, texts.Count).ToArray();
        var random = new SeededRandom(seed ^ 0x3C3C3C3C);
        random.Shuffle(order);
        if (!AreEnglish(encoder, order.Take(Sample).Select(i => texts[i])))
            return null;
        var all = texts.Count <= MostReadByEncoder;
        var (read, reduced) = (new float[]?[texts.Count], new float[]?[texts.Count]);
        Parallel.For(
            0,
            Math.Min(order.Length, MostEncoded),
            new ParallelOptions { MaxDegreeOfParallelism = cores, CancellationToken = stop },
            n =>
            {
                var i = order[n];
                if (all || n < MostTaught)
                    encoder.Encode(texts[i], reduced[i] = new float[SentenceEncoder.Width]);
                if (all || (n < MostTaught && encoder.Pieces(texts[i]).Count <= MeaningMember.PiecesOfOpinion))
                    read[i] = reduced[i];
                else
                    encoder.EncodeRarest(
                        texts[i],
                        read[i] = new float[SentenceEncoder.Width],
                        MeaningMember.PiecesOfOpinion
                    );
            }
        );
        if (all)
            return new EncodedTexts(read, Reduced: null);
        Project(reduced, random);
        return new EncodedTexts(read, reduced);
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

    /// <param name="encoded">Of each text of <paramref name="data"/>.</param>
    public static MeaningMember Train(
        TrainingTexts data,
        EncodedTexts encoded,
        int features,
        ulong seed,
        CancellationToken stop
    )
    {
        var output = TrainOutput(data, encoded.Read, seed, stop);
        var likened = encoded.Reduced ?? encoded.Read;
        var remembered = Enumerable.Range(0, likened.Length).Where(i => likened[i] is not null).ToList();
        var width = likened[remembered[0]]!.Length;
        var mean = encoded.Reduced is null ? [] : MeanOf(likened, width);
        return new MeaningMember(
            encoded.Reduced is null ? null : Teach(data, likened, mean, features, seed, stop),
            mean,
            output.Weights,
            output.Bias,
            ByteRows.From([.. remembered.SelectMany(i => likened[i]!)], width),
            [.. remembered.Select(i => data.Classes[i])]
        );
    }

    private static MemberTraining.OutputLayer TrainOutput(
        TrainingTexts data,
        float[]?[] meanings,
        ulong seed,
        CancellationToken stop
    )
    {
        var output = new MemberTraining.OutputLayer(data.ClassCount, SentenceEncoder.Width);
        var (activation, back) = (new float[SentenceEncoder.Width], new float[SentenceEncoder.Width]);
        foreach (var step in MemberTraining.Steps(data, OutputSteps, OutputRate, seed, stop))
        {
            if (meanings[step.Text] is not { } meaning)
                continue;
            Array.Clear(activation);
            VectorMath.AddScaled(MeaningMember.Loudness, meaning, activation);
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
