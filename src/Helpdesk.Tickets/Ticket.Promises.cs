using System.Globalization;
using Helpdesk.Tickets.Escalation;
using Helpdesk.Tickets.Notifications;
using Helpdesk.Tickets.Sla;

namespace Helpdesk.Tickets;

// What was promised: the clocks, their pauses, and what happens when a promise nears its end.
public sealed partial class Ticket
{
    /// <summary>Says who looks after the customer now that tier or contract changed.</summary>
    public void ChangePolicy(SlaTerms? terms, Actor actor, DateTimeOffset now)
    {
        if (SlaPolicyId == terms?.PolicyId)
            return;
        Record(TicketEventKind.PolicyChanged, actor, now, ("to", terms?.Name));
        SlaPolicyId = terms?.PolicyId;
        Reschedule(terms, now);
    }

    /// <summary>
    /// Acts on every level that has been reached and was not acted on before, and says when to look again.
    /// Needs <see cref="Escalations"/>, <see cref="Specialist"/> and the team's lead to be loaded.
    /// </summary>
    /// <returns>The levels acted on now; empty when there was nothing to do.</returns>
    public IReadOnlyList<TicketEscalation> Escalate(EscalationPeople people, SlaTerms terms, DateTimeOffset now)
    {
        var acted = new List<TicketEscalation>();
        foreach (var commitment in SlaClock.Open(terms, Timeline()))
        {
            if (commitment.IsPaused)
                continue;
            foreach (var rule in terms.Escalations)
            {
                var reachedAt = SlaClock.LevelAt(terms, commitment, rule);
                if (reachedAt > now)
                    break;
                if (HasActed(commitment, rule.Percent))
                    continue;
                var escalation = new TicketEscalation
                {
                    Target = commitment.Target,
                    Cycle = commitment.Cycle,
                    Percent = rule.Percent,
                    Actions = rule.Actions,
                    ReachedAt = reachedAt,
                    ActedAt = now,
                };
                Escalations.Add(escalation);
                acted.Add(escalation);
                Act(escalation, people, now);
            }
        }
        if (acted.Exists(e => e.Actions.HasFlag(EscalationActions.RaisePriority)) && Priority < TicketPriority.Urgent)
        {
            Record(
                TicketEventKind.PriorityChanged,
                Actor.System,
                now,
                ("from", Priority.ToString()),
                ("to", (Priority + 1).ToString()),
                ("reason", "escalation")
            );
            Priority++;
        }
        Reschedule(terms, now);
        if (NextEscalationAt <= now)
            NextEscalationAt = NextUnacted(terms);
        return acted;
    }

    /// <summary>What the clocks are counted from.</summary>
    public SlaTimeline Timeline() =>
        new()
        {
            Priority = Priority,
            CreatedAt = CreatedAt,
            FirstRespondedAt = FirstRespondedAt,
            AwaitingReplySince = AwaitingReplySince,
            ResolutionStartedAt = ResolutionStartedAt,
            ResolvedAt = ResolvedAt,
            Paused = PausedWorkingTime,
            PausedSince = PausedSince,
            Replies = Replies,
            Reopenings = Reopenings,
        };

    private void Act(TicketEscalation escalation, EscalationPeople people, DateTimeOffset now)
    {
        EscalationLevel = Math.Max(EscalationLevel, escalation.Percent);
        if (escalation.Percent >= 100)
        {
            BreachedAt ??= escalation.ReachedAt;
            if (escalation.Target is SlaTarget.FirstResponse)
                FirstResponseKept = false;
            else if (escalation.Target is SlaTarget.Resolution)
                ResolutionKept = false;
        }
        Record(
            TicketEventKind.Escalated,
            Actor.System,
            now,
            ("target", escalation.Target.ToString()),
            ("percent", escalation.Percent.ToStringInvariant()),
            ("actions", escalation.Actions.ToString())
        );
        var facts = System.Text.Json.JsonSerializer.Serialize(
            new Dictionary<string, string>(StringComparer.Ordinal)
            {
                ["target"] = escalation.Target.ToString(),
                ["percent"] = escalation.Percent.ToStringInvariant(),
                ["dueAt"] = (DueAt ?? escalation.ReachedAt).ToString("O", CultureInfo.InvariantCulture),
            }
        );
        if (escalation.Actions.HasFlag(EscalationActions.WarnSpecialist) && (Responsible ?? people.Lead) is { } warned)
            Notify(NotificationKind.DueSoon, warned, message: null, now).Data = facts;
        if (escalation.Actions.HasFlag(EscalationActions.TellSupervisor))
            foreach (var (userId, address) in people.Supervisors)
            {
                var told = Notification.ToStaff(NotificationKind.Breached, this, message: null, userId, address, now);
                told.Data = facts;
                Notifications.Add(told);
            }
        if (
            escalation.Actions.HasFlag(EscalationActions.ReassignToLead)
            && people.Lead is { IsActive: true } lead
            && lead.Id != SpecialistId
        )
            AssignTo(lead, Actor.System, "escalation", now);
    }

    private DateTimeOffset? NextUnacted(SlaTerms terms)
    {
        DateTimeOffset? next = null;
        foreach (var commitment in SlaClock.Open(terms, Timeline()))
        foreach (var rule in terms.Escalations)
        {
            if (commitment.IsPaused || HasActed(commitment, rule.Percent))
                continue;
            var at = SlaClock.LevelAt(terms, commitment, rule);
            if (at != DateTimeOffset.MaxValue && (next is null || at < next))
                next = at;
        }
        return next;
    }

    private bool HasActed(SlaCommitment commitment, int percent) =>
        Escalations.Exists(e => e.Target == commitment.Target && e.Cycle == commitment.Cycle && e.Percent == percent);

    private bool IsPast(SlaTarget target, SlaTerms terms, DateTimeOffset now)
    {
        foreach (var commitment in SlaClock.Open(terms, Timeline()))
            if (commitment.Target == target && !commitment.IsPaused && commitment.DueAt < now)
            {
                BreachedAt ??= commitment.DueAt;
                return true;
            }
        return false;
    }

    private void StartPause(DateTimeOffset now) => PausedSince ??= now;

    private void EndPause(SlaTerms? terms, DateTimeOffset now)
    {
        if (PausedSince is not { } since)
            return;
        PausedWorkingTime += (terms?.Calendar ?? BusinessCalendar.AlwaysOpen).Between(since, now);
        PausedSince = null;
    }

    private void Reschedule(SlaTerms? terms, DateTimeOffset now)
    {
        UpdatedAt = now;
        var open = terms is null ? [] : SlaClock.Open(terms, Timeline());
        var nearest = open.FirstOrDefault(c => !c.IsPaused && c.DueAt != DateTimeOffset.MaxValue);
        (DueAt, DueTarget) = (nearest?.DueAt, nearest?.Target);
        NextEscalationAt = terms is null ? null : SlaClock.NextLevel(terms, open);
    }
}
