using Helpdesk.Testing;
using Helpdesk.Tickets;
using Helpdesk.Tickets.Access;
using Helpdesk.Tickets.Data;
using Helpdesk.Web.Startup;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;
using Xunit;

namespace Helpdesk.Web.Tests.Startup;

public sealed class DatabasePreparationTests : IDisposable
{
    private readonly string directory = Directory.CreateTempSubdirectory("helpdesk-preparation-").FullName;

    [Fact]
    public async Task A_new_file_gets_its_journal_its_tables_and_what_nothing_works_without()
    {
        await using var services = Services();
        await DatabasePreparation.RunAsync(services);

        await using var db = services.GetRequiredService<IDbContextFactory<HelpdeskDbContext>>().CreateDbContext();
        (await db.Database.SqlQueryRaw<string>("PRAGMA journal_mode").ToListAsync()).ShouldBe(["wal"]);
        (await db.Database.GetPendingMigrationsAsync()).ShouldBeEmpty();
        (await db.Roles.CountAsync()).ShouldBe(Roles.All.Count);
        (await db.DeskSettings.SingleAsync()).DefaultSlaPolicyId.ShouldNotBeNull();
    }

    [Fact]
    public async Task What_a_stop_in_the_middle_left_out_is_made_up_for()
    {
        await using var services = Services();
        await DatabasePreparation.RunAsync(services);
        await using var db = services.GetRequiredService<IDbContextFactory<HelpdeskDbContext>>().CreateDbContext();
        await db.Roles.Where(r => r.Name == Roles.Supervisor).ExecuteDeleteAsync();
        await db.DeskSettings.ExecuteUpdateAsync(set => set.SetProperty(d => d.DefaultSlaPolicyId, (int?)null));

        await DatabasePreparation.RunAsync(services);

        (await db.Roles.CountAsync()).ShouldBe(Roles.All.Count);
        (await db.DeskSettings.AsNoTracking().SingleAsync()).DefaultSlaPolicyId.ShouldNotBeNull();
        (await db.SlaPolicies.CountAsync()).ShouldBe(1);
    }

    public void Dispose()
    {
        Microsoft.Data.Sqlite.SqliteConnection.ClearAllPools();
        Directory.Delete(directory, recursive: true);
    }

    private ServiceProvider Services()
    {
        var configuration = new ConfigurationBuilder()
            .AddInMemoryCollection([new("Storage:DataDirectory", directory)])
            .Build();
        var services = new ServiceCollection();
        services.AddLogging();
        services.AddSingleton<IConfiguration>(configuration);
        services.AddSingleton<TimeProvider>(new ManualTime());
        foreach (var part in ModelParts.All)
            services.AddSingleton(part);
        services.AddTickets(configuration);
        return services.BuildServiceProvider();
    }
}
