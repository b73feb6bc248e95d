using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Text.Json.Serialization;
using Helpdesk.Tickets.Sla;

namespace Helpdesk.Web.Components.Admin.Promises;

/// <summary>A week of opening times, and the days that are closed all the same.</summary>
public sealed class HoursForm : SeenForm
{
    private static readonly string[] DayNames = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];

    [Required, StringLength(80)]
    public string? Name { get; set; }

    [Required]
    public string? Zone { get; set; }
    public bool IsAlways { get; set; }

    /// <summary>Opening times by day, 0 = Monday: <c>08:00-12:00 13:00-18:00</c>; empty = closed.</summary>
    public SortedDictionary<int, string?> Days
    {
        get;
        set => field = value ?? [];
    } = [];

    /// <summary>Closed days as ISO dates, one a line.</summary>
    [Dates(ErrorMessage = "Rule.Dates")]
    public string? Holidays { get; set; }

    [JsonIgnore]
    public IReadOnlyList<DateOnly> HolidayList =>
        [
            .. DatesAttribute
                .Lines(Holidays)
                .Select(line => DateOnly.ParseExact(line, "yyyy-MM-dd", CultureInfo.InvariantCulture))
                .Distinct()
                .Order(),
        ];

    public string Week =>
        IsAlways
            ? "always"
            : string.Join(
                "; ",
                Days.Where(d => d.Key is >= 0 and < 7 && !string.IsNullOrWhiteSpace(d.Value))
                    .Select(d => $"{DayNames[d.Key]} {Written(d.Value!)}")
            );

    public static HoursForm Of(BusinessHours hours)
    {
        var form = new HoursForm
        {
            Name = hours.Name,
            Zone = hours.TimeZoneId,
            IsAlways = hours.Week.Trim() == "always",
            Holidays = string.Join(
                '\n',
                hours.Holidays.Order().Select(d => d.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture))
            ),
        };
        if (form.IsAlways)
            return form;
        foreach (
            var part in hours.Week.Split(';', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
        )
            if (Array.IndexOf(DayNames, part[..3]) is >= 0 and var day)
                form.Days[day] = part[3..].Trim();
        return form;
    }

    // people write a dash of any length, and spaces around it
    private static string Written(string text) =>
        string.Join(
            ' ',
            text.Replace('–', '-')
                .Replace('—', '-')
                .Replace(" -", "-", StringComparison.Ordinal)
                .Replace("- ", "-", StringComparison.Ordinal)
                .Split([' ', ','], StringSplitOptions.RemoveEmptyEntries)
        );
}

/// <summary>Every line is a day as <c>2026-12-25</c>; at most a thousand of them.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class DatesAttribute : ValidationAttribute
{
    public override bool IsValid(object? value)
    {
        var lines = Lines(value as string);
        return lines.Length <= 1000
            && lines.All(line =>
                DateOnly.TryParseExact(line, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out _)
            );
    }

    internal static string[] Lines(string? text) =>
        (text ?? "")
            .ReplaceLineEndings("\n")
            .Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
}

/// <summary>How important some customers are, and what they are promised.</summary>
public sealed class TierForm : SeenForm
{
    [Required, StringLength(80)]
    public string? Name { get; set; }

    [Required, Range(0, 100, ErrorMessage = "Rule.Rank", ConvertValueInInvariantCulture = true)]
    public string? Rank { get; set; } = "0";

    [Required, Range(0, 100, ErrorMessage = "Rule.Points", ConvertValueInInvariantCulture = true)]
    public string? Points { get; set; } = "0";
    public bool IsVip { get; set; }

    /// <summary>Null = the desk's default.</summary>
    public int? PolicyId { get; set; }
}
