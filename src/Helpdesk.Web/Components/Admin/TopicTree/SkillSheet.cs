using System.Globalization;
using Helpdesk.Tickets.Data;
using Helpdesk.Tickets.People;
using Helpdesk.Tickets.Settings;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Primitives;

namespace Helpdesk.Web.Components.Admin.TopicTree;

/// <param name="Topics">Names of the topics that need it.</param>
public sealed record SheetSkill(int Id, string Name, IReadOnlyList<string> Topics);

/// <param name="Levels">By the skill's id; what is not there is 0.</param>
public sealed record SheetPerson(
    Guid Id,
    string Name,
    string Capacity,
    int? HoursId,
    IReadOnlyDictionary<int, int> Levels
);

/// <param name="Total">People under the filter, on all pages.</param>
public sealed record SheetPage(
    IReadOnlyList<SheetSkill> Skills,
    IReadOnlyList<SheetPerson> People,
    IReadOnlyList<(int Id, string Name)> Hours,
    int Total,
    int Page,
    int PageSize
);

/// <summary>One cell that was written in.</summary>
/// <param name="SkillId">Null: the person's capacity or hours.</param>
/// <param name="IsHours">Of the cells without a skill.</param>
/// <param name="Was">As its reader saw it.</param>
public sealed record SheetCell(Guid PersonId, int? SkillId, bool IsHours, string Was, string Now)
{
    private const string Prefix = "cell.";

    /// <summary>The name of its field: what it is, and what it held when the page was made.</summary>
    public static string NameOf(Guid person, int? skillId, bool isHours, string was) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"{Prefix}{person:N}.{(skillId is { } id ? id.ToString(CultureInfo.InvariantCulture) : isHours ? "hours" : "capacity")}.{was}"
        );

    /// <summary>Those fields of a sheet that hold something else than before.</summary>
    public static IReadOnlyList<SheetCell> ChangedIn(IEnumerable<KeyValuePair<string, StringValues>> form)
    {
        var cells = new List<SheetCell>();
        foreach (var (name, values) in form)
        {
            if (!name.StartsWith(Prefix, StringComparison.Ordinal))
                continue;
            var parts = name[Prefix.Length..].Split('.', 3);
            if (parts.Length != 3 || !Guid.TryParseExact(parts[0], "N", out var person))
                continue;
            var now = values.ToString().Trim();
            if (int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out var skill))
                cells.Add(new(person, skill, IsHours: false, parts[2], now.Length == 0 ? "0" : now));
            else if (parts[1] is "hours" or "capacity")
                cells.Add(new(person, null, parts[1] == "hours", parts[2], now));
        }
        // a browser sends each once; of what was made up the last counts
        return
        [
            .. cells
                .Where(c => c.Now != c.Was)
                .GroupBy(c => (c.PersonId, c.SkillId, c.IsHours))
                .Select(same => same.Last()),
        ];
    }
}

/// <summary>A cell that somebody else changed meanwhile.</summary>
/// <param name="Skill">Null: capacity or hours.</param>
public sealed record SheetConflict(SheetCell Cell, string Person, string? Skill, string Theirs);

/// <summary>
/// Specialists by skills, as one sheet. Each cell carries what it held when it was read, so two people who work on different cells both
/// keep their changes, and of two who changed the same cell the later one is told.
/// </summary>
public sealed class SkillSheet(AdminWork work, IDbContextFactory<HelpdeskDbContext> databases)
{
    // a browser without script sends every cell, and a form holds a thousand fields
    private const int MostCells = 900;
    private const int MostPeople = 50;

    /// <param name="moreColumns">Further fields that a row has on the page.</param>
    public async Task<SheetPage> ReadAsync(int? teamId, int page, int moreColumns = 0)
    {
        await using var db = databases.CreateDbContext();
        var topics = (
            await db
                .Topics.Where(t => t.SkillId != null && !t.IsArchived)
                .OrderBy(t => t.Name)
                .Select(t => new { t.SkillId, t.Name })
                .ToListAsync()
        ).ToLookup(t => t.SkillId!.Value, t => t.Name);
        var skills = await db.Skills.AsNoTracking().OrderBy(s => s.Name).ToListAsync();
        var hours = await db.BusinessHours.AsNoTracking().OrderBy(h => h.Name).ToListAsync();
        var size = Math.Clamp(MostCells / (skills.Count + 2 + moreColumns), 5, MostPeople);
        var people = db
            .Specialists.AsNoTracking()
            .Where(s => s.IsActive && (teamId == null || s.Teams.Any(m => m.TeamId == teamId)));
        var total = await people.CountAsync();
        var number = Math.Clamp(page, 1, Math.Max(1, (total + size - 1) / size));
        var rows = await people
            .Include(s => s.Skills)
            .OrderBy(s => s.Name)
            .ThenBy(s => s.Id)
            .Skip((number - 1) * size)
            .Take(size)
            .ToListAsync();
        return new(
            skills.ConvertAll(s => new SheetSkill(s.Id, s.Name, [.. topics[s.Id]])),
            rows.ConvertAll(s => new SheetPerson(
                s.Id,
                s.Name,
                Number(s.Capacity),
                s.BusinessHoursId,
                s.Skills.ToDictionary(x => x.SkillId, x => x.Level)
            )),
            hours.ConvertAll(h => (h.Id, h.Name)),
            total,
            number,
            size
        );
    }

