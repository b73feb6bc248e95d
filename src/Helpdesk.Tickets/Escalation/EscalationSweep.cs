using System.Diagnostics.Metrics;
using Helpdesk.Tickets.Data;
using Helpdesk.Tickets.People;
using Helpdesk.Tickets.Settings;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;

namespace Helpdesk.Tickets.Escalation;

/// <summary>
/// Acts on every ticket whose next level has come. It may be woken twice, late, or on two nodes at once: the unique row of each level and the
/// ticket's row version let one of them win, and the loser looks again at what is then there.
/// </summary>
public sealed class EscalationSweep(
    IDbContextFactory<HelpdeskDbContext> databases,
    DeskDirectory directory,
    TimeProvider time,
    IMeterFactory meters,
    ILogger<EscalationSweep> log
)
{
    public const int BatchSize = 100;
    private readonly Counter<long> acted = meters
        .Create("Helpdesk.Tickets")
        .CreateCounter<long>("helpdesk.escalations");

    /// <summary>Runs until nothing is due.</summary>
    /// <returns>The number of levels acted on.</returns>
    public async Task<int> RunAsync(CancellationToken cancellationToken = default)
    {
        var levels = 0;
        var failed = new HashSet<long>();
        while (true)
        {
            var due = await DueAsync(failed, cancellationToken);
            foreach (var id in due)
            {
                try
                {
                    levels += await EscalateAsync(id, cancellationToken);
                }
                catch (DbUpdateException conflict)
                {
                    // somebody changed the ticket meanwhile, or another node acted: its next look is due at once, in the next run
                    log.LogInformation(conflict, "Ticket {TicketId} changed while it was escalated", id);
                    failed.Add(id);
                }
                catch (Exception failure) when (failure is not OperationCanceledException)
                {
                    // one ticket that cannot be escalated must not hold up those behind it
                    log.LogError(failure, "Ticket {TicketId} could not be escalated", id);
                    failed.Add(id);
                }
            }
            if (due.Count < BatchSize)
                return levels;
        }
    }

    private async Task<List<long>> DueAsync(HashSet<long> leftOut, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        await using var db = databases.CreateDbContext();
        return await db
            .Tickets.Where(t => t.NextEscalationAt != null && t.NextEscalationAt <= now && !leftOut.Contains(t.Id))
            .OrderBy(t => t.NextEscalationAt)
            .Select(t => t.Id)
            .Take(BatchSize)
            .ToListAsync(cancellationToken);
    }

    private async Task<int> EscalateAsync(long ticketId, CancellationToken cancellationToken)
    {
        var picture = await directory.GetAsync(cancellationToken);
        var now = time.GetUtcNow();
        await using var db = databases.CreateDbContext();
        var ticket = await db
            .Tickets.Include(t => t.Customer)
            .Include(t => t.Specialist)
            .Include(t => t.Team!.Lead)
            .Include(t => t.Escalations)
            .AsSplitQuery()
            .SingleOrDefaultAsync(t => t.Id == ticketId, cancellationToken);
        if (ticket is null || ticket.NextEscalationAt is null || ticket.NextEscalationAt > now)
            return 0;
        if (picture.TermsOf(ticket) is not { } terms)
        {
            ticket.ChangePolicy(terms: null, Actor.System, now);
            await db.SaveChangesAsync(cancellationToken);
            return 0;
        }
        var people = new EscalationPeople(
            ticket.Team is { } team ? team.Lead : await DefaultLeadAsync(db, picture, cancellationToken),
            await Supervisors.ListAsync(db, cancellationToken)
        );
        var levels = ticket.Escalate(people, terms, now);
        await db.SaveChangesAsync(cancellationToken);
        acted.Add(levels.Count);
        return levels.Count;
    }

    // what no team has yet escalates to the lead of the team that receives what could not be classified
    private static Task<Specialist?> DefaultLeadAsync(
        HelpdeskDbContext db,
        DeskPicture picture,
        CancellationToken cancellationToken
    ) =>
        db
            .Teams.Where(t => t.Id == picture.Settings.DefaultTeamId)
            .Select(t => t.Lead)
            .SingleOrDefaultAsync(cancellationToken);
}
