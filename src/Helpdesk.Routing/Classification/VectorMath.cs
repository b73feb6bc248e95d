using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Helpdesk.Routing.Classification;

/// <summary>The few loops in which training and classifying spend their time. Always 256 bits wide, so that two
/// machines add in the same order and come to the same figures.</summary>
internal static class VectorMath
{
    /// <summary>y += a · x</summary>
    public static void AddScaled(float a, ReadOnlySpan<float> x, Span<float> y)
    {
        ref var rx = ref MemoryMarshal.GetReference(x);
        ref var ry = ref MemoryMarshal.GetReference(y);
        var va = Vector256.Create(a);
        var i = 0;
        for (; i <= x.Length - Vector256<float>.Count; i += Vector256<float>.Count)
        {
            var sum = Vector256.LoadUnsafe(ref ry, (nuint)i) + (va * Vector256.LoadUnsafe(ref rx, (nuint)i));
            sum.StoreUnsafe(ref ry, (nuint)i);
        }
        for (; i < x.Length; i++)
            y[i] += a * x[i];
    }

    /// <summary>y += a · x, where x are signed bytes.</summary>
    public static void AddScaled(float a, ReadOnlySpan<sbyte> x, Span<float> y)
    {
        ref var rx = ref MemoryMarshal.GetReference(x);
        ref var ry = ref MemoryMarshal.GetReference(y);
        var va = Vector256.Create(a);
        var i = 0;
        for (; i <= x.Length - 16; i += 16)
        {
            var (low, high) = Vector256.Widen(Widen(Vector128.LoadUnsafe(ref rx, (nuint)i)));
            var first = Vector256.LoadUnsafe(ref ry, (nuint)i) + (va * Vector256.ConvertToSingle(low));
            first.StoreUnsafe(ref ry, (nuint)i);
            var second = Vector256.LoadUnsafe(ref ry, (nuint)(i + 8)) + (va * Vector256.ConvertToSingle(high));
            second.StoreUnsafe(ref ry, (nuint)(i + 8));
        }
        for (; i < x.Length; i++)
            y[i] += a * x[i];
    }

    public static float Sum(ReadOnlySpan<float> x)
    {
        var sums = Vector256<float>.Zero;
        var i = 0;
        for (; i <= x.Length - Vector256<float>.Count; i += Vector256<float>.Count)
            sums += Vector256.Create(x[i..]);
        var sum = Vector256.Sum(sums);
        for (; i < x.Length; i++)
            sum += x[i];
        return sum;
    }

    public static float Dot(ReadOnlySpan<float> x, ReadOnlySpan<float> y)
    {
        ref var rx = ref MemoryMarshal.GetReference(x);
        ref var ry = ref MemoryMarshal.GetReference(y);
        var sums = Vector256<float>.Zero;
        var i = 0;
        for (; i <= x.Length - Vector256<float>.Count; i += Vector256<float>.Count)
            sums += Vector256.LoadUnsafe(ref rx, (nuint)i) * Vector256.LoadUnsafe(ref ry, (nuint)i);
        var sum = Vector256.Sum(sums);
        for (; i < x.Length; i++)
            sum += x[i] * y[i];
        return sum;
    }

    /// <summary>For each row the products with x, added up; in whole numbers, so that every machine comes to the same.</summary>
    /// <param name="rows">One after the other, each as long as x.</param>
    /// <param name="x">Within the range of signed bytes.</param>
    public static void Dots(ReadOnlySpan<sbyte> rows, ReadOnlySpan<short> x, Span<int> dots)
    {
        var row = 0;
        if (x.Length % 16 == 0)
            for (; row <= dots.Length - 4; row += 4)
            {
                ref var first = ref MemoryMarshal.GetReference(rows[(row * x.Length)..((row + 4) * x.Length)]);
                FourDots(ref first, x).StoreUnsafe(ref dots[row]);
            }
        for (; row < dots.Length; row++)
        {
            var sum = 0;
            for (var i = 0; i < x.Length; i++)
                sum += rows[(row * x.Length) + i] * x[i];
            dots[row] = sum;
        }
    }

    /// <summary>y = x − a</summary>
    public static void Subtract(ReadOnlySpan<float> x, float a, Span<float> y)
    {
        var i = 0;
        for (; i <= x.Length - Vector256<float>.Count; i += Vector256<float>.Count)
            (Vector256.Create(x[i..]) - Vector256.Create(a)).CopyTo(y[i..]);
        for (; i < x.Length; i++)
            y[i] = x[i] - a;
    }

