using System.Text;

namespace Helpdesk.Mail.Mime;

/// <param name="Value">Unfolded, 8-bit bytes decoded, encoded words left as they are.</param>
public readonly record struct MailHeader(string Name, string Value);

/// <summary>The header fields of a message or part, in their order.</summary>
public sealed class HeaderBlock
{
    private readonly List<MailHeader> fields = [];

    public static HeaderBlock Empty { get; } = new();

    public IReadOnlyList<MailHeader> Fields => fields;

    /// <summary>The value of the first field of that name, encoded words left as they are; null when there is none.</summary>
    public string? First(string name)
    {
        foreach (var field in fields)
        {
            if (field.Name.Equals(name, StringComparison.OrdinalIgnoreCase))
                return field.Value;
        }
        return null;
    }

    /// <summary>The first field of that name as a person reads it: decoded, one line, trimmed.</summary>
    public string? Text(string name) => First(name) is { } value ? HeaderText.Clean(HeaderText.Decode(value)) : null;

    public IEnumerable<string> All(string name) =>
        fields.Where(f => f.Name.Equals(name, StringComparison.OrdinalIgnoreCase)).Select(f => f.Value);

    public int Count(string name) => fields.Count(f => f.Name.Equals(name, StringComparison.OrdinalIgnoreCase));

    public bool Has(string name) => First(name) is not null;

    /// <summary>
    /// Reads fields from <paramref name="start"/> up to the empty line, a line that cannot belong to a header, or
    /// <paramref name="end"/>.
    /// </summary>
    /// <param name="isPart">Inside a multipart a line that begins with two hyphens ends the block too.</param>
    /// <param name="bodyStart">Where the body begins.</param>
    /// <param name="cut">Whether lines beyond the limits were passed over.</param>
    internal static HeaderBlock Read(
        ReadOnlySpan<byte> data,
        int start,
        int end,
        bool isPart,
        MailLimits limits,
        out int bodyStart,
        out bool cut
    )
    {
        var found = new List<Range>();
        var names = new List<string>();
        int at = start,
            keptBytes = 0,
            keptLines = 0,
            fieldLines = 0,
            valueStart = 0,
            valueEnd = 0;
        var inField = false;
        var keeping = false;
        cut = false;
        bodyStart = end;
        while (at < end)
        {
            var lineEnd = EndOfLine(data[..end], at, out var next);
            var line = data[at..lineEnd];
            if (line.IsEmpty)
            {
                bodyStart = next;
                break;
            }
            if (
                line[0] is (byte)' ' or (byte)'\t'
                && (inField || !line.Trim(" \t"u8).IsEmpty && !isPart && at == start)
            )
            {
                if (keeping && Fits(line.Length, lineEnd - valueStart))
                    valueEnd = lineEnd;
                else if (inField)
                    cut = true;
                at = next;
                continue;
            }
            var colon = NameLength(line);
            if (colon < 0)
            {
                if (at == start && IsEnvelopeLine(line))
                {
                    at = next;
                    continue;
                }
                var resume = isPart && line.StartsWith("--"u8) ? -1 : NextHeader(data[..end], next);
                if (resume < 0)
                {
                    bodyStart = at;
                    break;
                }
                Close();
                at = resume; // past stray lines between headers
                continue;
            }
            Close();
            inField = true;
            valueStart = at + line.IndexOf((byte)':') + 1;
            fieldLines = 0;
            keeping = Fits(line.Length, 0) || (keptLines < limits.MaxHeaderLines && found.Count == 0);
            if (keeping)
            {
                names.Add(Encoding.ASCII.GetString(line[..colon]));
                valueEnd = Math.Min(lineEnd, valueStart + limits.MaxFieldBytes);
                cut |= valueEnd < lineEnd;
            }
            else
            {
                cut = true;
            }
            at = next;
        }
        Close();
        return Decode(data, found, names);

        bool Fits(int length, int fieldLength)
        {
            if (
                keptLines >= limits.MaxHeaderLines
                || keptBytes + Math.Min(length, limits.MaxFieldBytes) > limits.MaxHeaderBytes
                || fieldLength > limits.MaxFieldBytes
                || fieldLines >= limits.MaxFieldLines
            )
                return false;
            keptLines++;
            fieldLines++;
            keptBytes += Math.Min(length, limits.MaxFieldBytes);
            return true;
        }

        void Close()
        {
            if (keeping)
                found.Add(valueStart..Math.Max(valueStart, valueEnd));
            (inField, keeping) = (false, false);
        }
    }

