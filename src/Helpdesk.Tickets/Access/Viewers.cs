using System.Globalization;
using System.Security.Claims;
using Helpdesk.Tickets.Data;
using Microsoft.EntityFrameworkCore;

namespace Helpdesk.Tickets.Access;

/// <summary>Reads who is looking: the cookie only names the user, what they may do is read from the database now.</summary>
public static class Viewers
{
    public static async Task<Viewer> LoadAsync(
        HelpdeskDbContext db,
        ClaimsPrincipal? principal,
        CancellationToken cancellationToken = default
    )
    {
        if (
            principal?.Identity?.IsAuthenticated is not true
            || !Guid.TryParse(
                principal.FindFirstValue(ClaimTypes.NameIdentifier),
                CultureInfo.InvariantCulture,
                out var userId
            )
        )
            return Viewer.Nobody;
        return await LoadAsync(db, userId, cancellationToken);
    }

    /// <summary>What a user may do now, whoever asks.</summary>
    public static async Task<Viewer> LoadAsync(
        HelpdeskDbContext db,
        Guid userId,
        CancellationToken cancellationToken = default
    )
    {
        var user = await db
            .Users.AsNoTracking()
            .Where(u => u.Id == userId && u.DeactivatedAt == null)
            .Select(u => new
            {
                u.DisplayName,
                u.CustomerId,
                Roles = db
                    .UserRoles.Where(r => r.UserId == u.Id)
                    .Join(db.Roles, r => r.RoleId, r => r.Id, (_, r) => r.Name!)
                    .ToList(),
                Teams = db.TeamMembers.Where(m => m.SpecialistId == u.Id).Select(m => m.TeamId).ToList(),
            })
            .AsSingleQuery()
            .SingleOrDefaultAsync(cancellationToken);
        if (user is null)
            return Viewer.Nobody;
        var isAdministrator = user.Roles.Contains(Roles.Administrator);
        var seesAll = isAdministrator || user.Roles.Contains(Roles.Supervisor);
        if (seesAll || user.Roles.Contains(Roles.Specialist))
            return new Viewer.Staff(userId, user.DisplayName, seesAll, isAdministrator, user.Teams.Distinct().ToList());
        return user.CustomerId is { } customerId ? new Viewer.SignedInCustomer(customerId) : Viewer.Nobody;
    }
}
