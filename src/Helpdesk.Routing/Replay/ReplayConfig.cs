using System.Text.Json;
using System.Text.Json.Nodes;
using Helpdesk.Routing.Priority;
using Helpdesk.Routing.Rules;
using Helpdesk.Routing.SetUp;

namespace Helpdesk.Routing.Replay;

/// <summary>What a replay changes; what is not named stays as it is. Also the form of the file behind <c>--config</c>.</summary>
public sealed record ReplayConfig
{
    private const int MostNewcomers = 50;

    /// <summary>Null: the rules in force.</summary>
    public PriorityWeights? Priority { get; init; }
    public double? VipMargin { get; init; }

    /// <summary>People by name or e-mail address; a name that nobody has where <see cref="PersonChange.Like"/> makes somebody new.</summary>
    public IReadOnlyDictionary<string, PersonChange> People
    {
        get;
        // what a file leaves out the serializer sets to nothing
        init => field = value ?? new Dictionary<string, PersonChange>();
    } = new Dictionary<string, PersonChange>();

    /// <summary>A stored model that reads the texts again; null: the topics that the tickets have.</summary>
    public int? Model { get; init; }

    /// <summary>The weights that the file names; those that it does not name stay as they are.</summary>
    private JsonObject? NamedWeights { get; init; }

    /// <exception cref="InvalidDataException">A weight that makes no sense.</exception>
    internal PriorityWeights WeightsOver(RoutingRules inForce) =>
        NamedWeights is { } named
            ? inForce.With(new JsonObject { ["priority"] = named.DeepClone() }).Priority
            : Priority ?? inForce.Priority;

    /// <summary>What makes no sense in it; null when all does.</summary>
    internal string? Problem() =>
        VipMargin is not (null or (>= 0 and <= 1)) ? "vipMargin: a share from 0 to 1."
        : People.Count(p => p.Value?.Like is not null) > MostNewcomers ? $"people: at most {MostNewcomers} new ones."
        : People
            .Select(p => p.Value is null ? $"people, {p.Key}: nothing is said." : p.Value.ProblemOf(p.Key))
            .FirstOrDefault(p => p is not null);

    /// <exception cref="InvalidDataException">It cannot be read; the message says why.</exception>
    public static ReplayConfig Parse(string json)
    {
        try
        {
            var read = JsonSerializer.Deserialize(json, RulesJson.Default.ReplayConfig) ?? new ReplayConfig();
            return read.Problem() is { } problem
                ? throw new InvalidDataException(problem)
                : read with
                {
                    NamedWeights = JsonNode.Parse(json)?["priority"] as JsonObject,
                };
        }
        catch (JsonException wrong)
        {
            throw new InvalidDataException($"The changes cannot be read: {FileFault.Of(wrong)}", wrong);
        }
    }
}

/// <summary>What would be different about somebody.</summary>
/// <param name="Capacity">0 to 100; null: as it is.</param>
/// <param name="Absent">Not there at all.</param>
/// <param name="Hours">Business hours by name; empty: always there; null: as they are.</param>
/// <param name="Skills">Levels from 0 to 3 by the skill's name; those that are not named stay as they are.</param>
/// <param name="Like">Somebody new with the teams, skills, hours, languages and capacity that this colleague would have.</param>
public sealed record PersonChange(
    double? Capacity = null,
    bool Absent = false,
    string? Hours = null,
    IReadOnlyDictionary<string, int>? Skills = null,
    string? Like = null
)
{
    internal string? ProblemOf(string name) =>
        Capacity is not (null or (>= 0 and <= 100)) ? $"people, {name}: capacity is a number from 0 to 100."
        : Skills?.FirstOrDefault(s => s.Value is < 0 or > 3).Key is { } skill
            ? $"people, {name}, {skill}: a level is a whole number from 0 to 3."
        : null;
}
