using Helpdesk.Mail.Intake;
using Helpdesk.Tickets;
using Helpdesk.Tickets.Access;
using Helpdesk.Tickets.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Localization;

namespace Helpdesk.Web.Components.Desk.Work;

/// <summary>What came of moving a message, for the page that asked.</summary>
/// <param name="TicketId">Where it is now; null when nothing was moved.</param>
/// <param name="WayBack">What undoes it.</param>
public sealed record MovedMessage(long MessageId, long? TicketId, MessageWish WayBack, WorkOutcome Outcome)
{
    public bool IsBack { get; init; }

    /// <summary>Whose ticket it would be; the person has to confirm that they want it all the same.</summary>
    public string? OtherCustomer { get; init; }
}

/// <summary>A ticket to which a message may belong.</summary>
public sealed record PossiblePlace(long Id, string Subject, TicketStatus Status, string Customer, bool IsOtherCustomer);

/// <summary>From the desk's pages to a moved message, with rights as they are now.</summary>
public sealed class MessageMoving(
    MessageMoves moves,
    IDbContextFactory<HelpdeskDbContext> databases,
    DeskPerson person,
    IStringLocalizer<DeskTexts> T
)
{
    /// <param name="seenVersion">Null = however the ticket is by now.</param>
    public async Task<MovedMessage> MoveAsync(
        long messageId,
        int? seenVersion,
        MessageWish wish,
        CancellationToken cancellationToken = default
    )
    {
        var outcome = await person.ConfirmAsync(cancellationToken) is { } viewer
            ? await moves.MoveAsync(viewer, messageId, seenVersion, wish, cancellationToken)
            : new MoveOutcome.NotThere();
        var moved = new MovedMessage(
            messageId,
            (outcome as MoveOutcome.Moved)?.TicketId,
            new MessageWish.Back(),
            outcome switch
            {
                MoveOutcome.Moved => new WorkOutcome.Done(0),
                MoveOutcome.Conflict => new WorkOutcome.Conflict(),
                MoveOutcome.Refused refused => new WorkOutcome.Refused(refused.Reason),
                MoveOutcome.OtherCustomer => new WorkOutcome.Refused(T["Place.Confirm"]),
                _ => new WorkOutcome.Refused(T["Place.NotThere"]),
            }
        );
        return moved with
        {
            IsBack = wish is MessageWish.Back,
            OtherCustomer = (outcome as MoveOutcome.OtherCustomer)?.Name,
        };
    }

    /// <summary>The ticket of that number; null when there is none for this person.</summary>
    public async Task<PossiblePlace?> FindAsync(
        long ticketId,
        long customerId,
        CancellationToken cancellationToken = default
    )
    {
        if (await person.FindAsync(cancellationToken) is not { } viewer)
            return null;
        await using var db = databases.CreateDbContext();
        return await db
            .Tickets.VisibleTo(viewer)
            .Where(t => t.Id == ticketId)
            .Select(t => new PossiblePlace(
                t.Id,
                t.Subject,
                t.Status,
                t.Customer.Name == "" ? t.Customer.Address : t.Customer.Name,
                t.CustomerId != customerId
            ))
            .SingleOrDefaultAsync(cancellationToken);
    }
}
