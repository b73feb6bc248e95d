using System.Text.Json;
using Helpdesk.Routing.Classification;
using Helpdesk.Routing.Decisions;
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
public sealed class LiveModels(IEnumerable<ITextClassifierTrainer> trainers, ILogger<LiveModels> log)
{
    private readonly ITextClassifierTrainer[] _trainers = [.. trainers];
    private volatile Models _models = Models.None;

    /// <summary>The models that were active when this process last looked; never touches the database.</summary>
    public Models Current => _models;

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
            })
            .ToListAsync(cancellationToken);
        var known = _models;
        var topics = active.Find(m => m.Kind is ModelKind.Topics);
        if (topics?.Id != known.TopicsId)
        {
            var read = topics is null ? null : await ReadAsync(db, topics.BlobHash, topics.Format, cancellationToken);
            // a model nobody here can read is looked at again next time, and the one before goes on
            known = topics is null || read is not null ? known with { TopicsId = topics?.Id, Topics = read } : known;
            // the bytes it was read from, and the model before, are tens of megabytes that an idle desk would keep for hours
            ModelTraining.GiveMemoryBack();
        }
        var complexity = active.Find(m => m.Kind is ModelKind.Complexity);
        if (complexity?.Id != known.ComplexityId)
        {
            var bytes = complexity is null ? null : await BytesAsync(db, complexity.BlobHash, cancellationToken);
            known = known with
            {
                ComplexityId = complexity?.Id,
                Complexity = bytes is null
                    ? null
                    : JsonSerializer.Deserialize(bytes, DecisionJson.Default.ComplexityModel),
            };
        }
        return _models = known;
    }

    /// <summary>A stored topic model, in use or not; null when there is none of that id, or nobody here can read it.</summary>
    public async Task<ITextClassifier?> FindAsync(HelpdeskDbContext db, int id, CancellationToken cancellationToken)
    {
        if (_models is { Topics: { } live } && _models.TopicsId == id)
            return live;
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
        var bytes = reader is null ? null : await BytesAsync(db, hash, cancellationToken);
        try
        {
            return bytes is null ? null : reader!.Load(bytes);
        }
        catch (InvalidDataException damaged)
        {
            log.LogError(damaged, "The active model cannot be read");
            return null;
        }
    }

    private static async Task<byte[]?> BytesAsync(
        HelpdeskDbContext db,
        string hash,
        CancellationToken cancellationToken
    ) => (await db.Blobs.AsNoTracking().SingleOrDefaultAsync(b => b.Hash == hash, cancellationToken))?.Read();
}
