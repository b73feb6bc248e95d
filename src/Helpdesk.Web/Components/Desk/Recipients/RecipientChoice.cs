using Helpdesk.Mail.Intake;
using Helpdesk.Mail.Mime;
using Helpdesk.Tickets;
using Helpdesk.Tickets.Participants;
using Helpdesk.Tickets.People;
using Helpdesk.Web.Components.Desk.Work;
using Microsoft.EntityFrameworkCore;

namespace Helpdesk.Web.Components.Desk.Recipients;

/// <summary>Why an address is not taken as one of an answer's recipients.</summary>
public enum RecipientTrouble
{
    None,
    NoAddress,
    IsCustomer,
    IsOurs,
    TooMany,
}

/// <summary>Somebody among an answer's recipients.</summary>
/// <param name="TakesPart">Gets every answer of the request, not only this one.</param>
public sealed record Recipient(string Address, string Name, bool TakesPart);

/// <summary>
/// Who gets one answer beside the customer, as its writer chose it: those who take part in the request unless left out, whoever was added, and blind
/// copies. Nobody is among them whom the writer has not seen on their screen.
/// </summary>
public sealed class RecipientChoice
{
    private readonly HashSet<string> leftOut = new(StringComparer.Ordinal);

    /// <summary>Who was left out without anybody's word already: a copy was lost, or only a mail named them.</summary>
    private readonly HashSet<string> lost = new(StringComparer.Ordinal);
    private readonly List<Recipient> added = [];
    private readonly List<Recipient> blind = [];
    private IReadOnlyList<ParticipantFacts> participants = [];
    private string customer = "";
    private Func<string, bool> isOurs = _ => false;

    /// <summary>Whether whoever is added gets the answers after this one too.</summary>
    public bool Keeps { get; set; } = true;

    public IEnumerable<Recipient> Open => participants.Where(p => !IsLeftOut(p)).Select(Of).Concat(added);

    public IReadOnlyList<Recipient> Blind => blind;

    /// <summary>They take part, and do not get this answer.</summary>
    public IEnumerable<ParticipantFacts> LeftOut => participants.Where(IsLeftOut);

    public bool HasAdded => added.Count > 0;

    /// <summary>Another ticket, or the next answer.</summary>
    public void Begin()
    {
        leftOut.Clear();
        lost.Clear();
        added.Clear();
        blind.Clear();
        Keeps = true;
    }

    /// <summary>The ticket as it is now. Whoever joined meanwhile is on the screen before anything is sent: an older page sends nothing.</summary>
    public void Follow(TicketView view, Func<string, bool> receives)
    {
        (participants, isOurs) = (view.Participants, receives);
        customer = Customer.Normalize(view.Ticket.Customer.Address);
        added.RemoveAll(a => participants.Any(p => Same(p.Address, a.Address)));
        // who was added meanwhile, or can be reached again, is left out no more
        foreach (var address in lost.ToList())
            if (!participants.Any(p => Same(p.Address, address) && (p.IsUndeliverable || p.IsProposed)))
            {
                lost.Remove(address);
                leftOut.Remove(address);
            }
        // whom a copy did not reach, and whom only a mail named, gets the next one if somebody says so
        foreach (
            var address in participants
                .Where(p => p.IsUndeliverable || p.IsProposed)
                .Select(p => Customer.Normalize(p.Address))
        )
            if (lost.Add(address))
                leftOut.Add(address);
    }

    /// <summary>Takes what was typed or pasted: one address or several, with or without names. Nothing is taken when one of them cannot be.</summary>
    /// <param name="problem">The text that was not taken.</param>
    public RecipientTrouble TryAdd(string typed, bool isBlind, out string problem)
    {
        problem = "";
        var found = new List<Recipient>();
        foreach (
            var piece in typed.Split(
                [',', ';', '\n'],
                StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries
            )
        )
        {
            var mailbox =
                piece.Contains('<', StringComparison.Ordinal) && AddressList.Parse(piece) is [var one]
                    ? one
                    : new("", piece);
            problem = mailbox.Address;
            if (!Customer.IsAddress(mailbox.Address))
                return RecipientTrouble.NoAddress;
            if (Same(mailbox.Address, customer))
                return RecipientTrouble.IsCustomer;
            if (isOurs(mailbox.Address))
                return RecipientTrouble.IsOurs;
            found.Add(new(mailbox.Address, Text.OneLine(mailbox.Name, Customer.MaxNameLength), TakesPart: false));
        }
        var list = isBlind ? blind : added;
        if ((isBlind ? blind.Count : Open.Count()) + found.Count > AnswerCopies.MaxEach)
            return RecipientTrouble.TooMany;
        foreach (var one in found)
        {
            if (!isBlind && participants.Any(p => Same(p.Address, one.Address)))
                leftOut.Remove(Customer.Normalize(one.Address));
            else if (!list.Exists(r => Same(r.Address, one.Address)))
                list.Add(one);
        }
        return RecipientTrouble.None;
    }

    /// <summary>Not for this answer; whoever takes part still does.</summary>
    public void Remove(Recipient recipient, bool isBlind)
    {
        if (isBlind)
            blind.RemoveAll(r => r == recipient);
        else if (recipient.TakesPart)
            leftOut.Add(Customer.Normalize(recipient.Address));
        else
            added.RemoveAll(r => r == recipient);
    }

    public void PutBack(ParticipantFacts participant) => leftOut.Remove(Customer.Normalize(participant.Address));

    /// <summary>As part of the commit that sends the answer.</summary>
    public async Task ApplyAsync(Workpiece piece, Message answer)
    {
        var copies = new AnswerCopies([.. Open.Select(r => r.Address)], [.. blind.Select(r => r.Address)]);
        if (copies.Open.Count + copies.Blind.Count == 0)
            return;
        var ours = await OwnAddresses.LoadAsync(piece.Database, piece.Picture.Settings);
        // who was proposed takes part from the answer on that a person sends them
        var proposed = participants.Where(p => p.IsProposed && !IsLeftOut(p)).Select(Of);
        var joining = (Keeps ? added : []).Concat(proposed).ToList();
        if (joining.Count > 0)
        {
            await piece.Database.Entry(piece.Ticket).Collection(t => t.Participants).LoadAsync();
            foreach (var one in joining)
                piece.Ticket.AddParticipant(
                    new(one.Address, one.Name),
                    ParticipantOrigin.Staff,
                    ours.Has,
                    piece.Actor,
                    piece.Now
                );
        }
        piece.Ticket.CopyAnswer(answer, copies, ours.Has, piece.Now);
    }

    private bool IsLeftOut(ParticipantFacts participant) => leftOut.Contains(Customer.Normalize(participant.Address));

    private static Recipient Of(ParticipantFacts participant) =>
        new(participant.Address, participant.Name, TakesPart: true);

    private static bool Same(string one, string other) => Customer.Normalize(one) == Customer.Normalize(other);
}
