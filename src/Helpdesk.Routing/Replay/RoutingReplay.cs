using Helpdesk.Routing.Classification;
using Helpdesk.Routing.Decisions;
using Helpdesk.Routing.Learning;
using Helpdesk.Routing.Priority;
using Helpdesk.Routing.Rules;
using Helpdesk.Tickets;
using Helpdesk.Tickets.Data;
using Helpdesk.Tickets.People;
using Helpdesk.Tickets.Settings;
using Helpdesk.Tickets.Sla;
using Microsoft.EntityFrameworkCore;

namespace Helpdesk.Routing.Replay;

/// <summary>What a replay changes; what is not named stays as it is. Also the form of the file behind <c>--config</c>.</summary>
public sealed record ReplayConfig
{
    /// <summary>Null: the rules in force.</summary>
    public PriorityWeights? Priority { get; init; }
    public double? VipMargin { get; init; }

    /// <summary>People by name.</summary>
    public IReadOnlyDictionary<string, PersonChange> People { get; init; } = new Dictionary<string, PersonChange>();

    /// <summary>A stored model that reads the texts again; null: the topics that the tickets have.</summary>
    public int? Model { get; init; }

    /// <exception cref="InvalidDataException">It cannot be read; the message says why.</exception>
    public static ReplayConfig Parse(string json)
    {
        try
        {
            return System.Text.Json.JsonSerializer.Deserialize(json, RulesJson.Default.ReplayConfig)
                ?? new ReplayConfig();
        }
        catch (System.Text.Json.JsonException wrong)
        {
            throw new InvalidDataException($"The changes cannot be read: {wrong.Message}", wrong);
        }
    }
}

/// <param name="Capacity">Null: as it is.</param>
/// <param name="Absent">Not there at all.</param>
public sealed record PersonChange(double? Capacity = null, bool Absent = false);

/// <summary>How a run of the desk came out.</summary>
/// <param name="WaitP50">Minutes until somebody began, the middle request.</param>
/// <param name="Unfairness">Gini coefficient of finished work per capacity.</param>
/// <param name="Load">Weighted work finished, by name.</param>
public sealed record ReplayFigures(
    int Requests,
    int Begun,
    double WaitP50,
    double WaitP95,
    double VipWaitP95,
    int Breaches,
    int VipBreaches,
    int HandOvers,
    double Unfairness,
    IReadOnlyDictionary<string, double> Load
);

/// <param name="Was">Name of who got it under the present rules; null = nobody before the end.</param>
public sealed record ReplayDifference(
    long TicketId,
    string Subject,
    string? Was,
    string? Becomes,
    TicketPriority PriorityWas,
    TicketPriority PriorityBecomes
);

/// <param name="Now">The days again under the rules, people and topics of today.</param>
/// <param name="Changed">The same days under what would be changed.</param>
/// <param name="Reassigned">Requests that another person would have got.</param>
/// <param name="Reprioritised">Requests whose priority would have been another.</param>
/// <param name="Differences">The first of them, by ticket.</param>
public sealed record ReplayResult(
    DateTimeOffset From,
    DateTimeOffset To,
    ReplayFigures Now,
    ReplayFigures Changed,
    int Reassigned,
    int Reprioritised,
    IReadOnlyList<ReplayDifference> Differences
);

