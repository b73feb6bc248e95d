using Helpdesk.Tickets;
using Helpdesk.Tickets.Access;
using Helpdesk.Tickets.Data;
using Helpdesk.Tickets.People;
using Microsoft.EntityFrameworkCore;

// queries: the database's own lower and upper, which know no culture
#pragma warning disable CA1304, CA1311, CA1862

namespace Helpdesk.Web.Components.Admin.Staff;

public enum StaffState
{
    Active,

    /// <summary>Has not chosen a password yet.</summary>
    Invited,
    Disabled,
}

/// <summary>One member of staff in the list.</summary>
public sealed record RosterRow(
    Guid Id,
    string Name,
    string Address,
    IReadOnlyList<string> Roles,
    IReadOnlyList<string> Teams,
    StaffState State,
    DateTimeOffset? AbsentUntil
);

/// <param name="Role">Empty = any.</param>
/// <param name="State">Empty = all who are not disabled.</param>
public sealed record RosterFilter(string? Search, string? Role, int? TeamId, string? State, int Page)
{
    public const int PageSize = 50;
}

/// <summary>Everything about one member of staff that the form does not hold.</summary>
/// <param name="OpenTickets">Unresolved tickets assigned to them.</param>
public sealed record PersonFacts(
    Guid Id,
    string Name,
    string Address,
    StaffState State,
    bool HasCode,
    int OpenTickets,
    bool IsAbsent
);

/// <summary>Who works at the desk.</summary>
public sealed class StaffRoster(IDbContextFactory<HelpdeskDbContext> databases, TimeProvider time)
{
    public async Task<(IReadOnlyList<RosterRow> Rows, int Total)> ReadAsync(
        RosterFilter filter,
        CancellationToken cancellationToken = default
    )
    {
        var now = time.GetUtcNow();
        await using var db = databases.CreateDbContext();
        var staff = Filtered(db, filter);
        var total = await staff.CountAsync(cancellationToken);
        var users = await staff
            .OrderBy(u => u.DisplayName)
            .ThenBy(u => u.Id)
            .Skip((Math.Max(1, filter.Page) - 1) * RosterFilter.PageSize)
            .Take(RosterFilter.PageSize)
            .Select(u => new
            {
                u.Id,
                u.DisplayName,
                u.Email,
                u.DeactivatedAt,
                IsInvited = IsInvited(db).Any(i => i.Id == u.Id),
                Roles = db
                    .UserRoles.Where(r => r.UserId == u.Id)
                    .Join(db.Roles, r => r.RoleId, r => r.Id, (_, r) => r.Name!)
                    .ToList(),
                Teams = db
                    .TeamMembers.Where(m => m.SpecialistId == u.Id)
                    .OrderBy(m => m.Team.Name)
                    .Select(m => m.Team.Name)
                    .ToList(),
                AbsentUntil = db
                    .Specialists.Where(s => s.Id == u.Id && (s.AbsentFrom == null || s.AbsentFrom <= now))
                    .Select(s => s.AbsentUntil)
                    .FirstOrDefault(),
            })
            .AsSplitQuery()
            .ToListAsync(cancellationToken);
        return (
            users.ConvertAll(u => new RosterRow(
                u.Id,
                u.DisplayName,
                u.Email ?? "",
                [.. Roles.All.Where(r => r is not Roles.Customer && u.Roles.Contains(r))],
                u.Teams,
                StateOf(u.DeactivatedAt, u.IsInvited),
                u.AbsentUntil > now ? u.AbsentUntil : null
            )),
            total
        );
    }

    public async Task<PersonFacts?> FindAsync(Guid id, CancellationToken cancellationToken = default)
    {
        await using var db = databases.CreateDbContext();
        var now = time.GetUtcNow();
        var user = await Staff(db)
            .Where(u => u.Id == id)
            .Select(u => new
            {
                u.DisplayName,
                u.Email,
                u.DeactivatedAt,
                u.TwoFactorEnabled,
                IsInvited = IsInvited(db).Any(i => i.Id == u.Id),
                Open = db.Tickets.Count(t => t.SpecialistId == id && t.Status < TicketStatus.Resolved),
                IsAbsent = db.Specialists.Any(s =>
                    s.Id == id && s.AbsentUntil > now && (s.AbsentFrom == null || s.AbsentFrom <= now)
                ),
            })
            .SingleOrDefaultAsync(cancellationToken);
        return user is null
            ? null
            : new(
                id,
                user.DisplayName,
                user.Email ?? "",
                StateOf(user.DeactivatedAt, user.IsInvited),
                user.TwoFactorEnabled,
                user.Open,
                user.IsAbsent
            );
    }

