using Helpdesk.Routing.Learning;
using Helpdesk.Tickets.Blobs;
using Helpdesk.Tickets.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Helpdesk.Routing.Spam;

/// <summary>Learns the desk's spam filter from its people's judgements, and keeps this process's copy of it.</summary>
public sealed class SpamLearning(
    IDbContextFactory<HelpdeskDbContext> databases,
    IOptions<RoutingOptions> options,
    TimeProvider time,
    ILogger<SpamLearning> log
)
{
    /// <summary>A filter that catches less of the spam held out than this is not worth its trouble.</summary>
    private const double LeastCaught = 0.2;

    /// <summary>A new filter may catch so much less than the one before; what is held out differs from time to time.</summary>
    private const double MostLost = 0.15;
    private const int MostOfAKind = 2_000;
    private const int KeptModels = 3;
    private static readonly TimeSpan MostAge = TimeSpan.FromDays(1);
    private static readonly TimeSpan LookAgain = TimeSpan.FromSeconds(15);

    private sealed record Entry(int? Id, SpamModel? Model, DateTimeOffset LookedAt);

    private volatile Entry _live = new(null, null, DateTimeOffset.MinValue);

    /// <summary>Learns anew when people have judged since. Costs seconds of arithmetic at most; meant for a schedule.</summary>
    /// <returns>Whether a filter was trained.</returns>
    public async Task<bool> RefreshAsync(CancellationToken cancellationToken = default)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        var material = await SpamMaterial.LoadAsync(
            db,
            Math.Min(MostOfAKind, options.Value.TrainingTickets),
            time.GetUtcNow(),
            cancellationToken
        );
        var kept = await db.Set<ClassifierModel>()
            .Where(m => m.Kind == ModelKind.Spam)
            .OrderByDescending(m => m.Id)
            .ToListAsync(cancellationToken);
        if (!material.IsEnough)
        {
            // judgements were taken back: what was learned from them goes too
            if (kept.Exists(m => m.IsActive))
            {
                kept.ForEach(m => m.IsActive = false);
                await db.SaveChangesAsync(cancellationToken);
            }
            return false;
        }
        var judged = material.Examples.Count(e => e.IsSpam);
        if (kept.FirstOrDefault() is { } newest && IsUpToDate(newest, judged, material.Examples.Count))
            return false;
        var model = await Task.Factory.StartNew(
            () => SpamModel.Train(material.Examples, cancellationToken),
            cancellationToken,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default
        );
        if (model is null)
            return false;
        var caught = (double)model.Trial.Caught / model.Trial.Spam;
        log.LogInformation(
            "Learned to know spam from {Spam} and {Good} judged mails; {Caught:P0} of what was held out is caught with no good mail lost",
            model.Trial.Spam,
            model.Trial.Good,
            caught
        );
        var now = time.GetUtcNow();
        // one bad batch of judgements does not replace a filter that is clearly better
        // the best of those kept is the measure, not the last: else each could be a little worse than the one before
        var best = kept.Select(m => m.HeldOutAccuracy).DefaultIfEmpty(0).Max();
        var isUsed = caught >= LeastCaught && (!kept.Exists(m => m.IsActive) || caught >= best - MostLost);
        if (isUsed || caught < LeastCaught)
            kept.ForEach(m => m.IsActive = false);
        db.Add(
            new ClassifierModel
            {
                Kind = ModelKind.Spam,
                Format = SpamModel.Format,
                BlobHash = await Blob.PutAsync(db, model.ToBytes(), cancellationToken),
                TrainedAt = now,
                DataFrom = material.Examples.Min(e => e.At),
                DataTo = material.Examples.Max(e => e.At),
                Examples = material.Examples.Count,
                Tickets = material.Examples.Count,
                Topics = judged,
                HeldOut = model.Trial.Spam,
                HeldOutAccuracy = caught,
                IsActive = isUsed,
                PromotedAt = isUsed ? now : null,
            }
        );
        var old = kept.Skip(KeptModels).Where(m => !m.IsActive).ToList();
        db.RemoveRange(old);
        await db.SaveChangesAsync(cancellationToken);
        await ModelTraining.DropBytesAsync(db, old.ConvertAll(m => m.BlobHash), cancellationToken);
        ModelTraining.GiveMemoryBack();
        _live = _live with { LookedAt = DateTimeOffset.MinValue };
        return true;
    }

    // of each kind only the newest are read, so new judgements need not change the numbers
    private bool IsUpToDate(ClassifierModel newest, int judged, int examples) =>
        newest.Topics == judged && newest.Examples == examples && time.GetUtcNow() - newest.TrainedAt < MostAge;

    /// <summary>The filter in use; null while there is none. Another node's new filter is seen within some seconds.</summary>
    public async ValueTask<SpamModel?> FindAsync(CancellationToken cancellationToken = default)
    {
        var live = _live;
        var age = time.GetUtcNow() - live.LookedAt;
        if (age >= TimeSpan.Zero && age < LookAgain)
            return live.Model;
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        var active = await db.Set<ClassifierModel>()
            .AsNoTracking()
            .Where(m => m.Kind == ModelKind.Spam && m.IsActive && m.Format == SpamModel.Format)
            .OrderByDescending(m => m.Id)
            .Select(m => new { m.Id, m.BlobHash })
            .FirstOrDefaultAsync(cancellationToken);
        var model = active?.Id == live.Id ? live.Model : await ReadAsync(db, active?.BlobHash, cancellationToken);
        _live = new(active?.Id, model, time.GetUtcNow());
        return model;
    }

    private async Task<SpamModel?> ReadAsync(HelpdeskDbContext db, string? hash, CancellationToken cancellationToken)
    {
        if (hash is null)
            return null;
        var blob = await db.Blobs.AsNoTracking().SingleOrDefaultAsync(b => b.Hash == hash, cancellationToken);
        try
        {
            return blob is null ? null : SpamModel.Load(blob.Read());
        }
        catch (InvalidDataException damaged)
        {
            log.LogError(damaged, "The spam filter cannot be read; mail goes on without it");
            return null;
        }
    }
}
