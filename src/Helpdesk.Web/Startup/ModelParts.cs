using Helpdesk.Knowledge;
using Helpdesk.Mail;
using Helpdesk.Routing;
using Helpdesk.Tickets.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Design;

namespace Helpdesk.Web.Startup;

/// <summary>The tables of all modules; the one list that the program, its tests and the migration tool share.</summary>
public static class ModelParts
{
    public static IReadOnlyList<IModelPart> All { get; } =
    [new KnowledgeModelPart(), new MailModelPart(), new RoutingModelPart()];
}

internal sealed class SqliteDesignTime : IDesignTimeDbContextFactory<SqliteHelpdeskDbContext>
{
    public SqliteHelpdeskDbContext CreateDbContext(string[] args) =>
        new(
            new DbContextOptionsBuilder<SqliteHelpdeskDbContext>()
                .UseSqlite("Data Source=design.db")
                .UseDesk(ModelParts.All)
                .Options
        );
}

internal sealed class PostgresDesignTime : IDesignTimeDbContextFactory<PostgresHelpdeskDbContext>
{
    public PostgresHelpdeskDbContext CreateDbContext(string[] args) =>
        new(
            new DbContextOptionsBuilder<PostgresHelpdeskDbContext>()
                .UseNpgsql("Host=localhost;Database=design")
                .UseDesk(ModelParts.All)
                .Options
        );
}
