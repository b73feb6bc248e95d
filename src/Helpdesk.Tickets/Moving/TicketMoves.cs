using Helpdesk.Tickets.Moving;
using Helpdesk.Tickets.People;
using Helpdesk.Tickets.Sla;

namespace Helpdesk.Tickets;

/// <summary>Messages that join or leave a ticket afterwards, because a person said where they belong.</summary>
public sealed partial class Ticket
{
    /// <summary>A ticket for a message that came to another one. It begins when the message was written, and routing owes it a decision.</summary>
    /// <param name="customer">Who wrote the message.</param>
    /// <param name="source">Where it is now; take it out with <see cref="TakeOver"/>.</param>
    public static Ticket SplitOff(
        Message message,
        Ticket source,
        Customer customer,
        string? subject,
        Actor actor,
        SlaTerms? terms,
        DateTimeOffset now
    )
    {
        var line = Text.OneLine(subject, MaxSubjectLength);
        var ticket = new Ticket
        {
            Subject = line.Length > 0 ? line : FirstWords(message.Text),
            Customer = customer,
            CustomerId = customer.Id,
            Channel = source.Channel,
            Language = customer.Language,
            CreatedAt = message.CreatedAt,
            LastMessageAt = message.CreatedAt,
            ResolutionStartedAt = message.CreatedAt,
            CustomerWroteLast = true,
            SlaPolicyId = terms?.PolicyId,
            Acknowledged = true, // a person sorts: that is nothing to write to the customer about
        };
        ticket.Record(TicketEventKind.Opened, actor, now, ("channel", source.Channel.ToString()));
        ticket.Reschedule(terms, now);
        return ticket;
    }

    /// <summary>
    /// Takes a customer's message out of another ticket, with its files. Both tickets' clocks are worked out anew and both histories name the
    /// change. Both tickets need their customers to be loaded.
    /// </summary>
    /// <param name="isReleased">
    /// A person confirmed that this ticket's customer may read what somebody else wrote; otherwise only staff can.
    /// </param>
    /// <param name="isUndo">It takes an earlier move back, and is none that could be taken back.</param>
    /// <exception cref="RuleViolationException">It is no customer's message, or is here already.</exception>
    public void TakeOver(
        Message message,
        (Ticket Ticket, ConversationRecord Record, SlaTerms? Terms) from,
        ConversationRecord record,
        bool isReleased,
        Actor actor,
        SlaTerms? terms,
        DateTimeOffset now,
        bool isUndo = false
    )
    {
        if (message.Kind is not MessageKind.Customer)
            throw new RuleViolationException("Only what customers wrote can be moved.");
        if (from.Ticket.Id == Id)
            throw new RuleViolationException("The message is in this request already.");
        (string, string?)[] details =
        [
            ("message", message.Id.ToStringInvariant()),
            ("from", from.Ticket.Id.ToStringInvariant()),
            ("to", Id.ToStringInvariant()),
            (MoveTrail.WasShown, message.FromOtherSender ? null : "true"),
            (MoveTrail.IsUndo, isUndo ? "true" : null),
        ];
        var left = from.Record.Without(MarkOf(message));
        message.MoveTo(this, from.Ticket, isReleased, now);
        from.Ticket.Record(TicketEventKind.MessageMoved, actor, now, details);
        from.Ticket.Restate(left, from.Terms, now);
        Record(TicketEventKind.MessageMoved, actor, now, details);
        Restate(record.With(MarkOf(message)), terms, now);
    }

    private static MessageMark MarkOf(Message message) => new(message.Kind, message.CreatedAt, message.MovedAt);

    private void Restate(ConversationRecord record, SlaTerms? terms, DateTimeOffset now)
    {
        var state = ConversationClock.Play(CreatedAt, record, terms?.Calendar ?? BusinessCalendar.AlwaysOpen, now);
        var wasResolved = !IsUnresolved;
        // what was called spam stays closed, whatever comes and goes
        if (IsSpam is not true)
            (Status, ResolvedAt, ClosedAt) = (state.Status, state.ResolvedAt, state.ClosedAt);
        (FirstRespondedAt, AwaitingReplySince) = (
            state.FirstRespondedAt ?? (AutoAnswer is AutoAnswerState.Accepted ? AutoAnsweredAt : null),
            state.AwaitingReplySince
        );
        (LastMessageAt, CustomerWroteLast) = (state.LastMessageAt, state.CustomerWroteLast);
        (ResolutionStartedAt, PausedWorkingTime, PausedSince) = (
            state.ResolutionStartedAt,
            state.PausedWorkingTime,
            state.PausedSince
        );
        (Replies, Reopenings) = (state.Replies, state.Reopenings);
        if (AwaitingReplySince is null && FirstRespondedAt is not null)
            EscalationLevel = 0;
        // nothing was promised to an empty ticket, and whoever left cannot go on with one that lives again
        IsEmptied = !record.HasCustomersWords && Replies == 0;
        if (IsEmptied)
            (ResolutionKept, FirstResponseKept, EscalationLevel) = (null, null, 0);
        else if (wasResolved && IsUnresolved && (SpecialistId is null || Specialist is { IsActive: false }))
            RoutedAt = null;
        // the customer's next word was not about the article, or is not here any more
        if (AutoAnswer is AutoAnswerState.Sent && Status is not TicketStatus.Waiting)
            if (IsUnresolved)
                (AutoAnswer, PersonWantedAt, RoutedAt) = (AutoAnswerState.Declined, now, null);
            else
                AutoAnswer = AutoAnswerState.Overtaken;
        Reschedule(terms, now);
    }
}
