using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.Extensions.DependencyInjection;

namespace Helpdesk.Tickets.Data;

/// <summary>What a context of the desk needs beside the engine: the modules' tables, Identity's version, the writers' turn.</summary>
public static class DeskOptions
{
    /// <summary>
    /// Without a <paramref name="gate"/> of the process, writers of these options take turns among themselves only.
    /// </summary>
    public static DbContextOptionsBuilder<TContext> UseDesk<TContext>(
        this DbContextOptionsBuilder<TContext> builder,
        IEnumerable<IModelPart> parts,
        SqliteWriteGate? gate = null
    )
        where TContext : HelpdeskDbContext
    {
        // Identity reads the version of its tables from here, and EF Core's model cache does not know that: a small container
        // of our own, the same for everybody, keeps the model the same
        var services = new ServiceCollection().Configure<IdentityOptions>(o =>
            o.Stores.SchemaVersion = IdentitySchemaVersions.Version3
        );
        foreach (var part in parts)
            services.AddSingleton(part);
        if (gate is null)
            services.AddSingleton<SqliteWriteGate>();
        else
            services.AddSingleton(gate);
        builder.UseApplicationServiceProvider(services.BuildServiceProvider());
        return builder;
    }

    internal static IServiceProvider ServicesOf(DbContextOptions options) =>
        options.FindExtension<CoreOptionsExtension>()?.ApplicationServiceProvider
        ?? throw new InvalidOperationException($"A context of the desk needs options made with {nameof(UseDesk)}.");
}