    /// <summary>Active and invited people, for the line of state.</summary>
    public async Task<(int Active, int Invited, int Disabled)> CountAsync(CancellationToken cancellationToken = default)
    {
        await using var db = databases.CreateDbContext();
        var all = await Staff(db).CountAsync(cancellationToken);
        var disabled = await Staff(db).CountAsync(u => u.DeactivatedAt != null, cancellationToken);
        var invited = await IsInvited(db)
            .Where(u => u.DeactivatedAt == null)
            .CountAsync(u => Staff(db).Any(s => s.Id == u.Id), cancellationToken);
        return (all - disabled - invited, invited, disabled);
    }

    /// <summary>Whether the desk would have no administrator who can sign in, were this one none any more.</summary>
    public static async Task<bool> IsLastAdministratorAsync(
        HelpdeskDbContext db,
        Guid id,
        CancellationToken cancellationToken = default
    )
    {
        var administrators =
            from user in db.Users
            where user.DeactivatedAt == null && !IsInvited(db).Any(i => i.Id == user.Id)
            where
                db.UserRoles.Any(r =>
                    r.UserId == user.Id && db.Roles.Any(role => role.Id == r.RoleId && role.Name == Roles.Administrator)
                )
            select user.Id;
        return await administrators.ContainsAsync(id, cancellationToken)
            && !await administrators.AnyAsync(other => other != id, cancellationToken);
    }

    internal static IQueryable<AppUser> Staff(HelpdeskDbContext db) =>
        db
            .Users.AsNoTracking()
            .Where(u =>
                db.UserRoles.Any(r =>
                    r.UserId == u.Id && db.Roles.Any(role => role.Id == r.RoleId && role.Name != Roles.Customer)
                )
            );

    private static IQueryable<AppUser> Filtered(HelpdeskDbContext db, RosterFilter filter)
    {
        var staff = Staff(db);
        if (!string.IsNullOrWhiteSpace(filter.Search))
        {
            var words = filter.Search.Trim();
            var (lower, upper) = (words.ToLowerInvariant(), words.ToUpperInvariant());
            staff = staff.Where(u => u.DisplayName.ToLower().Contains(lower) || u.NormalizedEmail!.Contains(upper));
        }
        if (!string.IsNullOrEmpty(filter.Role))
            staff = staff.Where(u =>
                db.UserRoles.Any(r =>
                    r.UserId == u.Id && db.Roles.Any(role => role.Id == r.RoleId && role.Name == filter.Role)
                )
            );
        if (filter.TeamId is { } team)
            staff = staff.Where(u => db.TeamMembers.Any(m => m.SpecialistId == u.Id && m.TeamId == team));
        return filter.State switch
        {
            "disabled" => staff.Where(u => u.DeactivatedAt != null),
            "invited" => staff.Where(u => u.DeactivatedAt == null && IsInvited(db).Any(i => i.Id == u.Id)),
            _ => staff.Where(u => u.DeactivatedAt == null),
        };
    }

    // sample people and those of other sign-in ways have no password either, but nobody waits for them to choose one
    private static IQueryable<AppUser> IsInvited(HelpdeskDbContext db) =>
        db.Users.Where(u =>
            u.PasswordHash == null
            && db.OneTimeLinks.Any(l =>
                l.Purpose == LinkPurpose.Invitation && l.UsedAt == null && l.Address.ToUpper() == u.NormalizedEmail
            )
        );

    private static StaffState StateOf(DateTimeOffset? deactivatedAt, bool isInvited) =>
        deactivatedAt is not null ? StaffState.Disabled
        : isInvited ? StaffState.Invited
        : StaffState.Active;
}
