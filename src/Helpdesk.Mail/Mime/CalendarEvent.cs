using System.Globalization;
using System.Text;

namespace Helpdesk.Mail.Mime;

/// <summary>An appointment in a message (RFC 5545, RFC 5546), as far as people need it: what, when, where, who.</summary>
/// <param name="Method">REQUEST, REPLY, CANCEL, PUBLISH …, upper case; empty when it is only a file.</param>
/// <param name="Starts">As the calendar writes it, with its zone: local times of a zone are not turned into ours.</param>
/// <param name="Zone">Name of the zone of <paramref name="Starts"/>; <c>UTC</c>; null for whole days and floating times.</param>
/// <param name="Reply">Of an answer: ACCEPTED, DECLINED, TENTATIVE; null otherwise.</param>
public sealed record CalendarEvent(
    string Method,
    string Summary,
    DateTime? Starts,
    DateTime? Ends,
    bool IsWholeDay,
    string? Zone,
    string? Location,
    string? Organizer,
    string? Description,
    string? Reply,
    bool Recurs
)
{
    private const int MaxLines = 5_000;
    private const int MaxText = 2_000;

    /// <returns>The first appointment; null when there is none.</returns>
    public static CalendarEvent? Read(string text)
    {
        var fields = new Dictionary<string, (string Parameters, string Value)>(StringComparer.Ordinal);
        var method = "";
        var reply = "";
        var depth = 0;
        var isInside = false;
        foreach (var line in Lines(text))
        {
            var (name, parameters, value) = Cut(line);
            if (name == "METHOD" && !isInside)
                method = value.Trim().ToUpperInvariant();
            if (name == "BEGIN")
            {
                if (isInside)
                    depth++; // an alarm has a description of its own
                else
                    isInside = value.Trim().Equals("VEVENT", StringComparison.OrdinalIgnoreCase);
                continue;
            }
            if (name == "END" && isInside && depth-- == 0)
                break;
            if (!isInside || depth > 0)
                continue;
            if (name == "ATTENDEE")
                reply = Parameter(parameters, "PARTSTAT") ?? reply;
            else
                fields.TryAdd(name, (parameters, value));
        }
        if (!isInside || fields.Count == 0)
            return null;
        var (starts, isDay, zone) = Instant(fields, "DTSTART");
        var (ends, _, _) = Instant(fields, "DTEND");
        return new(
            method,
            Word(fields, "SUMMARY") ?? "",
            starts,
            ends,
            isDay,
            zone,
            Word(fields, "LOCATION"),
            Person(fields),
            Word(fields, "DESCRIPTION"),
            method == "REPLY" && reply.Length > 0 ? reply.ToUpperInvariant() : null,
            fields.ContainsKey("RRULE")
        );
    }

    /// <summary>Lines, the folded ones joined.</summary>
    private static IEnumerable<string> Lines(string text)
    {
        var line = new StringBuilder();
        var count = 0;
        foreach (var piece in text.Split('\n'))
        {
            var part = piece.TrimEnd('\r');
            if (++count > MaxLines)
                break;
            if (part.Length > 0 && part[0] is ' ' or '\t')
            {
                if (line.Length < 64 * 1024)
                    line.Append(part, 1, part.Length - 1);
                continue;
            }
            if (line.Length > 0)
                yield return line.ToString();
            line.Clear().Append(part);
        }
        if (line.Length > 0)
            yield return line.ToString();
    }

    private static (string Name, string Parameters, string Value) Cut(string line)
    {
        var isQuoted = false;
        var semicolon = -1;
        for (var i = 0; i < line.Length; i++)
        {
            if (line[i] == '"')
                isQuoted = !isQuoted;
            else if (line[i] == ';' && semicolon < 0)
                semicolon = i;
            else if (line[i] == ':' && !isQuoted)
                return (
                    line[..(semicolon < 0 ? i : semicolon)].ToUpperInvariant(),
                    semicolon < 0 ? "" : line[(semicolon + 1)..i],
                    line[(i + 1)..]
                );
        }
        return ("", "", "");
    }

    private static string? Parameter(string parameters, string name)
    {
        foreach (var parameter in parameters.Split(';'))
            if (parameter.StartsWith(name + "=", StringComparison.OrdinalIgnoreCase))
                return parameter[(name.Length + 1)..].Trim('"');
        return null;
    }

    private static string? Word(Dictionary<string, (string Parameters, string Value)> fields, string name)
    {
        if (!fields.TryGetValue(name, out var field))
            return null;
        var text = new StringBuilder(Math.Min(field.Value.Length, MaxText));
        for (var i = 0; i < field.Value.Length && text.Length < MaxText; i++)
        {
            var c = field.Value[i];
            if (c == '\\' && i + 1 < field.Value.Length)
                c = field.Value[++i] is 'n' or 'N' ? '\n' : field.Value[i];
            if (c == '\n' || !char.IsControl(c))
                text.Append(c);
        }
        return text.ToString().Trim() is { Length: > 0 } word ? word : null;
    }

    private static string? Person(Dictionary<string, (string Parameters, string Value)> fields)
    {
        if (!fields.TryGetValue("ORGANIZER", out var field))
            return null;
        var address = field.Value.Trim();
        if (address.StartsWith("mailto:", StringComparison.OrdinalIgnoreCase))
            address = address[7..];
        return HeaderText.Clean(
            Parameter(field.Parameters, "CN") is { Length: > 0 } name ? $"{name} <{address}>" : address
        );
    }

    private static (DateTime? At, bool IsDay, string? Zone) Instant(
        Dictionary<string, (string Parameters, string Value)> fields,
        string name
    )
    {
        if (!fields.TryGetValue(name, out var field))
            return (null, false, null);
        var value = field.Value.Trim();
        var isUtc = value.EndsWith('Z');
        if (
            DateTime.TryParseExact(
                value.TrimEnd('Z'),
                ["yyyyMMdd'T'HHmmss", "yyyyMMdd'T'HHmm", "yyyyMMdd"],
                CultureInfo.InvariantCulture,
                DateTimeStyles.None,
                out var at
            )
        )
            return (at, value.Length == 8, isUtc ? "UTC" : Parameter(field.Parameters, "TZID"));
        return (null, false, null);
    }
}
