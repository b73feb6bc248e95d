using System.Security.Claims;
using Helpdesk.Routing.AutoAnswer;
using Helpdesk.Tickets;
using Helpdesk.Tickets.Access;
using Helpdesk.Tickets.Data;
using Helpdesk.Tickets.Links;
using Helpdesk.Tickets.Participants;
using Helpdesk.Tickets.Settings;
using Microsoft.EntityFrameworkCore;

namespace Helpdesk.Web.Components.Help.Requests;

/// <summary>What a customer does with requests that exist: read, list, answer, call solved, open again.</summary>
public sealed class CustomerRequests(
    IDbContextFactory<HelpdeskDbContext> databases,
    DeskDirectory directory,
    TicketIntake intake,
    TimeProvider time
)
{
    public const int PageSize = 20;
    private const int Attempts = 4;

    /// <summary>Who holds the private link; nobody when the token is not one of ours.</summary>
    public async ValueTask<Viewer> ViewerOfAsync(string? token, CancellationToken cancellation)
    {
        var picture = await directory.GetAsync(cancellation);
        return picture.Tokens.TryReadGuest(token, out var ticketId, out var customerId)
            ? new Viewer.Guest(ticketId, customerId)
            : Viewer.Nobody;
    }

    /// <summary>Who is signed in.</summary>
    public async Task<Viewer> ViewerOfAsync(ClaimsPrincipal user, CancellationToken cancellation)
    {
        if (user.Identity?.IsAuthenticated is not true)
            return Viewer.Nobody;
        await using var db = databases.CreateDbContext();
        return await Viewers.LoadAsync(db, user, cancellation);
    }

    /// <summary>The address of a signed-in customer; null for everybody else.</summary>
    public async Task<string?> AddressOfAsync(Viewer viewer, CancellationToken cancellation)
    {
        if (viewer is not Viewer.SignedInCustomer { CustomerId: var id })
            return null;
        await using var db = databases.CreateDbContext();
        return await db.Customers.Where(c => c.Id == id).Select(c => c.Address).SingleAsync(cancellation);
    }

    /// <summary>
    /// The request of the same customer that an emptied one went into; null when it stands for itself, or is none that this viewer may follow.
    /// </summary>
    public async Task<long?> JoinedAsync(Viewer viewer, long number, CancellationToken cancellation)
    {
        await using var db = databases.CreateDbContext();
        return await db.Set<TicketLink>()
            .Where(l => db.Tickets.VisibleTo(viewer).Any(t => t.Id == number))
            .Where(l => l.FromId == number && l.Kind == TicketLinkKind.DuplicateOf)
            .Where(l => l.From.IsEmptied && l.To.CustomerId == l.From.CustomerId)
            .OrderByDescending(l => l.Id)
            .Select(l => (long?)l.ToId)
            .FirstOrDefaultAsync(cancellation);
    }

    /// <summary>The private page of another request of the same customer, as a path.</summary>
    public async Task<string> LinkAsync(long number, long customerId, CancellationToken cancellation) =>
        $"/r/{(await directory.GetAsync(cancellation)).Tokens.ForGuest(number, customerId)}";

    /// <summary>The request, or null when there is none that this viewer may follow.</summary>
    public async Task<RequestPicture?> ReadAsync(Viewer viewer, long number, CancellationToken cancellation)
    {
        await using var db = databases.CreateDbContext();
        var picture = await db
            .Tickets.AsNoTracking()
            .VisibleTo(viewer)
            .Where(t => t.Id == number)
            .Select(t => new RequestPicture
            {
                Number = t.Id,
                Subject = t.Subject,
                Status = t.Status,
                Channel = t.Channel,
                CreatedAt = t.CreatedAt,
                // nobody is told of it while the customer reads an automatic answer, and after a no it is decided anew
                HasSpecialist = t.SpecialistId != null && t.RoutedAt != null,
                RoutedAt = t.RoutedAt,
                FirstRespondedAt = t.FirstRespondedAt,
                ResolvedAt = t.ResolvedAt,
                DueAt = t.DueAt,
                DueTarget = t.DueTarget,
                AutoAnswer = t.AutoAnswer,
                AutoAnsweredAt = t.AutoAnsweredAt,
                CustomerAddress = t.Customer.Address,
            })
            .SingleOrDefaultAsync(cancellation);
        if (picture is null)
            return null;
        var messages = PublicMessage.Of(db.Messages.AsNoTracking().Where(m => m.TicketId == number));
        return picture with
        {
            Messages = await messages.OrderBy(m => m.Id).AsSplitQuery().ToListAsync(cancellation),
            AlsoInformed = await db
                .Participants.Where(p =>
                    p.TicketId == number && p.RemovedAt == null && p.Origin != ParticipantOrigin.Mail
                )
                .OrderBy(p => p.Id)
                .Select(p => p.Address)
                .ToListAsync(cancellation),
        };
    }

    /// <summary>A page of the viewer's requests, the newest first.</summary>
    /// <param name="page">From 1.</param>
    public async Task<(IReadOnlyList<RequestLine> Lines, int Total)> ListAsync(
        Viewer viewer,
        int page,
        CancellationToken cancellation
    )
    {
        await using var db = databases.CreateDbContext();
        var own = db.Tickets.AsNoTracking().VisibleTo(viewer);
        var lines = await own.OrderByDescending(t => t.CreatedAt)
            .Skip((page - 1) * PageSize)
            .Take(PageSize)
            .Select(t => new RequestLine(t.Id, t.Subject, t.Status, t.LastMessageAt, t.CustomerWroteLast))
            .ToListAsync(cancellation);
        return (lines, await own.CountAsync(cancellation));
    }

    /// <summary>Does what the form asks for, once for each of its keys.</summary>
    public async Task<AnswerOutcome> ApplyAsync(
        Viewer viewer,
        long number,
        AnswerForm form,
        IReadOnlyList<SentFile> files,
        CancellationToken cancellation
    )
    {
        var key = string.Create(
            System.Globalization.CultureInfo.InvariantCulture,
            $"m{number}.{form.Key}{(form.Act is AnswerAct.Person ? ".p" : "")}"
        );
        for (var attempt = 1; ; attempt++)
        {
            await using var db = databases.CreateDbContext();
            var ticket = await TicketIntake.ForChangeAsync(db, number, cancellation);
            if (ticket is null || !TicketAccess.Allows(viewer, TicketAction.WriteAsCustomer, ticket))
                return new AnswerOutcome.Absent();
            if (await WasSentAsync(db, key, number, form, cancellation) is { } known)
                return known;
            await ChangeAsync(db, ticket, form, files, cancellation);
            // whoever holds the mailed link, or is signed in through one, has read that address's mail
            ticket.Customer.VerifiedAt ??= time.GetUtcNow();
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
                return new AnswerOutcome.Done();
            }
            catch (DbUpdateException) when (attempt < Attempts)
            {
                // the ticket moved on meanwhile, or the same form won: look again, nothing is saved yet
            }
        }
    }

    private async Task ChangeAsync(
        HelpdeskDbContext db,
        Ticket ticket,
        AnswerForm form,
        IReadOnlyList<SentFile> files,
        CancellationToken cancellation
    )
    {
        var (terms, now) = ((await directory.GetAsync(cancellation)).TermsOf(ticket), time.GetUtcNow());
        var actor = Actor.Customer(ticket.Customer);
        if (form.HasWords || files.Count > 0)
            await intake.AppendAsync(
                ticket,
                new MessageContent
                {
                    Text = form.Text?.Trim() ?? "",
                    Attachments = await SentFile.StoreAsync(db, files, cancellation),
                },
                actor,
                saysSolved: form.Act is AnswerAct.Solved,
                cancellation
            );
        if (ticket.AutoAnswer is AutoAnswerState.Sent && form.Act is AnswerAct.Solved)
            ticket.AcceptAutoAnswer(await SentArticleAsync(db, ticket.Id, cancellation), actor, terms, now);
        else if (form.Act is AnswerAct.Person && ticket.IsUnresolved)
            ticket.DeclineAutoAnswer(actor, terms, now);
        else if (form.Act is AnswerAct.Person)
            ticket.Reopen(actor, terms, now); // taken for solved meanwhile, by silence or by an earlier yes
        else if (form.Act is AnswerAct.Solved && ticket.IsUnresolved)
            ticket.Resolve(note: null, articleId: null, actor, terms, now);
        else if (form.Act is AnswerAct.Reopen)
            ticket.Reopen(actor, terms, now);
    }

    private static Task<long?> SentArticleAsync(HelpdeskDbContext db, long ticketId, CancellationToken cancellation) =>
        db.Set<ObservedAnswer>()
            .Where(a => a.TicketId == ticketId && a.IsSent)
            .Select(a => (long?)a.ArticleId)
            .SingleOrDefaultAsync(cancellation);

    // The same words again are the same click; other words under a used key must not get lost.
    private static async Task<AnswerOutcome?> WasSentAsync(
        HelpdeskDbContext db,
        string key,
        long number,
        AnswerForm form,
        CancellationToken cancellation
    )
    {
        if (!await db.SubmissionKeys.AnyAsync(k => k.Key == key, cancellation))
            return null;
        var text = form.Text?.Trim() ?? "";
        var known =
            text.Length == 0
            || await db.Messages.AnyAsync(
                m => m.TicketId == number && m.Kind == MessageKind.Customer && m.Text == text,
                cancellation
            );
        return known ? new AnswerOutcome.Done() : new AnswerOutcome.KeyUsed();
    }
}

/// <summary>What became of an answer.</summary>
public abstract record AnswerOutcome
{
    /// <summary>Saved, now or by the same form before.</summary>
    public sealed record Done : AnswerOutcome;

    /// <summary>The form was sent before with other words; nothing was saved.</summary>
    public sealed record KeyUsed : AnswerOutcome;

    /// <summary>There is no such request for this viewer.</summary>
    public sealed record Absent : AnswerOutcome;
}
