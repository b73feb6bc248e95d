using System.Collections.Concurrent;
using Helpdesk.Routing.AutoAnswer;
using Helpdesk.Tickets;
using Helpdesk.Tickets.Access;
using Helpdesk.Tickets.Data;
using Helpdesk.Tickets.People;
using Helpdesk.Tickets.Settings;
using Helpdesk.Tickets.Sla;
using Helpdesk.Web.Components.Desk.Queues;
using Microsoft.EntityFrameworkCore;

namespace Helpdesk.Web.Components.Supervise.Wall;

/// <summary>
/// What nobody is handling, and who could. Unresolved tickets are counted in one pass (a partial index), everything else is a small stretch of an index,
/// so the cost follows the work that is open, not the years behind it.
/// </summary>
public sealed class WallReader(
    IDbContextFactory<HelpdeskDbContext> databases,
    DeskDirectory directory,
    HourCounts hours,
    OutlookReader outlook,
    TimeProvider time
)
{
    public const int MaxRows = 50;
    private const int MostCalendars = 100;
    private readonly ConcurrentDictionary<(string Zone, string Week, string Holidays), BusinessCalendar> calendars = [];
    private static readonly TimeSpan Soon = TimeSpan.FromHours(1);
    private static readonly TimeSpan Day = TimeSpan.FromDays(1);
    private static readonly TimeSpan[] Waits = [TimeSpan.FromMinutes(10), TimeSpan.FromMinutes(30)];
    private static readonly TimeSpan[] Ages =
    [
        TimeSpan.FromHours(1),
        TimeSpan.FromHours(4),
        TimeSpan.FromHours(8),
        TimeSpan.FromDays(1),
        TimeSpan.FromDays(3),
    ];

    /// <param name="list">Null = what needs somebody most: what is with nobody, or else what is late.</param>
    public async Task<WallPicture> ReadAsync(WallList? list, int? teamId, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var picture = await directory.GetAsync(cancellationToken);
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        var open = db.Tickets.AsNoTracking().Where(t => t.Status < TicketStatus.Resolved);
        if (teamId is { } team)
            open = open.Where(t => t.TeamId == team);
        var people = await PeopleAsync(db, now, cancellationToken);
        var members = teamId is { } of ? await MembersAsync(db, of, cancellationToken) : null;
        var totals = await TotalsAsync(db, open, teamId, picture, now, cancellationToken);
        var listed = list ?? (totals is { Unassigned: 0, Breached: > 0 } ? WallList.Breached : WallList.Unassigned);
        var rows = await RowsAsync(open, listed, now, cancellationToken);
        return new(
            totals,
            listed,
            rows,
            members is null ? people : [.. people.Where(p => members.Contains(p.Id))],
            await LevelsAsync(db, rows, picture, cancellationToken),
            await hours.ReadAsync(db, teamId, cancellationToken),
            await outlook.ReadAsync(db, open, people, picture, now, cancellationToken),
            await WallMail.ReadAsync(db, cancellationToken),
            await db
                .TicketEvents.OrderByDescending(e => e.Id)
                .Select(e => (DateTimeOffset?)e.At)
                .FirstOrDefaultAsync(cancellationToken)
        );
    }

    // read from their text once, not for every picture
    private BusinessCalendar CalendarOf(BusinessHours hours)
    {
        if (calendars.Count > MostCalendars)
            calendars.Clear();
        return calendars.GetOrAdd((hours.TimeZoneId, hours.Week, hours.HolidaysJson), _ => hours.ToCalendar());
    }

    /// <summary>Hands a ticket to somebody, or back to the team's queue.</summary>
    /// <exception cref="DbUpdateConcurrencyException">Somebody else changed it at the same time.</exception>
    public async Task AssignAsync(
        Viewer.Staff viewer,
        long ticketId,
        Guid? specialistId,
        CancellationToken cancellationToken
    )
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        var ticket = await TicketIntake.ForChangeAsync(db, ticketId, cancellationToken);
        if (ticket is null || !TicketAccess.Allows(viewer, TicketAction.Change, ticket))
            throw new RuleViolationException("This ticket is gone.");
        var now = time.GetUtcNow();
        if (specialistId is not { } id)
            ticket.Unassign(viewer.Actor, reason: null, now);
        else if (await db.Specialists.SingleOrDefaultAsync(s => s.Id == id, cancellationToken) is { } specialist)
            ticket.AssignTo(specialist, viewer.Actor, reason: null, now);
        await db.SaveChangesAsync(cancellationToken);
    }

    private async Task<WallTotals> TotalsAsync(
        HelpdeskDbContext db,
        IQueryable<Ticket> open,
        int? teamId,
        DeskPicture picture,
        DateTimeOffset now,
        CancellationToken cancellationToken
    )
    {
        var (hour, yesterday) = (now + Soon, now - Day);
        DateTimeOffset[] since = [.. Ages.Select(age => now - age)];
        var (a, b, c, d, e) = (since[0], since[1], since[2], since[3], since[4]);
        var (little, more) = (now - Waits[0], now - Waits[1]);
        var sums = await open.GroupBy(_ => 1)
            .Select(g => new
            {
                Unresolved = g.Count(),
                Breached = g.Count(t => t.DueAt < now),
                DueSoon = g.Count(t => t.DueAt >= now && t.DueAt < hour),
                Unassigned = g.Count(t => t.SpecialistId == null),
                Unanswered = g.Count(t => t.FirstRespondedAt == null),
                Escalated = g.Count(t => t.EscalationLevel > 0),
                Yesterday = g.Count(t => t.ResolutionStartedAt <= yesterday),
                OldestUnassigned = g.Min(t => t.SpecialistId == null ? (DateTimeOffset?)t.CreatedAt : null),
                A = g.Count(t => t.CreatedAt > a),
                B = g.Count(t => t.CreatedAt > b),
                C = g.Count(t => t.CreatedAt > c),
                D = g.Count(t => t.CreatedAt > d),
                E = g.Count(t => t.CreatedAt > e),
                Little = g.Count(t => t.SpecialistId == null && t.CreatedAt > little),
                More = g.Count(t => t.SpecialistId == null && t.CreatedAt > more),
            })
            .SingleOrDefaultAsync(cancellationToken);
        // what was open then is open still, or was resolved since; what was opened again since was not
        var resolvedSince = await db.Tickets.CountAsync(
            t =>
                t.Status == TicketStatus.Resolved
                && t.ResolvedAt > yesterday
                && t.ResolutionStartedAt <= yesterday
                && !t.IsEmptied
                && t.IsSpam != true
                && (teamId == null || t.TeamId == teamId),
            cancellationToken
        );
        var automatic = await AutomaticAsync(db, teamId, cancellationToken);
        return sums is null
            ? new(0, 0, 0, 0, 0, 0, 0, resolvedSince, automatic, null, null, [0, 0, 0, 0, 0, 0], [0, 0, 0])
            : new(
                sums.Unresolved,
                sums.Breached,
                sums.DueSoon,
                sums.DueSoon == 0 ? 0 : await VipsAsync(open, picture, now, hour, cancellationToken),
                sums.Unassigned,
                sums.Unanswered,
                sums.Escalated,
                sums.Yesterday + resolvedSince,
                automatic,
                sums.Breached == 0 ? null : await OldestLateAsync(open, picture, now, cancellationToken),
                sums.OldestUnassigned,
                [sums.A, sums.B - sums.A, sums.C - sums.B, sums.D - sums.C, sums.E - sums.D, sums.Unresolved - sums.E],
                [sums.Little, sums.More - sums.Little, sums.Unassigned - sums.More]
            );
    }

    private async Task<int> AutomaticAsync(HelpdeskDbContext db, int? teamId, CancellationToken cancellationToken)
    {
        var today = await hours.StartOfTodayAsync(cancellationToken);
        return await db.Set<ObservedAnswer>()
            .CountAsync(
                a =>
                    a.At >= today
                    && a.IsSent
                    && a.Ticket.CreatedAt >= today
                    && (teamId == null || a.Ticket.TeamId == teamId)
                    && (
                        a.Ticket.AutoAnswer == AutoAnswerState.Sent
                        || a.Ticket.AutoAnswer == AutoAnswerState.Accepted
                        || a.Ticket.AutoAnswer == AutoAnswerState.Silent
                    ),
                cancellationToken
            );
    }

    private static Task<int> VipsAsync(
        IQueryable<Ticket> open,
        DeskPicture picture,
        DateTimeOffset now,
        DateTimeOffset hour,
        CancellationToken cancellationToken
    )
    {
        int?[] vips = [.. picture.Tiers.Values.Where(t => t.IsVip).Select(t => (int?)t.Id)];
        return open.CountAsync(
            t =>
                t.DueAt >= now && t.DueAt < hour && vips.Contains(t.Customer.TierId ?? t.Customer.Organization!.TierId),
            cancellationToken
        );
    }

    private static async Task<TimeSpan?> OldestLateAsync(
        IQueryable<Ticket> open,
        DeskPicture picture,
        DateTimeOffset now,
        CancellationToken cancellationToken
    )
    {
        var oldest = await open.Where(t => t.DueAt < now)
            .OrderBy(t => t.DueAt)
            .Select(t => new
            {
                t.DueAt,
                t.DueTarget,
                t.Priority,
                t.SlaPolicyId,
            })
            .FirstOrDefaultAsync(cancellationToken);
        return oldest is null
            ? null
            : -PromiseClock
                .Of(oldest.DueAt, oldest.DueTarget, oldest.Priority, oldest.SlaPolicyId, false, picture, now)
                ?.Left;
    }

    private static Task<List<WallRow>> RowsAsync(
        IQueryable<Ticket> open,
        WallList list,
        DateTimeOffset now,
        CancellationToken cancellationToken
    )
    {
        var hour = now + Soon;
        var chosen = list switch
        {
            WallList.Breached => open.Where(t => t.DueAt < now).OrderBy(t => t.DueAt),
            WallList.DueSoon => open.Where(t => t.DueAt >= now && t.DueAt < hour).OrderBy(t => t.DueAt),
            WallList.Unassigned => open.Where(t => t.SpecialistId == null).OrderBy(t => t.CreatedAt),
            WallList.Unanswered => open.Where(t => t.FirstRespondedAt == null).OrderBy(t => t.CreatedAt),
            _ => open.Where(t => t.EscalationLevel > 0).OrderByDescending(t => t.EscalationLevel).ThenBy(t => t.DueAt),
        };
        return chosen
            .Take(MaxRows)
            .Select(t => new WallRow(
                t.Id,
                t.Subject,
                t.Customer.Name != "" ? t.Customer.Name : t.Customer.Address,
                t.Customer.TierId ?? t.Customer.Organization!.TierId,
                t.Priority,
                t.CreatedAt,
                t.DueAt,
                t.DueTarget,
                t.SlaPolicyId,
                t.EscalationLevel,
                t.Team!.Name,
                t.SpecialistId,
                t.Specialist!.Name,
                t.TopicId
            ))
            .ToListAsync(cancellationToken);
    }

    private static async Task<Dictionary<(Guid, int), int>> LevelsAsync(
        HelpdeskDbContext db,
        List<WallRow> rows,
        DeskPicture picture,
        CancellationToken cancellationToken
    )
    {
        var skills = rows.Select(r => r.TopicId is { } id ? picture.Topics.GetValueOrDefault(id)?.SkillId : null)
            .OfType<int>()
            .Distinct()
            .ToList();
        return skills.Count == 0
            ? []
            : await db.Set<SpecialistSkill>()
                .Where(s => skills.Contains(s.SkillId))
                .ToDictionaryAsync(s => (s.SpecialistId, s.SkillId), s => s.Level, cancellationToken);
    }

    private static Task<HashSet<Guid>> MembersAsync(
        HelpdeskDbContext db,
        int teamId,
        CancellationToken cancellationToken
    ) =>
        db
            .Specialists.Where(s => s.IsActive && s.Teams.Any(m => m.TeamId == teamId))
            .Select(s => s.Id)
            .ToHashSetAsync(cancellationToken);

    private async Task<IReadOnlyList<WallPerson>> PeopleAsync(
        HelpdeskDbContext db,
        DateTimeOffset now,
        CancellationToken cancellationToken
    )
    {
        var people = await db
            .Specialists.AsNoTracking()
            .Where(s => s.IsActive)
            .OrderBy(s => s.Name)
            .Select(s => new
            {
                s.Id,
                s.Name,
                Presence = s.PresenceUntil <= now ? Presence.Available : s.Presence,
                AbsentUntil = s.AbsentFrom == null || s.AbsentFrom <= now ? s.AbsentUntil : null,
                Deputy = db.Specialists.Where(d => d.Id == s.DeputyId).Select(d => d.Name).FirstOrDefault(),
                s.Capacity,
                s.BusinessHoursId,
                s.BusinessHours,
            })
            .ToListAsync(cancellationToken);
        var byHours = people
            .Where(p => p.BusinessHours is not null)
            .DistinctBy(p => p.BusinessHoursId)
            .ToDictionary(p => p.BusinessHoursId!.Value, p => CalendarOf(p.BusinessHours!));
        var openings = byHours.ToDictionary(c => c.Key, c => (c.Value.IsAlwaysOpen, Hours: c.Value.OpeningAt(now)));
        var carried = await Workload.OfEverybodyAsync(db, cancellationToken);
        return
        [
            .. people
                .Select(person =>
                {
                    var opening = person.BusinessHoursId is { } id ? openings[id] : (IsAlwaysOpen: true, Hours: null);
                    var work = carried.GetValueOrDefault(person.Id, CarriedWork.None);
                    return new WallPerson(
                        person.Id,
                        person.Name,
                        person.Presence,
                        person.AbsentUntil > now ? person.AbsentUntil : null,
                        person.Deputy,
                        opening.Hours,
                        opening.IsAlwaysOpen || opening.Hours?.From <= now,
                        work.Work,
                        person.Capacity,
                        work.Tickets
                    );
                })
                // who can be asked for something first
                .OrderBy(p =>
                    p.IsHere ? 0
                    : p.IsOnBreak ? 1
                    : 2
                )
                .ThenByDescending(p => p.ShareUsed),
        ];
    }
}
