using System.Globalization;
using System.Text;
using Helpdesk.Routing.Learning;
using Helpdesk.Tickets.Data;
using Helpdesk.Tickets.People;
using Helpdesk.Tickets.Topics;
using Microsoft.EntityFrameworkCore;
using static Helpdesk.Web.Components.Admin.AdminWork;

namespace Helpdesk.Web.Components.Admin.TopicTree;

/// <summary>What an administrator does with topics, the teams that own them, and the skills they need.</summary>
public sealed class TopicChanges(AdminWork work)
{
    private const int MaxKeyLength = 80;
    public const string NoTeam = "NoTeam";
    public const string NoSkill = "NoSkill";

    // ---- topics

    public Task<TopicForm?> TopicAsync(int id) => work.ReadAsync(db => TopicAsync(db, id));

    /// <param name="id">Null = a new one.</param>
    public Task<(string? Refusal, int Id)> SaveTopicAsync(int? id, TopicForm form) =>
        work.SaveAsync(
            "topic",
            id,
            form,
            db => TopicAsync(db, id!.Value),
            async db =>
            {
                var (name, area) = (form.Name!.Trim(), form.AreaId!.Value);
                if (!await db.Topics.AnyAsync(t => t.Id == area && t.ParentId == null))
                    return (Refusals.Changed, null);
                if (form.TeamId is { } team && !await db.Teams.AnyAsync(t => t.Id == team))
                    return (NoTeam, null);
                if (form.SkillId is { } skill && !await db.Skills.AnyAsync(s => s.Id == skill))
                    return (NoSkill, null);
                if (
                    await IsTakenAsync(
                        name,
                        id,
                        db.Topics.Where(t => t.ParentId == area).Select(t => new NamedRow(t.Id, t.Name))
                    )
                )
                    return (Refusals.Taken, null);
                var topic = id is null
                    ? new Topic
                    {
                        Key = await FreeKeyAsync(name, key => db.Topics.AnyAsync(t => t.Key == key)),
                        Name = name,
                    }
                    : await db.Topics.SingleAsync(t => t.Id == id);
                if (id is null)
                    db.Topics.Add(topic);
                (topic.Name, topic.ParentId, topic.Description) = (name, area, form.Description?.Trim() ?? "");
                (topic.TeamId, topic.SkillId, topic.IsArchived) = (form.TeamId, form.SkillId, form.IsArchived);
                await db.SaveChangesAsync(); // phrases need its id
                await SetPhrasesAsync(db, topic.Id, form.PhraseList);
                return (null, () => topic.Id);
            }
        );

    private static async Task SetPhrasesAsync(HelpdeskDbContext db, int topicId, IReadOnlyList<string> wanted)
    {
        var known = await db.Set<TopicPhrase>().Where(p => p.TopicId == topicId).ToListAsync();
        db.RemoveRange(known.Where(p => !wanted.Contains(p.Text)));
        db.AddRange(
            wanted
                .Where(text => !known.Exists(p => p.Text == text))
                .Select(text => new TopicPhrase { TopicId = topicId, Text = text })
        );
    }

    private static async Task<TopicForm?> TopicAsync(HelpdeskDbContext db, int id)
    {
        if (await db.Topics.AsNoTracking().SingleOrDefaultAsync(t => t.Id == id && t.ParentId != null) is not { } topic)
            return null;
        var phrases = await db.Set<TopicPhrase>()
            .Where(p => p.TopicId == id)
            .OrderBy(p => p.Id)
            .Select(p => p.Text)
            .ToListAsync();
        return new TopicForm
        {
            Name = topic.Name,
            AreaId = topic.ParentId,
            TeamId = topic.TeamId,
            SkillId = topic.SkillId,
            Description = topic.Description,
            Phrases = string.Join('\n', phrases),
            IsArchived = topic.IsArchived,
        };
    }

    // ---- areas

    public Task<AreaForm?> AreaAsync(int id) => work.ReadAsync(db => AreaAsync(db, id));

    public Task<(string? Refusal, int Id)> SaveAreaAsync(int? id, AreaForm form) =>
        work.SaveAsync(
            "area",
            id,
            form,
            db => AreaAsync(db, id!.Value),
            async db =>
            {
                var name = form.Name!.Trim();
                if (
                    await IsTakenAsync(
                        name,
                        id,
                        db.Topics.Where(t => t.ParentId == null).Select(t => new NamedRow(t.Id, t.Name))
                    )
                )
                    return (Refusals.Taken, null);
                if (form.TeamId is { } team && !await db.Teams.AnyAsync(t => t.Id == team))
                    return (NoTeam, null);
                var area = id is null
                    ? new Topic
                    {
                        Key = await FreeKeyAsync(name, key => db.Topics.AnyAsync(t => t.Key == key)),
                        Name = name,
                    }
                    : await db.Topics.SingleAsync(t => t.Id == id);
                if (id is null)
                    db.Topics.Add(area);
                (area.Name, area.Description, area.TeamId) = (name, form.Description?.Trim() ?? "", form.TeamId);
                // a symbol that came with the data stays until another one is chosen
                if (form.Icon != area.Icon)
                    area.Icon = AreaForm.Icons.Contains(form.Icon) ? form.Icon : null;
                return (null, () => area.Id);
            }
        );

