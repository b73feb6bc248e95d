using Helpdesk.Mail.Mime;
using Helpdesk.Tickets;
using Helpdesk.Tickets.Data;
using Helpdesk.Tickets.Participants;
using Helpdesk.Tickets.People;
using Helpdesk.Tickets.Settings;
using Microsoft.EntityFrameworkCore;

namespace Helpdesk.Mail.Intake;

/// <summary>
/// Whom a customer's own mail names beside the desk: they are proposed to whoever answers its request, and get nothing until a person adds them. Who names
/// them must speak for the customer.
/// </summary>
internal sealed class NamedPeople(
    HelpdeskDbContext db,
    DeskPicture picture,
    IntakeOptions options,
    StaffAnswerOptions authentication,
    DateTimeOffset now
)
{
    /// <summary>Remark of a mail that names more people than are taken.</summary>
    private const string TooMany = "copied-cut";

    // where forwarding servers say at which address a mail arrived before it was passed on to us
    private static readonly string[] Arrival = ["Delivered-To", "X-Original-To", "Envelope-To", "X-Forwarded-To"];

    /// <param name="isOpening">It opens the ticket: no token of ours says whose it is, so the desk's own mail server must, where it does such a thing.</param>
    public async Task TakeAsync(
        InboundMail mail,
        ReadMail read,
        Ticket ticket,
        Message message,
        bool isOpening,
        CancellationToken cancellationToken
    )
    {
        if (
            options.MaxParticipantsPerMail == 0
            || read.Mail is { Cc.Count: 0, To.Count: < 2 }
            || !IsPersonsOwn(mail, read)
            || isOpening && !MayBeBelieved(read, authentication)
        )
            return;
        var ours = (await OwnAddresses.LoadAsync(db, picture.Settings, cancellationToken)).With(
            mail.Envelope.Recipients.Concat(Arrival.SelectMany(h => read.Mail.Headers.All(h)))
        );
        var named = Named(read.Mail, ours, ticket.Customer.NormalizedAddress).ToList();
        if (named.Count == 0)
            return;
        named = await WithoutStaffAsync(named, cancellationToken);
        if (named.Count > options.MaxParticipantsPerMail)
            mail.Remark(TooMany);
        if (!isOpening)
            await db.Entry(ticket).Collection(t => t.Participants).LoadAsync(cancellationToken);
        ticket.TakeNamed(named.Take(options.MaxParticipantsPerMail), message, Actor.Customer(ticket.Customer), now);
    }

    /// <summary>A person wrote it, from the address that it gives as the author's, just now.</summary>
    private static bool IsPersonsOwn(InboundMail mail, ReadMail read) =>
        mail is { IsReleased: false }
        && mail.Channel != InboundMail.Imported
        && read.Verdict is { Kind: MailKind.Ordinary, MayAnswer: true }
        && read.Author is { } author
        && read.Mail.From is [var from]
        && from.Address == author.Address;

    /// <summary>The desk's own mail server vouches for the sender; true where it is not known to do such a thing.</summary>
    public static bool MayBeBelieved(ReadMail read, StaffAnswerOptions authentication) =>
        authentication.TrustedReceiver is not { Length: > 0 } || IsVouchedFor(read, authentication);

    /// <summary>The desk's own mail server vouches for the sender.</summary>
    public static bool IsVouchedFor(ReadMail read, StaffAnswerOptions authentication) =>
        authentication.TrustedReceiver is { Length: > 0 } receiver
        && read.Mail.From is [var from]
        && Customer.Normalize(from.Address) == read.SenderAddress
        && AuthenticationResults.Pass(read.Mail.Headers, receiver, from.Address[(from.Address.LastIndexOf('@') + 1)..]);

    /// <summary>
    /// People of Cc, and of To where the desk stands there as well: a mail that reached us in another way has in To the address that passed it on.
    /// </summary>
    private static IEnumerable<NamedAddress> Named(ParsedMail mail, OwnAddresses ours, string customer) =>
        mail
            .Cc.Concat(mail.To.Any(m => ours.Has(m.Address)) ? mail.To : [])
            .Where(m =>
                Customer.IsAddress(m.Address)
                && Customer.Normalize(m.Address) != customer
                && !ours.Has(m.Address)
                && !SenderNames.IsNobody(m.Address)
            )
            .DistinctBy(m => Customer.Normalize(m.Address))
            .Select(m => new NamedAddress(m.Address, m.Name));

    // colleagues read it on the desk
    private async Task<List<NamedAddress>> WithoutStaffAsync(
        List<NamedAddress> named,
        CancellationToken cancellationToken
    )
    {
        var addresses = named.Take(MostLookedAt).Select(n => n.Address.ToUpperInvariant()).ToArray();
        var staff = await db
            .Users.Where(u => u.CustomerId == null && addresses.Contains(u.NormalizedEmail))
            .Select(u => u.NormalizedEmail!)
            .ToListAsync(cancellationToken);
        return [.. named.Take(MostLookedAt).Where(n => !staff.Contains(n.Address.ToUpperInvariant()))];
    }

    private const int MostLookedAt = 200;
}
