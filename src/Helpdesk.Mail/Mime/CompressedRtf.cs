using System.Buffers.Binary;
using System.Text;

namespace Helpdesk.Mail.Mime;

/// <summary>
/// Unpacks the RTF of Outlook's messages ([MS-OXRTFCP]): a dictionary of the last 4096 bytes, which begins with words that every RTF has. Each two bytes
/// give seventeen at most, so the result is bounded by what came in.
/// </summary>
public static class CompressedRtf
{
    private const uint Compressed = 0x75465A4C;
    private const uint Plain = 0x414C454D;
    private const int HeaderBytes = 16;
    private const int DictionaryBytes = 4096;
    private const int MaxBytes = 8 * 1024 * 1024;

    private static readonly byte[] Beginning = Encoding.ASCII.GetBytes(
        @"{\rtf1\ansi\mac\deff0\deftab720{\fonttbl;}{\f0\fnil \froman \fswiss \fmodern \fscript \fdecor MS Sans SerifSymbolArialTimes New RomanCourier{\colortbl\red0\green0\blue0"
            + "\r\n"
            + @"\par \pard\plain\f0\fs20\b\i\u\tab\tx"
    );

    /// <returns>The RTF, as much as could be read; null when it is nothing of the kind.</returns>
    public static byte[]? Unpack(ReadOnlySpan<byte> content)
    {
        if (content.Length < HeaderBytes)
            return null;
        var packed = BinaryPrimitives.ReadUInt32LittleEndian(content);
        var size = (int)Math.Min(BinaryPrimitives.ReadUInt32LittleEndian(content[4..]), MaxBytes);
        var kind = BinaryPrimitives.ReadUInt32LittleEndian(content[8..]);
        // the first number counts the twelve bytes behind it too
        var end = packed is >= 12 && packed + 4L < content.Length ? (int)packed + 4 : content.Length;
        var body = content[HeaderBytes..Math.Max(end, HeaderBytes)];
        return kind switch
        {
            Plain => body[..Math.Min(size, body.Length)].ToArray(),
            Compressed => Unpack(body, size),
            _ => null,
        };
    }

    private static byte[] Unpack(ReadOnlySpan<byte> body, int size)
    {
        var dictionary = new byte[DictionaryBytes];
        Beginning.CopyTo(dictionary, 0);
        var write = Beginning.Length;
        // what it says of itself is believed only as far as so much could come out of what is there
        var output = new List<byte>(Math.Min(size, Math.Min(body.Length * 9, MaxBytes)));
        for (var at = 0; at < body.Length && output.Count < size; )
        {
            var control = body[at++];
            for (var bit = 0; bit < 8 && at < body.Length && output.Count < size; bit++)
            {
                if ((control & (1 << bit)) == 0)
                {
                    Put(body[at++]);
                    continue;
                }
                if (at + 2 > body.Length)
                    return [.. output];
                var reference = BinaryPrimitives.ReadUInt16BigEndian(body[at..]);
                at += 2;
                var (offset, length) = (reference >> 4, (reference & 15) + 2);
                if (offset == write)
                    return [.. output]; // says that this is the end
                for (var i = 0; i < length && output.Count < size; i++)
                    Put(dictionary[(offset + i) % DictionaryBytes]);
            }
        }
        return [.. output];

        void Put(byte value)
        {
            output.Add(value);
            dictionary[write] = value;
            write = (write + 1) % DictionaryBytes;
        }
    }
}
