using Helpdesk.Routing.Learning;
using Helpdesk.Tickets.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Helpdesk.Routing;

/// <summary>
/// Sees to it that every ticket that routing owes a decision gets one: takes them in batches, one at a time. A batch that cannot be committed
/// falls apart into single tickets, so one bad ticket holds up nobody.
/// </summary>
public sealed class TicketRouting(
    IDbContextFactory<HelpdeskDbContext> databases,
    RoutingBatch batches,
    LiveModels models,
    RoutingMetrics metrics,
    TimeProvider time,
    IOptions<RoutingOptions> options,
    ILogger<TicketRouting> log
) : IDisposable
{
    private const int MostConflicts = 5;
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(30);

    /// <summary>Tickets that could not be committed alone; left for a while so that they do not stop the line.</summary>
    private readonly Dictionary<long, DateTimeOffset> _paused = [];
    private readonly UnreadTickets _unread = new();
    private readonly SemaphoreSlim _turn = new(1, 1);

    /// <summary>Takes one batch.</summary>
    /// <returns>Tickets looked at; 0 when none waited.</returns>
    public async Task<int> RunAsync(CancellationToken cancellationToken = default)
    {
        await _turn.WaitAsync(cancellationToken);
        try
        {
            var due = await DueAsync(cancellationToken);
            if (due.Count == 0)
                return 0;
            var started = time.GetTimestamp();
            await RouteAsync(due, isLate: false, cancellationToken);
            metrics.Took(time.GetElapsedTime(started), due.Count);
            return due.Count;
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>
    /// Classifies what was decided while there was no model to read it with, as soon as there is one: decided anew while nobody has begun to work on it,
    /// else only classified, in the hands it is in. What a model fails on waits for the next one. Takes one batch, the oldest, so that new requests
    /// do not wait for old ones.
    /// </summary>
    /// <returns>Tickets looked at; 0 when none is left for now.</returns>
    public async Task<int> ReadLateAsync(CancellationToken cancellationToken = default)
    {
        await _turn.WaitAsync(cancellationToken);
        try
        {
            await using var db = await databases.CreateDbContextAsync(cancellationToken);
            // asked for each time only where something waits for it
            var live = _unread.AwaitsModel ? await models.GetAsync(db, cancellationToken) : models.Current;
            if (live.Topics is null)
                return 0;
            if (_unread.IsToBeLookedFor(live.TopicsId))
                await _unread.FindAsync(db, live.TopicsId, Paused(), cancellationToken);
            var batch = _unread.Next(options.Value.BatchSize);
            if (batch.Count == 0)
                return 0;
            await RouteAsync(batch, isLate: true, cancellationToken);
            _unread.Given(batch, isFailed: _paused.ContainsKey);
            return batch.Count;
        }
        finally
        {
            _turn.Release();
        }
    }

    public void Dispose() => _turn.Dispose();

    private List<long> Paused()
    {
        var now = time.GetUtcNow();
        foreach (var (id, until) in _paused.ToList())
            if (until <= now)
                _paused.Remove(id);
        return [.. _paused.Keys];
    }

    private async Task<List<long>> DueAsync(CancellationToken cancellationToken)
    {
        var left = Paused();
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        return await db
            .Tickets.Where(RoutingBatch.IsDue)
            .Where(t => !left.Contains(t.Id))
            .OrderBy(t => t.Id)
            .Select(t => t.Id)
            .Take(options.Value.BatchSize)
            .ToListAsync(cancellationToken);
    }

    private async Task RouteAsync(List<long> ids, bool isLate, CancellationToken cancellationToken)
    {
        try
        {
            await RouteTogetherAsync(ids, isLate, cancellationToken);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            if (ids.Count > 1)
                log.LogInformation(
                    "{Count} tickets could not be routed together ({Error})",
                    ids.Count,
                    e.GetType().Name
                );
            foreach (var id in ids)
                await RouteAloneAsync(id, isLate, cancellationToken);
        }
    }

    private async Task RouteAloneAsync(long id, bool isLate, CancellationToken cancellationToken)
    {
        for (var conflicts = 0; ; conflicts++)
        {
            try
            {
                await RouteTogetherAsync([id], isLate, cancellationToken);
                return;
            }
            catch (DbUpdateException) when (conflicts < MostConflicts)
            {
                // somebody changed the ticket, or gave the person work, at the same moment: decide on what is there now
            }
            catch (Exception e) when (e is not OperationCanceledException)
            {
                log.LogError(e, "Ticket {TicketId} could not be routed", id);
                metrics.Failed("commit");
                _paused[id] = time.GetUtcNow() + Pause;
                if (isLate)
                    _unread.LeaveForLater();
                return;
            }
        }
    }

    private async Task RouteTogetherAsync(IReadOnlyList<long> ids, bool isLate, CancellationToken cancellationToken)
    {
        if (await batches.CommitAsync(ids, isLate, cancellationToken))
            _unread.LeaveForLater();
    }
}
