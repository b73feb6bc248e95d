using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Helpdesk.Tickets;
using Helpdesk.Tickets.Access;
using Helpdesk.Tickets.Canned;
using Helpdesk.Tickets.Data;
using Helpdesk.Tickets.People;
using Helpdesk.Tickets.Settings;
using Helpdesk.Tickets.Sla;
using Helpdesk.Tickets.Topics;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;

namespace Helpdesk.Web.Sample;

/// <summary>
/// Brings the bank of <c>desk.json</c> into an empty desk: calendars, policies, tiers, skills, people with roles, teams, topics and
/// organizations. Nobody gets a password.
/// </summary>
internal sealed class DeskStructure(HelpdeskDbContext db, DeskPlan plan, DateTimeOffset now)
{
    private readonly Dictionary<string, BusinessHours> calendars = new(StringComparer.Ordinal);
    private readonly Dictionary<string, SlaPolicy> policies = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Tier> tiers = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Skill> skills = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Specialist> specialists = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Team> teams = new(StringComparer.Ordinal);
    private readonly Dictionary<string, IdentityRole<Guid>> roles = new(StringComparer.Ordinal);

    /// <summary>Adds everything; the caller commits.</summary>
    public async Task AddAsync(CancellationToken cancellationToken)
    {
        await RemoveFirstPolicyAsync(cancellationToken);
        await AddRolesAsync(cancellationToken);
        AddPromises();
        AddPeople();
        AddTeamsAndTopics();
        AddOrganizations();
        await db.SaveChangesAsync(cancellationToken);
        await SetUpAsync(cancellationToken);
        await AddCannedTextsAsync(cancellationToken);
        db.ChangeTracker.Clear();
    }

    /// <summary>The policy that every new desk begins with gives way to the bank's own.</summary>
    private async Task RemoveFirstPolicyAsync(CancellationToken cancellationToken)
    {
        if (await db.Tickets.AnyAsync(cancellationToken) || await db.Tiers.AnyAsync(cancellationToken))
            return;
        await db.DeskSettings.ExecuteUpdateAsync(
            s => s.SetProperty(settings => settings.DefaultSlaPolicyId, (int?)null),
            cancellationToken
        );
        await db.SlaPolicies.ExecuteDeleteAsync(cancellationToken);
        await db.BusinessHours.ExecuteDeleteAsync(cancellationToken);
    }

    private async Task AddRolesAsync(CancellationToken cancellationToken)
    {
        foreach (var role in await db.Roles.ToListAsync(cancellationToken))
            roles[role.Name!] = role;
        foreach (var name in Roles.All.Where(name => !roles.ContainsKey(name)))
        {
            roles[name] = new IdentityRole<Guid>(name)
            {
                Id = IdOf("role " + name),
                NormalizedName = name.ToUpperInvariant(),
                ConcurrencyStamp = IdOf("stamp " + name).ToString(),
            };
            db.Roles.Add(roles[name]);
        }
    }

    private void AddPromises()
    {
        foreach (var calendar in plan.Calendars)
        {
            var office = calendar.Office is { } key ? plan.Calendars.Single(c => c.Key == key) : calendar;
            calendars[calendar.Key] = new BusinessHours
            {
                Name = calendar.Name,
                TimeZoneId = office.TimeZone!,
                Week = calendar.Week,
                // from last year to the year after next: history and promises both cross New Year
                Holidays =
                [
                    .. Enumerable
                        .Range(now.Year - 2, 5)
                        .SelectMany(year => office.Holidays!.Select(h => h.In(year)))
                        .Distinct()
                        .Order(),
                ],
            };
        }
        db.AddRange(calendars.Values);
        foreach (var policyPlan in plan.SlaPolicies)
        {
            var policy = new SlaPolicy { Name = policyPlan.Name, BusinessHours = calendars[policyPlan.Calendar] };
            foreach (var (priority, target) in policyPlan.Targets)
                policy.Promises.Add(
                    new SlaPromise
                    {
                        Priority = priority,
                        FirstResponseMinutes = target.FirstResponseMinutes,
                        NextResponseMinutes = target.NextResponseMinutes,
                        ResolutionMinutes = target.ResolutionMinutes,
                    }
                );
            foreach (var level in policyPlan.Escalation)
                policy.Escalations.Add(new EscalationRule { Percent = level.Percent, Actions = level.Actions });
            policies[policyPlan.Key] = policy;
            db.Add(policy);
        }
        foreach (var tier in plan.Tiers)
        {
            tiers[tier.Key] = new Tier
            {
                Name = tier.Name,
                Rank = tier.Rank,
                PriorityPoints = tier.PriorityPoints,
                IsVip = tier.IsVip,
                SlaPolicy = policies[tier.Policy],
            };
            db.Add(tiers[tier.Key]);
        }
    }

