using System.Globalization;
using Helpdesk.Tickets.Notifications;
using Helpdesk.Tickets.Participants;
using Helpdesk.Tickets.People;

namespace Helpdesk.Tickets;

// Who hears of the answers beside the customer. All methods but those for new tickets need the participants to be loaded.
public sealed partial class Ticket
{
    public List<Participant> Participants { get; } = [];

    /// <summary>
    /// Those whom the customer's own message named, to be proposed to whoever answers. Whoever takes part already, or was taken off by a person, is passed over, and so is everybody beyond
    /// <see cref="Participant.MaxPerTicket"/>.
    /// </summary>
    /// <param name="people">Checked by the caller: neither the desk itself, nor its staff, nor a program.</param>
    /// <returns>How many were added.</returns>
    public int TakeNamed(IEnumerable<NamedAddress> people, Message message, Actor actor, DateTimeOffset now)
    {
        var added = new List<Participant>();
        foreach (var person in people)
        {
            if (
                Find(person.Address) is not null
                || IsCustomers(person.Address)
                || ActiveCount >= Participant.MaxPerTicket
            )
                continue;
            var participant = new Participant(this, person, ParticipantOrigin.Mail, message, now);
            Participants.Add(participant);
            added.Add(participant);
        }
        RecordAdded(added, actor, now);
        return added.Count;
    }

