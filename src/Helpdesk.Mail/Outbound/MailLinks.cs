using Helpdesk.Tickets;
using Helpdesk.Tickets.Access;
using Helpdesk.Tickets.Settings;

namespace Helpdesk.Mail.Outbound;

/// <summary>The addresses in our mails, all under the desk's configured public address.</summary>
internal static class MailLinks
{
    private static string Base(DeskPicture picture) => picture.Settings.PublicUrl.TrimEnd('/');

    /// <summary>The private page of a request, open to whoever holds the link.</summary>
    public static string Request(DeskPicture picture, long ticketId, long customerId) =>
        $"{Base(picture)}/r/{picture.Tokens.ForGuest(ticketId, customerId)}";

    /// <summary>The same page with the question whether the automatic answer helped; a person presses the button there, so that
    /// programs that follow links change nothing.</summary>
    public static string Answered(DeskPicture picture, long ticketId, long customerId, bool helped) =>
        $"{Request(picture, ticketId, customerId)}?helped={(helped ? "yes" : "no")}#helped";

    /// <summary>A page with one file that is too large for its mail.</summary>
    public static string File(DeskPicture picture, FileLink link) =>
        $"{Base(picture)}/f/{picture.Tokens.ForFile(link)}";

    public static string Ticket(DeskPicture picture, long ticketId) =>
        $"{Base(picture)}/desk/tickets/{ticketId.ToStringInvariant()}";

    /// <param name="needsSignIn">For chosen customers only: to everybody else its own address says that there is nothing.</param>
    public static string Article(DeskPicture picture, string slug, bool needsSignIn)
    {
        var place = $"/articles/{Uri.EscapeDataString(slug)}";
        return Base(picture) + (needsSignIn ? $"/sign-in?returnUrl={Uri.EscapeDataString(place)}" : place);
    }

    /// <summary>An address that another module made; relative ones are ours, foreign ones are not used.</summary>
    public static string? Own(DeskPicture picture, string? address) =>
        address is null ? null
        : address.StartsWith('/') && !address.StartsWith("//", StringComparison.Ordinal) ? Base(picture) + address
        : address.StartsWith(Base(picture) + "/", StringComparison.Ordinal) ? address
        : null;
}
