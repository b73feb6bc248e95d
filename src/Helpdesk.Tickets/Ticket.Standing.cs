using Helpdesk.Tickets.Notifications;
using Helpdesk.Tickets.Sla;

namespace Helpdesk.Tickets;

// Where it stands: waiting, open, resolved, closed, and open again.
public sealed partial class Ticket
{
    /// <summary>The customer has the next word: the clocks stand still until they write.</summary>
    public void WaitForCustomer(Actor actor, SlaTerms? terms, DateTimeOffset now)
    {
        EnsureNotClosed();
        if (!IsUnresolved)
            throw new RuleViolationException("The request is resolved. Reopen it first.");
        SetStatus(TicketStatus.Waiting, actor, now);
        AwaitingReplySince = null;
        PersonTakesOver();
        StartPause(now);
        Reschedule(terms, now);
    }

    /// <summary>The desk has the next word again, without a message of the customer.</summary>
    public void Resume(Actor actor, SlaTerms? terms, DateTimeOffset now)
    {
        if (Status is not TicketStatus.Waiting)
            return;
        PersonTakesOver();
        SetStatus(TicketStatus.Open, actor, now);
        EndPause(terms, now);
        Reschedule(terms, now);
    }

    /// <summary>Marks the request solved and stops its clocks. Resolving twice changes nothing.</summary>
    /// <param name="articleId">The article that solved it, if one did: it learns the customer's words.</param>
    /// <exception cref="RuleViolationException">The ticket is closed; reopen it first.</exception>
    public void Resolve(string? note, long? articleId, Actor actor, SlaTerms? terms, DateTimeOffset now)
    {
        EnsureNotClosed();
        if (Status is TicketStatus.Resolved)
            return;
        MarkResolved(note, articleId, actor, terms, now);
        NotifyCustomer(NotificationKind.Resolved, message: null, now);
        Reschedule(terms, now);
    }

    /// <summary>Unresolved again; the resolution promise starts anew.</summary>
    public void Reopen(Actor actor, SlaTerms? terms, DateTimeOffset now)
    {
        if (IsUnresolved)
            return;
        StartAgain(actor, now);
        Reschedule(terms, now);
    }

    /// <summary>Ends a resolved ticket for good; a later mail of the customer still reopens it.</summary>
    public void Close(Actor actor, DateTimeOffset now)
    {
        if (Status is TicketStatus.Closed)
            return;
        if (Status is not TicketStatus.Resolved)
            throw new RuleViolationException("Only a resolved request can be closed. Resolve it first.");
        Status = TicketStatus.Closed;
        (ClosedAt, UpdatedAt) = (now, now);
        Record(TicketEventKind.Closed, actor, now);
    }

    private void SetStatus(TicketStatus status, Actor actor, DateTimeOffset now)
    {
        if (Status == status)
            return;
        Record(TicketEventKind.StatusChanged, actor, now, ("from", Status.ToString()), ("to", status.ToString()));
        Status = status;
    }

    private void MarkResolved(string? note, long? articleId, Actor actor, SlaTerms? terms, DateTimeOffset now)
    {
        if (Status is TicketStatus.Resolved)
            return;
        // a clock that stands still is past nothing, so it goes on before it is read
        EndPause(terms, now);
        PersonTakesOver();
        if (terms?.Promised(SlaTarget.Resolution, Priority) is not null)
            ResolutionKept = !IsPast(SlaTarget.Resolution, terms, now) && ResolutionKept is not false;
        (Status, ResolvedAt, AwaitingReplySince) = (TicketStatus.Resolved, now, null);
        ResolutionNote = note is null ? ResolutionNote : Text.Cut(note, 4000);
        SolutionArticleId = articleId ?? SolutionArticleId;
        Record(TicketEventKind.Resolved, actor, now, ("article", articleId?.ToStringInvariant()));
    }

    private void StartAgain(Actor actor, DateTimeOffset now, TicketStatus status = TicketStatus.Open)
    {
        Reopenings++;
        IsEmptied = false;
        // it goes on: a person of the desk says so, or nobody knows yet
        if (IsSpam is true)
            IsSpam = actor.Kind is ActorKind.Staff ? false : null;
        (Status, ResolvedAt, ClosedAt, ResolutionStartedAt) = (status, null, null, now);
        (PausedWorkingTime, PausedSince, EscalationLevel) = (TimeSpan.Zero, null, 0);
        Record(TicketEventKind.Reopened, actor, now);
        // whoever left cannot go on with it
        if (SpecialistId is null || Specialist is { IsActive: false })
            RoutedAt = null;
    }
}