/// <summary>
/// Runs past days again, once as the desk stands and once changed, and compares the two. Comparing with what really happened
/// would mix the change with everything a simulation leaves out; two runs of the same simulation differ by the change alone.
/// </summary>
public sealed class RoutingReplay(
    IDbContextFactory<HelpdeskDbContext> databases,
    DeskDirectory directory,
    LiveRules rules,
    LiveModels models
)
{
    /// <summary>Of a longer time only the latest are replayed.</summary>
    public const int MostTickets = 20_000;
    private const int MostDifferences = 50;

    /// <summary>Stated, not measured: hands-on minutes of one reply.</summary>
    private const int MinutesOfReply = 12;

    private sealed record Past(
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

    /// <exception cref="InvalidDataException">The configuration names a person or a model that there is not.</exception>
    public async Task<ReplayResult> RunAsync(
        DateTimeOffset from,
        DateTimeOffset to,
        ReplayConfig config,
        CancellationToken cancellationToken = default
    )
    {
        var picture = await directory.GetAsync(cancellationToken);
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        var inForce = await rules.GetAsync(db, cancellationToken);
        var people = await PeopleAsync(db, cancellationToken);
        var changedPeople = Change(people, config, from, to);
        var past = await PastAsync(db, from, to, cancellationToken);
        var reasons = await ReasonsAsync(db, past, cancellationToken);
        var topics = config.Model is { } model ? await ReadAgainAsync(db, model, past, cancellationToken) : null;

        var now = past.ConvertAll(t => Request(t, t.TopicId, Priority(t, reasons, inForce.Priority, picture), picture));
        var weights = config.Priority ?? inForce.Priority;
        var changed = past.ConvertAll(t =>
            Request(
                t,
                topics is null ? t.TopicId
                    : topics[t.Id] is { } key ? picture.TopicsByKey.GetValueOrDefault(key)?.Id
                    : null,
                Priority(t, reasons, weights, picture),
                picture
            )
        );
        var first = Run(people, now, to, inForce.VipMargin);
        var second = Run(changedPeople, changed, to, config.VipMargin ?? inForce.VipMargin);
        return Compare(
            from,
            to,
            past,
            people,
            (first, now),
            (second, changed),
            reasons,
            inForce.Priority,
            weights,
            picture
        );
    }

    private static SimulatedRun Run(
        List<SimulatedPerson> people,
        List<SimulatedRequest> requests,
        DateTimeOffset end,
        double margin
    ) => DeskSimulation.Run(people, requests, SimulatedStrategy.Routing, end, margin);

    private static async Task<List<Past>> PastAsync(
        HelpdeskDbContext db,
        DateTimeOffset from,
        DateTimeOffset to,
        CancellationToken cancellationToken
    )
    {
        var past = await db
            .Tickets.AsNoTracking()
            .Where(t => t.CreatedAt >= from && t.CreatedAt < to && !t.IsEmptied)
            .OrderByDescending(t => t.Id)
            .Take(MostTickets)
            .Select(t => new Past(
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
        List<Past> past,
        CancellationToken cancellationToken
    )
    {
        var reasons = new Dictionary<long, IReadOnlyList<Reason>>();
        if (past.Count == 0)
            return reasons;
        var (first, last) = (past[0].Id, past[^1].Id);
        var decisions = db.Set<RoutingDecision>()
            .AsNoTracking()
            .Where(d => d.TicketId >= first && d.TicketId <= last && d.Outcome != RoutingOutcome.Pulled)
            .OrderBy(d => d.Id)
            .Select(d => new { d.TicketId, d.DetailsJson })
            .AsAsyncEnumerable();
        await foreach (var decision in decisions.WithCancellation(cancellationToken))
            if (!reasons.ContainsKey(decision.TicketId))
                reasons.Add(decision.TicketId, DecisionDetails.Parse(decision.DetailsJson).Priority);
        return reasons;
    }

    private async Task<Dictionary<long, string?>> ReadAgainAsync(
        HelpdeskDbContext db,
        int modelId,
        List<Past> past,
        CancellationToken cancellationToken
    )
    {
        var model =
            await models.FindAsync(db, modelId, cancellationToken)
            ?? throw new InvalidDataException($"There is no model {modelId} that can be read here.");
        var topics = new Dictionary<long, string?>();
        foreach (var chunk in past.Chunk(500))
        {
            var ids = chunk.Select(p => p.Id).ToList();
            var texts = await db
                .Tickets.AsNoTracking()
                .Where(t => ids.Contains(t.Id))
                .Select(t => new
                {
                    t.Id,
                    t.Subject,
                    Text = t
                        .Messages.AsQueryable()
                        .Where(Message.IsCustomersOwn)
                        .OrderBy(m => m.Id)
                        .Select(m => m.Text.Substring(0, TrainingMaterial.MostCharacters))
                        .FirstOrDefault(),
                })
                .ToListAsync(cancellationToken);
            foreach (var text in texts)
                topics[text.Id] = RequestClassifier.Read(model, RequestText.Of(text.Subject, text.Text ?? "")).Topic;
        }
        return topics;
    }

    private static async Task<List<SimulatedPerson>> PeopleAsync(
        HelpdeskDbContext db,
        CancellationToken cancellationToken
    )
    {
        var people = await db
            .Specialists.AsNoTracking()
            .Where(s => s.IsActive)
            .Include(s => s.Teams)
            .Include(s => s.Skills)
            .Include(s => s.BusinessHours)
            .OrderBy(s => s.Id)
            .AsSplitQuery()
            .ToListAsync(cancellationToken);
        return people.ConvertAll(p => new SimulatedPerson
        {
            Id = p.Id,
            Name = p.Name,
            Teams = p.Teams.Select(t => t.TeamId).ToHashSet(),
            Skills = p.Skills.ToDictionary(s => s.SkillId, s => s.Level),
            Languages = p.Languages,
            Capacity = p.Capacity,
            Hours = p.BusinessHours?.ToCalendar(),
            DeputyId = p.DeputyId,
        });
    }

    private static List<SimulatedPerson> Change(
        List<SimulatedPerson> people,
        ReplayConfig config,
        DateTimeOffset from,
        DateTimeOffset to
    )
    {
        foreach (var name in config.People.Keys)
            if (!people.Exists(p => p.Name.Equals(name, StringComparison.OrdinalIgnoreCase)))
                throw new InvalidDataException($"Nobody here is called \"{name}\".");
        return people.ConvertAll(p =>
            config.People.FirstOrDefault(c => c.Key.Equals(p.Name, StringComparison.OrdinalIgnoreCase)).Value
                is { } change
                ? p with
                {
                    Capacity = change.Capacity ?? p.Capacity,
                    Absences = change.Absent ? [(from, to)] : p.Absences,
                }
                : p
        );
    }

    private static (TicketPriority Priority, int Score) Priority(
        Past ticket,
        Dictionary<long, IReadOnlyList<Reason>> reasons,
        PriorityWeights weights,
        DeskPicture picture
    )
    {
        var tier = ticket.TierId is { } id ? picture.Tiers.GetValueOrDefault(id) : null;
        // without a stored decision (brought over from elsewhere) from what the ticket itself says
        var again = reasons.GetValueOrDefault(ticket.Id) is { Count: > 0 } kept
            ? PriorityAgain.Decide(kept, weights)
            : PriorityRules.Decide(
                new PriorityFacts
                {
                    TierPoints = tier?.PriorityPoints ?? 0,
                    TierName = tier?.Name ?? "",
                    HasContract = ticket.HasContract,
                    Text = ticket.Subject,
                    Reopenings = ticket.Reopenings,
                },
                weights
            );
        return (again.Priority, again.Score);
    }

    private static SimulatedRequest Request(
        Past ticket,
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

    private static ReplayResult Compare(
        DateTimeOffset from,
        DateTimeOffset to,
        List<Past> past,
        List<SimulatedPerson> people,
        (SimulatedRun Run, List<SimulatedRequest> Requests) now,
        (SimulatedRun Run, List<SimulatedRequest> Requests) changed,
        Dictionary<long, IReadOnlyList<Reason>> reasons,
        PriorityWeights weightsNow,
        PriorityWeights weightsChanged,
        DeskPicture picture
    )
    {
        var names = people.ToDictionary(p => p.Id, p => p.Name);
        var capacity = people.ToDictionary(p => p.Id, p => p.Capacity);
        var before = now.Run.Outcomes.ToDictionary(o => o.Request.Id);
        var after = changed.Run.Outcomes.ToDictionary(o => o.Request.Id);
        var (reassigned, reprioritised) = (0, 0);
        var differences = new List<ReplayDifference>();
        foreach (var ticket in past)
        {
            var (was, becomes) = (before[ticket.Id].First, after[ticket.Id].First);
            var priorityWas = Priority(ticket, reasons, weightsNow, picture).Priority;
            var priorityBecomes = Priority(ticket, reasons, weightsChanged, picture).Priority;
            reassigned += was != becomes ? 1 : 0;
            reprioritised += priorityWas != priorityBecomes ? 1 : 0;
            if ((was != becomes || priorityWas != priorityBecomes) && differences.Count < MostDifferences)
                differences.Add(
                    new ReplayDifference(
                        ticket.Id,
                        ticket.Subject,
                        NameOf(was, names),
                        NameOf(becomes, names),
                        priorityWas,
                        priorityBecomes
                    )
                );
        }
        return new ReplayResult(
            from,
            to,
            Figures(now.Run, names, capacity),
            Figures(changed.Run, names, capacity),
            reassigned,
            reprioritised,
            differences
        );
    }

    private static string? NameOf(Guid? id, Dictionary<Guid, string> names) => id is { } known ? names[known] : null;

    private static ReplayFigures Figures(
        SimulatedRun run,
        Dictionary<Guid, string> names,
        Dictionary<Guid, double> capacity
    ) =>
        new(
            run.Outcomes.Count,
            run.Outcomes.Count(o => o.StartedAt is not null),
            Math.Round(run.WaitMinutes(0.5), 1),
            Math.Round(run.WaitMinutes(0.95), 1),
            Math.Round(run.WaitMinutes(0.95, o => o.Request.IsVip), 1),
            run.Breaches,
            run.VipBreaches,
            run.HandOvers,
            Math.Round(run.Unfairness(capacity), 3),
            run.LoadByPerson.OrderByDescending(l => l.Value)
                .GroupBy(l => names[l.Key], StringComparer.Ordinal)
                .ToDictionary(g => g.Key, g => g.Sum(l => l.Value), StringComparer.Ordinal)
        );
}
