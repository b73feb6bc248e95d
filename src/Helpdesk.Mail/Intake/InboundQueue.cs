using System.Collections.Concurrent;
using System.Data.Common;
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
    SqliteWriteGate gate,
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
        catch (DbException e) when (group.Count > 1 && !StorageTrouble.IsPassing(e))
        {
            // one of them cannot be stored at all: each alone
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
        using var turnToWrite = await gate.EnterAsync(cancellationToken);
        await using var commit = await RawCommit.BeginAsync(db, cancellationToken);
        var answers = new List<Acceptance.Stored>(group.Count);
        foreach (var one in group)
            answers.Add(await commit.AddAsync(one.Mail, cancellationToken));
        await commit.CommitAsync(cancellationToken);
        foreach (var (one, answer) in group.Zip(answers))
            one.Answer = answer;
        if (answers.Exists(a => !a.AlreadyThere))
            bells.InboundMail.Ring();
    }
}
