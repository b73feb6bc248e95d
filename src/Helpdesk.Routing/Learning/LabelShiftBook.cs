using System.Globalization;
using Helpdesk.Tickets;
using Helpdesk.Tickets.Data;
using Helpdesk.Tickets.Notifications;
using Helpdesk.Tickets.People;
using Helpdesk.Tickets.Settings;
using Microsoft.EntityFrameworkCore;

namespace Helpdesk.Routing.Learning;

/// <summary>Suspicious shifts of labels: found before each training, shown to supervisors, decided by them.</summary>
public sealed class LabelShiftBook(IDbContextFactory<HelpdeskDbContext> databases, TimeProvider time)
{
    private const int MostShown = 20;
    private const int MostTickets = 400;

    /// <summary>Undecided ones first, then the latest.</summary>
    public async Task<IReadOnlyList<LabelShift>> ReadAsync(CancellationToken cancellationToken = default)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        return await db.Set<LabelShift>()
            .AsNoTracking()
            .OrderBy(s =>
                s.State == LabelShiftState.Open ? 0
                : s.State == LabelShiftState.Lapsed ? 1
                : 2
            )
            .ThenByDescending(s => s.Id)
            .Take(MostShown)
            .ToListAsync(cancellationToken);
    }

    /// <summary>Those that wait for a decision, the oldest first; what lapsed does not wait any more.</summary>
    public async Task<IReadOnlyList<LabelShift>> OpenAsync(CancellationToken cancellationToken = default)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        return await db.Set<LabelShift>()
            .AsNoTracking()
            .Where(s => s.State == LabelShiftState.Open)
            .OrderBy(s => s.Id)
            .Take(MostShown)
            .ToListAsync(cancellationToken);
    }

    /// <summary>Corrections of this kind that nobody has allowed to count: which ticket, read as what, made what. Of each shift the latest.</summary>
    public static async Task<HashSet<(long TicketId, int? Read, int? Made)>> DoubtedAsync(
        HelpdeskDbContext db,
        LabelShiftKind kind,
        CancellationToken cancellationToken
    )
    {
        var shifts = await db.Set<LabelShift>()
            .AsNoTracking()
            .Where(s => s.State != LabelShiftState.Accepted && s.Kind == kind)
            .Select(s => new
            {
                s.FromTopicId,
                s.ToTopicId,
                s.TicketIds,
            })
            .ToListAsync(cancellationToken);
        return
        [
            .. shifts.SelectMany(s =>
                s.TicketIds.Split(' ', StringSplitOptions.RemoveEmptyEntries)
                    .Select(id => (long.Parse(id, CultureInfo.InvariantCulture), s.FromTopicId, s.ToTopicId))
            ),
        ];
    }

    /// <summary>Tells supervisors a second and last time what nobody has decided for a week.</summary>
    public async Task RemindAsync(CancellationToken cancellationToken = default)
    {
        var now = time.GetUtcNow();
        var (before, lapsed) = (now - LabelShift.RemindAfter, now - LabelShift.LapsesAfter);
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        var waiting = await db.Set<LabelShift>()
            .AsNoTracking()
            .Where(s =>
                s.State == LabelShiftState.Open && s.RemindedAt == null && s.FoundAt <= before && s.FoundAt > lapsed
            )
            .ToListAsync(cancellationToken);
        foreach (var shift in waiting)
        {
            await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
            // asked for in the statement that changes it: of two nodes one reminds
            var mine = await db.Set<LabelShift>()
                .Where(s => s.Id == shift.Id && s.RemindedAt == null && s.State == LabelShiftState.Open)
                .ExecuteUpdateAsync(set => set.SetProperty(s => s.RemindedAt, now), cancellationToken);
            if (mine == 0)
                continue;
            await TellAsync(db, shift, now, cancellationToken);
            await db.SaveChangesAsync(cancellationToken);
            await transaction.CommitAsync(cancellationToken);
        }
    }

    private static async Task TellAsync(
        HelpdeskDbContext db,
        LabelShift shift,
        DateTimeOffset now,
        CancellationToken cancellationToken
    )
    {
        var facts = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["link"] = "/supervise/routing/learning#shifts",
            ["person"] = shift.UserName,
            ["requests"] = shift.Corrections.ToStringInvariant(),
        };
        if (shift.Kind is LabelShiftKind.Spam)
            facts["spam"] = "yes";
        // without one the letter says so in its own words
        if (shift.ToTopicId is { } topicId)
            facts["topic"] = await db
                .Topics.Where(t => t.Id == topicId)
                .Select(t => t.Name)
                .SingleAsync(cancellationToken);
        foreach (var (userId, address) in await Supervisors.ListAsync(db, cancellationToken))
            db.Notifications.Add(Notification.ToColleague(NotificationKind.LabelShift, userId, address, facts, now));
    }

    /// <summary>The next training counts the corrections, or never does.</summary>
    /// <exception cref="RuleViolationException">Somebody has decided already, or it is gone.</exception>
    public async Task DecideAsync(int id, bool accept, Actor by, CancellationToken cancellationToken = default)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        if (
            await db.Set<LabelShift>().SingleOrDefaultAsync(s => s.Id == id, cancellationToken)
            is not { IsUndecided: true } shift
        )
            throw new RuleViolationException("Somebody has decided about it already.");
        var now = time.GetUtcNow();
        shift.Decide(accept, by.Name, now);
        db.Add(
            new AdministrationChange
            {
                At = now,
                ByUserId = by.UserId,
                ByName = Tickets.Text.Cut(by.Name, Customer.MaxNameLength),
                Area = "rules",
                Kind = "corrections decided",
                Subject = shift.UserName,
                Fields = [new("Corrections", null, shift.State.ToString())],
            }
        );
        await db.SaveChangesAsync(cancellationToken);
    }

    /// <summary>Looks at the corrections behind a training, and writes down what is suspicious.</summary>
    /// <param name="decisions">Of finished requests; all of the same kind.</param>
    /// <returns>The tickets that training leaves out.</returns>
    internal static async Task<HashSet<long>> KeepOutAsync(
        HelpdeskDbContext db,
        IReadOnlyList<LabelDecision> decisions,
        DateTimeOffset now,
        CancellationToken cancellationToken
    )
    {
        try
        {
            return await FindAsync(db, decisions, now, cancellationToken);
        }
        catch (DbUpdateException)
        {
            // another node wrote the same one, or somebody has just decided: what stands there now is read again
            foreach (
                var entry in db.ChangeTracker.Entries().Where(e => e.Entity is LabelShift or Notification).ToList()
            )
                entry.State = EntityState.Detached;
            return await FindAsync(db, decisions, now, cancellationToken);
        }
    }

    private static async Task<HashSet<long>> FindAsync(
        HelpdeskDbContext db,
        IReadOnlyList<LabelDecision> decisions,
        DateTimeOffset now,
        CancellationToken cancellationToken
    )
    {
        var kind = decisions is [var first, ..] ? first.Kind : LabelShiftKind.Topic;
        var known = await db.Set<LabelShift>()
            .Where(s => s.Kind == kind)
            .OrderBy(s => s.Id)
            .ToListAsync(cancellationToken);
        foreach (
            var late in known.Where(s => s.State is LabelShiftState.Open && now >= s.FoundAt + LabelShift.LapsesAfter)
        )
            late.Lapse();
        bool IsIn(LabelShift shift, LabelDecision d) =>
            d.IsCorrection
            && (shift.Kind, shift.UserId, shift.FromTopicId, shift.ToTopicId) == (d.Kind, d.By, d.Read, d.Made);
        var settled = known.FindAll(s => s.State is not LabelShiftState.Open);
        // what somebody has decided about is not asked again, and what they rejected is no measure for others
        var undecided = decisions.Where(d => !settled.Exists(s => IsIn(s, d) && d.At <= s.Until)).ToList();
        var keptOut = decisions
            .Where(d => settled.Exists(s => s.State is not LabelShiftState.Accepted && IsIn(s, d) && d.At <= s.Until))
            .Select(d => d.TicketId)
            .ToHashSet();
        foreach (var found in LabelShiftTest.Find(undecided))
        {
            // a supervisor has said that this person is right about it
            if (settled.Exists(s => s.State is LabelShiftState.Accepted && IsIn(s, found.Corrections[0])))
                continue;
            var shift = known.Find(s => s.State is LabelShiftState.Open && IsIn(s, found.Corrections[0]));
            var until = found.Corrections.Max(c => c.At);
            var tickets = string.Join(
                ' ',
                found.Corrections.Take(MostTickets).Select(c => c.TicketId.ToStringInvariant())
            );
            if (shift is null)
            {
                db.Add(
                    shift = new LabelShift
                    {
                        Kind = kind,
                        UserId = found.By,
                        UserName = found.ByName,
                        FromTopicId = found.From,
                        ToTopicId = found.To,
                        FoundAt = now,
                        Until = until,
                        Decisions = found.Decisions,
                        Corrections = found.Corrections.Count,
                        OthersDecisions = found.OthersDecisions,
                        OthersCorrections = found.OthersCorrections,
                        TicketIds = tickets,
                    }.Opened()
                );
                await TellAsync(db, shift, now, cancellationToken);
            }
            else
            {
                (shift.Until, shift.TicketIds) = (until, tickets);
                (shift.Decisions, shift.Corrections) = (found.Decisions, found.Corrections.Count);
                (shift.OthersDecisions, shift.OthersCorrections) = (found.OthersDecisions, found.OthersCorrections);
            }
        }
        await db.SaveChangesAsync(cancellationToken);
        // also when others have made the same since: once asked, a person decides
        var open = await db.Set<LabelShift>()
            .AsNoTracking()
            .Where(s => s.State == LabelShiftState.Open && s.Kind == kind)
            .ToListAsync(cancellationToken);
        keptOut.UnionWith(undecided.Where(d => open.Exists(s => IsIn(s, d))).Select(d => d.TicketId));
        return keptOut;
    }
}
