using Helpdesk.Tickets.Access;
using Helpdesk.Tickets.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Helpdesk.Routing.AutoAnswer;

/// <summary>What somebody wants a topic to do.</summary>
/// <param name="SeenNumber">The number of the change they saw in force; 0 for none.</param>
public sealed record AnsweringOrder(
    int TopicId,
    int SeenNumber,
    AnsweringState State,
    double Promise,
    IReadOnlyCollection<int> ExcludedTiers,
    string Reason
);

/// <summary>Why an order was not carried out.</summary>
public enum AnsweringRefusal
{
    /// <summary>Only administrators let a topic answer; supervisors may stop it.</summary>
    NotYours,

    /// <summary>Somebody else, or the desk, changed it meanwhile.</summary>
    Changed,

    /// <summary>It was not observed for long enough, or no confidence keeps the promise.</summary>
    NotReady,

    /// <summary>A withdrawal says why.</summary>
    NoReason,

    /// <summary>There is no such topic, or no such promise.</summary>
    Gone,
}

/// <summary>Lets topics answer by themselves, and stops them.</summary>
public sealed class AnsweringSwitch(
    IDbContextFactory<HelpdeskDbContext> databases,
    TimeProvider time,
    IOptions<RoutingOptions> options,
    ILogger<AnsweringSwitch> log
)
{
    /// <summary>What may be promised.</summary>
    public static readonly double[] Promises = [0.9, 0.95, 0.98, 0.99];

    /// <param name="who">Rights as they are now.</param>
    /// <returns>Null when done.</returns>
    public async Task<AnsweringRefusal?> SetAsync(
        AnsweringOrder order,
        Viewer.Staff who,
        CancellationToken cancellationToken = default
    )
    {
        if (!(who.IsAdministrator || (who.SeesAll && order.State is AnsweringState.Withdrawn)))
            return AnsweringRefusal.NotYours;
        if (order.State is AnsweringState.Withdrawn && string.IsNullOrWhiteSpace(order.Reason))
            return AnsweringRefusal.NoReason;
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        if (
            !Promises.Contains(order.Promise)
            || !await db.Topics.AnyAsync(t => t.Id == order.TopicId && t.ParentId != null, cancellationToken)
        )
            return AnsweringRefusal.Gone;
        var inForce = (await AnsweringBook.InForceAsync(db, cancellationToken)).GetValueOrDefault(order.TopicId);
        if ((inForce?.Number ?? 0) != order.SeenNumber || (order.State is AnsweringState.Withdrawn && IsQuiet(inForce)))
            return AnsweringRefusal.Changed;
        var now = time.GetUtcNow();
        var rows = await AnsweringBook.AnswersAsync(
            db,
            now.AddDays(-options.Value.AutoAnswer.EvidenceDays),
            order.TopicId,
            cancellationToken
        );
        var counting = AnsweringBook.Counting(rows, inForce);
        var readiness = AnsweringBook.Readiness(order.Promise, counting, options.Value.AutoAnswer, now);
        var stays = Stays(order.State, order.Promise, inForce);
        if (order.State is AnsweringState.Answering && !stays && !readiness.IsReady)
            return AnsweringRefusal.NotReady;
        db.Add(
            new AnsweringChange
            {
                TopicId = order.TopicId,
                Number = order.SeenNumber + 1,
                At = now,
                State = order.State,
                Promise = order.Promise,
                Threshold =
                    stays ? inForce!.Threshold
                    : order.State is AnsweringState.Answering ? readiness.Threshold!.From
                    : null,
                ObservedSince = SinceOf(order.State, inForce, now),
                ExcludedTiers = AnsweringChange.TierList(order.ExcludedTiers),
                Judged = stays ? inForce!.Judged : readiness.Threshold?.Answers ?? readiness.Judged,
                Right = stays ? inForce!.Right : readiness.Threshold?.Right ?? readiness.Right,
                ByUserId = who.UserId,
                ByName = Tickets.Text.Cut(who.Name, Rules.RuleChange.MaxNameLength),
                Reason = Tickets.Text.OneLine(order.Reason, AnsweringChange.MaxReasonLength),
            }
        );
        db.Add(
            await AnsweringRecord.OfAsync(
                db,
                "automatic answers set",
                inForce,
                order.State,
                order.Promise,
                who,
                now,
                order.TopicId,
                cancellationToken
            )
        );
        try
        {
            await db.SaveChangesAsync(cancellationToken);
        }
        catch (DbUpdateException) when (order.SeenNumber < int.MaxValue)
        {
            // the same number was given to somebody else at this moment
            return AnsweringRefusal.Changed;
        }
        log.LogInformation("Topic {TopicId} is {State} now, by {UserId}", order.TopicId, order.State, who.UserId);
        return null;
    }

    /// <summary>Stops every topic that answers.</summary>
    /// <returns>How many were stopped; null when the person may not.</returns>
    public async Task<int?> StopAllAsync(string reason, Viewer.Staff who, CancellationToken cancellationToken = default)
    {
        if (!who.SeesAll)
            return null;
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        var stopped = 0;
        foreach (var change in (await AnsweringBook.InForceAsync(db, cancellationToken)).Values)
        {
            if (change.State is not AnsweringState.Answering)
                continue;
            var order = new AnsweringOrder(
                change.TopicId,
                change.Number,
                AnsweringState.Withdrawn,
                change.Promise,
                [.. change.ExcludedTierIds],
                reason
            );
            stopped += await SetAsync(order, who, cancellationToken) is null ? 1 : 0;
        }
        return stopped;
    }

    private static bool IsQuiet(AnsweringChange? inForce) => inForce?.State is not AnsweringState.Answering;

    /// <summary>Whether it goes on answering with the promise it made, on the evidence it was allowed on: who gets a person may change at any time.</summary>
    internal static bool Stays(AnsweringState next, double promise, AnsweringChange? inForce) =>
        next is AnsweringState.Answering
        && inForce is { State: AnsweringState.Answering }
        && Math.Abs(inForce.Promise - promise) < 1e-9;

    // what was off was not observed, unless what was noted before lets it answer; what was withdrawn shows itself anew
    internal static DateTimeOffset SinceOf(AnsweringState next, AnsweringChange? inForce, DateTimeOffset now) =>
        next is AnsweringState.Withdrawn || (inForce?.State is AnsweringState.Off && next is AnsweringState.Observing)
            ? now
            : inForce?.ObservedSince ?? DateTimeOffset.UnixEpoch;
}
