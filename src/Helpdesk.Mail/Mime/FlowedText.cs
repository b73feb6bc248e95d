using System.Text;

namespace Helpdesk.Mail.Mime;

/// <summary>
/// Text of format=flowed (RFC 3676): lines that end in a space go on in the next one. Quoted lines keep their line
/// ends, so that the quoted past stays recognisable line by line.
/// </summary>
public static class FlowedText
{
    /// <param name="text">LF line ends.</param>
    /// <param name="delSp">DelSp=yes: the space at the end belongs to the encoding, not to the text.</param>
    public static string Unflow(string text, bool delSp)
    {
        var result = new StringBuilder(text.Length);
        var at = 0;
        var flowing = false;
        while (at < text.Length)
        {
            var end = text.IndexOf('\n', at);
            var line = end < 0 ? text.AsSpan(at) : text.AsSpan(at, end - at);
            at = end < 0 ? text.Length : end + 1;
            var quoted = line.StartsWith('>');
            if (flowing && (quoted || IsSignatureMark(line)))
                result.Append('\n'); // a sender's mistake: a flowed line cannot go on here
            if (!quoted && line.StartsWith(' '))
                line = line[1..]; // stuffed
            flowing = !quoted && line.EndsWith(' ') && !IsSignatureMark(line) && end >= 0;
            result.Append(flowing && delSp ? line[..^1] : line);
            if (!flowing && end >= 0)
                result.Append('\n');
        }
        return result.ToString();
    }

    private static bool IsSignatureMark(ReadOnlySpan<char> line) => line is "-- ";
}
