using Helpdesk.Tickets.Access;
using Helpdesk.Tickets.Data;
using Helpdesk.Tickets.People;
using Helpdesk.Tickets.Settings;
using Helpdesk.Web.Security;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;

namespace Helpdesk.Web.Components.Account;

/// <summary>
/// Signing in as one of the sample desk's people with one click. Exists only in Development, only with sample data, and only for this very machine.
/// </summary>
public sealed class SamplePeople(
    IHostEnvironment environment,
    IHttpContextAccessor http,
    DeskDirectory directory,
    HelpdeskDbContext db,
    SignInManager<AppUser> signIn
)
{
    public const string Address = "/account/sample-people";

    public sealed record Person(Guid Id, string Name, string Role, string Teams);

    public async Task<bool> AreOfferedAsync() =>
        environment.IsDevelopment()
        && ThisMachine.Asks(http.HttpContext)
        && (await directory.GetAsync()).Settings.SampleLoadedAt is not null;

    /// <summary>Administrators, supervisors and specialists, in that order.</summary>
    public async Task<IReadOnlyList<Person>> ReadAsync(CancellationToken cancellationToken)
    {
        var people = await (
            from user in db.Users
            join userRole in db.UserRoles on user.Id equals userRole.UserId
            join role in db.Roles on userRole.RoleId equals role.Id
            where user.DeactivatedAt == null && user.PasswordHash == null && role.Name != Roles.Customer
            select new
            {
                user.Id,
                user.DisplayName,
                role.Name,
            }
        )
            .AsNoTracking()
            .ToListAsync(cancellationToken);
        var teams = await db
            .TeamMembers.AsNoTracking()
            .Select(m => new { m.SpecialistId, m.Team.Name })
            .ToListAsync(cancellationToken);
        var teamsOf = teams.ToLookup(t => t.SpecialistId, t => t.Name);
        return
        [
            .. people
                .Select(p => new Person(
                    p.Id,
                    p.DisplayName,
                    p.Name!,
                    string.Join(", ", teamsOf[p.Id].Order(StringComparer.Ordinal))
                ))
                .OrderBy(p =>
                    p.Role is Roles.Administrator ? 0
                    : p.Role is Roles.Supervisor ? 1
                    : 2
                )
                .ThenBy(p => p.Name, StringComparer.Ordinal),
        ];
    }

    /// <returns>False when it is not offered here, or the person is none of the sample's.</returns>
    public async Task<bool> SignInAsync(Guid userId)
    {
        if (!await AreOfferedAsync())
            return false;
        var user = await db.Users.SingleOrDefaultAsync(u =>
            u.Id == userId && u.DeactivatedAt == null && u.PasswordHash == null
        );
        if (user is null)
            return false;
        await signIn.SignInAsync(user, isPersistent: false);
        return true;
    }
}
