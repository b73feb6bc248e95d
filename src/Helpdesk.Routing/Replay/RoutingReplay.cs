using Helpdesk.Routing.Classification;
using Helpdesk.Routing.Learning;
using Helpdesk.Routing.Rules;
using Helpdesk.Tickets.Data;
using Helpdesk.Tickets.Settings;
using Microsoft.EntityFrameworkCore;

namespace Helpdesk.Routing.Replay;

/// <summary>
/// Runs past days again, once as the desk stands and once changed, and compares the two. Comparing with what really happened
/// would mix the change with everything a simulation leaves out; two runs of the same simulation differ by the change alone.
/// </summary>
public sealed class RoutingReplay(
    IDbContextFactory<HelpdeskDbContext> databases,
    DeskDirectory directory,
    LiveRules rules,
    LiveModels models
) : IDisposable
{
    /// <summary>Of a longer time only the latest are replayed.</summary>
    public const int MostTickets = 20_000;

    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(30);

    // a replay keeps a processor busy for seconds, and the desk has other work
    private readonly SemaphoreSlim _oneAtATime = new(1);

    /// <exception cref="InvalidDataException">The configuration names something that there is not, or makes no sense; or others are at it for long.</exception>
    public async Task<ReplayResult> RunAsync(
        DateTimeOffset from,
        DateTimeOffset to,
        ReplayConfig config,
        CancellationToken cancellationToken = default
    )
    {
        if (config.Problem() is { } problem)
            throw new InvalidDataException(problem);
        if (!await _oneAtATime.WaitAsync(LongestWait, cancellationToken))
            throw new InvalidDataException("Somebody else is running past days again. Try it in a minute.");
        try
        {
            return await CompareAsync(from, to, config, cancellationToken);
        }
        finally
        {
            _oneAtATime.Release();
        }
    }

    public void Dispose() => _oneAtATime.Dispose();

    private async Task<ReplayResult> CompareAsync(
        DateTimeOffset from,
        DateTimeOffset to,
        ReplayConfig config,
        CancellationToken cancellationToken
    )
    {
        var picture = await directory.GetAsync(cancellationToken);
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        var inForce = await rules.GetAsync(db, cancellationToken);
        var staff = await ReplayStaff.LoadAsync(db, cancellationToken);
        var people = staff.People;
        var changedPeople = staff.Changed(config.People, from, to);
        var weights = config.WeightsOver(inForce);
        var wordsDiffer =
            (weights.Words, weights.MostForText) != (inForce.Priority.Words, inForce.Priority.MostForText);
        var past = await PastDays.LoadAsync(db, from, to, picture, wordsDiffer, cancellationToken);
        var topics = config.Model is { } model
            ? await ReadAgainAsync(db, model, past.Tickets, cancellationToken)
            : null;
        var now = past.Tickets.ConvertAll(t => past.Request(t, t.TopicId, inForce.Priority));
        var changed = past.Tickets.ConvertAll(t =>
            past.Request(
                t,
                topics is null ? t.TopicId
                    : topics.GetValueOrDefault(t.Id) is { } key ? picture.TopicsByKey.GetValueOrDefault(key)?.Id
                    : null,
                weights
            )
        );
        return new ReplayComparison(past, people, changedPeople, inForce.Priority, weights).Of(
            past.IsCut ? past.Tickets.Min(t => t.At) : from,
            to,
            Run(people, now, to, inForce.VipMargin, cancellationToken),
            Run(changedPeople, changed, to, config.VipMargin ?? inForce.VipMargin, cancellationToken)
        );
    }

    private static SimulatedRun Run(
        List<SimulatedPerson> people,
        List<SimulatedRequest> requests,
        DateTimeOffset end,
        double margin,
        CancellationToken cancellationToken
    ) => DeskSimulation.Run(people, requests, SimulatedStrategy.Routing, end, margin, cancellationToken);

    private async Task<Dictionary<long, string?>> ReadAgainAsync(
        HelpdeskDbContext db,
        int modelId,
        List<PastTicket> past,
        CancellationToken cancellationToken
    )
    {
        var model =
            await models.FindAsync(db, modelId, cancellationToken)
            ?? throw new InvalidDataException($"There is no model {modelId} that can be read here.");
        var texts = await RequestText.ReadAsync(
            db,
            past.ConvertAll(p => p.Id),
            TrainingMaterial.MostCharacters,
            cancellationToken
        );
        var topics = new Dictionary<long, string?>();
        foreach (var (id, text) in texts)
        {
            cancellationToken.ThrowIfCancellationRequested();
            topics[id] = RequestClassifier.Read(model, text).Topic;
        }
        return topics;
    }
}
