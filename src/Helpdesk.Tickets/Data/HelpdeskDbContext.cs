using Helpdesk.Tickets.Access;
using Helpdesk.Tickets.Blobs;
using Helpdesk.Tickets.Canned;
using Helpdesk.Tickets.Escalation;
using Helpdesk.Tickets.Html;
using Helpdesk.Tickets.Notifications;
using Helpdesk.Tickets.Participants;
using Helpdesk.Tickets.People;
using Helpdesk.Tickets.Settings;
using Helpdesk.Tickets.Sla;
using Helpdesk.Tickets.Topics;
using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.Identity.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Helpdesk.Tickets.Data;

/// <summary>The one database of the desk; two classes below differ only in what the engines need.</summary>
/// <remarks>Contexts are pooled: what they need beside their options comes with them, see <see cref="DeskOptions"/>.</remarks>
public abstract class HelpdeskDbContext(DbContextOptions options)
    : IdentityDbContext<AppUser, IdentityRole<Guid>, Guid>(options)
{
    private readonly IServiceProvider brought = DeskOptions.ServicesOf(options);

    public DbSet<Ticket> Tickets => Set<Ticket>();
    public DbSet<Message> Messages => Set<Message>();
    public DbSet<Attachment> Attachments => Set<Attachment>();
    public DbSet<TicketEvent> TicketEvents => Set<TicketEvent>();
    public DbSet<Notification> Notifications => Set<Notification>();
    public DbSet<Participant> Participants => Set<Participant>();
    public DbSet<TicketEscalation> Escalations => Set<TicketEscalation>();
    public DbSet<Topic> Topics => Set<Topic>();
    public DbSet<Customer> Customers => Set<Customer>();
    public DbSet<Organization> Organizations => Set<Organization>();
    public DbSet<Tier> Tiers => Set<Tier>();
    public DbSet<Team> Teams => Set<Team>();
    public DbSet<TeamMember> TeamMembers => Set<TeamMember>();
    public DbSet<Specialist> Specialists => Set<Specialist>();
    public DbSet<Skill> Skills => Set<Skill>();
    public DbSet<BusinessHours> BusinessHours => Set<BusinessHours>();
    public DbSet<SlaPolicy> SlaPolicies => Set<SlaPolicy>();
    public DbSet<Blob> Blobs => Set<Blob>();
    public DbSet<DeskSettings> DeskSettings => Set<DeskSettings>();
    public DbSet<OneTimeLink> OneTimeLinks => Set<OneTimeLink>();
    public DbSet<ApiToken> ApiTokens => Set<ApiToken>();
    public DbSet<SubmissionKey> SubmissionKeys => Set<SubmissionKey>();
    public DbSet<SavedView> SavedViews => Set<SavedView>();
    public DbSet<CannedText> CannedTexts => Set<CannedText>();
    public DbSet<Draft> Drafts => Set<Draft>();
    public DbSet<DataProtectionKey> DataProtectionKeys => Set<DataProtectionKey>();

    protected override void ConfigureConventions(ModelConfigurationBuilder configurationBuilder)
    {
        configurationBuilder.Properties<TimeSpan>().HaveConversion<long>();
        configurationBuilder.Properties<SafeHtml>().HaveConversion<SafeHtmlConverter>();
    }

    protected override void OnModelCreating(ModelBuilder builder)
    {
        base.OnModelCreating(builder);
        TicketsModel.Build(builder);
        foreach (var part in brought.GetServices<IModelPart>())
            part.Build(builder);
    }

    public override int SaveChanges(bool acceptAllChangesOnSuccess)
    {
        var detects = DetectAndBump();
        try
        {
            return base.SaveChanges(acceptAllChangesOnSuccess);
        }
        finally
        {
            ChangeTracker.AutoDetectChangesEnabled = detects;
        }
    }

    public override async Task<int> SaveChangesAsync(
        bool acceptAllChangesOnSuccess,
        CancellationToken cancellationToken = default
    )
    {
        var detects = DetectAndBump();
        try
        {
            return await base.SaveChangesAsync(acceptAllChangesOnSuccess, cancellationToken);
        }
        finally
        {
            ChangeTracker.AutoDetectChangesEnabled = detects;
        }
    }

    /// <summary>
    /// What this unit of work holds already, by one property's value. <c>Local</c> alone would first look for changes in all that is tracked,
    /// once for each row of a batch.
    /// </summary>
    public T? FindTracked<T, TValue>(string property, TValue value)
        where T : class
    {
        var detects = ChangeTracker.AutoDetectChangesEnabled;
        ChangeTracker.AutoDetectChangesEnabled = false;
        try
        {
            return Set<T>().Local.FindEntry(property, value)?.Entity;
        }
        finally
        {
            ChangeTracker.AutoDetectChangesEnabled = detects;
        }
    }

    /// <summary>
    /// Looks for changes once; left to themselves, the versions, the bells and EF Core would each look through all that is tracked.
    /// </summary>
    /// <returns>Whether changes were detected by themselves, to be set again after the save.</returns>
    private bool DetectAndBump()
    {
        var detects = ChangeTracker.AutoDetectChangesEnabled;
        if (detects)
            ChangeTracker.DetectChanges();
        ChangeTracker.AutoDetectChangesEnabled = false;
        foreach (var entry in ChangeTracker.Entries<Ticket>())
            if (entry.State is EntityState.Modified)
                entry.Property(nameof(Ticket.Version)).CurrentValue = entry.Entity.Version + 1;
        return detects;
    }
}

public sealed class SqliteHelpdeskDbContext(DbContextOptions<SqliteHelpdeskDbContext> options)
    : HelpdeskDbContext(options)
{
    private readonly SqliteWriteGate gate = DeskOptions.ServicesOf(options).GetRequiredService<SqliteWriteGate>();

    public override async Task<int> SaveChangesAsync(
        bool acceptAllChangesOnSuccess,
        CancellationToken cancellationToken = default
    )
    {
        // inside a transaction the writer's lock is held already
        if (Database.CurrentTransaction is not null)
            return await base.SaveChangesAsync(acceptAllChangesOnSuccess, cancellationToken);
        using var turn = await gate.EnterAsync(cancellationToken);
        return await base.SaveChangesAsync(acceptAllChangesOnSuccess, cancellationToken);
    }

    protected override void ConfigureConventions(ModelConfigurationBuilder configurationBuilder)
    {
        base.ConfigureConventions(configurationBuilder);
        configurationBuilder.Properties<DateTimeOffset>().HaveConversion<UtcTicksConverter>();
    }
}

public sealed class PostgresHelpdeskDbContext(DbContextOptions<PostgresHelpdeskDbContext> options)
    : HelpdeskDbContext(options);
