using System.Buffers;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

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
/// processor wants them: pairs of neighbouring columns beside each other for sixty-four outputs, or for six inputs.
/// </remarks>
internal sealed class Dense
{
    private const int Together = 6;
    private const int Lanes = 16;
    private const int BlockWidth = 4 * Lanes;
    private const int MostInputs = 2_048;
    private const int Largest = 4_095;

    private readonly int _inputs;
    private readonly int _outputs;
    private readonly sbyte[] _pairs;
    private readonly float[] _scales;
    private readonly float[] _bias;

    /// <param name="inputs">Even, at most <see cref="MostInputs"/>.</param>
    /// <param name="outputs">A multiple of sixty-four.</param>
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
    public void Apply(ReadOnlySpan<float> input, Span<float> output, int count) =>
        Apply(input, output, count, WideVectors.AreFast);

    /// <param name="wide">Whether 512 bits are multiplied at a time; the output is the same.</param>
    internal void Apply(ReadOnlySpan<float> input, Span<float> output, int count, bool wide)
    {
        var groups = (count + Together - 1) / Together;
        var groupLength = Together * _inputs / 2;
        var rounded = ArrayPool<int>.Shared.Rent(groups * groupLength);
        Span<float> steps = stackalloc float[groups * Together];
        Round(input, rounded, steps, count);
        Span<int> sums = stackalloc int[Together * BlockWidth];
        for (var block = 0; block < _outputs; block += BlockWidth)
        for (var group = 0; group < groups; group++)
        {
            ref var inputs = ref rounded[group * groupLength];
            if (wide)
            {
                Multiply512(block, ref inputs, sums);
            }
            else
            {
                for (var part = 0; part < BlockWidth; part += Lanes)
                    Multiply256(block, part, ref inputs, sums);
            }
            for (var i = group * Together; i < Math.Min(count, (group + 1) * Together); i++)
                Put(
                    sums.Slice(i % Together * BlockWidth, BlockWidth),
                    steps[i],
                    block,
                    output.Slice(i * _outputs, _outputs)
                );
        }
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

    /// <param name="sums">Gets a block of sums for each of the inputs.</param>
    private void Multiply512(int block, ref int inputs, Span<int> sums)
    {
        ref var pairs = ref _pairs[block * _inputs];
        Sums512 first = default,
            second = default,
            third = default,
            fourth = default,
            fifth = default,
            sixth = default;
        var end = (nuint)(_inputs * BlockWidth);
        for (nuint at = 0, i = 0; at < end; at += 2 * BlockWidth, i += Together)
        {
            WideVectors.Prefetch(ref pairs, at + 4_096, 2 * BlockWidth);
            var a = WideVectors.Widen(ref pairs, at);
            var b = WideVectors.Widen(ref pairs, at + (2 * Lanes));
            var c = WideVectors.Widen(ref pairs, at + (4 * Lanes));
            var d = WideVectors.Widen(ref pairs, at + (6 * Lanes));
            first.Add(Unsafe.Add(ref inputs, i), a, b, c, d);
            second.Add(Unsafe.Add(ref inputs, i + 1), a, b, c, d);
            third.Add(Unsafe.Add(ref inputs, i + 2), a, b, c, d);
            fourth.Add(Unsafe.Add(ref inputs, i + 3), a, b, c, d);
            fifth.Add(Unsafe.Add(ref inputs, i + 4), a, b, c, d);
            sixth.Add(Unsafe.Add(ref inputs, i + 5), a, b, c, d);
        }
        first.CopyTo(sums);
        second.CopyTo(sums[BlockWidth..]);
        third.CopyTo(sums[(2 * BlockWidth)..]);
        fourth.CopyTo(sums[(3 * BlockWidth)..]);
        fifth.CopyTo(sums[(4 * BlockWidth)..]);
        sixth.CopyTo(sums[(5 * BlockWidth)..]);
    }

    /// <param name="part">Sixteen outputs of the block begin here.</param>
    private void Multiply256(int block, int part, ref int inputs, Span<int> sums)
    {
        ref var pairs = ref _pairs[(block * _inputs) + (2 * part)];
        Sums256 first = default,
            second = default,
            third = default,
            fourth = default,
            fifth = default,
            sixth = default;
        var rows = (nuint)(_inputs / 2);
        for (nuint row = 0, i = 0; row < rows; row++, i += Together)
        {
            var a = VectorMath.Widen(Vector128.LoadUnsafe(ref pairs, row * 2 * BlockWidth));
            var b = VectorMath.Widen(Vector128.LoadUnsafe(ref pairs, (row * 2 * BlockWidth) + Lanes));
            first.Add(Unsafe.Add(ref inputs, i), a, b);
            second.Add(Unsafe.Add(ref inputs, i + 1), a, b);
            third.Add(Unsafe.Add(ref inputs, i + 2), a, b);
            fourth.Add(Unsafe.Add(ref inputs, i + 3), a, b);
            fifth.Add(Unsafe.Add(ref inputs, i + 4), a, b);
            sixth.Add(Unsafe.Add(ref inputs, i + 5), a, b);
        }
        sums = sums[part..];
        first.CopyTo(sums);
        second.CopyTo(sums[BlockWidth..]);
        third.CopyTo(sums[(2 * BlockWidth)..]);
        fourth.CopyTo(sums[(3 * BlockWidth)..]);
        fifth.CopyTo(sums[(4 * BlockWidth)..]);
        sixth.CopyTo(sums[(5 * BlockWidth)..]);
    }

    private void Put(ReadOnlySpan<int> sums, float step, int block, Span<float> output)
    {
        for (var i = 0; i < sums.Length; i += Vector256<int>.Count)
        {
            var scales = Vector256.Create<float>(_scales.AsSpan(block + i));
            var bias = Vector256.Create<float>(_bias.AsSpan(block + i));
            ((Vector256.ConvertToSingle(Vector256.Create(sums[i..])) * step * scales) + bias).CopyTo(
                output[(block + i)..]
            );
        }
    }

    /// <summary>Of one input: sixty-four outputs. Of as many fields as the compiler keeps in registers.</summary>
    [StructLayout(LayoutKind.Auto)]
    private struct Sums512
    {
        private Vector512<int> _a;
        private Vector512<int> _b;
        private Vector512<int> _c;
        private Vector512<int> _d;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Add(int pair, Vector512<short> a, Vector512<short> b, Vector512<short> c, Vector512<short> d)
        {
            var x = Vector512.Create(pair).AsInt16();
            _a += Avx512BW.MultiplyAddAdjacent(x, a);
            _b += Avx512BW.MultiplyAddAdjacent(x, b);
            _c += Avx512BW.MultiplyAddAdjacent(x, c);
            _d += Avx512BW.MultiplyAddAdjacent(x, d);
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public readonly void CopyTo(Span<int> sums)
        {
            _a.CopyTo(sums);
            _b.CopyTo(sums[Lanes..]);
            _c.CopyTo(sums[(2 * Lanes)..]);
            _d.CopyTo(sums[(3 * Lanes)..]);
        }
    }

    /// <summary>Of one input: sixteen outputs.</summary>
    [StructLayout(LayoutKind.Auto)]
    private struct Sums256
    {
        private Vector256<int> _a;
        private Vector256<int> _b;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Add(int pair, Vector256<short> a, Vector256<short> b)
        {
            var x = Vector256.Create(pair).AsInt16();
            _a += VectorMath.MultiplyAddAdjacent(x, a);
            _b += VectorMath.MultiplyAddAdjacent(x, b);
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public readonly void CopyTo(Span<int> sums)
        {
            _a.CopyTo(sums);
            _b.CopyTo(sums[Vector256<int>.Count..]);
        }
    }
}

/// <summary>output = matrix · input + bias for inputs that are mostly zero: what is not asked for is not read.</summary>
internal sealed class SparseDense
{
    private const int Ahead = 8;
    private const int BlockWidth = 256;

    private readonly int _inputs;
    private readonly int _outputs;
    private readonly sbyte[] _byInput;
    private readonly float[] _scales;
    private readonly float[] _bias;

    /// <param name="outputs">A multiple of 256.</param>
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

    public void Apply(ReadOnlySpan<float> input, Span<float> output) => Apply(input, output, WideVectors.AreFast);

    /// <param name="wide">Whether 512 bits are multiplied at a time; the output is the same.</param>
    internal void Apply(ReadOnlySpan<float> input, Span<float> output, bool wide)
    {
        Span<int> asked = stackalloc int[_inputs];
        var count = 0;
        for (var i = 0; i < _inputs; i++)
        {
            asked[count] = i;
            count += input[i] != 0 ? 1 : 0;
        }
        asked = asked[..count];
        if (wide)
        {
            for (var block = 0; block < _outputs; block += BlockWidth)
                Sum512(input, asked, block, output);
        }
        else
        {
            for (var block = 0; block < _outputs; block += Sums256.Width)
                Sum256(input, asked, block, output);
        }
        for (var i = 0; i < _outputs; i += Vector256<float>.Count)
        {
            var scales = Vector256.Create<float>(_scales.AsSpan(i));
            var bias = Vector256.Create<float>(_bias.AsSpan(i));
            ((Vector256.Create<float>(output[i..]) * scales) + bias).CopyTo(output[i..]);
        }
    }

    private void Sum512(ReadOnlySpan<float> input, ReadOnlySpan<int> asked, int block, Span<float> output)
    {
        Sums512 first = default,
            second = default,
            third = default,
            fourth = default;
        ref var cells = ref _byInput[block];
        for (var i = 0; i < asked.Length; i++)
        {
            if (i + Ahead < asked.Length)
                WideVectors.Prefetch(ref cells, (nuint)(asked[i + Ahead] * _outputs), BlockWidth);
            var (x, row) = (Vector512.Create(input[asked[i]]), (nuint)(asked[i] * _outputs));
            first.Add(x, ref cells, row);
            second.Add(x, ref cells, row + Sums512.Width);
            third.Add(x, ref cells, row + (2 * Sums512.Width));
            fourth.Add(x, ref cells, row + (3 * Sums512.Width));
        }
        output = output[block..];
        first.CopyTo(output);
        second.CopyTo(output[Sums512.Width..]);
        third.CopyTo(output[(2 * Sums512.Width)..]);
        fourth.CopyTo(output[(3 * Sums512.Width)..]);
    }

    private void Sum256(ReadOnlySpan<float> input, ReadOnlySpan<int> asked, int block, Span<float> output)
    {
        Sums256 sums = default;
        ref var cells = ref _byInput[block];
        foreach (var i in asked)
            sums.Add(Vector256.Create(input[i]), ref cells, (nuint)(i * _outputs));
        sums.CopyTo(output[block..]);
    }

    [StructLayout(LayoutKind.Auto)]
    private struct Sums512
    {
        public const int Width = 64;
        private const int Lanes = 16;

        private Vector512<float> _a;
        private Vector512<float> _b;
        private Vector512<float> _c;
        private Vector512<float> _d;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Add(Vector512<float> x, ref sbyte cells, nuint at)
        {
            _a = Vector512.FusedMultiplyAdd(x, WideVectors.ToSingle(ref cells, at), _a);
            _b = Vector512.FusedMultiplyAdd(x, WideVectors.ToSingle(ref cells, at + Lanes), _b);
            _c = Vector512.FusedMultiplyAdd(x, WideVectors.ToSingle(ref cells, at + (2 * Lanes)), _c);
            _d = Vector512.FusedMultiplyAdd(x, WideVectors.ToSingle(ref cells, at + (3 * Lanes)), _d);
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public readonly void CopyTo(Span<float> sums)
        {
            _a.CopyTo(sums);
            _b.CopyTo(sums[Lanes..]);
            _c.CopyTo(sums[(2 * Lanes)..]);
            _d.CopyTo(sums[(3 * Lanes)..]);
        }
    }

    [StructLayout(LayoutKind.Auto)]
    private struct Sums256
    {
        public const int Width = 32;
        private const int Lanes = 8;

        private Vector256<float> _a;
        private Vector256<float> _b;
        private Vector256<float> _c;
        private Vector256<float> _d;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Add(Vector256<float> x, ref sbyte cells, nuint at)
        {
            _a = Vector256.FusedMultiplyAdd(x, VectorMath.ToSingle(ref cells, at), _a);
            _b = Vector256.FusedMultiplyAdd(x, VectorMath.ToSingle(ref cells, at + Lanes), _b);
            _c = Vector256.FusedMultiplyAdd(x, VectorMath.ToSingle(ref cells, at + (2 * Lanes)), _c);
            _d = Vector256.FusedMultiplyAdd(x, VectorMath.ToSingle(ref cells, at + (3 * Lanes)), _d);
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public readonly void CopyTo(Span<float> sums)
        {
            _a.CopyTo(sums);
            _b.CopyTo(sums[Lanes..]);
            _c.CopyTo(sums[(2 * Lanes)..]);
            _d.CopyTo(sums[(3 * Lanes)..]);
        }
    }
}

/// <summary>Loads of 512 bits' worth, for processors on which that is faster than twice 256.</summary>
internal static class WideVectors
{
    private const int CacheLine = 64;

    public static bool AreFast { get; } = Vector512.IsHardwareAccelerated && Avx512BW.IsSupported;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<short> Widen(ref sbyte bytes, nuint at) =>
        Avx512BW.ConvertToVector512Int16(Vector256.LoadUnsafe(ref bytes, at));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> ToSingle(ref sbyte bytes, nuint at) =>
        Vector512.ConvertToSingle(Avx512F.ConvertToVector512Int32(Vector128.LoadUnsafe(ref bytes, at)));

    /// <summary>Asks for memory that is needed soon. The address may lie beyond the array, or the array move meanwhile: nothing is read,
    /// so nothing can go wrong.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static unsafe void Prefetch(ref sbyte bytes, nuint at, int length)
    {
        var address = (byte*)Unsafe.AsPointer(ref bytes) + at;
        for (var i = 0; i < length; i += CacheLine)
            Sse.Prefetch0(address + i);
    }
}
