using System.Data;
using Helpdesk.Routing.AutoAnswer;
using Helpdesk.Routing.Learning;
using Helpdesk.Routing.Rules;
using Helpdesk.Tickets;
using Helpdesk.Tickets.Data;
using Helpdesk.Tickets.People;
using Helpdesk.Tickets.Settings;
using Helpdesk.Tickets.Sla;
using Helpdesk.Tickets.Topics;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace Helpdesk.Routing.SetUp;

/// <summary>Takes the routing set-up out of the desk and brings it in.</summary>
public sealed class SetUpExchange(
    IDbContextFactory<HelpdeskDbContext> databases,
    LiveRules rules,
    DeskDirectory directory,
    TimeProvider time,
    IOptions<RoutingOptions> options
)
{
    /// <summary>How a change of this kind is recorded.</summary>
    public const string ChangeKind = "routing set-up imported";

    public async Task<RoutingSetUp> ReadAsync(CancellationToken cancellationToken = default)
    {
        await using var db = databases.CreateDbContext();
        return await SetUpReader.ReadAsync(db, rules, cancellationToken);
    }

    /// <summary>The set-up inside somebody's transaction.</summary>
    public Task<RoutingSetUp> ReadAsync(HelpdeskDbContext db, CancellationToken cancellationToken = default) =>
        SetUpReader.ReadAsync(db, rules, cancellationToken);

    /// <summary>What the file would change; nothing is changed.</summary>
    /// <exception cref="InvalidDataException">What makes no sense in it.</exception>
    public async Task<SetUpPlan> PlanAsync(RoutingSetUp file, CancellationToken cancellationToken = default)
    {
        await using var db = databases.CreateDbContext();
        return await PlanAsync(db, file, cancellationToken);
    }

    /// <summary>All of it or nothing, from the command line; the history says that the desk did it.</summary>
    public async Task<SetUpPlan> ImportAsync(RoutingSetUp file, CancellationToken cancellationToken = default)
    {
        await using var db = databases.CreateDbContext();
        await using var transaction = await db.Database.BeginTransactionAsync(
            IsolationLevel.Serializable,
            cancellationToken
        );
        var plan = await ApplyAsync(db, file, who: null, cancellationToken);
        if (plan.Differences.Count > 0)
            db.Add(
                new AdministrationChange
                {
                    At = time.GetUtcNow(),
                    Area = "set-up",
                    Kind = ChangeKind,
                    Fields = plan.Differences,
                }
            );
        await db.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        directory.Forget();
        return plan;
    }

    /// <summary>Writes what is different; the caller has a transaction, saves and commits.</summary>
    /// <param name="who">Null: the desk itself.</param>
    /// <exception cref="InvalidDataException">What makes no sense in the file; nothing was written.</exception>
    public async Task<SetUpPlan> ApplyAsync(
        HelpdeskDbContext db,
        RoutingSetUp file,
        Actor? who,
        CancellationToken cancellationToken = default
    )
    {
        var plan = await PlanAsync(db, file, cancellationToken);
        var before = await SetUpReader.ReadAsync(db, rules, cancellationToken);
        await TeamsAndSkillsAsync(db, plan.Wanted, cancellationToken);
        await TopicsAsync(db, plan.Wanted, cancellationToken);
        await PeopleAsync(db, plan.Wanted, cancellationToken);
        var settings = await db.DeskSettings.SingleAsync(cancellationToken);
        settings.SplitsCombined = plan.Wanted.SplitsCombined is true;
        var now = time.GetUtcNow();
        var byName = NameOf(who);
        if (plan.Wanted.Rules is { } wanted && wanted != before.Rules)
            db.Add(
                new RuleChange
                {
                    At = now,
                    ByUserId = who?.UserId ?? Guid.Empty,
                    ByName = byName,
                    RulesJson = wanted.ToJson(),
                }
            );
        await AnswersAsync(db, before, plan.Wanted, who, now, cancellationToken);
        await db.SaveChangesAsync(cancellationToken);
        return plan;
    }

    private static string NameOf(Actor? who) => Text.Cut(who?.Name, RuleChange.MaxNameLength);

    private async Task<SetUpPlan> PlanAsync(
        HelpdeskDbContext db,
        RoutingSetUp file,
        CancellationToken cancellationToken
    )
    {
        var now = await SetUpReader.ReadAsync(db, rules, cancellationToken);
        var tiers = await db.Tiers.Select(t => t.Name).ToListAsync(cancellationToken);
        SetUpCheck.Run(file, now, tiers.ToHashSet(StringComparer.Ordinal));
        var staff = now.People.Select(p => SetUpPlan.Lower(p.Address)).ToHashSet(StringComparer.Ordinal);
        var ready = await ReadyAsync(db, file, cancellationToken);
        return SetUpPlan.Of(now, file, staff, answers => ready.Contains((answers.Topic, answers.Promise)));
    }

    private async Task<HashSet<(string Topic, double Promise)>> ReadyAsync(
        HelpdeskDbContext db,
        RoutingSetUp file,
        CancellationToken cancellationToken
    )
    {
        var wished = file.AutomaticAnswers.Where(a => a.State is AnsweringState.Answering).ToList();
        var keys = wished.ConvertAll(a => a.Topic);
        var ids = await db
            .Topics.Where(t => keys.Contains(t.Key))
            .ToDictionaryAsync(t => t.Key, t => t.Id, cancellationToken);
        var inForce = await AnsweringBook.InForceAsync(db, cancellationToken);
        var ready = new HashSet<(string, double)>();
        foreach (var answers in wished)
            if (
                ids.TryGetValue(answers.Topic, out var id)
                && (
                    await ReadinessAsync(db, id, inForce.GetValueOrDefault(id), answers.Promise, cancellationToken)
                ).IsReady
            )
                ready.Add((answers.Topic, answers.Promise));
        return ready;
    }

    private async Task<AnsweringReadiness> ReadinessAsync(
        HelpdeskDbContext db,
        int topicId,
        AnsweringChange? inForce,
        double promise,
        CancellationToken cancellationToken
    )
    {
        var now = time.GetUtcNow();
        var since = now.AddDays(-options.Value.AutoAnswer.EvidenceDays);
        var rows = await AnsweringBook.AnswersAsync(db, since, topicId, cancellationToken);
        return AnsweringBook.Readiness(promise, AnsweringBook.Counting(rows, inForce), options.Value.AutoAnswer, now);
    }

    private static async Task TeamsAndSkillsAsync(
        HelpdeskDbContext db,
        RoutingSetUp wanted,
        CancellationToken cancellationToken
    )
    {
        var teams = await db.Teams.ToDictionaryAsync(t => t.Name, StringComparer.Ordinal, cancellationToken);
        var people = await ByAddressAsync(db, cancellationToken);
        foreach (var entry in wanted.Teams)
        {
            if (!teams.TryGetValue(entry.Name, out var team))
                db.Teams.Add(teams[entry.Name] = team = new Team { Name = entry.Name });
            team.Description = entry.Description;
            // whoever is not active here is not in the file either, and stays where they are
            if (entry.Lead is { } lead)
                team.LeadId = people[SetUpPlan.Lower(lead)].Id;
            else if (people.Values.Any(p => p.Id == team.LeadId))
                team.LeadId = null;
        }
        var skills = await db.Skills.ToDictionaryAsync(s => s.Key, StringComparer.Ordinal, cancellationToken);
        foreach (var entry in wanted.Skills)
            if (skills.TryGetValue(entry.Key, out var skill))
                skill.Name = entry.Name;
            else
                db.Skills.Add(new Skill { Key = entry.Key, Name = entry.Name });
        var hours = await db.BusinessHours.ToDictionaryAsync(h => h.Name, StringComparer.Ordinal, cancellationToken);
        foreach (var entry in wanted.Hours)
            if (hours.TryGetValue(entry.Name, out var known))
            {
                (known.TimeZoneId, known.Week) = (entry.TimeZone, entry.Week);
                if (!known.Holidays.Order().SequenceEqual(entry.ClosedDays))
                    known.Holidays = entry.ClosedDays;
            }
            else
                db.BusinessHours.Add(
                    new BusinessHours
                    {
                        Name = entry.Name,
                        TimeZoneId = entry.TimeZone,
                        Week = entry.Week,
                        Holidays = entry.ClosedDays,
                    }
                );
        await db.SaveChangesAsync(cancellationToken);
        if (wanted.DefaultTeam is { } name)
            (await db.DeskSettings.SingleAsync(cancellationToken)).DefaultTeamId = teams[name].Id;
    }

    private static async Task TopicsAsync(
        HelpdeskDbContext db,
        RoutingSetUp wanted,
        CancellationToken cancellationToken
    )
    {
        var topics = await db.Topics.ToDictionaryAsync(t => t.Key, StringComparer.Ordinal, cancellationToken);
        var teams = await db.Teams.ToDictionaryAsync(t => t.Name, t => t.Id, StringComparer.Ordinal, cancellationToken);
        var skills = await db.Skills.ToDictionaryAsync(
            s => s.Key,
            s => s.Id,
            StringComparer.Ordinal,
            cancellationToken
        );
        foreach (var entry in wanted.Areas)
        {
            var area = Find(entry.Key, entry.Name);
            (area.Description, area.Icon) = (entry.Description, entry.Icon);
            foreach (var under in entry.Topics)
            {
                var topic = Find(under.Key, under.Name);
                (topic.Description, topic.IsArchived) = (under.Description, under.Archived);
                if (area.Id == 0 || topic.ParentId != area.Id)
                    topic.Parent = area;
                topic.TeamId = under.Team is { } team ? teams[team] : null;
                topic.SkillId = under.Skill is { } skill ? skills[skill] : null;
            }
        }
        await db.SaveChangesAsync(cancellationToken);
        var phrases = (await db.Set<TopicPhrase>().ToListAsync(cancellationToken)).ToLookup(p => p.TopicId);
        foreach (var entry in wanted.Topics)
        {
            var known = phrases[topics[entry.Key].Id].ToList();
            db.RemoveRange(known.Where(p => !entry.Phrases.Contains(p.Text)));
            db.AddRange(
                entry
                    .Phrases.Where(text => !known.Exists(p => p.Text == text))
                    .Select(text => new TopicPhrase { TopicId = topics[entry.Key].Id, Text = text })
            );
        }

        Topic Find(string key, string name)
        {
            if (!topics.TryGetValue(key, out var topic))
                db.Topics.Add(topics[key] = topic = new Topic { Key = key, Name = name });
            topic.Name = name;
            return topic;
        }
    }

    private static async Task PeopleAsync(
        HelpdeskDbContext db,
        RoutingSetUp wanted,
        CancellationToken cancellationToken
    )
    {
        var people = await ByAddressAsync(db, cancellationToken);
        var teams = await db.Teams.ToDictionaryAsync(t => t.Name, StringComparer.Ordinal, cancellationToken);
        var skills = await db.Skills.ToDictionaryAsync(s => s.Key, StringComparer.Ordinal, cancellationToken);
        var hours = await db.BusinessHours.ToDictionaryAsync(
            h => h.Name,
            h => h.Id,
            StringComparer.Ordinal,
            cancellationToken
        );
        foreach (var entry in wanted.People)
        {
            var person = people[SetUpPlan.Lower(entry.Address)];
            (person.Capacity, person.Languages) = (entry.Capacity, entry.Languages);
            person.BusinessHoursId = entry.Hours is { } name ? hours[name] : null;
            if (entry.Deputy is { } deputy)
                person.DeputyId = people[SetUpPlan.Lower(deputy)].Id;
            else if (people.Values.Any(p => p.Id == person.DeputyId))
                person.DeputyId = null;
            person.Teams.RemoveAll(m => !entry.Teams.Contains(m.Team.Name));
            foreach (var team in entry.Teams.Where(t => !person.Teams.Exists(m => m.Team.Name == t)))
                person.Teams.Add(new TeamMember { Team = teams[team], Specialist = person });
            person.Skills.RemoveAll(s => !entry.Skills.ContainsKey(s.Skill.Key));
            foreach (var (key, level) in entry.Skills)
                if (person.Skills.Find(s => s.Skill.Key == key) is { } has)
                    has.Level = level;
                else
                    person.Skills.Add(
                        new SpecialistSkill
                        {
                            Skill = skills[key],
                            Specialist = person,
                            Level = level,
                        }
                    );
        }
    }

    private async Task AnswersAsync(
        HelpdeskDbContext db,
        RoutingSetUp before,
        RoutingSetUp wanted,
        Actor? who,
        DateTimeOffset now,
        CancellationToken cancellationToken
    )
    {
        var stands = before.AutomaticAnswers.ToDictionary(a => a.Topic, StringComparer.Ordinal);
        var inForce = await AnsweringBook.InForceAsync(db, cancellationToken);
        var ids = await db.Topics.ToDictionaryAsync(t => t.Key, t => t.Id, StringComparer.Ordinal, cancellationToken);
        var tiers = await db.Tiers.ToDictionaryAsync(t => t.Name, t => t.Id, StringComparer.Ordinal, cancellationToken);
        foreach (var answers in wanted.AutomaticAnswers)
        {
            if (SetUpPlan.IsSame(stands.GetValueOrDefault(answers.Topic), answers))
                continue;
            var id = ids[answers.Topic];
            var last = inForce.GetValueOrDefault(id);
            var readiness = await ReadinessAsync(db, id, last, answers.Promise, cancellationToken);
            var isAnswering = answers.State is AnsweringState.Answering;
            db.Add(
                new AnsweringChange
                {
                    TopicId = id,
                    Number = (last?.Number ?? 0) + 1,
                    At = now,
                    State = answers.State,
                    Promise = answers.Promise,
                    Threshold = isAnswering ? readiness.Threshold!.From : null,
                    ObservedSince = AnsweringSwitch.SinceOf(answers.State, last, now),
                    ExcludedTiers = AnsweringChange.TierList(answers.ExcludedTiers.Select(t => tiers[t])),
                    Judged = readiness.Threshold?.Answers ?? readiness.Judged,
                    Right = readiness.Threshold?.Right ?? readiness.Right,
                    ByUserId = who?.UserId,
                    ByName = NameOf(who),
                }
            );
        }
    }

    private static async Task<Dictionary<string, Specialist>> ByAddressAsync(
        HelpdeskDbContext db,
        CancellationToken cancellationToken
    ) =>
        (
            await db
                .Specialists.Include(s => s.Teams)
                    .ThenInclude(m => m.Team)
                .Include(s => s.Skills)
                    .ThenInclude(s => s.Skill)
                .AsSplitQuery()
                .Where(s => s.IsActive)
                .ToListAsync(cancellationToken)
        )
            .GroupBy(s => SetUpPlan.Lower(s.Address), StringComparer.Ordinal)
            .ToDictionary(g => g.Key, g => g.First(), StringComparer.Ordinal);
}
