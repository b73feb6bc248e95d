using Helpdesk.Routing.Decisions;
using Helpdesk.Tickets;
using Helpdesk.Tickets.Access;
using Helpdesk.Tickets.Data;
using Helpdesk.Tickets.Notifications;
using Helpdesk.Tickets.People;
using Microsoft.EntityFrameworkCore;

namespace Helpdesk.Routing;

/// <summary>Tells supervisors of tickets that nobody fits, and of VIPs' that nobody can take at once, within one unit of work. The caller commits.</summary>
internal sealed class NobodyFitsNotice(HelpdeskDbContext db)
{
    private List<AppUser>? _supervisors;

    /// <summary>Those that supervisors know of: nobody fitted them before.</summary>
    public async Task<HashSet<long>> ToldAsync(List<TriagedTicket> read, CancellationToken cancellationToken)
    {
        var ids = read.ConvertAll(r => r.Ticket.Id);
        return await db.Set<RoutingDecision>()
            .Where(d => ids.Contains(d.TicketId) && d.Outcome == RoutingOutcome.NobodyFits)
            .Select(d => d.TicketId)
            .ToHashSetAsync(cancellationToken);
    }

    public Task GiveAsync(Ticket ticket, DateTimeOffset now, CancellationToken cancellationToken) =>
        GiveAsync(NotificationKind.NobodyFits, ticket, now, cancellationToken);

    /// <summary>Once a ticket, however often it is decided anew.</summary>
    public async Task GiveOfVipAsync(Ticket ticket, DateTimeOffset now, CancellationToken cancellationToken)
    {
        if (
            !await db.Notifications.AnyAsync(
                n => n.TicketId == ticket.Id && n.Kind == NotificationKind.VipWaits,
                cancellationToken
            )
        )
            await GiveAsync(NotificationKind.VipWaits, ticket, now, cancellationToken);
    }

    private async Task GiveAsync(
        NotificationKind kind,
        Ticket ticket,
        DateTimeOffset now,
        CancellationToken cancellationToken
    )
    {
        _supervisors ??= await SupervisorsAsync(cancellationToken);
        ticket.Notifications.AddRange(
            _supervisors.Select(s => Notification.ToStaff(kind, ticket, message: null, s.Id, s.Email!, now))
        );
    }

    /// <summary>On a desk without a supervisor the administrators, who can change that.</summary>
    private async Task<List<AppUser>> SupervisorsAsync(CancellationToken cancellationToken)
    {
        var supervisors = await InRoleAsync(Roles.Supervisor, cancellationToken);
        return supervisors.Count > 0 ? supervisors : await InRoleAsync(Roles.Administrator, cancellationToken);
    }

    private Task<List<AppUser>> InRoleAsync(string name, CancellationToken cancellationToken) =>
        (
            from user in db.Users.AsNoTracking()
            join userRole in db.UserRoles on user.Id equals userRole.UserId
            join role in db.Roles on userRole.RoleId equals role.Id
            where role.Name == name && user.DeactivatedAt == null && user.Email != null
            select user
        ).ToListAsync(cancellationToken);
}
