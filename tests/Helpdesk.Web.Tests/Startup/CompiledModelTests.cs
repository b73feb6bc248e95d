using Helpdesk.Tickets.Data;
using Helpdesk.Web.Startup;
using Helpdesk.Web.Startup.CompiledModel;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Shouldly;
using Xunit;

namespace Helpdesk.Web.Tests.Startup;

public sealed class CompiledModelTests
{
    [Fact]
    public void The_model_as_code_is_the_model()
    {
        Described(builder => builder.UseModel(SqliteHelpdeskDbContextModel.Instance))
            .SequenceEqual(Described(builder => builder))
            .ShouldBeTrue("run ./dev compile-model");
    }

    private static string Described(
        Func<DbContextOptionsBuilder<SqliteHelpdeskDbContext>, DbContextOptionsBuilder<SqliteHelpdeskDbContext>> model
    )
    {
        var builder = new DbContextOptionsBuilder<SqliteHelpdeskDbContext>()
            .UseSqlite("Data Source=:memory:")
            .UseDesk(ModelParts.All);
        using var db = new SqliteHelpdeskDbContext(model(builder).Options);
        return db.Model.ToDebugString(MetadataDebugStringOptions.LongDefault);
    }
}
