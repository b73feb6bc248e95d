using System.Globalization;
using System.Text;
using Helpdesk.Mail.Intake;
using Helpdesk.Tickets;
using Helpdesk.Tickets.Access;
using Helpdesk.Tickets.Data;
using Helpdesk.Tickets.Notifications;
using Helpdesk.Web.Components.Desk;
using Microsoft.EntityFrameworkCore;

namespace Helpdesk.Web.Components.Supervise;

/// <summary>The mails about which a person has to decide.</summary>
public enum MailList
{
    /// <summary>Came in; a rule keeps them until somebody decides.</summary>
    Held,

    /// <summary>Came in; looks like spam.</summary>
    Spam,

    /// <summary>Came in; could not be read after all attempts.</summary>
    Unprocessable,

    /// <summary>Ours; given up after the last attempt, refused, or come back.</summary>
    Undelivered,
}

public enum MailDecision
{
    /// <summary>In spite of the rule that held it.</summary>
    Release,

    /// <summary>By the same rules.</summary>
    TryAgain,
    Discard,
}

public enum DecisionOutcome
{
    Done,

    /// <summary>Somebody else decided, or it went its way.</summary>
    Gone,
    NotYours,
}

public sealed record MailCounts(int Held, int Spam, int Unprocessable, int Undelivered)
{
    /// <summary>Without spam: it may wait.</summary>
    public int All => Held + Unprocessable + Undelivered;

    public int Of(MailList list) =>
        list switch
        {
            MailList.Held => Held,
            MailList.Spam => Spam,
            MailList.Unprocessable => Unprocessable,
            _ => Undelivered,
        };
}

/// <param name="Sender">The author, or who handed it over when it could not be read.</param>
public sealed record KeptMail(
    long Id,
    string Sender,
    string? Subject,
    DateTimeOffset At,
    InboundState State,
    string? Reason,
    int SizeBytes,
    int Attempts,
    long? TicketId,
    string? SpamEvidence
)
{
    /// <summary>There is something here that could be read.</summary>
    public bool CanBeTriedAgain => !InboundMail.IsLeftOnServer(State, Reason);
}

/// <summary>One mail that came in, as much of it as a person needs to decide.</summary>
/// <param name="Raw">The beginning of what came over the wire, made harmless; null when the bytes were erased.</param>
/// <param name="IsCut">There is more; the file has it all.</param>
public sealed record KeptMailDetail(
    KeptMail Mail,
    string ReturnPath,
    IReadOnlyList<string> Recipients,
    DateTimeOffset? HandledAt,
    string? DecidedBy,
    string? Raw,
    bool IsCut
);

/// <param name="Remark">What the other side said.</param>
public sealed record UndeliveredMail(
    long Id,
    NotificationKind Kind,
    string Address,
    DateTimeOffset At,
    int Attempts,
    string? Remark,
    long? TicketId
);

