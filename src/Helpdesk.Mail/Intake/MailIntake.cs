using Helpdesk.Mail.Mime;
using Helpdesk.Mail.Spam;
using Helpdesk.Tickets;
using Helpdesk.Tickets.Blobs;
using Helpdesk.Tickets.Data;
using Helpdesk.Tickets.People;
using Helpdesk.Tickets.Settings;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Helpdesk.Mail.Intake;

/// <summary>
/// Works through stored mails: claim, read, decide, and one commit that holds the tickets, the messages and the mails' outcomes.
/// A batch that cannot be committed falls apart into single mails, so one bad mail holds up nobody.
/// </summary>
public sealed class MailIntake(
    IDbContextFactory<HelpdeskDbContext> databases,
    DeskDirectory directory,
    TicketIntake tickets,
    Failpoints failpoints,
    MailMetrics metrics,
    TimeProvider time,
    IOptions<IntakeOptions> options,
    IOptions<StaffAnswerOptions> staffAnswers,
    ReadSpam readSpam,
    ILogger<MailIntake> log
)
{
    private const int MaxConflicts = 3;

    /// <summary>Takes one batch and finishes it.</summary>
    /// <returns>Mails taken; 0 when nothing was due.</returns>
    public async Task<int> RunAsync(CancellationToken cancellationToken = default)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        var claimed = await ClaimAsync(db, cancellationToken);
        if (claimed.Count > 0)
            await HandleAsync(db, claimed, cancellationToken);
        return claimed.Count;
    }

    /// <summary>
    /// Makes claims of an earlier run of this program void. Only for a database that no other process uses; elsewhere claims run out.
    /// </summary>
    public async Task ReleaseClaimsAsync(CancellationToken cancellationToken = default)
    {
        var now = time.GetUtcNow();
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        await db.Set<InboundMail>()
            .Where(m => m.State == InboundState.Pending && m.NextAttemptAt > now && m.Attempts > 0)
            .ExecuteUpdateAsync(set => set.SetProperty(m => m.NextAttemptAt, now), cancellationToken);
    }

    /// <summary>Counts what waits, for those who watch.</summary>
    public async Task LookAsync(CancellationToken cancellationToken = default)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        var waiting = await db.Set<InboundMail>()
            .Where(m => m.State == InboundState.Pending)
            .GroupBy(_ => 1)
            .Select(g => new { Depth = g.Count(), OldestAt = g.Min(m => m.ReceivedAt) })
            .SingleOrDefaultAsync(cancellationToken);
        metrics.LookedAtInbound(waiting?.Depth ?? 0, waiting?.OldestAt);
    }

    // ---- claiming

    /// <summary>
    /// The attempt is counted before anything is read: whatever a mail does to this process, after some attempts it is
    /// left alone. A mail that was tried before is taken alone, so that it cannot use up the attempts of its neighbours.
    /// </summary>
    private async Task<List<InboundMail>> ClaimAsync(HelpdeskDbContext db, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var due = await db.Set<InboundMail>()
            .Where(m => m.State == InboundState.Pending && m.NextAttemptAt <= now)
            .OrderBy(m => m.NextAttemptAt)
            .ThenBy(m => m.Id)
            .Take(options.Value.BatchSize)
            .ToListAsync(cancellationToken);
        // tried so often and without an end: each time the program, not only the reading, came to one
        var spent = due.FindAll(m => m.Attempts >= options.Value.MaxAttempts);
        foreach (var mail in spent)
            Fail(mail, "interrupted", now);
        var batch = Together(due.FindAll(m => m.State is InboundState.Pending));
        foreach (var mail in batch)
            mail.Claim(now + options.Value.Lease);
        if (batch.Count + spent.Count == 0)
            return batch;
        try
        {
            await db.SaveChangesAsync(cancellationToken);
            return batch;
        }
        catch (DbUpdateConcurrencyException)
        {
            return []; // another node was quicker; the next look finds what it left
        }
    }

    private List<InboundMail> Together(List<InboundMail> due)
    {
        var fresh = due.FindAll(m => m.Attempts == 0);
        if (fresh.Count == 0)
            return due.Take(1).ToList();
        var (count, bytes) = (0, 0L);
        while (count < fresh.Count && (count == 0 || bytes + fresh[count].SizeBytes <= options.Value.BatchBytes))
            bytes += fresh[count++].SizeBytes;
        return fresh.GetRange(0, count);
    }

    // ---- handling

    private async Task HandleAsync(HelpdeskDbContext db, List<InboundMail> batch, CancellationToken cancellationToken)
    {
        try
        {
            await FinishAsync(db, batch, cancellationToken);
        }
        catch (Exception e) when (e is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
        {
            if (batch.Count > 1)
                log.LogWarning(
                    "{Count} mails could not be committed together ({Error})",
                    batch.Count,
                    e.GetType().Name
                );
            foreach (var mail in batch)
                await HandleAloneAsync(mail.Id, mail.Attempts, cancellationToken);
        }
    }

    private async Task HandleAloneAsync(long id, int attempt, CancellationToken cancellationToken)
    {
        Exception failure;
        var conflicts = 0;
        do
        {
            await using var db = await databases.CreateDbContextAsync(cancellationToken);
            if (await OursAsync(db, id, attempt, cancellationToken) is not { } mail)
                return;
            try
            {
                await FinishAsync(db, [mail], cancellationToken);
                return;
            }
            catch (Exception e) when (e is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
            {
                failure = e;
            }
            // somebody changed the ticket at the same moment: look at it again
        } while (failure is DbUpdateConcurrencyException && ++conflicts < MaxConflicts);
        await RecordFailureAsync(id, attempt, failure, cancellationToken);
    }

    /// <returns>Null when it has an outcome already or another node has it.</returns>
    private static Task<InboundMail?> OursAsync(
        HelpdeskDbContext db,
        long id,
        int attempt,
        CancellationToken cancellationToken
    ) =>
        db.Set<InboundMail>()
            .SingleOrDefaultAsync(
                m => m.Id == id && m.Attempts == attempt && m.State == InboundState.Pending,
                cancellationToken
            );

    private async Task RecordFailureAsync(long id, int attempt, Exception failure, CancellationToken cancellationToken)
    {
        log.LogError(failure, "Mail {Id} could not be handled at attempt {Attempt}", id, attempt);
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        if (await OursAsync(db, id, attempt, cancellationToken) is not { } mail)
            return;
        var now = time.GetUtcNow();
        if (StorageTrouble.IsPassing(failure) || failure is DbUpdateConcurrencyException)
            mail.GiveBack(now + options.Value.RetryPause);
        else
            Fail(mail, failure.GetType().Name, now);
        await db.SaveChangesAsync(cancellationToken);
    }

    private void Fail(InboundMail mail, string reason, DateTimeOffset now)
    {
        mail.Failed(reason, options.Value.MaxAttempts, options.Value.RetryPause, now);
        if (mail.State is InboundState.Unprocessable)
            log.LogError("Mail {Id} is parked as unprocessable: {Reason}", mail.Id, reason);
    }

    /// <summary>Reads, decides, and commits all of it at once.</summary>
    private async Task FinishAsync(HelpdeskDbContext db, List<InboundMail> batch, CancellationToken cancellationToken)
    {
        var picture = await directory.GetAsync(cancellationToken);
        var read = await ReadAsync(db, batch, picture, cancellationToken);
        var spam = new SpamScreening(
            db,
            await SpamRules.CurrentAsync(db, options.Value.MaxMailsOfUnknownPerHour, cancellationToken),
            readSpam
        );
        var work = new BatchWork(db, tickets, picture, options.Value, staffAnswers.Value, spam, time.GetUtcNow());
        await work.LookUpAsync(read, cancellationToken);
        foreach (var (mail, content) in read)
            await work.ApplyAsync(mail, content, cancellationToken);
        failpoints.Hit(Failpoints.BeforeOutcomeCommit);
        await db.SaveChangesAsync(cancellationToken);
        failpoints.Hit(Failpoints.AfterOutcomeCommit);
        foreach (var mail in batch)
        {
            if (mail.State is not InboundState.Pending)
                metrics.Outcome(mail.State.ToString(), mail.Reason ?? "", work.Now - mail.ReceivedAt);
        }
    }

    private async Task<List<(InboundMail, ReadMail)>> ReadAsync(
        HelpdeskDbContext db,
        List<InboundMail> batch,
        DeskPicture picture,
        CancellationToken cancellationToken
    )
    {
        var ids = batch.Select(m => m.Id).ToArray();
        var raws = await db.Set<RawMail>()
            .AsNoTracking()
            .Where(r => ids.Contains(r.InboundMailId))
            .ToDictionaryAsync(r => r.InboundMailId, cancellationToken);
        var read = new List<(InboundMail, ReadMail)>(batch.Count);
        foreach (var mail in batch)
        {
            try
            {
                var raw = raws[mail.Id];
                // on a thread of its own, so that the line moves on even if reading never ended
                var content = await Task.Run(() => ReadMail.From(raw.Read(), mail.Envelope, picture), cancellationToken)
                    .WaitAsync(options.Value.ReadTimeout, time, cancellationToken);
                read.Add((mail, content));
            }
            catch (Exception e) when (e is not OperationCanceledException)
            {
                log.LogError(e, "Mail {Id} could not be read at attempt {Attempt}", mail.Id, mail.Attempts);
                Fail(mail, e is TimeoutException ? "too-slow" : e.GetType().Name, time.GetUtcNow());
            }
        }
        return read;
    }
}
