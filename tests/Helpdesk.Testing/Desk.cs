using Helpdesk.Tickets;
using Helpdesk.Tickets.Access;
using Helpdesk.Tickets.Data;
using Helpdesk.Tickets.Escalation;
using Helpdesk.Tickets.People;
using Helpdesk.Tickets.Settings;
using Helpdesk.Tickets.Sla;
using Helpdesk.Web.Startup;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Helpdesk.Testing;

/// <summary>
/// A small desk on a real database with a clock of its own: one team with a lead and two specialists, one supervisor, standard and VIP tiers, and a
/// promise of one hour for the first response, round the clock unless a test says otherwise. Workers do not run by themselves.
/// </summary>
public sealed class Desk : IAsyncDisposable
{
    private readonly TestDatabase database;
    private readonly ServiceProvider services;

    private Desk(TestDatabase database, Action<IServiceCollection, IConfiguration>? configure)
    {
        this.database = database;
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(database.Settings).Build();
        var collection = new ServiceCollection();
        collection.AddLogging();
        collection.AddSingleton<IConfiguration>(configuration);
        collection.AddSingleton<TimeProvider>(Time);
        foreach (var part in ModelParts.All)
            collection.AddSingleton(part);
        collection.AddTickets(configuration);
        configure?.Invoke(collection, configuration);
        services = collection.BuildServiceProvider();
    }

    public ManualTime Time { get; } = new();
    public IServiceProvider Services => services;
    public string DataDirectory => database.DataDirectory;

    // filled by CreateAsync
    public Team Team { get; private set; } = null!;
    public Specialist Lead { get; private set; } = null!;
    public Specialist Anna { get; private set; } = null!;
    public Specialist Boris { get; private set; } = null!;
    public AppUser Supervisor { get; private set; } = null!;
    public Tier Vip { get; private set; } = null!;
    public int PolicyId { get; private set; }

    /// <param name="week">Opening times of the desk's policy, see <see cref="BusinessHours.Week"/>.</param>
    public static async Task<Desk> CreateAsync(
        StorageProvider provider = StorageProvider.Sqlite,
        string week = "always",
        Action<IServiceCollection, IConfiguration>? configure = null
    )
    {
        var fresh = new TestDatabase(provider);
        var desk = new Desk(fresh, configure);
        await DatabasePreparation.RunAsync(desk.Services);
        await desk.SeedAsync(week);
        return desk;
    }

    public T Get<T>()
        where T : notnull => services.GetRequiredService<T>();

    public HelpdeskDbContext OpenDatabase() => Get<IDbContextFactory<HelpdeskDbContext>>().CreateDbContext();

    public ValueTask<DeskPicture> PictureAsync() => Get<DeskDirectory>().GetAsync();

    /// <summary>Opens a ticket through the intake and saves it.</summary>
    public async Task<long> OpenTicketAsync(
        string subject = "Where is my card",
        string text = "I ordered a card two weeks ago and it is not here.",
        string address = "customer@example.org",
        Channel channel = Channel.Web
    )
    {
        await using var db = OpenDatabase();
        var ticket = await Get<TicketIntake>()
            .OpenAsync(
                db,
                new NewRequest
                {
                    Channel = channel,
                    CustomerAddress = address,
                    Subject = subject,
                    Content = new MessageContent { Text = text },
                }
            );
        await db.SaveChangesAsync();
        return ticket.Id;
    }

    /// <summary>Loads a ticket with its people, changes it and saves.</summary>
    public async Task ChangeAsync(long ticketId, Action<Ticket, SlaTerms?, DateTimeOffset> change)
    {
        var picture = await PictureAsync();
        await using var db = OpenDatabase();
        var ticket =
            await TicketIntake.ForChangeAsync(db, ticketId) ?? throw new InvalidOperationException("no ticket");
        change(ticket, picture.TermsOf(ticket), Time.GetUtcNow());
        await db.SaveChangesAsync();
    }

