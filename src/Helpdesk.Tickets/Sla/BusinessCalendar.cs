using System.Globalization;
using NodaTime;

namespace Helpdesk.Tickets.Sla;

/// <summary>
/// Working time: the instants at which a week of local opening times, in one time zone and without holidays, is open.
/// Lengths are real elapsed time, so a day on which clocks change is as long as it really is.
/// </summary>
public sealed class BusinessCalendar
{
    /// <summary>How far ahead an end is looked for; a week that never opens ends there.</summary>
    private const int MaxDays = 3660;

    /// <summary>How far back and ahead the ends of an opening are looked for: a week that never closes, and a day.</summary>
    private const int LongestOpening = 8;

    private static readonly string[] DayNames = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];

    private readonly DateTimeZone zone;

    /// <summary>Index 0 is Monday; nanoseconds of the local day are enough as <see cref="LocalTime"/>, an end of null is midnight.</summary>
    private readonly (LocalTime Start, LocalTime? End)[][] week;
    private readonly HashSet<LocalDate> holidays;

    private BusinessCalendar(
        DateTimeZone zone,
        (LocalTime, LocalTime?)[][] week,
        IEnumerable<LocalDate> holidays,
        bool isAlwaysOpen
    )
    {
        this.zone = zone;
        this.week = week;
        this.holidays = [.. holidays];
        IsAlwaysOpen = isAlwaysOpen && this.holidays.Count == 0;
    }

    public static BusinessCalendar AlwaysOpen { get; } = Parse("Etc/UTC", "always", []);

    /// <summary>Whether there is any working time to come. Promises counted in hours that never open would never be due.</summary>
    public bool OpensAfter(DateTimeOffset at) => Add(at, TimeSpan.FromMinutes(1)) < DateTimeOffset.MaxValue;

    public bool IsAlwaysOpen { get; }

    /// <exception cref="FormatException">Unknown time zone, day or time, or intervals out of order.</exception>
    public static BusinessCalendar Parse(string timeZoneId, string weekText, IEnumerable<DateOnly> holidays)
    {
        var timeZone =
            DateTimeZoneProviders.Tzdb.GetZoneOrNull(timeZoneId)
            ?? throw new FormatException(
                $"The time zone \"{timeZoneId}\" is not known. Use an IANA name such as Europe/Tallinn."
            );
        var closed = holidays.Select(d => new LocalDate(d.Year, d.Month, d.Day));
        if (weekText.Trim() == "always")
        {
            (LocalTime, LocalTime?)[] allDay = [(LocalTime.Midnight, null)];
            return new(timeZone, Enumerable.Repeat(allDay, 7).ToArray(), closed, isAlwaysOpen: true);
        }
        var openings = Enumerable.Range(0, 7).Select(_ => Array.Empty<(LocalTime, LocalTime?)>()).ToArray();
        foreach (
            var part in weekText.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
        )
        {
            var words = part.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            var day = Array.IndexOf(DayNames, words[0]);
            if (day < 0)
                throw new FormatException($"\"{words[0]}\" is not a day. Use Mon, Tue, Wed, Thu, Fri, Sat or Sun.");
            openings[day] = ParseDay(words[1..]);
        }
        return new(timeZone, openings, closed, isAlwaysOpen: false);
    }

    /// <summary>The instant at which <paramref name="workingTime"/> of opening time has passed since <paramref name="start"/>.</summary>
    /// <param name="start">UTC; outside opening hours the clock starts at the next opening.</param>
    /// <returns>
    /// UTC. For zero: <paramref name="start"/> itself. When the calendar opens too little in the next ten years:
    /// <see cref="DateTimeOffset.MaxValue"/>.
    /// </returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="workingTime"/> is negative.</exception>
    public DateTimeOffset Add(DateTimeOffset start, TimeSpan workingTime)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(workingTime, TimeSpan.Zero);
        if (workingTime == TimeSpan.Zero)
            return start;
        if (IsAlwaysOpen)
            return start + workingTime;
        var left = workingTime;
        foreach (var (from, to) in OpenFrom(start))
        {
            var length = to - from;
            if (length >= left)
                return from + left;
            left -= length;
        }
        return DateTimeOffset.MaxValue;
    }

    /// <summary>The opening time between two instants; zero when <paramref name="end"/> is not after <paramref name="start"/>.</summary>
    public TimeSpan Between(DateTimeOffset start, DateTimeOffset end)
    {
        if (end <= start)
            return TimeSpan.Zero;
        if (IsAlwaysOpen)
            return end - start;
        var sum = TimeSpan.Zero;
        foreach (var (from, to) in OpenFrom(start))
        {
            if (from >= end)
                break;
            sum += (to < end ? to : end) - from;
        }
        return sum;
    }

    public bool IsOpen(DateTimeOffset at)
    {
        foreach (var (from, _) in OpenFrom(at))
            return from <= at;
        return false;
    }

    /// <summary>
    /// The opening in which an instant lies, or else the next one. One that goes on over midnight is one; what goes on for longer than
    /// <see cref="LongestOpening"/> days before or after the instant is cut there, at a midnight.
    /// </summary>
    /// <returns>UTC; null when it is always open, or does not open in the next ten years.</returns>
    public (DateTimeOffset From, DateTimeOffset To)? OpeningAt(DateTimeOffset at)
    {
        if (IsAlwaysOpen)
            return null;
        // from a midnight: cut at any other instant, its beginning would move along with the clock
        var first = Instant.FromDateTimeOffset(at).InZone(zone).Date.PlusDays(-LongestOpening);
        var start = zone.AtStartOfDay(first).ToInstant().ToDateTimeOffset();
        (DateTimeOffset From, DateTimeOffset To)? found = null;
        foreach (var (from, to) in OpenFrom(start))
        {
            if (found is { } begun && begun.To == from)
                found = (begun.From, to);
            else if (found is { } before && before.To > at)
                break;
            else
                found = (from, to);
            if (to > at + TimeSpan.FromDays(LongestOpening))
                break;
        }
        return found is { } opening && opening.To > at ? opening : null;
    }

    /// <summary>Open intervals that end after <paramref name="start"/>, in order; the first is cut to begin at the start.</summary>
    public IEnumerable<(DateTimeOffset From, DateTimeOffset To)> OpenFrom(DateTimeOffset start)
    {
        var first = Instant.FromDateTimeOffset(start).InZone(zone).Date;
        for (var days = 0; days < MaxDays; days++)
        {
            var date = first.PlusDays(days);
            if (holidays.Contains(date))
                continue;
            foreach (var (opens, closes) in week[(int)date.DayOfWeek - 1])
            {
                var from = (date + opens).InZoneLeniently(zone).ToInstant().ToDateTimeOffset();
                var to = closes is { } end
                    ? (date + end).InZoneLeniently(zone).ToInstant().ToDateTimeOffset()
                    : zone.AtStartOfDay(date.PlusDays(1)).ToInstant().ToDateTimeOffset();
                if (to <= start || to <= from)
                    continue;
                yield return (from < start ? start : from, to);
            }
        }
    }

    private static (LocalTime, LocalTime?)[] ParseDay(string[] intervals)
    {
        var day = new List<(LocalTime Start, LocalTime? End)>();
        foreach (var interval in intervals)
        {
            var ends = interval.Split('-');
            if (ends.Length != 2)
                throw new FormatException($"\"{interval}\" is not an interval. Write it like 08:00-18:00.");
            var start = ParseTime(ends[0]);
            LocalTime? end = ends[1] == "24:00" ? null : ParseTime(ends[1]);
            if (end <= start || (day.Count > 0 && (day[^1].End is not { } before || start < before)))
                throw new FormatException($"\"{interval}\" ends before it starts, or overlaps the one before it.");
            day.Add((start, end));
        }
        return [.. day];
    }

    private static LocalTime ParseTime(string text) =>
        TimeOnly.TryParseExact(text, "HH:mm", CultureInfo.InvariantCulture, DateTimeStyles.None, out var time)
            ? new LocalTime(time.Hour, time.Minute)
            : throw new FormatException($"\"{text}\" is not a time of day. Write it like 08:00.");
}
