using Helpdesk.Routing;
using Helpdesk.Routing.AutoAnswer;
using Helpdesk.Routing.Classification;
using Helpdesk.Tickets;
using Helpdesk.Tickets.Access;
using Helpdesk.Tickets.Data;
using Helpdesk.Tickets.Settings;
using Helpdesk.Tickets.Topics;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace Helpdesk.Web.Components.Supervise;

/// <summary>What one topic does with automatic answers.</summary>
/// <param name="Counting">Answers on which a decision may rest, sent or only noted.</param>
/// <param name="Readiness">For the promise in force, or the usual one.</param>
/// <param name="SentJudged">Of those sent.</param>
public sealed record TopicAnswers(
    Topic Topic,
    AnsweringChange? InForce,
    IReadOnlyList<AnswerRow> Counting,
    AnsweringReadiness Readiness,
    int Sent,
    int SentJudged,
    int SentRight
)
{
    public AnsweringState State => InForce?.State ?? AnsweringState.Observing;
    public double Promise => InForce?.Promise ?? AnswersReader.UsualPromise;
    public IReadOnlyList<JudgedAnswer> Judged { get; } = AnsweringBook.Judged(Counting);

    /// <summary>Judged, and left out because their customers have newer ones.</summary>
    public int NotCounted => Counting.Count(a => a.IsJudged) - Judged.Count;
}

/// <summary>The page's figures.</summary>
/// <param name="Requests">Of the last 28 days; so with the next two.</param>
/// <param name="Answered">By the desk itself.</param>
/// <param name="SentJudged">Since the evidence begins; so with the next two.</param>
/// <param name="LowerBound">Of the precision of what was sent.</param>
public sealed record AnswersReport(
    int Requests,
    int Common,
    int Answered,
    int SentJudged,
    int SentRight,
    double LowerBound,
    IReadOnlyList<TopicAnswers> Topics
);

/// <summary>One automatic answer, sent or noted, and what came of it.</summary>
public sealed record ListedAnswer
{
    public required long Id { get; init; }
    public required long TicketId { get; init; }
    public required string Subject { get; init; }
    public required int TopicId { get; init; }
    public required DateTimeOffset At { get; init; }
    public required double Confidence { get; init; }
    public required AutoAnswerState State { get; init; }
    public required AnswerVerdict Verdict { get; init; }
}

/// <param name="OlderFrom">Where the next page begins; null at the end.</param>
public sealed record SentAnswersPage(IReadOnlyList<ListedAnswer> Rows, long? OlderFrom);