    /// <summary>The ticket with messages, events, notifications and escalations.</summary>
    public async Task<Ticket> ReadAsync(long ticketId)
    {
        await using var db = OpenDatabase();
        return await db
            .Tickets.AsNoTracking()
            .Include(t => t.Customer)
            .Include(t => t.Specialist)
            .Include(t => t.Messages.OrderBy(m => m.Id))
            .Include(t => t.Events.OrderBy(e => e.Id))
            .Include(t => t.Notifications.OrderBy(n => n.Id))
            .Include(t => t.Escalations.OrderBy(e => e.Id))
            .AsSplitQuery()
            .SingleAsync(t => t.Id == ticketId);
    }

    public Task<int> RunEscalationAsync() => Get<EscalationSweep>().RunAsync();

    public async ValueTask DisposeAsync()
    {
        await services.DisposeAsync();
        await database.DisposeAsync();
    }

    private async Task SeedAsync(string week)
    {
        await using var db = OpenDatabase();
        var policy = new SlaPolicy
        {
            Name = "Test",
            BusinessHours = new BusinessHours
            {
                Name = "Test",
                TimeZoneId = "Europe/Tallinn",
                Week = week,
            },
            Escalations =
            {
                new EscalationRule { Percent = 75, Actions = EscalationActions.WarnSpecialist },
                new EscalationRule
                {
                    Percent = 100,
                    Actions = EscalationActions.TellSupervisor | EscalationActions.RaisePriority,
                },
                new EscalationRule { Percent = 150, Actions = EscalationActions.ReassignToLead },
            },
        };
        foreach (var priority in Enum.GetValues<TicketPriority>())
            policy.Promises.Add(
                new SlaPromise
                {
                    Priority = priority,
                    FirstResponseMinutes = 60,
                    NextResponseMinutes = 120,
                    ResolutionMinutes = 480,
                }
            );
        db.SlaPolicies.Add(policy);
        Vip = new Tier
        {
            Name = "VIP",
            Rank = 2,
            PriorityPoints = 40,
            IsVip = true,
        };
        db.Tiers.AddRange(
            Vip,
            new Tier
            {
                Name = "Standard",
                Rank = 0,
                PriorityPoints = 0,
            }
        );
        Team = new Team { Name = "Cards" };
        db.Teams.Add(Team);
        Lead = AddSpecialist(db, "Lea Lead");
        Anna = AddSpecialist(db, "Anna Alder");
        Boris = AddSpecialist(db, "Boris Birch");
        Supervisor = AddUser(db, "Sofia Supervisor", Roles.Supervisor);
        await db.SaveChangesAsync();
        Team.LeadId = Lead.Id;
        var settings = await db.DeskSettings.SingleAsync();
        (settings.DefaultSlaPolicyId, settings.DefaultTeamId, settings.SetUpAt) = (
            policy.Id,
            Team.Id,
            Time.GetUtcNow()
        );
        (settings.SupportAddress, settings.CompanyName) = ("support@desk.example", "Larch Bank");
        await db.SaveChangesAsync();
        PolicyId = policy.Id;
        Get<DeskDirectory>().Forget();
    }

    private Specialist AddSpecialist(HelpdeskDbContext db, string name)
    {
        var user = AddUser(db, name, Roles.Specialist);
        var specialist = new Specialist
        {
            Id = user.Id,
            Name = name,
            Address = user.Email!,
        };
        db.Specialists.Add(specialist);
        db.TeamMembers.Add(new TeamMember { Team = Team, Specialist = specialist });
        return specialist;
    }

    private static AppUser AddUser(HelpdeskDbContext db, string name, string role)
    {
        var address = name.ToLowerInvariant().Replace(' ', '.') + "@desk.example";
        var user = new AppUser
        {
            Id = Guid.CreateVersion7(),
            DisplayName = name,
            UserName = address,
            NormalizedUserName = address.ToUpperInvariant(),
            Email = address,
            NormalizedEmail = address.ToUpperInvariant(),
            EmailConfirmed = true,
            SecurityStamp = Guid.NewGuid().ToString("N"),
        };
        db.Users.Add(user);
        db.UserRoles.Add(
            new IdentityUserRole<Guid> { UserId = user.Id, RoleId = db.Roles.Single(r => r.Name == role).Id }
        );
        return user;
    }
}
