using Helpdesk.Routing.AutoAnswer;
using Helpdesk.Tickets;
using Helpdesk.Tickets.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace Helpdesk.Routing.SetUp;

/// <summary>The automatic answers of a set-up: which topics may have them by what was observed here, and writing them.</summary>
internal sealed class AnswersExchange(TimeProvider time, IOptions<RoutingOptions> options)
{
    /// <returns>The topics' keys and promises that the file wants answered and that may be.</returns>
    public async Task<HashSet<(string Topic, double Promise)>> ReadyAsync(
        HelpdeskDbContext db,
        RoutingSetUp file,
        CancellationToken cancellationToken
    )
    {
        var wished = file.AutomaticAnswers.Where(a => a.State is AnsweringState.Answering).ToList();
        var keys = wished.ConvertAll(a => a.Topic);
        var ids = await db
            .Topics.Where(t => keys.Contains(t.Key))
            .ToDictionaryAsync(t => t.Key, t => t.Id, cancellationToken);
        var inForce = await AnsweringBook.InForceAsync(db, cancellationToken);
        var ready = new HashSet<(string, double)>();
        foreach (var answers in wished)
            if (
                ids.TryGetValue(answers.Topic, out var id)
                && (
                    await ReadinessAsync(db, id, inForce.GetValueOrDefault(id), answers.Promise, cancellationToken)
                ).IsReady
            )
                ready.Add((answers.Topic, answers.Promise));
        return ready;
    }

    /// <summary>Writes what is different; the caller saves.</summary>
    /// <param name="who">Null: the desk itself.</param>
    public async Task WriteAsync(
        HelpdeskDbContext db,
        RoutingSetUp before,
        RoutingSetUp wanted,
        Actor? who,
        DateTimeOffset now,
        CancellationToken cancellationToken
    )
    {
        var stands = before.AutomaticAnswers.ToDictionary(a => a.Topic, StringComparer.Ordinal);
        var inForce = await AnsweringBook.InForceAsync(db, cancellationToken);
        var ids = await db.Topics.ToDictionaryAsync(t => t.Key, t => t.Id, StringComparer.Ordinal, cancellationToken);
        var tiers = await db.Tiers.ToDictionaryAsync(t => t.Name, t => t.Id, StringComparer.Ordinal, cancellationToken);
        foreach (var answers in wanted.AutomaticAnswers)
        {
            if (SetUpPlan.IsSame(stands.GetValueOrDefault(answers.Topic), answers))
                continue;
            var id = ids[answers.Topic];
            var last = inForce.GetValueOrDefault(id);
            var readiness = await ReadinessAsync(db, id, last, answers.Promise, cancellationToken);
            var isAnswering = answers.State is AnsweringState.Answering;
            var stays = AnsweringSwitch.Stays(answers.State, answers.Promise, last);
            db.Add(
                new AnsweringChange
                {
                    TopicId = id,
                    Number = (last?.Number ?? 0) + 1,
                    At = now,
                    State = answers.State,
                    Promise = answers.Promise,
                    Threshold =
                        stays ? last!.Threshold
                        : isAnswering ? readiness.Threshold!.From
                        : null,
                    ObservedSince = AnsweringSwitch.SinceOf(answers.State, last, now),
                    ExcludedTiers = AnsweringChange.TierList(answers.ExcludedTiers.Select(t => tiers[t])),
                    Judged = stays ? last!.Judged : readiness.Threshold?.Answers ?? readiness.Judged,
                    Right = stays ? last!.Right : readiness.Threshold?.Right ?? readiness.Right,
                    ByUserId = who?.UserId,
                    ByName = SetUpExchange.NameOf(who),
                }
            );
        }
    }

    private async Task<AnsweringReadiness> ReadinessAsync(
        HelpdeskDbContext db,
        int topicId,
        AnsweringChange? inForce,
        double promise,
        CancellationToken cancellationToken
    )
    {
        var now = time.GetUtcNow();
        var since = now.AddDays(-options.Value.AutoAnswer.EvidenceDays);
        var rows = await AnsweringBook.AnswersAsync(db, since, topicId, cancellationToken);
        return AnsweringBook.Readiness(promise, AnsweringBook.Counting(rows, inForce), options.Value.AutoAnswer, now);
    }
}