/// <summary>What the page about automatic answers asks.</summary>
public sealed class AnswersReader(
    IDbContextFactory<HelpdeskDbContext> databases,
    DeskDirectory directory,
    TimeProvider time,
    IOptions<RoutingOptions> options
)
{
    public const double UsualPromise = 0.95;
    public const int PageSize = 25;
    private const int MostWrong = 10;
    private const int MostChanges = 20;

    public AutoAnswerOptions Options => options.Value.AutoAnswer;

    public async Task<AnswersReport> ReadAsync(CancellationToken cancellationToken = default)
    {
        var now = time.GetUtcNow();
        var picture = await directory.GetAsync(cancellationToken);
        await using var db = databases.CreateDbContext();
        var inForce = await AnsweringBook.InForceAsync(db, cancellationToken);
        var rows = await AnsweringBook.AnswersAsync(db, now.AddDays(-Options.EvidenceDays), null, cancellationToken);
        var byTopic = rows.ToLookup(r => r.TopicId);
        var since = now - TopicFrequencies.Window;
        var counts = await db
            .Tickets.Where(t => t.CreatedAt >= since)
            .GroupBy(_ => 1)
            .Select(g => new
            {
                All = g.Count(),
                Common = g.Count(t => t.Frequency == Frequency.Common),
                Answered = g.Count(t => t.AutoAnswer != AutoAnswerState.None),
            })
            .SingleOrDefaultAsync(cancellationToken);
        var sent = AnsweringBook.Judged(rows.Where(r => r.IsSent));
        var right = sent.Count(j => j.Right);
        return new(
            counts?.All ?? 0,
            counts?.Common ?? 0,
            counts?.Answered ?? 0,
            sent.Count,
            right,
            ExactBound.Lower(right, sent.Count, Options.Certainty),
            [
                .. picture
                    .Topics.Values.Where(t =>
                        t.IsLeaf && !t.IsArchived && (byTopic.Contains(t.Id) || inForce.ContainsKey(t.Id))
                    )
                    .Select(t => Of(t, inForce.GetValueOrDefault(t.Id), [.. byTopic[t.Id]], now))
                    .OrderByDescending(t => t.State is AnsweringState.Answering)
                    .ThenByDescending(t => t.State is AnsweringState.Withdrawn)
                    .ThenByDescending(t => t.Readiness.IsReady)
                    .ThenByDescending(t => t.Judged.Count)
                    .ThenBy(t => t.Topic.Name, StringComparer.CurrentCulture),
            ]
        );
    }

    /// <summary>A topic's changes, newest first.</summary>
    public async Task<IReadOnlyList<AnsweringChange>> HistoryAsync(
        int topicId,
        CancellationToken cancellationToken = default
    )
    {
        await using var db = databases.CreateDbContext();
        return await db.Set<AnsweringChange>()
            .AsNoTracking()
            .Where(c => c.TopicId == topicId)
            .OrderByDescending(c => c.Number)
            .Take(MostChanges)
            .ToListAsync(cancellationToken);
    }

    /// <summary>The automatic answers, newest first.</summary>
    /// <param name="before">The page begins behind this one.</param>
    public async Task<SentAnswersPage> SentAsync(
        Viewer.Staff viewer,
        long? before,
        CancellationToken cancellationToken = default
    )
    {
        await using var db = databases.CreateDbContext();
        var answers = db.Set<ObservedAnswer>().Where(a => a.IsSent);
        if (before is { } id)
            answers = answers.Where(a => a.Id < id);
        var rows = await AnswersOf(answers, db, viewer)
            .OrderByDescending(a => a.Id)
            .Take(PageSize + 1)
            .ToListAsync(cancellationToken);
        var hasMore = rows.Count > PageSize;
        if (hasMore)
            rows.RemoveAt(PageSize);
        return new(rows, hasMore ? rows[^1].Id : null);
    }

    /// <summary>The newest of those that count and were judged wrong, for whoever wants to see why.</summary>
    public async Task<IReadOnlyList<ListedAnswer>> WrongAsync(
        Viewer.Staff viewer,
        TopicAnswers topic,
        CancellationToken cancellationToken = default
    )
    {
        var wrong = AnsweringBook
            .Evidence(topic.Counting)
            .Where(a => a.Verdict is AnswerVerdict.Wrong)
            .Take(MostWrong)
            .Select(a => a.Id)
            .ToList();
        await using var db = databases.CreateDbContext();
        return await AnswersOf(db.Set<ObservedAnswer>().Where(a => wrong.Contains(a.Id)), db, viewer)
            .OrderByDescending(a => a.Id)
            .ToListAsync(cancellationToken);
    }

    /// <summary>For another promise: whether it could be made now, and what it would cover.</summary>
    public AnsweringReadiness Readiness(TopicAnswers topic, double promise) =>
        AnsweringBook.Readiness(promise, topic.Counting, Options, time.GetUtcNow());

    private static IQueryable<ListedAnswer> AnswersOf(
        IQueryable<ObservedAnswer> answers,
        HelpdeskDbContext db,
        Viewer.Staff viewer
    ) =>
        answers
            .Join(db.Tickets.VisibleTo(viewer), a => a.TicketId, t => t.Id, (a, t) => new { Answer = a, Ticket = t })
            .Select(r => new ListedAnswer
            {
                Id = r.Answer.Id,
                TicketId = r.Answer.TicketId,
                Subject = r.Ticket.Subject,
                TopicId = r.Answer.TopicId,
                At = r.Answer.At,
                Confidence = r.Answer.Confidence,
                State = r.Ticket.AutoAnswer,
                Verdict = r.Answer.Verdict,
            });

    private TopicAnswers Of(Topic topic, AnsweringChange? inForce, IReadOnlyList<AnswerRow> rows, DateTimeOffset now)
    {
        var counting = AnsweringBook.Counting(rows, inForce);
        var sent = rows.Where(r => r.IsSent).ToList();
        var judged = AnsweringBook.Judged(sent);
        return new(
            topic,
            inForce,
            counting,
            AnsweringBook.Readiness(inForce?.Promise ?? UsualPromise, counting, Options, now),
            sent.Count,
            judged.Count,
            judged.Count(j => j.Right)
        );
    }
}
