using Helpdesk.Tickets.Access;
using Helpdesk.Tickets.Blobs;
using Helpdesk.Tickets.Escalation;
using Helpdesk.Tickets.Html;
using Helpdesk.Tickets.Notifications;
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
public abstract class HelpdeskDbContext(DbContextOptions options, IEnumerable<IModelPart> parts)
    : IdentityDbContext<AppUser, IdentityRole<Guid>, Guid>(options)
{
    // Identity reads the version of its tables from the options in the application's services, and EF Core's model cache does not
    // know that: the same small container for everybody keeps the model the same.
    private static readonly IServiceProvider IdentityServices = new ServiceCollection()
        .Configure<IdentityOptions>(o => o.Stores.SchemaVersion = IdentitySchemaVersions.Version3)
        .BuildServiceProvider();

    public DbSet<Ticket> Tickets => Set<Ticket>();
    public DbSet<Message> Messages => Set<Message>();
    public DbSet<Attachment> Attachments => Set<Attachment>();
    public DbSet<TicketEvent> TicketEvents => Set<TicketEvent>();
    public DbSet<Notification> Notifications => Set<Notification>();
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
    public DbSet<Draft> Drafts => Set<Draft>();
    public DbSet<DataProtectionKey> DataProtectionKeys => Set<DataProtectionKey>();

    protected override void OnConfiguring(DbContextOptionsBuilder optionsBuilder) =>
        optionsBuilder.UseApplicationServiceProvider(IdentityServices);

    protected override void ConfigureConventions(ModelConfigurationBuilder configurationBuilder)
    {
        configurationBuilder.Properties<TimeSpan>().HaveConversion<long>();
        configurationBuilder.Properties<SafeHtml>().HaveConversion<SafeHtmlConverter>();
    }

    protected override void OnModelCreating(ModelBuilder builder)
    {
        base.OnModelCreating(builder);
        TicketsModel.Build(builder);
        foreach (var part in parts)
            part.Build(builder);
    }

    public override int SaveChanges(bool acceptAllChangesOnSuccess)
    {
        BumpVersions();
        return base.SaveChanges(acceptAllChangesOnSuccess);
    }

    public override Task<int> SaveChangesAsync(
        bool acceptAllChangesOnSuccess,
        CancellationToken cancellationToken = default
    )
    {
        BumpVersions();
        return base.SaveChangesAsync(acceptAllChangesOnSuccess, cancellationToken);
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

    private void BumpVersions()
    {
        foreach (var entry in ChangeTracker.Entries<Ticket>())
            if (entry.State is EntityState.Modified)
                entry.Entity.Version++;
    }
}

public sealed class SqliteHelpdeskDbContext(
    DbContextOptions<SqliteHelpdeskDbContext> options,
    IEnumerable<IModelPart> parts,
    SqliteWriteGate gate
) : HelpdeskDbContext(options, parts)
{
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

public sealed class PostgresHelpdeskDbContext(
    DbContextOptions<PostgresHelpdeskDbContext> options,
    IEnumerable<IModelPart> parts
) : HelpdeskDbContext(options, parts);
