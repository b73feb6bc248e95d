using System.Globalization;
using System.Text;

namespace Helpdesk.Mail.Mime;

/// <summary>
/// A structured header (Content-Type, Content-Disposition): a value and its parameters, RFC 2231 continuations joined
/// and decoded. Missing quotes, missing semicolons and quotes inside quotes are read the way the sender meant them.
/// </summary>
public sealed class HeaderValue
{
    /// <summary>Looking further for the end of each of many opening brackets would take quadratic time.</summary>
    private const int MaxCommentChars = 300;

    private readonly List<(string Name, string Value)> parameters = [];

    private HeaderValue(string value) => Value = value;

    /// <summary>Lower case, without parameters and white space, e.g. <c>text/plain</c>; empty when there is none.</summary>
    public string Value { get; }

    /// <summary>The first parameter of that name (lower case), decoded; null when there is none.</summary>
    public string? Parameter(string name)
    {
        foreach (var (key, value) in parameters)
        {
            if (key == name)
                return value;
        }
        return null;
    }

    public static HeaderValue Parse(string? header)
    {
        if (string.IsNullOrEmpty(header))
            return new HeaderValue("");
        var at = 0;
        var value = ReadMainValue(header, ref at);
        var result = new HeaderValue(value);
        var pieces = new List<(string Name, string Value)>();
        while (at < header.Length)
        {
            if (TryReadParameter(header, ref at, out var name, out var text))
                pieces.Add((name, text));
        }
        result.Join(pieces);
        return result;
    }

    private static string ReadMainValue(string header, ref int at)
    {
        var value = new StringBuilder();
        while (at < header.Length && header[at] != ';')
        {
            if (header[at] == '(' && SkipComment(header, ref at))
                continue;
            // "text/plain charset=utf-8": the semicolon was forgotten
            if (header[at] is ' ' or '\t' && value.Length > 0 && value[^1] != '/' && LooksLikeParameter(header, at))
                break;
            if (!char.IsWhiteSpace(header[at]))
                value.Append(char.ToLowerInvariant(header[at]));
            at++;
        }
        return value.ToString().Trim('"');
    }

    private static bool TryReadParameter(string header, ref int at, out string name, out string value)
    {
        (name, value) = ("", "");
        SkipBlanks(header, ref at);
        while (at < header.Length && header[at] is ';' or ',')
        {
            at++;
            SkipBlanks(header, ref at);
        }
        var start = at;
        while (at < header.Length && header[at] is not ('=' or ';'))
            at++;
        if (at >= header.Length || header[at] == ';')
            return false;
        name = header[start..at].Trim().ToLowerInvariant();
        at++;
        SkipBlanks(header, ref at);
        value = at < header.Length && header[at] == '"' ? ReadQuoted(header, ref at) : ReadPlain(header, ref at);
        return name.Length > 0;
    }

    private static string ReadQuoted(string header, ref int at)
    {
        var text = new StringBuilder();
        at++;
        while (at < header.Length)
        {
            var c = header[at++];
            if (c == '"')
            {
                if (EndsValue(header, at))
                    break;
                text.Append(c); // a quote inside the value that should have been escaped
            }
            else if (c == '\\' && at < header.Length && header[at] is '"' or '\\')
            {
                // a backslash before anything else is a path separator of a sender that does not escape
                text.Append(header[at++]);
            }
            else
            {
                text.Append(c);
            }
        }
        return text.ToString();
    }

    private static bool EndsValue(string header, int at)
    {
        var next = at;
        SkipBlanks(header, ref next);
        if (next >= header.Length || header[next] is ';' or ',' or '(')
            return true;
        return LooksLikeParameter(header, at);
    }

