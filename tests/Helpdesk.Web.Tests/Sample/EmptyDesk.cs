using Helpdesk.Testing;
using Helpdesk.Tickets;
using Helpdesk.Tickets.Data;
using Helpdesk.Tickets.Settings;
using Helpdesk.Web.Sample;
using Helpdesk.Web.Startup;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Helpdesk.Web.Tests.Sample;

/// <summary>A prepared database with nothing in it, as the program finds it at its first start.</summary>
internal sealed class EmptyDesk : IAsyncDisposable
{
    private readonly TestDatabase database;
    private readonly ServiceProvider services;

    private EmptyDesk(StorageProvider provider)
    {
        database = new TestDatabase(provider);
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(database.Settings).Build();
        var collection = new ServiceCollection();
        collection.AddLogging();
        collection.AddSingleton<IConfiguration>(configuration);
        collection.AddSingleton<TimeProvider>(Time);
        foreach (var part in ModelParts.All)
            collection.AddSingleton(part);
        collection.AddTickets(configuration);
        collection.AddSample();
        services = collection.BuildServiceProvider();
    }

    public ManualTime Time { get; } = new();

    public static async Task<EmptyDesk> CreateAsync(StorageProvider provider = StorageProvider.Sqlite)
    {
        var desk = new EmptyDesk(provider);
        await DatabasePreparation.RunAsync(desk.services);
        return desk;
    }

    public T Get<T>()
        where T : notnull => services.GetRequiredService<T>();

    public HelpdeskDbContext OpenDatabase() => Get<IDbContextFactory<HelpdeskDbContext>>().CreateDbContext();

    public ValueTask<DeskPicture> PictureAsync() => Get<DeskDirectory>().GetAsync();

    public async ValueTask DisposeAsync()
    {
        await services.DisposeAsync();
        await database.DisposeAsync();
    }
}
