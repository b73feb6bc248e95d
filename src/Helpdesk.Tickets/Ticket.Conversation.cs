using Helpdesk.Tickets.Notifications;
using Helpdesk.Tickets.People;
using Helpdesk.Tickets.Sla;

namespace Helpdesk.Tickets;

// What is said: by the customer, by the desk, and among staff.
public sealed partial class Ticket
{
    /// <summary>The customer (or somebody writing for them) adds a message; a resolved request is open again.</summary>
    /// <param name="saysSolved">They say along with it that the automatic answer helped; else a word of theirs asks for a person.</param>
    public Message AddCustomerMessage(
        MessageContent content,
        Actor actor,
        SlaTerms? terms,
        DateTimeOffset now,
        bool saysSolved = false
    )
    {
        var message = new Message(this, MessageKind.Customer, content, actor, now);
        Messages.Add(message);
        Record(TicketEventKind.CustomerWrote, actor, now, ("sender", content.SenderAddress));
        var wasAutomatic = AutoAnswer is AutoAnswerState.Sent;
        if (wasAutomatic && !saysSolved)
            WantPerson(actor, terms, now);
        if (!IsUnresolved)
            StartAgain(actor, now);
        else if (Status is TicketStatus.Waiting)
            SetStatus(FirstRespondedAt is null ? TicketStatus.New : TicketStatus.Open, actor, now);
        EndPause(terms, now);
        if (FirstRespondedAt is not null)
            AwaitingReplySince ??= now;
        (LastMessageAt, CustomerWroteLast) = (now, true);
        Reschedule(terms, now);
        if (!wasAutomatic && Responsible is { } specialist)
            Notify(NotificationKind.CustomerAnswered, specialist, message, now);
        return message;
    }

    /// <summary>A specialist answers the customer; the answer is mailed.</summary>
    /// <param name="next">Where the ticket stands afterwards: open, waiting for the customer, or resolved.</param>
    /// <param name="articleId">The article that the answer gives, where it resolves the ticket: it learns the customer's words.</param>
    /// <exception cref="RuleViolationException">The answer is empty, or the ticket is closed.</exception>
    public Message Reply(
        MessageContent content,
        Actor actor,
        TicketStatus next,
        SlaTerms? terms,
        DateTimeOffset now,
        long? articleId = null
    )
    {
        if (string.IsNullOrWhiteSpace(content.Text))
            throw new RuleViolationException("The answer is empty. Write something before you send it.");
        EnsureNotClosed();
        if (next is TicketStatus.New or TicketStatus.Closed)
            throw new RuleViolationException("After an answer a request is open, waiting or resolved.");
        var message = new Message(this, MessageKind.Reply, content, actor, now);
        Messages.Add(message);
        Record(TicketEventKind.SpecialistReplied, actor, now, ("to", next.ToString()));
        CountAnswer(terms, now);
        // the last answer is the one that solves; the customer may have time to say so
        SolutionArticleId = articleId;
        (LastMessageAt, CustomerWroteLast) = (now, false);
        NotifyCustomer(NotificationKind.Reply, message, now);
        if (next is TicketStatus.Resolved)
            MarkResolved(note: null, articleId, actor, terms, now);
        else if (!IsUnresolved)
            StartAgain(actor, now, next);
        else
            SetStatus(next, actor, now);
        if (next is TicketStatus.Waiting)
            StartPause(now);
        else
            EndPause(terms, now);
        Reschedule(terms, now);
        return message;
    }

    /// <summary>Adds a note among staff.</summary>
    public Message AddNote(MessageContent content, Actor actor, DateTimeOffset now)
    {
        if (string.IsNullOrWhiteSpace(content.Text))
            throw new RuleViolationException("The note is empty. Write something before you save it.");
        var note = new Message(this, MessageKind.Note, content, actor, now);
        Messages.Add(note);
        UpdatedAt = now;
        Record(TicketEventKind.NoteAdded, actor, now);
        return note;
    }

    /// <summary>Tells a colleague that a note calls them; see <see cref="Mentions"/>.</summary>
    internal void Mention(Message note, Specialist colleague, DateTimeOffset now) =>
        Notify(NotificationKind.Mentioned, colleague, note, now);

    /// <summary>Tells the customer that the request arrived; once per ticket.</summary>
    /// <param name="data">Facts for the template, a flat JSON object.</param>
    /// <returns>Null when the customer has been told already.</returns>
    public Notification? Acknowledge(string? data, DateTimeOffset now)
    {
        if (Acknowledged)
            return null;
        Acknowledged = true;
        var notification = NotifyCustomer(NotificationKind.Acknowledgement, message: null, now);
        notification.Data = data;
        return notification;
    }

    /// <summary>For requests written by machines: nothing automatic is ever sent in answer.</summary>
    public void SuppressAcknowledgement() => Acknowledged = true;

    /// <summary>Mail about this request came back, or was given up; the history says so.</summary>
    /// <param name="remark">The other server's words or ours, one line.</param>
    public void NoteDeliveryFailure(string address, string remark, DateTimeOffset now) =>
        Record(TicketEventKind.DeliveryFailed, Actor.System, now, ("address", address), ("remark", remark));

    private void CountAnswer(SlaTerms? terms, DateTimeOffset now)
    {
        if (FirstRespondedAt is null)
        {
            if (terms?.Promised(SlaTarget.FirstResponse, Priority) is not null)
                FirstResponseKept = !IsPast(SlaTarget.FirstResponse, terms, now);
            FirstRespondedAt = now;
        }
        else if (AwaitingReplySince is not null)
        {
            if (terms is not null && IsPast(SlaTarget.NextResponse, terms, now))
                BreachedAt ??= now;
        }
        PersonTakesOver();
        // whom somebody answers is worth an answer
        IsSpam = IsSpam is true ? null : IsSpam;
        Replies++;
        (AwaitingReplySince, EscalationLevel) = (null, 0);
    }
}
