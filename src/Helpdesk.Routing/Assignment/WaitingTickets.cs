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

    /// <returns>Tickets given to somebody.</returns>
    public async Task<int> PullAsync(CancellationToken cancellationToken = default)
    {
        var full = new List<int>();
        while (true)
        {
            var (given, alsoFull) = await LookAsync(full, cancellationToken);
            if (given > 0 || alsoFull.Count == 0)
                return given;
            full.AddRange(alsoFull);
        }
    }

    /// <param name="full">Teams whose tickets are not looked at: nobody there can take one.</param>
    /// <returns>Tickets given to somebody; and where there were more tickets than were looked at, the teams whose tickets stood in
    /// the way of others'.</returns>
    private async Task<(int Given, List<int> AlsoFull)> LookAsync(List<int> full, CancellationToken cancellationToken)
    {
        var picture = await directory.GetAsync(cancellationToken);
        var now = time.GetUtcNow();
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        var waiting = await db
            .Tickets.AsNoTracking()
            .Where(t =>
                t.SpecialistId == null
                && t.RoutedAt != null
                && t.TeamId != null
                && !full.Contains(t.TeamId.Value)
                && t.Status < TicketStatus.Resolved // as the index has it
                && (t.Status == TicketStatus.New || t.Status == TicketStatus.Open)
            )
            .OrderByDescending(t => t.Priority)
            .ThenByDescending(t => t.PriorityScore)
            .ThenBy(t => t.CreatedAt)
            .Take(MostLookedAt)
            .Select(t => new
            {
                t.Id,
                Vacancy = new
                {
                    t.TeamId,
                    t.TopicId,
                    t.CustomerId,
                    t.Language,
                    t.Complexity,
                    t.Status,
                    TierId = t.Customer.TierId ?? t.Customer.Organization!.TierId,
                },
            })
            .ToListAsync(cancellationToken);
        if (waiting.Count == 0)
            return (0, []);
        var customers = waiting.Select(w => w.Vacancy.CustomerId).Distinct().ToList();
        var inForce = await rules.GetAsync(db, cancellationToken);
        var board = await AssignmentBoard.LoadAsync(
            db,
            customers,
            inForce.VipMargin,
            expertise,
            now,
            cancellationToken
        );
        var past = await PastHands.LoadAsync(db, waiting.ConvertAll(w => w.Id), cancellationToken);
        var given = new Dictionary<long, Choice>();
        foreach (var ticket in waiting)
        {
            var vacancy = new Vacancy
            {
                TeamId = ticket.Vacancy.TeamId,
                Topic = ticket.Vacancy.TopicId is { } topic ? picture.Topics.GetValueOrDefault(topic) : null,
                CustomerId = ticket.Vacancy.CustomerId,
                Language = ticket.Vacancy.Language,
                Complexity = ticket.Vacancy.Complexity ?? Complexity.Simple,
                Status = ticket.Vacancy.Status,
                IsVip = ticket.Vacancy.TierId is { } tier && picture.Tiers.GetValueOrDefault(tier) is { IsVip: true },
                HadBy = past.HadBy(ticket.Id),
                GivenBackBy = past.GivenBackBy(ticket.Id),
            };
            var choice = board.Choose(vacancy);
            if (choice.Chosen is not { } chosen)
                continue;
            board.Give(chosen, vacancy);
            given.Add(ticket.Id, choice);
        }
        if (given.Count > 0)
            return (await CommitAsync(db, given, board, picture, now, cancellationToken), []);
        var isCut = waiting.Count == MostLookedAt;
        return (0, isCut ? [.. waiting.Select(w => w.Vacancy.TeamId!.Value).Distinct()] : []);
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
        foreach (var ticket in tickets)
        {
            var choice = given[ticket.Id];
            ticket.AssignTo(board.Person(choice.Chosen!.Value), Actor.System, "freed-capacity", now);
            db.Add(DecisionOf(ticket, choice, picture, now));
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

    private static RoutingDecision DecisionOf(Ticket ticket, Choice choice, DeskPicture picture, DateTimeOffset now) =>
        new()
        {
            TicketId = ticket.Id,
            At = now,
            Outcome = RoutingOutcome.Pulled,
            TopicId = ticket.TopicId,
            Type = ticket.Type ?? TicketType.Special,
            Confidence = ticket.TopicIsManual ? 1 : 0,
            Priority = ticket.Priority,
            PriorityScore = ticket.PriorityScore,
            TeamId = ticket.TeamId,
            SpecialistId = choice.Chosen,
            DetailsJson = new DecisionDetails
            {
                TopicBy =
                    ticket.TopicId is not null ? "kept"
                    : ticket.Type is null ? "no-model"
                    : "special",
                Frequency = ticket.Frequency,
                Complexity = ticket.Complexity ?? Complexity.Simple,
                Team = ticket.TeamId is { } team ? picture.Teams.GetValueOrDefault(team)?.Name ?? "" : "",
                Candidates = choice.Verdicts,
            }.ToJson(),
        };
}
