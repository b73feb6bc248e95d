using System.Buffers.Binary;

namespace Helpdesk.Knowledge.Search;

/// <summary>Numbers that never change, each in as many bytes (1, 2, 4 or 8) as the widest needs above the lowest.</summary>
internal sealed class PackedNumbers
{
    private readonly byte[] _bytes;
    private readonly int _width;
    private readonly long _lowest;

    /// <summary>Takes the parts of a snapshot.</summary>
    /// <exception cref="InvalidDataException">The width is none of the four.</exception>
    public PackedNumbers(byte[] bytes, int width, long lowest)
    {
        if (width is not (1 or 2 or 4 or 8) || bytes.Length % width != 0)
            throw new InvalidDataException("A width is wrong.");
        (_bytes, _width, _lowest) = (bytes, width, lowest);
    }

    public int Count => _bytes.Length / _width;

    public int Width => _width;

    public long Lowest => _lowest;

    public ReadOnlySpan<byte> Bytes => _bytes;

    public long this[int at] =>
        _lowest
        + _width switch
        {
            1 => _bytes[at],
            2 => BinaryPrimitives.ReadUInt16LittleEndian(_bytes.AsSpan(2 * at)),
            4 => BinaryPrimitives.ReadUInt32LittleEndian(_bytes.AsSpan(4 * at)),
            _ => BinaryPrimitives.ReadInt64LittleEndian(_bytes.AsSpan(8 * at)),
        };

    public static PackedNumbers Of(ReadOnlySpan<long> numbers)
    {
        var (lowest, highest) = (numbers.Length == 0 ? 0 : long.MaxValue, long.MinValue);
        foreach (var number in numbers)
            (lowest, highest) = (Math.Min(lowest, number), Math.Max(highest, number));
        // a range beyond a long's counts as the widest
        var range = numbers.Length == 0 ? 0 : unchecked((ulong)(highest - lowest));
        var width =
            range <= byte.MaxValue ? 1
            : range <= ushort.MaxValue ? 2
            : range <= uint.MaxValue ? 4
            : 8;
        var bytes = new byte[numbers.Length * width];
        for (var i = 0; i < numbers.Length; i++)
        {
            var rest = unchecked((ulong)(numbers[i] - lowest));
            for (var part = 0; part < width; part++, rest >>= 8)
                bytes[(i * width) + part] = (byte)rest;
        }
        return new(bytes, width, lowest);
    }
}
