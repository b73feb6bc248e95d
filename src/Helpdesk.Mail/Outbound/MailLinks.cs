using Helpdesk.Tickets;
using Helpdesk.Tickets.Settings;

namespace Helpdesk.Mail.Outbound;

/// <summary>The addresses in our mails, all under the desk's configured public address.</summary>
internal static class MailLinks
{
    /// <summary>The private page of a request, open to whoever holds the link.</summary>
    public static string Request(DeskPicture picture, long ticketId, long customerId) =>
        $"{picture.Settings.PublicUrl}/r/{picture.Tokens.ForGuest(ticketId, customerId)}";

    public static string Ticket(DeskPicture picture, long ticketId) =>
        $"{picture.Settings.PublicUrl}/desk/tickets/{ticketId.ToStringInvariant()}";

    public static string Article(DeskPicture picture, string slug) =>
        $"{picture.Settings.PublicUrl}/articles/{Uri.EscapeDataString(slug)}";

    /// <summary>An address that another module made; relative ones are ours, foreign ones are not used.</summary>
    public static string? Own(DeskPicture picture, string? address) =>
        address is null ? null
        : address.StartsWith('/') && !address.StartsWith("//", StringComparison.Ordinal)
            ? picture.Settings.PublicUrl + address
        : address.StartsWith(picture.Settings.PublicUrl + "/", StringComparison.Ordinal) ? address
        : null;
}
