using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Helpdesk.Knowledge.Search;

/// <summary>The postings of up to <see cref="Size"/> documents: for each stem in it the documents (counted from the block's first) and their impacts.</summary>
/// <param name="Stems">The stems of the block, rising.</param>
/// <param name="Starts">Where each stem's bytes start, shifted left by one; the low bit is set where they are steps. One more than stems.</param>
/// <param name="Bytes">See <see cref="Postings"/>.</param>
internal sealed record PostingBlock(int FirstDocument, int[] Stems, int[] Starts, byte[] Bytes)
{
    /// <summary>A power of two, at most 65,536, so that every document number fits two bytes; the scores of a block stay in the processor's cache.</summary>
    public const int Size = 1 << 14;

    public long Length => (4L * (Stems.Length + Starts.Length)) + Bytes.Length;

    /// <summary>The place of a stem among the block's; negative where it is in none of the documents.</summary>
    public int Find(int stem) => Stems.AsSpan().BinarySearch(stem);

    /// <summary>The postings of the stem at a place.</summary>
    public Postings At(int place)
    {
        var start = Starts[place] >> 1;
        return new(Bytes.AsSpan(start, (Starts[place + 1] >> 1) - start), (Starts[place] & 1) != 0);
    }

    /// <summary>Encodes postings that are sorted by stem, and by document within each.</summary>
    /// <param name="stems">The stems, rising.</param>
    /// <param name="ends">Where each stem's postings end.</param>
    public static PostingBlock Of(int first, int[] stems, int[] ends, ushort[] documents, byte[] impacts)
    {
        var starts = new int[stems.Length + 1];
        var bytes = new byte[3 * documents.Length];
        int from = 0,
            length = 0;
        for (var i = 0; i < stems.Length; i++)
        {
            var its = documents.AsSpan(from..ends[i]);
            var values = impacts.AsSpan(from..ends[i]);
            var steps = Postings.StepsOf(its);
            var asSteps = 2 * steps < 3 * its.Length;
            starts[i] = (length << 1) | (asSteps ? 1 : 0);
            var room = bytes.AsSpan(length, asSteps ? 2 * steps : 3 * its.Length);
            if (asSteps)
                Postings.WriteSteps(its, values, room);
            else
                Postings.WriteNumbers(its, values, room);
            (from, length) = (ends[i], length + room.Length);
        }
        starts[^1] = length << 1;
        return new(first, stems, starts, bytes.AsSpan(0, length).ToArray());
    }
}

