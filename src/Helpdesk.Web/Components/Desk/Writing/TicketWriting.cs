using Helpdesk.Tickets;
using Helpdesk.Tickets.Access;
using Helpdesk.Tickets.Data;
using Helpdesk.Tickets.People;
using Helpdesk.Tickets.Settings;
using Helpdesk.Tickets.Sla;
using Microsoft.EntityFrameworkCore;

namespace Helpdesk.Web.Components.Desk.Writing;

/// <summary>What became of a request that was written down.</summary>
public abstract record WritingOutcome
{
    /// <summary>There is one ticket for this form, made now or by the same form before.</summary>
    /// <param name="DueAt">When the first answer is promised; null without a promise.</param>
    public sealed record Written(long TicketId, DateTimeOffset? DueAt) : WritingOutcome;

    /// <summary>The form was sent before with other words; nothing was saved now.</summary>
    public sealed record KeyUsed(long TicketId) : WritingOutcome;

    /// <summary>The desk's rules do not allow it.</summary>
    public sealed record Refused(string Reason) : WritingOutcome;
}

/// <summary>Opens a ticket that a specialist wrote down: through the one door, once for each form however often it is sent.</summary>
public sealed class TicketWriting(
    IDbContextFactory<HelpdeskDbContext> databases,
    DeskDirectory directory,
    TicketIntake intake,
    TimeProvider time
)
{
    private const int Attempts = 4;

    /// <param name="form">Checked.</param>
    public async Task<WritingOutcome> SendAsync(
        Viewer.Staff viewer,
        NewTicketForm form,
        CancellationToken cancellationToken = default
    )
    {
        var key = "d." + form.Key;
        for (var attempt = 1; ; attempt++)
        {
            await using var db = databases.CreateDbContext();
            if (await EarlierAsync(db, key, form, cancellationToken) is { } earlier)
                return earlier;
            try
            {
                var ticket = await OpenAsync(db, viewer, form, cancellationToken);
                db.SubmissionKeys.Add(
                    new SubmissionKey
                    {
                        Key = key,
                        CreatedAt = time.GetUtcNow(),
                        Ticket = ticket,
                    }
                );
                await db.SaveChangesAsync(cancellationToken);
                return new WritingOutcome.Written(ticket.Id, ticket.DueAt);
            }
            catch (RuleViolationException refusal)
            {
                return new WritingOutcome.Refused(refusal.Message);
            }
            catch (DbUpdateException) when (attempt < Attempts)
            {
                // the same form, or a first request of the same address, won: look again, nothing is saved yet
            }
        }
    }

    private async Task<Ticket> OpenAsync(
        HelpdeskDbContext db,
        Viewer.Staff viewer,
        NewTicketForm form,
        CancellationToken cancellationToken
    )
    {
        var picture = await directory.GetAsync(cancellationToken);
        var address = form.Address!.Trim();
        var ticket = await intake.OpenAsync(
            db,
            new NewRequest
            {
                Channel = form.Channel,
                CustomerAddress = address,
                CustomerName = form.Name,
                Subject = form.Subject!,
                Content = new MessageContent
                {
                    Text = form.Text!.Trim(),
                    SenderName = await NameOfAsync(db, address, form.Name, cancellationToken),
                },
                Actor = viewer.Actor,
            },
            cancellationToken
        );
        if (!form.TellCustomer)
            ticket.SuppressAcknowledgement();
        var now = time.GetUtcNow();
        if (form.TopicId is { } topicId)
        {
            if (!picture.Topics.TryGetValue(topicId, out var topic) || topic.IsArchived)
                throw new RuleViolationException("This topic is gone. Choose another one.");
            ticket.ChangeTopic(topic, viewer.Actor, now);
        }
        if (form.Priority is { } priority)
            ticket.ChangePriority(priority, viewer.Actor, reason: null, picture.TermsOf(ticket), now);
        return ticket;
    }

    // The words are the customer's; who wrote them down stands in the history.
    private static async Task<string> NameOfAsync(
        HelpdeskDbContext db,
        string address,
        string? typed,
        CancellationToken cancellationToken
    )
    {
        var normalized = Customer.Normalize(address);
        var known = await db
            .Customers.Where(c => c.NormalizedAddress == normalized)
            .Select(c => c.Name)
            .SingleOrDefaultAsync(cancellationToken);
        if (known is { Length: > 0 })
            return known;
        return Text.OneLine(typed, Customer.MaxNameLength) is { Length: > 0 } name ? name : address;
    }

    private static async Task<WritingOutcome?> EarlierAsync(
        HelpdeskDbContext db,
        string key,
        NewTicketForm form,
        CancellationToken cancellationToken
    )
    {
        var earlier = await db
            .SubmissionKeys.Where(k => k.Key == key)
            .Select(k => new { k.TicketId, k.Ticket!.DueAt })
            .SingleOrDefaultAsync(cancellationToken);
        if (earlier?.TicketId is not { } id)
            return null;
        var text = form.Text!.Trim();
        var same = await db
            .Messages.Where(m => m.TicketId == id)
            .OrderBy(m => m.Id)
            .Take(1)
            .AnyAsync(m => m.Text == text, cancellationToken);
        return same ? new WritingOutcome.Written(id, earlier.DueAt) : new WritingOutcome.KeyUsed(id);
    }
}
