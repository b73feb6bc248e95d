namespace Helpdesk.Tickets.Sla;

/// <summary>What is promised.</summary>
public enum SlaTarget
{
    FirstResponse,
    NextResponse,
    Resolution,
}

/// <summary>Promises per priority, counted in business hours, and what happens as they come near or are missed.</summary>
public sealed class SlaPolicy
{
    public int Id { get; private set; }
    public required string Name { get; set; }
    public int BusinessHoursId { get; set; }
    public BusinessHours BusinessHours { get; set; } = null!;
    public List<SlaPromise> Promises { get; } = [];
    public List<EscalationRule> Escalations { get; } = [];
}

/// <summary>The promised working times for one priority; null = nothing promised.</summary>
public sealed class SlaPromise
{
    public int SlaPolicyId { get; init; }
    public required TicketPriority Priority { get; init; }
    public int? FirstResponseMinutes { get; set; }
    public int? NextResponseMinutes { get; set; }
    public int? ResolutionMinutes { get; set; }

    public TimeSpan? For(SlaTarget target) =>
        target switch
        {
            SlaTarget.FirstResponse => FirstResponseMinutes,
            SlaTarget.NextResponse => NextResponseMinutes,
            _ => ResolutionMinutes,
        }
            is { } minutes
            ? TimeSpan.FromMinutes(minutes)
            : null;
}

[Flags]
public enum EscalationActions
{
    None = 0,
    WarnSpecialist = 1,
    TellSupervisor = 2,
    RaisePriority = 4,
    ReassignToLead = 8,
}

/// <summary>What happens when a share of a promised time is over.</summary>
public sealed class EscalationRule
{
    public int SlaPolicyId { get; init; }

    /// <summary>Share of the promised time, 1 to 1000; 100 is the promise itself.</summary>
    public required int Percent { get; init; }
    public required EscalationActions Actions { get; set; }
}

/// <summary>A policy with its calendar, ready to be counted with.</summary>
public sealed class SlaTerms(SlaPolicy policy)
{
    public int PolicyId { get; } = policy.Id;
    public string Name { get; } = policy.Name;
    public BusinessHours BusinessHours { get; } = policy.BusinessHours;
    public BusinessCalendar Calendar { get; } = policy.BusinessHours.ToCalendar();
    public IReadOnlyList<EscalationRule> Escalations { get; } = [.. policy.Escalations.OrderBy(r => r.Percent)];
    private readonly Dictionary<TicketPriority, SlaPromise> promises = policy.Promises.ToDictionary(p => p.Priority);

    public TimeSpan? Promised(SlaTarget target, TicketPriority priority) =>
        promises.TryGetValue(priority, out var promise) ? promise.For(target) : null;
}
