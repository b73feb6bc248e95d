using Helpdesk.Tickets;
using Helpdesk.Tickets.Data;
using Microsoft.EntityFrameworkCore;

namespace Helpdesk.Web.Components.Admin.TopicTree;

public sealed record TopicRow(
    int Id,
    string Name,
    string? Team,
    string? Skill,
    Frequency Frequency,
    int? Rank,
    bool IsArchived
);

public sealed record AreaRows(int Id, string Name, string? Icon, IReadOnlyList<TopicRow> Topics);

public sealed record TeamRow(
    int Id,
    string Name,
    string? Lead,
    bool LeadIsAway,
    int People,
    int Topics,
    bool IsDefault
);

public sealed record SkillRow(int Id, string Name, int People, int Topics);

/// <summary>Topics by area, teams and skills, as the administrators' lists show them.</summary>
public sealed class TopicList(IDbContextFactory<HelpdeskDbContext> databases)
{
    /// <param name="search">Part of a name.</param>
    /// <param name="archived">Also those that are archived.</param>
    public async Task<IReadOnlyList<AreaRows>> AreasAsync(string? search, int? teamId, bool archived)
    {
        await using var db = databases.CreateDbContext();
        // some hundred rows at most: what a page can show can be filtered here, in the reader's own letters
        var topics = await db
            .Topics.AsNoTracking()
            .Include(t => t.Team)
            .Include(t => t.Skill)
            .OrderBy(t => t.Name)
            .ToListAsync();
        var words = search?.Trim() ?? "";
        var isFiltered = words.Length > 0 || teamId is not null;
        return
        [
            .. topics
                .Where(t => t.ParentId is null)
                .Select(area => new AreaRows(
                    area.Id,
                    area.Name,
                    area.Icon,
                    [
                        .. topics
                            .Where(t =>
                                t.ParentId == area.Id
                                && (archived || !t.IsArchived)
                                && (teamId is null || (t.TeamId ?? area.TeamId) == teamId)
                                && t.Name.Contains(words, StringComparison.CurrentCultureIgnoreCase)
                            )
                            .Select(t => new TopicRow(
                                t.Id,
                                t.Name,
                                (t.Team ?? area.Team)?.Name,
                                t.Skill?.Name,
                                t.Frequency,
                                t.FrequencyRank,
                                t.IsArchived
                            )),
                    ]
                ))
                .Where(area => area.Topics.Count > 0 || !isFiltered),
        ];
    }

    public async Task<IReadOnlyList<TeamRow>> TeamsAsync()
    {
        await using var db = databases.CreateDbContext();
        return await db
            .Teams.OrderBy(t => t.Name)
            .Select(t => new TeamRow(
                t.Id,
                t.Name,
                t.Lead!.Name,
                t.Lead != null && !t.Lead.IsActive,
                t.Members.Count(m => m.Specialist.IsActive),
                db.Topics.Count(topic => topic.TeamId == t.Id && !topic.IsArchived),
                db.DeskSettings.Any(s => s.DefaultTeamId == t.Id)
            ))
            .ToListAsync();
    }

    public async Task<IReadOnlyList<SkillRow>> SkillsAsync()
    {
        await using var db = databases.CreateDbContext();
        return await db
            .Skills.OrderBy(s => s.Name)
            .Select(s => new SkillRow(
                s.Id,
                s.Name,
                db.Set<Tickets.People.SpecialistSkill>().Count(x => x.SkillId == s.Id && x.Specialist.IsActive),
                db.Topics.Count(t => t.SkillId == s.Id && !t.IsArchived)
            ))
            .ToListAsync();
    }
}
