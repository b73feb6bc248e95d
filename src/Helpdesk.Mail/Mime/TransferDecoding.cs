using System.Buffers;
using System.Buffers.Text;

namespace Helpdesk.Mail.Mime;

/// <summary>Content transfer encodings, decoded as far as they go: damaged input gives what could be read.</summary>
public static class TransferDecoding
{
    /// <summary>Decodes a part's body.</summary>
    /// <param name="encoding">Value of Content-Transfer-Encoding in any case; unknown ones leave the bytes alone.</param>
    /// <param name="damaged">Whether something did not fit the encoding.</param>
    public static ReadOnlyMemory<byte> Decode(ReadOnlyMemory<byte> body, string? encoding, out bool damaged)
    {
        damaged = false;
        return encoding?.ToLowerInvariant() switch
        {
            "base64" or "b" => Base64(body.Span, out damaged),
            "quoted-printable" or "q" => QuotedPrintable(body.Span, out damaged),
            "x-uuencode" or "uuencode" or "x-uue" or "uue" => Uuencode(body.Span, out damaged),
            _ => body,
        };
    }

    /// <summary>Base64; white space and foreign characters are passed over, missing padding is no error.</summary>
    public static byte[] Base64(ReadOnlySpan<byte> encoded, out bool damaged)
    {
        damaged = false;
        var output = new byte[System.Buffers.Text.Base64.GetMaxDecodedFromUtf8Length(encoded.Length) + 3];
        // The framework's vectorised decoder is strict: it takes all that is well-formed, the slow loop the rest.
        if (System.Buffers.Text.Base64.DecodeFromUtf8(encoded, output, out _, out var written) == OperationStatus.Done)
            return Fit(output, written);
        return Fit(output, TolerantBase64(encoded, output, ref damaged));
    }

    private static int TolerantBase64(ReadOnlySpan<byte> encoded, byte[] output, ref bool damaged)
    {
        int written = 0,
            bits = 0,
            count = 0;
        for (var i = 0; i < encoded.Length; i++)
        {
            var c = encoded[i];
            var value = Base64Value(c);
            if (value >= 0)
            {
                bits = (bits << 6) | value;
                if (++count == 4)
                {
                    output[written++] = (byte)(bits >> 16);
                    output[written++] = (byte)(bits >> 8);
                    output[written++] = (byte)bits;
                    (bits, count) = (0, 0);
                }
            }
            else if (c == '=')
            {
                written = EndQuantum(output, written, bits, count);
                (bits, count) = (0, 0);
                // After padding only another piece of base64 may follow; a list's footer is no base64.
                if (!IsBase64Text(encoded[(i + 1)..]))
                {
                    damaged |= !IsPaddingOrBlank(encoded[(i + 1)..]);
                    break;
                }
            }
            else if (c is not ((byte)'\r' or (byte)'\n' or (byte)' ' or (byte)'\t'))
            {
                damaged = true;
            }
        }
        return EndQuantum(output, written, bits, count);
    }

    private static int EndQuantum(byte[] output, int written, int bits, int count)
    {
        if (count == 2)
            output[written++] = (byte)(bits >> 4);
        if (count == 3)
        {
            output[written++] = (byte)(bits >> 10);
            output[written++] = (byte)(bits >> 2);
        }
        return written;
    }

    /// <summary>Whether another line follows and is base64; looks at most one line ahead, so the whole stays linear.</summary>
    private static bool IsBase64Text(ReadOnlySpan<byte> rest)
    {
        rest = rest.TrimStart("= \t"u8);
        if (!rest.IsEmpty && rest[0] is not ((byte)'\r' or (byte)'\n'))
            return false;
        rest = rest.TrimStart("\r\n \t"u8);
        var end = rest.IndexOf((byte)'\n');
        var line = (end < 0 ? rest : rest[..end])[..Math.Min(end < 0 ? rest.Length : end, 100)].TrimEnd("\r= "u8);
        if (line.Length < 4)
            return false;
        foreach (var c in line)
        {
            if (Base64Value(c) < 0)
                return false;
        }
        return true;
    }

    private static bool IsPaddingOrBlank(ReadOnlySpan<byte> rest) => rest.Trim("=\r\n \t"u8).IsEmpty;

    private static int Base64Value(byte c) =>
        c switch
        {
            >= (byte)'A' and <= (byte)'Z' => c - 'A',
            >= (byte)'a' and <= (byte)'z' => c - 'a' + 26,
            >= (byte)'0' and <= (byte)'9' => c - '0' + 52,
            (byte)'+' => 62,
            (byte)'/' => 63,
            _ => -1,
        };

