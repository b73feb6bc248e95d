using Helpdesk.Routing.AutoAnswer;
using Helpdesk.Tickets;
using Helpdesk.Tickets.Data;
using Helpdesk.Tickets.Escalation;
using Helpdesk.Tickets.Notifications;
using Helpdesk.Tickets.People;
using Microsoft.EntityFrameworkCore;

namespace Helpdesk.Web.Sample;

/// <param name="Dice">With which it was lived.</param>
/// <param name="Question">What the customer wanted to know, without greetings; empty when no topic knows it.</param>
/// <param name="Answer">The article that would have been the answer, as the desk noted and judged it; null where none would.</param>
internal readonly record struct LivedTicket(Ticket Ticket, Dice Dice, string Question, ObservedAnswer? Answer);

/// <summary>
/// Writes lived tickets with everything that belongs to them. Rows are numbered in the order of time, mail counts as
/// sent, and what staff were told counts as seen, except for the last hours.
/// </summary>
internal sealed class HistoryWriter(HelpdeskDbContext db, StaffedDesk desk, DateTimeOffset now)
{
    private static readonly TimeSpan Unseen = TimeSpan.FromHours(5);
    private static readonly Action<TicketEscalation, long> SetTicketId = BulkTable<TicketEscalation>.Setter<long>(
        nameof(TicketEscalation.TicketId)
    );

    private readonly Tickets.Access.SignedToken tokens = new(desk.Settings.SigningKey);
    private readonly BulkTable<Customer> customers = new(db);
    private readonly BulkTable<Ticket> tickets = new(db);
    private readonly BulkTable<Message> messages = new(db);
    private readonly BulkTable<TicketEvent> events = new(db);
    private readonly BulkTable<TicketEscalation> escalations = new(db);
    private readonly BulkTable<Notification> notifications = new(db);
    private readonly BulkTable<ObservedAnswer> answers = new(db);

    /// <summary>Needs an open transaction.</summary>
    public async Task AddCustomersAsync(IReadOnlyList<Customer> all, CancellationToken cancellationToken)
    {
        await customers.NumberAsync(all, cancellationToken);
        await customers.InsertAsync(all, cancellationToken);
    }

    /// <summary>Adds tickets and all that happened to them. Needs an open transaction.</summary>
    public async Task AddTicketsAsync(IReadOnlyList<LivedTicket> batch, CancellationToken cancellationToken)
    {
        foreach (var (ticket, dice, _, _) in batch)
        foreach (var notification in ticket.Notifications)
            Settle(notification, ticket, dice);
        List<Ticket> ofTime = [.. batch.Select(b => b.Ticket).OrderBy(t => t.CreatedAt)];
        List<Message> said = [.. ofTime.SelectMany(t => t.Messages).OrderBy(m => m.CreatedAt)];
        List<TicketEvent> happened = [.. ofTime.SelectMany(t => t.Events).OrderBy(e => e.At)];
        List<TicketEscalation> escalated = [.. ofTime.SelectMany(t => t.Escalations).OrderBy(e => e.ActedAt)];
        List<ObservedAnswer> noted = [.. batch.Select(b => b.Answer).OfType<ObservedAnswer>().OrderBy(a => a.At)];
        List<Notification> told = [.. ofTime.SelectMany(t => t.Notifications).OrderBy(n => n.CreatedAt)];

        await tickets.NumberAsync(ofTime, cancellationToken);
        foreach (var ticket in ofTime)
        foreach (var escalation in ticket.Escalations)
            SetTicketId(escalation, ticket.Id);
        await messages.NumberAsync(said, cancellationToken);
        await events.NumberAsync(happened, cancellationToken);
        await escalations.NumberAsync(escalated, cancellationToken);
        await notifications.NumberAsync(told, cancellationToken);
        await answers.NumberAsync(noted, cancellationToken);
        await tickets.InsertAsync(ofTime, cancellationToken);
        await messages.InsertAsync(said, cancellationToken);
        await events.InsertAsync(happened, cancellationToken);
        await escalations.InsertAsync(escalated, cancellationToken);
        await notifications.InsertAsync(told, cancellationToken);
        await answers.InsertAsync(noted, cancellationToken);
    }

    private void Settle(Notification notification, Ticket ticket, Dice dice)
    {
        var sentAt = notification.CreatedAt.AddMilliseconds(400 + dice.Below(3000));
        notification.MailState = MailState.Sent;
        notification.MailSentAt = sentAt < now ? sentAt : now;
        notification.MailNextAttemptAt = null;
        notification.MailAttempts = 1;
        notification.MailMessageId = tokens.ForMessageId(notification.Token) + "@" + desk.Settings.MailDomain;
        if (notification.UserId is null)
            return;
        var seenAt = notification.CreatedAt.AddMinutes(2 + dice.Below(90));
        if (!ticket.IsUnresolved || (now - notification.CreatedAt > Unseen && seenAt < now))
            notification.SeenAt = seenAt < now ? seenAt : now;
    }
}
