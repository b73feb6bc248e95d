using Helpdesk.Tickets;
using Helpdesk.Tickets.Access;
using Helpdesk.Tickets.Data;
using Helpdesk.Tickets.Moving;
using Helpdesk.Tickets.People;
using Helpdesk.Tickets.Settings;
using Microsoft.EntityFrameworkCore;

namespace Helpdesk.Mail.Intake;

/// <summary>Where a message is wanted.</summary>
public abstract record MessageWish
{
    /// <param name="IsConfirmed">A person saw that the ticket is another customer's, and wants it all the same.</param>
    /// <param name="IsReleased">And that customer may read it.</param>
    public sealed record Into(long TicketId, bool IsConfirmed = false, bool IsReleased = false) : MessageWish;

    /// <summary>In a ticket of its own.</summary>
    public sealed record Apart : MessageWish;

    /// <summary>Where it was before the last move; once more, where it was before that one, and at last where it came in.</summary>
    public sealed record Back : MessageWish;
}

public abstract record MoveOutcome
{
    /// <param name="TicketId">Where the message is now.</param>
    public sealed record Moved(long TicketId) : MoveOutcome;

    /// <summary>The message, its ticket or the other one is absent, or not this person's to change; they are told the same.</summary>
    public sealed record NotThere : MoveOutcome;

    /// <summary>One of the tickets changed after this person saw it; nothing was saved.</summary>
    public sealed record Conflict : MoveOutcome;

    /// <summary>The other ticket belongs to somebody else: nothing was saved, it has to be confirmed.</summary>
    public sealed record OtherCustomer(string Name) : MoveOutcome;

    public sealed record Refused(string Reason) : MoveOutcome;
}

/// <summary>
/// Puts a message where it belongs, with its files, its mail and the notices about it, in one commit. Answers to it follow: the notices'
/// Message-IDs lead to the new ticket, and <see cref="MovedMessages"/> to what was moved.
/// </summary>
public sealed class MessageMoves(
    IDbContextFactory<HelpdeskDbContext> databases,
    SqliteWriteGate gate,
    DeskDirectory directory,
    TimeProvider time
)
{
    /// <param name="viewer">With rights as they are now.</param>
    /// <param name="seenVersion">The row version of the message's ticket on their screen; null = however it is, for taking back what was just done.</param>
    public async Task<MoveOutcome> MoveAsync(
        Viewer.Staff viewer,
        long messageId,
        int? seenVersion,
        MessageWish wish,
        CancellationToken cancellationToken = default
    )
    {
        var picture = await directory.GetAsync(cancellationToken);
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        using var turn = await gate.EnterAsync(cancellationToken);
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        try
        {
            var outcome = await MoveAsync(db, picture, viewer, messageId, seenVersion, wish, cancellationToken);
            if (outcome is MoveOutcome.Moved)
                await transaction.CommitAsync(cancellationToken);
            return outcome;
        }
        catch (RuleViolationException refusal)
        {
            return new MoveOutcome.Refused(refusal.Message);
        }
        catch (DbUpdateConcurrencyException)
        {
            return new MoveOutcome.Conflict();
        }
    }

    private async Task<MoveOutcome> MoveAsync(
        HelpdeskDbContext db,
        DeskPicture picture,
        Viewer.Staff viewer,
        long messageId,
        int? seenVersion,
        MessageWish wish,
        CancellationToken cancellationToken
    )
    {
        var message = await db.Messages.SingleOrDefaultAsync(m => m.Id == messageId, cancellationToken);
        if (message is null || await FindAsync(db, viewer, message.TicketId, cancellationToken) is not { } source)
            return new MoveOutcome.NotThere();
        if (seenVersion is not null && source.Version != seenVersion)
            return new MoveOutcome.Conflict();
        var mail = message.InboundMailId is { } mailId
            ? await db.Set<InboundMail>().SingleOrDefaultAsync(m => m.Id == mailId, cancellationToken)
            : null;
        var record = await ConversationRecord.LoadAsync(db, source.Id, cancellationToken);
        var previous = wish is MessageWish.Back ? await MoveTrail.PreviousAsync(db, message, cancellationToken) : null;
        var target = wish switch
        {
            MessageWish.Into into => await FindAsync(db, viewer, into.TicketId, cancellationToken),
            MessageWish.Back when previous is { TicketId: var before } => await FindAsync(
                db,
                viewer,
                before,
                cancellationToken
            ),
            MessageWish.Apart => await SplitOffAsync(
                db,
                picture,
                message,
                source,
                record,
                mail?.Subject,
                viewer.Actor,
                cancellationToken
            ),
            _ => null,
        };
        if (target is null)
            return new MoveOutcome.NotThere();
        if (wish is MessageWish.Into { IsConfirmed: false } && source.CustomerId != target.CustomerId)
            return new MoveOutcome.OtherCustomer(target.Customer.DisplayName);
        target.TakeOver(
            message,
            (source, record, picture.TermsOf(source)),
            await ConversationRecord.LoadAsync(db, target.Id, cancellationToken),
            wish is MessageWish.Into { IsReleased: true }
                || previous is { WasShown: true }
                || (!message.FromOtherSender && source.CustomerId == target.CustomerId), // what they have read stays
            viewer.Actor,
            picture.TermsOf(target),
            time.GetUtcNow(),
            isUndo: wish is MessageWish.Back
        );
        await db.Entry(source).Collection(t => t.Participants).LoadAsync(cancellationToken);
        await db.Entry(target).Collection(t => t.Participants).LoadAsync(cancellationToken);
        target.TakeOverParticipants(message, source, viewer.Actor, time.GetUtcNow());
        mail?.Follow(target);
        foreach (
            var notice in await db.Notifications.Where(n => n.MessageId == messageId).ToListAsync(cancellationToken)
        )
            notice.Follow(target);
        await db.SaveChangesAsync(cancellationToken);
        return new MoveOutcome.Moved(target.Id);
    }

    private static async Task<Ticket?> FindAsync(
        HelpdeskDbContext db,
        Viewer.Staff viewer,
        long ticketId,
        CancellationToken cancellationToken
    ) =>
        await TicketIntake.ForChangeAsync(db, ticketId, cancellationToken) is { } ticket
        && TicketAccess.Allows(viewer, TicketAction.Change, ticket)
            ? ticket
            : null;

    /// <summary>Saved at once, since both histories are to name its number; the transaction makes it one change all the same.</summary>
    private async Task<Ticket> SplitOffAsync(
        HelpdeskDbContext db,
        DeskPicture picture,
        Message message,
        Ticket source,
        ConversationRecord record,
        string? subject,
        Actor actor,
        CancellationToken cancellationToken
    )
    {
        if (message.Kind is not MessageKind.Customer)
            throw new RuleViolationException("Only what customers wrote can be moved.");
        if (record.Messages.Count(m => m.Kind is not MessageKind.Note) < 2)
            throw new RuleViolationException("This message is all of the request: it has a request of its own.");
        var now = time.GetUtcNow();
        // whoever wrote it, which with a private link in a stranger's hands is not the customer
        var customer = message.SenderAddress is { } writer
            ? await TicketIntake.FindOrAddCustomerAsync(db, writer, message.AuthorName, now, cancellationToken)
            : source.Customer;
        var ticket = Ticket.SplitOff(message, source, customer, subject, actor, picture.TermsFor(customer), now);
        db.Tickets.Add(ticket);
        await db.SaveChangesAsync(cancellationToken);
        return ticket;
    }
}
