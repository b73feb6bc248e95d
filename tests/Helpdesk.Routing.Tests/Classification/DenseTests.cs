using Helpdesk.Routing.Classification.Encoder;
using Shouldly;
using Xunit;

namespace Helpdesk.Routing.Tests.Classification;

public sealed class DenseTests
{
    private const int Inputs = 48;
    private const int Outputs = 256;

    private static readonly Random Random = new(5);
    private static readonly sbyte[,] Cells = new sbyte[Outputs, Inputs];
    private static readonly float[] Scales = Numbers(Outputs);
    private static readonly float[] Bias = Numbers(Outputs);

    static DenseTests()
    {
        for (var o = 0; o < Outputs; o++)
        for (var i = 0; i < Inputs; i++)
            Cells[o, i] = (sbyte)Random.Next(-127, 128);
    }

    private static float[] Numbers(int count) =>
        [.. Enumerable.Range(0, count).Select(_ => (Random.NextSingle() - 0.5f) * 4)];

    private static BinaryReader Written()
    {
        var stream = new MemoryStream();
        var writer = new BinaryWriter(stream);
        for (var o = 0; o < Outputs; o++)
        {
            writer.Write(Scales[o]);
            for (var i = 0; i < Inputs; i++)
                writer.Write(Cells[o, i]);
        }
        foreach (var value in Bias)
            writer.Write(value);
        stream.Position = 0;
        return new BinaryReader(stream);
    }

    private static float[] Plain(ReadOnlySpan<float> input)
    {
        var output = new float[Outputs];
        for (var o = 0; o < Outputs; o++)
        {
            var sum = 0.0;
            for (var i = 0; i < Inputs; i++)
                sum += Cells[o, i] * (double)input[i];
            output[o] = (float)((sum * Scales[o]) + Bias[o]);
        }
        return output;
    }

    private static void ShouldBeNear(ReadOnlySpan<float> output, float[] expected)
    {
        for (var o = 0; o < Outputs; o++)
            output[o].ShouldBe(expected[o], 0.001f * (1 + expected.Max(MathF.Abs)));
    }

    /// <summary>Inputs are multiplied six at a time; the last of them may be fewer.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(6)]
    [InlineData(7)]
    [InlineData(12)]
    public void Each_input_is_multiplied_as_if_alone(int count)
    {
        var dense = new Dense(Written(), Inputs, Outputs);
        var input = Numbers(count * Inputs);
        input.AsSpan(0, Inputs).Clear();
        var output = new float[count * Outputs];
        dense.Apply(input, output, count);
        for (var n = 0; n < count; n++)
        {
            var one = new float[Outputs];
            dense.Apply(input.AsSpan(n * Inputs, Inputs), one, 1);
            output.AsSpan(n * Outputs, Outputs).ToArray().ShouldBe(one);
            ShouldBeNear(one, Plain(input.AsSpan(n * Inputs, Inputs)));
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(Inputs)]
    public void Zeros_are_passed_over_and_change_nothing(int asked)
    {
        var input = new float[Inputs];
        Numbers(asked).CopyTo(input, Inputs - asked);
        var output = new float[Outputs];
        new SparseDense(Written(), Inputs, Outputs).Apply(input, output);
        ShouldBeNear(output, Plain(input));
    }

    /// <summary>A model must not depend on the machine that reads it.</summary>
    [Fact]
    public void Twice_as_wide_is_the_same_to_the_last_bit()
    {
        Assert.SkipUnless(WideVectors.AreFast, "this processor has no vectors of 512 bits");
        const int count = 8;
        var input = Numbers(count * Inputs);
        var (wide, narrow) = (new float[count * Outputs], new float[count * Outputs]);
        var dense = new Dense(Written(), Inputs, Outputs);
        dense.Apply(input, wide, count, wide: true);
        dense.Apply(input, narrow, count, wide: false);
        wide.ShouldBe(narrow);
        var sparse = new SparseDense(Written(), Inputs, Outputs);
        sparse.Apply(input.AsSpan(0, Inputs), wide, wide: true);
        sparse.Apply(input.AsSpan(0, Inputs), narrow, wide: false);
        wide.ShouldBe(narrow);
    }
}
