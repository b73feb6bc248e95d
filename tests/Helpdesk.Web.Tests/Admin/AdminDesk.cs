using Helpdesk.Testing;
using Helpdesk.Tickets.Access;
using Helpdesk.Tickets.Data;
using Helpdesk.Tickets.People;
using Helpdesk.Tickets.Settings;
using Helpdesk.Tickets.Topics;
using Helpdesk.Web.Tests.Help;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;

namespace Helpdesk.Web.Tests.Admin;

/// <summary>The real program with an administrator, a supervisor, a specialist, a team and two topics, as a browser without script meets it.</summary>
public sealed class AdminDesk : HelpDesk
{
    public AppUser Ada { get; } = Person("Ada Admin");
    public AppUser Sofia { get; } = Person("Sofia Supervisor");
    public AppUser Anna { get; } = Person("Anna Alder");
    public Team Cards { get; } = new() { Name = "Cards" };
    public Topic Area { get; } = new() { Key = "cards", Name = "Cards and PINs" };
    public Topic Lost { get; private set; } = null!;

    /// <summary>The administrator's browser.</summary>
    public Visitor Admin { get; private set; } = null!;

    public static async Task<AdminDesk> OpenAsync()
    {
        var desk = new AdminDesk();
        await desk.InitializeAsync();
        return desk;
    }

    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        await using var db = OpenDatabase();
        await AddAsync(db, Ada, Roles.Administrator);
        await AddAsync(db, Sofia, Roles.Supervisor);
        await AddAsync(db, Anna, Roles.Specialist);
        var specialist = new Specialist
        {
            Id = Anna.Id,
            Name = Anna.DisplayName,
            Address = Anna.Email!,
        };
        db.TeamMembers.Add(new TeamMember { Team = Cards, Specialist = specialist });
        Lost = new Topic
        {
            Key = "card_lost",
            Name = "Lost or stolen card",
            Parent = Area,
            Team = Cards,
        };
        db.Topics.AddRange(
            Lost,
            new Topic
            {
                Key = "pin_change",
                Name = "Change a PIN",
                Parent = Area,
                Team = Cards,
            }
        );
        await db.SaveChangesAsync();
        (await db.DeskSettings.SingleAsync()).DefaultTeamId = Cards.Id;
        await db.SaveChangesAsync();
        Get<DeskDirectory>().Forget();
        Admin = Visitor(Roles.Administrator, Ada.Id);
    }

    private static AppUser Person(string name)
    {
        var address = name.ToLowerInvariant().Replace(' ', '.') + "@desk.example";
        return new AppUser
        {
            Id = Guid.CreateVersion7(),
            DisplayName = name,
            UserName = address,
            NormalizedUserName = address.ToUpperInvariant(),
            Email = address,
            NormalizedEmail = address.ToUpperInvariant(),
            EmailConfirmed = true,
            PasswordHash = "never matches",
            SecurityStamp = Guid.NewGuid().ToString("N"),
        };
    }

    private static async Task AddAsync(HelpdeskDbContext db, AppUser user, string role)
    {
        db.Users.Add(user);
        var roleId = (await db.Roles.SingleAsync(r => r.Name == role)).Id;
        db.UserRoles.Add(new IdentityUserRole<Guid> { UserId = user.Id, RoleId = roleId });
    }
}
