using Helpdesk.Tickets.Data;
using Helpdesk.Tickets.People;
using Helpdesk.Tickets.Sla;
using Microsoft.EntityFrameworkCore;

namespace Helpdesk.Web.Components.Account;

/// <summary>
/// Whether somebody gets new requests, as they say themselves. Who is busy or away is so until their next shift begins, so that nobody who
/// forgets it in the evening is missing in the morning.
/// </summary>
public sealed class OwnPresence(IDbContextFactory<HelpdeskDbContext> databases, Bells bells, TimeProvider time)
{
    /// <summary>Of those who are always on shift, or have no shift to come.</summary>
    private static readonly TimeSpan WithoutShifts = TimeSpan.FromHours(12);

    /// <summary>Longer openings are no shift.</summary>
    private static readonly TimeSpan LongestShift = TimeSpan.FromHours(24);

    /// <returns>What holds now, and until when where that ends by itself; null for who is no specialist.</returns>
    public async Task<(Presence Presence, DateTimeOffset? Until)?> FindAsync(
        Guid userId,
        CancellationToken cancellationToken = default
    )
    {
        await using var db = databases.CreateDbContext();
        var person = await db
            .Specialists.AsNoTracking()
            .SingleOrDefaultAsync(s => s.Id == userId && s.IsActive, cancellationToken);
        if (person is null)
            return null;
        var presence = person.PresenceAt(time.GetUtcNow());
        return (presence, presence is Presence.Available ? null : person.PresenceUntil);
    }

    /// <summary>The latest choice counts. Who is there again is given what waits at once.</summary>
    /// <returns>False for who is no specialist.</returns>
    public async Task<bool> SetAsync(Guid userId, Presence presence, CancellationToken cancellationToken = default)
    {
        var now = time.GetUtcNow();
        await using var db = databases.CreateDbContext();
        var person = await db
            .Specialists.Include(s => s.BusinessHours)
            .SingleOrDefaultAsync(s => s.Id == userId && s.IsActive, cancellationToken);
        if (person is null)
            return false;
        var before = person.PresenceAt(now);
        person.Presence = presence;
        person.PresenceUntil =
            presence is Presence.Available ? null : NextShift(person.BusinessHours?.ToCalendar(), now);
        await db.SaveChangesAsync(cancellationToken);
        if (presence < before)
            bells.Routing.Ring();
        return true;
    }

    private static DateTimeOffset NextShift(BusinessCalendar? hours, DateTimeOffset now)
    {
        if (hours?.OpeningAt(now) is not { } shift || shift.To - now > LongestShift && shift.From <= now)
            return now + WithoutShifts;
        return shift.From > now ? shift.From
            : hours.OpeningAt(shift.To) is { } next ? next.From
            : now + WithoutShifts;
    }
}
