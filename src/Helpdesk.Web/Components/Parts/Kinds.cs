namespace Helpdesk.Web.Components.Parts;

/// <summary>What a colour says. Colour never stands alone: there is a word or a shape beside it.</summary>
public enum Tone
{
    Neutral,
    Info,
    Good,
    Warn,
    Bad,
}

/// <summary>How a button looks: one <see cref="Primary"/> a view.</summary>
public enum ButtonKind
{
    Plain,
    Primary,
    Quiet,
    Danger,
}

public enum PriorityLevel
{
    Low,
    Normal,
    High,
    Urgent,
}

public enum TierRank
{
    /// <summary>Has no mark.</summary>
    Standard,
    Gold,
    Vip,
}

public enum Presence
{
    Unknown,
    Here,
    Idle,
    Away,
}

/// <summary>Who wrote a message, from the reader's side.</summary>
public enum MessageSide
{
    /// <summary>On the left, on paper: the other side.</summary>
    Theirs,

    /// <summary>On the right, on blue: on the desk a specialist, on customers' pages the customer.</summary>
    Ours,

    /// <summary>On the right, yellow and dashed: customers never see it.</summary>
    Internal,
}

/// <summary>The colour of a bar or line.</summary>
public enum Series
{
    First,
    Second,

    /// <summary>A promise or a forecast.</summary>
    Third,

    /// <summary>What is left or compared.</summary>
    Rest,
    Missed,
}

/// <summary>In which words an instant is shown.</summary>
public enum TimeStyle
{
    /// <summary><c>14:32</c> today, else <c>yesterday 16:40</c>.</summary>
    Moment,

    /// <summary><c>today 14:32</c></summary>
    DayAndTime,

    /// <summary><c>14:44 today</c></summary>
    By,

    /// <summary><c>14:32</c></summary>
    Time,

    /// <summary><c>12 November 2026</c></summary>
    Date,

    /// <summary><c>Wednesday, 18 November 2026, 14:32</c></summary>
    Full,

    /// <summary><c>5 min ago</c></summary>
    Ago,
}

/// <summary>The class names of <c>components.css</c> for the kinds above.</summary>
internal static class Css
{
    public static string Of(Tone tone) => tone is Tone.Neutral ? "" : Lower(tone);

    public static string Of(ButtonKind kind) => kind is ButtonKind.Plain ? "" : Lower(kind);

    public static string Of(Presence presence) => presence is Presence.Unknown ? "" : Lower(presence);

    public static string Of(Series series) =>
        series switch
        {
            Series.First => "f1",
            Series.Second => "f2",
            Series.Third => "f3",
            Series.Rest => "f4",
            _ => "fbad",
        };

    /// <summary>Joins class names and leaves out empty ones.</summary>
    public static string Join(params ReadOnlySpan<string?> names)
    {
        var joined = new List<string>(names.Length);
        foreach (var name in names)
        {
            if (!string.IsNullOrWhiteSpace(name))
                joined.Add(name);
        }
        return string.Join(' ', joined);
    }

    private static string Lower<T>(T value)
        where T : struct, Enum => value.ToString().ToLowerInvariant();
}
