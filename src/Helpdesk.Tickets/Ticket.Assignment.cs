using Helpdesk.Tickets.Notifications;
using Helpdesk.Tickets.People;

namespace Helpdesk.Tickets;

// Whose it is.
public sealed partial class Ticket
{
    private Specialist? handedTo;

    /// <summary>Hands the ticket to a person, who is told unless they did it themselves.</summary>
    public void AssignTo(Specialist specialist, Actor actor, string? reason, DateTimeOffset now)
    {
        EnsureNotClosed();
        if (!specialist.IsActive)
            throw new RuleViolationException($"{specialist.Name} no longer works here. Choose somebody else.");
        if (SpecialistId == specialist.Id)
            return;
        Record(
            TicketEventKind.Assigned,
            actor,
            now,
            ("from", SpecialistId?.ToString()),
            ("to", specialist.Id.ToString()),
            ("name", specialist.Name),
            ("reason", reason)
        );
        HandTo(specialist);
        UpdatedAt = now;
        RoutedAt ??= now;
        if (actor.UserId != specialist.Id)
            Notify(NotificationKind.Assigned, specialist, message: null, now);
    }

    /// <summary>Back to the team's queue.</summary>
    public void Unassign(Actor actor, string? reason, DateTimeOffset now)
    {
        if (SpecialistId is null)
            return;
        Record(TicketEventKind.Unassigned, actor, now, ("from", SpecialistId.ToString()), ("reason", reason));
        HandTo(specialist: null);
        UpdatedAt = now;
        // without a team there is no queue in which anybody would find it: routing looks for one
        if (TeamId is null && IsUnresolved)
            RoutedAt = null;
    }

    /// <summary>Into another team's queue; nobody of it is chosen yet.</summary>
    public void MoveTo(Team team, Actor actor, DateTimeOffset now)
    {
        EnsureNotClosed();
        if (TeamId == team.Id)
            return;
        Record(
            TicketEventKind.TeamChanged,
            actor,
            now,
            ("from", TeamId?.ToStringInvariant()),
            ("to", team.Id.ToStringInvariant()),
            ("name", team.Name)
        );
        (TeamId, Team, UpdatedAt) = (team.Id, null, now);
        HandTo(specialist: null);
    }

    /// <summary>Who has it, also when that was decided in this unit of work.</summary>
    private Specialist? Responsible => handedTo ?? Specialist;

    // Only the key is written: the person may come from another unit of work, which must not be saved along with this one.
    private void HandTo(Specialist? specialist)
    {
        if (SpecialistId != specialist?.Id)
            (SpecialistId, Specialist) = (specialist?.Id, null);
        handedTo = specialist;
    }
}
