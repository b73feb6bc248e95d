using Helpdesk.Tickets;
using Helpdesk.Tickets.Data;
using Helpdesk.Tickets.Settings;
using Microsoft.EntityFrameworkCore;
using NodaTime;

namespace Helpdesk.Web.Components.Supervise.Wall;

/// <summary>One hour of today by the desk's clock; everything is added up from midnight to its end, or to now.</summary>
/// <param name="Hour">0 to 23.</param>
/// <param name="CameIn">Null for hours to come.</param>
/// <param name="Expected">What will have come in by the hour's end; null for hours that are over, or without a history.</param>
public sealed record WallHour(int Hour, int? CameIn, int? Resolved, double? Expected);

/// <param name="Hours">All 24 of them.</param>
/// <param name="First">The first hour in which anything usually comes, or came.</param>
/// <param name="End">The hour after the last of these; after the present one at least.</param>
/// <param name="Now">Hours since midnight by the desk's clock.</param>
/// <param name="ZoneId">The desk's time zone, an IANA id.</param>
/// <param name="Expected">By the end of the day; null without a history.</param>
/// <param name="Weeks">How many earlier days the expectation is the mean of; 0 = there is none.</param>
public sealed record WallDay(
    IReadOnlyList<WallHour> Hours,
    int First,
    int End,
    double Now,
    int CameIn,
    int Resolved,
    double? Expected,
    int Weeks,
    string ZoneId
);

/// <summary>
/// Today by the hour, and what is usual on this day of the week. The four earlier days are counted once a day and the hours that are over once in five
/// minutes; only the hour that runs is counted each time.
/// </summary>
public sealed class HourCounts(DeskDirectory directory, TimeProvider time) : IDisposable
{
    public const int Weeks = 4;
    private const int HoursADay = 24;

    /// <summary>Hours with less than this share of a usual day do not make the chart longer.</summary>
    private const double Little = 0.01;
    private const int Shortest = 4;
    private static readonly TimeSpan KeptFor = TimeSpan.FromMinutes(5);

    private readonly SemaphoreSlim reading = new(1, 1);
    private volatile Kept? kept;

    /// <summary>Counts by team and hour; team 0 stands for none.</summary>
    private sealed class Counts
    {
        private readonly Dictionary<int, int[]> teams = [];

        public void Add(int? teamId, int hour)
        {
            if (!teams.TryGetValue(teamId ?? 0, out var hours))
                teams[teamId ?? 0] = hours = new int[HoursADay];
            hours[hour]++;
        }

        public int Of(int? teamId, int hour) =>
            teamId is { } team ? teams.GetValueOrDefault(team)?[hour] ?? 0 : teams.Values.Sum(hours => hours[hour]);
    }

    /// <param name="ZoneId">Whose hours these are.</param>
    /// <param name="Before">What came in on the same day of the last weeks on which anything came.</param>
    /// <param name="Until">Where today's complete hours end.</param>
    private sealed record Kept(
        LocalDate Day,
        string ZoneId,
        IReadOnlyList<Counts> Before,
        Counts CameIn,
        Counts Resolved,
        DateTimeOffset Until,
        DateTimeOffset ReadAt
    );

    public void Dispose() => reading.Dispose();

    /// <param name="teamId">Only this team's tickets; null = all.</param>
    public async Task<WallDay> ReadAsync(
        HelpdeskDbContext db,
        int? teamId,
        CancellationToken cancellationToken = default
    )
    {
        var picture = await directory.GetAsync(cancellationToken);
        var zone = DateTimeZoneProviders.Tzdb.GetZoneOrNull(picture.Settings.TimeZoneId) ?? DateTimeZone.Utc;
        var instant = time.GetUtcNow();
        var now = Instant.FromDateTimeOffset(instant).InZone(zone);
        var hours = await KeptAsync(db, now, instant, cancellationToken);
        var (cameIn, resolved) = (new Counts(), new Counts());
        await CountAsync(
            db,
            hours.Until,
            instant + TimeSpan.FromMilliseconds(1),
            zone,
            cameIn,
            resolved,
            cancellationToken
        );
        return DayOf(hours, cameIn, resolved, teamId, now);
    }

    /// <summary>When today began by the desk's clock, UTC.</summary>
    public async ValueTask<DateTimeOffset> StartOfTodayAsync(CancellationToken cancellationToken = default)
    {
        var picture = await directory.GetAsync(cancellationToken);
        var zone = DateTimeZoneProviders.Tzdb.GetZoneOrNull(picture.Settings.TimeZoneId) ?? DateTimeZone.Utc;
        return StartOf(Instant.FromDateTimeOffset(time.GetUtcNow()).InZone(zone).Date, zone);
    }

    private async Task<Kept> KeptAsync(
        HelpdeskDbContext db,
        ZonedDateTime now,
        DateTimeOffset instant,
        CancellationToken cancellationToken
    )
    {
        var until = instant - TimeSpan.FromTicks(instant.Ticks % TimeSpan.TicksPerHour);
        if (IsFresh(kept, now, until, instant))
            return kept!;
        await reading.WaitAsync(cancellationToken);
        try
        {
            if (IsFresh(kept, now, until, instant))
                return kept!;
            var start = StartOf(now.Date, now.Zone);
            until = until < start ? start : until;
            var before =
                kept is { } earlier && IsOf(earlier, now)
                    ? earlier.Before
                    : await BeforeAsync(db, now.Date, now.Zone, cancellationToken);
            var (cameIn, resolved) = (new Counts(), new Counts());
            await CountAsync(db, start, until, now.Zone, cameIn, resolved, cancellationToken);
            return kept = new(now.Date, now.Zone.Id, before, cameIn, resolved, until, instant);
        }
        finally
        {
            reading.Release();
        }
    }