    /// <summary>
    /// End of the line at <paramref name="at"/>, its line end excluded. LF, CR LF, lone CR and CR CR LF end a line.
    /// </summary>
    internal static int EndOfLine(ReadOnlySpan<byte> data, int at, out int next)
    {
        var length = data[at..].IndexOfAny((byte)'\r', (byte)'\n');
        if (length < 0)
            return next = data.Length;
        var lineEnd = at + length;
        if (data[lineEnd] == '\n')
        {
            next = lineEnd + 1;
            return lineEnd;
        }
        var after = lineEnd;
        while (after < data.Length && data[after] == '\r')
            after++;
        next = after < data.Length && data[after] == '\n' ? after + 1 : lineEnd + 1;
        return lineEnd;
    }

    /// <summary>Length of the field name, blanks before the colon excluded; -1 when the line is no field.</summary>
    private static int NameLength(ReadOnlySpan<byte> line)
    {
        var i = 0;
        while (i < line.Length && line[i] is > 32 and < 127 and not (byte)':')
            i++;
        if (i == 0)
            return -1;
        var length = i;
        while (i < line.Length && line[i] is (byte)' ' or (byte)'\t')
            i++;
        return i < line.Length && line[i] == ':' ? length : -1;
    }

    private static bool IsEnvelopeLine(ReadOnlySpan<byte> line) =>
        line.StartsWith("From "u8) || line.StartsWith(">From "u8);

    /// <summary>
    /// Where the header goes on after a line that is none: a field of a well-known name within a few lines and before
    /// an empty one. -1 when there is none, so the line is the body's first.
    /// </summary>
    private static int NextHeader(ReadOnlySpan<byte> data, int at)
    {
        for (var i = 0; i < MaxStrayLines && at < data.Length; i++)
        {
            var line = data[at..EndOfLine(data, at, out var next)];
            if (line.IsEmpty)
                return -1;
            var length = NameLength(line);
            if (length > 0 && IsKnown(line[..Math.Min(length, 40)]))
                return at;
            at = next;
        }
        return -1;
    }

    private const int MaxStrayLines = 12;

    private static bool IsKnown(ReadOnlySpan<byte> name) =>
        name.StartsWith("X-"u8) || name.StartsWith("x-"u8) || KnownNames.Contains(Encoding.ASCII.GetString(name));

    private static readonly HashSet<string> KnownNames = new(StringComparer.OrdinalIgnoreCase)
    {
        "From",
        "To",
        "Cc",
        "Subject",
        "Date",
        "Message-ID",
        "MIME-Version",
        "Content-Type",
        "Content-Transfer-Encoding",
        "Content-Disposition",
        "Content-ID",
        "Received",
        "Return-Path",
        "Reply-To",
        "Sender",
        "In-Reply-To",
        "References",
        "X-Mailer",
        "User-Agent",
        "DKIM-Signature",
        "Delivered-To",
    };

    private static HeaderBlock Decode(ReadOnlySpan<byte> data, List<Range> found, List<string> names)
    {
        var block = new HeaderBlock();
        string? charset = null;
        for (var i = 0; i < found.Count; i++)
        {
            // Raw 8-bit headers say nothing of their charset; the body's is the best hint.
            if (charset is null && names[i].Equals("Content-Type", StringComparison.OrdinalIgnoreCase))
                charset = HeaderValue.Parse(Encoding.Latin1.GetString(data[found[i]])).Parameter("charset");
        }
        for (var i = 0; i < found.Count; i++)
            block.fields.Add(new MailHeader(names[i], Unfold(data[found[i]], charset)));
        return block;
    }

    private static string Unfold(ReadOnlySpan<byte> raw, string? charset)
    {
        var text = System.Text.Ascii.IsValid(raw)
            ? Encoding.ASCII.GetString(raw)
            : Charsets.Decode(raw, charset, isHeader: true, out _);
        if (text.AsSpan().IndexOfAny('\r', '\n', '\0') < 0)
            return text.Trim(Blanks);
        var line = new StringBuilder(text.Length);
        foreach (var c in text)
        {
            if (c is not ('\r' or '\n'))
                line.Append(c == '\0' ? ' ' : c);
        }
        return line.ToString().Trim(Blanks);
    }

    private static readonly char[] Blanks = [' ', '\t'];
}
