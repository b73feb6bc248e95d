using Helpdesk.Tickets.Data;
using Microsoft.EntityFrameworkCore;

namespace Helpdesk.Web.Live;

/// <summary>
/// The one reader per node of what happens on the desk: it follows ticket events and staff notifications by their ids and tells every page that
/// listens. The bell wakes it after a commit of this node; what other nodes committed is found within <see cref="PollInterval"/>.
/// </summary>
public sealed class LiveFeed(
    IDbContextFactory<HelpdeskDbContext> databases,
    Bells bells,
    TimeProvider time,
    ILogger<LiveFeed> log
) : BackgroundService
{
    public static readonly TimeSpan PollInterval = TimeSpan.FromSeconds(2);

    // a burst of commits becomes one batch; short enough to feel immediate
    private static readonly TimeSpan Breath = TimeSpan.FromMilliseconds(40);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private const int Recent = 100;
    private const int BatchSize = 1000;
    private const int Kept = 2000;

    private readonly IdFollower events = new(Patience);
    private readonly IdFollower notifications = new(Patience);
    private readonly Listeners<LiveBatch> listeners = new(log);

    /// <summary>Rung by who begins to listen: what nobody watches is followed at intervals, not at each commit.</summary>
    private readonly Bell watched = new();
    private readonly Lock gate = new();
    private readonly Queue<LiveChange> kept = new();
    private bool started;

    /// <summary>The position in the feed; what a page read at this position holds every change up to here.</summary>
    public long Position
    {
        get
        {
            lock (gate)
                return events.Highest;
        }
    }

    /// <summary>Calls <paramref name="listener"/> with every batch from now on, on the feed's thread: it must only hand over.</summary>
    /// <returns>Dispose it to stop listening.</returns>
    public IDisposable Subscribe(Action<LiveBatch> listener)
    {
        var subscription = listeners.Add(listener);
        watched.Ring();
        return subscription;
    }

    /// <summary>Changes after a position, for a page that was read a moment before it began to listen; old ones are forgotten.</summary>
    public IReadOnlyList<LiveChange> Since(long position)
    {
        lock (gate)
            return kept.Where(c => c.EventId > position).ToList();
    }

    /// <summary>Reads what is new and tells the listeners.</summary>
    /// <returns>Whether there was anything.</returns>
    public async Task<bool> ReadAsync(CancellationToken cancellationToken)
    {
        await using var db = databases.CreateDbContext();
        if (!started)
        {
            await StartAsync(db, cancellationToken);
            return false;
        }
        var batch = new LiveBatch(
            await ReadChangesAsync(db, cancellationToken),
            await ReadNewsAsync(db, cancellationToken)
        );
        if (batch.Changes.Count == 0 && batch.News.Count == 0)
            return false;
        listeners.Tell(batch);
        return true;
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                var more = await ReadAsync(stoppingToken); // there may be more than one batch
                if (more && listeners.Any)
                    await Task.Delay(Breath, stoppingToken);
                else if (listeners.Any)
                    await bells.Events.WaitAsync(PollInterval, stoppingToken);
                else if (!more)
                    await watched.WaitAsync(PollInterval, stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception exception)
            {
                log.LogWarning(exception, "Live changes cannot be read; the next attempt follows");
                await Task.Delay(PollInterval, stoppingToken);
            }
        }
    }

    private async Task StartAsync(HelpdeskDbContext db, CancellationToken cancellationToken)
    {
        var lastEvents = await db
            .TicketEvents.OrderByDescending(e => e.Id)
            .Take(Recent)
            .Select(e => e.Id)
            .ToListAsync(cancellationToken);
        var lastNotifications = await db
            .Notifications.OrderByDescending(n => n.Id)
            .Take(Recent)
            .Select(n => n.Id)
            .ToListAsync(cancellationToken);
        lock (gate)
            events.Start(lastEvents, time.GetUtcNow());
        notifications.Start(lastNotifications, time.GetUtcNow());
        started = true;
    }

    private async Task<IReadOnlyList<LiveChange>> ReadChangesAsync(
        HelpdeskDbContext db,
        CancellationToken cancellationToken
    )
    {
        var (highest, missing) = (events.Highest, events.Missing.ToArray());
        var rows = await (
            missing.Length == 0
                ? db.TicketEvents.Where(e => e.Id > highest)
                : db.TicketEvents.Where(e => e.Id > highest || EF.Parameter(missing).Contains(e.Id))
        )
            .OrderBy(e => e.Id)
            .Take(BatchSize)
            .Select(e => new LiveChange(e.Id, e.TicketId, e.Kind, e.ActorId))
            .ToListAsync(cancellationToken);
        lock (gate)
        {
            var fresh = events.Take(rows.Select(r => r.EventId), time.GetUtcNow());
            rows.RemoveAll(r => !fresh.Contains(r.EventId));
            foreach (var row in rows)
                kept.Enqueue(row);
            while (kept.Count > Kept)
                kept.Dequeue();
        }
        return rows;
    }

    // Customers' notifications count too: their ids would be gaps otherwise.
    private async Task<IReadOnlyList<LiveNews>> ReadNewsAsync(HelpdeskDbContext db, CancellationToken cancellationToken)
    {
        var (highest, missing) = (notifications.Highest, notifications.Missing.ToArray());
        var rows = await (
            missing.Length == 0
                ? db.Notifications.Where(n => n.Id > highest)
                : db.Notifications.Where(n => n.Id > highest || EF.Parameter(missing).Contains(n.Id))
        )
            .OrderBy(n => n.Id)
            .Take(BatchSize)
            .Select(n => new
            {
                n.Id,
                n.UserId,
                n.Kind,
                n.TicketId,
            })
            .ToListAsync(cancellationToken);
        var fresh = notifications.Take(rows.Select(r => r.Id), time.GetUtcNow());
        return rows.Where(r => r.UserId is not null && fresh.Contains(r.Id))
            .Select(r => new LiveNews(r.Id, r.UserId!.Value, r.Kind, r.TicketId))
            .ToList();
    }
}
