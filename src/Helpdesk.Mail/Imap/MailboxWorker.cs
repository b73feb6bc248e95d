using Helpdesk.Tickets.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Helpdesk.Mail.Imap;

/// <summary>Keeps one visit going for each mailbox that is switched on, each by itself: a server that is away holds up no other mailbox.</summary>
public sealed class MailboxWorker(
    MailboxHouse house,
    IDbContextFactory<HelpdeskDbContext> databases,
    IOptions<StorageOptions> storage,
    IOptions<ImapOptions> options,
    TimeProvider time,
    ILogger<MailboxWorker> log
) : BackgroundService
{
    private static readonly TimeSpan LookAround = TimeSpan.FromSeconds(5);

    private readonly Guid me = Guid.NewGuid();
    private readonly Dictionary<int, (int Revision, Task Task, CancellationTokenSource Stop)> going = [];

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await Task.Yield();
        if (!options.Value.IsOn)
            return;
        var isFirst = storage.Value.Provider is StorageProvider.Sqlite;
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                if (isFirst)
                    await ReleaseAsync(stoppingToken); // nobody else works on this file
                isFirst = false;
                await LookAsync(stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                break;
            }
            catch (Exception e)
            {
                log.LogError(e, "The list of mailboxes could not be read; it is tried again");
            }
            await Task.Delay(LookAround, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
        await Task.WhenAll(going.Values.Select(g => g.Task));
        foreach (var (_, _, stop) in going.Values)
            stop.Dispose();
        await ReleaseMineAsync();
    }

    private async Task LookAsync(CancellationToken stoppingToken)
    {
        await using var db = await databases.CreateDbContextAsync(stoppingToken);
        var wanted = await db.Set<ImapMailbox>()
            .Where(m => m.IsOn)
            .Select(m => new { m.Id, m.Revision })
            .ToDictionaryAsync(m => m.Id, m => m.Revision, stoppingToken);
        foreach (var (id, (revision, task, stop)) in going.ToList())
        {
            if (!task.IsCompleted && wanted.TryGetValue(id, out var now) && now == revision)
                continue;
            await stop.CancelAsync();
            await task;
            stop.Dispose();
            going.Remove(id);
        }
        foreach (var (id, revision) in wanted)
        {
            if (going.ContainsKey(id))
                continue;
            var stop = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken);
            going[id] = (revision, KeepGoingAsync(id, stop.Token), stop);
        }
    }

    /// <summary>Visit after visit until told to stop; the pause between two that fail grows.</summary>
    private async Task KeepGoingAsync(int id, CancellationToken cancellationToken)
    {
        await Task.Yield();
        var pause = TimeSpan.Zero;
        while (!cancellationToken.IsCancellationRequested)
        {
            var began = time.GetTimestamp();
            var isFine = await VisitAsync(id, cancellationToken);
            // a connection that held for a while is no sign of a server that does not work
            if (isFine || time.GetElapsedTime(began) > options.Value.LongestPause)
                pause = options.Value.FirstPause;
            else
                pause = TimeSpan.FromTicks(
                    Math.Clamp(pause.Ticks * 2, options.Value.FirstPause.Ticks, options.Value.LongestPause.Ticks)
                );
            // not all mailboxes of a server that comes back at the same moment
            var jitter = 0.8 + Random.Shared.NextDouble() * 0.4;
            await Task.Delay(pause * jitter, time, cancellationToken)
                .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <returns>Whether it got anywhere.</returns>
    private async Task<bool> VisitAsync(int id, CancellationToken cancellationToken)
    {
        var isFine = false;
        using var visit = new MailboxVisit(house, id, me);
        try
        {
            for (
                var isOurs = await visit.BeginAsync(cancellationToken);
                isOurs;
                isOurs = await visit.GoOnAsync(cancellationToken)
            )
                isFine = true;
            await visit.EndAsync(cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // the program stops, or the mailbox was changed
        }
        catch (ImapException e)
        {
            log.LogWarning("Mailbox {Mailbox}: {Kind}", id, e.Kind); // the server's words stand in its account
            await NoteAsync(id, e.Kind, e.Message);
        }
        catch (Exception e)
        {
            log.LogError(e, "Mailbox {Mailbox}: the visit ended by a defect or by trouble with the database", id);
            await NoteAsync(id, ImapTroubleKind.Storage, e.Message);
        }
        return isFine || visit.PassedCount > 0;
    }

    private async Task NoteAsync(int id, ImapTroubleKind kind, string error)
    {
        try
        {
            await using var db = await databases.CreateDbContextAsync(CancellationToken.None);
            if (await db.Set<ImapMailbox>().SingleOrDefaultAsync(m => m.Id == id) is { } row)
            {
                row.Fail(kind, error, time.GetUtcNow());
                await db.SaveChangesAsync();
            }
        }
        catch (Exception e)
        {
            log.LogError(e, "Mailbox {Mailbox}: its trouble could not be noted", id);
        }
    }

    private async Task ReleaseAsync(CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        await db.Set<ImapMailbox>()
            .Where(m => m.Holder != null)
            .ExecuteUpdateAsync(m => m.SetProperty(x => x.Holder, (Guid?)null), cancellationToken);
    }

    private async Task ReleaseMineAsync()
    {
        try
        {
            await using var db = await databases.CreateDbContextAsync(CancellationToken.None);
            await db.Set<ImapMailbox>()
                .Where(m => m.Holder == me)
                .ExecuteUpdateAsync(m => m.SetProperty(x => x.Holder, (Guid?)null));
        }
        catch (Exception e)
        {
            log.LogWarning("Mailboxes could not be given back ({Error}); others wait until the claim ends", e.Message);
        }
    }
}
