using Helpdesk.Routing.Decisions;
using Helpdesk.Routing.Learning;
using Helpdesk.Routing.Priority;
using Helpdesk.Tickets;
using Helpdesk.Tickets.Data;
using Helpdesk.Tickets.People;
using Helpdesk.Tickets.Settings;
using Helpdesk.Tickets.Sla;
using Microsoft.EntityFrameworkCore;

namespace Helpdesk.Routing.Replay;

/// <param name="At">When it came.</param>
internal sealed record PastTicket(
    long Id,
    string Subject,
    DateTimeOffset At,
    int? TeamId,
    int? TopicId,
    long CustomerId,
    string? Language,
    Complexity? Complexity,
    int? TierId,
    int? PolicyId,
    int Replies,
    int Reopenings,
    bool HasContract
);

/// <summary>The requests of past days as they are put into a simulation.</summary>
/// <param name="Tickets">In the order they came.</param>
/// <param name="IsCut">There were more; these are the latest.</param>
/// <param name="Reasons">What made the priority when each of them was first decided.</param>
/// <param name="Texts">Where other words count than did; empty where the same do.</param>
internal sealed record PastDays(
    List<PastTicket> Tickets,
    bool IsCut,
    Dictionary<long, IReadOnlyList<Reason>> Reasons,
    Dictionary<long, string> Texts,
    DeskPicture Picture
)
{
    /// <summary>Stated, not measured: hands-on minutes of one reply.</summary>
    private const int MinutesOfReply = 12;

    /// <param name="withTexts">Words are looked for again.</param>
    public static async Task<PastDays> LoadAsync(
        HelpdeskDbContext db,
        DateTimeOffset from,
        DateTimeOffset to,
        DeskPicture picture,
        bool withTexts,
        CancellationToken cancellationToken
    )
    {
        var tickets = await TicketsAsync(db, from, to, cancellationToken);
        var isCut = tickets.Count > RoutingReplay.MostTickets;
        if (isCut)
            tickets.RemoveAt(0);
        return new(
            tickets,
            isCut,
            await ReasonsAsync(db, tickets, cancellationToken),
            withTexts
                ? await RequestText.ReadAsync(
                    db,
                    tickets.ConvertAll(t => t.Id),
                    TrainingMaterial.MostCharacters,
                    cancellationToken
                )
                : [],
            picture
        );
    }

    /// <param name="topicId">What it is about in this play.</param>
    public SimulatedRequest Request(PastTicket ticket, int? topicId, PriorityWeights weights) =>
        Request(ticket, topicId, Priority(ticket, weights), Picture);

    /// <summary>From its stored reasons, weighed like this.</summary>
    public (TicketPriority Priority, int Score) Priority(PastTicket ticket, PriorityWeights weights)
    {
        var tier = ticket.TierId is { } id ? Picture.Tiers.GetValueOrDefault(id) : null;
        // without a stored decision (brought over from elsewhere) from what the ticket itself says
        var again = Reasons.GetValueOrDefault(ticket.Id) is { Count: > 0 } kept
            ? PriorityAgain.Decide(kept, weights, Texts.GetValueOrDefault(ticket.Id))
            : PriorityRules.Decide(
                new PriorityFacts
                {
                    TierPoints = tier?.PriorityPoints ?? 0,
                    TierName = tier?.Name ?? "",
                    HasContract = ticket.HasContract,
                    Text = Texts.GetValueOrDefault(ticket.Id) ?? ticket.Subject,
                    Reopenings = ticket.Reopenings,
                },
                weights
            );
        return (again.Priority, again.Score);
    }

    private static async Task<List<PastTicket>> TicketsAsync(
        HelpdeskDbContext db,
        DateTimeOffset from,
        DateTimeOffset to,
        CancellationToken cancellationToken
    )
    {
        var past = await db
            .Tickets.AsNoTracking()
            .Where(t =>
                t.CreatedAt >= from
                && t.CreatedAt < to
                && !t.IsEmptied
                && t.IsSpam != true
                // nobody had anything to do
                && t.AutoAnswer != AutoAnswerState.Accepted
                && t.AutoAnswer != AutoAnswerState.Silent
            )
            .OrderByDescending(t => t.Id)
            .Take(RoutingReplay.MostTickets + 1)
            .Select(t => new PastTicket(
                t.Id,
                t.Subject,
                t.CreatedAt,
                t.TeamId,
                t.TopicId,
                t.CustomerId,
                t.Language,
                t.Complexity,
                t.Customer.TierId ?? t.Customer.Organization!.TierId,
                t.SlaPolicyId,
                t.Replies,
                t.Reopenings,
                t.Customer.Organization!.SlaPolicyId != null
            ))
            .ToListAsync(cancellationToken);
        past.Reverse();
        return past;
    }

    /// <summary>What made the priority when each ticket was first decided.</summary>
    private static async Task<Dictionary<long, IReadOnlyList<Reason>>> ReasonsAsync(
        HelpdeskDbContext db,
        List<PastTicket> past,
        CancellationToken cancellationToken
    )
    {
        var reasons = new Dictionary<long, IReadOnlyList<Reason>>();
        if (past.Count == 0)
            return reasons;
        var (first, last) = (past[0].Id, past[^1].Id);
        var decisions = db.Set<RoutingDecision>()
            .AsNoTracking()
            .Where(d =>
                d.TicketId >= first
                && d.TicketId <= last
                && d.Outcome != RoutingOutcome.Pulled
                && d.Outcome != RoutingOutcome.Moved
            )
            .OrderBy(d => d.Id)
            .Select(d => new { d.TicketId, d.DetailsJson })
            .AsAsyncEnumerable();
        await foreach (var decision in decisions.WithCancellation(cancellationToken))
            if (!reasons.ContainsKey(decision.TicketId))
                reasons.Add(decision.TicketId, DecisionDetails.Parse(decision.DetailsJson).Priority);
        return reasons;
    }

    private static SimulatedRequest Request(
        PastTicket ticket,
        int? topicId,
        (TicketPriority Priority, int Score) priority,
        DeskPicture picture
    )
    {
        var topic = topicId is { } id ? picture.Topics.GetValueOrDefault(id) : null;
        var terms = picture.Terms(ticket.PolicyId);
        var promised = terms?.Promised(SlaTarget.FirstResponse, priority.Priority);
        var parentTeam = topic?.ParentId is { } parent ? picture.Topics.GetValueOrDefault(parent)?.TeamId : null;
        return new SimulatedRequest
        {
            Id = ticket.Id,
            At = ticket.At,
            TeamId =
                topicId == ticket.TopicId
                    ? ticket.TeamId ?? picture.Settings.DefaultTeamId
                    : topic?.TeamId ?? parentTeam ?? picture.Settings.DefaultTeamId,
            TopicId = topicId,
            SkillId = topic?.SkillId,
            CustomerId = ticket.CustomerId,
            Language = ticket.Language,
            Complexity = ticket.Complexity ?? Complexity.Simple,
            IsVip = ticket.TierId is { } tier && picture.Tiers.GetValueOrDefault(tier) is { IsVip: true },
            Score = priority.Score,
            DueAt = promised is { } time ? terms!.Calendar.Add(ticket.At, time) : null,
            Effort = TimeSpan.FromMinutes(
                ticket.Replies > 0
                    ? MinutesOfReply * ticket.Replies
                    : MinutesOfReply * Workload.Weight(ticket.Complexity, TicketStatus.New)
            ),
        };
    }
}