    private static async Task<AreaForm?> AreaAsync(HelpdeskDbContext db, int id) =>
        await db.Topics.AsNoTracking().SingleOrDefaultAsync(t => t.Id == id && t.ParentId == null) is { } area
            ? new AreaForm
            {
                Name = area.Name,
                Description = area.Description,
                Icon = area.Icon,
                TeamId = area.TeamId,
            }
            : null;

    // ---- teams

    public Task<TeamForm?> TeamAsync(int id) => work.ReadAsync(db => TeamAsync(db, id));

    public Task<(string? Refusal, int Id)> SaveTeamAsync(int? id, TeamForm form) =>
        work.SaveAsync(
            "team",
            id,
            form,
            db => TeamAsync(db, id!.Value),
            async db =>
            {
                var name = form.Name!.Trim();
                if (await IsTakenAsync(name, id, db.Teams.Select(t => new NamedRow(t.Id, t.Name))))
                    return (Refusals.Taken, null);
                if (form.LeadId is { } lead && !await db.Specialists.AnyAsync(s => s.Id == lead && s.IsActive))
                    return ("Lead", null);
                var team = id is null ? new Team { Name = name } : await db.Teams.SingleAsync(t => t.Id == id);
                if (id is null)
                    db.Teams.Add(team);
                (team.Name, team.Description, team.LeadId) = (name, form.Description?.Trim() ?? "", form.LeadId);
                await db.SaveChangesAsync();
                var settings = await db.DeskSettings.SingleAsync();
                if (form.IsDefault)
                    settings.DefaultTeamId = team.Id;
                else if (settings.DefaultTeamId == team.Id)
                    return ("DefaultTeam", null);
                return (null, () => team.Id);
            }
        );

    private static async Task<TeamForm?> TeamAsync(HelpdeskDbContext db, int id) =>
        await db.Teams.AsNoTracking().SingleOrDefaultAsync(t => t.Id == id) is { } team
            ? new TeamForm
            {
                Name = team.Name,
                Description = team.Description,
                LeadId = team.LeadId,
                IsDefault = await db.DeskSettings.AnyAsync(s => s.DefaultTeamId == id),
            }
            : null;

    // ---- skills

    public Task<SkillForm?> SkillAsync(int id) => work.ReadAsync(db => SkillAsync(db, id));

    public Task<(string? Refusal, int Id)> SaveSkillAsync(int? id, SkillForm form) =>
        work.SaveAsync(
            "skill",
            id,
            form,
            db => SkillAsync(db, id!.Value),
            async db =>
            {
                var name = form.Name!.Trim();
                if (await IsTakenAsync(name, id, db.Skills.Select(s => new NamedRow(s.Id, s.Name))))
                    return (Refusals.Taken, null);
                var skill = id is null
                    ? new Skill
                    {
                        Key = await FreeKeyAsync(name, key => db.Skills.AnyAsync(s => s.Key == key)),
                        Name = name,
                    }
                    : await db.Skills.SingleAsync(s => s.Id == id);
                if (id is null)
                    db.Skills.Add(skill);
                skill.Name = name;
                return (null, () => skill.Id);
            }
        );

    private static async Task<SkillForm?> SkillAsync(HelpdeskDbContext db, int id) =>
        await db.Skills.AsNoTracking().SingleOrDefaultAsync(s => s.Id == id) is { } skill
            ? new SkillForm { Name = skill.Name }
            : null;

    /// <summary>A stable name of plain letters, digits and underscores, made from what people read.</summary>
    internal static async Task<string> FreeKeyAsync(string name, Func<string, Task<bool>> isTaken)
    {
        foreach (var key in Keys(name))
            if (!await isTaken(key))
                return key;
        throw new InvalidOperationException("There is always a further number.");
    }

    /// <summary>The key that a name asks for, then the same with numbers, without end.</summary>
    internal static IEnumerable<string> Keys(string name)
    {
        var plain = new StringBuilder(name.Length);
        foreach (var c in name.Normalize(NormalizationForm.FormD).ToLowerInvariant())
        {
            if (char.IsAsciiLetterOrDigit(c))
                plain.Append(c);
            else if (
                CharUnicodeInfo.GetUnicodeCategory(c) is not UnicodeCategory.NonSpacingMark
                && plain.Length > 0
                && plain[^1] != '_'
            )
                plain.Append('_');
        }
        var key = plain.ToString(0, Math.Min(plain.Length, MaxKeyLength - 4)).Trim('_');
        if (key.Length == 0)
            key = "topic";
        yield return key;
        for (var n = 2; ; n++)
            yield return string.Create(CultureInfo.InvariantCulture, $"{key}_{n}");
    }
}
