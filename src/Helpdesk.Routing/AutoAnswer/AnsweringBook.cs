using Helpdesk.Tickets.Data;
using Microsoft.EntityFrameworkCore;

namespace Helpdesk.Routing.AutoAnswer;

/// <param name="CustomerId">Whose request it was.</param>
/// <param name="At">When the request was answered, or would have been.</param>
public sealed record AnswerRow(
    long Id,
    int TopicId,
    long CustomerId,
    DateTimeOffset At,
    double Confidence,
    bool IsSent,
    AnswerVerdict Verdict
)
{
    public bool IsJudged => Verdict is AnswerVerdict.Right or AnswerVerdict.Wrong;
}

/// <summary>What the pages, the worker and the timetable read about automatic answers.</summary>
public static class AnsweringBook
{
    /// <summary>
    /// What one customer's requests about one topic say is no independent evidence: so many of them count, those that came last, whatever was judged of
    /// them. Choosing by the verdict would bend the measured share.
    /// </summary>
    public const int MostOfOneCustomer = 3;

    /// <summary>The change in force of each topic that was ever changed.</summary>
    public static Task<Dictionary<int, AnsweringChange>> InForceAsync(
        HelpdeskDbContext db,
        CancellationToken cancellationToken
    )
    {
        var all = db.Set<AnsweringChange>().AsNoTracking();
        return all.Where(c => !all.Any(later => later.TopicId == c.TopicId && later.Number > c.Number))
            .ToDictionaryAsync(c => c.TopicId, cancellationToken);
    }

    /// <summary>Since when a topic answers with the promise and the threshold in force: whom it leaves out may have changed meanwhile.</summary>
    public static async Task<DateTimeOffset> AnswersSinceAsync(
        HelpdeskDbContext db,
        AnsweringChange inForce,
        CancellationToken cancellationToken
    )
    {
        var earlier = db.Set<AnsweringChange>()
            .AsNoTracking()
            .Where(c => c.TopicId == inForce.TopicId && c.Number < inForce.Number)
            .OrderByDescending(c => c.Number)
            .AsAsyncEnumerable();
        var since = inForce.At;
        await foreach (var change in earlier.WithCancellation(cancellationToken))
        {
            if (!AnsweringSwitch.Stays(inForce.State, inForce.Promise, change) || change.Threshold != inForce.Threshold)
                break;
            since = change.At;
        }
        return since;
    }

    /// <summary>The latest answers since then, sent or only noted.</summary>
    public static Task<List<AnswerRow>> AnswersAsync(
        HelpdeskDbContext db,
        DateTimeOffset since,
        int? topicId,
        CancellationToken cancellationToken
    )
    {
        const int Most = 50_000;
        var answers = db.Set<ObservedAnswer>().AsNoTracking().Where(a => a.At >= since);
        if (topicId is { } id)
            answers = answers.Where(a => a.TopicId == id);
        return answers
            .OrderByDescending(a => a.At)
            .ThenByDescending(a => a.Id)
            .Take(Most)
            .Select(a => new AnswerRow(a.Id, a.TopicId, a.Ticket.CustomerId, a.At, a.Confidence, a.IsSent, a.Verdict))
            .ToListAsync(cancellationToken);
    }

    /// <summary>Those of one topic on which a decision may rest.</summary>
    public static IReadOnlyList<AnswerRow> Counting(IEnumerable<AnswerRow> ofTopic, AnsweringChange? inForce) =>
        [.. ofTopic.Where(a => inForce is null || a.At >= inForce.ObservedSince)];

    /// <summary>The judged ones that count as evidence: of each customer and topic the last few.</summary>
    public static IReadOnlyList<AnswerRow> Evidence(IEnumerable<AnswerRow> answers) =>
        [
            .. answers
                .Where(a => a.IsJudged)
                .GroupBy(a => (a.TopicId, a.CustomerId))
                .SelectMany(ofOne =>
                    ofOne.OrderByDescending(a => a.At).ThenByDescending(a => a.Id).Take(MostOfOneCustomer)
                ),
        ];

    /// <inheritdoc cref="Evidence"/>
    public static IReadOnlyList<JudgedAnswer> Judged(IEnumerable<AnswerRow> answers) =>
        [.. Evidence(answers).Select(a => new JudgedAnswer(a.Confidence, a.Verdict is AnswerVerdict.Right))];

    public static AnsweringReadiness Readiness(
        double promise,
        IReadOnlyList<AnswerRow> counting,
        AutoAnswerOptions options,
        DateTimeOffset now
    ) =>
        AnsweringReadiness.Of(
            promise,
            counting.Count == 0 ? null : counting.Min(a => a.At),
            Judged(counting),
            options,
            now
        );
}
