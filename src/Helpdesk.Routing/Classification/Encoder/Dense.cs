using System.Buffers;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Helpdesk.Routing.Classification.Encoder;

/// <summary>A matrix of signed bytes with one scale a row.</summary>
internal sealed class ByteMatrix(sbyte[] cells, float[] scales, int columns)
{
    public ReadOnlySpan<float> Scales => scales;

    public sbyte this[int row, int column] => cells[(row * columns) + column];

    public static ByteMatrix Read(BinaryReader reader, int rows, int columns)
    {
        var (cells, scales) = (new sbyte[rows * columns], new float[rows]);
        for (var row = 0; row < rows; row++)
        {
            scales[row] = reader.ReadSingle();
            reader.BaseStream.ReadExactly(MemoryMarshal.AsBytes(cells.AsSpan(row * columns, columns)));
        }
        return new ByteMatrix(cells, scales, columns);
    }

    public static float[] ReadVector(BinaryReader reader, int length)
    {
        var vector = new float[length];
        reader.BaseStream.ReadExactly(MemoryMarshal.AsBytes(vector.AsSpan()));
        return vector;
    }

    /// <summary>sum += weight · row</summary>
    public void AddRow(int row, float weight, Span<float> sum) =>
        VectorMath.AddScaled(weight * scales[row], cells.AsSpan(row * columns, columns), sum);
}

/// <summary>output = matrix · input + bias, for several inputs at once.</summary>
/// <remarks>
/// Multiplied in whole numbers, twice as many at a time as numbers with a point, and alike on all machines: an input is rounded to
/// thirteen bits, so that a sum of <see cref="MostInputs"/> products with bytes fits 31. Bytes and rounded inputs lie as the
/// processor wants them: pairs of neighbouring columns beside each other for sixteen outputs, or for four inputs.
/// </remarks>
internal sealed class Dense
{
    private const int Together = 4;
    private const int Lanes = 8;
    private const int BlockWidth = 2 * Lanes;
    private const int MostInputs = 2_048;
    private const int Largest = 4_095;

    private readonly int _inputs;
    private readonly int _outputs;
    private readonly sbyte[] _pairs;
    private readonly float[] _scales;
    private readonly float[] _bias;

    /// <param name="inputs">Even, at most <see cref="MostInputs"/>.</param>
    /// <param name="outputs">A multiple of sixteen.</param>
    public Dense(BinaryReader reader, int inputs, int outputs)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(inputs, MostInputs);
        (_inputs, _outputs) = (inputs, outputs);
        var matrix = ByteMatrix.Read(reader, outputs, inputs);
        _scales = matrix.Scales.ToArray();
        _bias = ByteMatrix.ReadVector(reader, outputs);
        _pairs = new sbyte[inputs * outputs];
        var next = 0;
        for (var block = 0; block < outputs; block += BlockWidth)
        for (var input = 0; input < inputs; input += 2)
        for (var output = block; output < block + BlockWidth; output++)
        {
            _pairs[next++] = matrix[output, input];
            _pairs[next++] = matrix[output, input + 1];
        }
    }

    /// <param name="input"><paramref name="count"/> vectors one after the other; likewise the output.</param>
    public void Apply(ReadOnlySpan<float> input, Span<float> output, int count)
    {
        var groups = (count + Together - 1) / Together;
        var groupLength = Together * _inputs / 2;
        var rounded = ArrayPool<int>.Shared.Rent(groups * groupLength);
        Span<float> steps = stackalloc float[groups * Together];
        Round(input, rounded, steps, count);
        for (var block = 0; block < _outputs; block += BlockWidth)
        for (var group = 0; group < groups; group++)
            Multiply(
                block,
                ref rounded[group * groupLength],
                steps.Slice(group * Together, Together),
                output[(group * Together * _outputs)..],
                Math.Min(Together, count - (group * Together))
            );
        ArrayPool<int>.Shared.Return(rounded);
    }

    private void Round(ReadOnlySpan<float> input, Span<int> rounded, Span<float> steps, int count)
    {
        // the last group's empty places count for nothing, whatever they hold
        Span<short> one = stackalloc short[_inputs];
        for (var i = 0; i < count; i++)
        {
            steps[i] = VectorMath.Round(input.Slice(i * _inputs, _inputs), one, Largest);
            var at = (i / Together * Together * _inputs / 2) + (i % Together);
            foreach (var pair in MemoryMarshal.Cast<short, int>(one))
            {
                rounded[at] = pair;
                at += Together;
            }
        }
    }

    private void Multiply(int block, ref int inputs, ReadOnlySpan<float> steps, Span<float> output, int count)
    {
        ref var pairs = ref _pairs[block * _inputs];
        var (a0, a1, a2, a3) = (Vector256<int>.Zero, Vector256<int>.Zero, Vector256<int>.Zero, Vector256<int>.Zero);
        var (b0, b1, b2, b3) = (Vector256<int>.Zero, Vector256<int>.Zero, Vector256<int>.Zero, Vector256<int>.Zero);
        var end = (nuint)(_inputs * BlockWidth);
        for (nuint at = 0, i = 0; at < end; at += 2 * BlockWidth, i += Together)
        {
            var first = VectorMath.Widen(Vector128.LoadUnsafe(ref pairs, at));
            var second = VectorMath.Widen(Vector128.LoadUnsafe(ref pairs, at + BlockWidth));
            var x = Pair(ref inputs, i);
            a0 += VectorMath.MultiplyAddAdjacent(x, first);
            b0 += VectorMath.MultiplyAddAdjacent(x, second);
            x = Pair(ref inputs, i + 1);
            a1 += VectorMath.MultiplyAddAdjacent(x, first);
            b1 += VectorMath.MultiplyAddAdjacent(x, second);
            x = Pair(ref inputs, i + 2);
            a2 += VectorMath.MultiplyAddAdjacent(x, first);
            b2 += VectorMath.MultiplyAddAdjacent(x, second);
            x = Pair(ref inputs, i + 3);
            a3 += VectorMath.MultiplyAddAdjacent(x, first);
            b3 += VectorMath.MultiplyAddAdjacent(x, second);
        }
        Put(a0, b0, 0, steps, output);
        if (count > 1)
            Put(a1, b1, 1, steps, output);
        if (count > 2)
            Put(a2, b2, 2, steps, output);
        if (count > 3)
            Put(a3, b3, 3, steps, output);

        static Vector256<short> Pair(ref int inputs, nuint at) =>
            Vector256.Create(Unsafe.Add(ref inputs, at)).AsInt16();

        void Put(Vector256<int> first, Vector256<int> second, int i, ReadOnlySpan<float> steps, Span<float> into)
        {
            var outputs = into.Slice((i * _outputs) + block, BlockWidth);
            Scaled(first, block, steps[i]).CopyTo(outputs);
            Scaled(second, block + Lanes, steps[i]).CopyTo(outputs[Lanes..]);
        }
    }

    private Vector256<float> Scaled(Vector256<int> sums, int output, float step) =>
        (Vector256.ConvertToSingle(sums) * step * Vector256.Create(_scales.AsSpan(output, Lanes)))
        + Vector256.Create(_bias.AsSpan(output, Lanes));
}

