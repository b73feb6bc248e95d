using Helpdesk.Tickets;
using Helpdesk.Tickets.People;
using Helpdesk.Tickets.Sla;

namespace Helpdesk.Web.Components.Supervise.Wall;

/// <summary>Which tickets the wall lists.</summary>
public enum WallList
{
    /// <summary>Late, the latest first.</summary>
    Breached,

    /// <summary>Due within the hour.</summary>
    DueSoon,

    /// <summary>With nobody, the oldest first.</summary>
    Unassigned,

    /// <summary>The customer has had no answer at all, the oldest first.</summary>
    Unanswered,

    /// <summary>A level of a promise was reached and not answered since.</summary>
    Escalated,
}

/// <param name="DueSoonVip">Of those due within the hour.</param>
/// <param name="OldestLate">Working time, as the queues say it; null when nothing is late.</param>
/// <param name="Yesterday">How many were unresolved 24 hours ago.</param>
/// <param name="AnsweredAutomatically">Requests that an article answered today, and nobody asked for a person since.</param>
/// <param name="ByAge">Unresolved tickets by age: under 1 h, 4 h, 8 h, 1 day, 3 days, older.</param>
/// <param name="UnassignedByAge">With nobody: under 10 min, under 30 min, older.</param>
public sealed record WallTotals(
    int Unresolved,
    int Breached,
    int DueSoon,
    int DueSoonVip,
    int Unassigned,
    int Unanswered,
    int Escalated,
    int Yesterday,
    int AnsweredAutomatically,
    TimeSpan? OldestLate,
    DateTimeOffset? OldestUnassigned,
    IReadOnlyList<int> ByAge,
    IReadOnlyList<int> UnassignedByAge
);

public sealed record WallRow(
    long Id,
    string Subject,
    string Customer,
    int? TierId,
    TicketPriority Priority,
    DateTimeOffset CreatedAt,
    DateTimeOffset? DueAt,
    SlaTarget? DueTarget,
    int? SlaPolicyId,
    int EscalationLevel,
    string? Team,
    Guid? SpecialistId,
    string? Specialist,
    int? TopicId
);

/// <param name="AbsentUntil">Null = not absent.</param>
/// <param name="Deputy">Stands in while they are absent.</param>
/// <param name="Opening">Their working hours now, or the next ones; null = round the clock.</param>
/// <param name="Load">Weighted open work.</param>
public sealed record WallPerson(
    Guid Id,
    string Name,
    Presence Presence,
    DateTimeOffset? AbsentUntil,
    string? Deputy,
    (DateTimeOffset From, DateTimeOffset To)? Opening,
    bool IsAtWork,
    double Load,
    double Capacity,
    int Tickets
)
{
    public bool IsAbsent => AbsentUntil is not null;

    /// <summary>There, and not set to busy or away.</summary>
    public bool IsHere => IsAtWork && !IsAbsent && Presence is Presence.Available;

    public bool IsOnBreak => IsAtWork && !IsAbsent && Presence is not Presence.Available;

    public double ShareUsed => Capacity > 0 ? Load / Capacity : 1;
}

/// <param name="Levels">Who has which skill that a listed ticket needs: 1 learning, 2 able, 3 expert.</param>
public sealed record WallPicture(
    WallTotals Totals,
    WallList List,
    IReadOnlyList<WallRow> Rows,
    IReadOnlyList<WallPerson> People,
    IReadOnlyDictionary<(Guid Person, int Skill), int> Levels,
    WallDay Day,
    WallOutlook Outlook,
    WallMail Mail,
    DateTimeOffset? LastChangeAt
);
