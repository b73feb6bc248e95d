using Helpdesk.Routing.Emerging;
using Helpdesk.Tickets;
using Helpdesk.Tickets.Data;
using Microsoft.EntityFrameworkCore;

namespace Helpdesk.Web.Components.Supervise;

/// <param name="LastAt">When the latest request was found to be like it.</param>
public sealed record ProblemRow(
    int Id,
    string Title,
    ProblemState State,
    DateTimeOffset FoundAt,
    int Linked,
    int Offered,
    DateTimeOffset? LastAt
);

public sealed record ProblemRequest(
    long Id,
    string Subject,
    string Customer,
    TicketStatus Status,
    DateTimeOffset CreatedAt,
    ProblemTicketState State,
    DateTimeOffset? AnsweredAt
);

/// <param name="Requests">The latest, those that may be linked first.</param>
/// <param name="Unresolved">Linked requests that an answer to all goes to.</param>
public sealed record ProblemDetails(Problem Problem, IReadOnlyList<ProblemRequest> Requests, int Unresolved)
{
    public IEnumerable<ProblemRequest> Offered => Requests.Where(r => r.State is ProblemTicketState.Offered);
    public IEnumerable<ProblemRequest> Linked => Requests.Where(r => r.State is ProblemTicketState.Linked);
}

/// <summary>What the wall and the pages about problems ask.</summary>
public sealed class ProblemReader(IDbContextFactory<HelpdeskDbContext> databases)
{
    public const int MostRequests = 300;
    private const int MostProblems = 50;

    /// <summary>Those that go on: the undecided first, then the latest.</summary>
    public Task<List<ProblemRow>> LiveAsync(CancellationToken cancellationToken = default) =>
        RowsAsync(isLive: true, cancellationToken);

    /// <summary>Those that are over, the latest first.</summary>
    public Task<List<ProblemRow>> PastAsync(CancellationToken cancellationToken = default) =>
        RowsAsync(isLive: false, cancellationToken);

    public async Task<ProblemDetails?> FindAsync(int id, CancellationToken cancellationToken = default)
    {
        await using var db = databases.CreateDbContext();
        if (
            await db.Set<Problem>().AsNoTracking().SingleOrDefaultAsync(p => p.Id == id, cancellationToken)
            is not { } problem
        )
            return null;
        var requests = await db.Set<ProblemTicket>()
            .Where(p => p.ProblemId == id && p.State != ProblemTicketState.NotPart)
            .OrderBy(p => p.State)
            .ThenByDescending(p => p.TicketId)
            .Take(MostRequests)
            .Join(
                db.Tickets,
                p => p.TicketId,
                t => t.Id,
                (p, t) =>
                    new ProblemRequest(
                        t.Id,
                        t.Subject,
                        t.Customer.Name != "" ? t.Customer.Name : t.Customer.Address,
                        t.Status,
                        t.CreatedAt,
                        p.State,
                        p.AnsweredAt
                    )
            )
            .ToListAsync(cancellationToken);
        return new(
            problem,
            [.. requests.OrderBy(r => r.State).ThenByDescending(r => r.Id)],
            await ToAnswer(db, id).CountAsync(cancellationToken)
        );
    }

    /// <summary>Linked requests that are not resolved.</summary>
    internal static IQueryable<ProblemTicket> ToAnswer(HelpdeskDbContext db, int id) =>
        db.Set<ProblemTicket>()
            .Where(p =>
                p.ProblemId == id
                && p.State == ProblemTicketState.Linked
                && db.Tickets.Any(t => t.Id == p.TicketId && t.Status < TicketStatus.Resolved)
            );

    private async Task<List<ProblemRow>> RowsAsync(bool isLive, CancellationToken cancellationToken)
    {
        await using var db = databases.CreateDbContext();
        var problems = db.Set<Problem>().AsNoTracking();
        problems = isLive
            ? problems.Where(p => p.State < ProblemState.Resolved).OrderBy(p => p.State).ThenByDescending(p => p.Id)
            : problems.Where(p => p.State >= ProblemState.Resolved).OrderByDescending(p => p.Id);
        return await problems
            .Take(MostProblems)
            .Select(p => new ProblemRow(
                p.Id,
                p.Title,
                p.State,
                p.FoundAt,
                p.Tickets.Count(t => t.State == ProblemTicketState.Linked),
                p.Tickets.Count(t => t.State == ProblemTicketState.Offered),
                p.Tickets.Max(t => (DateTimeOffset?)t.At)
            ))
            .ToListAsync(cancellationToken);
    }
}
