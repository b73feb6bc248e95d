using System.Diagnostics;
using System.Globalization;
using Helpdesk.Tickets;
using Helpdesk.Tickets.Data;
using Helpdesk.Tickets.Settings;
using Microsoft.EntityFrameworkCore;

namespace Helpdesk.Web.Sample;

/// <param name="Unresolved">How many of the new tickets are unresolved.</param>
public sealed record DemoLoaded(int Tickets, int Customers, int Unresolved, TimeSpan Elapsed)
{
    public double TicketsPerSecond => Tickets / Elapsed.TotalSeconds;
}

/// <summary>
/// Fills the desk with any number of realistic tickets of the past, for trying out how it behaves when it is large. The sample's people and
/// topics are added first where the desk is empty. The same seed, present and desk give the same tickets.
/// </summary>
public sealed class DemoLoad(
    IDbContextFactory<HelpdeskDbContext> databases,
    DeskDirectory directory,
    Bells bells,
    TimeProvider time
)
{
    public const int MaxTickets = 5_000_000;
    private const int BatchSize = 2_000;

    /// <summary>About the sample's rate; beyond two years the rate grows instead.</summary>
    private const double TicketsPerDay = 62;
    private const int MinDays = 56;
    private const int MaxDays = 730;

    /// <param name="progress">Told the number of tickets written so far, after each commit.</param>
    /// <exception cref="ArgumentOutOfRangeException">Fewer than one ticket, or more than <see cref="MaxTickets"/>.</exception>
    /// <exception cref="RuleViolationException">The desk has topics of its own, so nobody could answer the sample's requests.</exception>
    public async Task<DemoLoaded> LoadAsync(
        int tickets,
        int seed,
        IProgress<int>? progress = null,
        CancellationToken cancellationToken = default
    )
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(tickets, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(tickets, MaxTickets);
        var started = Stopwatch.GetTimestamp();
        var now = time.GetUtcNow();
        await using var db = databases.CreateDbContext();
        await using var start = await db.Database.BeginTransactionAsync(cancellationToken);
        var maker = await HistoryMaker.ForDeskAsync(db, bells, seed, now, cancellationToken);
        var writer = new HistoryWriter(db, maker.Desk, now);
        var customers = maker.MakeCustomers(
            privateCount: Math.Clamp(tickets * 2 / 5, 20, 400_000),
            tag: await FreeTagAsync(db, cancellationToken)
        );
        await writer.AddCustomersAsync(customers.All, cancellationToken);
        await start.CommitAsync(cancellationToken);
        directory.Forget();
        var from = now.AddDays(-Math.Clamp(tickets / TicketsPerDay, MinDays, MaxDays));
        var (written, unresolved) = (0, 0);
        foreach (var batch in maker.Arrivals(from, tickets).Chunk(BatchSize))
        {
            var lived = maker.Live(batch, customers);
            await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
            await writer.AddTicketsAsync(lived, cancellationToken);
            await transaction.CommitAsync(cancellationToken);
            unresolved += lived.Count(l => l.Ticket.IsUnresolved);
            progress?.Report(written += lived.Count);
        }
        await maker.CountTopicsAsync(db, cancellationToken);
        directory.Forget();
        return new(tickets, customers.All.Count, unresolved, Stopwatch.GetElapsedTime(started));
    }

    /// <summary>Goes into the addresses of new customers, so that they never meet those of an earlier load.</summary>
    private static async Task<string> FreeTagAsync(HelpdeskDbContext db, CancellationToken cancellationToken)
    {
        var last = await db.Customers.MaxAsync(c => (long?)c.Id, cancellationToken) ?? 0;
        return "." + last.ToString(CultureInfo.InvariantCulture);
    }
}
