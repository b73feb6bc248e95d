using System.Linq.Expressions;

namespace Helpdesk.Tickets.Access;

/// <summary>Who is looking, as read from the database for this request or circuit; never from a form.</summary>
public abstract record Viewer
{
    /// <summary>Nobody known.</summary>
    public sealed record Anonymous : Viewer;

    /// <summary>Holds the private link of one ticket.</summary>
    public sealed record Guest(long TicketId, long CustomerId) : Viewer;

    /// <summary>Signed in by a link mailed to their address.</summary>
    public sealed record SignedInCustomer(long CustomerId) : Viewer;

    /// <param name="SeesAll">Supervisors and administrators.</param>
    public sealed record Staff(Guid UserId, string Name, bool SeesAll, bool IsAdministrator, IReadOnlyList<int> TeamIds)
        : Viewer
    {
        public Actor Actor => Actor.Staff(UserId, Name);
    }

    /// <summary>A script with an API token: works for the whole desk.</summary>
    public sealed record Script(int TokenId, string Name) : Viewer
    {
        public Actor Actor => Actor.ApiClient(TokenId.ToStringInvariant(), Name);
    }

    public static Viewer Nobody { get; } = new Anonymous();
}

public enum TicketAction
{
    /// <summary>See the ticket and its public messages.</summary>
    Follow,

    /// <summary>See notes, history, routing and people too.</summary>
    Work,

    /// <summary>Answer as the customer.</summary>
    WriteAsCustomer,

    /// <summary>Reply, note, change, assign, resolve.</summary>
    Change,
}

/// <summary>
/// The one decision who may do what with a ticket. Pages, API, live events, search, files and mail commands all ask here; the default is no,
/// and callers answer a forbidden ticket exactly like one that does not exist.
/// </summary>
public static class TicketAccess
{
    public static bool Allows(Viewer viewer, TicketAction action, Ticket ticket) =>
        Allows(viewer, action, ticket.Id, ticket.CustomerId, ticket.TeamId, ticket.SpecialistId);

    public static bool Allows(
        Viewer viewer,
        TicketAction action,
        long ticketId,
        long customerId,
        int? teamId,
        Guid? specialistId
    ) =>
        viewer switch
        {
            Viewer.Guest guest => guest.TicketId == ticketId
                && guest.CustomerId == customerId
                && IsForCustomers(action),
            Viewer.SignedInCustomer customer => customer.CustomerId == customerId && IsForCustomers(action),
            Viewer.Staff staff => action is not TicketAction.WriteAsCustomer
                && (
                    staff.SeesAll
                    || specialistId == staff.UserId
                    || teamId is null
                    || staff.TeamIds.Contains(teamId.Value)
                ),
            Viewer.Script => true,
            _ => false,
        };

    /// <summary>The same decision as a filter in the database.</summary>
    public static IQueryable<Ticket> VisibleTo(this IQueryable<Ticket> tickets, Viewer viewer) =>
        tickets.Where(Filter(viewer));

    /// <summary>
    /// Of a ticket's conversation, what this viewer may read once the ticket is theirs to see. Customers see no notes, and not what a
    /// stranger wrote with somebody else's reply address: staff look at that first.
    /// </summary>
    public static IQueryable<Message> ReadableTo(this IQueryable<Message> messages, Viewer viewer) =>
        viewer is Viewer.Staff or Viewer.Script
            ? messages
            : messages.Where(m =>
                !m.FromOtherSender
                && (m.Kind == MessageKind.Customer || m.Kind == MessageKind.Reply || m.Kind == MessageKind.Automatic)
            );

    private static Expression<Func<Ticket, bool>> Filter(Viewer viewer)
    {
        switch (viewer)
        {
            case Viewer.Guest guest:
                return t => t.Id == guest.TicketId && t.CustomerId == guest.CustomerId;
            case Viewer.SignedInCustomer customer:
                return t => t.CustomerId == customer.CustomerId;
            case Viewer.Staff { SeesAll: true } or Viewer.Script:
                return _ => true;
            case Viewer.Staff staff:
                var (userId, teamIds) = (staff.UserId, staff.TeamIds);
                return t => t.SpecialistId == userId || t.TeamId == null || teamIds.Contains(t.TeamId.Value);
            default:
                return _ => false;
        }
    }

    private static bool IsForCustomers(TicketAction action) =>
        action is TicketAction.Follow or TicketAction.WriteAsCustomer;
}
