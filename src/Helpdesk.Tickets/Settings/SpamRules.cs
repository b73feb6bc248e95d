using Helpdesk.Tickets.Data;
using Microsoft.EntityFrameworkCore;

namespace Helpdesk.Tickets.Settings;

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

    /// <param name="mostMailsOfUnknown">Counts until an administrator has saved anything.</param>
    public static async Task<SpamRules> CurrentAsync(
        HelpdeskDbContext db,
        int mostMailsOfUnknown,
        CancellationToken cancellationToken = default
    ) => await SavedAsync(db, cancellationToken) ?? new SpamRules { MostMailsOfUnknown = mostMailsOfUnknown };

    /// <returns>Null until an administrator has saved anything.</returns>
    public static Task<SpamRules?> SavedAsync(HelpdeskDbContext db, CancellationToken cancellationToken = default) =>
        db.Set<SpamRules>().AsNoTracking().OrderByDescending(r => r.Id).FirstOrDefaultAsync(cancellationToken);
}
