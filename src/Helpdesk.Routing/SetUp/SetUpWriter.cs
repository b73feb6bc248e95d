using Helpdesk.Routing.Learning;
using Helpdesk.Tickets.Data;
using Helpdesk.Tickets.People;
using Helpdesk.Tickets.Sla;
using Helpdesk.Tickets.Topics;
using Microsoft.EntityFrameworkCore;

namespace Helpdesk.Routing.SetUp;

/// <summary>Writes the desk's teams, skills, hours, topics and people as a checked set-up wants them.</summary>
internal static class SetUpWriter
{
    /// <summary>Writes what is different; the caller has a transaction, saves and commits.</summary>
    public static async Task WriteAsync(HelpdeskDbContext db, RoutingSetUp wanted, CancellationToken cancellationToken)
    {
        await TeamsAndSkillsAsync(db, wanted, cancellationToken);
        await TopicsAsync(db, wanted, cancellationToken);
        await PeopleAsync(db, wanted, cancellationToken);
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
            area.TeamId = entry.Team is { } owner ? teams[owner] : null;
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
