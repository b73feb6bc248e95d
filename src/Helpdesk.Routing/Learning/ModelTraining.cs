using System.Text.Json;
using Helpdesk.Routing.Classification;
using Helpdesk.Routing.Decisions;
using Helpdesk.Tickets;
using Helpdesk.Tickets.Blobs;
using Helpdesk.Tickets.Data;
using Helpdesk.Tickets.Settings;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Helpdesk.Routing.Learning;

/// <summary>Makes models from the desk's own history and puts them to use.</summary>
public sealed class ModelTraining(
    IDbContextFactory<HelpdeskDbContext> databases,
    DeskDirectory directory,
    ITextClassifierTrainer trainer,
    LiveModels live,
    TimeProvider time,
    IOptions<RoutingOptions> options,
    ILogger<ModelTraining> log
) : IDisposable
{
    /// <summary>Older models are kept for going back.</summary>
    private const int KeptModels = 5;

    /// <summary>Newest texts on which a model is measured: fewer say nothing, more cost time.</summary>
    private const int FewestNewest = 50;
    private const int MostNewest = 2_000;
    private const int NewestShare = 5;

    /// <summary>How much worse on its held-out texts a new model may be, at least.</summary>
    internal const double Tolerance = 0.01;

    /// <summary>One-sided 90 %.</summary>
    internal const double Certainty = 1.2816;
    private const double WorthRetraining = 1.1;
    private const string ComplexityFormat = "helpdesk-complexity-1";
    private static readonly TimeSpan LeastAge = TimeSpan.FromHours(6);
    private static readonly TimeSpan WeekOfTickets = TimeSpan.FromDays(7);
    private readonly SemaphoreSlim _turn = new(1, 1);

    /// <summary>When a model was last trained because the active one could not be read: not again at once, should that not help.</summary>
    private DateTimeOffset _replacedAt;

    /// <summary>Trains when there is no model, when the active one cannot be read, or when the topics are no longer those it knows. The first time a model from
    /// names and phrases alone comes first, so that the desk routes while history is being read.</summary>
    /// <returns>Whether a model was trained.</returns>
    public Task<bool> EnsureAsync(CancellationToken cancellationToken = default) =>
        InTurnAsync(EnsureAsync, cancellationToken);

    /// <summary>Trains anew when a tenth more, or a week, has been finished since, and puts the new model to use unless it
    /// reads its held-out texts worse than the present one did. Asked again within hours, it does nothing.</summary>
    /// <returns>Whether a model was trained.</returns>
    public Task<bool> RefreshAsync(CancellationToken cancellationToken = default) =>
        InTurnAsync(RefreshAsync, cancellationToken);

    public void Dispose() => _turn.Dispose();

    /// <summary>One training at a time: the second would only do the first one's work again.</summary>
    private async Task<bool> InTurnAsync(
        Func<HelpdeskDbContext, CancellationToken, Task<bool>> train,
        CancellationToken cancellationToken
    )
    {
        await _turn.WaitAsync(cancellationToken);
        try
        {
            await using var db = await databases.CreateDbContextAsync(cancellationToken);
            return await train(db, cancellationToken);
        }
        finally
        {
            _turn.Release();
        }
    }

    private async Task<bool> EnsureAsync(HelpdeskDbContext db, CancellationToken cancellationToken)
    {
        var active = await NewestAsync(db, ModelKind.Topics, trainer.Format, cancellationToken);
        var lost = await LostAsync(db, cancellationToken);
        if (active is not null && lost is null && !await IsOutgrownAsync(db, active, cancellationToken))
            return false;
        var material = await TrainingMaterial.LoadAsync(
            db,
            options.Value.TrainingTickets,
            time.GetUtcNow(),
            cancellationToken
        );
        if (material.Topics.Count < 2)
            return false;
        if (lost is not null)
            _replacedAt = time.GetUtcNow();
        var hasNone = active is null || (lost is not null && live.Current.Topics is null);
        if (hasNone && material.Tickets.Count > 0)
            await TrainTopicsAsync(db, material with { Tickets = [] }, quick: true, cancellationToken, lost);
        await TrainTopicsAsync(db, material, quick: false, cancellationToken, lost);
        GiveMemoryBack();
        return true;
    }

    /// <summary>The active model that this process cannot read. One of another program's form is left to that program while an earlier one goes on here:
    /// else two versions that run side by side would replace each other's for ever.</summary>
    private async Task<int?> LostAsync(HelpdeskDbContext db, CancellationToken cancellationToken)
    {
        if (live.UnreadableId is not { } id || time.GetUtcNow() - _replacedAt < LeastAge)
            return null;
        var hasNone = live.Current.Topics is null;
        return await db.Set<ClassifierModel>()
            .AnyAsync(m => m.Id == id && m.IsActive && (hasNone || m.Format == trainer.Format), cancellationToken)
            ? id
            : null;
    }

    /// <summary>Training leaves a hundred megabytes of large arrays behind, and nothing as large follows for hours.</summary>
    internal static void GiveMemoryBack() =>
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);

    private async Task<bool> RefreshAsync(HelpdeskDbContext db, CancellationToken cancellationToken)
    {
        var topics = await NewestAsync(db, ModelKind.Topics, trainer.Format, cancellationToken);
        var trained = IsDue(topics) && await RefreshTopicsAsync(db, topics!, cancellationToken);
        if (IsDue(await NewestAsync(db, ModelKind.Complexity, ComplexityFormat, cancellationToken), evenTheFirst: true))
            trained |= await TrainComplexityAsync(db, cancellationToken);
        return trained;
    }

    private bool IsDue(ClassifierModel? newest, bool evenTheFirst = false) =>
        newest is null ? evenTheFirst : time.GetUtcNow() - newest.TrainedAt >= LeastAge;

    private async Task<bool> RefreshTopicsAsync(
        HelpdeskDbContext db,
        ClassifierModel newest,
        CancellationToken cancellationToken
    )
    {
        var material = await TrainingMaterial.LoadAsync(
            db,
            options.Value.TrainingTickets,
            time.GetUtcNow(),
            cancellationToken
        );
        var more =
            material.Tickets.Count > newest.Tickets && material.Tickets.Count >= newest.Tickets * WorthRetraining;
        var later = material.To - newest.DataTo >= WeekOfTickets;
        if (material.Topics.Count < 2 || !(more || later))
            return false;
        await TrainTopicsAsync(db, material, quick: false, cancellationToken);
        GiveMemoryBack();
        return true;
    }

    /// <summary>The newest of a kind that this program reads, in use or not: one that was not put to use says that there was nothing to gain.</summary>
    private static Task<ClassifierModel?> NewestAsync(
        HelpdeskDbContext db,
        ModelKind kind,
        string format,
        CancellationToken cancellationToken
    ) =>
        db.Set<ClassifierModel>()
            .AsNoTracking()
            .Where(m => m.Kind == kind && m.Format == format)
            .OrderByDescending(m => m.Id)
            .FirstOrDefaultAsync(cancellationToken);

    private static async Task<bool> IsOutgrownAsync(
        HelpdeskDbContext db,
        ClassifierModel newest,
        CancellationToken cancellationToken
    )
    {
        // a topic without a single word cannot be learned, so fewer is no change; more is
        if (await db.Topics.CountAsync(t => t.ParentId != null && !t.IsArchived, cancellationToken) > newest.Topics)
            return true;
        // history came after the first model, or the program was stopped between the quick model and the full one
        return newest.Tickets == 0
            && await db.Tickets.AnyAsync(
                t => t.Status >= TicketStatus.Resolved && t.TopicId != null && (t.TopicIsManual || t.Replies > 0),
                cancellationToken
            );
    }

    private async Task TrainTopicsAsync(
        HelpdeskDbContext db,
        TrainingMaterial material,
        bool quick,
        CancellationToken cancellationToken,
        int? lost = null
    )
    {
        var started = time.GetTimestamp();
        var all = material.All;
        var active = await db.Set<ClassifierModel>()
            .AsNoTracking()
            .Where(m => m.Kind == ModelKind.Topics && m.IsActive)
            .OrderByDescending(m => m.Id)
            .FirstOrDefaultAsync(cancellationToken);
        var present =
            active is null || lost is not null ? null : await live.FindAsync(db, active.Id, cancellationToken);
        var settings = new TrainingOptions
        {
            Cores = options.Value.TrainingCores,
            SkipTrials = quick,
            Newest = quick ? 0 : NewestOf(material.Tickets, present is null ? null : active!.DataTo),
        };
        // training is minutes of pure arithmetic at worst: not on a thread that requests wait for
        var (model, trial) = await Task.Factory.StartNew(
            () =>
            {
                var trained = trainer.Train(all, settings, cancellationToken);
                return (trained.Classifier, Trial.Of(trained, all, present, active?.DataTo, cancellationToken));
            },
            cancellationToken,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default
        );
        var (heldOut, accuracy) = trial is null
            ? (model.Promises.HeldOutExamples, model.Promises.HeldOutAccuracy)
            : (trial.Readings.Count, trial.Accuracy);
        log.LogInformation(
            "Trained on {Examples} examples of {Topics} topics in {Seconds:F1} s; {Accuracy:P1} of {HeldOut} held-out texts right",
            all.Count,
            model.Topics.Count,
            time.GetElapsedTime(started).TotalSeconds,
            accuracy,
            heldOut
        );
        var bytes = model.ToBytes();
        if (lost is not null)
            await MendAsync(db, Blob.Of(bytes.Span), cancellationToken);
        await PutToUseAsync(
            db,
            new ClassifierModel
            {
                Kind = ModelKind.Topics,
                Format = trainer.Format,
                BlobHash = await Blob.PutAsync(db, bytes, cancellationToken),
                TrainedAt = time.GetUtcNow(),
                DataFrom = material.Tickets.Count == 0 ? null : material.From,
                DataTo = material.Tickets.Count == 0 ? null : material.To,
                Examples = all.Count,
                Tickets = material.Tickets.Count,
                Topics = model.Topics.Count,
                HeldOut = heldOut,
                HeldOutAccuracy = accuracy,
                HeldOutFrom = trial?.From,
            },
            cancellationToken,
            lost,
            trial
        );
    }

    /// <summary>How many of the newest the trial does without: the later half of what was finished after the present model, so that both are asked what
    /// neither has seen and the new one shows what the earlier half has taught it; a fifth where there is none, or too little.</summary>
    /// <param name="since">When the newest was finished that the present model learned from.</param>
    internal static int NewestOf(IReadOnlyCollection<TicketExample> tickets, DateTimeOffset? since)
    {
        var most = Math.Min(tickets.Count / NewestShare, MostNewest);
        var later = since is { } known ? Math.Min(tickets.Count(t => t.At > known) / 2, most) : 0;
        var newest = later >= FewestNewest ? later : most;
        return newest >= FewestNewest ? newest : 0;
    }

    /// <summary>The same history gives the same bytes: where these stand damaged, they would be taken for stored.</summary>
    private static Task MendAsync(HelpdeskDbContext db, Blob whole, CancellationToken cancellationToken) =>
        db
            .Blobs.Where(b => b.Hash == whole.Hash)
            .ExecuteUpdateAsync(
                set =>
                    set.SetProperty(b => b.Content, whole.Content)
                        .SetProperty(b => b.IsCompressed, whole.IsCompressed)
                        .SetProperty(b => b.Size, whole.Size),
                cancellationToken
            );

    private async Task<bool> TrainComplexityAsync(HelpdeskDbContext db, CancellationToken cancellationToken)
    {
        var picture = await directory.GetAsync(cancellationToken);
        var handled = await HandledRequests.LoadAsync(db, picture, options.Value.TrainingTickets, cancellationToken);
        if (ComplexityModel.Learn(handled) is not { } model)
            return false;
        var (asked, right, byRule) = ComplexityModel.Try(handled);
        var bytes = JsonSerializer.SerializeToUtf8Bytes(model, DecisionJson.Default.ComplexityModel);
        await PutToUseAsync(
            db,
            new ClassifierModel
            {
                Kind = ModelKind.Complexity,
                Format = ComplexityFormat,
                BlobHash = await Blob.PutAsync(db, bytes, cancellationToken),
                TrainedAt = time.GetUtcNow(),
                Examples = handled.Count,
                Tickets = handled.Count,
                Topics = model.TopicRanks.Count,
                HeldOut = asked,
                HeldOutAccuracy = asked == 0 ? 0 : (double)right / asked,
                HeldOutFrom = asked == 0 ? null : handled.Take(asked).Min(h => h.ResolvedAt),
                RuleAccuracy = asked == 0 ? null : (double)byRule / asked,
                DataFrom = handled.Min(h => h.ResolvedAt),
                DataTo = handled.Max(h => h.ResolvedAt),
            },
            cancellationToken
        );
        return true;
    }

    /// <param name="lost">A model that cannot be read: whatever was measured of it, the new one is better.</param>
    /// <param name="trial">How the newest were read.</param>
    private async Task PutToUseAsync(
        HelpdeskDbContext db,
        ClassifierModel trained,
        CancellationToken cancellationToken,
        int? lost = null,
        Trial? trial = null
    )
    {
        var models = await db.Set<ClassifierModel>()
            .Where(m => m.Kind == trained.Kind)
            .OrderByDescending(m => m.Id)
            .ToListAsync(cancellationToken);
        var active = models.Find(m => m.IsActive);
        var isCompared = trial is { Compared: >= FewestNewest };
        trained.IsActive =
            !(trained.HeldOutAccuracy < trained.RuleAccuracy)
            && (
                active is null
                || active.Id == lost
                || active.Format != trained.Format
                // measured on other texts, more topics look worse than fewer
                || (trained.Topics > active.Topics && !isCompared)
                || active.HeldOut == 0
                || !(isCompared ? trial!.IsWorse() : IsWorse(trained, active))
            );
        if (!trained.IsActive)
            log.LogWarning(
                "The new model reads its held-out texts worse than what is in use (model {Model}); it is not put to use",
                active?.Id
            );
        trained.PromotedAt = trained.IsActive ? trained.TrainedAt : null;
        foreach (var model in models)
            model.IsActive &= !trained.IsActive;
        db.Add(trained);
        var old = models.Where(m => !m.IsActive).Skip(KeptModels).ToList();
        db.RemoveRange(old);
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        await db.SaveChangesAsync(cancellationToken);
        if (trial is not null)
        {
            var topics = await db
                .Topics.Where(t => t.ParentId != null)
                .ToDictionaryAsync(t => t.Key, t => t.Id, cancellationToken);
            db.AddRange(
                trial.Readings.Select(r => new HeldOutReading(
                    trained.Id,
                    r.TicketId,
                    r.Topic is { } key && topics.TryGetValue(key, out var topic) ? topic : null,
                    r.Confidence
                ))
            );
            await db.SaveChangesAsync(cancellationToken);
        }
        await transaction.CommitAsync(cancellationToken);
        await DropBytesAsync(db, old.ConvertAll(m => m.BlobHash), cancellationToken);
    }

    /// <summary>Where too few texts are new to both: whether the new model reads its held-out texts worse by more than measuring wavers: the difference of two shares,
    /// their pooled variance smoothed by one right and one wrong text, so that a handful of texts decides nothing.</summary>
    internal static bool IsWorse(ClassifierModel trained, ClassifierModel active)
    {
        if (active.HeldOut == 0)
            return false;
        if (trained.HeldOut == 0)
            return true; // what was not measured does not replace what was
        double n = trained.HeldOut,
            m = active.HeldOut;
        var share = ((trained.HeldOutAccuracy * n) + (active.HeldOutAccuracy * m) + 1) / (n + m + 2);
        var wavers = Certainty * Math.Sqrt(share * (1 - share) * ((1 / n) + (1 / m)));
        return trained.HeldOutAccuracy < active.HeldOutAccuracy - Math.Max(Tolerance, wavers);
    }

    internal static async Task DropBytesAsync(
        HelpdeskDbContext db,
        List<string> hashes,
        CancellationToken cancellationToken
    )
    {
        if (hashes.Count > 0)
            await db
                .Blobs.Where(b => hashes.Contains(b.Hash) && !db.Set<ClassifierModel>().Any(m => m.BlobHash == b.Hash))
                .ExecuteDeleteAsync(cancellationToken);
    }
}
