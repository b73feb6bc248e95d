namespace Helpdesk.Routing.Classification;

/// <summary>Texts made ready for training: vectors, class numbers and weights, side by side.</summary>
internal sealed record TrainingTexts(TextVector[] Texts, int[] Classes, float[] Weights, int ClassCount);

/// <summary>
/// Stochastic gradient descent, one text at a time, with per-weight steps (AdaGrad, Duchi et al. 2011) that shrink
/// linearly, and with most n-grams dropped at random each time a text is seen: the model must not lean on any single
/// one. Dropping was worth a point and a half of accuracy on short requests, more than any L2 penalty tried.
/// </summary>
internal static class MemberTraining
{
    private const float Dropped = 0.7f;
    private const float DroppedOfWords = 0.5f;
    private const float LinearRate = 0.2f;
    private const float NetRate = 0.03f;
    private const float LastRateShare = 0.05f;

    /// <summary>A class that is neither right nor likely teaches nothing worth its time.</summary>
    private const float LeastGradient = 5e-4f;

    /// <summary>N-grams of a text for which the numbers of steps were found.</summary>
    private const double OrdinaryLength = 200;

    /// <summary>Rows are padded to whole vectors.</summary>
    public static int Padded(int classes) => (classes + 15) / 16 * 16;

    public static LinearMember TrainLinear(TrainingTexts data, int features, ulong seed, CancellationToken stop)
    {
        var width = Padded(data.ClassCount);
        var (weights, seen) = (new float[features * width], new float[features * width]);
        var (bias, biasSeen) = (new float[width], new float[width]);
        var scores = new float[width];
        var kept = new List<int>(256);
        var random = new SeededRandom(seed ^ 0x5A5A5A5A);
        foreach (var step in Steps(data, targetSteps: 220_000, LinearRate, seed, stop))
        {
            var text = data.Texts[step.Text];
            Keep(kept, text.Ids.Length, Dropped, ref random);
            bias.CopyTo(scores);
            foreach (var i in kept)
                VectorMath.AddScaled(Upscaled(text, i), weights.AsSpan(text.Ids[i] * width, width), scores);
            ToGradient(scores, data, step.Text);
            foreach (var i in kept)
            {
                var row = text.Ids[i] * width;
                VectorMath.AdaGrad(
                    Upscaled(text, i),
                    scores,
                    weights.AsSpan(row, width),
                    seen.AsSpan(row, width),
                    step.Rate
                );
            }
            VectorMath.AdaGrad(1f, scores, bias, biasSeen, step.Rate);
        }
        return new LinearMember(ByteRows.From(weights, width), bias);
    }

    public static NetMember TrainNet(TrainingTexts data, int features, int hidden, ulong seed, CancellationToken stop)
    {
        var random = new SeededRandom(seed ^ 0xA5A5A5A5);
        var (embeddings, embeddingSeen) = (new float[features * hidden], new float[features]);
        var (hiddenBias, hiddenBiasSeen) = (new float[hidden], new float[hidden]);
        foreach (ref var weight in embeddings.AsSpan())
            weight = (random.NextSingle() - 0.5f) * 0.2f;
        var output = new OutputLayer(data.ClassCount, hidden, ref random);

        var (activation, back) = (new float[hidden], new float[hidden]);
        var kept = new List<int>(256);
        foreach (var step in Steps(data, targetSteps: 160_000, NetRate, seed, stop))
        {
            var text = data.Texts[step.Text];
            Keep(kept, text.Ids.Length, Dropped, ref random);
            hiddenBias.CopyTo(activation, 0);
            foreach (var i in kept)
                VectorMath.AddScaled(Upscaled(text, i), embeddings.AsSpan(text.Ids[i] * hidden, hidden), activation);
            for (var i = 0; i < hidden; i++)
                activation[i] = MathF.Max(0, activation[i]);
            output.Learn(data, step.Text, activation, back, step.Rate);
            for (var i = 0; i < hidden; i++)
                back[i] = activation[i] > 0 ? back[i] : 0;
            var steepness = VectorMath.Dot(back, back) / hidden;
            foreach (var i in kept)
            {
                var (weight, id) = (Upscaled(text, i), text.Ids[i]);
                embeddingSeen[id] += steepness * weight * weight;
                var move = -step.Rate * weight / MathF.Sqrt(embeddingSeen[id] + 1e-8f);
                VectorMath.AddScaled(move, back, embeddings.AsSpan(id * hidden, hidden));
            }
            VectorMath.AdaGrad(1f, back, hiddenBias, hiddenBiasSeen, step.Rate);
        }
        var net = new NetMember(ByteRows.From(embeddings, hidden), hiddenBias, output.Weights, output.Bias, []);
        return net with { Centres = CentresOf(data, hidden, (in TextVector t, Span<float> h) => net.HiddenOf(t, h)) };
    }

