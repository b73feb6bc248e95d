using System.Globalization;
using Helpdesk.Tickets.Access;
using Helpdesk.Tickets.Data;
using Helpdesk.Tickets.Notifications;
using Helpdesk.Tickets.People;
using Helpdesk.Tickets.Settings;
using Helpdesk.Web.Components.Layout;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;

namespace Helpdesk.Web.Components.Help.SignIn;

/// <summary>
/// Customers sign in with a link mailed to their address. Nobody learns from us whether an address is known, and staff never get in
/// this way: theirs is a password and a second factor.
/// </summary>
public sealed class CustomerSignIn(
    IDbContextFactory<HelpdeskDbContext> databases,
    DeskDirectory directory,
    TimeProvider time
)
{
    /// <summary>Links that one address gets within the time one of them lives.</summary>
    public const int MaxLinks = 3;

    /// <summary>
    /// Mails a link when the address is a customer's. The work is the same for known and unknown addresses, so that its time says nothing.
    /// </summary>
    /// <param name="place">Where the link leads on to; null = their requests.</param>
    public async Task RequestLinkAsync(string address, string? place, CancellationToken cancellation)
    {
        var (normalized, now) = (Customer.Normalize(address), time.GetUtcNow());
        var picture = await directory.GetAsync(cancellation);
        await using var db = databases.CreateDbContext();
        var customer = await db
            .Customers.AsNoTracking()
            .SingleOrDefaultAsync(c => c.NormalizedAddress == normalized, cancellation);
        var isClosed = await IsClosedAsync(db, normalized, cancellation);
        var alive = await db.OneTimeLinks.CountAsync(
            l => l.Purpose == LinkPurpose.SignIn && l.Address == normalized && l.ExpiresAt > now,
            cancellation
        );
        if (alive >= MaxLinks)
            return;
        var (link, secret) = OneTimeLink.Create(LinkPurpose.SignIn, normalized, Roles.Customer, now);
        db.OneTimeLinks.Add(link);
        if (customer is not null && !isClosed)
            db.Notifications.Add(
                Notification.ToAddress(
                    NotificationKind.SignInLink,
                    customer.Address,
                    new Dictionary<string, string>(StringComparer.Ordinal)
                    {
                        ["link"] =
                            $"{picture.Settings.PublicUrl.TrimEnd('/')}{Places.SignInByLink}/{secret}"
                            + (place is null ? "" : $"?returnUrl={Uri.EscapeDataString(place)}"),
                        ["until"] = link.ExpiresAt.ToString("O", CultureInfo.InvariantCulture),
                    },
                    now
                )
            );
        await db.SaveChangesAsync(cancellation);
    }

    /// <summary>Whether the link could be used now. Changes nothing: mail scanners open every link.</summary>
    public async Task<bool> IsGoodAsync(string secret, CancellationToken cancellation)
    {
        await using var db = databases.CreateDbContext();
        return await FindAsync(db, secret, cancellation) is not null;
    }

    /// <summary>Uses the link up: the customer is verified and has a user to sign in as, all in one commit.</summary>
    /// <returns>The user's id, or null when the link is wrong, used, or too old.</returns>
    public async Task<Guid?> RedeemAsync(string secret, CancellationToken cancellation)
    {
        await using var db = databases.CreateDbContext();
        if (await FindAsync(db, secret, cancellation) is not { } link)
            return null;
        var customer = await db.Customers.SingleOrDefaultAsync(c => c.NormalizedAddress == link.Address, cancellation);
        if (customer is null || await IsClosedAsync(db, link.Address, cancellation))
            return null;
        var now = time.GetUtcNow();
        link.Use(now);
        customer.VerifiedAt ??= now;
        var email = link.Address.ToUpperInvariant();
        var user =
            await db.Users.SingleOrDefaultAsync(u => u.NormalizedEmail == email, cancellation)
            ?? await AddUserAsync(db, customer, cancellation);
        user.CustomerId = customer.Id;
        try
        {
            await db.SaveChangesAsync(cancellation);
            return user.Id;
        }
        catch (DbUpdateException)
        {
            return null; // the same link at the same time: the other one is signed in
        }
    }

    private async Task<OneTimeLink?> FindAsync(HelpdeskDbContext db, string secret, CancellationToken cancellation)
    {
        var hash = OneTimeLink.HashOf(secret);
        var link = await db.OneTimeLinks.SingleOrDefaultAsync(l => l.Hash == hash, cancellation);
        return link?.IsGood(LinkPurpose.SignIn, time.GetUtcNow()) is true ? link : null;
    }

    // Staff and deactivated people: a mailed link must not get around a password or a closed account.
    private static Task<bool> IsClosedAsync(HelpdeskDbContext db, string address, CancellationToken cancellation)
    {
        var email = address.ToUpperInvariant();
        return db.Users.AnyAsync(
            u =>
                u.NormalizedEmail == email
                && (
                    u.DeactivatedAt != null
                    || db.UserRoles.Any(r =>
                        r.UserId == u.Id && db.Roles.Any(role => role.Id == r.RoleId && role.Name != Roles.Customer)
                    )
                ),
            cancellation
        );
    }

    private static async Task<AppUser> AddUserAsync(
        HelpdeskDbContext db,
        Customer customer,
        CancellationToken cancellation
    )
    {
        var user = new AppUser
        {
            Id = Guid.CreateVersion7(),
            DisplayName = customer.DisplayName,
            UserName = customer.Address,
            NormalizedUserName = customer.Address.ToUpperInvariant(),
            Email = customer.Address,
            NormalizedEmail = customer.Address.ToUpperInvariant(),
            EmailConfirmed = true,
            SecurityStamp = Guid.NewGuid().ToString("N"),
            TimeZoneId = customer.TimeZoneId,
            Culture = customer.Language,
        };
        var roleId = await db.Roles.Where(r => r.Name == Roles.Customer).Select(r => r.Id).SingleAsync(cancellation);
        db.Users.Add(user);
        db.UserRoles.Add(new IdentityUserRole<Guid> { UserId = user.Id, RoleId = roleId });
        return user;
    }
}
