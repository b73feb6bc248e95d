using Helpdesk.Tickets;
using Helpdesk.Tickets.Access;
using Helpdesk.Tickets.Data;
using Helpdesk.Tickets.Settings;
using Helpdesk.Tickets.Sla;
using Microsoft.EntityFrameworkCore;

namespace Helpdesk.Web.Components.Desk.Work;

/// <summary>What came of a change that a specialist asked for.</summary>
public abstract record WorkOutcome
{
    /// <param name="Version">The ticket's row version now.</param>
    public sealed record Done(int Version) : WorkOutcome;

    /// <summary>Absent, or not this person's to change; they are told the same.</summary>
    public sealed record NotThere : WorkOutcome;

    /// <summary>Somebody else changed the ticket after this person saw it; nothing was saved.</summary>
    public sealed record Conflict : WorkOutcome;

    /// <summary>The desk's rules do not allow it.</summary>
    public sealed record Refused(string Reason) : WorkOutcome;
}

/// <summary>A ticket about to be changed, with what its methods ask for.</summary>
public sealed record Workpiece(
    Ticket Ticket,
    HelpdeskDbContext Database,
    DeskPicture Picture,
    Viewer.Staff Viewer,
    Actor Actor,
    SlaTerms? Terms,
    DateTimeOffset Now
);

/// <summary>The one way from the desk's pages to a changed ticket: rights as they are now, the ticket's own methods, one commit.</summary>
public sealed class TicketWork(
    IDbContextFactory<HelpdeskDbContext> databases,
    DeskDirectory directory,
    DeskPerson person,
    TimeProvider time
)
{
    private const int Attempts = 3;

    /// <summary>Changes a ticket if it still is as the person saw it.</summary>
    /// <param name="seenVersion">The row version on their screen.</param>
    /// <param name="change">May also use the database of the workpiece; everything is one commit.</param>
    public async Task<WorkOutcome> ChangeAsync(
        long ticketId,
        int seenVersion,
        Func<Workpiece, ValueTask> change,
        CancellationToken cancellationToken = default
    ) => await TryAsync(ticketId, seenVersion, change, cancellationToken);

    /// <summary>Changes a ticket whatever happened to it meanwhile: for one change to many tickets of a list.</summary>
    public async Task<WorkOutcome> ChangeAnywayAsync(
        long ticketId,
        Func<Workpiece, ValueTask> change,
        CancellationToken cancellationToken = default
    )
    {
        WorkOutcome outcome = new WorkOutcome.Conflict();
        for (var attempt = 0; attempt < Attempts && outcome is WorkOutcome.Conflict; attempt++)
            outcome = await TryAsync(ticketId, seenVersion: null, change, cancellationToken);
        return outcome;
    }

    private async Task<WorkOutcome> TryAsync(
        long ticketId,
        int? seenVersion,
        Func<Workpiece, ValueTask> change,
        CancellationToken cancellationToken
    )
    {
        if (await person.ConfirmAsync(cancellationToken) is not { } viewer)
            return new WorkOutcome.NotThere();
        var picture = await directory.GetAsync(cancellationToken);
        await using var db = databases.CreateDbContext();
        var ticket = await TicketIntake.ForChangeAsync(db, ticketId, cancellationToken);
        if (ticket is null || !TicketAccess.Allows(viewer, TicketAction.Change, ticket))
            return new WorkOutcome.NotThere();
        if (seenVersion is not null && ticket.Version != seenVersion)
            return new WorkOutcome.Conflict();
        try
        {
            await change(new(ticket, db, picture, viewer, viewer.Actor, picture.TermsOf(ticket), time.GetUtcNow()));
            await db.SaveChangesAsync(cancellationToken);
            return new WorkOutcome.Done(ticket.Version);
        }
        catch (RuleViolationException refusal)
        {
            return new WorkOutcome.Refused(refusal.Message);
        }
        catch (DbUpdateConcurrencyException)
        {
            return new WorkOutcome.Conflict();
        }
    }
}
