using Helpdesk.Routing.Outlook;
using Helpdesk.Tickets;
using Helpdesk.Tickets.Data;
using Helpdesk.Tickets.People;
using Helpdesk.Tickets.Settings;
using Helpdesk.Web.Components.Desk.Queues;
using Microsoft.EntityFrameworkCore;

namespace Helpdesk.Web.Components.Supervise.Wall;

/// <param name="Probability">That the promise is missed, 0 to 1.</param>
/// <param name="Used">Share of the promised working time that is over.</param>
public sealed record LikelyBreach(
    long Id,
    string Subject,
    double Probability,
    double Used,
    DateTimeOffset DueAt,
    Guid? SpecialistId
);

/// <param name="Due">How many promises end within the time looked ahead, counted to <see cref="MostCounted"/>.</param>
/// <param name="HasMore">More end in it than were counted.</param>
/// <param name="LookedAt">Of how many, those that end first, it was estimated whether they are missed.</param>
/// <param name="Likely">The likeliest to be missed first.</param>
public sealed record WallOutlook(int Due, bool HasMore, int LookedAt, IReadOnlyList<LikelyBreach> Likely)
{
    public const int MostCounted = 1_000;
}

/// <summary>Promises that end soon and may be missed; the rule stands in <c>docs/routing.md</c>.</summary>
public sealed class OutlookReader(LearnedTimes learned)
{
    public static readonly TimeSpan Ahead = TimeSpan.FromHours(3);
    private const int MostLookedAt = 200;
    private const int MostLikely = 5;
    private const double LeastLikely = 0.05;

    /// <param name="people">Everybody: a ticket's specialist may be of another team than the ticket.</param>
    public async Task<WallOutlook> ReadAsync(
        HelpdeskDbContext db,
        IQueryable<Ticket> open,
        IReadOnlyList<WallPerson> people,
        DeskPicture picture,
        DateTimeOffset now,
        CancellationToken cancellationToken
    )
    {
        var until = now + Ahead;
        var ending = open.Where(t => t.DueAt >= now && t.DueAt < until).OrderBy(t => t.DueAt);
        var due = await ending
            .Take(MostLookedAt)
            .Select(t => new
            {
                t.Id,
                t.Subject,
                DueAt = t.DueAt!.Value,
                Target = t.DueTarget!.Value,
                t.Priority,
                t.SlaPolicyId,
                t.TopicId,
                t.Complexity,
                t.SpecialistId,
            })
            .ToListAsync(cancellationToken);
        if (due.Count == 0)
            return new(0, HasMore: false, 0, []);
        var count =
            due.Count < MostLookedAt
                ? due.Count
                : await ending.Take(WallOutlook.MostCounted + 1).CountAsync(cancellationToken);
        var times = await learned.GetAsync(db, cancellationToken);
        var byId = people.ToDictionary(p => p.Id);
        var likely = new List<LikelyBreach>(due.Count);
        foreach (var t in due)
        {
            if (
                PromiseClock.Of(t.DueAt, t.Target, t.Priority, t.SlaPolicyId, false, picture, now)
                is not { Left: { } left, Promised.Ticks: > 0 } clock
            )
                continue;
            var used = Math.Clamp(1 - (left / clock.Promised), 0, 1);
            var late = times.LateAfter(t.Target, clock.Promised, t.TopicId, t.Complexity, used);
            var load = LoadOf(t.SpecialistId is { } id ? byId.GetValueOrDefault(id) : null, t.DueAt);
            likely.Add(new(t.Id, t.Subject, BreachOutlook.Probability(late, load), used, t.DueAt, t.SpecialistId));
        }
        return new(
            Math.Min(count, WallOutlook.MostCounted),
            count > WallOutlook.MostCounted,
            due.Count,
            [
                .. likely
                    .Where(l => l.Probability >= LeastLikely)
                    .OrderByDescending(l => l.Probability)
                    .ThenBy(l => l.DueAt)
                    .Take(MostLikely),
            ]
        );
    }

    // null: as far as the desk knows, nobody begins with it before
    private static double? LoadOf(WallPerson? person, DateTimeOffset dueAt) =>
        person is null || person.AbsentUntil > dueAt || person.Presence is Presence.Away ? null
        : person.IsAtWork || person.Opening?.From < dueAt ? person.ShareUsed
        : null;
}
