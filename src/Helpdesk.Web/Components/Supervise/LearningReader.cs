using System.Linq.Expressions;
using Helpdesk.Routing;
using Helpdesk.Routing.AutoAnswer;
using Helpdesk.Routing.Classification;
using Helpdesk.Routing.Decisions;
using Helpdesk.Routing.Emerging;
using Helpdesk.Routing.Learning;
using Helpdesk.Tickets;
using Helpdesk.Tickets.Data;
using Helpdesk.Tickets.Settings;
using Helpdesk.Tickets.Topics;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace Helpdesk.Web.Components.Supervise;

/// <param name="Begins">The week's first instant, UTC.</param>
/// <param name="Confirmed">Readings of that week about which a specialist has decided since.</param>
public sealed record ReadingWeek(DateTimeOffset Begins, int Confirmed, int Right);

/// <param name="Read">Null: read as special.</param>
/// <param name="Meant">What a specialist made of it; null: special.</param>
/// <param name="Tickets">The latest of them.</param>
public sealed record Confusion(int? Read, int? Meant, int Count, IReadOnlyList<long> Tickets);

/// <summary>The topics that are taken for each other most, and how often.</summary>
/// <param name="Topics">Rows (read as) and columns (meant); null = special.</param>
/// <param name="Cells">How many, by both; those read right among them.</param>
public sealed record ConfusionMatrix(
    IReadOnlyList<int?> Topics,
    IReadOnlyDictionary<(int? Read, int? Meant), int> Cells
)
{
    /// <summary>Of all that was read as the row's topic, as far as the picture shows it; 0 to 1.</summary>
    public double Share(int? read, int? meant) =>
        Cells.TryGetValue((read, meant), out var count)
            ? (double)count / Topics.Sum(t => Cells.GetValueOrDefault((read, t)))
            : 0;
}

/// <param name="Tickets">The newest of those that were read as the one and meant the other.</param>
public sealed record ConfusedRequests(
    int? Read,
    int? Meant,
    int Count,
    IReadOnlyList<(long Id, string Subject, DateTimeOffset At)> Tickets
);

/// <summary>How well the models have read, judged by specialists.</summary>
/// <param name="OtherModels">Of complexity and of spam.</param>
/// <param name="Asked">What stands behind the cell that was asked for.</param>
/// <param name="Tried">Readings of the trial of the model in use: requests that no model read when they came.</param>
/// <param name="Doubted">Corrections that are left out of everything else, because supervisors refused or have not allowed them.</param>
public sealed record LearningReport(
    IReadOnlyList<ClassifierModel> Models,
    IReadOnlyList<ClassifierModel> OtherModels,
    IReadOnlyList<ReadingWeek> Weeks,
    IReadOnlyList<Confusion> Confusions,
    ConfusionMatrix Matrix,
    ConfusedRequests? Asked,
    ComplexityDrift Complexity,
    IReadOnlyList<TopicAdvice> Advice,
    IReadOnlyList<AnswerProspect> Prospects,
    int FewestToPromise,
    int Tried,
    int Doubted
);

/// <param name="Cumulative">Share of all requests in topics up to this one.</param>
public sealed record TopicShare(Topic Topic, int Count, double Cumulative);

/// <param name="Total">Requests with a topic in the last 28 days.</param>
public sealed record TopicReport(
    int Total,
    IReadOnlyList<TopicShare> Topics,
    int Special,
    IReadOnlyList<SpecialCluster> Clusters
);

