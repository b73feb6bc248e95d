using Helpdesk.Tickets.Sla;

namespace Helpdesk.Tickets;

// What nobody asked for: it ends without a word to whoever sent it, and comes back as it was when that was a mistake.
public sealed partial class Ticket
{
    /// <summary>A person's judgement, from which the desk's filter learns; null = nobody said anything.</summary>
    public bool? IsSpam { get; private set; }

    /// <summary>Whether somebody may call it spam: nobody has answered it.</summary>
    public bool CanBeSpam => IsUnresolved && Replies == 0;

    /// <summary>A person calls it spam. It closes, nobody is told, and the clocks stop.</summary>
    /// <exception cref="RuleViolationException">It is resolved, or somebody has answered it.</exception>
    public void MarkSpam(Actor actor, DateTimeOffset now)
    {
        if (!CanBeSpam)
            throw new RuleViolationException("Somebody has answered this request, or it is resolved. It is no spam.");
        Record(
            TicketEventKind.MarkedSpam,
            actor,
            now,
            ("from", Status.ToString()),
            ("routed", RoutedAt is null ? null : "yes"),
            ("article", AutoAnswer is AutoAnswerState.Sent ? "sent" : null)
        );
        // an article on its way to them stays here, and its failing wakes nobody
        if (AutoAnswer is AutoAnswerState.Sent)
            AutoAnswer = AutoAnswerState.Overtaken;
        // nothing was resolved: reports do not count it
        (IsSpam, Status, ClosedAt) = (true, TicketStatus.Closed, now);
        RoutedAt ??= now;
        Reschedule(terms: null, now);
    }

    /// <summary>It was no spam after all: it stands where it stood.</summary>
    /// <param name="marking">The event of the judgement that is taken back.</param>
    /// <exception cref="RuleViolationException">It is not marked as spam.</exception>
    public void UnmarkSpam(TicketEvent marking, Actor actor, SlaTerms? terms, DateTimeOffset now)
    {
        if (
            IsSpam is not true
            || Status is not TicketStatus.Closed
            || ResolvedAt is not null
            || marking.Kind is not TicketEventKind.MarkedSpam
        )
            throw new RuleViolationException("This request is not marked as spam.");
        var before = marking.Details;
        Record(TicketEventKind.SpamUndone, actor, now);
        (IsSpam, ClosedAt) = (false, null);
        if (before.GetValueOrDefault("article") is not null)
            AutoAnswer = AutoAnswerState.Sent;
        Status = Enum.TryParse<TicketStatus>(before.GetValueOrDefault("from"), out var status)
            ? status
            : TicketStatus.Open;
        if (before.GetValueOrDefault("routed") is null || SpecialistId is null)
            RoutedAt = null;
        Reschedule(terms, now);
    }

    /// <summary>A supervisor let it in although it looked like spam.</summary>
    public void VouchFor() => IsSpam = false;
}
