using Helpdesk.Mail.Intake;
using Helpdesk.Tickets;
using Helpdesk.Tickets.Access;
using Helpdesk.Tickets.Data;
using Helpdesk.Tickets.Links;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Localization;

namespace Helpdesk.Web.Components.Desk.Work;

/// <param name="IntoId">Null when nothing was merged; then <paramref name="Problem"/> says why.</param>
/// <param name="Merged">How many other requests went into it.</param>
public sealed record MergeOutcome(long? IntoId, int Merged, string? Problem);

/// <summary>
/// Several requests of one customer about one matter become one: what the customer wrote moves into the one that was answered,
/// or into the oldest, message by message, so that each can be put back. What is left empty closes itself and stays linked.
/// </summary>
public sealed class TicketMerging(
    IDbContextFactory<HelpdeskDbContext> databases,
    MessageMoves moves,
    DeskPerson person,
    TimeProvider time,
    IStringLocalizer<DeskTexts> T
)
{
    /// <summary>More at once is a mistake of the hand rather than one matter.</summary>
    public const int Most = 20;

    public async Task<MergeOutcome> MergeAsync(
        IReadOnlyCollection<long> ticketIds,
        CancellationToken cancellationToken = default
    )
    {
        if (await person.ConfirmAsync(cancellationToken) is not { } viewer)
            return Refused(T["BulkNotThere", ticketIds.FirstOrDefault()]);
        if (ticketIds.Count is < 2 or > Most)
            return Refused(T["Merge.Number", Most]);
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        var tickets = await db
            .Tickets.AsNoTracking()
            .VisibleTo(viewer)
            .Where(t => ticketIds.Contains(t.Id))
            .OrderBy(t => t.Id)
            .Select(t => new
            {
                t.Id,
                t.CustomerId,
                t.Replies,
                t.Version,
            })
            .ToListAsync(cancellationToken);
        if (tickets.Count < ticketIds.Count)
            return Refused(T["BulkNotThere", ticketIds.Except(tickets.Select(t => t.Id)).First()]);
        if (tickets.Select(t => t.CustomerId).Distinct().Count() > 1)
            return Refused(T["Merge.Customers"]);
        // our answers stay where the customer was told they are, so only one of them may have any
        if (tickets.Count(t => t.Replies > 0) > 1)
            return Refused(T["Merge.Answered", string.Join(", ", tickets.Where(t => t.Replies > 0).Select(t => t.Id))]);
        var into = tickets.Find(t => t.Replies > 0) ?? tickets[0];
        var merged = 0;
        foreach (var from in tickets.Where(t => t.Id != into.Id))
        {
            var (moved, problem) = await MoveAllAsync(db, viewer, from.Id, from.Version, into.Id, cancellationToken);
            if (problem is not null)
                return new(merged + moved > 0 ? into.Id : null, merged, problem);
            merged++;
        }
        return new(into.Id, merged, Problem: null);
    }

    /// <param name="version">As it was looked at: nothing moves once a colleague has answered in between.</param>
    /// <returns>How many messages moved, and what is wrong; null when all of it moved.</returns>
    private async Task<(int Moved, string? Problem)> MoveAllAsync(
        HelpdeskDbContext db,
        Viewer.Staff viewer,
        long from,
        int version,
        long into,
        CancellationToken cancellationToken
    )
    {
        var messages = await db
            .Messages.Where(m => m.TicketId == from && m.Kind == MessageKind.Customer)
            .OrderBy(m => m.Id)
            .Select(m => m.Id)
            .ToListAsync(cancellationToken);
        foreach (var (moved, message) in messages.Index())
        {
            var outcome = await moves.MoveAsync(
                viewer,
                message,
                moved == 0 ? version : null,
                new MessageWish.Into(into),
                cancellationToken
            );
            if (outcome is not MoveOutcome.Moved)
                return (
                    moved,
                    outcome switch
                    {
                        MoveOutcome.Refused refused => refused.Reason,
                        MoveOutcome.Conflict => T["BulkConflict", from],
                        _ => T["BulkNotThere", from],
                    }
                );
        }
        db.Add(
            new TicketLink
            {
                From = await db.Tickets.SingleAsync(t => t.Id == from, cancellationToken),
                To = await db.Tickets.SingleAsync(t => t.Id == into, cancellationToken),
                Kind = TicketLinkKind.DuplicateOf,
                At = time.GetUtcNow(),
            }
        );
        try
        {
            await db.SaveChangesAsync(cancellationToken);
        }
        catch (DbUpdateException)
            when (db.Set<TicketLink>()
                    .Any(l => l.FromId == from && l.ToId == into && l.Kind == TicketLinkKind.DuplicateOf)
            )
        {
            // linked already, by somebody who merged the same two
        }
        db.ChangeTracker.Clear();
        return (messages.Count, null);
    }

    private static MergeOutcome Refused(string problem) => new(IntoId: null, Merged: 0, problem);
}
