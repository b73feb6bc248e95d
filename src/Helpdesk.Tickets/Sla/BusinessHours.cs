using System.Text.Json;

namespace Helpdesk.Tickets.Sla;

/// <summary>When a desk or a specialist works: a week of opening times in a time zone, and days that are closed all the same.</summary>
public sealed class BusinessHours
{
    public int Id { get; private set; }
    public required string Name { get; set; }

    /// <summary>IANA id.</summary>
    public required string TimeZoneId { get; set; }

    /// <summary>
    /// Opening times, one weekday after the other: <c>Mon 08:00-12:00 13:00-18:00; Tue 08:00-18:00</c>. <c>24:00</c> ends a day.
    /// The word <c>always</c> means around the clock.
    /// </summary>
    public required string Week { get; set; }

    /// <summary>Closed days as a JSON array of ISO dates.</summary>
    public string HolidaysJson { get; private set; } = "[]";

    public IReadOnlyList<DateOnly> Holidays
    {
        get => JsonSerializer.Deserialize<List<DateOnly>>(HolidaysJson)!;
        set => HolidaysJson = JsonSerializer.Serialize(value);
    }

    /// <exception cref="FormatException">The week or the time zone cannot be understood; the message names the part.</exception>
    public BusinessCalendar ToCalendar() => BusinessCalendar.Parse(TimeZoneId, Week, Holidays);
}
