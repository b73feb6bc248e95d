using System.Diagnostics;
using Helpdesk.Tickets;
using Helpdesk.Tickets.Access;
using Helpdesk.Tickets.Data;
using Helpdesk.Tickets.Settings;
using Helpdesk.Web.Live;
using Microsoft.EntityFrameworkCore;

namespace Helpdesk.Web.Components.Desk.Queues;

/// <summary>How many tickets each queue of one person has.</summary>
/// <param name="WaitForUs">Of each queue: the desk has the next word.</param>
public sealed record QueueNumbers(
    IReadOnlyDictionary<DeskQueue, long> Total,
    IReadOnlyDictionary<DeskQueue, long> WaitForUs
);

/// <summary>
/// The counts beside the queues. Everybody's come from one grouped question about unresolved tickets, asked at most so often that it costs a
/// node 2 % of one core, whoever looks; nobody's page waits for a count of its own.
/// </summary>
public sealed class QueueCounts : IDisposable
{
    private const int RestFactor = 50;
    private static readonly TimeSpan ShortestRest = TimeSpan.FromMilliseconds(500);

    // "due soon" and "breached" change by themselves
    private static readonly TimeSpan LongestRest = TimeSpan.FromSeconds(30);

    private readonly IDbContextFactory<HelpdeskDbContext> databases;
    private readonly DeskDirectory directory;
    private readonly TimeProvider time;
    private readonly ILogger<QueueCounts> log;
    private readonly Listeners<long> listeners;
    private readonly IDisposable feed;
    private readonly SemaphoreSlim counting = new(1, 1);
    private readonly ITimer timer;
    private volatile Picture? picture;
    private volatile bool isStale;

    public QueueCounts(
        IDbContextFactory<HelpdeskDbContext> databases,
        DeskDirectory directory,
        LiveFeed feed,
        TimeProvider time,
        ILogger<QueueCounts> log
    )
    {
        (this.databases, this.directory, this.time, this.log) = (databases, directory, time, log);
        listeners = new(log);
        timer = time.CreateTimer(_ => _ = RecountAsync(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        this.feed = feed.Subscribe(OnBatch);
    }

    /// <summary>Calls the listener, on any thread, after each new count; while somebody listens, changes are counted by themselves.</summary>
    public IDisposable Subscribe(Action listener) => listeners.Add(_ => listener());

    public async ValueTask<QueueNumbers> ForAsync(Viewer.Staff viewer, CancellationToken cancellationToken = default) =>
        NumbersFor(viewer, (await FreshAsync(cancellationToken)).Groups);

    public void Dispose()
    {
        feed.Dispose();
        timer.Dispose();
        counting.Dispose();
    }

    internal sealed record Group(
        int? TeamId,
        Guid? SpecialistId,
        TicketStatus Status,
        bool IsVip,
        int Count,
        int Late,
        int Soon
    );

    private sealed record Picture(IReadOnlyList<Group> Groups, long CountedAt, TimeSpan Rest);

    internal static QueueNumbers NumbersFor(Viewer.Staff viewer, IReadOnlyList<Group> groups)
    {
        var total = new Dictionary<DeskQueue, long>();
        var waitForUs = new Dictionary<DeskQueue, long>();
        var teamIds = viewer.TeamIds.ToHashSet();
        foreach (var group in groups)
        {
            var isMine = group.SpecialistId == viewer.UserId;
            var isTeams = group.TeamId is { } teamId && teamIds.Contains(teamId);
            if (!(viewer.SeesAll || isMine || isTeams || group.TeamId is null))
                continue;
            Add(DeskQueue.Everything, group.Count);
            if (isMine)
                Add(DeskQueue.Mine, group.Count);
            if (isTeams || QueueQuery.IsEverybodys(viewer))
                Add(DeskQueue.Team, group.Count);
            if (group.SpecialistId is null)
                Add(DeskQueue.Unassigned, group.Count);
            if (group.Status is TicketStatus.Waiting)
                Add(DeskQueue.Waiting, group.Count);
            if (group.IsVip)
                Add(DeskQueue.Vip, group.Count);
            Add(DeskQueue.Breached, group.Late);
            Add(DeskQueue.DueSoon, group.Soon);

            void Add(DeskQueue queue, int count)
            {
                total[queue] = total.GetValueOrDefault(queue) + count;
                if (group.Status is not TicketStatus.Waiting)
                    waitForUs[queue] = waitForUs.GetValueOrDefault(queue) + count;
            }
        }
        return new(total, waitForUs);
    }

    private void OnBatch(LiveBatch batch)
    {
        if (batch.Changes.Count == 0)
            return;
        isStale = true;
        if (listeners.Any)
            timer.Change(RestLeft(), Timeout.InfiniteTimeSpan);
    }

    private async Task RecountAsync()
    {
        try
        {
            await FreshAsync(CancellationToken.None);
        }
        catch (Exception exception)
        {
            log.LogWarning(exception, "The queues could not be counted; the next change tries again");
        }
    }

    private TimeSpan RestLeft()
    {
        if (picture is not { } known)
            return TimeSpan.Zero;
        var left = known.Rest - time.GetElapsedTime(known.CountedAt);
        return left > TimeSpan.Zero ? left : TimeSpan.Zero;
    }

    private bool IsGood(Picture known)
    {
        var age = time.GetElapsedTime(known.CountedAt);
        return age >= TimeSpan.Zero && age < (isStale ? known.Rest : LongestRest);
    }

    private async ValueTask<Picture> FreshAsync(CancellationToken cancellationToken)
    {
        if (picture is { } known && IsGood(known))
            return known;
        await counting.WaitAsync(cancellationToken);
        Picture counted;
        try
        {
            if (picture is { } meanwhile && IsGood(meanwhile))
                return meanwhile;
            isStale = false; // before reading: a change during it makes the next count due
            var started = Stopwatch.GetTimestamp();
            var groups = await CountAsync(cancellationToken);
            var rest = Stopwatch.GetElapsedTime(started) * RestFactor;
            picture = counted = new(groups, time.GetTimestamp(), rest > ShortestRest ? rest : ShortestRest);
        }
        catch
        {
            isStale = true;
            throw;
        }
        finally
        {
            counting.Release();
        }
        listeners.Tell(counted.CountedAt);
        return counted;
    }

    private async Task<IReadOnlyList<Group>> CountAsync(CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var soon = now + QueueQuery.Soon;
        var vips = (await directory.GetAsync(cancellationToken)).Tiers.Values.Where(t => t.IsVip).Select(t => t.Id);
        var vipIds = vips.ToList();
        await using var db = databases.CreateDbContext();
        var rows = await db
            .Tickets.Where(t => t.Status < TicketStatus.Resolved)
            .GroupBy(t => new
            {
                t.TeamId,
                t.SpecialistId,
                t.Status,
                TierId = t.Customer.TierId ?? t.Customer.Organization!.TierId,
            })
            .Select(g => new
            {
                g.Key,
                Count = g.Count(),
                Late = g.Count(t => t.DueAt <= now),
                Soon = g.Count(t => t.DueAt > now && t.DueAt <= soon),
            })
            .ToListAsync(cancellationToken);
        return rows.Select(r => new Group(
                r.Key.TeamId,
                r.Key.SpecialistId,
                r.Key.Status,
                r.Key.TierId is { } tierId && vipIds.Contains(tierId),
                r.Count,
                r.Late,
                r.Soon
            ))
            .ToList();
    }
}
