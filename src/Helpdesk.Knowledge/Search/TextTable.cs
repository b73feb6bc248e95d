using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;

namespace Helpdesk.Knowledge.Search;

/// <summary>
/// Numbers byte strings from 0 in the order of their coming: one blob, one array of ends, one open-addressing hash. The hash has a secret
/// of the process, so that nobody can send words that all collide.
/// </summary>
internal sealed class TextTable
{
    private static readonly ulong Secret =
        BinaryPrimitives.ReadUInt64LittleEndian(RandomNumberGenerator.GetBytes(8)) | 1;

    private byte[] _blob;
    private int[] _ends;
    private int[] _slots;

    public TextTable()
    {
        _blob = new byte[1024];
        _ends = new int[64];
        _slots = new int[128];
    }

    /// <summary>Takes the arrays of a snapshot and hashes them anew.</summary>
    /// <exception cref="InvalidDataException">The ends do not rise or do not end with the blob.</exception>
    public TextTable(byte[] blob, int[] ends)
    {
        (_blob, _ends, Count) = (blob, ends, ends.Length);
        var last = 0;
        foreach (var end in ends)
        {
            if (end < last)
                throw new InvalidDataException("The ends of a text table fall.");
            last = end;
        }
        if (last != blob.Length)
            throw new InvalidDataException("A text table's blob is of another length.");
        _slots = new int[Capacity(Count)];
        for (var id = 0; id < Count; id++)
            _slots[FreeSlot(id)] = id + 1;
    }

    public int Count { get; private set; }

    public long Bytes => _blob.Length + 4L * (_ends.Length + _slots.Length);

    public ReadOnlySpan<byte> Blob => _blob.AsSpan(0, Count == 0 ? 0 : _ends[Count - 1]);

    public ReadOnlySpan<int> Ends => _ends.AsSpan(0, Count);

    public ReadOnlySpan<byte> this[int id]
    {
        get
        {
            var start = id == 0 ? 0 : _ends[id - 1];
            return _blob.AsSpan(start, _ends[id] - start);
        }
    }

    public string Text(int id) => Encoding.UTF8.GetString(this[id]);

    /// <summary>The number of a text, or -1.</summary>
    public int Find(ReadOnlySpan<byte> text)
    {
        var mask = _slots.Length - 1;
        for (var at = (int)Hash(text) & mask; ; at = (at + 1) & mask)
        {
            var id = _slots[at] - 1;
            if (id < 0 || this[id].SequenceEqual(text))
                return id;
        }
    }

    /// <summary>The number of a text, which is new when it was not there.</summary>
    public int GetOrAdd(ReadOnlySpan<byte> text)
    {
        var mask = _slots.Length - 1;
        var at = (int)Hash(text) & mask;
        for (; _slots[at] != 0; at = (at + 1) & mask)
        {
            if (this[_slots[at] - 1].SequenceEqual(text))
                return _slots[at] - 1;
        }
        Append(text);
        _slots[at] = Count;
        if (Count * 2 > _slots.Length)
            Grow();
        return Count - 1;
    }

    /// <summary>Gives back what growing by doubling left over.</summary>
    public void Trim()
    {
        Array.Resize(ref _blob, Blob.Length);
        Array.Resize(ref _ends, Count);
    }

    private void Append(ReadOnlySpan<byte> text)
    {
        var start = Blob.Length;
        if (start + text.Length > _blob.Length)
            Array.Resize(ref _blob, Math.Max(_blob.Length * 2, start + text.Length));
        if (Count == _ends.Length)
            Array.Resize(ref _ends, Count * 2);
        text.CopyTo(_blob.AsSpan(start));
        _ends[Count++] = start + text.Length;
    }

    private void Grow()
    {
        _slots = new int[Capacity(Count)];
        for (var id = 0; id < Count; id++)
            _slots[FreeSlot(id)] = id + 1;
    }

    private int FreeSlot(int id)
    {
        var mask = _slots.Length - 1;
        var at = (int)Hash(this[id]) & mask;
        while (_slots[at] != 0)
            at = (at + 1) & mask;
        return at;
    }

    private static int Capacity(int count) =>
        (int)Math.Max(128, System.Numerics.BitOperations.RoundUpToPowerOf2((uint)count * 2 + 2));

    private static uint Hash(ReadOnlySpan<byte> text)
    {
        var hash = Secret ^ ((ulong)text.Length * 0x9E3779B97F4A7C15);
        while (text.Length >= 8)
        {
            hash = Mix(hash ^ MemoryMarshal.Read<ulong>(text));
            text = text[8..];
        }
        ulong rest = 0;
        foreach (var b in text)
            rest = (rest << 8) | b;
        return (uint)(Mix(hash ^ rest) >> 32);
    }

    private static ulong Mix(ulong value)
    {
        var high = Math.BigMul(value, Secret, out var low);
        return high ^ low ^ 0xD6E8FEB86659FD93;
    }
}
