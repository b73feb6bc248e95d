using Helpdesk.Routing.Decisions;
using Helpdesk.Routing.Rules;
using Helpdesk.Tickets;
using Helpdesk.Tickets.Access;
using Helpdesk.Tickets.Data;
using Helpdesk.Tickets.People;
using Helpdesk.Tickets.Settings;
using Microsoft.EntityFrameworkCore;

namespace Helpdesk.Routing.Assignment;

/// <summary>One ticket that somebody with too much could hand to a colleague with room.</summary>
/// <param name="Version">The ticket's row version when it was proposed.</param>
/// <param name="IsBegun">Somebody answered it already.</param>
/// <param name="Reasons">What counted for the colleague, the most first.</param>
public sealed record ProposedMove(
    long TicketId,
    int Version,
    string Subject,
    bool IsBegun,
    Guid FromId,
    string From,
    Guid ToId,
    string To,
    double Weight,
    IReadOnlyList<Reason> Reasons
);

/// <summary>What somebody carries, and would after all proposed moves.</summary>
public sealed record LoadChange(Guid Id, string Name, double Before, double After, double Capacity)
{
    public bool IsOverloaded => Before > Capacity;
}

/// <param name="Loads">Of everybody with too much, and of those who would get something.</param>
public sealed record RebalanceProposal(IReadOnlyList<ProposedMove> Moves, IReadOnlyList<LoadChange> Loads);

public enum MoveOutcome
{
    Moved,

    /// <summary>The ticket is not as it was when the move was proposed, or somebody changed it at the same moment.</summary>
    Changed,

    /// <summary>The colleague has no room any more, left, or is not at work.</summary>
    NoRoom,
}