    /// <summary>A person, or a script, adds somebody. Who was taken off comes back, and who takes part already stays as they are.</summary>
    /// <param name="isOurs">Whether the desk itself receives under an address.</param>
    /// <exception cref="RuleViolationException">No address, the customer's or the desk's own, or too many.</exception>
    public Participant AddParticipant(
        NamedAddress person,
        ParticipantOrigin origin,
        Func<string, bool> isOurs,
        Actor actor,
        DateTimeOffset now
    )
    {
        EnsureCanBeCopied(person.Address, isOurs);
        var known = Find(person.Address);
        if (known is { IsActive: true, UndeliverableAt: null, IsProposed: false })
            return known;
        if (Participants.Count(p => p is { IsActive: true, IsProposed: false }) >= Participant.MaxPerTicket)
            throw new RuleViolationException(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"More than {Participant.MaxPerTicket} people cannot take part in one request."
                )
            );
        if (known is null)
        {
            known = new Participant(this, person, origin, message: null, now);
            Participants.Add(known);
        }
        else
        {
            known.ComeBack(person, origin, now);
        }
        RecordAdded([known], actor, now);
        return known;
    }

    /// <summary>They get no more answers. Taking somebody off twice changes nothing.</summary>
    public void RemoveParticipant(long participantId, Actor actor, DateTimeOffset now)
    {
        if (Participants.Find(p => p.Id == participantId) is not { IsActive: true } participant)
            return;
        participant.Remove(now);
        Record(TicketEventKind.ParticipantRemoved, actor, now, ("people", participant.Address));
        UpdatedAt = now;
    }

    /// <summary>Sends an answer in copy to whom its writer chose.</summary>
    /// <param name="answer">Of this ticket, just written.</param>
    /// <exception cref="RuleViolationException">One of the addresses is none, or is the customer's or the desk's own; or there are too many.</exception>
    public void CopyAnswer(Message answer, AnswerCopies copies, Func<string, bool> isOurs, DateTimeOffset now)
    {
        if (copies.Open.Count > AnswerCopies.MaxEach || copies.Blind.Count > AnswerCopies.MaxEach)
            throw new RuleViolationException(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"An answer can go in copy to {AnswerCopies.MaxEach} people, and as many unseen."
                )
            );
        var sent = new HashSet<string>(StringComparer.Ordinal);
        foreach (
            var (address, kind) in copies
                .Open.Select(a => (a, CopyKind.Open))
                .Concat(copies.Blind.Select(a => (a, CopyKind.Blind)))
        )
        {
            EnsureCanBeCopied(address, isOurs);
            if (sent.Add(Customer.Normalize(address)))
                Notifications.Add(Notification.ToCopied(this, answer, address.Trim(), kind, now));
        }
    }

    /// <summary>Sends an answer in copy to all who take part, not only by a mail's word, and can be reached: for answers written where nobody can choose.</summary>
    public void CopyAnswerToParticipants(Message answer, Func<string, bool> isOurs, DateTimeOffset now) =>
        CopyAnswer(
            answer,
            new(
                [
                    .. Participants
                        .Where(p => p is { IsActive: true, UndeliverableAt: null, IsProposed: false })
                        .Where(p => !isOurs(p.Address) && !IsCustomers(p.Address))
                        .OrderBy(p => p.Id)
                        .Take(AnswerCopies.MaxEach)
                        .Select(p => p.Address),
                ],
                []
            ),
            isOurs,
            now
        );

    /// <summary>Lets the customer read what somebody else wrote in the request, under that person's name. Doing it twice changes nothing.</summary>
    public void ShowToCustomer(Message message, Actor actor, DateTimeOffset now)
    {
        if (message.TicketId != Id || !message.FromOtherSender)
            return;
        if (message.SenderAddress is { } sender && IsCustomers(sender))
            throw new RuleViolationException(
                "Nobody knows whether the customer wrote this. It cannot be shown in their name."
            );
        message.Show();
        Record(TicketEventKind.MessageShown, actor, now, ("message", message.Id.ToStringInvariant()));
        UpdatedAt = now;
    }

    /// <summary>A part of a request is followed by the same people.</summary>
    public void InheritParticipants(Ticket source, DateTimeOffset now)
    {
        foreach (
            var other in source.Participants.Where(p =>
                p.IsActive && Find(p.Address) is null && !IsCustomers(p.Address)
            )
        )
            Participants.Add(new Participant(this, new(other.Address, other.Name), other.Origin, message: null, now));
    }

    /// <summary>
    /// Whom a message named goes along with it, and everybody where nothing is left behind, as long as the customer is the same: to another customer's request they would bring a stranger.
    /// Both tickets need their participants.
    /// </summary>
    public void TakeOverParticipants(Message message, Ticket source, Actor actor, DateTimeOffset now)
    {
        if (source.CustomerId != CustomerId)
            return;
        var theirs = source.Participants.FindAll(p => source.IsEmptied || (p.IsActive && p.MessageId == message.Id));
        var added = new List<Participant>();
        foreach (var participant in theirs)
        {
            if (
                Find(participant.Address) is not null
                || (participant.IsActive && ActiveCount >= Participant.MaxPerTicket)
            )
                continue;
            source.Participants.Remove(participant);
            participant.MoveTo(this);
            Participants.Add(participant);
            if (participant.IsActive)
                added.Add(participant);
        }
        if (added.Count == 0)
            return;
        source.Record(TicketEventKind.ParticipantRemoved, actor, now, ("people", Joined(added)));
        RecordAdded(added, actor, now);
    }

    private int ActiveCount => Participants.Count(p => p.IsActive);

    private Participant? Find(string address)
    {
        var normalized = Customer.Normalize(address);
        return Participants.Find(p => p.NormalizedAddress == normalized);
    }

    private bool IsCustomers(string address) => Customer.Normalize(address) == Customer.NormalizedAddress;

    private void EnsureCanBeCopied(string address, Func<string, bool> isOurs)
    {
        var trimmed = address.Trim();
        if (!Customer.IsAddress(trimmed))
            throw new RuleViolationException($"\"{Text.OneLine(trimmed, 80)}\" is no mail address.");
        if (IsCustomers(trimmed))
            throw new RuleViolationException($"{trimmed} is the customer, who gets every answer anyway.");
        if (isOurs(trimmed))
            throw new RuleViolationException($"{trimmed} is an address of the desk itself.");
    }

    private void RecordAdded(IReadOnlyCollection<Participant> added, Actor actor, DateTimeOffset now)
    {
        if (added.Count == 0)
            return;
        Record(
            TicketEventKind.ParticipantsAdded,
            actor,
            now,
            ("people", Joined(added)),
            ("origin", added.First().Origin.ToString())
        );
        UpdatedAt = now;
    }

    private static string Joined(IEnumerable<Participant> people) => string.Join(", ", people.Select(p => p.Address));
}
