using System.Text.Json;
using Helpdesk.Routing.Classification;
using Helpdesk.Routing.Decisions;
using Helpdesk.Tickets.Blobs;
using Helpdesk.Tickets.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;

namespace Helpdesk.Routing.Learning;

/// <summary>The models in use.</summary>
/// <param name="Topics">Null on a desk that has nothing to learn from.</param>
/// <param name="Complexity">Null until there is history: the stated rule holds.</param>
public sealed record Models(int? TopicsId, ITextClassifier? Topics, int? ComplexityId, ComplexityModel? Complexity)
{
    public static Models None { get; } = new(null, null, null, null);
}

/// <summary>Keeps this process's copy of the active models; another node's new model is seen at the next look.</summary>
public sealed class LiveModels(IEnumerable<ITextClassifierTrainer> trainers, TimeProvider time, ILogger<LiveModels> log)
{
    /// <summary>One that cannot be read is tens of megabytes, and seldom mended.</summary>
    private static readonly TimeSpan TriedAgainAfter = TimeSpan.FromMinutes(5);
    private readonly ITextClassifierTrainer[] _trainers = [.. trainers];
    private static readonly TimeSpan MovedAgainAfter = TimeSpan.FromMinutes(1);
    private volatile Models _models = Models.None;
    private volatile Movable? _movable;
    private volatile Unreadable? _unreadable;

    private sealed record Unreadable(int Id, DateTimeOffset Until);

    /// <summary>The topic model as it was trained, and the corrections it has been moved by since.</summary>
    private sealed record Movable(int Id, ITextClassifier Trained, List<TicketExample> By, DateTimeOffset Until);

    /// <summary>The models that were active when this process last looked; never touches the database.</summary>
    public Models Current => _models;

    /// <summary>The last active topic model that this process could not read; null when there was none.</summary>
    public int? UnreadableId => _unreadable?.Id;

    public async Task<Models> GetAsync(HelpdeskDbContext db, CancellationToken cancellationToken)
    {
        var active = await db.Set<ClassifierModel>()
            .AsNoTracking()
            .Where(m => m.IsActive)
            .OrderByDescending(m => m.Id)
            .Select(m => new
            {
                m.Id,
                m.Kind,
                m.Format,
                m.BlobHash,
                m.TrainedAt,
            })
            .ToListAsync(cancellationToken);
        var known = _models;
        var topics = active.Find(m => m.Kind is ModelKind.Topics);
        if (topics?.Id != known.TopicsId && !IsLeft(topics?.Id))
        {
            var read = topics is null ? null : await ReadAsync(db, topics.BlobHash, topics.Format, cancellationToken);
            if (topics is not null && read is null)
            {
                // a model nobody here can read is looked at again later, and the one before goes on
                _unreadable = new(topics.Id, time.GetUtcNow() + TriedAgainAfter);
            }
            else
            {
                (known, _unreadable) = (known with { TopicsId = topics?.Id, Topics = read }, null);
                // the bytes it was read from, and the model before, are tens of megabytes that an idle desk would keep for hours
                ModelTraining.GiveMemoryBack();
            }
        }
        if (topics is not null && known.Topics is { } inUse && known.TopicsId == topics.Id)
            known = known with { Topics = await MovedAsync(db, topics.Id, inUse, topics.TrainedAt, cancellationToken) };
        var complexity = active.Find(m => m.Kind is ModelKind.Complexity);
        if (complexity?.Id != known.ComplexityId)
        {
            var blob = complexity is null ? null : await BlobAsync(db, complexity.BlobHash, cancellationToken);
            known = known with
            {
                ComplexityId = complexity?.Id,
                Complexity = blob is null
                    ? null
                    : JsonSerializer.Deserialize(blob.Read(), DecisionJson.Default.ComplexityModel),
            };
        }
        return _models = known;
    }

    /// <summary>Looks each minute for what people corrected since.</summary>
    private async Task<ITextClassifier> MovedAsync(
        HelpdeskDbContext db,
        int id,
        ITextClassifier inUse,
        DateTimeOffset trainedAt,
        CancellationToken cancellationToken
    )
    {
        var movable = _movable?.Id == id ? _movable : new Movable(id, inUse, [], default);
        var now = time.GetUtcNow();
        if (now < movable.Until)
            return inUse;
        var fresh = await FreshCorrections.LoadAsync(db, trainedAt, cancellationToken);
        var moved = fresh.SequenceEqual(movable.By) ? inUse : movable.Trained.With(fresh);
        _movable = movable with { By = fresh, Until = now + MovedAgainAfter };
        return moved;
    }

    private bool IsLeft(int? id) => _unreadable is { } left && left.Id == id && time.GetUtcNow() < left.Until;

    /// <summary>A stored topic model as it was trained, in use or not; null when there is none of that id, or nobody here can read it.</summary>
    public async Task<ITextClassifier?> FindAsync(HelpdeskDbContext db, int id, CancellationToken cancellationToken)
    {
        if (_movable is { } loaded && loaded.Id == id)
            return loaded.Trained;
        var row = await db.Set<ClassifierModel>()
            .AsNoTracking()
            .SingleOrDefaultAsync(m => m.Id == id && m.Kind == ModelKind.Topics, cancellationToken);
        return row is null ? null : await ReadAsync(db, row.BlobHash, row.Format, cancellationToken);
    }

    private async Task<ITextClassifier?> ReadAsync(
        HelpdeskDbContext db,
        string hash,
        string format,
        CancellationToken cancellationToken
    )
    {
        var reader = Array.Find(_trainers, t => t.Format == format);
        if (reader is null)
            log.LogError("No trainer here reads models of the format {Format}", format);
        var blob = reader is null ? null : await BlobAsync(db, hash, cancellationToken);
        try
        {
            return blob is null ? null : reader!.Load(blob.Read());
        }
        catch (Exception damaged)
        {
            log.LogError(damaged, "The active model cannot be read");
            return null;
        }
    }

    private static Task<Blob?> BlobAsync(HelpdeskDbContext db, string hash, CancellationToken cancellationToken) =>
        db.Blobs.AsNoTracking().SingleOrDefaultAsync(b => b.Hash == hash, cancellationToken);
}
