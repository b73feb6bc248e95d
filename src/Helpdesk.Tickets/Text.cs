using System.Globalization;

namespace Helpdesk.Tickets;

/// <summary>Single-line and invariant text, done the same way everywhere.</summary>
public static class Text
{
    public static string ToStringInvariant(this long value) => value.ToString(CultureInfo.InvariantCulture);

    public static string ToStringInvariant(this int value) => value.ToString(CultureInfo.InvariantCulture);

    /// <summary>
    /// One line without control or bidirectional formatting characters, runs of white space as one space, at most
    /// <paramref name="maxLength"/> UTF-16 units, never cut inside a surrogate pair.
    /// </summary>
    public static string OneLine(string? value, int maxLength)
    {
        if (string.IsNullOrEmpty(value))
            return "";
        var line = new System.Text.StringBuilder(Math.Min(value.Length, maxLength));
        var space = false;
        foreach (var c in value)
        {
            if (char.IsWhiteSpace(c) || char.IsControl(c))
            {
                space = line.Length > 0;
                continue;
            }
            if (c is >= '\u202A' and <= '\u202E' or >= '\u2066' and <= '\u2069' or '\u200E' or '\u200F' or '\uFEFF')
                continue;
            if (line.Length + (space ? 2 : 1) > maxLength)
                break;
            if (space)
                line.Append(' ');
            space = false;
            line.Append(c);
        }
        if (line.Length > 0 && char.IsHighSurrogate(line[^1]))
            line.Length--;
        return line.ToString();
    }

    /// <summary>At most <paramref name="maxLength"/> UTF-16 units, never cut inside a surrogate pair, without NUL.</summary>
    public static string Cut(string? value, int maxLength)
    {
        if (string.IsNullOrEmpty(value))
            return "";
        value = value.Replace("\0", "", StringComparison.Ordinal);
        if (value.Length <= maxLength)
            return value;
        return char.IsHighSurrogate(value[maxLength - 1]) ? value[..(maxLength - 1)] : value[..maxLength];
    }
}
