using Helpdesk.Tickets.Access;
using Helpdesk.Tickets.Data;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.EntityFrameworkCore;

namespace Helpdesk.Web.Components.Desk;

/// <summary>
/// Who looks at the desk, with rights as the database has them now: read for each request and again in a circuit that lasts, so that
/// somebody who lost a role or a team loses the tickets within <see cref="TrustedFor"/>.
/// </summary>
public sealed class DeskPerson(
    AuthenticationStateProvider authentication,
    IDbContextFactory<HelpdeskDbContext> databases,
    TimeProvider time
)
{
    public static readonly TimeSpan TrustedFor = TimeSpan.FromSeconds(20);

    private Viewer.Staff? known;
    private DateTimeOffset readAt;

    /// <summary>Null when the person is nobody of the staff (any more).</summary>
    public async ValueTask<Viewer.Staff?> FindAsync(CancellationToken cancellationToken = default)
    {
        var age = time.GetUtcNow() - readAt;
        if (known is not null && age >= TimeSpan.Zero && age < TrustedFor)
            return known;
        var state = await authentication.GetAuthenticationStateAsync();
        await using var db = databases.CreateDbContext();
        known = await Viewers.LoadAsync(db, state.User, cancellationToken) as Viewer.Staff;
        readAt = time.GetUtcNow();
        return known;
    }

    /// <summary>Before a change: rights are read anew, whatever is remembered.</summary>
    public ValueTask<Viewer.Staff?> ConfirmAsync(CancellationToken cancellationToken = default)
    {
        known = null;
        return FindAsync(cancellationToken);
    }

    /// <summary>Whether the person wants shortcuts of a single key.</summary>
    public async Task<bool> LikesSingleKeysAsync(CancellationToken cancellationToken = default)
    {
        if (await FindAsync(cancellationToken) is not { } person)
            return false;
        await using var db = databases.CreateDbContext();
        return await db
            .Users.Where(u => u.Id == person.UserId)
            .Select(u => u.SingleKeys)
            .SingleOrDefaultAsync(cancellationToken);
    }
}
