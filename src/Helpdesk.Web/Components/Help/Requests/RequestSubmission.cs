using Helpdesk.Tickets;
using Helpdesk.Tickets.Access;
using Helpdesk.Tickets.Data;
using Helpdesk.Tickets.Settings;
using Helpdesk.Tickets.Sla;
using Microsoft.EntityFrameworkCore;

namespace Helpdesk.Web.Components.Help.Requests;

/// <summary>Opens a request from the help centre's form: once for each of its keys, however often it is sent.</summary>
public sealed class RequestSubmission(
    IDbContextFactory<HelpdeskDbContext> databases,
    DeskDirectory directory,
    TicketIntake intake,
    TimeProvider time
)
{
    private const int Attempts = 4;

    /// <param name="form">Checked; its address is not asked when <paramref name="viewer"/> is a signed-in customer.</param>
    public async Task<SubmissionOutcome> SendAsync(
        Viewer viewer,
        NewRequestForm form,
        IReadOnlyList<SentFile> files,
        CancellationToken cancellation
    )
    {
        var key = "w." + form.Key;
        for (var attempt = 1; ; attempt++)
        {
            await using var db = databases.CreateDbContext();
            if (await EarlierAsync(db, key, form, cancellation) is { } earlier)
                return earlier;
            var ticket = await intake.OpenAsync(
                db,
                await RequestOfAsync(db, viewer, form, files, cancellation),
                cancellation
            );
            db.SubmissionKeys.Add(
                new SubmissionKey
                {
                    Key = key,
                    CreatedAt = time.GetUtcNow(),
                    Ticket = ticket,
                }
            );
            try
            {
                await db.SaveChangesAsync(cancellation);
                return new SubmissionOutcome.Sent(ticket.Id);
            }
            catch (DbUpdateException) when (attempt < Attempts)
            {
                // the same form, or a first request of the same address, won: look again, nothing is saved yet
            }
        }
    }

    /// <summary>
    /// When somebody hears from us, as promised to everybody: what a better contract promises is told only to the address's
    /// owner, or typing an address would tell what its owner pays for.
    /// </summary>
    /// <returns>Null when the desk promises nothing.</returns>
    public async ValueTask<(TimeSpan Promised, DateTimeOffset DueAt)?> PromiseAsync(
        DateTimeOffset since,
        CancellationToken cancellation
    )
    {
        var picture = await directory.GetAsync(cancellation);
        var terms = picture.Terms(picture.Settings.DefaultSlaPolicyId);
        return terms?.Promised(SlaTarget.FirstResponse, TicketPriority.Normal) is { } promised
            ? (promised, terms.Calendar.Add(since, promised))
            : null;
    }

    private static async Task<NewRequest> RequestOfAsync(
        HelpdeskDbContext db,
        Viewer viewer,
        NewRequestForm form,
        IReadOnlyList<SentFile> files,
        CancellationToken cancellation
    )
    {
        var own = viewer is Viewer.SignedInCustomer { CustomerId: var id }
            ? await db.Customers.AsNoTracking().SingleAsync(c => c.Id == id, cancellation)
            : null;
        var address = own?.Address ?? form.Address!.Trim();
        return new NewRequest
        {
            Channel = Channel.Web,
            CustomerAddress = address,
            CustomerName = own is null ? form.Name : null,
            Subject = form.Subject!,
            Content = new MessageContent
            {
                Text = form.Text!.Trim(),
                // an address that was only typed does not speak in its owner's name
                SenderName = own is null
                    ? Text.OneLine(form.Name, Helpdesk.Tickets.People.Customer.MaxNameLength) is { Length: > 0 } name
                        ? name
                        : address
                    : null,
                Attachments = await SentFile.StoreAsync(db, files, cancellation),
            },
        };
    }

    private static async Task<SubmissionOutcome?> EarlierAsync(
        HelpdeskDbContext db,
        string key,
        NewRequestForm form,
        CancellationToken cancellation
    )
    {
        var ticketId = await db
            .SubmissionKeys.Where(k => k.Key == key)
            .Select(k => k.TicketId)
            .SingleOrDefaultAsync(cancellation);
        if (ticketId is not { } id)
            return null;
        var text = form.Text!.Trim();
        var same = await db
            .Messages.Where(m => m.TicketId == id)
            .OrderBy(m => m.Id)
            .Take(1)
            .AnyAsync(m => m.Text == text, cancellation);
        return same ? new SubmissionOutcome.Sent(id) : new SubmissionOutcome.KeyUsed(id);
    }
}

/// <summary>What became of a sent form.</summary>
public abstract record SubmissionOutcome
{
    /// <summary>There is one ticket for this form, made now or by the same form before.</summary>
    public sealed record Sent(long TicketId) : SubmissionOutcome;

    /// <summary>The form was sent before with other words; nothing was saved now.</summary>
    public sealed record KeyUsed(long TicketId) : SubmissionOutcome;
}
