using System.Globalization;
using Helpdesk.Tickets.Data;
using Helpdesk.Tickets.Settings;
using Microsoft.EntityFrameworkCore;

namespace Helpdesk.Web.Components.Admin;

/// <summary>What a change was about, for the history.</summary>
/// <param name="Subject">The name of what was changed.</param>
public sealed record AdminRecord(string Subject, IReadOnlyList<ChangedField> Fields)
{
    public static AdminRecord Nothing { get; } = new("", []);
}

/// <summary>Turns the numbers that forms hold into the names that people know, as they are called at the time of the change.</summary>
internal static class ChangedNames
{
    private static readonly Dictionary<string, string> KindOfField = new(StringComparer.Ordinal)
    {
        ["AreaId"] = "Topic",
        ["TeamId"] = "Team",
        ["SkillId"] = "Skill",
        ["HoursId"] = "Hours",
        ["LeadId"] = "Person",
        ["DeputyId"] = "Person",
        ["TierId"] = "Tier",
        ["PolicyId"] = "Policy",
        ["Teams"] = "Team",
        ["Skills"] = "Skill",
    };

    public static async Task<IReadOnlyList<ChangedField>> ReadAsync(
        HelpdeskDbContext db,
        IReadOnlyList<ChangedField> fields,
        CancellationToken cancellationToken
    )
    {
        var names = new Dictionary<(string Kind, string Id), string>();
        foreach (var kind in fields.Select(f => Kind(f.Name)).OfType<string>().Distinct())
        foreach (var (id, name) in await NamesAsync(db, kind, cancellationToken))
            names[(kind, id)] = name;
        return
        [
            .. fields.Select(field =>
            {
                if (Kind(field.Name) is not { } kind)
                    return field;
                var cut = field.Name.IndexOf('/', StringComparison.Ordinal);
                return cut < 0
                    ? field with
                    {
                        Was = NameOf(kind, field.Was),
                        Became = NameOf(kind, field.Became),
                    }
                    : field with
                    {
                        Name = $"{field.Name[..cut]}/{NameOf(kind, field.Name[(cut + 1)..])}",
                    };
            }),
        ];

        string? NameOf(string kind, string? id) => id is null ? null : names.GetValueOrDefault((kind, id), id);
    }

    private static string? Kind(string field) => KindOfField.GetValueOrDefault(field.Split('/')[0]);

    // some dozen rows each
    private static async Task<IEnumerable<(string Id, string Name)>> NamesAsync(
        HelpdeskDbContext db,
        string kind,
        CancellationToken cancellationToken
    ) =>
        kind switch
        {
            "Topic" => Of(
                await db
                    .Topics.Where(t => t.ParentId == null)
                    .ToDictionaryAsync(t => t.Id, t => t.Name, cancellationToken)
            ),
            "Team" => Of(await db.Teams.ToDictionaryAsync(t => t.Id, t => t.Name, cancellationToken)),
            "Skill" => Of(await db.Skills.ToDictionaryAsync(s => s.Id, s => s.Name, cancellationToken)),
            "Hours" => Of(await db.BusinessHours.ToDictionaryAsync(h => h.Id, h => h.Name, cancellationToken)),
            "Tier" => Of(await db.Tiers.ToDictionaryAsync(t => t.Id, t => t.Name, cancellationToken)),
            "Policy" => Of(await db.SlaPolicies.ToDictionaryAsync(p => p.Id, p => p.Name, cancellationToken)),
            _ => (await db.Specialists.Select(s => new { s.Id, s.Name }).ToListAsync(cancellationToken)).Select(s =>
                (s.Id.ToString(), s.Name)
            ),
        };

    private static IEnumerable<(string, string)> Of(Dictionary<int, string> names) =>
        names.Select(n => (n.Key.ToString(CultureInfo.InvariantCulture), n.Value));
}
