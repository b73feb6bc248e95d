using Helpdesk.Tickets;
using Helpdesk.Tickets.Data;
using Helpdesk.Tickets.Settings;
using Helpdesk.Tickets.Sla;
using Microsoft.EntityFrameworkCore;

namespace Helpdesk.Routing.Outlook;

/// <summary>What the clocks of one request say about how long it took.</summary>
public sealed record ClockFacts(
    int? TopicId,
    Complexity? Complexity,
    TicketPriority Priority,
    int? SlaPolicyId,
    DateTimeOffset CreatedAt,
    DateTimeOffset? FirstRespondedAt,
    DateTimeOffset ResolutionStartedAt,
    DateTimeOffset? ResolvedAt,
    TimeSpan Paused,
    DateTimeOffset? PausedSince,
    int Replies
)
{
    /// <summary>The times of its promises that are known: kept, missed, or still open and late already.</summary>
    public IEnumerable<PastTime> Times(DeskPicture picture, DateTimeOffset now)
    {
        if (picture.Terms(SlaPolicyId) is not { } terms)
            yield break;
        // what an article answered says nothing about people
        var isAnswered = FirstRespondedAt is not null && Replies > 0;
        if (
            terms.Promised(SlaTarget.FirstResponse, Priority) is { Ticks: > 0 } answer
            && (isAnswered || (FirstRespondedAt is null && ResolvedAt is null))
            && Share(terms, answer, CreatedAt, FirstRespondedAt, TimeSpan.Zero, now) is { } first
        )
            yield return new(SlaTarget.FirstResponse, answer, TopicId, Complexity, first);
        if (
            terms.Promised(SlaTarget.Resolution, Priority) is { Ticks: > 0 } solution
            && Share(terms, solution, ResolutionStartedAt, ResolvedAt, Paused, now) is { } resolution
        )
            yield return new(SlaTarget.Resolution, solution, TopicId, Complexity, resolution);
    }

    private double? Share(
        SlaTerms terms,
        TimeSpan promised,
        DateTimeOffset from,
        DateTimeOffset? end,
        TimeSpan paused,
        DateTimeOffset now
    )
    {
        var share = (terms.Calendar.Between(from, end ?? PausedSince ?? now) - paused) / promised;
        return end is not null || share > 1 ? share : null;
    }
}

/// <summary>How long the latest requests took; counted at most once an hour, and over a fixed number of them.</summary>
public sealed class LearnedTimes(DeskDirectory directory, TimeProvider time)
{
    public const int Requests = 1_000;
    private static readonly TimeSpan KeptFor = TimeSpan.FromHours(1);

    private sealed record Entry(UsualTimes Times, DateTimeOffset At);

    private volatile Entry? _entry;

    public async Task<UsualTimes> GetAsync(HelpdeskDbContext db, CancellationToken cancellationToken = default)
    {
        var now = time.GetUtcNow();
        if (_entry is { } kept && now - kept.At is var age && age >= TimeSpan.Zero && age < KeptFor)
            return kept.Times;
        var picture = await directory.GetAsync(cancellationToken);
        var latest = db
            .Tickets.AsNoTracking()
            .Where(t => !t.IsEmptied && t.IsSpam != true)
            .OrderByDescending(t => t.Id)
            .Take(Requests);
        var facts = await FactsOf(latest).ToListAsync(cancellationToken);
        var times = UsualTimes.Of(facts.SelectMany(f => f.Times(picture, now)));
        _entry = new(times, now);
        return times;
    }

    public static IQueryable<ClockFacts> FactsOf(IQueryable<Ticket> tickets) =>
        tickets.Select(t => new ClockFacts(
            t.TopicId,
            t.Complexity,
            t.Priority,
            t.SlaPolicyId,
            t.CreatedAt,
            t.FirstRespondedAt,
            t.ResolutionStartedAt,
            t.ResolvedAt,
            t.PausedWorkingTime,
            t.PausedSince,
            t.Replies
        ));
}
