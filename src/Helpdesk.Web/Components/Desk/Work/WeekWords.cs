using System.Globalization;
using Helpdesk.Tickets.Sla;
using Microsoft.Extensions.Localization;

namespace Helpdesk.Web.Components.Desk.Work;

/// <summary>A week of opening times in short: <c>Mon–Fri 08:00–18:00, Sat 09:00–12:00</c>.</summary>
public static class WeekWords
{
    private static readonly string[] Days = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];

    public static string Of(BusinessHours hours, IStringLocalizer<DeskTexts> T)
    {
        if (hours.Week.Trim() == "always")
            return T["RoundTheClock"];
        var times = hours
            .Week.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
            .Select(part => part.Split(' ', 2, StringSplitOptions.RemoveEmptyEntries))
            .Where(part => part.Length == 2)
            .Select(part => (Day: Array.IndexOf(Days, part[0]), Times: Written(part[1])))
            .Where(part => part.Day >= 0)
            .OrderBy(part => part.Day)
            .ToList();
        var runs = new List<(int First, int Last, string Times)>();
        foreach (var (day, open) in times)
        {
            if (runs is [.., var last] && last.Last == day - 1 && last.Times == open)
                runs[^1] = (last.First, day, open);
            else
                runs.Add((day, day, open));
        }
        return string.Join(
            ", ",
            runs.Select(r => $"{Name(r.First)}{(r.Last > r.First ? "–" + Name(r.Last) : "")} {r.Times}")
        );
    }

    private static string Written(string times) =>
        string.Join(" ", times.Split(' ', StringSplitOptions.RemoveEmptyEntries)).Replace('-', '–');

    private static string Name(int day) =>
        CultureInfo.CurrentUICulture.DateTimeFormat.GetAbbreviatedDayName((DayOfWeek)((day + 1) % 7));
}