    /// <summary>x = a · x · factors + terms, place by place.</summary>
    public static void Scale(Span<float> x, float a, ReadOnlySpan<float> factors, ReadOnlySpan<float> terms)
    {
        var i = 0;
        for (; i <= x.Length - Vector256<float>.Count; i += Vector256<float>.Count)
        {
            var scaled = Vector256.Create<float>(x[i..]) * a * Vector256.Create(factors[i..]);
            (scaled + Vector256.Create(terms[i..])).CopyTo(x[i..]);
        }
        for (; i < x.Length; i++)
            x[i] = (x[i] * a * factors[i]) + terms[i];
    }

    /// <summary>Brings x to length 1; zeros stay.</summary>
    public static void Normalise(Span<float> x)
    {
        var length = MathF.Sqrt(Dot(x, x));
        foreach (ref var value in x)
            value = length > 0 ? value / length : 0;
    }

    /// <summary>y = the larger of x and y, place by place.</summary>
    public static void Max(ReadOnlySpan<float> x, Span<float> y)
    {
        ref var rx = ref MemoryMarshal.GetReference(x);
        ref var ry = ref MemoryMarshal.GetReference(y);
        var i = 0;
        for (; i <= x.Length - Vector256<float>.Count; i += Vector256<float>.Count)
            Vector256
                .Max(Vector256.LoadUnsafe(ref rx, (nuint)i), Vector256.LoadUnsafe(ref ry, (nuint)i))
                .StoreUnsafe(ref ry, (nuint)i);
        for (; i < x.Length; i++)
            y[i] = MathF.Max(x[i], y[i]);
    }

    public static void CutAtZero(Span<float> x)
    {
        var i = 0;
        for (; i <= x.Length - Vector256<float>.Count; i += Vector256<float>.Count)
            Vector256.Max(Vector256.Create<float>(x[i..]), Vector256<float>.Zero).CopyTo(x[i..]);
        for (; i < x.Length; i++)
            x[i] = MathF.Max(0, x[i]);
    }

    /// <summary>One AdaGrad step with gradient a · x: seen += gradient², weights −= rate · gradient / √seen.</summary>
    public static void AdaGrad(float a, ReadOnlySpan<float> x, Span<float> weights, Span<float> seen, float rate)
    {
        ref var rx = ref MemoryMarshal.GetReference(x);
        ref var rw = ref MemoryMarshal.GetReference(weights);
        ref var rs = ref MemoryMarshal.GetReference(seen);
        var (va, vr, tiny) = (Vector256.Create(a), Vector256.Create(rate), Vector256.Create(1e-6f));
        var i = 0;
        for (; i <= x.Length - Vector256<float>.Count; i += Vector256<float>.Count)
        {
            var gradient = va * Vector256.LoadUnsafe(ref rx, (nuint)i);
            var sum = Vector256.LoadUnsafe(ref rs, (nuint)i) + (gradient * gradient);
            sum.StoreUnsafe(ref rs, (nuint)i);
            var moved = Vector256.LoadUnsafe(ref rw, (nuint)i) - (vr * gradient / Vector256.Sqrt(sum + tiny));
            moved.StoreUnsafe(ref rw, (nuint)i);
        }
        for (; i < x.Length; i++)
        {
            var gradient = a * x[i];
            seen[i] += gradient * gradient;
            weights[i] -= rate * gradient / MathF.Sqrt(seen[i] + 1e-6f);
        }
    }

    /// <summary>Turns scores into probabilities in place.</summary>
    public static void Softmax(Span<float> scores)
    {
        var max = float.NegativeInfinity;
        foreach (var score in scores)
            max = MathF.Max(max, score);
        var sum = 0f;
        for (var i = 0; i < scores.Length; i++)
            sum += scores[i] = MathF.Exp(scores[i] - max);
        for (var i = 0; i < scores.Length; i++)
            scores[i] /= sum;
    }

    /// <summary>ln Σ exp(score)</summary>
    public static float LogOfSum(ReadOnlySpan<float> scores)
    {
        var (largest, sum) = (scores[IndexOfMax(scores)], 0f);
        foreach (var score in scores)
            sum += MathF.Exp(score - largest);
        return largest + MathF.Log(sum);
    }

