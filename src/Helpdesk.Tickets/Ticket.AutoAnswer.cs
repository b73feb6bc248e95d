using Helpdesk.Tickets.Notifications;
using Helpdesk.Tickets.Sla;

namespace Helpdesk.Tickets;

/// <summary>Where a ticket's automatic answer stands.</summary>
public enum AutoAnswerState
{
    /// <summary>There was none.</summary>
    None,

    /// <summary>The customer has it and has not said yet whether it helped.</summary>
    Sent,

    /// <summary>The customer said that it solved the request.</summary>
    Accepted,

    /// <summary>The customer asked for a person, or wrote again.</summary>
    Declined,

    /// <summary>The customer said nothing until the request was taken for solved.</summary>
    Silent,

    /// <summary>A person answered, or ended it, before the customer said anything.</summary>
    Overtaken,

    /// <summary>The mail did not reach the customer.</summary>
    Undelivered,
}

// An article as the answer: once in a conversation, and as if it had never been unless it helped.
public sealed partial class Ticket
{
    public AutoAnswerState AutoAnswer { get; private set; }
    public DateTimeOffset? AutoAnsweredAt { get; private set; }

    /// <summary>Since when a person is owed after an automatic answer that did not help; null once one answered. Such tickets stand
    /// on top of the queues.</summary>
    public DateTimeOffset? PersonWantedAt { get; private set; }

    /// <summary>
    /// Answers with an article, instead of an acknowledgement. The customer has the next word and the clocks stand still; it counts as an answer
    /// only when <see cref="AcceptAutoAnswer"/> follows.
    /// </summary>
    /// <exception cref="RuleViolationException">Somebody, or the desk, has answered before, or nothing automatic may be sent.</exception>
    public Message AnswerByArticle(MessageContent content, long articleId, SlaTerms? terms, DateTimeOffset now)
    {
        if (!IsUnresolved || Acknowledged || Reopenings > 0 || Replies > 0 || AutoAnswer is not AutoAnswerState.None)
            throw new RuleViolationException($"Request {Id} cannot be answered by the desk itself any more.");
        var message = new Message(this, MessageKind.Automatic, content, Actor.AutoAnswer, now);
        Messages.Add(message);
        NotifyCustomer(NotificationKind.AutoAnswer, message, now);
        Record(TicketEventKind.AutoAnswered, Actor.AutoAnswer, now, ("article", articleId.ToStringInvariant()));
        (Acknowledged, LastMessageAt, CustomerWroteLast) = (true, now, false);
        (AutoAnswer, AutoAnsweredAt, Status) = (AutoAnswerState.Sent, now, TicketStatus.Waiting);
        StartPause(now);
        Reschedule(terms, now);
        return message;
    }

    /// <summary>The customer says that the automatic answer solved the request: it was the first answer. Saying it twice changes nothing.</summary>
    public void AcceptAutoAnswer(long? articleId, Actor actor, SlaTerms? terms, DateTimeOffset now)
    {
        if (AutoAnswer is not AutoAnswerState.Sent)
            return;
        // the time in which the customer had it is nobody's delay
        EndPause(terms, now);
        if (terms?.Promised(SlaTarget.FirstResponse, Priority) is not null)
            FirstResponseKept = !IsPast(SlaTarget.FirstResponse, terms, now);
        (AutoAnswer, FirstRespondedAt) = (AutoAnswerState.Accepted, AutoAnsweredAt);
        MarkResolved(note: null, articleId, actor, terms, now);
        Reschedule(terms, now);
    }

    /// <summary>The customer asks for a person. Saying it twice changes nothing.</summary>
    public void DeclineAutoAnswer(Actor actor, SlaTerms? terms, DateTimeOffset now)
    {
        if (AutoAnswer is AutoAnswerState.Sent)
            WantPerson(actor, terms, now);
    }

    /// <summary>The mail with the automatic answer did not get through: a person answers.</summary>
    public void LoseAutoAnswer(SlaTerms? terms, DateTimeOffset now)
    {
        if (AutoAnswer is not AutoAnswerState.Sent)
            return;
        WantPerson(Actor.AutoAnswer, terms, now);
        AutoAnswer = AutoAnswerState.Undelivered;
    }

    /// <summary>The customer has said nothing for long: taken for solved, and closed like everything else that is.</summary>
    public void EndSilence(SlaTerms? terms, DateTimeOffset now)
    {
        if (AutoAnswer is not AutoAnswerState.Sent || Status is not TicketStatus.Waiting)
            return;
        AutoAnswer = AutoAnswerState.Silent;
        MarkResolved(note: null, articleId: null, Actor.AutoAnswer, terms, now);
        NotifyCustomer(NotificationKind.Resolved, message: null, now);
        Reschedule(terms, now);
    }

    // the clocks go on as if nothing had been answered, and routing looks for whoever is there now
    private void WantPerson(Actor actor, SlaTerms? terms, DateTimeOffset now)
    {
        (AutoAnswer, PersonWantedAt, PausedSince) = (AutoAnswerState.Declined, now, null);
        (Status, CustomerWroteLast, RoutedAt) = (TicketStatus.New, true, null);
        Record(TicketEventKind.PersonWanted, actor, now);
        Reschedule(terms, now);
    }

    private void PersonTakesOver()
    {
        PersonWantedAt = null;
        if (AutoAnswer is AutoAnswerState.Sent)
            AutoAnswer = AutoAnswerState.Overtaken;
    }
}
