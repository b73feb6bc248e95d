using Helpdesk.Knowledge.Deflection;
using Helpdesk.Routing.Decisions;
using Helpdesk.Tickets;
using Helpdesk.Tickets.Data;
using Helpdesk.Tickets.Settings;
using Microsoft.EntityFrameworkCore;
using NodaTime;

namespace Helpdesk.Web.Components.Supervise;

/// <summary>
/// Reads the service report: each question is a stretch of an index by time, so that it costs what its days hold and not what the desk holds.
/// Kept for some minutes and read by one at a time, because a quarter of a busy desk is hundreds of thousands of rows.
/// </summary>
public sealed class ReportReader(
    IDbContextFactory<HelpdeskDbContext> databases,
    DeskDirectory directory,
    DeflectionLog deflection,
    TimeProvider time
) : IDisposable
{
    public static readonly TimeSpan KeptFor = TimeSpan.FromMinutes(5);

    /// <summary>
    /// Closed tickets have no index by the day they were resolved: they are looked for among those that came in at most this long before the
    /// period. What is resolved and not closed yet is found whatever its age.
    /// </summary>
    private static readonly TimeSpan LookedBack = TimeSpan.FromDays(90);

    private readonly SemaphoreSlim reading = new(1, 1);
    private readonly Dictionary<int, ServiceReport> kept = [];

    /// <summary>The periods that can be asked for, in days.</summary>
    public static IReadOnlyList<int> Periods { get; } = [7, 28, 90];

    public void Dispose() => reading.Dispose();

    /// <param name="days">One of <see cref="Periods"/>: that many complete days up to yesterday, by the desk's clock.</param>
    public async Task<ServiceReport> ReadAsync(int days, CancellationToken cancellationToken = default)
    {
        await reading.WaitAsync(cancellationToken);
        try
        {
            var now = time.GetUtcNow();
            var zone = ZoneOf(await directory.GetAsync(cancellationToken));
            var today = Instant.FromDateTimeOffset(now).InZone(zone).Date;
            var to = StartOf(today, zone);
            if (kept.TryGetValue(days, out var report) && report.To == to && IsFresh(report, now))
                return report;
            return kept[days] = await ReadAsync(today.PlusDays(-days), today, zone, now, cancellationToken);
        }
        finally
        {
            reading.Release();
        }
    }

    private static bool IsFresh(ServiceReport report, DateTimeOffset now) =>
        now - report.ReadAt is var age && age >= TimeSpan.Zero && age < KeptFor;

    private async Task<ServiceReport> ReadAsync(
        LocalDate first,
        LocalDate end,
        DateTimeZone zone,
        DateTimeOffset now,
        CancellationToken cancellationToken
    )
    {
        var (from, to) = (StartOf(first, zone), StartOf(end, zone));
        await using var db = databases.CreateDbContext();
        var cameIn = new int[Period.DaysBetween(first, end)];
        var (all, teams, topics, policies) = (new FigureSum(), NewSums(), NewSums(), NewSums());
        var tickets = db
            .Tickets.AsNoTracking()
            .Where(t => t.CreatedAt >= from && t.CreatedAt < to && !t.IsEmptied && t.IsSpam != true)
            .Select(t => new
            {
                t.CreatedAt,
                t.FirstRespondedAt,
                t.ResolvedAt,
                t.FirstResponseKept,
                t.ResolutionKept,
                t.TeamId,
                t.TopicId,
                t.SlaPolicyId,
            })
            .AsAsyncEnumerable();
        await foreach (var ticket in tickets.WithCancellation(cancellationToken))
        {
            cameIn[DayOf(ticket.CreatedAt, first, zone)]++;
            foreach (
                var sum in (ReadOnlySpan<FigureSum>)
                    [
                        all,
                        SumOf(teams, ticket.TeamId),
                        SumOf(topics, ticket.TopicId),
                        SumOf(policies, ticket.SlaPolicyId),
                    ]
            )
                sum.Add(
                    ticket.FirstRespondedAt - ticket.CreatedAt,
                    ticket.ResolvedAt - ticket.CreatedAt,
                    ticket.FirstResponseKept,
                    ticket.ResolutionKept
                );
        }
        var resolved = await ResolvedAsync(db, first, from, to, cameIn.Length, zone, cancellationToken);
        var before = StartOf(first.PlusDays(-cameIn.Length), zone);
        var decisions = await db.Set<RoutingDecision>()
            .Where(d => d.At >= from && d.At < to && d.ModelId != null)
            .GroupBy(_ => 1)
            .Select(g => new { All = g.Count(), Would = g.Count(d => d.WouldAnswerWith != null) })
            .SingleOrDefaultAsync(cancellationToken);
        return new(
            from,
            to,
            [.. cameIn.Select((count, day) => new DayCount(first.PlusDays(day), count, resolved[day]))],
            await db.Tickets.CountAsync(
                t => t.CreatedAt >= before && t.CreatedAt < from && !t.IsEmptied && t.IsSpam != true,
                cancellationToken
            ),
            all.Result(id: null),
            Results(teams),
            Results(topics),
            Results(policies),
            await deflection.FiguresAsync(from, to, cancellationToken),
            decisions?.All ?? 0,
            decisions?.Would ?? 0,
            now
        );
    }

    private static async Task<int[]> ResolvedAsync(
        HelpdeskDbContext db,
        LocalDate first,
        DateTimeOffset from,
        DateTimeOffset to,
        int days,
        DateTimeZone zone,
        CancellationToken cancellationToken
    )
    {
        var counts = new int[days];
        var lookedFrom = from - LookedBack;
        var inPeriod = db
            .Tickets.AsNoTracking()
            .Where(t => t.ResolvedAt >= from && t.ResolvedAt < to && !t.IsEmptied && t.IsSpam != true);
        foreach (
            var part in (IQueryable<Ticket>[])
                [
                    inPeriod.Where(t => t.Status == TicketStatus.Resolved),
                    inPeriod.Where(t => t.Status == TicketStatus.Closed && t.CreatedAt >= lookedFrom),
                ]
        )
        {
            var instants = part.Select(t => t.ResolvedAt!.Value).AsAsyncEnumerable();
            await foreach (var at in instants.WithCancellation(cancellationToken))
                counts[DayOf(at, first, zone)]++;
        }
        return counts;
    }

    // Id 0 stands for none: a dictionary takes no null.
    private static Dictionary<int, FigureSum> NewSums() => [];

    private static FigureSum SumOf(Dictionary<int, FigureSum> sums, int? id)
    {
        if (!sums.TryGetValue(id ?? 0, out var sum))
            sums[id ?? 0] = sum = new FigureSum();
        return sum;
    }

    private static IReadOnlyList<TicketFigures> Results(Dictionary<int, FigureSum> sums) =>
        [
            .. sums.Select(pair => pair.Value.Result(pair.Key == 0 ? null : pair.Key))
                .OrderByDescending(figures => figures.Tickets)
                .ThenBy(figures => figures.Id),
        ];

    private static DateTimeZone ZoneOf(DeskPicture picture) =>
        DateTimeZoneProviders.Tzdb.GetZoneOrNull(picture.Settings.TimeZoneId) ?? DateTimeZone.Utc;

    private static DateTimeOffset StartOf(LocalDate day, DateTimeZone zone) =>
        zone.AtStartOfDay(day).ToDateTimeOffset().ToUniversalTime();

    private static int DayOf(DateTimeOffset at, LocalDate first, DateTimeZone zone) =>
        Period.DaysBetween(first, Instant.FromDateTimeOffset(at).InZone(zone).Date);
}
