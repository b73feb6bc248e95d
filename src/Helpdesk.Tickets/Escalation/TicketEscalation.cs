using Helpdesk.Tickets.Sla;

namespace Helpdesk.Tickets.Escalation;

/// <summary>A level that a ticket's promise reached. Unique by ticket, target, cycle and level: that is what makes it happen once.</summary>
public sealed class TicketEscalation
{
    public long Id { get; private set; }
    public long TicketId { get; private set; }
    public required SlaTarget Target { get; init; }

    /// <summary>Which promise of that target, see <see cref="SlaCommitment.Cycle"/>.</summary>
    public required int Cycle { get; init; }
    public required int Percent { get; init; }
    public required EscalationActions Actions { get; init; }

    /// <summary>When the level was reached by the calendar.</summary>
    public required DateTimeOffset ReachedAt { get; init; }

    /// <summary>When the desk acted on it.</summary>
    public required DateTimeOffset ActedAt { get; init; }
}
