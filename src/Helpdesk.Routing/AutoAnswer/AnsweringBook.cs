using Helpdesk.Tickets.Data;
using Microsoft.EntityFrameworkCore;

namespace Helpdesk.Routing.AutoAnswer;

/// <param name="At">When the request was answered, or would have been.</param>
public sealed record AnswerRow(int TopicId, DateTimeOffset At, double Confidence, bool IsSent, AnswerVerdict Verdict);

/// <summary>What the pages, the worker and the timetable read about automatic answers.</summary>
public static class AnsweringBook
{
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
            .Take(Most)
            .Select(a => new AnswerRow(a.TopicId, a.At, a.Confidence, a.IsSent, a.Verdict))
            .ToListAsync(cancellationToken);
    }

    /// <summary>Those of one topic on which a decision may rest.</summary>
    public static IReadOnlyList<AnswerRow> Counting(IEnumerable<AnswerRow> ofTopic, AnsweringChange? inForce) =>
        [.. ofTopic.Where(a => inForce is null || a.At >= inForce.ObservedSince)];

    public static IReadOnlyList<JudgedAnswer> Judged(IEnumerable<AnswerRow> answers) =>
        [
            .. answers
                .Where(a => a.Verdict is AnswerVerdict.Right or AnswerVerdict.Wrong)
                .Select(a => new JudgedAnswer(a.Confidence, a.Verdict is AnswerVerdict.Right)),
        ];

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
