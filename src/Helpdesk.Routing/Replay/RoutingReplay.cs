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
)
{
    /// <summary>Of a longer time only the latest are replayed.</summary>
    public const int MostTickets = 20_000;

    /// <exception cref="InvalidDataException">The configuration names a person or a model that there is not.</exception>
    public async Task<ReplayResult> RunAsync(
        DateTimeOffset from,
        DateTimeOffset to,
        ReplayConfig config,
        CancellationToken cancellationToken = default
    )
    {
        var picture = await directory.GetAsync(cancellationToken);
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        var inForce = await rules.GetAsync(db, cancellationToken);
        var people = await PeopleAsync(db, cancellationToken);
        var changedPeople = Change(people, config, from, to);
        var past = await PastDays.LoadAsync(db, from, to, picture, cancellationToken);
        var topics = config.Model is { } model
            ? await ReadAgainAsync(db, model, past.Tickets, cancellationToken)
            : null;

        var weights = config.WeightsOver(inForce);
        var now = past.Tickets.ConvertAll(t => past.Request(t, t.TopicId, inForce.Priority));
        var changed = past.Tickets.ConvertAll(t =>
            past.Request(
                t,
                topics is null ? t.TopicId
                    : topics[t.Id] is { } key ? picture.TopicsByKey.GetValueOrDefault(key)?.Id
                    : null,
                weights
            )
        );
        return new ReplayComparison(
            past,
            people.ToDictionary(p => p.Id, p => p.Name),
            people.ToDictionary(p => p.Id, p => p.Capacity),
            inForce.Priority,
            weights
        ).Of(
            from,
            to,
            Run(people, now, to, inForce.VipMargin),
            Run(changedPeople, changed, to, config.VipMargin ?? inForce.VipMargin)
        );
    }

    private static SimulatedRun Run(
        List<SimulatedPerson> people,
        List<SimulatedRequest> requests,
        DateTimeOffset end,
        double margin
    ) => DeskSimulation.Run(people, requests, SimulatedStrategy.Routing, end, margin);

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
        var topics = new Dictionary<long, string?>();
        foreach (var chunk in past.Chunk(500))
        {
            var ids = chunk.Select(p => p.Id).ToList();
            var texts = await RequestText.ReadAsync(
                db.Tickets.Where(t => ids.Contains(t.Id)),
                TrainingMaterial.MostCharacters,
                cancellationToken
            );
            foreach (var text in texts)
            {
                cancellationToken.ThrowIfCancellationRequested();
                topics[text.TicketId] = RequestClassifier.Read(model, text.Text).Topic;
            }
        }
        return topics;
    }

    private static async Task<List<SimulatedPerson>> PeopleAsync(
        HelpdeskDbContext db,
        CancellationToken cancellationToken
    )
    {
        var people = await db
            .Specialists.AsNoTracking()
            .Where(s => s.IsActive)
            .Include(s => s.Teams)
            .Include(s => s.Skills)
            .Include(s => s.BusinessHours)
            .OrderBy(s => s.Id)
            .AsSplitQuery()
            .ToListAsync(cancellationToken);
        return people.ConvertAll(p => new SimulatedPerson
        {
            Id = p.Id,
            Name = p.Name,
            Teams = p.Teams.Select(t => t.TeamId).ToHashSet(),
            Skills = p.Skills.ToDictionary(s => s.SkillId, s => s.Level),
            Languages = p.Languages,
            Capacity = p.Capacity,
            Hours = p.BusinessHours?.ToCalendar(),
            DeputyId = p.DeputyId,
        });
    }

    private static List<SimulatedPerson> Change(
        List<SimulatedPerson> people,
        ReplayConfig config,
        DateTimeOffset from,
        DateTimeOffset to
    )
    {
        foreach (var name in config.People.Keys)
            if (!people.Exists(p => p.Name.Equals(name, StringComparison.OrdinalIgnoreCase)))
                throw new InvalidDataException($"Nobody here is called \"{name}\".");
        return people.ConvertAll(p =>
            config.People.FirstOrDefault(c => c.Key.Equals(p.Name, StringComparison.OrdinalIgnoreCase)).Value
                is { } change
                ? p with
                {
                    Capacity = change.Capacity ?? p.Capacity,
                    Absences = change.Absent ? [(from, to)] : p.Absences,
                }
                : p
        );
    }
}
