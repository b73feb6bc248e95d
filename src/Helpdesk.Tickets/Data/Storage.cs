using System.ComponentModel.DataAnnotations;
using System.Data.Common;
using System.Runtime.CompilerServices;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Metadata;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using SQLitePCL;

namespace Helpdesk.Tickets.Data;

public enum StorageProvider
{
    Sqlite,
    Postgres,
}

/// <summary>Section <c>Storage</c>: where the desk keeps its data.</summary>
public sealed record StorageOptions
{
    public StorageProvider Provider { get; init; } = StorageProvider.Sqlite;

    /// <summary>Folder for the data file, the search index and development mail; relative to the working directory.</summary>
    [Required]
    public string DataDirectory { get; init; } = "data";

    /// <summary>Needed for PostgreSQL; for SQLite it defaults to <c>helpdesk.db</c> in the data directory.</summary>
    public string? ConnectionString { get; init; }

    public string EffectiveConnectionString =>
        Provider is StorageProvider.Postgres
            ? ConnectionString
                ?? throw new InvalidOperationException(
                    "Storage:ConnectionString is missing. PostgreSQL needs one, e.g. Host=localhost;Database=helpdesk;Username=helpdesk."
                )
            : ConnectionString
                ?? new SqliteConnectionStringBuilder
                {
                    DataSource = Path.Combine(DataDirectory, "helpdesk.db"),
                    DefaultTimeout = 10,
                }.ToString();
}

/// <summary>
/// One writer at a time in this process. SQLite has one writer anyway; waiting here is a queue, waiting there is a sleep of 150 ms.
/// </summary>
public sealed class SqliteWriteGate : IDisposable
{
    private readonly SemaphoreSlim turn = new(1, 1);

    public async Task<IDisposable> EnterAsync(CancellationToken cancellationToken)
    {
        await turn.WaitAsync(cancellationToken);
        return new Turn(turn);
    }

    public void Dispose() => turn.Dispose();

    private sealed class Turn(SemaphoreSlim turn) : IDisposable
    {
        public void Dispose() => turn.Release();
    }
}

/// <summary>The model as code, so that a start need not find it by reflection. A program that brings none has it built.</summary>
public sealed record SqliteModel(Func<IModel> Of);

/// <summary>
/// Opens databases of the configured kind. Contexts are pooled: making one anew costs as much as a small query, and a mail
/// needs a dozen.
/// </summary>
internal sealed class HelpdeskDatabases(
    IOptions<StorageOptions> options,
    IEnumerable<IModelPart> parts,
    ILoggerFactory loggers,
    BellInterceptor bells,
    SqliteWriteGate gate,
    SqliteModel? compiled = null
) : IDbContextFactory<HelpdeskDbContext>
{
    private readonly Lazy<Func<HelpdeskDbContext>> open = new(() =>
        Pool(options.Value, parts, loggers, bells, gate, compiled)
    );

    public HelpdeskDbContext CreateDbContext() => open.Value();

    private static Func<HelpdeskDbContext> Pool(
        StorageOptions storage,
        IEnumerable<IModelPart> parts,
        ILoggerFactory loggers,
        BellInterceptor bells,
        SqliteWriteGate gate,
        SqliteModel? compiled
    )
    {
        if (storage.Provider is StorageProvider.Postgres)
        {
            var postgres = new DbContextOptionsBuilder<PostgresHelpdeskDbContext>();
            postgres.UseNpgsql(storage.EffectiveConnectionString).UseDesk(parts, gate);
            var pool = new PooledDbContextFactory<PostgresHelpdeskDbContext>(Common(postgres, loggers, bells).Options);
            return pool.CreateDbContext;
        }
        if (storage.ConnectionString is null)
            Directory.CreateDirectory(storage.DataDirectory);
        var sqlite = new DbContextOptionsBuilder<SqliteHelpdeskDbContext>();
        sqlite.UseSqlite(storage.EffectiveConnectionString).UseDesk(parts, gate).AddInterceptors(new SqlitePragmas());
        if (compiled is not null)
            sqlite.UseModel(compiled.Of());
        var contexts = new PooledDbContextFactory<SqliteHelpdeskDbContext>(Common(sqlite, loggers, bells).Options);
        return contexts.CreateDbContext;
    }

    private static DbContextOptionsBuilder<T> Common<T>(
        DbContextOptionsBuilder<T> builder,
        ILoggerFactory loggers,
        BellInterceptor bells
    )
        where T : DbContext
    {
        builder
            .UseLoggerFactory(loggers)
            .AddInterceptors(bells)
            // "at least so many" is counted up to a limit, which needs no order
            .ConfigureWarnings(warnings => warnings.Ignore(CoreEventId.RowLimitingOperationWithoutOrderByWarning));
        return builder;
    }

    /// <summary>Every commit reaches the disk before it is answered for; short waits for a writer of another process.</summary>
    private sealed class SqlitePragmas : DbConnectionInterceptor
    {
        private const string Pragmas = "PRAGMA synchronous=FULL; PRAGMA busy_timeout=5000;";

        /// <summary>Handles that have them: a pooled connection keeps its handle and, with it, what was set.</summary>
        private readonly ConditionalWeakTable<sqlite3, object> set = [];

        public override void ConnectionOpened(DbConnection connection, ConnectionEndEventData eventData)
        {
            if (connection is not SqliteConnection { Handle: { } handle } || !set.TryAdd(handle, Pragmas))
                return;
            using var command = connection.CreateCommand();
            command.CommandText = Pragmas;
            command.ExecuteNonQuery();
        }

        public override Task ConnectionOpenedAsync(
            DbConnection connection,
            ConnectionEndEventData eventData,
            CancellationToken cancellationToken = default
        )
        {
            ConnectionOpened(connection, eventData); // SQLite has no other way to wait
            return Task.CompletedTask;
        }
    }
}

public static class StorageModule
{
    /// <summary>The database, as <see cref="HelpdeskDbContext"/> per request and as a factory for workers.</summary>
    public static IServiceCollection AddStorage(this IServiceCollection services, IConfiguration configuration)
    {
        services
            .AddOptions<StorageOptions>()
            .Bind(configuration.GetSection("Storage"))
            .ValidateDataAnnotations()
            .ValidateOnStart();
        services.AddSingleton<Bells>();
        services.AddSingleton<BellInterceptor>();
        services.AddSingleton<SqliteWriteGate>();
        services.AddSingleton<IDbContextFactory<HelpdeskDbContext>, HelpdeskDatabases>();
        services.AddScoped(provider =>
            provider.GetRequiredService<IDbContextFactory<HelpdeskDbContext>>().CreateDbContext()
        );
        services.AddSingleton<IConfigureOptions<KeyManagementOptions>>(
            provider => new ConfigureOptions<KeyManagementOptions>(options =>
                options.XmlRepository = new DataProtectionKeyRepository(
                    provider.GetRequiredService<IDbContextFactory<HelpdeskDbContext>>()
                )
            )
        );
        return services;
    }
}