    /// <summary>Quoted-printable; an equals sign that introduces nothing stays as it is.</summary>
    public static byte[] QuotedPrintable(ReadOnlySpan<byte> encoded, out bool damaged)
    {
        damaged = false;
        var output = new byte[encoded.Length];
        int written = 0,
            settled = 0, // blanks before this were encoded and are meant
            at = 0;
        while (at < encoded.Length)
        {
            var length = encoded[at..].IndexOfAny((byte)'=', (byte)'\n');
            if (length < 0)
                length = encoded.Length - at;
            encoded.Slice(at, length).CopyTo(output.AsSpan(written));
            written += length;
            at += length;
            if (at >= encoded.Length)
                break;
            if (encoded[at] == '\n')
            {
                written = TrimLineEnd(output, written, settled, out var carriageReturn);
                if (carriageReturn)
                    output[written++] = (byte)'\r';
                output[written++] = (byte)'\n';
                settled = written;
                at++;
                continue;
            }
            if (
                at + 2 < encoded.Length
                && Hex(encoded[at + 1]) is >= 0 and var high
                && Hex(encoded[at + 2]) is >= 0 and var low
            )
            {
                output[written++] = (byte)(high << 4 | low);
                settled = written;
                at += 3;
                continue;
            }
            var next = at + 1;
            while (next < encoded.Length && encoded[next] is (byte)' ' or (byte)'\t' or (byte)'\r')
                next++;
            if (next >= encoded.Length || encoded[next] == '\n')
            {
                at = Math.Min(encoded.Length, next + 1); // soft line end
                settled = written;
            }
            else
            {
                damaged = true;
                output[written++] = encoded[at++];
            }
        }
        return Fit(output, written);
    }

    private static int TrimLineEnd(byte[] output, int written, int settled, out bool carriageReturn)
    {
        carriageReturn = written > settled && output[written - 1] == '\r';
        if (carriageReturn)
            written--;
        while (written > settled && output[written - 1] is (byte)' ' or (byte)'\t' or (byte)'\r')
            written--;
        return written;
    }

    /// <summary>The Q encoding of encoded words: underscores are spaces.</summary>
    public static byte[] Q(ReadOnlySpan<byte> encoded) => Escaped(encoded, (byte)'=', underscoreIsSpace: true);

    /// <summary>Percent encoding of RFC 2231.</summary>
    public static byte[] Percent(ReadOnlySpan<byte> encoded) => Escaped(encoded, (byte)'%', underscoreIsSpace: false);

    private static byte[] Escaped(ReadOnlySpan<byte> encoded, byte escape, bool underscoreIsSpace)
    {
        var output = new byte[encoded.Length];
        var written = 0;
        for (var i = 0; i < encoded.Length; i++)
        {
            var c = encoded[i];
            if (
                c == escape
                && i + 2 < encoded.Length
                && Hex(encoded[i + 1]) is >= 0 and var high
                && Hex(encoded[i + 2]) is >= 0 and var low
            )
            {
                output[written++] = (byte)(high << 4 | low);
                i += 2;
            }
            else
            {
                output[written++] = underscoreIsSpace && c == '_' ? (byte)' ' : c;
            }
        }
        return Fit(output, written);
    }

    /// <summary>Uuencode, from the line after "begin" to "end"; a body without "begin" is taken as lines of data.</summary>
    public static byte[] Uuencode(ReadOnlySpan<byte> encoded, out bool damaged)
    {
        damaged = false;
        var output = new byte[encoded.Length];
        int written = 0,
            at = 0;
        while (at < encoded.Length)
        {
            var line = encoded[at..HeaderBlock.EndOfLine(encoded, at, out at)];
            if (line.IsEmpty || line.StartsWith("begin "u8))
                continue;
            if (line.SequenceEqual("end"u8))
                break;
            var length = (line[0] - 32) & 63;
            if (length == 0)
                continue;
            written = UuLine(line[1..], length, output, written, ref damaged);
        }
        return Fit(output, written);
    }

    private static int UuLine(ReadOnlySpan<byte> line, int length, byte[] output, int written, ref bool damaged)
    {
        for (var i = 0; i < line.Length && length > 0; i += 4)
        {
            var bits = 0;
            for (var k = 0; k < 4; k++)
                bits = bits << 6 | (i + k < line.Length ? (line[i + k] - 32) & 63 : 0);
            for (var shift = 16; shift >= 0 && length > 0; shift -= 8, length--)
            {
                if (written < output.Length)
                    output[written++] = (byte)(bits >> shift);
            }
        }
        damaged |= length > 0;
        return written;
    }

    private static int Hex(byte c) =>
        c switch
        {
            >= (byte)'0' and <= (byte)'9' => c - '0',
            >= (byte)'A' and <= (byte)'F' => c - 'A' + 10,
            >= (byte)'a' and <= (byte)'f' => c - 'a' + 10,
            _ => -1,
        };

    private static byte[] Fit(byte[] output, int written) => written == output.Length ? output : output[..written];
}
