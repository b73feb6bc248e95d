using Helpdesk.Tickets.Access;
using Helpdesk.Tickets.Data;
using Microsoft.EntityFrameworkCore;

namespace Helpdesk.Tickets.People;

public static class Supervisors
{
    /// <summary>Those who work here now and can be written to.</summary>
    public static async Task<List<(Guid UserId, string Address)>> ListAsync(
        HelpdeskDbContext db,
        CancellationToken cancellationToken = default
    )
    {
        var found = await (
            from user in db.Users
            join userRole in db.UserRoles on user.Id equals userRole.UserId
            join role in db.Roles on userRole.RoleId equals role.Id
            where role.Name == Roles.Supervisor && user.DeactivatedAt == null && user.Email != null
            select new { user.Id, user.Email }
        ).ToListAsync(cancellationToken);
        return found.ConvertAll(u => (u.Id, u.Email!));
    }
}