/// <summary>Mails that no rule could finish: what they are, and what a supervisor decides about them.</summary>
public sealed class MailReview(
    IDbContextFactory<HelpdeskDbContext> databases,
    SqliteWriteGate gate,
    DeskPerson person,
    Bells bells,
    TimeProvider time,
    ILogger<MailReview> log
)
{
    public const int PageSize = 50;
    private const int MostShownBytes = 64 * 1024;

    public async Task<MailCounts> CountAsync(CancellationToken cancellationToken = default)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        var kept = await Kept(db)
            .GroupBy(m => m.State)
            .Select(g => new { g.Key, Count = g.Count() })
            .ToDictionaryAsync(g => g.Key, g => g.Count, cancellationToken);
        return new(
            kept.GetValueOrDefault(InboundState.Held),
            kept.GetValueOrDefault(InboundState.Spam),
            kept.GetValueOrDefault(InboundState.Unprocessable),
            await Undelivered(db).CountAsync(cancellationToken)
        );
    }

    /// <param name="before">Only older ones; null = from the newest.</param>
    /// <returns>One more than <see cref="PageSize"/> when there are older ones.</returns>
    public async Task<IReadOnlyList<KeptMail>> KeptAsync(
        InboundState state,
        long? before,
        CancellationToken cancellationToken = default
    )
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        return await Rows(Kept(db).Where(m => m.State == state && (before == null || m.Id < before)))
            .ToListAsync(cancellationToken);
    }

    /// <inheritdoc cref="KeptAsync"/>
    public async Task<IReadOnlyList<UndeliveredMail>> UndeliveredAsync(
        long? before,
        CancellationToken cancellationToken = default
    )
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        return await Undelivered(db)
            .Where(n => before == null || n.Id < before)
            .OrderByDescending(n => n.Id)
            .Take(PageSize + 1)
            .Select(n => new UndeliveredMail(
                n.Id,
                n.Kind,
                n.Address,
                n.CreatedAt,
                n.MailAttempts,
                n.MailRemark,
                n.TicketId
            ))
            .ToListAsync(cancellationToken);
    }

    public async Task<KeptMailDetail?> FindAsync(long id, CancellationToken cancellationToken = default)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        var mail = await db.Set<InboundMail>()
            .AsNoTracking()
            .Include(m => m.Raw)
            .SingleOrDefaultAsync(m => m.Id == id, cancellationToken);
        if (mail is null)
            return null;
        var bytes = mail.Raw?.Read();
        var decidedBy = mail.DecidedBy is { } who
            ? await db.Users.Where(u => u.Id == who).Select(u => u.DisplayName).SingleOrDefaultAsync(cancellationToken)
            : null;
        return new(
            new(
                mail.Id,
                string.IsNullOrEmpty(mail.Sender) ? mail.ReturnPath : mail.Sender,
                mail.Subject,
                mail.ReceivedAt,
                mail.State,
                mail.Reason,
                mail.SizeBytes,
                mail.Attempts,
                mail.TicketId,
                mail.SpamEvidence
            ),
            mail.ReturnPath,
            mail.Envelope.Recipients,
            mail.HandledAt,
            decidedBy,
            bytes is null ? null : Harmless(bytes),
            bytes?.Length > MostShownBytes
        );
    }

    // ---- decisions

    public async Task<DecisionOutcome> DecideAsync(
        long mailId,
        MailDecision decision,
        CancellationToken cancellationToken = default
    )
    {
        if (await person.ConfirmAsync(cancellationToken) is not { SeesAll: true } viewer)
            return DecisionOutcome.NotYours;
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        if (await db.Set<InboundMail>().SingleOrDefaultAsync(m => m.Id == mailId, cancellationToken) is not { } mail)
            return DecisionOutcome.Gone;
        try
        {
            switch (decision)
            {
                case MailDecision.Release:
                    mail.Release(viewer.UserId, time.GetUtcNow());
                    break;
                case MailDecision.TryAgain:
                    mail.TryAgain(time.GetUtcNow());
                    break;
                default:
                    mail.Discard(viewer.UserId, time.GetUtcNow());
                    break;
            }
            await db.SaveChangesAsync(cancellationToken);
        }
        catch (Exception e) when (e is RuleViolationException or DbUpdateConcurrencyException)
        {
            return DecisionOutcome.Gone;
        }
        bells.InboundMail.Ring();
        Record(decision, "mail", mailId, viewer);
        return DecisionOutcome.Done;
    }

    /// <summary>Sends a letter that was given up once more, under the same Message-ID.</summary>
    public Task<DecisionOutcome> SendAgainAsync(long id, CancellationToken cancellationToken = default) =>
        DecideAsync(
            id,
            MailDecision.TryAgain,
            async (db, _, now) =>
            {
                var sent = await Undecided(db, id)
                    .ExecuteUpdateAsync(
                        set =>
                            set.SetProperty(n => n.MailState, MailState.Pending)
                                .SetProperty(n => n.MailQueuedAt, now)
                                .SetProperty(n => n.MailNextAttemptAt, now)
                                .SetProperty(n => n.MailAttempts, 0),
                        cancellationToken
                    );
                if (sent > 0) // a person says that the address is good
                {
                    await db
                        .Participants.Where(p =>
                            p.UndeliverableAt != null
                            && db.Notifications.Any(n =>
                                n.Id == id
                                && n.Copy != CopyKind.None
                                && n.TicketId == p.TicketId
                                && n.Address == p.Address
                            )
                        )
                        .ExecuteUpdateAsync(
                            set => set.SetProperty(p => p.UndeliverableAt, (DateTimeOffset?)null),
                            cancellationToken
                        );
                    await db
                        .Customers.Where(c =>
                            c.UndeliverableAt != null
                            && db.Notifications.Any(n =>
                                n.Id == id
                                && n.UserId == null
                                && n.Copy == CopyKind.None
                                && n.Ticket!.CustomerId == c.Id
                            )
                        )
                        .ExecuteUpdateAsync(
                            set => set.SetProperty(c => c.UndeliverableAt, (DateTimeOffset?)null),
                            cancellationToken
                        );
                }
                return sent;
            },
            cancellationToken
        );

    /// <param name="remark">For staff: who decided, and what the other side had said.</param>
    public Task<DecisionOutcome> DismissAsync(
        long id,
        Func<Viewer.Staff, string> remark,
        CancellationToken cancellationToken = default
    ) =>
        DecideAsync(
            id,
            MailDecision.Discard,
            (db, viewer, _) =>
            {
                var words = Tickets.Text.OneLine(remark(viewer), 500);
                return Undecided(db, id)
                    .ExecuteUpdateAsync(
                        set =>
                            set.SetProperty(n => n.MailState, MailState.Suppressed)
                                .SetProperty(n => n.MailRemark, words),
                        cancellationToken
                    );
            },
            cancellationToken
        );

    // asked for in the statement that changes it: of two people who decide at once, one does
    private static IQueryable<Notification> Undecided(HelpdeskDbContext db, long letterId) =>
        db.Notifications.Where(n => n.Id == letterId && n.MailState == MailState.Failed);

    private async Task<DecisionOutcome> DecideAsync(
        long letterId,
        MailDecision decision,
        Func<HelpdeskDbContext, Viewer.Staff, DateTimeOffset, Task<int>> decide,
        CancellationToken cancellationToken
    )
    {
        if (await person.ConfirmAsync(cancellationToken) is not { SeesAll: true } viewer)
            return DecisionOutcome.NotYours;
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        using var turn = await gate.EnterAsync(cancellationToken);
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        if (await decide(db, viewer, time.GetUtcNow()) == 0)
            return DecisionOutcome.Gone;
        await transaction.CommitAsync(cancellationToken);
        bells.Outbox.Ring();
        Record(decision, "letter", letterId, viewer);
        return DecisionOutcome.Done;
    }

    private void Record(MailDecision decision, string what, long id, Viewer.Staff viewer) =>
        log.LogInformation("Supervision: {Decision} of {What} {Id} by {UserId}", decision, what, id, viewer.UserId);

    // ---- queries

    // the words of the partial index, or it is not used
    private static IQueryable<InboundMail> Kept(HelpdeskDbContext db) =>
        db.Set<InboundMail>().AsNoTracking().Where(m => m.State >= InboundState.Held);

    private static IQueryable<KeptMail> Rows(IQueryable<InboundMail> mails) =>
        mails
            .OrderByDescending(m => m.Id)
            .Take(PageSize + 1)
            .Select(m => new KeptMail(
                m.Id,
                m.Sender == null || m.Sender == "" ? m.ReturnPath : m.Sender,
                m.Subject,
                m.ReceivedAt,
                m.State,
                m.Reason,
                m.SizeBytes,
                m.Attempts,
                m.TicketId,
                m.SpamEvidence
            ));

    private static IQueryable<Notification> Undelivered(HelpdeskDbContext db) =>
        db.Notifications.AsNoTracking().Where(n => n.MailState == MailState.Failed);

    /// <summary>Bytes of a stranger as text that only shows itself: nothing that moves the cursor or turns the direction of writing.</summary>
    internal static string Harmless(ReadOnlySpan<byte> bytes)
    {
        var text = Encoding.UTF8.GetString(bytes[..Math.Min(bytes.Length, MostShownBytes)]);
        var shown = new StringBuilder(text.Length);
        foreach (var c in text)
        {
            if (c == '\r')
                continue;
            var isStrange =
                c is not ('\n' or '\t')
                && CharUnicodeInfo.GetUnicodeCategory(c)
                    is UnicodeCategory.Control
                        or UnicodeCategory.Format
                        or UnicodeCategory.LineSeparator
                        or UnicodeCategory.ParagraphSeparator;
            shown.Append(isStrange ? '\uFFFD' : c);
        }
        return shown.ToString();
    }
}
