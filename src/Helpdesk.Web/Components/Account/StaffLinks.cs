using System.Globalization;
using Helpdesk.Tickets;
using Helpdesk.Tickets.Access;
using Helpdesk.Tickets.Data;
using Helpdesk.Tickets.Notifications;
using Helpdesk.Tickets.People;
using Helpdesk.Tickets.Settings;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;

namespace Helpdesk.Web.Components.Account;

/// <summary>Invitations and forgotten passwords of staff: one-time links that let somebody choose a password.</summary>
public sealed class StaffLinks(
    HelpdeskDbContext db,
    UserManager<AppUser> users,
    DeskDirectory directory,
    TimeProvider time
)
{
    /// <summary>Name of the link's address in a notification's data.</summary>
    public const string LinkData = "link";

    private const int MostLiveResets = 3;

    /// <summary>Mails a link to choose a new password, if the address is a member of staff; tells nobody whether it is.</summary>
    public async Task MailResetAsync(string address, CancellationToken cancellationToken)
    {
        var user = await users.FindByEmailAsync(address.Trim());
        if (user is not { DeactivatedAt: null, PasswordHash: not null, Email: not null })
            return;
        var now = time.GetUtcNow();
        var normalized = Customer.Normalize(user.Email);
        var live = await db.OneTimeLinks.CountAsync(
            l =>
                l.Address == normalized
                && l.Purpose == LinkPurpose.PasswordReset
                && l.UsedAt == null
                && l.ExpiresAt > now,
            cancellationToken
        );
        if (live >= MostLiveResets)
            return;
        var url = await AddAsync(LinkPurpose.PasswordReset, user.Email, role: null, cancellationToken);
        db.Notifications.Add(
            Notification.ToAddress(
                NotificationKind.PasswordReset,
                user.Email,
                new Dictionary<string, string>(StringComparer.Ordinal) { [LinkData] = url },
                now
            )
        );
        await db.SaveChangesAsync(cancellationToken);
    }

    /// <summary>Makes an account without a password in the role, and the link with which its owner chooses one; saved.</summary>
    /// <param name="byMail">Also mails the link to its owner.</param>
    /// <returns>The link's address, shown once.</returns>
    /// <exception cref="RuleViolationException">The address is taken or is none, or the role is not one of staff.</exception>
    public async Task<string> InviteAsync(
        string name,
        string address,
        string role,
        bool byMail,
        CancellationToken cancellationToken
    )
    {
        if (!Customer.IsAddress(address))
            throw new RuleViolationException($"\"{address}\" is not a mail address.");
        if (!Roles.All.Contains(role, StringComparer.Ordinal) || role is Roles.Customer)
            throw new RuleViolationException(
                $"\"{role}\" is not a role of staff. Use specialist, supervisor or administrator."
            );
        var user = new AppUser
        {
            Id = Guid.CreateVersion7(),
            DisplayName = Text.OneLine(name, Customer.MaxNameLength),
            UserName = address,
            Email = address,
        };
        var made = await users.CreateAsync(user);
        if (!made.Succeeded)
            throw new RuleViolationException(string.Join(" ", made.Errors.Select(e => e.Description)));
        await users.AddToRoleAsync(user, role);
        if (role is not Roles.Administrator)
            db.Specialists.Add(
                new Specialist
                {
                    Id = user.Id,
                    Name = user.DisplayName,
                    Address = address,
                }
            );
        var url = await AddAsync(LinkPurpose.Invitation, address, role, cancellationToken);
        if (byMail)
            MailInvitation(address, url);
        await db.SaveChangesAsync(cancellationToken);
        return url;
    }

    /// <summary>A new invitation for an account without a password, mailed to its owner; earlier ones end. Saved.</summary>
    /// <returns>The link's address, shown once.</returns>
    public async Task<string> InviteAgainAsync(AppUser user, string role, CancellationToken cancellationToken)
    {
        var address = Customer.Normalize(user.Email!);
        await db
            .OneTimeLinks.Where(l => l.Address == address && l.Purpose == LinkPurpose.Invitation && l.UsedAt == null)
            .ExecuteDeleteAsync(cancellationToken);
        var url = await AddAsync(LinkPurpose.Invitation, user.Email!, role, cancellationToken);
        MailInvitation(user.Email!, url);
        await db.SaveChangesAsync(cancellationToken);
        return url;
    }

    /// <summary>Whether a link can still be used; looking changes nothing.</summary>
    public async Task<bool> IsGoodAsync(string secret, CancellationToken cancellationToken) =>
        await FindAsync(secret, cancellationToken) is not null;

    /// <summary>Uses the link up and sets the password.</summary>
    /// <returns>Null when done; else what is wrong with the password or the link, in words.</returns>
    public async Task<IdentityResult> ChooseAsync(string secret, string password, CancellationToken cancellationToken)
    {
        if (
            await FindAsync(secret, cancellationToken) is not { } link
            || await users.FindByEmailAsync(link.Address) is not { DeactivatedAt: null } user
        )
            return IdentityResult.Failed(new IdentityError { Code = "link" });
        foreach (var validator in users.PasswordValidators)
            if (await validator.ValidateAsync(users, user, password) is { Succeeded: false } refused)
                return refused;
        // the others, mailed earlier, end with it
        await db
            .OneTimeLinks.Where(l =>
                l.Address == link.Address
                && l.Id != link.Id
                && l.UsedAt == null
                && (l.Purpose == LinkPurpose.PasswordReset || l.Purpose == LinkPurpose.Invitation)
            )
            .ExecuteDeleteAsync(cancellationToken);
        link.Use(time.GetUtcNow());
        user.EmailConfirmed = true;
        user.PasswordHash = users.PasswordHasher.HashPassword(user, password);
        await users.SetLockoutEndDateAsync(user, lockoutEnd: null);
        await users.UpdateSecurityStampAsync(user); // saves both, and ends sessions under the old password
        return IdentityResult.Success;
    }

    private void MailInvitation(string address, string url)
    {
        var now = time.GetUtcNow();
        db.Notifications.Add(
            Notification.ToAddress(
                NotificationKind.Invitation,
                address,
                new Dictionary<string, string>(StringComparer.Ordinal)
                {
                    [LinkData] = url,
                    ["until"] = (now + OneTimeLink.LifetimeOf(LinkPurpose.Invitation)).ToString(
                        "O",
                        CultureInfo.InvariantCulture
                    ),
                },
                now
            )
        );
    }

    private async Task<OneTimeLink?> FindAsync(string secret, CancellationToken cancellationToken)
    {
        var hash = OneTimeLink.HashOf(secret);
        var now = time.GetUtcNow();
        var link = await db.OneTimeLinks.SingleOrDefaultAsync(l => l.Hash == hash, cancellationToken);
        return
            link is not null
            && (link.IsGood(LinkPurpose.Invitation, now) || link.IsGood(LinkPurpose.PasswordReset, now))
            ? link
            : null;
    }

    private async Task<string> AddAsync(
        LinkPurpose purpose,
        string address,
        string? role,
        CancellationToken cancellationToken
    )
    {
        var (link, secret) = OneTimeLink.Create(purpose, address, role, time.GetUtcNow());
        db.OneTimeLinks.Add(link);
        var settings = (await directory.GetAsync(cancellationToken)).Settings;
        return $"{settings.PublicUrl}/account/choose-password/{secret}";
    }
}
