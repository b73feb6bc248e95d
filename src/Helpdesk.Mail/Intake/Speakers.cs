using Helpdesk.Tickets;
using Helpdesk.Tickets.Data;
using Microsoft.EntityFrameworkCore;

namespace Helpdesk.Mail.Intake;

/// <summary>Who writes into a ticket by mail.</summary>
internal enum Speaker
{
    /// <summary>Whose ticket it is.</summary>
    Customer,

    /// <summary>Somebody who takes part beside the customer.</summary>
    Participant,

    /// <summary>Somebody else who had one of our mails, or may have forged the customer's address.</summary>
    Other,
}

/// <summary>
/// Says in whose name a mail that joins a ticket speaks. The customer's address proves nothing by itself: it takes a token that went to the customer alone,
/// or the word of the desk's own mail server.
/// </summary>
internal sealed class Speakers(HelpdeskDbContext db, StaffAnswerOptions authentication)
{
    public async Task<Speaker> OfAsync(
        ReadMail read,
        Ticket ticket,
        ThreadMatch thread,
        CancellationToken cancellationToken
    )
    {
        if (read.SenderAddress == ticket.Customer.NormalizedAddress)
            return
                (thread.CopyTo is null || NamedPeople.IsVouchedFor(read, authentication))
                && await IsOfSameCustomerAsync(thread, ticket, cancellationToken)
                ? Speaker.Customer
                : Speaker.Other;
        await db.Entry(ticket).Collection(t => t.Participants).LoadAsync(cancellationToken);
        return ticket.Participants.Exists(p =>
            p is { IsActive: true, IsProposed: false } && p.NormalizedAddress == read.SenderAddress
        )
            ? Speaker.Participant
            : Speaker.Other;
    }

    /// <summary>Whether the mail may go on with a request that was ended: not with a copy's token alone, and not a participant.</summary>
    public static bool MayReopen(Speaker speaker, ThreadMatch thread) =>
        speaker is Speaker.Customer || (speaker is Speaker.Other && thread.CopyTo is null);

    /// <summary>A message may have been moved to another customer's ticket: a token that went to the one does not speak for the other.</summary>
    private async Task<bool> IsOfSameCustomerAsync(
        ThreadMatch thread,
        Ticket ticket,
        CancellationToken cancellationToken
    ) =>
        thread.ProvenTicketId is not { } proven
        || await db.Tickets.AnyAsync(t => t.Id == proven && t.CustomerId == ticket.CustomerId, cancellationToken);
}
