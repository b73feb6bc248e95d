using Helpdesk.Mail.Intake.Bounces;
using Helpdesk.Mail.Outbound;
using Helpdesk.Tickets;
using Helpdesk.Tickets.Data;
using Helpdesk.Tickets.Notifications;
using Helpdesk.Tickets.People;
using Microsoft.EntityFrameworkCore;

namespace Helpdesk.Mail.Intake;

/// <summary>A bounce of one of our mails: the notification, the address and the ticket's history say so.</summary>
internal static class DeliveryReport
{
    /// <param name="thread">Proof that it is about a mail of ours; without it nothing is believed.</param>
    /// <returns>The ticket that it concerns, if any.</returns>
    public static async Task<Ticket?> ApplyAsync(
        HelpdeskDbContext db,
        ReadMail read,
        ThreadMatch? thread,
        DateTimeOffset now,
        CancellationToken cancellationToken
    )
    {
        if (
            thread is null
            // a bounce is about the letter that was sent, wherever the messages of its ticket were moved since
            || await TicketIntake.ForChangeAsync(db, thread.ProvenTicketId ?? thread.TicketId, cancellationToken)
                is not { } ticket
        )
            return null;
        var notification = thread.NotificationId is { } id
            ? await db.Notifications.SingleOrDefaultAsync(n => n.Id == id, cancellationToken)
            : null;
        var address = notification?.Address ?? ticket.Customer.Address;
        if (FailureOf(address, read) is not { } failure)
            return ticket;
        var words = Text.OneLine(failure.Diagnostic ?? failure.Status ?? failure.Reason.ToString(), 400);
        if (notification is not null)
            (notification.MailState, notification.MailRemark) = (MailState.Failed, words);
        if (notification is { Copy: not CopyKind.None })
            await AnswerCopyMail.MarkUndeliverableAsync(db, notification, now, cancellationToken);
        else if (Customer.Normalize(address) == ticket.Customer.NormalizedAddress)
            MarkAddress(ticket.Customer, failure, now);
        ticket.NoteDeliveryFailure(address, words, now);
        return ticket;
    }

    /// <returns>Null while it is only late, or when it is about somebody else.</returns>
    private static FailedRecipient? FailureOf(string address, ReadMail read)
    {
        var failed = read.Verdict.FailedRecipients;
        if (failed.Count == 0)
            return new(address, IsPermanent: true, BounceReason.Unknown, Status: null, read.Mail.Subject);
        return failed.FirstOrDefault(f =>
            f.IsPermanent && Customer.Normalize(f.Address) == Customer.Normalize(address)
        );
    }

    private static void MarkAddress(Customer customer, FailedRecipient failure, DateTimeOffset now)
    {
        if (failure.Reason is BounceReason.NoSuchAddress)
            customer.UndeliverableAt ??= now;
    }
}