/// <summary>
/// The documents of one stem in a block with their impacts, rising. Of a rare stem the documents' numbers of two bytes each stand first, then
/// the impacts; of a frequent one the steps from each document to the next, of one byte each, and the impacts. A step too long for a byte is
/// made in several, which end at documents without the stem: their impact is <see cref="Impact.Nothing"/> and adds nothing.
/// </summary>
internal readonly ref struct Postings(ReadOnlySpan<byte> bytes, bool areSteps)
{
    private readonly ReadOnlySpan<byte> _bytes = bytes;

    /// <summary>Documents, and ends of partial steps.</summary>
    public int Count => areSteps ? _bytes.Length / 2 : _bytes.Length / 3;

    public Enumerator GetEnumerator() => new(this);

    /// <summary>Adds each document's impact times the weight to its sum.</summary>
    /// <param name="sums">65,536 long: no document of two bytes is outside.</param>
    public void AddTo(float[] sums, float weight)
    {
        ref var sum = ref MemoryMarshal.GetArrayDataReference(sums);
        ref var first = ref MemoryMarshal.GetReference(_bytes);
        if (areSteps)
            AddSteps(ref sum, ref first, Count, weight);
        else
            AddNumbers(ref sum, ref first, Count, weight);
    }

    // four at a time: a document stands once in a stem's list, so that no sum waits for another; a byte's impact is one of 256
    private static void AddNumbers(ref float sum, ref byte number, nint count, float weight)
    {
        ref var decoded = ref MemoryMarshal.GetReference(Impact.Decoded);
        ref var impact = ref Unsafe.Add(ref number, 2 * count);
        nint i = 0;
        for (; i <= count - 4; i += 4)
        {
            Unsafe.Add(ref sum, Number(ref number, i)) += weight * Unsafe.Add(ref decoded, Unsafe.Add(ref impact, i));
            Unsafe.Add(ref sum, Number(ref number, i + 1)) +=
                weight * Unsafe.Add(ref decoded, Unsafe.Add(ref impact, i + 1));
            Unsafe.Add(ref sum, Number(ref number, i + 2)) +=
                weight * Unsafe.Add(ref decoded, Unsafe.Add(ref impact, i + 2));
            Unsafe.Add(ref sum, Number(ref number, i + 3)) +=
                weight * Unsafe.Add(ref decoded, Unsafe.Add(ref impact, i + 3));
        }
        for (; i < count; i++)
            Unsafe.Add(ref sum, Number(ref number, i)) += weight * Unsafe.Add(ref decoded, Unsafe.Add(ref impact, i));
    }

    private static void AddSteps(ref float sum, ref byte step, nint count, float weight)
    {
        ref var decoded = ref MemoryMarshal.GetReference(Impact.Decoded);
        ref var impact = ref Unsafe.Add(ref step, count);
        nint i = 0;
        var at = 0u;
        for (; i <= count - 4; i += 4)
        {
            var one = at + Unsafe.Add(ref step, i);
            var two = one + Unsafe.Add(ref step, i + 1);
            var three = two + Unsafe.Add(ref step, i + 2);
            at = three + Unsafe.Add(ref step, i + 3);
            Unsafe.Add(ref sum, (ushort)one) += weight * Unsafe.Add(ref decoded, Unsafe.Add(ref impact, i));
            Unsafe.Add(ref sum, (ushort)two) += weight * Unsafe.Add(ref decoded, Unsafe.Add(ref impact, i + 1));
            Unsafe.Add(ref sum, (ushort)three) += weight * Unsafe.Add(ref decoded, Unsafe.Add(ref impact, i + 2));
            Unsafe.Add(ref sum, (ushort)at) += weight * Unsafe.Add(ref decoded, Unsafe.Add(ref impact, i + 3));
        }
        for (; i < count; i++)
        {
            at += Unsafe.Add(ref step, i);
            Unsafe.Add(ref sum, (ushort)at) += weight * Unsafe.Add(ref decoded, Unsafe.Add(ref impact, i));
        }
    }

    private static ushort Number(ref byte numbers, nint at) =>
        Unsafe.ReadUnaligned<ushort>(ref Unsafe.Add(ref numbers, 2 * at));

    /// <summary>How many steps of a byte lead from 0 over all these.</summary>
    internal static int StepsOf(ReadOnlySpan<ushort> documents)
    {
        int steps = 0,
            last = 0;
        foreach (var document in documents)
        {
            steps += 1 + (Math.Max(0, document - last - 1) / byte.MaxValue);
            last = document;
        }
        return steps;
    }

    internal static void WriteSteps(ReadOnlySpan<ushort> documents, ReadOnlySpan<byte> impacts, Span<byte> room)
    {
        var steps = room[..(room.Length / 2)];
        var values = room[(room.Length / 2)..];
        int at = 0,
            last = 0;
        for (var i = 0; i < documents.Length; i++)
        {
            var step = documents[i] - last;
            for (; step > byte.MaxValue; step -= byte.MaxValue)
                (steps[at], values[at++]) = (byte.MaxValue, Impact.Nothing);
            (steps[at], values[at++]) = ((byte)step, impacts[i]);
            last = documents[i];
        }
    }

    internal static void WriteNumbers(ReadOnlySpan<ushort> documents, ReadOnlySpan<byte> impacts, Span<byte> room)
    {
        for (var i = 0; i < documents.Length; i++)
            Unsafe.WriteUnaligned(ref room[2 * i], documents[i]);
        impacts.CopyTo(room[(2 * documents.Length)..]);
    }

    /// <summary>The documents that hold the stem.</summary>
    internal ref struct Enumerator(Postings postings)
    {
        private readonly Postings _postings = postings;
        private readonly int _count = postings.Count;
        private int _next;

        public int Current { get; private set; }

        public bool MoveNext()
        {
            while (_next < _count)
            {
                var at = _next++;
                Current = _postings.Document(Current, at);
                if (!_postings.IsPartial(at))
                    return true;
            }
            return false;
        }
    }

    private int Document(int last, int at) =>
        areSteps ? last + _bytes[at] : MemoryMarshal.Read<ushort>(_bytes[(2 * at)..]);

    private bool IsPartial(int at) => areSteps && _bytes[Count + at] == Impact.Nothing;
}
