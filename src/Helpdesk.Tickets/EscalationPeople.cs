using Helpdesk.Tickets.People;

namespace Helpdesk.Tickets;

/// <summary>Whom an escalation concerns besides the specialist.</summary>
public sealed record EscalationPeople(Specialist? Lead, IReadOnlyList<(Guid UserId, string Address)> Supervisors);
