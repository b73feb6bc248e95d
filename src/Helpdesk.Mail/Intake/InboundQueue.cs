using System.Collections.Concurrent;
using Helpdesk.Tickets.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Helpdesk.Mail.Intake;

/// <summary>
/// Takes mails in: on the disk first, understood later. Whoever comes while a commit is on its way waits for the next one
/// together with all the others, so many senders share one sync of the disk. The same mail twice is one row.
/// </summary>
public sealed class InboundQueue(
    IDbContextFactory<HelpdeskDbContext> databases,
    Bells bells,
    DiskRoom disk,
    Failpoints failpoints,
    MailMetrics metrics,
    TimeProvider time,
    IOptions<IntakeOptions> options,
    ILogger<InboundQueue> log
) : IDisposable
{
    /// <summary>Remark on a mail whose Message-ID came before with other content.</summary>
    public const string RepeatsMessageId = "repeats-message-id";

    private const int MaxTogether = 100;
    private const int MaxBytesTogether = 32 * 1024 * 1024;

    private readonly ConcurrentQueue<Waiting> arrived = new();
    private readonly SemaphoreSlim turn = new(1, 1);

    private sealed class Waiting(InboundMail mail)
    {
        public InboundMail Mail { get; } = mail;
        public Acceptance? Answer { get; set; }

        /// <summary>Its sender was asked to try later.</summary>
        public volatile bool GivenUp;
    }

    /// <summary>Stores one mail. Callers may come from any thread at once.</summary>
    /// <param name="raw">As received; not used after the answer.</param>
    public async ValueTask<Acceptance> AcceptAsync(
        ReadOnlyMemory<byte> raw,
        MailEnvelope envelope,
        CancellationToken cancellationToken = default
    )
    {
        if (!disk.Has(options.Value.MinFreeBytes))
            return new Acceptance.TryLater(DiskFull: true);
        var waiting = new Waiting(InboundMail.Of(raw, envelope, time.GetUtcNow()));
        arrived.Enqueue(waiting);
        if (!await TakeTurnAsync(waiting, cancellationToken))
            return new Acceptance.TryLater(DiskFull: false);
        try
        {
            while (waiting.Answer is null)
                await StoreAsync(NextGroup());
        }
        finally
        {
            turn.Release();
        }
        if (waiting.Answer is Acceptance.Stored stored)
            metrics.Received(envelope.Channel, stored.AlreadyThere);
        return waiting.Answer;
    }

    public void Dispose() => turn.Dispose();

    private async Task<bool> TakeTurnAsync(Waiting waiting, CancellationToken cancellationToken)
    {
        try
        {
            waiting.GivenUp = !await turn.WaitAsync(options.Value.StoreTimeout, cancellationToken);
            return !waiting.GivenUp;
        }
        catch (OperationCanceledException)
        {
            waiting.GivenUp = true;
            throw;
        }
    }

    private List<Waiting> NextGroup()
    {
        var group = new List<Waiting>();
        for (var bytes = 0; group.Count < MaxTogether && bytes < MaxBytesTogether; )
        {
            if (!arrived.TryDequeue(out var next))
                break;
            if (next.GivenUp)
                continue;
            group.Add(next);
            bytes += next.Mail.Raw!.Content.Length;
        }
        return group;
    }

    private async Task StoreAsync(List<Waiting> group)
    {
        // nobody's hanging up may stop what others wait for
        using var patience = new CancellationTokenSource(options.Value.StoreTimeout, time);
        try
        {
            failpoints.Hit(Failpoints.BeforeRawCommit);
            await CommitAsync(group, patience.Token);
            failpoints.Hit(Failpoints.AfterRawCommit);
        }
        catch (DbUpdateException) when (group.Count > 1)
        {
            // another node may have stored one of them at this moment, or one cannot be stored at all: each alone
            foreach (var one in group)
                await StoreAsync([one]);
        }
        catch (Exception e)
        {
            log.LogError(e, "{Count} mails could not be stored; their senders were asked to try later", group.Count);
            var later = new Acceptance.TryLater(StorageTrouble.IsDiskFull(e));
            foreach (var one in group)
                one.Answer = later;
        }
    }

    private async Task CommitAsync(List<Waiting> group, CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        db.ChangeTracker.AutoDetectChangesEnabled = false;
        var known = await FindKnownAsync(db, group, cancellationToken);
        var added = new Dictionary<(string, string), InboundMail>();
        var messageKeys = known.Keys.Select(k => k.MessageKey).ToHashSet(StringComparer.Ordinal);
        foreach (var one in group)
        {
            var key = (one.Mail.MessageKey, one.Mail.ContentKey);
            if (known.ContainsKey(key) || !added.TryAdd(key, one.Mail))
                continue;
            if (!messageKeys.Add(key.MessageKey))
                one.Mail.Remark(RepeatsMessageId);
            db.Add(one.Mail);
        }
        await db.SaveChangesAsync(cancellationToken);
        foreach (var one in group)
        {
            var key = (one.Mail.MessageKey, one.Mail.ContentKey);
            var isNew = added.TryGetValue(key, out var row) && row == one.Mail;
            one.Answer = new Acceptance.Stored(row?.Id ?? known[key], AlreadyThere: !isNew);
        }
        if (added.Count > 0)
            bells.InboundMail.Ring();
    }

    /// <summary>Mails with one of these Message-IDs: the same ones, and some that differ.</summary>
    private static async Task<Dictionary<(string MessageKey, string ContentKey), long>> FindKnownAsync(
        HelpdeskDbContext db,
        List<Waiting> group,
        CancellationToken cancellationToken
    )
    {
        var messages = group.Select(w => w.Mail.MessageKey).Distinct(StringComparer.Ordinal).ToArray();
        var contents = group.Select(w => w.Mail.ContentKey).ToHashSet(StringComparer.Ordinal);
        var known = new Dictionary<(string, string), long>();
        var rows = db.Set<InboundMail>()
            .AsNoTracking()
            .Where(m => messages.Contains(m.MessageKey))
            .Select(m => new
            {
                m.Id,
                m.MessageKey,
                m.ContentKey,
            });
        await foreach (var row in rows.AsAsyncEnumerable().WithCancellation(cancellationToken))
        {
            if (contents.Contains(row.ContentKey) || known.Count < MaxTogether)
                known[(row.MessageKey, row.ContentKey)] = row.Id;
        }
        return known;
    }
}
