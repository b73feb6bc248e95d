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
        for (var row = 0; row < rows; row++)
        {
            var from = weights.Slice(row * width, width);
            var largest = 0f;
            foreach (var weight in from)
                largest = MathF.Max(largest, MathF.Abs(weight));
            scales[row] = largest / 127f;
            for (var i = 0; i < width && largest > 0; i++)
                cells[(row * width) + i] = (sbyte)MathF.Round(from[i] / scales[row]);
        }
        return new ByteRows(width, cells, scales);
    }

    /// <summary>sum += Σ weight · row, over the n-grams of the text.</summary>
    public void AddTo(Span<float> sum, in TextVector text)
    {
        for (var i = 0; i < text.Ids.Length; i++)
        {
            var row = text.Ids[i];
            VectorMath.AddScaled(text.Weights[i] * scales[row], cells.AsSpan(row * width, width), sum);
        }
    }

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
