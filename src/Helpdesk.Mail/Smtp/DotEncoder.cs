using System.Buffers;

namespace Helpdesk.Mail.Smtp;

/// <summary>
/// Writes a mail for the wire: dots at line starts doubled, and every line end (CRLF, a lone LF, a lone CR) as CRLF, so that
/// no server on the way can see an end in it that we do not see. It may be fed in pieces of any size.
/// </summary>
public struct DotEncoder
{
    private static readonly SearchValues<byte> LineEnds = SearchValues.Create("\r\n"u8);
    private bool midLine;
    private bool afterCr;

    public void Encode(ReadOnlySpan<byte> text, IBufferWriter<byte> output)
    {
        while (!text.IsEmpty)
        {
            if (afterCr && text[0] == '\n')
            {
                text = text[1..]; // the CR before it has ended the line
                afterCr = false;
                continue;
            }
            if (!midLine && text[0] == '.')
                output.Write("."u8);
            var end = text.IndexOfAny(LineEnds);
            var line = end < 0 ? text : text[..end];
            output.Write(line);
            (midLine, afterCr) = (end < 0, false);
            if (end < 0)
                return;
            output.Write("\r\n"u8);
            afterCr = text[end] == '\r';
            text = text[(end + 1)..];
        }
    }

    /// <summary>The dot that ends the mail.</summary>
    public readonly void End(IBufferWriter<byte> output)
    {
        if (midLine)
            output.Write("\r\n"u8);
        output.Write(".\r\n"u8);
    }
}
