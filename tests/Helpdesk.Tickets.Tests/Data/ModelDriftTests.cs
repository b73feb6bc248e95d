using Helpdesk.Testing;
using Helpdesk.Tickets.Data;
using Helpdesk.Web.Startup;
using Microsoft.EntityFrameworkCore;
using Shouldly;

namespace Helpdesk.Tickets.Tests.Data;

public sealed class ModelDriftTests
{
    [Fact]
    public void Sqlite_migrations_hold_the_whole_model()
    {
        using var db = new SqliteHelpdeskDbContext(
            new DbContextOptionsBuilder<SqliteHelpdeskDbContext>()
                .UseSqlite("Data Source=:memory:")
                .UseDesk(ModelParts.All)
                .Options
        );
        db.Database.HasPendingModelChanges().ShouldBeFalse("run ./dev migration NAME");
    }

    [Fact]
    public void Postgres_migrations_hold_the_whole_model()
    {
        using var db = new PostgresHelpdeskDbContext(
            new DbContextOptionsBuilder<PostgresHelpdeskDbContext>()
                .UseNpgsql("Host=localhost;Database=x")
                .UseDesk(ModelParts.All)
                .Options
        );
        db.Database.HasPendingModelChanges().ShouldBeFalse("run ./dev migration NAME");
    }
}