/// <summary>What the pages about learning and about topics ask.</summary>
public sealed class LearningReader(
    IDbContextFactory<HelpdeskDbContext> databases,
    ModelShelf shelf,
    LiveModels live,
    DeskDirectory directory,
    IOptions<RoutingOptions> options,
    TimeProvider time
)
{
    public const int Weeks = 8;
    private const int MostReadings = 20_000;
    private const int MostConfusions = 12;
    private const int MostAdvice = 8;
    private const int MostInMatrix = 10;
    private const int MostAsked = 50;
    private const int MostTickets = 3;

    /// <param name="asked">A cell of the matrix.</param>
    public async Task<LearningReport> LearningAsync(
        (int? Read, int? Meant)? asked = null,
        CancellationToken cancellationToken = default
    )
    {
        var now = time.GetUtcNow();
        // whole days, or a change of the clocks would move some of them to the day before
        var since = new DateTimeOffset(now.UtcDateTime.Date.AddDays(1 - (7 * Weeks)), TimeSpan.Zero);
        await using var db = databases.CreateDbContext();
        var models = await shelf.ReadAsync(ModelKind.Topics, cancellationToken);
        var readings = await LiveAsync(db, since, cancellationToken);
        var tried = models.FirstOrDefault(m => m.IsActive) is { } active
            ? await TriedAsync(db, active.Id, since, cancellationToken)
            : [];
        var readWhenTheyCame = readings.Select(r => r.TicketId).ToHashSet();
        tried.RemoveAll(r => readWhenTheyCame.Contains(r.TicketId));
        readings.AddRange(tried);
        var doubted = await LabelShiftBook.DoubtedAsync(db, LabelShiftKind.Topic, cancellationToken);
        var left = readings.RemoveAll(r => doubted.Contains((r.TicketId, r.Read, r.Meant)));
        var inUse = (await live.GetAsync(db, cancellationToken)).Complexity;
        return new LearningReport(
            models,
            [
                .. await shelf.ReadAsync(ModelKind.Complexity, cancellationToken),
                .. await shelf.ReadAsync(ModelKind.Spam, cancellationToken),
            ],
            [
                .. Enumerable
                    .Range(0, Weeks)
                    .Select(w => since + TimeSpan.FromDays(7 * w))
                    .Select(begins =>
                    {
                        var week = readings.FindAll(r => r.At > begins && r.At <= begins.AddDays(7));
                        return new ReadingWeek(begins, week.Count, week.Count(r => r.Read == r.Meant));
                    }),
            ],
            [
                .. readings
                    .Where(r => r.Read != r.Meant)
                    .GroupBy(r => (r.Read, r.Meant))
                    .Select(g => new Confusion(
                        g.Key.Read,
                        g.Key.Meant,
                        g.Count(),
                        [.. g.Select(r => r.TicketId).OrderDescending().Take(MostTickets)]
                    ))
                    .OrderByDescending(c => c.Count)
                    .ThenBy(c => c.Read)
                    .ThenBy(c => c.Meant)
                    .Take(MostConfusions),
            ],
            MatrixOf(readings),
            asked is { } cell ? await AskedAsync(db, readings, cell, cancellationToken) : null,
            await ComplexityDrift.ReadAsync(
                db,
                await directory.GetAsync(cancellationToken),
                inUse,
                since,
                cancellationToken
            ),
            [
                .. TopicAdvice
                    .From(readings.ConvertAll(r => new JudgedReading(r.TicketId, r.Read, r.Meant)))
                    .Take(MostAdvice),
            ],
            AnswerProspects.Of(
                readings.Select(r => new ReadAndConfirmed(r.Read, r.CustomerId, r.At, r.Confidence, r.Read == r.Meant)),
                options.Value.AutoAnswer.Certainty
            ),
            AnswerProspects.Fewest(options.Value.AutoAnswer.Certainty),
            tried.Count,
            left
        );
    }

    private sealed record Judged(
        long TicketId,
        DateTimeOffset At,
        long CustomerId,
        int? Read,
        int? Meant,
        double Confidence
    );

    // the pairs that are confused most bring their topics in, as long as there is room
    private static ConfusionMatrix MatrixOf(List<Judged> readings)
    {
        var counts = readings.CountBy(r => (r.Read, r.Meant)).ToDictionary();
        var topics = new List<int?>();
        foreach (
            var ((read, meant), _) in counts
                .Where(c => c.Key.Read != c.Key.Meant)
                .OrderByDescending(c => c.Value)
                .ThenBy(c => c.Key.Read is null || c.Key.Meant is null)
                .ThenBy(c => c.Key.Read)
                .ThenBy(c => c.Key.Meant)
        )
        {
            var missing = new[] { read, meant }.Where(t => !topics.Contains(t)).ToList();
            if (topics.Count + missing.Count > MostInMatrix)
                continue;
            topics.AddRange(missing);
        }
        return new(
            topics,
            counts.Where(c => topics.Contains(c.Key.Read) && topics.Contains(c.Key.Meant)).ToDictionary()
        );
    }

    private static async Task<ConfusedRequests> AskedAsync(
        HelpdeskDbContext db,
        List<Judged> readings,
        (int? Read, int? Meant) cell,
        CancellationToken cancellationToken
    )
    {
        var all = readings.FindAll(r => r.Read == cell.Read && r.Meant == cell.Meant);
        var ids = all.Select(r => r.TicketId).OrderDescending().Take(MostAsked).ToList();
        var tickets = await db
            .Tickets.Where(t => ids.Contains(t.Id))
            .OrderByDescending(t => t.Id)
            .Select(t => new
            {
                t.Id,
                t.Subject,
                t.CreatedAt,
            })
            .ToListAsync(cancellationToken);
        return new(cell.Read, cell.Meant, all.Count, tickets.ConvertAll(t => (t.Id, t.Subject, t.CreatedAt)));
    }

    /// <summary>A person's topic, or an answer given under the topic that was read.</summary>
    private static readonly Expression<Func<Ticket, bool>> IsJudged = t =>
        !t.IsEmptied && t.IsSpam != true && (t.TopicIsManual || (t.Status >= TicketStatus.Resolved && t.Replies > 0));

    /// <summary>What the models in use read when the requests came.</summary>
    private static async Task<List<Judged>> LiveAsync(
        HelpdeskDbContext db,
        DateTimeOffset since,
        CancellationToken cancellationToken
    )
    {
        var decisions = await db.Set<RoutingDecision>()
            .AsNoTracking()
            .Where(d => d.At >= since && d.ModelId != null && d.Confidence > 0 && d.Confidence < 1)
            .Join(
                db.Tickets.Where(IsJudged),
                d => d.TicketId,
                t => t.Id,
                (d, t) =>
                    new
                    {
                        d.Id,
                        d.TicketId,
                        d.At,
                        d.Confidence,
                        Read = d.TopicId,
                        Meant = t.TopicId,
                        t.CustomerId,
                    }
            )
            .OrderByDescending(r => r.Id)
            .Take(MostReadings)
            .ToListAsync(cancellationToken);
        return
        [
            .. decisions
                .GroupBy(r => r.TicketId)
                .Select(g => g.MinBy(r => r.Id)!)
                .Select(r => new Judged(r.TicketId, r.At, r.CustomerId, r.Read, r.Meant, r.Confidence)),
        ];
    }

    /// <summary>What the trial of a model read, which had learned from older requests only.</summary>
    private static Task<List<Judged>> TriedAsync(
        HelpdeskDbContext db,
        int modelId,
        DateTimeOffset since,
        CancellationToken cancellationToken
    ) =>
        db.Set<HeldOutReading>()
            .AsNoTracking()
            .Where(r => r.ModelId == modelId)
            .Join(
                db.Tickets.Where(IsJudged).Where(t => t.CreatedAt >= since),
                r => r.TicketId,
                t => t.Id,
                (r, t) => new Judged(r.TicketId, t.CreatedAt, t.CustomerId, r.TopicId, t.TopicId, r.Confidence)
            )
            .ToListAsync(cancellationToken);

    public async Task<TopicReport> TopicsAsync(CancellationToken cancellationToken = default)
    {
        var now = time.GetUtcNow();
        var since = now - TopicFrequencies.Window;
        await using var db = databases.CreateDbContext();
        // the same that decide which topics are common
        var counts = await db
            .Tickets.Where(t => t.CreatedAt >= since && t.TopicId != null && !t.IsEmptied && t.IsSpam != true)
            .GroupBy(t => t.TopicId!.Value)
            .Select(g => new { g.Key, Count = g.Count() })
            .ToDictionaryAsync(g => g.Key, g => g.Count, cancellationToken);
        var topics = await db.Topics.AsNoTracking().Where(t => t.ParentId != null).ToListAsync(cancellationToken);
        var total = counts.Values.Sum();
        var sum = 0;
        var shares = topics
            .Where(t => counts.ContainsKey(t.Id))
            .OrderByDescending(t => counts[t.Id])
            .ThenBy(t => t.Id)
            .Select(t =>
            {
                sum += counts[t.Id];
                return new TopicShare(t, counts[t.Id], (double)sum / total);
            })
            .ToList();
        var special = await SpecialRequests.ReadAsync(db, now, cancellationToken);
        return new TopicReport(total, shares, special.Requests.Count, SpecialClusters.Find(special, now));
    }
}
