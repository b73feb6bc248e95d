namespace Helpdesk.Routing.Classification;

/// <summary>A row of weights for each n-gram, kept as signed bytes with one scale a row: a quarter of the memory at no
/// measured loss.</summary>
internal sealed class ByteRows(int width, sbyte[] cells, float[] scales)
{
    public int Width => width;

    public sbyte[] Cells => cells;

    public float[] Scales => scales;

    public static ByteRows From(ReadOnlySpan<float> weights, int width)
    {
        var rows = weights.Length / width;
        var (cells, scales) = (new sbyte[weights.Length], new float[rows]);
        Span<short> rounded = stackalloc short[width];
        for (var row = 0; row < rows; row++)
        {
            scales[row] = Round(weights.Slice(row * width, width), rounded);
            for (var i = 0; i < width; i++)
                cells[(row * width) + i] = (sbyte)rounded[i];
        }
        return new ByteRows(width, cells, scales);
    }

    /// <summary>sum += Σ weight · row, over the n-grams of the text.</summary>
    public void AddTo(Span<float> sum, in TextVector text)
    {
        for (var i = 0; i < text.Ids.Length; i++)
            AddTo(sum, text.Ids[i], text.Weights[i]);
    }

    /// <summary>sum += weight · row</summary>
    public void AddTo(Span<float> sum, int row, float weight) =>
        VectorMath.AddScaled(weight * scales[row], cells.AsSpan(row * width, width), sum);

    /// <summary>Products of the rows from this one on with a vector rounded by <see cref="Round"/>; times its step and the row's scale that is
    /// their product.</summary>
    public void Dots(int first, ReadOnlySpan<short> rounded, Span<int> dots) =>
        VectorMath.Dots(cells.AsSpan(first * width, dots.Length * width), rounded, dots);

    /// <summary>Rounds a vector as a row's weights are.</summary>
    /// <returns>The step: what one is worth.</returns>
    public static float Round(ReadOnlySpan<float> vector, Span<short> rounded) =>
        VectorMath.Round(vector, rounded, sbyte.MaxValue);

    public float At(int row, int column) => cells[(row * width) + column] * scales[row];
}

/// <summary>Softmax regression: one weight for each n-gram and class.</summary>
internal sealed class LinearMember(ByteRows weights, float[] bias)
{
    public ByteRows Weights => weights;

    public float[] Bias => bias;

    public void Scores(in TextVector text, Span<float> scores)
    {
        bias.CopyTo(scores);
        weights.AddTo(scores, text);
    }
}

/// <summary>A small net: the sum of the n-grams' vectors, cut at zero, then softmax regression on that. It shares what
/// n-grams mean between topics, which the linear member cannot.</summary>
/// <param name="Centres">For each class the mean direction of its training texts inside the net, length 1.</param>
internal sealed record NetMember(
    ByteRows Embeddings,
    float[] HiddenBias,
    float[] Output,
    float[] OutputBias,
    float[] Centres
)
{
    public int Hidden => HiddenBias.Length;

    public void HiddenOf(in TextVector text, Span<float> hidden)
    {
        HiddenBias.CopyTo(hidden);
        Embeddings.AddTo(hidden, text);
        for (var i = 0; i < hidden.Length; i++)
            hidden[i] = MathF.Max(0, hidden[i]);
    }

    public void Scores(ReadOnlySpan<float> hidden, Span<float> scores)
    {
        for (var c = 0; c < OutputBias.Length; c++)
            scores[c] = OutputBias[c] + VectorMath.Dot(hidden, Output.AsSpan(c * hidden.Length, hidden.Length));
    }
}

/// <summary>A net that reads words instead of the bag: each word's vector is the sum of its n-grams' vectors, and the text
/// is their sum, cut at zero, beside the largest value any word has in each place (after Shen et al. 2018, "Baseline needs
/// more love"). One strong word is not drowned by many others.</summary>
/// <param name="Centres">As those of <see cref="NetMember"/>.</param>
internal sealed record WordMember(ByteRows Embeddings, float[] Output, float[] OutputBias, float[] Centres)
{
    /// <summary>Numbers by which a text is described: twice those of a word.</summary>
    public int Hidden => 2 * Embeddings.Width;

    public void HiddenOf(in WordNgrams text, Span<float> hidden)
    {
        var width = Embeddings.Width;
        hidden.Clear();
        var sum = hidden[..width];
        var largest = hidden[width..];
        Span<float> word = stackalloc float[width];
        for (int w = 0, i = 0; w < text.Ends.Length; w++)
        {
            word.Clear();
            for (; i < text.Ends[w]; i++)
                Embeddings.AddTo(word, text.Ids[i], text.Weights[i]);
            VectorMath.AddScaled(1f, word, sum);
            VectorMath.Max(word, largest);
        }
        Scale(sum, text.Ends.Length);
    }

    /// <summary>The words' sum, by the root of their number, cut at zero.</summary>
    public static void Scale(Span<float> sum, int words)
    {
        var scale = 1 / MathF.Sqrt(Math.Max(1, words));
        foreach (ref var value in sum)
            value = MathF.Max(0, value * scale);
    }

    public void Scores(ReadOnlySpan<float> hidden, Span<float> scores)
    {
        for (var c = 0; c < OutputBias.Length; c++)
            scores[c] = OutputBias[c] + VectorMath.Dot(hidden, Output.AsSpan(c * hidden.Length, hidden.Length));
    }
}
