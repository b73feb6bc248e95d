using Helpdesk.Tickets;
using Helpdesk.Tickets.Access;
using Helpdesk.Tickets.Data;
using Helpdesk.Tickets.People;
using Helpdesk.Tickets.Settings;
using Helpdesk.Tickets.Sla;
using Helpdesk.Web.Components.Admin;
using Microsoft.EntityFrameworkCore;

namespace Helpdesk.Web.Components.Account;

/// <summary>
/// Whether somebody gets new requests, as they say themselves or a supervisor says for them. Who is busy or away is so until their next
/// shift begins, so that nobody who forgets it in the evening is missing in the morning.
/// </summary>
public sealed class StaffPresence(IDbContextFactory<HelpdeskDbContext> databases, Bells bells, TimeProvider time)
{
    private const string RecordKind = "person's presence set";

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
    /// <param name="by">Whose right to say so was asked for; what they say of somebody else is kept in the history of changes.</param>
    /// <returns>False for who is no specialist.</returns>
    public async Task<bool> SetAsync(
        Guid userId,
        Presence presence,
        Actor by,
        CancellationToken cancellationToken = default
    )
    {
        var now = time.GetUtcNow();
        await using var db = databases.CreateDbContext();
        // on SQLite it waits for others here, so that the history's "before" is what this very change replaced
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        var person = await db
            .Specialists.Include(s => s.BusinessHours)
            .SingleOrDefaultAsync(s => s.Id == userId && s.IsActive, cancellationToken);
        if (person is null)
            return false;
        var before = person.PresenceAt(now);
        person.Presence = presence;
        person.PresenceUntil =
            presence is Presence.Available ? null : NextShift(person.BusinessHours?.ToCalendar(), now);
        if (presence != before && by.UserId != userId)
            db.Add(Record(person.Name, before, presence, by, now));
        await db.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        if (presence < before)
            bells.Routing.Ring();
        return true;
    }

    private static AdministrationChange Record(
        string subject,
        Presence before,
        Presence after,
        Actor by,
        DateTimeOffset now
    ) =>
        new()
        {
            At = now,
            ByUserId = by.UserId,
            ByName = Text.Cut(by.Name, Customer.MaxNameLength),
            Area = AdminSection.KeyOf(RecordKind),
            Kind = RecordKind,
            Subject = Text.OneLine(subject, AdministrationChange.MaxSubjectLength),
            Fields = [new("Presence", before.ToString(), after.ToString())],
        };

    private static DateTimeOffset NextShift(BusinessCalendar? hours, DateTimeOffset now)
    {
        if (hours?.OpeningAt(now) is not { } shift || shift.To - now > LongestShift && shift.From <= now)
            return now + WithoutShifts;
        return shift.From > now ? shift.From
            : hours.OpeningAt(shift.To) is { } next ? next.From
            : now + WithoutShifts;
    }
}