    public static int IndexOfMax(ReadOnlySpan<float> values)
    {
        var best = 0;
        for (var i = 1; i < values.Length; i++)
            if (values[i] > values[best])
                best = i;
        return best;
    }

    private static Vector128<int> FourDots(ref sbyte rows, ReadOnlySpan<short> x)
    {
        ref var rx = ref MemoryMarshal.GetReference(x);
        var width = (nuint)x.Length;
        var (a, b, c, d) = (Vector256<int>.Zero, Vector256<int>.Zero, Vector256<int>.Zero, Vector256<int>.Zero);
        for (nuint i = 0; i < width; i += 16)
        {
            var vx = Vector256.LoadUnsafe(ref rx, i);
            a += MultiplyAddAdjacent(Widen(Vector128.LoadUnsafe(ref rows, i)), vx);
            b += MultiplyAddAdjacent(Widen(Vector128.LoadUnsafe(ref rows, i + width)), vx);
            c += MultiplyAddAdjacent(Widen(Vector128.LoadUnsafe(ref rows, i + (2 * width))), vx);
            d += MultiplyAddAdjacent(Widen(Vector128.LoadUnsafe(ref rows, i + (3 * width))), vx);
        }
        return Vector128.Create(Vector256.Sum(a), Vector256.Sum(b), Vector256.Sum(c), Vector256.Sum(d));
    }

    /// <summary>Products of whole numbers, each added to its neighbour's.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> MultiplyAddAdjacent(Vector256<short> x, Vector256<short> y)
    {
        // a portable vector has no such instruction, which is what makes this fast
        if (Avx2.IsSupported)
            return Avx2.MultiplyAddAdjacent(x, y);
        var (pairsOfX, pairsOfY) = (x.AsInt32(), y.AsInt32());
        return ((pairsOfX << 16 >> 16) * (pairsOfY << 16 >> 16)) + ((pairsOfX >> 16) * (pairsOfY >> 16));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<short> Widen(Vector128<sbyte> bytes)
    {
        if (Avx2.IsSupported)
            return Avx2.ConvertToVector256Int16(bytes);
        var (low, high) = Vector128.Widen(bytes);
        return Vector256.Create(low, high);
    }

    /// <summary>Eight bytes from this place on.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> ToSingle(ref sbyte bytes, nuint at)
    {
        var eight = Vector64.LoadUnsafe(ref bytes, at);
        if (Avx2.IsSupported)
            return Vector256.ConvertToSingle(Avx2.ConvertToVector256Int32(eight.ToVector128Unsafe()));
        var (low, high) = Vector128.Widen(Vector128.WidenLower(eight.ToVector128Unsafe()));
        return Vector256.ConvertToSingle(Vector256.Create(low, high));
    }

    /// <summary>The largest number in it, whatever its sign.</summary>
    private static float LargestOf(ReadOnlySpan<float> vector)
    {
        var largest = Vector256<float>.Zero;
        var i = 0;
        for (; i <= vector.Length - Vector256<float>.Count; i += Vector256<float>.Count)
            largest = Vector256.Max(largest, Vector256.Abs(Vector256.Create(vector[i..])));
        var most = 0f;
        for (var lane = 0; lane < Vector256<float>.Count; lane++)
            most = MathF.Max(most, largest[lane]);
        for (; i < vector.Length; i++)
            most = MathF.Max(most, MathF.Abs(vector[i]));
        return most;
    }

    /// <summary>Rounds a vector to whole numbers, the largest of which becomes <paramref name="largest"/> or its negative.</summary>
    /// <returns>The step: what one is worth.</returns>
    public static float Round(ReadOnlySpan<float> vector, Span<short> rounded, int largest)
    {
        var most = LargestOf(vector);
        var step = most / largest;
        var perStep = step > 0 ? 1 / step : 0;
        var i = 0;
        for (; i <= vector.Length - 16; i += 16)
        {
            var low = Vector256.Round(Vector256.Create(vector[i..]) * perStep);
            var high = Vector256.Round(Vector256.Create(vector[(i + 8)..]) * perStep);
            Vector256.Narrow(Vector256.ConvertToInt32(low), Vector256.ConvertToInt32(high)).CopyTo(rounded[i..]);
        }
        for (; i < vector.Length; i++)
            rounded[i] = (short)MathF.Round(vector[i] * perStep);
        return step;
    }
}
