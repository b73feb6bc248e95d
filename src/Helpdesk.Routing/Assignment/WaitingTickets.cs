using Helpdesk.Routing.Decisions;
using Helpdesk.Routing.Learning;
using Helpdesk.Routing.Rules;
using Helpdesk.Tickets;
using Helpdesk.Tickets.Data;
using Helpdesk.Tickets.Settings;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;

namespace Helpdesk.Routing.Assignment;

/// <summary>Gives tickets that wait in a team's queue to people who have become free, or have come on shift; the most
/// important first.</summary>
public sealed class WaitingTickets(
    IDbContextFactory<HelpdeskDbContext> databases,
    DeskDirectory directory,
    RoutingMetrics metrics,
    TimeProvider time,
    LiveRules rules,
    LearnedExpertise expertise,
    ILogger<WaitingTickets> log
)
{
    /// <summary>Looked at in one go; those behind them are less important.</summary>
    private const int MostLookedAt = 200;
    private const int MostLooks = 5;

    /// <summary>Read to find those of fitting kinds among others of the same teams and topics.</summary>
    private const int MostRead = 10_000;

    /// <summary>All that decides whether somebody may take a ticket, but for who had it before.</summary>
    private sealed record WaitingKind(int TeamId, int? TopicId, Complexity? Complexity, int? TierId);

    private sealed record WaitingTicket(
        long Id,
        WaitingKind Kind,
        long CustomerId,
        string? Language,
        TicketStatus Status
    );

    /// <returns>Tickets given to somebody.</returns>
    public async Task<int> PullAsync(CancellationToken cancellationToken = default)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        var first = await ByImportance(Waiting(db), await directory.GetAsync(cancellationToken))
            .Take(MostLookedAt)
            .ToListAsync(cancellationToken);
        var given = await GiveAsync(db, first, cancellationToken);
        if (given > 0 || first.Count < MostLookedAt)
            return given;
        // what nobody can take stands in front; behind it may be what somebody can
        for (var looks = 0; looks < MostLooks; looks++)
        {
            await using var again = await databases.CreateDbContextAsync(cancellationToken);
            var fitting = await FittingAsync(again, looks * MostLookedAt, cancellationToken);
            given = await GiveAsync(again, fitting, cancellationToken);
            // of a kind that fits each may have been given back by the only one who is free
            if (given > 0 || fitting.Count < MostLookedAt)
                return given;
        }
        return 0;
    }

    /// <summary>Who those that wait would be given when the next people come, as things stand now; the most important of them first.</summary>
    /// <returns>By ticket; those that somebody can take now, or nobody who is to come, are not in it.</returns>
    public async Task<IReadOnlyDictionary<long, PlannedTurn>> PlanAsync(CancellationToken cancellationToken = default)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        var picture = await directory.GetAsync(cancellationToken);
        var waiting = await ByImportance(Waiting(db), picture).Take(MostLookedAt).ToListAsync(cancellationToken);
        var planned = new Dictionary<long, PlannedTurn>();
        if (waiting.Count == 0)
            return planned;
        var board = await BoardAsync(
            db,
            waiting.Select(w => w.CustomerId).Distinct().ToList(),
            expertise.Known,
            cancellationToken
        );
        var past = await PastHands.LoadAsync(db, waiting.ConvertAll(w => w.Id), cancellationToken);
        foreach (var ticket in waiting)
            if (board.Plan(VacancyOf(ticket, picture, past)) is { } turn)
                planned.Add(ticket.Id, turn);
        return planned;
    }

    private static IQueryable<Ticket> Waiting(HelpdeskDbContext db) =>
        db
            .Tickets.AsNoTracking()
            .Where(t =>
                t.SpecialistId == null
                && t.RoutedAt != null
                && t.TeamId != null
                && t.Status < TicketStatus.Resolved // as the index has it
                && (t.Status == TicketStatus.New || t.Status == TicketStatus.Open)
            );

    /// <summary>VIPs first, then whom an automatic answer did not help, then by priority.</summary>
    private static IQueryable<WaitingTicket> ByImportance(IQueryable<Ticket> waiting, DeskPicture picture)
    {
        var vips = picture.Tiers.Values.Where(t => t.IsVip).Select(t => (int?)t.Id).ToList();
        return (
            vips.Count == 0
                ? waiting.OrderByDescending(t => t.PersonWantedAt != null)
                : waiting
                    .OrderByDescending(t => vips.Contains(t.Customer.TierId ?? t.Customer.Organization!.TierId))
                    .ThenByDescending(t => t.PersonWantedAt != null)
        )
            .ThenByDescending(t => t.Priority)
            .ThenByDescending(t => t.PriorityScore)
            .ThenBy(t => t.CreatedAt)
            .Select(t => new WaitingTicket(
                t.Id,
                new WaitingKind(
                    t.TeamId!.Value,
                    t.TopicId,
                    t.Complexity,
                    t.Customer.TierId ?? t.Customer.Organization!.TierId
                ),
                t.CustomerId,
                t.Language,
                t.Status
            ));
    }

    /// <summary>The most important of those that somebody can take, however many stand before them: kinds of tickets are asked first,
    /// of which there are hundreds where there are thousands of tickets.</summary>
    private async Task<List<WaitingTicket>> FittingAsync(
        HelpdeskDbContext db,
        int skip,
        CancellationToken cancellationToken
    )
    {
        var kinds = await Waiting(db)
            .GroupBy(t => new
            {
                t.TeamId,
                t.TopicId,
                t.Complexity,
                TierId = t.Customer.TierId ?? t.Customer.Organization!.TierId,
            })
            .Select(g => g.Key)
            .ToListAsync(cancellationToken);
        var picture = await directory.GetAsync(cancellationToken);
        var board = await BoardAsync(db, [], expertise.Known, cancellationToken);
        var fitting = kinds
            .Select(k => new WaitingKind(k.TeamId!.Value, k.TopicId, k.Complexity, k.TierId))
            .Where(k => board.AnybodyCanTake(VacancyOf(new WaitingTicket(0, k, 0, null, TicketStatus.Open), picture)))
            .ToHashSet();
        if (fitting.Count == 0)
            return [];
        var teams = fitting.Select(k => k.TeamId).Distinct().ToList();
        var topics = fitting.Select(k => k.TopicId).Distinct().ToList();
        var complexities = fitting.Select(k => k.Complexity).Distinct().ToList();
        var candidates = await ByImportance(
                Waiting(db)
                    .Where(t =>
                        teams.Contains(t.TeamId!.Value)
                        && topics.Contains(t.TopicId)
                        && complexities.Contains(t.Complexity)
                    ),
                picture
            )
            .Take(MostRead)
            .ToListAsync(cancellationToken);
        return [.. candidates.Where(t => fitting.Contains(t.Kind)).Skip(skip).Take(MostLookedAt)];
    }

    private async Task<AssignmentBoard> BoardAsync(
        HelpdeskDbContext db,
        IReadOnlyCollection<long> customers,
        IReadOnlyDictionary<(Guid Specialist, int Topic), TrackRecord> records,
        CancellationToken cancellationToken
    )
    {
        var inForce = await rules.GetAsync(db, cancellationToken);
        return await AssignmentBoard.LoadAsync(
            db,
            customers,
            inForce.VipMargin,
            records,
            time.GetUtcNow(),
            cancellationToken
        );
    }

    private static Vacancy VacancyOf(WaitingTicket ticket, DeskPicture picture) =>
        new()
        {
            TeamId = ticket.Kind.TeamId,
            Topic = ticket.Kind.TopicId is { } topic ? picture.Topics.GetValueOrDefault(topic) : null,
            CustomerId = ticket.CustomerId,
            Language = ticket.Language,
            Complexity = ticket.Kind.Complexity ?? Complexity.Simple,
            Status = ticket.Status,
            IsVip = ticket.Kind.TierId is { } tier && picture.Tiers.GetValueOrDefault(tier) is { IsVip: true },
        };

    private static Vacancy VacancyOf(WaitingTicket ticket, DeskPicture picture, PastHands past) =>
        VacancyOf(ticket, picture) with
        {
            HadBy = past.HadBy(ticket.Id),
            GivenBackBy = past.GivenBackBy(ticket.Id),
        };

    /// <param name="waiting">The most important first.</param>
    /// <returns>Tickets given to somebody.</returns>
    private async Task<int> GiveAsync(
        HelpdeskDbContext db,
        List<WaitingTicket> waiting,
        CancellationToken cancellationToken
    )
    {
        if (waiting.Count == 0)
            return 0;
        var picture = await directory.GetAsync(cancellationToken);
        var board = await BoardAsync(
            db,
            waiting.Select(w => w.CustomerId).Distinct().ToList(),
            await expertise.GetAsync(db, cancellationToken),
            cancellationToken
        );
        var past = await PastHands.LoadAsync(db, waiting.ConvertAll(w => w.Id), cancellationToken);
        var given = new Dictionary<long, Choice>();
        foreach (var ticket in waiting)
        {
            var vacancy = VacancyOf(ticket, picture, past);
            var choice = board.Choose(vacancy);
            if (choice.Chosen is not { } chosen)
                continue;
            board.Give(chosen, vacancy);
            given.Add(ticket.Id, choice);
        }
        return given.Count > 0 ? await CommitAsync(db, given, board, picture, time.GetUtcNow(), cancellationToken) : 0;
    }

    private async Task<int> CommitAsync(
        HelpdeskDbContext db,
        Dictionary<long, Choice> given,
        AssignmentBoard board,
        DeskPicture picture,
        DateTimeOffset now,
        CancellationToken cancellationToken
    )
    {
        var ids = given.Keys.ToList();
        var tickets = await db
            .Tickets.Where(t => ids.Contains(t.Id) && t.SpecialistId == null && t.Status < TicketStatus.Resolved)
            .Include(t => t.Customer)
            .ToListAsync(cancellationToken);
        var before = await LatestDecisions.LoadAsync(db, ids, cancellationToken);
        foreach (var ticket in tickets)
        {
            var choice = given[ticket.Id];
            ticket.AssignTo(board.Person(choice.Chosen!.Value), Actor.System, "freed-capacity", now);
            db.Add(
                RoutingDecision.OfWhoAlone(
                    RoutingOutcome.Pulled,
                    ticket,
                    before.GetValueOrDefault(ticket.Id)?.Details,
                    choice,
                    picture,
                    now
                )
            );
        }
        try
        {
            await db.SaveChangesAsync(cancellationToken);
        }
        catch (DbUpdateException conflict)
        {
            // the next look, some seconds from now, decides on what is there then
            log.LogInformation("Waiting tickets changed while they were given out ({Error})", conflict.GetType().Name);
            return 0;
        }
        foreach (var ticket in tickets)
            metrics.Decided(RoutingOutcome.Pulled, now - ticket.CreatedAt);
        return tickets.Count;
    }
}