    /// <summary>From what a net makes of a text to the classes' scores: softmax regression, learned together with the net.</summary>
    internal sealed class OutputLayer
    {
        private readonly int _classes;
        private readonly int _hidden;
        private readonly float[] _weights;
        private readonly float[] _weightsSeen;
        private readonly float[] _bias;
        private readonly float[] _biasSeen;
        private readonly float[] _scores;

        public OutputLayer(int classes, int hidden, ref SeededRandom random)
            : this(classes, hidden)
        {
            foreach (ref var weight in _weights.AsSpan())
                weight = (random.NextSingle() - 0.5f) * 2 * MathF.Sqrt(3f / hidden);
        }

        /// <summary>Begins at zero, for what does not learn itself.</summary>
        public OutputLayer(int classes, int hidden)
        {
            (_classes, _hidden) = (classes, hidden);
            (_weights, _weightsSeen) = (new float[classes * hidden], new float[classes * hidden]);
            (_bias, _biasSeen, _scores) = (
                new float[Padded(classes)],
                new float[Padded(classes)],
                new float[Padded(classes)]
            );
        }

        public float[] Weights => _weights;

        public float[] Bias => _bias[.._classes];

        /// <param name="back">Gets the gradient by the activation.</param>
        public void Learn(TrainingTexts data, int text, float[] activation, float[] back, float rate)
        {
            for (var c = 0; c < _classes; c++)
                _scores[c] = _bias[c] + VectorMath.Dot(activation, _weights.AsSpan(c * _hidden, _hidden));
            ToGradient(_scores, data, text);
            Array.Clear(back);
            for (var c = 0; c < _classes; c++)
            {
                if (MathF.Abs(_scores[c]) < LeastGradient)
                    continue;
                var row = _weights.AsSpan(c * _hidden, _hidden);
                VectorMath.AddScaled(_scores[c], row, back);
                VectorMath.AdaGrad(_scores[c], activation, row, _weightsSeen.AsSpan(c * _hidden, _hidden), rate);
            }
            VectorMath.AdaGrad(1f, _scores, _bias, _biasSeen, rate);
        }
    }

    private static float Upscaled(in TextVector text, int i) => text.Weights[i] / (1 - Dropped);

    /// <summary>Scores to probabilities to the gradient of the logarithmic loss, padding left at zero.</summary>
    private static void ToGradient(float[] scores, TrainingTexts data, int text)
    {
        var real = scores.AsSpan(0, data.ClassCount);
        VectorMath.Softmax(real);
        real[data.Classes[text]] -= 1;
        scores.AsSpan(data.ClassCount).Clear();
        var weight = data.Weights[text];
        if (weight != 1f)
            foreach (ref var score in real)
                score *= weight;
    }

    /// <summary>Every text equally often in an order of its own each round; few texts are seen more often.</summary>
    internal static IEnumerable<(int Text, float Rate)> Steps(
        TrainingTexts data,
        int targetSteps,
        float rate,
        ulong seed,
        CancellationToken stop
    )
    {
        var random = new SeededRandom(seed);
        var order = Enumerable.Range(0, data.Texts.Length).ToArray();
        // a long text teaches more at a time
        var length = data.Texts.Average(t => (double)t.Ids.Length);
        var rounds = Math.Clamp((int)(targetSteps * Math.Min(1, OrdinaryLength / length) / order.Length), 5, 60);
        var total = (float)rounds * order.Length;
        for (var round = 0; round < rounds; round++)
        {
            stop.ThrowIfCancellationRequested();
            random.Shuffle(order);
            for (var i = 0; i < order.Length; i++)
            {
                var done = ((round * (float)order.Length) + i) / total;
                yield return (order[i], rate * (1 - (done * (1 - LastRateShare))));
            }
        }
    }

    internal static void Keep(List<int> kept, int count, float dropped, ref SeededRandom random)
    {
        kept.Clear();
        for (var n = 0; n < count; n++)
            if (random.NextSingle() >= dropped)
                kept.Add(n);
    }

