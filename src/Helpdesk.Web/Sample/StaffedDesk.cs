using Helpdesk.Tickets;
using Helpdesk.Tickets.Access;
using Helpdesk.Tickets.Data;
using Helpdesk.Tickets.People;
using Helpdesk.Tickets.Settings;
using Helpdesk.Tickets.Sla;
using Helpdesk.Tickets.Topics;
using Microsoft.EntityFrameworkCore;

namespace Helpdesk.Web.Sample;

/// <summary>A topic with all that a ticket about it needs.</summary>
/// <param name="People">Members of the team who know enough, or the whole team when nobody does.</param>
internal sealed record StaffedTopic(
    Topic Topic,
    TopicPlan Plan,
    string AreaKey,
    Team Team,
    IReadOnlyList<Worker> People
);

/// <summary>A specialist and the hours in which they answer.</summary>
internal sealed record Worker(Specialist Person, BusinessCalendar Hours, bool IsSenior);

/// <summary>The desk that history happens at, read from the database once.</summary>
internal sealed class StaffedDesk
{
    public required DeskSettings Settings { get; init; }
    public required IReadOnlyList<StaffedTopic> Topics { get; init; }
    public required IReadOnlyDictionary<string, StaffedTopic> TopicsByKey { get; init; }
    public required IReadOnlyDictionary<int, Team> Teams { get; init; }
    public required IReadOnlyDictionary<Guid, Worker> Workers { get; init; }
    public required IReadOnlyDictionary<int, SlaTerms> Policies { get; init; }
    public required IReadOnlyDictionary<int, Tier> Tiers { get; init; }
    public required IReadOnlyDictionary<string, Organization> Organizations { get; init; }
    public required IReadOnlyList<(Guid UserId, string Address)> Supervisors { get; init; }
    public required Team DefaultTeam { get; init; }

    public static async Task<StaffedDesk> ReadAsync(
        HelpdeskDbContext db,
        DeskPlan plan,
        CancellationToken cancellationToken
    )
    {
        var teams = await db
            .Teams.AsNoTrackingWithIdentityResolution()
            .Include(t => t.Lead)
            .Include(t => t.Members)
                .ThenInclude(m => m.Specialist.Skills)
            .Include(t => t.Members)
                .ThenInclude(m => m.Specialist.BusinessHours)
            .AsSplitQuery()
            .ToDictionaryAsync(t => t.Id, cancellationToken);
        var seniors = plan
            .Specialists.Where(s => s.Level == "senior")
            .Select(s => s.Email)
            .ToHashSet(StringComparer.Ordinal);
        var workers = teams
            .Values.SelectMany(t => t.Members)
            .Select(m => m.Specialist)
            .DistinctBy(s => s.Id)
            .ToDictionary(
                s => s.Id,
                s => new Worker(
                    s,
                    s.BusinessHours?.ToCalendar() ?? BusinessCalendar.AlwaysOpen,
                    seniors.Contains(s.Address)
                )
            );
        var policies = await db
            .SlaPolicies.AsNoTracking()
            .Include(p => p.BusinessHours)
            .Include(p => p.Promises)
            .Include(p => p.Escalations)
            .AsSplitQuery()
            .ToListAsync(cancellationToken);
        var settings = await db.DeskSettings.AsNoTracking().SingleAsync(cancellationToken);
        var topicsByKey = await db.Topics.AsNoTracking().ToDictionaryAsync(t => t.Key, cancellationToken);
        var topics = (
            from area in plan.Areas
            from topic in area.Topics
            let entity = topicsByKey[topic.Key]
            let team = teams[entity.TeamId!.Value]
            select new StaffedTopic(entity, topic, area.Key, team, Qualified(team, entity, topic, workers))
        ).ToList();
        return new StaffedDesk
        {
            Settings = settings,
            Topics = topics,
            TopicsByKey = topics.ToDictionary(t => t.Plan.Key, StringComparer.Ordinal),
            Teams = teams,
            Workers = workers,
            Policies = policies.ToDictionary(p => p.Id, p => new SlaTerms(p)),
            Tiers = await db.Tiers.AsNoTracking().ToDictionaryAsync(t => t.Id, cancellationToken),
            Organizations = (await db.Organizations.AsNoTracking().ToListAsync(cancellationToken))
                .DistinctBy(o => o.Name)
                .ToDictionary(o => o.Name, StringComparer.Ordinal),
            Supervisors = await SupervisorsAsync(db, cancellationToken),
            DefaultTeam = teams[settings.DefaultTeamId ?? topics[0].Team.Id],
        };
    }

    public Tier? TierOf(Customer customer) =>
        (customer.TierId ?? customer.Organization?.TierId) is { } id ? Tiers.GetValueOrDefault(id) : null;

    /// <summary>Contract before own tier before the organization's tier before the desk's default, as the desk itself counts.</summary>
    public SlaTerms? TermsFor(Customer customer) =>
        Terms(customer.Organization?.SlaPolicyId)
        ?? Terms(TierOf(customer)?.SlaPolicyId)
        ?? Terms(Settings.DefaultSlaPolicyId);

    public List<Worker> CrewOf(Team team) => [.. team.Members.Select(m => Workers[m.SpecialistId])];

    private SlaTerms? Terms(int? policyId) => policyId is { } id ? Policies.GetValueOrDefault(id) : null;

    private static List<Worker> Qualified(Team team, Topic topic, TopicPlan plan, Dictionary<Guid, Worker> workers)
    {
        var members = team
            .Members.Where(m => m.Specialist.IsActive)
            .OrderBy(m => m.Specialist.Name, StringComparer.Ordinal)
            .ToList();
        var able = members
            .Where(m => m.Specialist.Skills.Exists(s => s.SkillId == topic.SkillId && s.Level >= plan.Level))
            .ToList();
        return [.. (able.Count > 0 ? able : members).Select(m => workers[m.SpecialistId])];
    }

    private static async Task<List<(Guid, string)>> SupervisorsAsync(
        HelpdeskDbContext db,
        CancellationToken cancellationToken
    )
    {
        var found = await (
            from user in db.Users
            join userRole in db.UserRoles on user.Id equals userRole.UserId
            join role in db.Roles on userRole.RoleId equals role.Id
            where role.Name == Roles.Supervisor && user.DeactivatedAt == null && user.Email != null
            orderby user.Email
            select new { user.Id, user.Email }
        ).ToListAsync(cancellationToken);
        return found.ConvertAll(u => (u.Id, u.Email!));
    }
}
