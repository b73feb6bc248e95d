using Helpdesk.Tickets.People;

namespace Helpdesk.Tickets.Participants;

/// <summary>How somebody came to take part in a ticket.</summary>
public enum ParticipantOrigin
{
    /// <summary>
    /// The customer's own mail named them among its recipients. That grants nothing: they are proposed, until a person of the desk adds them.
    /// </summary>
    Mail,

    /// <summary>A person of the desk added them.</summary>
    Staff,

    /// <summary>A script opened the ticket with them.</summary>
    Api,
}

/// <param name="Name">As it was given; may be empty.</param>
public sealed record NamedAddress(string Address, string Name = "");

/// <summary>
/// Somebody who gets the desk's answers beside the ticket's customer and may write in it under their own name. They have none of the customer's rights:
/// no page of the request, no say about its state.
/// </summary>
public sealed class Participant
{
    /// <summary>Of those who take part at the same time.</summary>
    public const int MaxPerTicket = 20;

    private Participant() { }

    internal Participant(
        Ticket ticket,
        NamedAddress person,
        ParticipantOrigin origin,
        Message? message,
        DateTimeOffset now
    )
    {
        Ticket = ticket;
        Address = person.Address.Trim();
        NormalizedAddress = Customer.Normalize(person.Address);
        Name = Text.OneLine(person.Name, Customer.MaxNameLength);
        Origin = origin;
        Message = message;
        AddedAt = now;
    }

    public long Id { get; private set; }
    public long TicketId { get; private set; }
    public Ticket Ticket { get; private set; } = null!;
    public string Address { get; private set; } = "";

    /// <summary>Lower case, unique in the ticket.</summary>
    public string NormalizedAddress { get; private set; } = "";
    public string Name { get; private set; } = "";
    public ParticipantOrigin Origin { get; private set; }

    /// <summary>The message that named them first; null = no message did.</summary>
    public long? MessageId { get; private set; }
    public Message? Message { get; private set; }
    public DateTimeOffset AddedAt { get; private set; }

    /// <summary>When a person took them off; the row stays, so that the customer's next "reply to all" does not bring them back.</summary>
    public DateTimeOffset? RemovedAt { get; private set; }

    /// <summary>Set when a copy could not be delivered.</summary>
    public DateTimeOffset? UndeliverableAt { get; private set; }

    public string DisplayName => Name.Length > 0 ? Name : Address;

    public bool IsActive => RemovedAt is null;

    /// <summary>A mail named them, and nobody of the desk has said that they are to hear of the answers.</summary>
    public bool IsProposed => Origin is ParticipantOrigin.Mail;

    /// <summary>A copy came back. The first time counts.</summary>
    public void MarkUndeliverable(DateTimeOffset now) => UndeliverableAt ??= now;

    internal void Remove(DateTimeOffset now) => RemovedAt = now;

    internal void ComeBack(NamedAddress person, ParticipantOrigin origin, DateTimeOffset now)
    {
        (Origin, AddedAt, RemovedAt, UndeliverableAt) = (origin, now, null, null);
        if (Text.OneLine(person.Name, Customer.MaxNameLength) is { Length: > 0 } name)
            Name = name;
    }

    internal void MoveTo(Ticket ticket) => (Ticket, TicketId) = (ticket, ticket.Id);
}

/// <summary>Who gets a copy of one answer beside its customer.</summary>
/// <param name="Open">Named in everybody's mail.</param>
/// <param name="Blind">Named nowhere.</param>
public sealed record AnswerCopies(IReadOnlyList<string> Open, IReadOnlyList<string> Blind)
{
    /// <summary>In each of the two lists.</summary>
    public const int MaxEach = Participant.MaxPerTicket;
}
