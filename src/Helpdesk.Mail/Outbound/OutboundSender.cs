using Helpdesk.Mail.Intake;
using Helpdesk.Tickets;
using Helpdesk.Tickets.Data;
using Helpdesk.Tickets.Notifications;
using Helpdesk.Tickets.Settings;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Helpdesk.Mail.Outbound;

/// <summary>
/// Sends what waits. Each mail keeps its Message-ID through all attempts; once the server has taken it, nothing sends it
/// again. Rows are claimed for a time, so several nodes share the work.
/// </summary>
public sealed class OutboundSender(
    IDbContextFactory<HelpdeskDbContext> databases,
    SqliteWriteGate gate,
    DeskDirectory directory,
    IMailSender sender,
    DestinationRests rests,
    Failpoints failpoints,
    MailMetrics metrics,
    TimeProvider time,
    IOptions<OutboundQueueOptions> options,
    ILogger<OutboundSender> log
)
{
    private static readonly TimeSpan RenewEvery = TimeSpan.FromSeconds(30);

    /// <summary>Between two tries to write down that a mail was sent; shorter than any claim, so that nobody else comes first.</summary>
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(10);

    /// <summary>Sends one batch of what is due.</summary>
    /// <returns>How many were due, and whether there was a server to take them.</returns>
    public async Task<OutboundPass> RunAsync(CancellationToken cancellationToken = default)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        var now = time.GetUtcNow();
        var due = await NotificationMails
            .WithContent(db.Notifications)
            .Where(n => n.MailState == MailState.Pending && n.MailNextAttemptAt <= now)
            .OrderBy(n => n.MailNextAttemptAt)
            .ThenBy(n => n.Id)
            .Take(options.Value.BatchSize)
            .ToListAsync(cancellationToken);
        if (due.Count == 0)
            return new(0, IsReachable: true);
        var picture = await directory.GetAsync(cancellationToken);
        failpoints.Hit(Failpoints.BeforeNotificationClaim);
        var claimed = await ClaimAsync(db, due, picture, now, cancellationToken);
        failpoints.Hit(Failpoints.AfterNotificationClaim);
        var isReachable = await SendAllAsync(db, claimed, picture, cancellationToken);
        return new(due.Count, isReachable);
    }

    /// <inheritdoc cref="MailIntake.ReleaseClaimsAsync"/>
    public async Task ReleaseClaimsAsync(CancellationToken cancellationToken = default)
    {
        var now = time.GetUtcNow();
        var until = now + options.Value.Lease;
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        await db
            .Notifications.Where(n =>
                n.MailState == MailState.Pending
                && n.MailAttempts > 0
                && n.MailNextAttemptAt > now
                && n.MailNextAttemptAt <= until
            )
            .ExecuteUpdateAsync(set => set.SetProperty(n => n.MailNextAttemptAt, now), cancellationToken);
    }

    /// <summary>Counts what waits, for those who watch.</summary>
    public async Task LookAsync(CancellationToken cancellationToken = default)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        var waiting = await db
            .Notifications.Where(n => n.MailState == MailState.Pending)
            .GroupBy(_ => 1)
            .Select(g => new { Depth = g.Count(), OldestAt = g.Min(n => n.CreatedAt) })
            .SingleOrDefaultAsync(cancellationToken);
        metrics.LookedAtOutbound(waiting?.Depth ?? 0, waiting?.OldestAt);
    }

    // ---- claiming

    /// <summary>One commit: attempts counted, Message-IDs final. What another node took in the meantime is left to it.</summary>
    private async Task<List<Notification>> ClaimAsync(
        HelpdeskDbContext db,
        List<Notification> due,
        DeskPicture picture,
        DateTimeOffset now,
        CancellationToken cancellationToken
    )
    {
        var until = now + options.Value.Lease;
        var claimed = new List<Notification>(due.Count);
        using var turn = await gate.EnterAsync(cancellationToken);
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        foreach (var one in due)
        {
            one.MailMessageId ??= $"{picture.Tokens.ForMessageId(one.Token)}@{picture.Settings.MailDomain}";
            var (id, attempts, messageId) = (one.Id, one.MailAttempts, one.MailMessageId);
            var rows = await db
                .Notifications.Where(n =>
                    n.Id == id
                    && n.MailAttempts == attempts
                    && n.MailState == MailState.Pending
                    && n.MailNextAttemptAt <= now
                )
                .ExecuteUpdateAsync(
                    set =>
                        set.SetProperty(n => n.MailAttempts, attempts + 1)
                            .SetProperty(n => n.MailNextAttemptAt, until)
                            .SetProperty(n => n.MailMessageId, messageId),
                    cancellationToken
                );
            if (rows == 0)
                continue;
            one.MailAttempts++;
            claimed.Add(one);
        }
        await transaction.CommitAsync(cancellationToken);
        return claimed;
    }

    private async Task RenewAsync(
        HelpdeskDbContext db,
        IEnumerable<Notification> rest,
        CancellationToken cancellationToken
    )
    {
        var ids = rest.Select(n => n.Id).ToArray();
        var until = time.GetUtcNow() + options.Value.Lease;
        using var turn = await gate.EnterAsync(cancellationToken);
        await db
            .Notifications.Where(n => ids.Contains(n.Id) && n.MailState == MailState.Pending)
            .ExecuteUpdateAsync(set => set.SetProperty(n => n.MailNextAttemptAt, until), cancellationToken);
    }

    // ---- sending

    private async Task<bool> SendAllAsync(
        HelpdeskDbContext db,
        List<Notification> batch,
        DeskPicture picture,
        CancellationToken cancellationToken
    )
    {
        var mails = new NotificationMails(db, picture, time.GetUtcNow());
        var budget = new AutomaticMailBudget(options.Value, time.GetUtcNow());
        await mails.LookUpAsync(batch, cancellationToken);
        await budget.LookUpAsync(db, batch, cancellationToken);
        var renewedAt = time.GetTimestamp();
        foreach (var (index, one) in batch.Index())
        {
            if (time.GetElapsedTime(renewedAt) > RenewEvery)
            {
                await RenewAsync(db, batch.Skip(index), cancellationToken);
                renewedAt = time.GetTimestamp();
            }
            if (ReasonToKeep(one, budget) is { } reason)
            {
                await MarkAsync(one, MailState.Suppressed, reason, cancellationToken);
                continue;
            }
            if (rests.Of(one.Address) is { } until)
            {
                await GiveBackAsync(db, [one], "the other side is resting", until, cancellationToken);
                continue;
            }
            if (await SendAsync(mails, one, cancellationToken) is { State: DeliveryState.Unreachable } nobody)
            {
                var next = time.GetUtcNow() + options.Value.FirstPause;
                await GiveBackAsync(db, batch.Skip(index + 1), nobody.Reply, next, cancellationToken);
                return false;
            }
        }
        return true;
    }

    private static string? ReasonToKeep(Notification notification, AutomaticMailBudget budget) =>
        notification.Address.EndsWith(".invalid", StringComparison.OrdinalIgnoreCase) ? "no-address"
        : notification is { IsAutomatic: true, UserId: null, Ticket.Customer.UndeliverableAt: not null }
            ? "address-bounced"
        : notification is { IsAutomatic: true, UserId: null, Ticket.IsSpam: true } ? "spam"
        // somebody took over, or the customer said no on the page: an article would come in between
        : notification is { Kind: NotificationKind.AutoAnswer, Ticket.AutoAnswer: not AutoAnswerState.Sent }
            ? "overtaken"
        : budget.TryTake(notification) ? null
        : "budget";

    private async Task<Delivery> SendAsync(
        NotificationMails mails,
        Notification notification,
        CancellationToken cancellationToken
    )
    {
        Delivery delivery;
        try
        {
            using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            patience.CancelAfter(options.Value.Lease - TimeSpan.FromSeconds(10));
            var mail = await mails.ComposeAsync(notification, notification.MailMessageId!, patience.Token);
            delivery = (await sender.SendAsync(mail, patience.Token))[0];
            rests.Note(delivery);
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
        {
            log.LogError(
                e,
                "Notification {Id} could not be sent at attempt {Attempt}",
                notification.Id,
                notification.MailAttempts
            );
            delivery = new(notification.Address, DeliveryState.TryLater, e.GetType().Name);
        }
        metrics.Sent(delivery.State.ToString());
        failpoints.Hit(Failpoints.BeforeSentMark);
        await RecordAsync(notification, delivery, cancellationToken);
        failpoints.Hit(Failpoints.AfterSentMark);
        return delivery;
    }

    private async Task RecordAsync(Notification notification, Delivery delivery, CancellationToken cancellationToken)
    {
        switch (delivery.State)
        {
            case DeliveryState.Sent:
                await MarkAsync(notification, MailState.Sent, delivery.Reply, cancellationToken);
                break;
            case DeliveryState.Refused:
                await GiveUpAsync(notification, delivery.Reply, cancellationToken);
                break;
            default:
                var now = time.GetUtcNow();
                if (now - notification.MailQueuedAt >= options.Value.GiveUpAfter)
                    await GiveUpAsync(notification, delivery.Reply, cancellationToken);
                else
                    await PostponeAsync(notification, delivery.Reply, now, cancellationToken);
                break;
        }
    }

    // ---- results

    /// <summary>
    /// Writes down what happened, and does not go on before that is written: a mail that was taken and is not marked would be
    /// sent again, however long the database is away. Only stopping the program ends the wait.
    /// </summary>
    private async Task MarkAsync(
        Notification notification,
        MailState state,
        string remark,
        CancellationToken cancellationToken
    )
    {
        var id = notification.Id;
        var words = Text.OneLine(remark, 500);
        var sentAt = state is MailState.Sent ? time.GetUtcNow() : (DateTimeOffset?)null;
        // links that open something are not kept once they are with their owner
        var data = notification.TicketId is null && state is MailState.Sent ? null : notification.Data;
        for (var pause = TimeSpan.FromMilliseconds(100); ; pause = pause * 2 < LongestPause ? pause * 2 : LongestPause)
        {
            try
            {
                await using var db = await databases.CreateDbContextAsync(CancellationToken.None);
                using var turn = await gate.EnterAsync(CancellationToken.None);
                await db
                    .Notifications.Where(n => n.Id == id)
                    .ExecuteUpdateAsync(
                        set =>
                            set.SetProperty(n => n.MailState, state)
                                .SetProperty(n => n.MailSentAt, sentAt)
                                .SetProperty(n => n.MailNextAttemptAt, (DateTimeOffset?)null)
                                .SetProperty(n => n.MailRemark, words)
                                .SetProperty(n => n.Data, data),
                        CancellationToken.None
                    );
                return;
            }
            catch (Exception e) when (StorageTrouble.IsPassing(e))
            {
                log.LogError(e, "Notification {Id} is {State}, which could not be written down yet", id, state);
                await Task.Delay(pause, time, cancellationToken);
            }
        }
    }

    private async Task GiveUpAsync(Notification notification, string remark, CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        var row = await db
            .Notifications.Include(n => n.Ticket)
            .SingleAsync(n => n.Id == notification.Id, cancellationToken);
        (row.MailState, row.MailNextAttemptAt) = (MailState.Failed, null);
        row.MailRemark = Text.OneLine(remark, 500);
        row.Ticket?.NoteDeliveryFailure(row.Address, row.MailRemark, time.GetUtcNow());
        await AnswerCopyMail.MarkUndeliverableAsync(db, row, time.GetUtcNow(), cancellationToken);
        await db.SaveChangesAsync(cancellationToken);
        log.LogWarning("Notification {Id} could not be delivered", notification.Id);
    }

    private async Task PostponeAsync(
        Notification notification,
        string remark,
        DateTimeOffset now,
        CancellationToken cancellationToken
    )
    {
        var id = notification.Id;
        var words = Text.OneLine(remark, 500);
        var next = now + options.Value.PauseAfter(notification.MailAttempts);
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        using var turn = await gate.EnterAsync(cancellationToken);
        await db
            .Notifications.Where(n => n.Id == id)
            .ExecuteUpdateAsync(
                set => set.SetProperty(n => n.MailNextAttemptAt, next).SetProperty(n => n.MailRemark, words),
                cancellationToken
            );
    }

    /// <summary>No server, or none that takes mail for them now: these were not tried at all.</summary>
    private async Task GiveBackAsync(
        HelpdeskDbContext db,
        IEnumerable<Notification> rest,
        string remark,
        DateTimeOffset next,
        CancellationToken cancellationToken
    )
    {
        var ids = rest.Select(n => n.Id).ToArray();
        if (ids.Length == 0)
            return;
        var words = Text.OneLine(remark, 500);
        using var turn = await gate.EnterAsync(cancellationToken);
        await db
            .Notifications.Where(n => ids.Contains(n.Id))
            .ExecuteUpdateAsync(
                set =>
                    set.SetProperty(n => n.MailAttempts, n => n.MailAttempts - 1)
                        .SetProperty(n => n.MailNextAttemptAt, next)
                        .SetProperty(n => n.MailRemark, words),
                cancellationToken
            );
    }
}

/// <param name="Due">Mails looked at; 0 = nothing to do.</param>
/// <param name="IsReachable">False: the server did not answer, the rest waits too.</param>
public readonly record struct OutboundPass(int Due, bool IsReachable);
