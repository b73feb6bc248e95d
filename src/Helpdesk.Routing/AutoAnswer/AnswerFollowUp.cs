using System.Collections.Concurrent;
using System.Globalization;
using Helpdesk.Tickets;
using Helpdesk.Tickets.Access;
using Helpdesk.Tickets.Data;
using Helpdesk.Tickets.Notifications;
using Helpdesk.Tickets.Settings;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Quartz;

namespace Helpdesk.Routing.AutoAnswer;

/// <summary>
/// What follows on automatic answers: mail that did not get through goes to a person, long silence ends, answers are judged by what people did, and a
/// topic that breaks its promise stops. Each step may run twice, late or on two nodes.
/// </summary>
public sealed class AnswerFollowUp(
    IDbContextFactory<HelpdeskDbContext> databases,
    DeskDirectory directory,
    TimeProvider time,
    IOptions<RoutingOptions> options,
    ILogger<AnswerFollowUp> log
)
{
    private const int BatchSize = 100;
    private static readonly TimeSpan JudgedAgainWithin = TimeSpan.FromDays(60);

    /// <summary>A judgement that is taken back changes what counts, without a wrong one more.</summary>
    private static readonly TimeSpan WeighedAgainAfter = TimeSpan.FromHours(1);

    /// <summary>Topics with enough evidence that keep their promise: the change in force and the wrong answers with which they did.</summary>
    private readonly ConcurrentDictionary<int, ((int Change, int Wrong) Seen, DateTimeOffset At)> _weighed = new();

    private AutoAnswerOptions Options => options.Value.AutoAnswer;

    public async Task RunAsync(CancellationToken cancellationToken = default)
    {
        await RescueUndeliveredAsync(cancellationToken);
        await EndSilenceAsync(cancellationToken);
        await JudgeAsync(cancellationToken);
        await WithdrawAsync(cancellationToken);
    }

    /// <summary>Nobody waits for an answer that was never delivered.</summary>
    private async Task RescueUndeliveredAsync(CancellationToken cancellationToken)
    {
        var late = time.GetUtcNow() - Options.DeliveredWithin;
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        var ids = await db
            .Tickets.Where(t => t.AutoAnswer == AutoAnswerState.Sent && t.Status == TicketStatus.Waiting)
            .Join(
                db.Notifications.Where(n =>
                    n.Kind == NotificationKind.AutoAnswer
                    && (
                        n.MailState == MailState.Failed
                        || n.MailState == MailState.Suppressed
                        || (n.MailState == MailState.Pending && n.MailQueuedAt < late)
                    )
                ),
                t => t.Id,
                n => n.TicketId,
                (t, _) => t.Id
            )
            .Take(BatchSize)
            .ToListAsync(cancellationToken);
        await ChangeAsync(
            ids,
            (ticket, picture, now) => ticket.LoseAutoAnswer(picture.TermsOf(ticket), now),
            cancellationToken
        );
    }

    private async Task EndSilenceAsync(CancellationToken cancellationToken)
    {
        var before = time.GetUtcNow().AddDays(-Options.SilenceDays);
        List<long> ids;
        do
        {
            await using var db = await databases.CreateDbContextAsync(cancellationToken);
            ids = await db
                .Tickets.Where(t =>
                    t.AutoAnswer == AutoAnswerState.Sent
                    && t.AutoAnsweredAt < before
                    && t.Status == TicketStatus.Waiting
                )
                .OrderBy(t => t.AutoAnsweredAt)
                .Select(t => t.Id)
                .Take(BatchSize)
                .ToListAsync(cancellationToken);
        } while (
            await ChangeAsync(
                ids,
                (ticket, picture, now) => ticket.EndSilence(picture.TermsOf(ticket), now),
                cancellationToken
            )
            && ids.Count == BatchSize
        );
    }

    /// <returns>False when a ticket could not be saved.</returns>
    private async Task<bool> ChangeAsync(
        List<long> ids,
        Action<Ticket, DeskPicture, DateTimeOffset> change,
        CancellationToken cancellationToken
    )
    {
        if (ids.Count == 0)
            return true;
        var (all, picture) = (true, await directory.GetAsync(cancellationToken));
        foreach (var id in ids)
        {
            await using var db = await databases.CreateDbContextAsync(cancellationToken);
            if (await TicketIntake.ForChangeAsync(db, id, cancellationToken) is not { } ticket)
                continue;
            try
            {
                change(ticket, picture, time.GetUtcNow());
                await db.SaveChangesAsync(cancellationToken);
            }
            catch (DbUpdateException conflict)
            {
                // somebody changed it at this moment; the next run looks again
                log.LogInformation("Ticket {TicketId} changed meanwhile ({Error})", id, conflict.GetType().Name);
                all = false;
            }
        }
        return all;
    }

    /// <summary>Judges what is open, and once more what was judged lately and may be wrong after all.</summary>
    private async Task JudgeAsync(CancellationToken cancellationToken)
    {
        await JudgeAsync(answers => answers.Where(a => a.Verdict == AnswerVerdict.Open), cancellationToken);
        var recently = time.GetUtcNow() - JudgedAgainWithin;
        // silence is judged when it ends, and may be broken for as long after that
        var earliest = recently.AddDays(-Options.SilenceDays - 1);
        await JudgeAsync(
            answers =>
                answers.Where(a =>
                    a.At >= earliest
                    && (
                        (
                            a.At >= recently
                            && a.Verdict == AnswerVerdict.Right
                            && (a.Ticket.Reopenings > 0 || a.Ticket.TopicId != a.TopicId)
                        )
                        || (
                            a.IsSent
                            && a.Verdict == AnswerVerdict.NotJudged
                            && a.JudgedAt >= recently
                            && a.Ticket.AutoAnswer == AutoAnswerState.Silent
                            && (a.Ticket.Reopenings > 0 || a.Ticket.TopicId != a.TopicId)
                        )
                    )
                ),
            cancellationToken
        );
    }

    private async Task JudgeAsync(
        Func<IQueryable<ObservedAnswer>, IQueryable<ObservedAnswer>> which,
        CancellationToken cancellationToken
    )
    {
        var now = time.GetUtcNow();
        for (long after = 0; ; )
        {
            await using var db = await databases.CreateDbContextAsync(cancellationToken);
            var batch = await which(db.Set<ObservedAnswer>())
                .Where(a => a.Id > after)
                .Include(a => a.Ticket)
                .OrderBy(a => a.Id)
                .Take(BatchSize)
                .ToListAsync(cancellationToken);
            foreach (var answer in batch)
            {
                var verdict = AnswerJudgement.Of(answer, JudgedTicket.Of(answer.Ticket));
                if (verdict != answer.Verdict)
                    answer.Judge(verdict, now);
            }
            await db.SaveChangesAsync(cancellationToken);
            if (batch.Count < BatchSize)
                return;
            after = batch[^1].Id;
        }
    }

    private async Task WithdrawAsync(CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        foreach (var change in (await AnsweringBook.InForceAsync(db, cancellationToken)).Values)
        {
            if (change.State is not AnsweringState.Answering)
                continue;
            var since = await AnsweringBook.AnswersSinceAsync(db, change, cancellationToken);
            // of a topic with many right ones all would be read every two minutes, and only a wrong one more can make it worse
            var wrong = await db.Set<ObservedAnswer>()
                .CountAsync(
                    a => a.TopicId == change.TopicId && a.Verdict == AnswerVerdict.Wrong && a.At >= since && a.IsSent,
                    cancellationToken
                );
            var seen = (change.Number, wrong);
            if (
                wrong == 0
                || (
                    _weighed.TryGetValue(change.TopicId, out var before)
                    && before.Seen == seen
                    && time.GetUtcNow() - before.At < WeighedAgainAfter
                )
            )
                continue;
            var sent = (await AnsweringBook.AnswersAsync(db, since, change.TopicId, cancellationToken)).Where(a =>
                a.IsSent
            );
            var evidence = AnsweringBook.Evidence(sent);
            var right = evidence.Count(a => a.Verdict is AnswerVerdict.Right);
            if (AnsweringWithdrawal.IsDue(change.Promise, evidence, Options))
                await WithdrawAsync(change, evidence.Count, right, cancellationToken);
            else if (evidence.Count - wrong >= Options.ObservationsJudged)
                _weighed[change.TopicId] = (seen, time.GetUtcNow());
        }
    }

    private async Task WithdrawAsync(AnsweringChange change, int judged, int right, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var picture = await directory.GetAsync(cancellationToken);
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        db.Add(
            new AnsweringChange
            {
                TopicId = change.TopicId,
                Number = change.Number + 1,
                At = now,
                State = AnsweringState.Withdrawn,
                Promise = change.Promise,
                ObservedSince = now,
                ExcludedTiers = change.ExcludedTiers,
                Judged = judged,
                Right = right,
            }
        );
        db.Add(
            await AnsweringRecord.OfAsync(
                db,
                "automatic answers withdrawn",
                change,
                AnsweringState.Withdrawn,
                change.Promise,
                who: null,
                now,
                change.TopicId,
                cancellationToken
            )
        );
        var facts = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["link"] = string.Create(
                CultureInfo.InvariantCulture,
                $"/supervise/routing/answers?topic={change.TopicId}"
            ),
            ["topic"] = picture.Topics.GetValueOrDefault(change.TopicId)?.Name ?? "",
            ["right"] = right.ToString(CultureInfo.InvariantCulture),
            ["judged"] = judged.ToString(CultureInfo.InvariantCulture),
            ["promise"] = (change.Promise * 100).ToString("0.#", CultureInfo.InvariantCulture),
        };
        foreach (var address in await ToldAsync(db, cancellationToken))
            db.Notifications.Add(Notification.ToAddress(NotificationKind.AnsweringWithdrawn, address, facts, now));
        try
        {
            await db.SaveChangesAsync(cancellationToken);
            log.LogWarning(
                "Topic {TopicId} answers no longer: {Right} of {Judged} were right",
                change.TopicId,
                right,
                judged
            );
        }
        catch (DbUpdateException)
        {
            // another node, or a person, was quicker, and they are told once
        }
    }

    private static Task<List<string>> ToldAsync(HelpdeskDbContext db, CancellationToken cancellationToken) =>
        (
            from user in db.Users.AsNoTracking()
            join userRole in db.UserRoles on user.Id equals userRole.UserId
            join role in db.Roles on userRole.RoleId equals role.Id
            where
                (role.Name == Roles.Supervisor || role.Name == Roles.Administrator)
                && user.DeactivatedAt == null
                && user.Email != null
            select user.Email
        )
            .Distinct()
            .ToListAsync(cancellationToken);
}

/// <summary>Wakes the follow-up.</summary>
[DisallowConcurrentExecution]
public sealed class FollowAnswersJob(AnswerFollowUp followUp) : IJob
{
    public async ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken = default) =>
        await followUp.RunAsync(cancellationToken);
}
