using Helpdesk.Tickets;
using Helpdesk.Tickets.Access;
using Helpdesk.Tickets.Data;
using Helpdesk.Tickets.People;
using Helpdesk.Tickets.Sla;
using Microsoft.EntityFrameworkCore;

namespace Helpdesk.Web.Components.Supervise;

/// <summary>Which tickets the wall lists.</summary>
public enum WallList
{
    /// <summary>Late, the latest first.</summary>
    Breached,

    /// <summary>Due within the hour.</summary>
    DueSoon,

    /// <summary>With nobody, the oldest first.</summary>
    Unassigned,

    /// <summary>The customer has had no answer at all, the oldest first.</summary>
    Unanswered,

    /// <summary>A level of a promise was reached and not answered since.</summary>
    Escalated,
}

/// <param name="ByAge">Unresolved tickets by age: under 1 h, 4 h, 8 h, 1 day, 3 days, older.</param>
public sealed record WallTotals(
    int Unresolved,
    int Breached,
    int DueSoon,
    int Unassigned,
    int Unanswered,
    int Escalated,
    DateTimeOffset? OldestDue,
    DateTimeOffset? OldestUnassigned,
    IReadOnlyList<int> ByAge
);

public sealed record WallRow(
    long Id,
    string Subject,
    string Customer,
    int? TierId,
    TicketPriority Priority,
    DateTimeOffset CreatedAt,
    DateTimeOffset? DueAt,
    SlaTarget? DueTarget,
    int? SlaPolicyId,
    int EscalationLevel,
    string? Team,
    Guid? SpecialistId,
    string? Specialist
);

/// <param name="Load">Weighted open work.</param>
public sealed record WallPerson(
    Guid Id,
    string Name,
    Presence Presence,
    bool IsAbsent,
    bool IsAtWork,
    double Load,
    double Capacity,
    int Tickets
);

public sealed record WallPicture(
    WallTotals Totals,
    IReadOnlyList<WallRow> Rows,
    IReadOnlyList<WallPerson> People,
    DateTimeOffset At
);

/// <summary>
/// What nobody is handling, and who could. Everything is counted in one pass over unresolved tickets (a partial index), so the cost follows the
/// work that is open, not the years behind it.
/// </summary>
public sealed class WallReader(IDbContextFactory<HelpdeskDbContext> databases, TimeProvider time)
{
    public const int MaxRows = 50;
    private static readonly TimeSpan Soon = TimeSpan.FromHours(1);
    private static readonly TimeSpan[] Ages =
    [
        TimeSpan.FromHours(1),
        TimeSpan.FromHours(4),
        TimeSpan.FromHours(8),
        TimeSpan.FromDays(1),
        TimeSpan.FromDays(3),
    ];

    public async Task<WallPicture> ReadAsync(WallList list, int? teamId, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        var open = db.Tickets.AsNoTracking().Where(t => t.Status < TicketStatus.Resolved);
        if (teamId is { } team)
            open = open.Where(t => t.TeamId == team);
        return new(
            await TotalsAsync(open, now, cancellationToken),
            await RowsAsync(open, list, now, cancellationToken),
            await PeopleAsync(db, teamId, now, cancellationToken),
            now
        );
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

    private static async Task<WallTotals> TotalsAsync(
        IQueryable<Ticket> open,
        DateTimeOffset now,
        CancellationToken cancellationToken
    )
    {
        var hour = now + Soon;
        DateTimeOffset[] since = [.. Ages.Select(age => now - age)];
        var (a, b, c, d, e) = (since[0], since[1], since[2], since[3], since[4]);
        var sums = await open.GroupBy(_ => 1)
            .Select(g => new
            {
                Unresolved = g.Count(),
                Breached = g.Count(t => t.DueAt < now),
                DueSoon = g.Count(t => t.DueAt >= now && t.DueAt < hour),
                Unassigned = g.Count(t => t.SpecialistId == null),
                Unanswered = g.Count(t => t.FirstRespondedAt == null),
                Escalated = g.Count(t => t.EscalationLevel > 0),
                OldestDue = g.Min(t => t.DueAt),
                OldestUnassigned = g.Min(t => t.SpecialistId == null ? (DateTimeOffset?)t.CreatedAt : null),
                A = g.Count(t => t.CreatedAt > a),
                B = g.Count(t => t.CreatedAt > b),
                C = g.Count(t => t.CreatedAt > c),
                D = g.Count(t => t.CreatedAt > d),
                E = g.Count(t => t.CreatedAt > e),
            })
            .SingleOrDefaultAsync(cancellationToken);
        return sums is null
            ? new(0, 0, 0, 0, 0, 0, null, null, [0, 0, 0, 0, 0, 0])
            : new(
                sums.Unresolved,
                sums.Breached,
                sums.DueSoon,
                sums.Unassigned,
                sums.Unanswered,
                sums.Escalated,
                sums.OldestDue,
                sums.OldestUnassigned,
                [sums.A, sums.B - sums.A, sums.C - sums.B, sums.D - sums.C, sums.E - sums.D, sums.Unresolved - sums.E]
            );
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
                t.Specialist!.Name
            ))
            .ToListAsync(cancellationToken);
    }

    private static async Task<IReadOnlyList<WallPerson>> PeopleAsync(
        HelpdeskDbContext db,
        int? teamId,
        DateTimeOffset now,
        CancellationToken cancellationToken
    )
    {
        var people = await db
            .Specialists.AsNoTracking()
            .Include(s => s.BusinessHours)
            .Where(s => s.IsActive && (teamId == null || s.Teams.Any(m => m.TeamId == teamId)))
            .OrderBy(s => s.Name)
            .ToListAsync(cancellationToken);
        var work = await db
            .Tickets.Where(t => t.Status < TicketStatus.Resolved && t.SpecialistId != null)
            .GroupBy(t => new
            {
                t.SpecialistId,
                t.Complexity,
                t.Status,
            })
            .Select(g => new { g.Key, Count = g.Count() })
            .ToListAsync(cancellationToken);
        var workOf = work.ToLookup(w => w.Key.SpecialistId!.Value);
        return
        [
            .. people.Select(person => new WallPerson(
                person.Id,
                person.Name,
                person.Presence,
                person.AbsentUntil > now,
                person.BusinessHours?.ToCalendar().IsOpen(now) ?? true,
                workOf[person.Id].Sum(w => w.Count * Workload.Weight(w.Key.Complexity, w.Key.Status)),
                person.Capacity,
                workOf[person.Id].Sum(w => w.Count)
            )),
        ];
    }
}
