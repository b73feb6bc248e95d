namespace Helpdesk.Mail.Smtp;

/// <summary>
/// Takes the transparency dots out of a mail on the wire and finds its end (RFC 5321, 4.5.2). The end is CRLF "." CRLF
/// and nothing else: a lone CR or LF is content, so no sender can smuggle a second mail past a relay that reads line
/// ends differently. It may be fed in pieces of any size.
/// </summary>
public struct DotDecoder
{
    private State state;

    private enum State
    {
        LineStart, // also the very beginning: the CRLF is that of the DATA command
        Middle,
        Cr,
        Dot,
        DotCr,
    }

    /// <summary>Decodes as much of <paramref name="input"/> as belongs to this mail into <paramref name="output"/>.</summary>
    /// <param name="ended">The end was found; what follows the consumed bytes is the next command.</param>
    /// <returns>Bytes of <paramref name="input"/> consumed; all of them unless <paramref name="ended"/>.</returns>
    public int Decode(ReadOnlySpan<byte> input, MessageBuffer output, out bool ended)
    {
        var kept = 0; // input before this index is in the output
        for (var at = 0; at < input.Length; )
        {
            var b = input[at];
            switch (state)
            {
                case State.Middle:
                    var cr = input[at..].IndexOf((byte)'\r');
                    if (cr < 0)
                    {
                        at = input.Length;
                        continue;
                    }
                    at += cr + 1;
                    state = State.Cr;
                    continue;
                case State.Cr:
                    state = b switch
                    {
                        (byte)'\n' => State.LineStart,
                        (byte)'\r' => State.Cr,
                        _ => State.Middle,
                    };
                    break;
                case State.LineStart when b == '.':
                    output.Append(input[kept..at]);
                    kept = at + 1;
                    state = State.Dot;
                    break;
                case State.LineStart:
                    state = b == '\r' ? State.Cr : State.Middle;
                    break;
                case State.Dot when b == '\r':
                    kept = at + 1; // held back until we know whether this is the end
                    state = State.DotCr;
                    break;
                case State.Dot:
                    state = State.Middle;
                    break;
                case State.DotCr when b == '\n':
                    state = State.LineStart;
                    ended = true;
                    return at + 1;
                case State.DotCr:
                    output.Append("\r"u8);
                    kept = at;
                    state = b == '\r' ? State.Cr : State.Middle;
                    break;
            }
            at++;
        }
        output.Append(input[kept..]);
        ended = false;
        return input.Length;
    }
}