/// <summary>
/// Proposes to move work from people who carry more than their capacity to those whom routing would choose now, and moves what a supervisor
/// confirms. What nobody has begun goes first, the nearest promise before others; it ends when the work fits.
/// </summary>
public sealed class Rebalancing(
    IDbContextFactory<HelpdeskDbContext> databases,
    DeskDirectory directory,
    TimeProvider time,
    LiveRules rules,
    LearnedExpertise expertise
)
{
    /// <summary>The event's reason.</summary>
    public const string Reason = "rebalanced";

    public const int MostMoves = 20;

    /// <summary>Looked at for people with too much; those behind them are begun, or due later.</summary>
    private const int MostLookedAt = 200;
    private const double Rounding = 1e-9;

    /// <param name="teamId">Only work of this team; null = of all.</param>
    public async Task<RebalanceProposal> ProposeAsync(int? teamId, CancellationToken cancellationToken = default)
    {
        var now = time.GetUtcNow();
        var picture = await directory.GetAsync(cancellationToken);
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        var overloaded = await OverloadedAsync(db, teamId, cancellationToken);
        if (overloaded.Count == 0)
            return new([], []);
        var tickets = await db
            .Tickets.AsNoTracking()
            .Where(t =>
                t.SpecialistId != null
                && overloaded.Contains(t.SpecialistId.Value)
                && t.Status < TicketStatus.Resolved // as the index has it: without these words it is not used
                && (t.Status == TicketStatus.New || t.Status == TicketStatus.Open)
                && t.RoutedAt != null
                && t.TeamId != null
                && (teamId == null || t.TeamId == teamId)
            )
            .OrderBy(t => t.Replies > 0)
            .ThenBy(t => t.DueAt == null)
            .ThenBy(t => t.DueAt)
            .ThenBy(t => t.Id)
            .Take(MostLookedAt)
            .Include(t => t.Customer)
                .ThenInclude(c => c.Organization)
            .ToListAsync(cancellationToken);
        var board = await BoardAsync(db, [.. tickets.Select(t => t.CustomerId).Distinct()], now, cancellationToken);
        var past = await PastHands.LoadAsync(db, tickets.ConvertAll(t => t.Id), cancellationToken);
        var before = board.People.ToDictionary(p => p.Id, p => board.WorkOf(p.Id));
        var moves = new List<ProposedMove>();
        foreach (var ticket in tickets)
        {
            if (moves.Count == MostMoves)
                break;
            if (MoveOf(ticket, past.GivenBackBy(ticket.Id), board, picture) is { } move)
                moves.Add(move);
        }
        return new(
            moves,
            [
                .. board
                    .People.Where(p => overloaded.Contains(p.Id) || moves.Exists(m => m.ToId == p.Id))
                    .Select(p => new LoadChange(p.Id, p.Name, before[p.Id], board.WorkOf(p.Id), p.Capacity))
                    .OrderByDescending(l => l.Capacity > 0 ? l.Before / l.Capacity : l.Before)
                    .ThenBy(l => l.Name, StringComparer.CurrentCulture),
            ]
        );
    }

    /// <summary>
    /// A usual assignment: the colleague is told, the history has it. Nothing happens when ticket or colleague are not any more as they were
    /// when it was proposed.
    /// </summary>
    public async Task<MoveOutcome> MoveAsync(
        Viewer.Staff viewer,
        ProposedMove move,
        CancellationToken cancellationToken = default
    )
    {
        var now = time.GetUtcNow();
        var picture = await directory.GetAsync(cancellationToken);
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        var ticket = await TicketIntake.ForChangeAsync(db, move.TicketId, cancellationToken);
        if (
            ticket is null
            || !TicketAccess.Allows(viewer, TicketAction.Change, ticket)
            || ticket.Version != move.Version
            || ticket.SpecialistId != move.FromId
        )
            return MoveOutcome.Changed;
        var board = await BoardAsync(db, [ticket.CustomerId], now, cancellationToken);
        var past = await PastHands.LoadAsync(db, [ticket.Id], cancellationToken);
        var vacancy = VacancyOf(ticket, past.GivenBackBy(ticket.Id), picture);
        var verdicts = board.Choose(vacancy).Verdicts;
        var verdict = verdicts.FirstOrDefault(v => v.Id == move.ToId);
        if (verdict is not { Blocks.Count: 0 } || !HasRoom(board, move.ToId, vacancy))
            return MoveOutcome.NoRoom;
        ticket.AssignTo(board.Person(move.ToId), viewer.Actor, Reason, now);
        var before = await LatestDecisions.LoadAsync(db, [ticket.Id], cancellationToken);
        db.Add(
            RoutingDecision.OfWhoAlone(
                RoutingOutcome.Moved,
                ticket,
                before.GetValueOrDefault(ticket.Id)?.Details,
                new Choice(move.ToId, verdicts),
                picture,
                now
            )
        );
        board.Give(move.ToId, vacancy); // whoever gives them something at this moment decides anew
        try
        {
            await db.SaveChangesAsync(cancellationToken);
            return MoveOutcome.Moved;
        }
        catch (DbUpdateException)
        {
            return MoveOutcome.Changed;
        }
    }

    // with a team only those who have work of it: whoever has none cannot be relieved of it
    private static async Task<List<Guid>> OverloadedAsync(
        HelpdeskDbContext db,
        int? teamId,
        CancellationToken cancellationToken
    )
    {
        var carried = await Workload.OfEverybodyAsync(db, cancellationToken);
        var people = await db
            .Specialists.Where(s =>
                s.IsActive
                && (
                    teamId == null
                    || db.Tickets.Any(t =>
                        t.SpecialistId == s.Id && t.TeamId == teamId && t.Status < TicketStatus.Resolved
                    )
                )
            )
            .Select(s => new { s.Id, s.Capacity })
            .ToListAsync(cancellationToken);
        return
        [
            .. people
                .Where(p => carried.GetValueOrDefault(p.Id, CarriedWork.None).Work > p.Capacity + Rounding)
                .Select(p => p.Id),
        ];
    }

    private static ProposedMove? MoveOf(
        Ticket ticket,
        IEnumerable<Guid> givenBack,
        AssignmentBoard board,
        DeskPicture picture
    )
    {
        var holder = board.Person(ticket.SpecialistId!.Value);
        if (board.WorkOf(holder.Id) <= holder.Capacity + Rounding)
            return null;
        var vacancy = VacancyOf(ticket, givenBack, picture);
        var choice = board.Choose(vacancy);
        if (choice.Chosen is not { } chosen || !HasRoom(board, chosen, vacancy))
            return null;
        board.TakeBack(holder.Id, vacancy);
        board.Give(chosen, vacancy);
        var colleague = board.Person(chosen);
        return new(
            ticket.Id,
            ticket.Version,
            ticket.Subject,
            ticket.Replies > 0,
            holder.Id,
            holder.Name,
            colleague.Id,
            colleague.Name,
            Workload.Weight(vacancy.Complexity, vacancy.Status),
            [.. choice.Verdicts[0].Counted.Where(r => r.Points > 0).OrderByDescending(r => r.Points)]
        );
    }

    // a VIP's ticket may exceed the capacity where it comes in, but nobody is relieved by loading somebody else too much
    private static bool HasRoom(AssignmentBoard board, Guid id, Vacancy vacancy) =>
        board.WorkOf(id) + Workload.Weight(vacancy.Complexity, vacancy.Status) <= board.Person(id).Capacity + Rounding;

    private static Vacancy VacancyOf(Ticket ticket, IEnumerable<Guid> givenBack, DeskPicture picture) =>
        new()
        {
            TeamId = ticket.TeamId,
            Topic = ticket.TopicId is { } topic ? picture.Topics.GetValueOrDefault(topic) : null,
            CustomerId = ticket.CustomerId,
            Language = ticket.Language,
            Complexity = ticket.Complexity ?? Complexity.Simple,
            Status = ticket.Status,
            IsVip = picture.TierOf(ticket.Customer) is { IsVip: true },
            GivenBackBy = [ticket.SpecialistId!.Value, .. givenBack],
        };

    private async Task<AssignmentBoard> BoardAsync(
        HelpdeskDbContext db,
        IReadOnlyCollection<long> customerIds,
        DateTimeOffset now,
        CancellationToken cancellationToken
    )
    {
        var inForce = await rules.GetAsync(db, cancellationToken);
        return await AssignmentBoard.LoadAsync(
            db,
            customerIds,
            inForce.VipMargin,
            await expertise.GetAsync(db, cancellationToken),
            now,
            cancellationToken
        );
    }
}
