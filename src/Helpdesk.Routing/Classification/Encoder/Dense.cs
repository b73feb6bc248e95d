using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Helpdesk.Routing.Classification.Encoder;

/// <summary>A matrix of signed bytes with one scale a row.</summary>
internal sealed class ByteMatrix(sbyte[] cells, float[] scales, int columns)
{
    public int Rows => scales.Length;

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

    /// <summary>sum += weight · row</summary>
    public void AddRow(int row, float weight, Span<float> sum) =>
        VectorMath.AddScaled(weight * scales[row], cells.AsSpan(row * columns, columns), sum);
}

/// <summary>output = matrix · input + bias, for several inputs at once.</summary>
internal sealed class Dense(BinaryReader reader, int inputs, int outputs)
{
    private readonly ByteMatrix _matrix = ByteMatrix.Read(reader, outputs, inputs);
    private readonly float[] _bias = ReadVector(reader, outputs);

    public static float[] ReadVector(BinaryReader reader, int length)
    {
        var vector = new float[length];
        reader.BaseStream.ReadExactly(MemoryMarshal.AsBytes(vector.AsSpan()));
        return vector;
    }

    /// <param name="input"><paramref name="count"/> vectors one after the other; likewise the output.</param>
    public void Apply(ReadOnlySpan<float> input, Span<float> output, int count)
    {
        // Bytes become floats once for all inputs; four inputs by two rows at a time keep the processor's registers full.
        Span<float> rows = stackalloc float[2 * inputs];
        var first = rows[..inputs];
        var second = rows[inputs..];
        for (var o = 0; o < outputs; o += 2)
        {
            rows.Clear();
            _matrix.AddRow(o, 1f, first);
            _matrix.AddRow(o + 1, 1f, second);
            var i = 0;
            for (; i + 4 <= count; i += 4)
                Four(input.Slice(i * inputs, 4 * inputs), rows, output[(i * outputs)..], o);
            for (; i < count; i++)
            {
                var one = input.Slice(i * inputs, inputs);
                output[(i * outputs) + o] = VectorMath.Dot(one, first) + _bias[o];
                output[(i * outputs) + o + 1] = VectorMath.Dot(one, second) + _bias[o + 1];
            }
        }
    }

    private void Four(ReadOnlySpan<float> input, ReadOnlySpan<float> rows, Span<float> output, int o)
    {
        ref var x = ref MemoryMarshal.GetReference(input);
        ref var w = ref MemoryMarshal.GetReference(rows);
        var (a0, a1, a2, a3) = (
            Vector256<float>.Zero,
            Vector256<float>.Zero,
            Vector256<float>.Zero,
            Vector256<float>.Zero
        );
        var (b0, b1, b2, b3) = (
            Vector256<float>.Zero,
            Vector256<float>.Zero,
            Vector256<float>.Zero,
            Vector256<float>.Zero
        );
        for (nuint k = 0; k < (nuint)inputs; k += 8)
        {
            var first = Vector256.LoadUnsafe(ref w, k);
            var second = Vector256.LoadUnsafe(ref w, k + (nuint)inputs);
            var x0 = Vector256.LoadUnsafe(ref x, k);
            a0 = Vector256.FusedMultiplyAdd(x0, first, a0);
            b0 = Vector256.FusedMultiplyAdd(x0, second, b0);
            var x1 = Vector256.LoadUnsafe(ref x, k + (nuint)inputs);
            a1 = Vector256.FusedMultiplyAdd(x1, first, a1);
            b1 = Vector256.FusedMultiplyAdd(x1, second, b1);
            var x2 = Vector256.LoadUnsafe(ref x, k + (nuint)(2 * inputs));
            a2 = Vector256.FusedMultiplyAdd(x2, first, a2);
            b2 = Vector256.FusedMultiplyAdd(x2, second, b2);
            var x3 = Vector256.LoadUnsafe(ref x, k + (nuint)(3 * inputs));
            a3 = Vector256.FusedMultiplyAdd(x3, first, a3);
            b3 = Vector256.FusedMultiplyAdd(x3, second, b3);
        }
        Put(output, o, Vector256.Sum(a0), Vector256.Sum(b0));
        Put(output, outputs + o, Vector256.Sum(a1), Vector256.Sum(b1));
        Put(output, (2 * outputs) + o, Vector256.Sum(a2), Vector256.Sum(b2));
        Put(output, (3 * outputs) + o, Vector256.Sum(a3), Vector256.Sum(b3));

        void Put(Span<float> into, int at, float one, float two)
        {
            into[at] = one + _bias[o];
            into[at + 1] = two + _bias[o + 1];
        }
    }
}
