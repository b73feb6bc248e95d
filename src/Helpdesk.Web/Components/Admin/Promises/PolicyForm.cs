using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Text.Json.Serialization;
using Helpdesk.Tickets;
using Helpdesk.Tickets.Sla;

namespace Helpdesk.Web.Components.Admin.Promises;

/// <summary>What a policy promises, and what happens as a promise comes near.</summary>
public sealed class PolicyForm : SeenForm
{
    public const int MostLevels = 6;

    public static IReadOnlyList<TicketPriority> Priorities { get; } =
    [.. Enum.GetValues<TicketPriority>().OrderDescending()];

    public static IReadOnlyList<SlaTarget> Targets { get; } = Enum.GetValues<SlaTarget>();

    public static IReadOnlyList<EscalationActions> Actions { get; } =
    [
        EscalationActions.WarnSpecialist,
        EscalationActions.TellSupervisor,
        EscalationActions.RaisePriority,
        EscalationActions.ReassignToLead,
    ];

    [Required, StringLength(80)]
    public string? Name { get; set; }

    [Required(ErrorMessage = "Rule.Hours")]
    public int? HoursId { get; set; }

    /// <summary>For everybody whose tier and organization name no other.</summary>
    public bool IsDefault { get; set; }

    /// <summary>Working times as <c>4:30</c>, by <see cref="Cell"/>; empty = nothing is promised.</summary>
    [WorkingTimes(ErrorMessage = "Rule.WorkingTime")]
    public SortedDictionary<int, string?> Times
    {
        get;
        set => field = value ?? [];
    } = [];

    /// <summary>Shares of a promise in percent, by the level's row; empty = no such level.</summary>
    [Percents(ErrorMessage = "Rule.Percent")]
    public SortedDictionary<int, string?> Percents
    {
        get;
        set => field = value ?? [];
    } = [];

    /// <summary>What happens at a level, by <see cref="Box"/>.</summary>
    public SortedDictionary<int, bool> Acts
    {
        get;
        set => field = value ?? [];
    } = [];

    public static int Cell(TicketPriority priority, SlaTarget target) => ((int)priority * 10) + (int)target;

    public static int Box(int level, EscalationActions action) => (level * 100) + (int)action;

    public int? Minutes(TicketPriority priority, SlaTarget target) =>
        MinutesOf(Times.GetValueOrDefault(Cell(priority, target)));

    /// <summary>The levels that are filled in, by their share.</summary>
    [JsonIgnore]
    public IReadOnlyList<(int Percent, EscalationActions Actions)> Levels =>
        [
            .. Percents
                .Where(p => !string.IsNullOrWhiteSpace(p.Value))
                .Select(p =>
                    (
                        int.Parse(p.Value!, CultureInfo.InvariantCulture),
                        Actions
                            .Where(a => Acts.GetValueOrDefault(Box(p.Key, a)))
                            .Aggregate(EscalationActions.None, (all, one) => all | one)
                    )
                )
                .OrderBy(p => p.Item1),
        ];

    public static string? TextOf(int? minutes) =>
        minutes is { } all ? string.Create(CultureInfo.InvariantCulture, $"{all / 60}:{all % 60:00}") : null;

    /// <summary>Hours and minutes; null when nothing is written.</summary>
    public static int? MinutesOf(string? text)
    {
        if (string.IsNullOrWhiteSpace(text))
            return null;
        var parts = text.Trim().Split(':');
        return int.Parse(parts[0], CultureInfo.InvariantCulture) * 60
            + int.Parse(parts[1], CultureInfo.InvariantCulture);
    }
}

/// <summary>Every value is empty or hours and minutes, one minute to a thousand hours.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class WorkingTimesAttribute : ValidationAttribute
{
    public override bool IsValid(object? value) =>
        value is not SortedDictionary<int, string?> times || times.Values.All(IsTime);

    private static bool IsTime(string? text) =>
        string.IsNullOrWhiteSpace(text)
        || (
            text.Trim().Split(':') is [var hours, { Length: 2 } minutes]
            && int.TryParse(hours, NumberStyles.None, CultureInfo.InvariantCulture, out var h)
            && int.TryParse(minutes, NumberStyles.None, CultureInfo.InvariantCulture, out var m)
            && h <= 1000
            && m < 60
            && h + m > 0
        );
}

/// <summary>Every value is empty or a whole number from 1 to 1000, none twice.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class PercentsAttribute : ValidationAttribute
{
    public override bool IsValid(object? value)
    {
        if (value is not SortedDictionary<int, string?> percents)
            return true;
        var given = percents.Values.Where(p => !string.IsNullOrWhiteSpace(p)).ToList();
        var numbers = given
            .Select(p => int.TryParse(p, NumberStyles.None, CultureInfo.InvariantCulture, out var n) ? n : 0)
            .ToList();
        return numbers.TrueForAll(n => n is >= 1 and <= 1000) && numbers.Distinct().Count() == numbers.Count;
    }
}
