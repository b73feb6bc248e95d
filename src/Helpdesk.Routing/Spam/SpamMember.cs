using Helpdesk.Routing.Classification;

namespace Helpdesk.Routing.Spam;

/// <summary>
/// One linear model over one view of the texts: logistic regression, trained one text at a time with AdaGrad. Each n-gram first counts
/// as much as it tells spam from good mail by itself, |ln P(n-gram | spam) / P(n-gram | good)| (Wang and Manning 2012).
/// </summary>
internal sealed record SpamMember(float[] Weights, float Constant, float[] Ratios)
{
    private const int Rounds = 3;
    private const float Rate = 0.5f;

    /// <summary>Log odds of spam.</summary>
    public float Score(SpamVector text)
    {
        var seen = Seen(text, Ratios);
        var sum = Constant;
        for (var i = 0; i < seen.Ids.Length; i++)
            sum += Weights[seen.Ids[i]] * seen.Weights[i];
        return sum;
    }

    /// <summary>What one n-gram of a text added to its score.</summary>
    public float Share(int bucket) => Weights[bucket] * Ratios[bucket];

    /// <param name="weights">How much each text counts, 0 to 1.</param>
    public static SpamMember Train(
        IReadOnlyList<SpamVector> texts,
        IReadOnlyList<bool> isSpam,
        IReadOnlyList<float> weights,
        CancellationToken cancellationToken
    )
    {
        var ratios = RatiosOf(texts, isSpam, weights);
        var seen = texts.Select(t => Seen(t, ratios)).ToArray();
        var (learned, squares) = (new float[SpamFeatures.Buckets], new float[SpamFeatures.Buckets]);
        var (constant, constantSquares) = (0f, 0f);
        var random = new SeededRandom(1);
        var order = Enumerable.Range(0, texts.Count).ToArray();
        for (var round = 0; round < Rounds; round++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            random.Shuffle(order);
            var rate = Rate * (1 - (0.95f * round / Rounds));
            foreach (var t in order)
            {
                var (ids, values) = seen[t];
                var sum = constant;
                for (var i = 0; i < ids.Length; i++)
                    sum += learned[ids[i]] * values[i];
                var error = ((1 / (1 + MathF.Exp(-sum))) - (isSpam[t] ? 1 : 0)) * weights[t];
                if (MathF.Abs(error) < 1e-4f)
                    continue;
                constantSquares += error * error;
                constant -= rate * error / MathF.Sqrt(constantSquares + 1e-6f);
                for (var i = 0; i < ids.Length; i++)
                {
                    var gradient = error * values[i];
                    squares[ids[i]] += gradient * gradient;
                    learned[ids[i]] -= rate * gradient / (MathF.Sqrt(squares[ids[i]]) + 1e-4f);
                }
            }
        }
        return new SpamMember(learned, constant, ratios);
    }

    private static SpamVector Seen(SpamVector text, float[] ratios)
    {
        var weights = new float[text.Ids.Length];
        var squares = 1e-9f;
        for (var i = 0; i < weights.Length; i++)
        {
            weights[i] = text.Weights[i] * ratios[text.Ids[i]];
            squares += weights[i] * weights[i];
        }
        var length = MathF.Sqrt(squares);
        for (var i = 0; i < weights.Length; i++)
            weights[i] /= length;
        return text with { Weights = weights };
    }

    private static float[] RatiosOf(
        IReadOnlyList<SpamVector> texts,
        IReadOnlyList<bool> isSpam,
        IReadOnlyList<float> weights
    )
    {
        var (spam, good) = (new float[SpamFeatures.Buckets], new float[SpamFeatures.Buckets]);
        var (spamTexts, goodTexts) = (2f, 2f);
        for (var t = 0; t < texts.Count; t++)
        {
            foreach (var id in texts[t].Ids)
                (isSpam[t] ? spam : good)[id] += weights[t];
            if (isSpam[t])
                spamTexts += weights[t];
            else
                goodTexts += weights[t];
        }
        for (var id = 0; id < spam.Length; id++)
            spam[id] = MathF.Abs(MathF.Log((spam[id] + 1) / spamTexts) - MathF.Log((good[id] + 1) / goodTexts));
        return spam;
    }
}
