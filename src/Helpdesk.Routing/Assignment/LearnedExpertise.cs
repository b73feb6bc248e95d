using System.Runtime.InteropServices;
using Helpdesk.Tickets;
using Helpdesk.Tickets.Data;
using Helpdesk.Tickets.Settings;
using Helpdesk.Tickets.Sla;
using Microsoft.EntityFrameworkCore;
using Quartz;

namespace Helpdesk.Routing.Assignment;

/// <param name="Solved">Tickets of a topic that one person resolved.</param>
/// <param name="Reopened">Of these, opened again.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct TrackRecord(int Solved, int Reopened)
{
    /// <summary>A record counts as if so many tickets of a newcomer were in it.</summary>
    private const double Smoothing = 10;
    private const double Slowest = 0.5;
    private const double Quickest = 1.5;

    /// <summary>How much quicker than the others on such tickets: 2 = in half of the time; 1 = as quick, or nothing is known.</summary>
    public double Pace { get; init; } = 1;

    /// <summary>
    /// 0 for a newcomer, who so counts like somebody whose solutions last and take twice as long as usual; towards 0.5 for who solved many
    /// of such tickets for good and as quickly as the others, 1 for the quickest, and down to −0.5 for whose solutions do not last.
    /// </summary>
    public double Expertise =>
        Solved == 0 ? 0 : ((Lasting * Math.Clamp(Pace, Slowest, Quickest)) - Slowest) * (Solved / (Solved + Smoothing));

    private double Lasting => Math.Max(0, Solved - Reopened) / (double)Solved;
}

/// <summary>Who solved tickets of which topic in the last half year, how lastingly and how fast; counted each hour, beside the work.</summary>
public sealed class LearnedExpertise(DeskDirectory directory, TimeProvider time)
{
    /// <summary>So many of the newest solutions say how fast somebody is.</summary>
    public const int TimedSolutions = 20_000;

    private static readonly TimeSpan Remembered = TimeSpan.FromDays(180);

    // what is counted each hour is older only where the timetable stands still
    private static readonly TimeSpan KeptFor = TimeSpan.FromHours(3);

    // a solution within minutes is not ten times as good as one within the hour
    private static readonly TimeSpan Least = TimeSpan.FromMinutes(30);

    private sealed record Entry(Dictionary<(Guid, int), TrackRecord> Records, DateTimeOffset At);

    private volatile Entry? _entry;

    /// <summary>As it was last counted in this process; nothing before that. For pages, which nobody shall wait for.</summary>
    public IReadOnlyDictionary<(Guid Specialist, int Topic), TrackRecord> Known => _entry?.Records ?? [];

    /// <returns>By specialist and topic; who is not in it has solved none.</returns>
    public async Task<IReadOnlyDictionary<(Guid Specialist, int Topic), TrackRecord>> GetAsync(
        HelpdeskDbContext db,
        CancellationToken cancellationToken = default
    ) =>
        _entry is { } kept && time.GetUtcNow() - kept.At is var age && age >= TimeSpan.Zero && age < KeptFor
            ? kept.Records
            : await CountAsync(db, cancellationToken);

    /// <summary>Counts anew, whatever is known.</summary>
    public async Task<IReadOnlyDictionary<(Guid Specialist, int Topic), TrackRecord>> CountAsync(
        HelpdeskDbContext db,
        CancellationToken cancellationToken = default
    )
    {
        var now = time.GetUtcNow();
        var since = now - Remembered;
        var solved = db.Tickets.Where(t =>
            t.ResolvedAt >= since && t.SpecialistId != null && t.TopicId != null && t.Replies > 0
        );
        var rows = await solved
            .GroupBy(t => new { t.SpecialistId, t.TopicId })
            .Select(g => new
            {
                g.Key,
                Solved = g.Count(),
                Reopened = g.Count(t => t.Reopenings > 0),
            })
            .ToListAsync(cancellationToken);
        var times = await solved
            .OrderByDescending(t => t.Id)
            .Take(TimedSolutions)
            .Select(t => new SolvingTime(
                t.SpecialistId!.Value,
                t.TopicId!.Value,
                t.Complexity,
                t.SlaPolicyId,
                t.ResolutionStartedAt,
                t.ResolvedAt!.Value,
                t.PausedWorkingTime
            ))
            .ToListAsync(cancellationToken);
        var paces = Paces(times, await directory.GetAsync(cancellationToken));
        var records = rows.ToDictionary(
            r => (r.Key.SpecialistId!.Value, r.Key.TopicId!.Value),
            r => new TrackRecord(r.Solved, r.Reopened)
            {
                Pace = paces.GetValueOrDefault((r.Key.SpecialistId!.Value, r.Key.TopicId!.Value), 1),
            }
        );
        _entry = new Entry(records, now);
        return records;
    }

    /// <summary>
    /// By how much quicker than usual, as a geometric mean over a person's solutions; usual is the geometric mean of everybody's on the same topic at the
    /// same complexity, so that who gets the hard ones is not slow by that.
    /// </summary>
    private static Dictionary<(Guid, int), double> Paces(List<SolvingTime> times, DeskPicture picture)
    {
        var logs = times.ConvertAll(t =>
            (
                Who: (t.SpecialistId, t.TopicId),
                Kind: (t.TopicId, t.Complexity),
                Log: Math.Log((t.Worked(picture.Terms(t.SlaPolicyId)) + Least).TotalHours)
            )
        );
        var usual = logs.GroupBy(l => l.Kind).ToDictionary(g => g.Key, g => g.Average(l => l.Log));
        return logs.GroupBy(l => l.Who).ToDictionary(g => g.Key, g => Math.Exp(g.Average(l => usual[l.Kind] - l.Log)));
    }

    private sealed record SolvingTime(
        Guid SpecialistId,
        int TopicId,
        Complexity? Complexity,
        int? SlaPolicyId,
        DateTimeOffset From,
        DateTimeOffset To,
        TimeSpan Paused
    )
    {
        public TimeSpan Worked(SlaTerms? terms)
        {
            var open = (terms?.Calendar ?? BusinessCalendar.AlwaysOpen).Between(From, To) - Paused;
            return open > TimeSpan.Zero ? open : TimeSpan.Zero;
        }
    }
}

/// <summary>Wakes the count of who solved what.</summary>
[DisallowConcurrentExecution]
public sealed class CountExpertiseJob(LearnedExpertise expertise, IDbContextFactory<HelpdeskDbContext> databases) : IJob
{
    public async ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken = default)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        await expertise.CountAsync(db, cancellationToken);
    }
}
