using Helpdesk.Tickets;
using Helpdesk.Tickets.Access;
using Helpdesk.Tickets.Data;
using Helpdesk.Tickets.People;
using Helpdesk.Tickets.Settings;
using Helpdesk.Tickets.Sla;
using Helpdesk.Tickets.Topics;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;

namespace Helpdesk.Web.Components.Account;

/// <summary>The first steps of a new desk. Works only while there is no administrator; the link printed on the console is good once.</summary>
public sealed class SetUp(
    HelpdeskDbContext db,
    UserManager<AppUser> users,
    SignInManager<AppUser> signIn,
    DeskDirectory directory,
    TimeProvider time
)
{
    public const string Address = "/set-up";

    /// <summary>A fresh link for the console; earlier ones end. Null when there is an administrator already.</summary>
    public async Task<string?> NewLinkAsync(string baseAddress, CancellationToken cancellationToken)
    {
        if (await HasAdministratorAsync(cancellationToken))
            return null;
        await db.OneTimeLinks.Where(l => l.Purpose == LinkPurpose.SetUp).ExecuteDeleteAsync(cancellationToken);
        var (link, secret) = OneTimeLink.Create(LinkPurpose.SetUp, address: "", role: null, time.GetUtcNow());
        db.OneTimeLinks.Add(link);
        await db.SaveChangesAsync(cancellationToken);
        return $"{baseAddress}{Address}?key={secret}";
    }

    public async Task<bool> IsOpenAsync(string? key, CancellationToken cancellationToken) =>
        await FindAsync(key, cancellationToken) is not null && !await HasAdministratorAsync(cancellationToken);

    /// <summary>Makes the administrator, uses the link up, and signs them in.</summary>
    /// <returns>False when the password is too weak or somebody was quicker.</returns>
    public async Task<bool> MakeAdministratorAsync(
        string key,
        string name,
        string address,
        string password,
        CancellationToken cancellationToken
    )
    {
        if (await FindAsync(key, cancellationToken) is not { } link || await HasAdministratorAsync(cancellationToken))
            return false;
        var user = new AppUser
        {
            Id = Guid.CreateVersion7(),
            DisplayName = Text.OneLine(name, Customer.MaxNameLength),
            UserName = address,
            Email = address,
            EmailConfirmed = true,
        };
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        link.Use(time.GetUtcNow());
        if (!(await users.CreateAsync(user, password)).Succeeded)
            return false;
        await users.AddToRoleAsync(user, Roles.Administrator);
        await transaction.CommitAsync(cancellationToken);
        await signIn.SignInAsync(user, isPersistent: false);
        return true;
    }

    public async Task SaveCompanyAsync(string name, string timeZoneId, string week, CancellationToken cancellationToken)
    {
        var settings = await db.DeskSettings.SingleAsync(cancellationToken);
        settings.CompanyName = Text.OneLine(name, 80);
        settings.TimeZoneId = timeZoneId;
        var policy = await db
            .SlaPolicies.Include(p => p.BusinessHours)
            .SingleOrDefaultAsync(p => p.Id == settings.DefaultSlaPolicyId, cancellationToken);
        if (policy is not null)
            (policy.BusinessHours.TimeZoneId, policy.BusinessHours.Week) = (timeZoneId, week);
        if (!await db.Teams.AnyAsync(cancellationToken))
        {
            var team = new Team { Name = "Support" };
            var area = new Topic { Key = "general", Name = "General" };
            db.Topics.AddRange(
                new Topic
                {
                    Key = "question",
                    Name = "Question",
                    Parent = area,
                    Team = team,
                },
                new Topic
                {
                    Key = "problem",
                    Name = "Problem",
                    Parent = area,
                    Team = team,
                },
                new Topic
                {
                    Key = "order",
                    Name = "Order or change",
                    Parent = area,
                    Team = team,
                }
            );
            await db.SaveChangesAsync(cancellationToken);
            settings.DefaultTeamId = team.Id;
        }
        await db.SaveChangesAsync(cancellationToken);
        directory.Forget();
    }

    public async Task SaveMailAsync(string supportAddress, string publicUrl, CancellationToken cancellationToken)
    {
        var settings = await db.DeskSettings.SingleAsync(cancellationToken);
        settings.SupportAddress = supportAddress.Trim().ToLowerInvariant();
        settings.PublicUrl = publicUrl.Trim().TrimEnd('/');
        settings.SetUpAt ??= time.GetUtcNow();
        await db.SaveChangesAsync(cancellationToken);
        directory.Forget();
    }

    private Task<bool> HasAdministratorAsync(CancellationToken cancellationToken) =>
        db
            .UserRoles.Join(db.Roles, u => u.RoleId, r => r.Id, (_, r) => r.Name)
            .AnyAsync(name => name == Roles.Administrator, cancellationToken);

    private async Task<OneTimeLink?> FindAsync(string? key, CancellationToken cancellationToken)
    {
        if (string.IsNullOrEmpty(key))
            return null;
        var hash = OneTimeLink.HashOf(key);
        var link = await db.OneTimeLinks.SingleOrDefaultAsync(l => l.Hash == hash, cancellationToken);
        return link?.IsGood(LinkPurpose.SetUp, time.GetUtcNow()) is true ? link : null;
    }
}
