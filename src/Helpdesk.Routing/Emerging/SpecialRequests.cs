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
    private const int MostRequests = 500;
    private const int MostOfProblems = 200;

    /// <summary>The latest that belong to no topic.</summary>
    public static Task<List<SpecialRequest>> ReadAsync(
        HelpdeskDbContext db,
        DateTimeOffset now,
        CancellationToken cancellationToken
    )
    {
        var since = now - Window;
        return TextsAsync(
            db.Tickets.Where(t => t.CreatedAt >= since && t.Type == TicketType.Special),
            MostRequests,
            cancellationToken
        );
    }

    /// <summary>And those of problems that go on, whatever topic they were given since: later ones are compared with them.</summary>
    public static async Task<IReadOnlyList<SpecialRequest>> WithProblemsAsync(
        HelpdeskDbContext db,
        DateTimeOffset now,
        CancellationToken cancellationToken
    )
    {
        var special = await ReadAsync(db, now, cancellationToken);
        var live = db.Set<Problem>().Where(p => p.State < ProblemState.Resolved).Select(p => p.Id);
        var ofProblems = await TextsAsync(
            db.Tickets.Where(t =>
                db.Set<ProblemTicket>()
                    .Any(p => p.TicketId == t.Id && p.State != ProblemTicketState.NotPart && live.Contains(p.ProblemId))
            ),
            MostOfProblems,
            cancellationToken
        );
        return [.. special.Concat(ofProblems).DistinctBy(r => r.TicketId)];
    }

    private static async Task<List<SpecialRequest>> TextsAsync(
        IQueryable<Ticket> tickets,
        int most,
        CancellationToken cancellationToken
    )
    {
        var rows = await tickets
            .AsNoTracking()
            .OrderByDescending(t => t.Id)
            .Take(most)
            .Select(t => new
            {
                t.Id,
                t.CreatedAt,
                t.Subject,
                Text = t
                    .Messages.Where(m => m.Kind == MessageKind.Customer)
                    .OrderBy(m => m.Id)
                    .Select(m => m.Text.Substring(0, TrainingMaterial.MostCharacters))
                    .FirstOrDefault(),
            })
            .ToListAsync(cancellationToken);
        return rows.ConvertAll(r => new SpecialRequest(r.Id, r.CreatedAt, RequestText.Of(r.Subject, r.Text ?? "")));
    }
}
