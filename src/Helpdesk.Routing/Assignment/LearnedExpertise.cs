using System.Runtime.InteropServices;
using Helpdesk.Tickets.Data;
using Microsoft.EntityFrameworkCore;

namespace Helpdesk.Routing.Assignment;

/// <param name="Solved">Tickets of a topic that one person resolved.</param>
/// <param name="Reopened">Of these, opened again.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct TrackRecord(int Solved, int Reopened)
{
    /// <summary>The record of a newcomer counts as this many tickets less.</summary>
    private const double Smoothing = 10;

    /// <summary>
    /// 0 for a newcomer, towards 1 for somebody who solved many of such tickets for good: the share of lasting solutions, drawn to
    /// zero as if by ten tickets.
    /// </summary>
    public double Expertise => Math.Max(0, Solved - Reopened) / (Solved + Smoothing);
}

/// <summary>Who solved tickets of which topic in the last half year; counted at most once an hour.</summary>
public sealed class LearnedExpertise(TimeProvider time)
{
    private static readonly TimeSpan Remembered = TimeSpan.FromDays(180);
    private static readonly TimeSpan KeptFor = TimeSpan.FromHours(1);

    private sealed record Entry(Dictionary<(Guid, int), TrackRecord> Records, DateTimeOffset At);

    private volatile Entry? _entry;

    /// <summary>As it was last counted in this process; nothing before that. For pages, which nobody shall wait for.</summary>
    public IReadOnlyDictionary<(Guid Specialist, int Topic), TrackRecord> Known => _entry?.Records ?? [];

    /// <returns>By specialist and topic; who is not in it has solved none.</returns>
    public async Task<IReadOnlyDictionary<(Guid Specialist, int Topic), TrackRecord>> GetAsync(
        HelpdeskDbContext db,
        CancellationToken cancellationToken = default
    )
    {
        var now = time.GetUtcNow();
        if (_entry is { } kept && now - kept.At is var age && age >= TimeSpan.Zero && age < KeptFor)
            return kept.Records;
        var since = now - Remembered;
        var rows = await db
            .Tickets.Where(t => t.ResolvedAt >= since && t.SpecialistId != null && t.TopicId != null && t.Replies > 0)
            .GroupBy(t => new { t.SpecialistId, t.TopicId })
            .Select(g => new
            {
                g.Key,
                Solved = g.Count(),
                Reopened = g.Count(t => t.Reopenings > 0),
            })
            .ToListAsync(cancellationToken);
        var records = rows.ToDictionary(
            r => (r.Key.SpecialistId!.Value, r.Key.TopicId!.Value),
            r => new TrackRecord(r.Solved, r.Reopened)
        );
        _entry = new Entry(records, now);
        return records;
    }
}
