using Helpdesk.Routing.Classification;
using Helpdesk.Routing.Learning;
using Helpdesk.Tickets;
using Helpdesk.Tickets.Data;
using Microsoft.EntityFrameworkCore;

namespace Helpdesk.Routing.Emerging;

/// <summary>The requests among which clusters are looked for.</summary>
public static class SpecialRequests
{
    public static readonly TimeSpan Window = TimeSpan.FromDays(7);
    public const int MostRequests = 3_000;
    private const int MostOfProblems = 200;

    /// <summary>The latest that belong to no topic, or that nobody could read yet: a desk without topics has outages too.</summary>
    public static async Task<SpecialWindow> ReadAsync(
        HelpdeskDbContext db,
        DateTimeOffset now,
        CancellationToken cancellationToken
    )
    {
        var since = now - Window;
        var requests = await TextsAsync(
            db.Tickets.Where(t =>
                t.CreatedAt >= since
                && (t.Type == TicketType.Special || (t.Type == null && t.RoutedAt != null))
                && t.IsSpam != true
                && !t.IsEmptied
            ),
            MostRequests,
            cancellationToken
        );
        return new(
            requests,
            requests.Select(r => r.At).DefaultIfEmpty(now).Min(),
            IsWhole: requests.Count < MostRequests
        );
    }

    /// <summary>And those of problems that go on, whatever topic they were given since: later ones are compared with them.</summary>
    public static async Task<SpecialWindow> WithProblemsAsync(
        HelpdeskDbContext db,
        DateTimeOffset now,
        CancellationToken cancellationToken
    )
    {
        var special = await ReadAsync(db, now, cancellationToken);
        // from the few to the many: the other way round every ticket would be asked
        var ids = await db.Set<Problem>()
            .Where(p => p.State < ProblemState.Resolved)
            .SelectMany(p => p.Tickets)
            .Where(t => t.State != ProblemTicketState.NotPart)
            .OrderByDescending(t => t.TicketId)
            .Select(t => t.TicketId)
            .Take(MostOfProblems)
            .ToListAsync(cancellationToken);
        var ofProblems = await TextsAsync(db.Tickets.Where(t => ids.Contains(t.Id)), MostOfProblems, cancellationToken);
        return special with { Requests = [.. special.Requests.Concat(ofProblems).DistinctBy(r => r.TicketId)] };
    }

    private static async Task<List<SpecialRequest>> TextsAsync(
        IQueryable<Ticket> tickets,
        int most,
        CancellationToken cancellationToken
    )
    {
        var requests = await RequestText.ReadAsync(
            tickets.OrderByDescending(t => t.Id).Take(most),
            TrainingMaterial.MostCharacters,
            cancellationToken
        );
        return requests.ConvertAll(r => new SpecialRequest(r.TicketId, r.CreatedAt, r.Text));
    }
}
