using System.Globalization;

namespace Helpdesk.Mail.Mime;

/// <summary>Dates of mail headers: RFC 5322 with its obsolete zones, C's asctime, and ISO 8601.</summary>
public static class MailDate
{
    /// <returns>Null when day, month or year cannot be made out. A missing zone counts as UTC.</returns>
    public static DateTimeOffset? Parse(string? header)
    {
        if (string.IsNullOrWhiteSpace(header))
            return null;
        var text = header.Length > 200 ? header[..200] : header;
        return ParseWords(text) ?? ParseIso(text);
    }

    private static DateTimeOffset? ParseIso(string text) =>
        DateTimeOffset.TryParse(
            text.Trim(),
            CultureInfo.InvariantCulture,
            DateTimeStyles.AssumeUniversal | DateTimeStyles.AllowWhiteSpaces,
            out var date
        ) && char.IsAsciiDigit(text.TrimStart()[0])
            ? date.ToUniversalTime()
            : null;

    private static DateTimeOffset? ParseWords(string text)
    {
        int? day = null,
            month = null,
            year = null;
        int hour = 0,
            minute = 0,
            second = 0;
        TimeSpan? offset = null;
        var hasTime = false;
        foreach (var word in Words(text))
        {
            if (month is null && Month(word) is { } m)
                month = m;
            else if (
                !hasTime
                && word.Contains(':', StringComparison.Ordinal)
                && TryTime(word, out hour, out minute, out second)
            )
                hasTime = true;
            else if (int.TryParse(word, NumberStyles.None, CultureInfo.InvariantCulture, out var number))
            {
                if (day is null && number is >= 1 and <= 31 && word.Length <= 2)
                    day = number;
                else
                    year ??= FullYear(number, word.Length);
            }
            else if (hasTime && offset is null)
                offset = Offset(word);
            else if (hasTime && offset == TimeSpan.Zero && word[0] is '+' or '-')
                offset = Offset(word); // "GMT+0200" and "UT -0500"
            if (
                month is not null
                && offset is null
                && word.Equals("pm", StringComparison.OrdinalIgnoreCase)
                && hour < 12
            )
                hour += 12;
        }
        if (day is null || month is null || year is null)
            return null;
        if (year is < 1 or > 9998 || hour > 23 || minute > 59 || day > DateTime.DaysInMonth(year.Value, month.Value))
            return null;
        var local = new DateTime(
            year.Value,
            month.Value,
            day.Value,
            hour,
            minute,
            Math.Min(second, 59),
            DateTimeKind.Unspecified
        );
        return new DateTimeOffset(
            DateTime.SpecifyKind(local - (offset ?? TimeSpan.Zero), DateTimeKind.Unspecified),
            TimeSpan.Zero
        );
    }

    /// <summary>Words outside comments; "20-Feb-2012", "Mon,12" and "10:00:00+0200" come apart.</summary>
    private static IEnumerable<string> Words(string text)
    {
        int start = -1,
            depth = 0;
        for (var i = 0; i <= text.Length; i++)
        {
            var c = i < text.Length ? text[i] : ' ';
            if (c == '(')
                depth++;
            var sign =
                c is '+' or '-'
                && i + 1 < text.Length
                && char.IsAsciiDigit(text[i + 1])
                && i >= 2
                && (
                    text[i - 1] is ' ' or '\t'
                    || IsClock(text, i)
                    || char.IsAsciiLetterUpper(text[i - 1]) && char.IsAsciiLetterUpper(text[i - 2])
                );
            var ends =
                depth > 0 || char.IsWhiteSpace(c) || c is ',' or '/' or '"' or ';' || (c is '-' or '+' && start >= 0);
            if (ends || sign)
            {
                if (start >= 0)
                    yield return text[start..i];
                start = sign && depth == 0 ? i : -1;
            }
            else if (start < 0 && c != ')')
            {
                start = i;
            }
            if (c == ')' && depth > 0)
                depth--;
        }
    }

    private static bool IsClock(string text, int at) =>
        at >= 3 && text[at - 3] == ':' && char.IsAsciiDigit(text[at - 1]);

    private static int? Month(string word)
    {
        if (word.Length < 3)
            return null;
        var index = "janfebmaraprmayjunjulaugsepoctnovdec".IndexOf(word[..3], StringComparison.OrdinalIgnoreCase);
        return index >= 0 && index % 3 == 0 ? index / 3 + 1 : null;
    }

    private static bool TryTime(string word, out int hour, out int minute, out int second)
    {
        (hour, minute, second) = (0, 0, 0);
        var parts = word.Split(':');
        if (parts.Length is < 2 or > 3)
            return false;
        var seconds = parts.Length == 3 ? parts[2].Split('.')[0] : "0";
        return int.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out hour)
            && int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out minute)
            && int.TryParse(seconds, NumberStyles.None, CultureInfo.InvariantCulture, out second);
    }

    private static int FullYear(int number, int digits) =>
        digits switch
        {
            <= 2 => number < 50 ? 2000 + number : 1900 + number,
            3 => 1900 + number,
            _ => number,
        };

    private static TimeSpan? Offset(string word)
    {
        if (word[0] is '+' or '-')
        {
            var digits = word[1..].Replace(":", "", StringComparison.Ordinal);
            if (!int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var number))
                return null;
            var hours = digits.Length <= 2 ? number : number / 100;
            var minutes = digits.Length <= 2 ? 0 : number % 100;
            if (hours > 23 || minutes > 59)
                return TimeSpan.Zero;
            var offset = new TimeSpan(hours, minutes, 0);
            return word[0] == '-' ? -offset : offset;
        }
        return word.ToUpperInvariant() switch
        {
            "EST" => TimeSpan.FromHours(-5),
            "EDT" => TimeSpan.FromHours(-4),
            "CST" => TimeSpan.FromHours(-6),
            "CDT" => TimeSpan.FromHours(-5),
            "MST" => TimeSpan.FromHours(-7),
            "MDT" => TimeSpan.FromHours(-6),
            "PST" => TimeSpan.FromHours(-8),
            "PDT" => TimeSpan.FromHours(-7),
            "AM" or "PM" => null,
            _ => TimeSpan.Zero,
        };
    }
}
