using System.Runtime.InteropServices;
using Helpdesk.Tickets.People;
using Helpdesk.Tickets.Settings;
using NodaTime;

namespace Helpdesk.Web.Components.Admin.Staff;

/// <summary>An absence as people speak of it: days in the person's own time zone.</summary>
/// <param name="From">The first day; null = today, or none.</param>
/// <param name="Through">The last day; null = not absent.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct AbsenceDays(DateOnly? From, DateOnly? Through)
{
    /// <summary>The absence as it stands. One that is over is none.</summary>
    public static AbsenceDays Of(Specialist person, DateTimeZone zone, DateTimeOffset now)
    {
        DateOnly? through = person.AbsentUntil is { } until && until > now ? DayOf(until.AddTicks(-1), zone) : null;
        return new(through is null || person.AbsentFrom is not { } from ? null : DayOf(from, zone), through);
    }

    /// <returns>Why not (<c>AbsenceEnd</c>, <c>AbsenceOrder</c>, <c>AbsenceOver</c>), or null and it holds.</returns>
    public string? Apply(Specialist person, DateTimeZone zone, DateTimeOffset now)
    {
        var before = Of(person, zone, now);
        if (this == before)
            return null;
        if (Through is not { } last)
        {
            (person.AbsentFrom, person.AbsentUntil) = (null, null);
            return From is null ? null : "AbsenceEnd";
        }
        if (From > last)
            return "AbsenceOrder";
        // days that are over are not asked for their instants: the first of the calendar have none everywhere
        var today = DayOf(now, zone);
        if (last < today)
            return "AbsenceOver";
        // who is ill since this morning worked until then; and an absence that goes on longer has begun when it began
        if (person.AbsentFrom is null || before.Through is null || before.From != From)
            person.AbsentFrom = From is { } first && first > today ? StartOf(first, zone) : now;
        person.AbsentUntil = StartOf(last.AddDays(1), zone);
        return null;
    }

    /// <param name="id">The person's own zone (IANA); null or empty = the desk's.</param>
    public static DateTimeZone ZoneOf(string? id, DeskPicture desk) =>
        DateTimeZoneProviders.Tzdb.GetZoneOrNull(string.IsNullOrEmpty(id) ? desk.Settings.TimeZoneId : id)
        ?? DateTimeZone.Utc;

    private static DateTimeOffset StartOf(DateOnly day, DateTimeZone zone) =>
        zone.AtStartOfDay(LocalDate.FromDateOnly(day)).ToInstant().ToDateTimeOffset();

    private static DateOnly DayOf(DateTimeOffset at, DateTimeZone zone) =>
        Instant.FromDateTimeOffset(at).InZone(zone).Date.ToDateOnly();
}
