using System.Globalization;
using System.Resources;

namespace Helpdesk.Routing.Decisions;

/// <summary>The words of routing, by culture.</summary>
public static class RoutingTexts
{
    /// <summary>Percent; less than that is as quick as anybody.</summary>
    private const int LeastPaceSaid = 10;

    private static readonly ResourceManager Resources = new(
        "Helpdesk.Routing.Decisions.RoutingTexts",
        typeof(RoutingTexts).Assembly
    );

    /// <summary>The text of a name; the name itself where there is none, so that a new code is seen and not lost.</summary>
    public static string Text(string name, CultureInfo culture, params object[] arguments) =>
        Resources.GetString(name, culture) is { } text ? string.Format(culture, text, arguments) : name;

    /// <summary>A reason in words.</summary>
    public static string Of(Reason reason, CultureInfo culture) =>
        reason.Code switch
        {
            "skill" when reason.Arguments[0] == "any" => Text(
                "Reason.skill-any",
                culture,
                Text($"Complexity.{reason.Arguments[1]}", culture)
            ),
            "skill" => Text(
                "Reason.skill",
                culture,
                Text($"Skill.{reason.Arguments[0]}", culture),
                Text($"Complexity.{reason.Arguments[1]}", culture)
            ),
            // decisions of an earlier state say less
            "track-record" when reason.Arguments.Count == 0 => Text("Reason.track-record-uncounted", culture),
            "track-record" or "weak-record" => Text(
                "Reason.track-record",
                culture,
                reason.Arguments[0],
                reason.Arguments[1],
                PaceOf(int.Parse(reason.Arguments[2], CultureInfo.InvariantCulture), culture)
            ),
            "deputy" when reason.Arguments.Count == 0 => Text("Reason.deputy-unnamed", culture),
            "full" when reason.Arguments.Count < 3 => Text("Reason.full-unweighed", culture, [.. reason.Arguments]),
            _ => Text($"Reason.{reason.Code}", culture, [.. reason.Arguments]),
        };

    private static string PaceOf(int quicker, CultureInfo culture) =>
        Text(
            quicker >= LeastPaceSaid ? "Pace.quicker"
                : quicker <= -LeastPaceSaid ? "Pace.slower"
                : "Pace.usual",
            culture,
            Math.Abs(quicker)
        );

    /// <summary>What would have made somebody the choice, in words.</summary>
    public static string WouldChange(Reason reason, CultureInfo culture) =>
        Text($"Would.{reason.Code}", culture, [.. reason.Arguments]);

    /// <summary>"a, b and c".</summary>
    public static string List(IReadOnlyList<string> items, CultureInfo culture)
    {
        if (items.Count == 0)
            return "";
        var start = items[0];
        for (var i = 1; i < items.Count; i++)
            start = Text(i == items.Count - 1 ? "List.two" : "List.more", culture, start, items[i]);
        return start;
    }

    public static string Duration(TimeSpan time, CultureInfo culture) =>
        time.TotalHours < 1 ? Text("Duration.minutes", culture, Math.Max(1, (int)time.TotalMinutes))
        : time.TotalDays < 2 ? Text("Duration.hours", culture, (int)time.TotalHours)
        : Text("Duration.days", culture, (int)time.TotalDays);
}