    private void AddPeople()
    {
        foreach (var skill in plan.Skills)
        {
            skills[skill.Key] = new Skill { Key = skill.Key, Name = skill.Name };
            db.Add(skills[skill.Key]);
        }
        AddUser(
            plan.Administrator.Key,
            plan.Administrator.Name,
            plan.Administrator.Email,
            plan.Administrator.TimeZone,
            Roles.Administrator
        );
        foreach (var supervisor in plan.Supervisors)
            AddUser(supervisor.Key, supervisor.Name, supervisor.Email, supervisor.TimeZone, Roles.Supervisor);
        foreach (var person in plan.Specialists)
        {
            var hours = calendars[person.Hours];
            var user = AddUser(person.Key, person.Name, person.Email, hours.TimeZoneId, Roles.Specialist);
            var specialist = new Specialist
            {
                Id = user.Id,
                Name = person.Name,
                Address = person.Email,
                Capacity = person.Capacity,
                Languages = string.Join(' ', person.Languages),
                BusinessHours = hours,
            };
            foreach (var (skill, level) in person.Skills)
                specialist.Skills.Add(new SpecialistSkill { Skill = skills[skill], Level = level });
            specialists[person.Key] = specialist;
            db.Add(specialist);
        }
    }

    private AppUser AddUser(string key, string name, string email, string timeZone, string role)
    {
        var user = new AppUser
        {
            Id = IdOf("user " + key),
            UserName = email,
            NormalizedUserName = email.ToUpperInvariant(),
            Email = email,
            NormalizedEmail = email.ToUpperInvariant(),
            EmailConfirmed = true,
            LockoutEnabled = true,
            DisplayName = name,
            TimeZoneId = timeZone,
            SecurityStamp = Convert.ToHexString(RandomNumberGenerator.GetBytes(20)),
        };
        db.Add(user);
        db.Add(new IdentityUserRole<Guid> { UserId = user.Id, RoleId = roles[role].Id });
        return user;
    }

    private void AddTeamsAndTopics()
    {
        foreach (var teamPlan in plan.Teams)
        {
            var team = new Team
            {
                Name = teamPlan.Name,
                Description = teamPlan.Description,
                Lead = specialists[teamPlan.Lead],
            };
            foreach (var person in plan.Specialists.Where(p => p.Teams.Contains(teamPlan.Key, StringComparer.Ordinal)))
                team.Members.Add(new TeamMember { Specialist = specialists[person.Key] });
            teams[teamPlan.Key] = team;
            db.Add(team);
        }
        foreach (var area in plan.Areas)
        {
            var parent = new Topic
            {
                Key = area.Key,
                Name = area.Name,
                Description = area.Description,
                Icon = area.Icon,
                Team = teams[area.Team],
            };
            db.Add(parent);
            foreach (var topic in area.Topics)
                db.Add(
                    new Topic
                    {
                        Key = topic.Key,
                        Name = topic.Name,
                        Description = topic.Description,
                        Parent = parent,
                        Team = teams[area.Team],
                        Skill = skills[topic.Skill],
                    }
                );
        }
    }

    private void AddOrganizations()
    {
        var today = DateOnly.FromDateTime(now.UtcDateTime);
        foreach (var organization in plan.Organizations)
        {
            var contract = organization.Contract;
            db.Add(
                new Organization
                {
                    Name = organization.Name,
                    Tier = tiers[organization.Tier],
                    SlaPolicy = contract?.Policy is { } policy ? policies[policy] : null,
                    CustomerSince = contract is null ? null : today.AddDays(contract.StartsInDays),
                    Note = contract is null
                        ? organization.About
                        : string.Create(
                            CultureInfo.InvariantCulture,
                            $"{organization.About} Contract {contract.Reference}, until {today.AddDays(contract.EndsInDays):yyyy-MM-dd}."
                        ),
                }
            );
        }
    }

    private async Task AddCannedTextsAsync(CancellationToken cancellationToken)
    {
        var author = Actor.Staff(IdOf("user " + plan.Administrator.Key), plan.Administrator.Name);
        foreach (var text in plan.CannedTexts)
        {
            var owner = text.Team is { } team ? CannedOwner.Team(teams[team].Id) : CannedOwner.Everybody;
            db.Add(new CannedText(owner, text.Key, text.Name, text.Text, author, now));
        }
        await db.SaveChangesAsync(cancellationToken);
    }

    private async Task SetUpAsync(CancellationToken cancellationToken)
    {
        var settings = await db.DeskSettings.SingleOrDefaultAsync(cancellationToken);
        if (settings is null)
            db.Add(settings = new DeskSettings());
        settings.CompanyName = plan.Company.Name;
        settings.TimeZoneId = plan.Company.TimeZone;
        settings.SupportAddress = plan.Company.SupportAddress;
        settings.OtherAddresses = "support@localhost"; // for whoever tries the desk on their own machine
        settings.DefaultSlaPolicyId = policies[plan.Company.DefaultPolicy].Id;
        settings.DefaultTeamId = teams[plan.Company.DefaultTeam].Id;
        settings.SetUpAt ??= now;
        await db.SaveChangesAsync(cancellationToken);
    }

    /// <summary>The same id for the same name in every sample desk, so that history is the same too.</summary>
    private static Guid IdOf(string name) =>
        new(SHA256.HashData(Encoding.UTF8.GetBytes("Larch Bank, " + name)).AsSpan(0, 16));
}
