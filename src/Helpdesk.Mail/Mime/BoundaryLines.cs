namespace Helpdesk.Mail.Mime;

/// <summary>A boundary line, or the end of the message (<see cref="Level"/> -1).</summary>
internal readonly record struct Delimiter(int LineStart, int Next, int Level, bool Closes);

/// <summary>The boundaries of all multiparts that are open around a place in a message, and the lines that bear them.</summary>
internal sealed class BoundaryLines(ReadOnlyMemory<byte> raw)
{
    private readonly List<byte[]> boundaries = [];
    private bool hasGuessed;

    /// <summary>How many are open; the level of the next one.</summary>
    public int Count => boundaries.Count;

    /// <summary>Bytes looked at so far.</summary>
    public long Work { get; private set; }

    private ReadOnlySpan<byte> Data => raw.Span;

    public void Open(byte[] boundary) => boundaries.Add(boundary);

    /// <summary>Closes a multipart and all within it.</summary>
    public void CloseFrom(int level) => boundaries.RemoveRange(level, boundaries.Count - level);

    /// <summary>The next boundary line of any open multipart at or after <paramref name="from"/>.</summary>
    public Delimiter Next(int from)
    {
        var at = from;
        if (boundaries.Count == 0)
            return new Delimiter(Data.Length, Data.Length, -1, true);
        while (at < Data.Length)
        {
            if (Data[at..].StartsWith("--"u8) && (at == 0 || Data[at - 1] is (byte)'\n' or (byte)'\r'))
            {
                var end = Data[at..].IndexOf((byte)'\n');
                var next = end < 0 ? Data.Length : at + end + 1;
                if (Match(Data[(at + 2)..next].TrimEnd("\r\n \t"u8), out var level, out var closes))
                {
                    Work += next - from;
                    return new Delimiter(at, next, level, closes);
                }
                at = Math.Max(at + 1, next - 1);
            }
            var skip = Data[at..].IndexOf("\n--"u8);
            if (skip < 0)
                break;
            at += skip + 1;
        }
        Work += Data.Length - from;
        return new Delimiter(Data.Length, Data.Length, -1, true);
    }

    /// <summary>The first line that looks like a boundary, taken once in a message whose own is missing or wrong.</summary>
    public byte[]? Guess(int from)
    {
        if (hasGuessed)
            return null;
        hasGuessed = true;
        var at = from;
        while (at < Data.Length)
        {
            var line = Data[at..HeaderBlock.EndOfLine(Data, at, out var next)];
            if (
                line.StartsWith("--"u8)
                && line.TrimEnd(" \t"u8).Length is > 3 and < 200
                && Data[next..].StartsWith("Content-"u8)
            )
                return line[2..].TrimEnd(" \t"u8).ToArray();
            at = next;
        }
        Work += Data.Length - from;
        return null;
    }

    private bool Match(ReadOnlySpan<byte> line, out int level, out bool closes)
    {
        closes = false;
        for (level = boundaries.Count - 1; level >= 0; level--)
        {
            var boundary = boundaries[level];
            if (!line.StartsWith(boundary))
                continue;
            closes = line.Length == boundary.Length + 2 && line.EndsWith("--"u8);
            if (closes || line.Length == boundary.Length)
                return true;
        }
        return false;
    }
}