    private static string ReadPlain(string header, ref int at)
    {
        var start = at;
        while (at < header.Length && header[at] != ';')
        {
            if (header[at] is ' ' or '\t' && LooksLikeParameter(header, at))
                break;
            if (header[at] == '(' && at > start && header[at - 1] is ' ' or '\t')
            {
                // a comment, unless the value is a file name such as "scan (2).pdf"
                var end = at;
                if (SkipComment(header, ref end) && EndsValue(header, end))
                {
                    var value = header[start..at].Trim();
                    at = end;
                    return value;
                }
            }
            at++;
        }
        return header[start..at].Trim();
    }

    /// <summary>Whether white space, a token and an equals sign follow: a parameter without its semicolon.</summary>
    private static bool LooksLikeParameter(string header, int at)
    {
        var next = at;
        SkipBlanks(header, ref next);
        var start = next;
        while (
            next < header.Length
            && next - start < 40
            && (char.IsAsciiLetterOrDigit(header[next]) || header[next] is '-' or '*')
        )
            next++;
        return next > start
            && next < header.Length
            && header[next] == '='
            && !(next + 1 < header.Length && header[next + 1] == '?');
    }

    private static void SkipBlanks(string header, ref int at)
    {
        while (at < header.Length && header[at] is ' ' or '\t')
            at++;
    }

    private static bool SkipComment(string header, ref int at)
    {
        var depth = 0;
        for (var i = at; i < Math.Min(header.Length, at + MaxCommentChars); i++)
        {
            if (header[i] == '(')
                depth++;
            else if (header[i] == ')' && --depth == 0)
            {
                at = i + 1;
                return true;
            }
            else if (header[i] == '\\')
                i++;
        }
        return false;
    }

    private void Join(List<(string Name, string Value)> pieces)
    {
        Dictionary<string, List<Segment>>? continued = null;
        foreach (var (name, value) in pieces)
        {
            var star = name.IndexOf('*', StringComparison.Ordinal);
            if (star <= 0)
            {
                parameters.Add((name, HeaderText.Decode(value)));
                continue;
            }
            var suffix = name.AsSpan(star + 1);
            var encoded = suffix.IsEmpty || suffix[^1] == '*';
            var number = suffix.TrimEnd('*');
            var index = 0;
            if (!number.IsEmpty && !int.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out index))
                continue;
            continued ??= [];
            var key = name[..star];
            if (!continued.TryGetValue(key, out var segments))
                continued[key] = segments = [];
            segments.Add(new Segment(number.IsEmpty ? -1 : index, encoded, value));
        }
        if (continued is null)
            return;
        foreach (var (name, segments) in continued)
            parameters.Insert(0, (name, JoinSegments(segments))); // the extended form wins over the plain one
    }

    private readonly record struct Segment(int Index, bool Encoded, string Value);

    private static string JoinSegments(List<Segment> segments)
    {
        // name* alone and name*0* ... may both be there; the single form is complete in itself
        var ordered = segments.Exists(s => s.Index < 0)
            ? segments.Where(s => s.Index < 0).Take(1)
            : segments.DistinctBy(s => s.Index).OrderBy(s => s.Index);
        string? charset = null;
        var bytes = new List<byte>();
        var first = true;
        foreach (var segment in ordered)
        {
            var value = segment.Value;
            if (first && segment.Encoded)
                value = TakeCharset(value, ref charset);
            first = false;
            if (segment.Encoded)
                bytes.AddRange(TransferDecoding.Percent(Encoding.UTF8.GetBytes(value)));
            else
                bytes.AddRange(
                    (charset is null ? Encoding.UTF8 : Charsets.Find(charset) ?? Encoding.UTF8).GetBytes(value)
                );
        }
        var text = Charsets.Decode(bytes.ToArray(), charset ?? "utf-8", isHeader: true, out _);
        return HeaderText.Decode(text);
    }

    private static string TakeCharset(string value, ref string? charset)
    {
        var first = value.IndexOf('\'', StringComparison.Ordinal);
        var second = first < 0 ? -1 : value.IndexOf('\'', first + 1);
        if (second < 0)
            return value;
        if (first > 0)
            charset = value[..first];
        return value[(second + 1)..];
    }
}
