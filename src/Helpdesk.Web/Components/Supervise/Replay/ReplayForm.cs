using System.ComponentModel.DataAnnotations;
using System.Globalization;
using Helpdesk.Web.Components.Admin.Rules;
using Helpdesk.Web.Components.Admin.TopicTree;
using Microsoft.Extensions.Primitives;

namespace Helpdesk.Web.Components.Supervise.Replay;

/// <summary>Which days are run again, and what beside the people would be different.</summary>
public sealed class ReplayForm
{
    public const int MostDays = 90;

    [Required, Range(1, MostDays, ErrorMessage = "Replay.DaysRule", ConvertValueInInvariantCulture = true)]
    public string? Days { get; set; } = RuleChanges.PreviewDays.ToString(CultureInfo.InvariantCulture);

    /// <summary>Null: the topics that the tickets have.</summary>
    public int? Model { get; set; }

    /// <summary>Whose people the sheet shows; null: everybody's.</summary>
    public int? Team { get; set; }

    /// <summary>Of a long sheet, from 1.</summary>
    public int Part { get; set; } = 1;

    public RulesForm Rules
    {
        get;
        set => field = value ?? new();
    } = new();

    /// <summary>Null: the days are no whole number of days.</summary>
    public int? DaysNumber => Number(Days, MostDays) is { } days and > 0 ? days : null;

    public bool IsMarginValid => Number(Rules.VipMargin, 100) is not null;

    private static int? Number(string? text, int most) =>
        int.TryParse(
            text,
            NumberStyles.AllowLeadingWhite | NumberStyles.AllowTrailingWhite,
            CultureInfo.InvariantCulture,
            out var number
        )
        && number <= most
            ? number
            : null;
}

/// <summary>What would be different about people, as typed.</summary>
/// <param name="Cells">Levels, capacity and hours.</param>
/// <param name="Absent">People who would not be there.</param>
/// <param name="More">How many more like somebody there would be, as typed.</param>
public sealed record ReplayPeople(
    IReadOnlyList<SheetCell> Cells,
    IReadOnlySet<Guid> Absent,
    IReadOnlyDictionary<Guid, string> More
)
{
    public const string Away = "away";

    /// <summary>Like one person.</summary>
    public const int MostMore = 9;
    private const string AbsentPrefix = "there.";
    private const string MorePrefix = "more.";

    public static ReplayPeople Nobody { get; } = new([], new HashSet<Guid>(), new Dictionary<Guid, string>());

    public bool IsEmpty => Cells.Count == 0 && Absent.Count == 0 && More.Count == 0;

    public static string AbsentName(Guid person) => $"{AbsentPrefix}{person:N}";

    public static string MoreName(Guid person) => $"{MorePrefix}{person:N}";

    /// <summary>Those fields that say something else than the desk is.</summary>
    public static ReplayPeople In(IReadOnlyCollection<KeyValuePair<string, StringValues>> form)
    {
        var absent = new HashSet<Guid>();
        var more = new Dictionary<Guid, string>();
        foreach (var (name, values) in form)
        {
            var value = values.ToString().Trim();
            if (PersonIn(name, AbsentPrefix) is { } away && value == Away)
                absent.Add(away);
            else if (PersonIn(name, MorePrefix) is { } like && value is not ("" or "0"))
                more[like] = value;
        }
        return new(SheetCell.ChangedIn(form), absent, more);
    }

    /// <summary>The fields that say it all again, but for those of some people.</summary>
    public IEnumerable<(string Name, string Value)> FieldsWithout(IReadOnlySet<Guid> shown) =>
        Cells
            .Where(c => !shown.Contains(c.PersonId))
            .Select(c => (SheetCell.NameOf(c.PersonId, c.SkillId, c.IsHours, c.Was), c.Now))
            .Concat(Absent.Where(p => !shown.Contains(p)).Select(p => (AbsentName(p), Away)))
            .Concat(More.Where(m => !shown.Contains(m.Key)).Select(m => (MoreName(m.Key), m.Value)));

    private static Guid? PersonIn(string name, string prefix) =>
        name.StartsWith(prefix, StringComparison.Ordinal)
        && Guid.TryParseExact(name[prefix.Length..], "N", out var person)
            ? person
            : null;
}
