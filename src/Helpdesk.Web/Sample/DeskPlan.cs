using Helpdesk.Tickets;
using Helpdesk.Tickets.Sla;
using NodaTime;

namespace Helpdesk.Web.Sample;

/// <summary>What <c>desk.json</c> says: the bank, its people, topics, customers and promises. Keys are stable names.</summary>
public sealed record DeskPlan
{
    public required CompanyPlan Company { get; init; }
    public required IReadOnlyList<CalendarPlan> Calendars { get; init; }
    public required IReadOnlyList<PolicyPlan> SlaPolicies { get; init; }
    public required IReadOnlyList<TierPlan> Tiers { get; init; }
    public required IReadOnlyList<SkillPlan> Skills { get; init; }
    public required IReadOnlyList<TeamPlan> Teams { get; init; }
    public required PersonPlan Administrator { get; init; }
    public required IReadOnlyList<PersonPlan> Supervisors { get; init; }
    public required IReadOnlyList<SpecialistPlan> Specialists { get; init; }
    public required IReadOnlyList<OrganizationPlan> Organizations { get; init; }
    public required IReadOnlyList<AreaPlan> Areas { get; init; }
    public required IReadOnlyList<CannedTextPlan> CannedTexts { get; init; }
}

/// <param name="Team">Its key; null = everybody's.</param>
public sealed record CannedTextPlan(string Key, string Name, string Text, string? Team = null);

public sealed record CompanyPlan(
    string Name,
    string Domain,
    string SupportAddress,
    string TimeZone,
    string DefaultPolicy,
    string DefaultTeam
);

/// <param name="Office">The calendar whose time zone and holidays hold here too; null = it has its own.</param>
/// <param name="Week">As in <see cref="BusinessHours.Week"/>.</param>
public sealed record CalendarPlan(
    string Key,
    string Name,
    string Week,
    string? Office = null,
    string? TimeZone = null,
    IReadOnlyList<HolidayPlan>? Holidays = null
);

/// <summary>
/// A day that is closed every year: a fixed one, one counted from Easter Sunday, or the nth weekday of a month (-1 = its last).
/// </summary>
public sealed record HolidayPlan(
    string Name,
    string? Date = null,
    int? Easter = null,
    int? Month = null,
    IsoDayOfWeek? Weekday = null,
    int? Nth = null
)
{
    /// <exception cref="FormatException">The plan gives none of the three rules.</exception>
    public DateOnly In(int year)
    {
        if (Date is not null)
            return DateOnly.ParseExact(
                $"{year:D4}-{Date}",
                "yyyy-MM-dd",
                System.Globalization.CultureInfo.InvariantCulture
            );
        if (Easter is { } days)
            return EasterSunday(year).AddDays(days);
        if (Month is not { } month || Weekday is not { } weekday || Nth is not { } nth)
            throw new FormatException(
                $"The holiday \"{Name}\" needs a date, a distance from Easter, or a weekday of a month."
            );
        var from = nth > 0 ? new LocalDate(year, month, 1).PlusDays(-1) : new LocalDate(year, month, 1).PlusMonths(1);
        var day = nth > 0 ? from.Next(weekday).PlusWeeks(nth - 1) : from.Previous(weekday).PlusWeeks(nth + 1);
        return new DateOnly(day.Year, day.Month, day.Day);
    }

    /// <summary>The Gregorian computus in the form of Meeus, Jones and Butcher.</summary>
    private static DateOnly EasterSunday(int year)
    {
        var (a, b, c) = (year % 19, year / 100, year % 100);
        var h = ((19 * a) + b - (b / 4) - ((b - ((b + 8) / 25) + 1) / 3) + 15) % 30;
        var l = (32 + (2 * (b % 4)) + (2 * (c / 4)) - h - (c % 4)) % 7;
        var m = (a + (11 * h) + (22 * l)) / 451;
        var n = h + l - (7 * m) + 114;
        return new DateOnly(year, n / 31, (n % 31) + 1);
    }
}

public sealed record PolicyPlan(
    string Key,
    string Name,
    string Calendar,
    string Description,
    IReadOnlyDictionary<TicketPriority, TargetPlan> Targets,
    IReadOnlyList<EscalationPlan> Escalation
);

public sealed record TargetPlan(int FirstResponseMinutes, int NextResponseMinutes, int ResolutionMinutes);

public sealed record EscalationPlan(int Percent, EscalationActions Actions);

public sealed record TierPlan(
    string Key,
    string Name,
    int Rank,
    int PriorityPoints,
    string Policy,
    string Description,
    bool IsVip = false
);

public sealed record SkillPlan(string Key, string Name);

public sealed record TeamPlan(string Key, string Name, string Lead, string Description);

public sealed record PersonPlan(string Key, string Name, string Initials, string Email, string Title, string TimeZone);

/// <param name="Level"><c>senior</c> or <c>junior</c>; seniors take the difficult tickets.</param>
/// <param name="Hours">Key of the <see cref="CalendarPlan"/> of their shift.</param>
/// <param name="Skills">Skill to level: 1 learning, 2 able, 3 expert.</param>
public sealed record SpecialistPlan(
    string Key,
    string Name,
    string Initials,
    string Email,
    string Title,
    string Level,
    string Hours,
    double Capacity,
    IReadOnlyList<string> Languages,
    IReadOnlyList<string> Teams,
    IReadOnlyDictionary<string, int> Skills
);

/// <param name="People">How many of its people write to the desk.</param>
public sealed record OrganizationPlan(
    string Name,
    string Domain,
    string Tier,
    string About,
    int People,
    ContractPlan? Contract = null
);

/// <param name="StartsInDays">Counted from the day of loading, negative = in the past.</param>
/// <param name="Policy">The contract's own promises; null = those of the tier.</param>
public sealed record ContractPlan(string Reference, int StartsInDays, int EndsInDays, string? Policy = null);

public sealed record AreaPlan(
    string Key,
    string Name,
    string Description,
    string Icon,
    string Team,
    IReadOnlyList<TopicPlan> Topics
);

/// <param name="Level">The skill level a specialist needs for it.</param>
/// <param name="Weight">Share of all requests, in ten thousandths.</param>
public sealed record TopicPlan(
    string Key,
    string Name,
    string Description,
    string Skill,
    int Level,
    Complexity Effort,
    int Weight
);
