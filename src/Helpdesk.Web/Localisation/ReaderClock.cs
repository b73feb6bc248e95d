using System.Globalization;
using Microsoft.Extensions.Localization;
using NodaTime;
using NodaTime.Text;

namespace Helpdesk.Web.Localisation;

/// <summary>Instants and durations in the reader's zone, language and words. The only place where a time becomes text on a screen.</summary>
public sealed class ReaderClock(Reader reader, TimeProvider time, IStringLocalizer<TimeTexts> texts)
{
    public DateTimeOffset Now => time.GetUtcNow();

    /// <summary><c>14:44</c></summary>
    public string Time(DateTimeOffset instant) => Format(reader.Local(instant), texts["Pattern.Time"]);

    /// <summary><c>today</c>, <c>yesterday</c>, <c>tomorrow</c>, <c>Wed</c> within six days, else <c>12 November</c> with the year unless it is this one.</summary>
    public string Day(DateTimeOffset instant)
    {
        var (day, today) = (reader.Local(instant).Date, reader.Local(Now).Date);
        return Period.DaysBetween(today, day) switch
        {
            0 => texts["Today"],
            -1 => texts["Yesterday"],
            1 => texts["Tomorrow"],
            > -7 and < 7 => Format(day.AtMidnight(), texts["Pattern.Weekday"]),
            _ when day.Year == today.Year => Format(day.AtMidnight(), texts["Pattern.Day"]),
            _ => Format(day.AtMidnight(), texts["Pattern.Date"]),
        };
    }

    /// <summary><c>12 November 2026</c></summary>
    public string Date(DateTimeOffset instant) => Format(reader.Local(instant), texts["Pattern.Date"]);

    /// <summary><c>10:10</c> when it is today, else <c>yesterday 16:40</c>, <c>12 November 16:40</c>.</summary>
    public string Moment(DateTimeOffset instant) =>
        IsToday(instant) ? Time(instant) : texts["DayTime", Day(instant), Time(instant)];

    /// <summary><c>today 10:10</c>, <c>yesterday 16:40</c>: for texts in which a bare time would be unclear.</summary>
    public string DayAndTime(DateTimeOffset instant) => texts["DayTime", Day(instant), Time(instant)];

    /// <summary><c>14:44 today</c>, <c>09:30 tomorrow</c>, <c>09:30 on 20 November</c>: a promise.</summary>
    public string By(DateTimeOffset instant)
    {
        var days = Period.DaysBetween(reader.Local(Now).Date, reader.Local(instant).Date);
        return texts[days is >= -1 and <= 1 ? "TimeDay" : "TimeOnDay", Time(instant), Day(instant)];
    }

    /// <summary><c>Wednesday, 18 November 2026, 14:32</c></summary>
    public string Full(DateTimeOffset instant) => Format(reader.Local(instant), texts["Pattern.Full"]);

    /// <summary><c>just now</c>, <c>20 seconds ago</c>, <c>5 min ago</c>, <c>3 h ago</c>, <c>4 days ago</c>. The future counts as now.</summary>
    public string Ago(DateTimeOffset instant)
    {
        var age = Now - instant;
        return age switch
        {
            { TotalSeconds: < 5 } => texts["JustNow"],
            { TotalMinutes: < 1 } => texts.Count("SecondsAgo", (long)age.TotalSeconds),
            _ => texts["Ago", Duration(age)],
        };
    }

    /// <summary><c>26 min</c>, <c>1 h 05 min</c>, <c>14 h</c>, <c>3 days</c>; cut off, never rounded up; the sign is dropped.</summary>
    public string Duration(TimeSpan duration)
    {
        var length = duration.Duration();
        return length switch
        {
            { TotalMinutes: < 1 } => texts["UnderAMinute"],
            { TotalHours: < 1 } => texts["Minutes", length.Minutes],
            { TotalHours: < 10 } when length.Minutes > 0 => texts[
                "HoursMinutes",
                length.Hours,
                length.Minutes.ToString("00", Culture)
            ],
            { TotalDays: < 2 } => texts["Hours", (int)length.TotalHours],
            _ => texts.Count("Days", (long)length.TotalDays),
        };
    }

    /// <summary>A promise counted in opening time: <c>4 working hours</c>, <c>30 working minutes</c>, <c>1 working hour 30 min</c>.</summary>
    public string WorkingTime(TimeSpan duration)
    {
        var length = duration.Duration();
        var hours = (long)length.TotalHours;
        if (hours == 0)
            return texts.Count("WorkingMinutes", (long)length.TotalMinutes);
        var whole = texts.Count("WorkingHours", hours);
        return length.Minutes == 0 ? whole : texts["WorkingHoursMinutes", whole, length.Minutes];
    }

    /// <summary><c>12 min left</c>, or <c>Late by 26 min</c> when the time is used up.</summary>
    public string TimeLeft(TimeSpan left) =>
        left > TimeSpan.Zero ? texts["Left", Duration(left)] : texts["LateBy", Duration(left)];

    /// <summary><c>12 of 30 min</c>: a duration beside the promise it was measured against.</summary>
    public string Of(TimeSpan took, TimeSpan promised) =>
        promised < TimeSpan.FromHours(1) && took < TimeSpan.FromHours(1)
            ? texts["MinutesOf", took.Minutes, promised.Minutes]
            : texts["DurationOf", Duration(took), Duration(promised)];

    private bool IsToday(DateTimeOffset instant) => reader.Local(instant).Date == reader.Local(Now).Date;

    private static CultureInfo Culture => CultureInfo.CurrentUICulture;

    private static string Format(LocalDateTime local, string pattern) =>
        LocalDateTimePattern.Create(pattern, Culture).Format(local);
}

/// <summary>Marks the texts about times and durations, <c>TimeTexts.resx</c>.</summary>
public sealed class TimeTexts;
