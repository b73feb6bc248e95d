using Helpdesk.Tickets.Notifications;
using Helpdesk.Tickets.Sla;

namespace Helpdesk.Tickets;

// One request about several matters becomes several, each with an answer of its own.
public sealed partial class Ticket
{
    /// <summary>A part of this request as a ticket of its own: the same customer and channel, the clocks count from the same arrival. Not
    /// routed yet; nothing is saved.</summary>
    /// <exception cref="RuleViolationException">The request is resolved.</exception>
    public Ticket SplitOff(string text, Actor actor, SlaTerms? terms, DateTimeOffset now)
    {
        if (!IsUnresolved)
            throw new RuleViolationException("The request is resolved. Reopen it first.");
        var part = new Ticket
        {
            Subject = FirstWords(text),
            Customer = Customer,
            CustomerId = CustomerId,
            Channel = Channel,
            Language = Language,
            CreatedAt = CreatedAt,
            LastMessageAt = CreatedAt,
            ResolutionStartedAt = CreatedAt,
            CustomerWroteLast = true,
            SlaPolicyId = terms?.PolicyId,
            // one mail tells of all parts
            Acknowledged = true,
        };
        var content = new MessageContent { Text = text };
        part.Messages.Add(new Message(part, MessageKind.Customer, content, Actor.Customer(Customer), CreatedAt));
        part.Record(TicketEventKind.Opened, actor, now, ("channel", Channel.ToString()));
        part.Record(TicketEventKind.SplitOff, actor, now, ("from", Id.ToStringInvariant()));
        part.Reschedule(terms, now);
        return part;
    }

    /// <summary>Parts of it have become tickets of their own; this one keeps its first matter.</summary>
    /// <param name="tell">False for machines: nothing automatic is sent to them.</param>
    public void Split(int parts, Actor actor, bool tell, DateTimeOffset now)
    {
        Record(TicketEventKind.Split, actor, now, ("parts", parts.ToStringInvariant()));
        (Type, UpdatedAt, Acknowledged) = (TicketType.Typical, now, true);
        if (tell)
            NotifyCustomer(NotificationKind.Split, message: null, now);
    }

    /// <summary>Whether this part can go back to where it came from: nobody has said anything in it.</summary>
    public bool CanBeTakenBack =>
        IsUnresolved && Replies == 0 && AutoAnswer is AutoAnswerState.None && LastMessageAt == CreatedAt;

    /// <summary>The part is no request of its own after all; it ends without a word to the customer.</summary>
    /// <exception cref="RuleViolationException">Somebody has answered in it.</exception>
    public void TakeBack(Actor actor, DateTimeOffset now)
    {
        if (!CanBeTakenBack)
            throw new RuleViolationException(
                "Somebody has written in this part already. It stays a request of its own."
            );
        Record(TicketEventKind.SplitUndone, actor, now);
        (Status, ResolvedAt, ClosedAt) = (TicketStatus.Closed, now, now);
        RoutedAt ??= now;
        Reschedule(terms: null, now);
    }

    /// <summary>Its parts were taken back.</summary>
    public void Rejoin(Actor actor, DateTimeOffset now)
    {
        Record(TicketEventKind.SplitUndone, actor, now);
        (Type, UpdatedAt) = (TicketType.Combined, now);
    }
}
