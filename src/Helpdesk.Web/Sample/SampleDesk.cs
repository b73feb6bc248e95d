using System.Diagnostics;
using Helpdesk.Tickets.Data;
using Helpdesk.Tickets.Settings;
using Microsoft.EntityFrameworkCore;

namespace Helpdesk.Web.Sample;

/// <param name="Elapsed">Of the whole load.</param>
public sealed record SampleLoaded(int Tickets, int Customers, int Unresolved, TimeSpan Elapsed);

/// <summary>
/// The sample desk: the support of an invented bank with its people, topics, promises, and eight weeks of conversations that end at the
/// present. The same seed and present give the same desk.
/// </summary>
public sealed class SampleDesk(
    IDbContextFactory<HelpdeskDbContext> databases,
    DeskDirectory directory,
    Bells bells,
    TimeProvider time
)
{
    public const int DefaultSeed = 77;
    public const int DefaultTickets = 3500;
    private const int PrivateCustomers = 1500;
    private static readonly TimeSpan History = TimeSpan.FromDays(56);

    /// <summary>Loads the desk unless it is in use: set up by somebody, or with a topic or a ticket of its own.</summary>
    /// <param name="tickets">How many requests came in during the eight weeks.</param>
    /// <param name="publicUrl">Where its links lead; null leaves that as it is.</param>
    /// <returns>What was loaded; null when the desk was not empty.</returns>
    public async Task<SampleLoaded?> LoadAsync(
        int seed = DefaultSeed,
        int tickets = DefaultTickets,
        string? publicUrl = null,
        CancellationToken cancellationToken = default
    )
    {
        var started = Stopwatch.GetTimestamp();
        var now = time.GetUtcNow();
        await using var db = databases.CreateDbContext();
        if (await IsInUseAsync(db, cancellationToken))
            return null;
        // all or nothing: half a sample would never be completed
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        var maker = await HistoryMaker.ForDeskAsync(db, bells, seed, now, cancellationToken);
        var writer = new HistoryWriter(db, maker.Desk, now);
        var customers = maker.MakeCustomers(PrivateCustomers, tag: "");
        await writer.AddCustomersAsync(customers.All, cancellationToken);
        var lived = maker.Live(maker.Arrivals(now - History, tickets), customers);
        await writer.AddTicketsAsync(lived, cancellationToken);
        await SampleArticles.LearnAsync(db, bells, lived, cancellationToken);
        await maker.CountTopicsAsync(db, cancellationToken);
        await db.DeskSettings.ExecuteUpdateAsync(
            s =>
                s.SetProperty(settings => settings.SampleLoadedAt, now)
                    .SetProperty(settings => settings.PublicUrl, settings => publicUrl ?? settings.PublicUrl),
            cancellationToken
        );
        await transaction.CommitAsync(cancellationToken);
        directory.Forget();
        return new(
            tickets,
            customers.All.Count,
            lived.Count(l => l.Ticket.IsUnresolved),
            Stopwatch.GetElapsedTime(started)
        );
    }

    private static async Task<bool> IsInUseAsync(HelpdeskDbContext db, CancellationToken cancellationToken) =>
        await db.DeskSettings.AnyAsync(s => s.SetUpAt != null, cancellationToken)
        || await db.Topics.AnyAsync(cancellationToken)
        || await db.Tickets.AnyAsync(cancellationToken);
}

public static class SampleModule
{
    /// <summary>The sample desk and the loader of many tickets.</summary>
    public static IServiceCollection AddSample(this IServiceCollection services) =>
        services.AddSingleton<SampleDesk>().AddSingleton<DemoLoad>();
}