/// <summary>output = matrix · input + bias for inputs that are mostly zero: what is not asked for is not read.</summary>
internal sealed class SparseDense
{
    private const int Lanes = 8;
    private const int BlockWidth = 4 * Lanes;

    private readonly int _inputs;
    private readonly int _outputs;
    private readonly sbyte[] _byInput;
    private readonly float[] _scales;
    private readonly float[] _bias;

    /// <param name="outputs">A multiple of thirty-two.</param>
    public SparseDense(BinaryReader reader, int inputs, int outputs)
    {
        (_inputs, _outputs) = (inputs, outputs);
        var matrix = ByteMatrix.Read(reader, outputs, inputs);
        _scales = matrix.Scales.ToArray();
        _bias = ByteMatrix.ReadVector(reader, outputs);
        _byInput = new sbyte[inputs * outputs];
        for (var input = 0; input < inputs; input++)
        for (var output = 0; output < outputs; output++)
            _byInput[(input * outputs) + output] = matrix[output, input];
    }

    public void Apply(ReadOnlySpan<float> input, Span<float> output)
    {
        Span<int> asked = stackalloc int[_inputs];
        var count = 0;
        for (var i = 0; i < _inputs; i++)
        {
            asked[count] = i;
            count += input[i] != 0 ? 1 : 0;
        }
        asked = asked[..count];
        for (var block = 0; block < _outputs; block += BlockWidth)
        {
            var (a, b, c, d) = (
                Vector256<float>.Zero,
                Vector256<float>.Zero,
                Vector256<float>.Zero,
                Vector256<float>.Zero
            );
            ref var cells = ref _byInput[block];
            foreach (var i in asked)
            {
                var (x, row) = (Vector256.Create(input[i]), (nuint)(i * _outputs));
                a += x * VectorMath.ToSingle(ref cells, row);
                b += x * VectorMath.ToSingle(ref cells, row + Lanes);
                c += x * VectorMath.ToSingle(ref cells, row + (2 * Lanes));
                d += x * VectorMath.ToSingle(ref cells, row + (3 * Lanes));
            }
            Put(a, block, output);
            Put(b, block + Lanes, output);
            Put(c, block + (2 * Lanes), output);
            Put(d, block + (3 * Lanes), output);
        }
    }

    private void Put(Vector256<float> sums, int at, Span<float> output) =>
        ((sums * Vector256.Create(_scales.AsSpan(at, Lanes))) + Vector256.Create(_bias.AsSpan(at, Lanes))).CopyTo(
            output[at..]
        );
}
