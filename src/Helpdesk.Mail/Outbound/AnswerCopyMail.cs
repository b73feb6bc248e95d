using System.Globalization;
using Helpdesk.Mail.Mime;
using Helpdesk.Tickets.Data;
using Helpdesk.Tickets.Notifications;
using Helpdesk.Tickets.Participants;
using Helpdesk.Tickets.People;
using Helpdesk.Tickets.Settings;
using Microsoft.EntityFrameworkCore;

namespace Helpdesk.Mail.Outbound;

/// <summary>
/// What differs in the mails of an answer that goes to more than its customer. Each of them gets a mail of their own: the customer's carries the private
/// link and the reply address that speaks for them, the copies carry neither, and a blind copy is named in none.
/// </summary>
internal sealed class AnswerCopyMail(HelpdeskDbContext db, DeskPicture picture)
{
    private ILookup<long, string> openByAnswer = Array.Empty<(long, string)>().ToLookup(p => p.Item1, p => p.Item2);
    private ILookup<long, string> participantsOf = Array.Empty<(long, string)>().ToLookup(p => p.Item1, p => p.Item2);

    public async Task LookUpAsync(IReadOnlyList<Notification> batch, CancellationToken cancellationToken)
    {
        var answers = batch
            .Where(n => n.Kind is NotificationKind.Reply)
            .Select(n => n.MessageId)
            .OfType<long>()
            .Distinct()
            .ToArray();
        if (answers.Length > 0)
        {
            var ticketIds = batch.Select(n => n.TicketId).OfType<long>().Distinct().ToArray();
            openByAnswer = (
                await db
                    .Notifications.Where(n =>
                        n.TicketId != null
                        && ticketIds.Contains(n.TicketId.Value)
                        && n.Copy == CopyKind.Open
                        && n.MessageId != null
                        && answers.Contains(n.MessageId.Value)
                    )
                    .OrderBy(n => n.Id)
                    .Select(n => new { MessageId = n.MessageId!.Value, n.Address })
                    .ToListAsync(cancellationToken)
            ).ToLookup(n => n.MessageId, n => n.Address);
        }
        if (!picture.Settings.StaffAnswersByMail)
            return;
        var tickets = batch
            .Where(n => n.UserId is not null)
            .Select(n => n.TicketId)
            .OfType<long>()
            .Distinct()
            .ToArray();
        if (tickets.Length > 0)
            participantsOf = (
                await db
                    .Participants.Where(p =>
                        tickets.Contains(p.TicketId)
                        && p.RemovedAt == null
                        && p.UndeliverableAt == null
                        && p.Origin != ParticipantOrigin.Mail
                    )
                    .OrderBy(p => p.Id)
                    .Select(p => new { p.TicketId, p.Address })
                    .ToListAsync(cancellationToken)
            ).ToLookup(p => p.TicketId, p => p.Address);
    }

    /// <summary>In every mail of the answer the same. Only addresses: the names were given by anybody.</summary>
    public IReadOnlyList<Mailbox> OpenCopiesOf(Notification notification) =>
        notification is { Kind: NotificationKind.Reply, MessageId: { } answer }
            ? [.. openByAnswer[answer].Select(a => new Mailbox("", a))]
            : [];

    /// <summary>For a specialist who can answer by mail: who reads that beside the customer. Empty when nobody does.</summary>
    public string Warning(long ticketId, CultureInfo culture) =>
        participantsOf.Contains(ticketId)
            ? TemplateWords
                .Phrase("StaffAnswer.Copies", culture)
                .Replace("{people}", string.Join(", ", participantsOf[ticketId]), StringComparison.Ordinal)
            : "";

    /// <summary>Whom the mail says that it is to: a copy too was written to the customer.</summary>
    public static Mailbox AddresseeOf(Notification notification, string name) =>
        notification is { Copy: not CopyKind.None, Ticket.Customer: { } customer }
        && !customer.Address.EndsWith(".invalid", StringComparison.OrdinalIgnoreCase)
            ? new Mailbox(name, customer.Address)
            : new Mailbox(notification.Copy is CopyKind.None ? name : "", notification.Address);

    public static TemplateWords BuiltInWords(Notification notification, CultureInfo culture)
    {
        var words = TemplateWords.BuiltIn(notification.Kind, culture);
        // nothing about a link that is not there
        return notification.Copy is CopyKind.None
            ? words
            : words with
            {
                Footer = TemplateWords.Phrase("Copy.Footer", culture),
            };
    }

    /// <summary>Null for the customer's own.</summary>
    public static string? FirstLine(Notification notification, CultureInfo culture) =>
        notification.Copy is CopyKind.None ? null : TemplateWords.Phrase($"Copy.{notification.Copy}", culture);

    /// <summary>Who wrote the message that a colleague is told of, where it was not the customer.</summary>
    public static string? WriterOf(Notification notification) =>
        notification is { UserId: not null, Message: { FromOtherSender: true, SenderAddress: { } sender } }
            ? sender
            : null;

    /// <summary>A copy came back or was refused: whoever should have had it is marked, and never the customer.</summary>
    public static async Task MarkUndeliverableAsync(
        HelpdeskDbContext db,
        Notification notification,
        DateTimeOffset now,
        CancellationToken cancellationToken
    )
    {
        if (notification.Copy is CopyKind.None)
            return;
        var (ticketId, address) = (notification.TicketId, Customer.Normalize(notification.Address));
        var participant = await db.Participants.SingleOrDefaultAsync(
            p => p.TicketId == ticketId && p.NormalizedAddress == address,
            cancellationToken
        );
        participant?.MarkUndeliverable(now);
    }
}