    /// <param name="width">Numbers of a word's vector.</param>
    public static WordMember TrainWords(TrainingTexts data, int features, int width, ulong seed, CancellationToken stop)
    {
        var hidden = 2 * width;
        var random = new SeededRandom(seed ^ 0xA5A5A5A5);
        var (embeddings, embeddingSeen) = (new float[features * width], new float[features]);
        foreach (ref var weight in embeddings.AsSpan())
            weight = (random.NextSingle() - 0.5f) * 0.2f;
        var output = new OutputLayer(data.ClassCount, hidden, ref random);

        var (activation, back, word) = (new float[hidden], new float[hidden], new float[width]);
        var largestAt = new int[width];
        var kept = new List<int>(256);
        foreach (var step in Steps(data, targetSteps: 120_000, NetRate, seed, stop))
        {
            var text = data.Texts[step.Text].ByWord;
            Keep(kept, text.Ids.Length, DroppedOfWords, ref random);
            Pool(text, kept, embeddings, word, activation, largestAt);
            output.Learn(data, step.Text, activation, back, step.Rate);
            var scale = 1 / MathF.Sqrt(Math.Max(1, text.Ends.Length));
            for (var j = 0; j < width; j++)
                back[j] = activation[j] > 0 ? back[j] * scale : 0;
            for (int w = 0, k = 0; w < text.Ends.Length; w++)
            {
                for (var j = 0; j < width; j++)
                    word[j] = back[j] + (largestAt[j] == w ? back[width + j] : 0);
                var steepness = VectorMath.Dot(word, word) / width;
                for (; k < kept.Count && kept[k] < text.Ends[w]; k++)
                {
                    var (weight, id) = (text.Weights[kept[k]] / (1 - DroppedOfWords), text.Ids[kept[k]]);
                    embeddingSeen[id] += steepness * weight * weight;
                    var move = -step.Rate * weight / MathF.Sqrt(embeddingSeen[id] + 1e-8f);
                    VectorMath.AddScaled(move, word, embeddings.AsSpan(id * width, width));
                }
            }
        }
        var member = new WordMember(ByteRows.From(embeddings, width), output.Weights, output.Bias, []);
        return member with
        {
            Centres = CentresOf(data, hidden, (in TextVector t, Span<float> h) => member.HiddenOf(t.ByWord, h)),
        };
    }

    /// <summary>What <see cref="WordMember.HiddenOf"/> does, over the n-grams kept, and which word was the largest.</summary>
    private static void Pool(
        in WordNgrams text,
        List<int> kept,
        float[] embeddings,
        float[] word,
        float[] activation,
        int[] largestAt
    )
    {
        var width = word.Length;
        Array.Clear(activation);
        Array.Fill(largestAt, -1);
        for (int w = 0, k = 0; w < text.Ends.Length; w++)
        {
            Array.Clear(word);
            for (; k < kept.Count && kept[k] < text.Ends[w]; k++)
                VectorMath.AddScaled(
                    text.Weights[kept[k]] / (1 - DroppedOfWords),
                    embeddings.AsSpan(text.Ids[kept[k]] * width, width),
                    word
                );
            for (var j = 0; j < width; j++)
            {
                activation[j] += word[j];
                if (word[j] > activation[width + j])
                    (activation[width + j], largestAt[j]) = (word[j], w);
            }
        }
        WordMember.Scale(activation.AsSpan(0, width), text.Ends.Length);
    }

    private delegate void HiddenOf(in TextVector text, Span<float> hidden);

    /// <summary>For each class the mean direction of its texts, length 1.</summary>
    private static float[] CentresOf(TrainingTexts data, int width, HiddenOf hiddenOf)
    {
        var centres = new float[data.ClassCount * width];
        var hidden = new float[width];
        for (var i = 0; i < data.Texts.Length; i++)
        {
            hiddenOf(data.Texts[i], hidden);
            var length = MathF.Sqrt(VectorMath.Dot(hidden, hidden));
            if (length > 0)
                VectorMath.AddScaled(1 / length, hidden, centres.AsSpan(data.Classes[i] * width, width));
        }
        for (var c = 0; c < data.ClassCount; c++)
        {
            var centre = centres.AsSpan(c * width, width);
            var length = MathF.Sqrt(VectorMath.Dot(centre, centre));
            foreach (ref var value in centre)
                value = length > 0 ? value / length : 0;
        }
        return centres;
    }
}