    /// <summary>Saves all cells or none.</summary>
    /// <returns>A refusal with the cells that are to blame for it.</returns>
    public async Task<(string? Refusal, IReadOnlyList<SheetConflict> Conflicts)> SaveAsync(
        IReadOnlyList<SheetCell> cells
    )
    {
        List<SheetConflict> conflicts = [];
        List<ChangedField> changed = [];
        var refusal = await work.DoAsync(
            "skill levels saved",
            async (db, _) =>
            {
                var ids = cells.Select(c => c.PersonId).ToHashSet();
                var people = await db
                    .Specialists.Include(s => s.Skills)
                    .Where(s => ids.Contains(s.Id) && s.IsActive)
                    .ToDictionaryAsync(s => s.Id);
                var skills = await db.Skills.ToDictionaryAsync(s => s.Id);
                var hours = await db.BusinessHours.ToDictionaryAsync(h => h.Id, h => h.Name);
                foreach (var cell in cells)
                {
                    if (!people.TryGetValue(cell.PersonId, out var person))
                        return AdminWork.Refusals.Gone;
                    if (cell.SkillId is { } id && !skills.ContainsKey(id))
                        return AdminWork.Refusals.Gone;
                    if (!IsValid(cell, hours))
                        return "Cell";
                    var skill = cell.SkillId is { } skillId ? skills[skillId] : null;
                    var theirs = Held(person, cell);
                    if (theirs == cell.Now)
                        continue;
                    if (theirs != cell.Was)
                        conflicts.Add(new(cell, person.Name, skill?.Name, Shown(cell, theirs)));
                    else
                    {
                        Put(person, skill, cell);
                        changed.Add(new(FieldOf(cell, person, skill), Shown(cell, cell.Was), Shown(cell, cell.Now)));
                    }
                }
                return conflicts.Count > 0 ? "Cells" : null;

                string Shown(SheetCell cell, string value) =>
                    cell.IsHours && int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var id)
                        ? hours.GetValueOrDefault(id, value)
                        : value;
            },
            () => string.Create(CultureInfo.InvariantCulture, $"{changed.Count} cells"),
            () => new AdminRecord("", changed)
        );
        return (refusal, conflicts);
    }

    internal static string Number(double capacity) => capacity.ToString("0.##", CultureInfo.InvariantCulture);

    internal static bool IsValid(SheetCell cell, Dictionary<int, string> hours) =>
        cell.SkillId is not null ? cell.Now is "0" or "1" or "2" or "3"
        : cell.IsHours
            ? cell.Now.Length == 0
                || (
                    int.TryParse(cell.Now, NumberStyles.None, CultureInfo.InvariantCulture, out var id)
                    && hours.ContainsKey(id)
                )
        : double.TryParse(cell.Now, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var capacity)
            && capacity is >= 0 and <= 100;

    private static string Held(Specialist person, SheetCell cell) =>
        cell.SkillId is { } skill
            ? (person.Skills.Find(s => s.SkillId == skill)?.Level ?? 0).ToString(CultureInfo.InvariantCulture)
        : cell.IsHours ? person.BusinessHoursId?.ToString(CultureInfo.InvariantCulture) ?? ""
        : Number(person.Capacity);

    private static void Put(Specialist person, Skill? skill, SheetCell cell)
    {
        if (skill is null && cell.IsHours)
            person.BusinessHoursId = cell.Now.Length == 0 ? null : int.Parse(cell.Now, CultureInfo.InvariantCulture);
        else if (skill is null)
            person.Capacity = double.Parse(cell.Now, CultureInfo.InvariantCulture);
        else if (int.Parse(cell.Now, CultureInfo.InvariantCulture) is var level && level == 0)
            person.Skills.RemoveAll(s => s.SkillId == skill.Id);
        else if (person.Skills.Find(s => s.SkillId == skill.Id) is { } has)
            has.Level = level;
        else
            person.Skills.Add(
                new SpecialistSkill
                {
                    Skill = skill,
                    Specialist = person,
                    Level = level,
                }
            );
    }

    private static string FieldOf(SheetCell cell, Specialist person, Skill? skill) =>
        skill is not null ? $"{person.Name}: {skill.Name}" : $"{(cell.IsHours ? "Hours" : "Capacity")}/{person.Name}";
}
