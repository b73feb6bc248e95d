using System.Globalization;
using Helpdesk.Mail.Mime;
using Helpdesk.Tickets.Settings;

namespace Helpdesk.Mail.Spam;

/// <summary>Reads what a filter in front of the desk wrote into a mail's headers.</summary>
internal static class TrustedFilters
{
    /// <summary>Only its word that a mail is spam is heard: that one is not, anybody can write.</summary>
    /// <returns>Null when the trusted filter does not call it spam.</returns>
    public static SpamEvidence? Judge(this SpamRules rules, HeaderBlock headers) =>
        rules.Filter switch
        {
            TrustedFilter.SpamAssassin => Found(headers, "X-Spam-Status", "yes")
                ?? Found(headers, "X-Spam-Flag", "yes"),
            TrustedFilter.Rspamd => Found(headers, "X-Spamd-Result", "default: True")
                ?? Found(headers, "X-Rspamd-Action", "add header", "rewrite subject", "reject", "quarantine")
                ?? Found(headers, "X-Spam", "yes"),
            TrustedFilter.Other when rules.HeaderName.Length > 0 && rules.HeaderValue.Length > 0 => Found(
                headers,
                rules.HeaderName,
                rules.HeaderValue
            ),
            _ => null,
        };

    // the topmost one: what the server nearest to us wrote
    private static SpamEvidence? Found(HeaderBlock headers, string name, params string[] values) =>
        headers.First(name)?.Trim() is { } value
        && Array.Exists(values, v => value.StartsWith(v, StringComparison.OrdinalIgnoreCase))
            ? new(SpamSource.TrustedFilter, ScoreIn(value), [$"{name}: {value}"])
            : null;

    /// <summary>Points as these filters write them: <c>score=12.3</c>, <c>[12.30 / 15.00]</c>.</summary>
    internal static double? ScoreIn(string value)
    {
        var at = value.IndexOf("score=", StringComparison.OrdinalIgnoreCase);
        var start = at >= 0 ? at + 6 : value.IndexOf('[', StringComparison.Ordinal) + 1;
        if (start == 0)
            return null;
        var end = start;
        while (end < value.Length && (char.IsAsciiDigit(value[end]) || value[end] is '.' or '-'))
            end++;
        return double.TryParse(
            value.AsSpan(start, end - start),
            NumberStyles.Float,
            CultureInfo.InvariantCulture,
            out var score
        )
            ? score
            : null;
    }
}