    // the same hours: a desk may get another time zone while it runs
    private static bool IsOf(Kept kept, ZonedDateTime now) => kept.Day == now.Date && kept.ZoneId == now.Zone.Id;

    private static bool IsFresh(Kept? kept, ZonedDateTime now, DateTimeOffset until, DateTimeOffset instant) =>
        kept is not null
        && IsOf(kept, now)
        && kept.Until >= until
        && instant - kept.ReadAt is var age
        && age >= TimeSpan.Zero
        && age < KeptFor;

    private static async Task<List<Counts>> BeforeAsync(
        HelpdeskDbContext db,
        LocalDate day,
        DateTimeZone zone,
        CancellationToken cancellationToken
    )
    {
        var days = new List<Counts>();
        for (var week = 1; week <= Weeks; week++)
        {
            var counts = new Counts();
            var date = day.PlusWeeks(-week);
            var came = await CameInAsync(
                db,
                StartOf(date, zone),
                StartOf(date.PlusDays(1), zone),
                zone,
                counts,
                cancellationToken
            );
            if (came > 0) // before the desk's first week, and on holidays, nothing is usual
                days.Add(counts);
        }
        return days;
    }

    private static async Task CountAsync(
        HelpdeskDbContext db,
        DateTimeOffset from,
        DateTimeOffset to,
        DateTimeZone zone,
        Counts cameIn,
        Counts resolved,
        CancellationToken cancellationToken
    )
    {
        await CameInAsync(db, from, to, zone, cameIn, cancellationToken);
        // what is resolved stays so for two weeks before it is closed
        var done = db
            .Tickets.Where(t =>
                t.Status == TicketStatus.Resolved
                && t.ResolvedAt >= from
                && t.ResolvedAt < to
                && !t.IsEmptied
                && t.IsSpam != true
            )
            .Select(t => new { At = t.ResolvedAt!.Value, t.TeamId })
            .AsAsyncEnumerable();
        await foreach (var ticket in done.WithCancellation(cancellationToken))
            resolved.Add(ticket.TeamId, HourOf(ticket.At, zone));
    }

    private static async Task<int> CameInAsync(
        HelpdeskDbContext db,
        DateTimeOffset from,
        DateTimeOffset to,
        DateTimeZone zone,
        Counts counts,
        CancellationToken cancellationToken
    )
    {
        var all = 0;
        var tickets = db
            .Tickets.Where(t => t.CreatedAt >= from && t.CreatedAt < to && !t.IsEmptied && t.IsSpam != true)
            .Select(t => new { t.CreatedAt, t.TeamId })
            .AsAsyncEnumerable();
        await foreach (var ticket in tickets.WithCancellation(cancellationToken))
        {
            counts.Add(ticket.TeamId, HourOf(ticket.CreatedAt, zone));
            all++;
        }
        return all;
    }

    private static WallDay DayOf(Kept kept, Counts cameIn, Counts resolved, int? teamId, ZonedDateTime now)
    {
        var hours = new List<WallHour>(24);
        var (came, done, expected) = (0, 0, 0.0);
        var usually = Enumerable
            .Range(0, HoursADay)
            .Select(hour => kept.Before.Count == 0 ? 0 : kept.Before.Average(day => day.Of(teamId, hour)))
            .ToArray();
        for (var hour = 0; hour < HoursADay; hour++)
        {
            var usual = usually[hour];
            if (hour <= now.Hour)
            {
                came += kept.CameIn.Of(teamId, hour) + cameIn.Of(teamId, hour);
                done += kept.Resolved.Of(teamId, hour) + resolved.Of(teamId, hour);
                expected = came + (hour == now.Hour ? usual * (60 - now.Minute) / 60 : 0);
            }
            else
            {
                expected += usual;
            }
            hours.Add(
                new(
                    hour,
                    hour <= now.Hour ? came : null,
                    hour <= now.Hour ? done : null,
                    hour >= now.Hour && kept.Before.Count > 0 ? expected : null
                )
            );
        }
        var passed = now.Hour + (now.Minute / 60.0);
        var busy = hours.FindAll(h => usually[h.Hour] > usually.Sum() * Little || (h.CameIn ?? 0) > 0);
        var first = Math.Min(busy.Count == 0 ? now.Hour : busy[0].Hour, Math.Max(0, now.Hour - Shortest + 1));
        var end = busy.FindLast(h => h.CameIn is null)?.Hour ?? now.Hour;
        return new(
            hours,
            first,
            Math.Min(HoursADay, Math.Max(end + 1, first + Shortest)),
            passed,
            came,
            done,
            kept.Before.Count > 0 ? expected : null,
            kept.Before.Count,
            now.Zone.Id
        );
    }

    private static DateTimeOffset StartOf(LocalDate day, DateTimeZone zone) =>
        zone.AtStartOfDay(day).ToDateTimeOffset().ToUniversalTime();

    private static int HourOf(DateTimeOffset at, DateTimeZone zone) => Instant.FromDateTimeOffset(at).InZone(zone).Hour;
}
