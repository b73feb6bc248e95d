using Helpdesk.Mail.Intake;
using Helpdesk.Mail.Mime;
using Helpdesk.Tickets.Data;
using Microsoft.EntityFrameworkCore;

namespace Helpdesk.Mail.Spam;

/// <summary>A filter in front of the desk whose word counts. Any sender can write such a header: only what the administrator named is read.</summary>
public enum TrustedFilter
{
    None,

    /// <summary><c>X-Spam-Flag</c>, <c>X-Spam-Status</c>.</summary>
    SpamAssassin,

    /// <summary><c>X-Spamd-Result</c>, <c>X-Rspamd-Action</c>, <c>X-Spam</c>.</summary>
    Rspamd,

    /// <summary>A header that the administrator names.</summary>
    Other,
}

/// <summary>When mail is kept as spam. The newest row is in force; rows are only added: they are the history.</summary>
public sealed class SpamRules
{
    public const int MaxHeaderLength = 100;
    public const int MaxNameLength = 200;

    public int Id { get; private set; }
    public DateTimeOffset At { get; init; }
    public Guid? ByUserId { get; init; }

    /// <summary>Their name then.</summary>
    public string ByName { get; init; } = "";

    /// <summary>Whether what this desk's people called spam is used.</summary>
    public bool Learns { get; init; } = true;
    public TrustedFilter Filter { get; init; }

    /// <summary>Of <see cref="TrustedFilter.Other"/>: the header's name, and how its value begins when it is spam.</summary>
    public string HeaderName { get; init; } = "";
    public string HeaderValue { get; init; } = "";

    /// <summary>Mails within an hour of somebody whom nobody has answered yet; further ones are held.</summary>
    public required int MostMailsOfUnknown { get; init; }

    /// <param name="options">Count until an administrator has saved anything.</param>
    public static async Task<SpamRules> CurrentAsync(
        HelpdeskDbContext db,
        IntakeOptions options,
        CancellationToken cancellationToken = default
    ) =>
        await db.Set<SpamRules>().AsNoTracking().OrderByDescending(r => r.Id).FirstOrDefaultAsync(cancellationToken)
        ?? new SpamRules { MostMailsOfUnknown = options.MaxMailsOfUnknownPerHour };

    /// <summary>Only its word that a mail is spam is heard: that one is not, anybody can write.</summary>
    /// <returns>Null when the trusted filter does not call it spam.</returns>
    public SpamEvidence? Judge(HeaderBlock headers) =>
        Filter switch
        {
            TrustedFilter.SpamAssassin => Found(headers, "X-Spam-Status", "yes")
                ?? Found(headers, "X-Spam-Flag", "yes"),
            TrustedFilter.Rspamd => Found(headers, "X-Spamd-Result", "default: True")
                ?? Found(headers, "X-Rspamd-Action", "add header", "rewrite subject", "reject", "quarantine")
                ?? Found(headers, "X-Spam", "yes"),
            TrustedFilter.Other when HeaderName.Length > 0 && HeaderValue.Length > 0 => Found(
                headers,
                HeaderName,
                HeaderValue
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
            System.Globalization.NumberStyles.Float,
            System.Globalization.CultureInfo.InvariantCulture,
            out var score
        )
            ? score
            : null;
    }
}
