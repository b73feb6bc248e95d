using System.Text.Json;
using System.Text.Json.Nodes;
using Helpdesk.Routing.Priority;
using Helpdesk.Routing.Rules;
using Helpdesk.Routing.SetUp;

namespace Helpdesk.Routing.Replay;

/// <summary>What a replay changes; what is not named stays as it is. Also the form of the file behind <c>--config</c>.</summary>
public sealed record ReplayConfig
{
    /// <summary>Null: the rules in force.</summary>
    public PriorityWeights? Priority { get; init; }
    public double? VipMargin { get; init; }

    /// <summary>People by name.</summary>
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

    private string? Problem() =>
        VipMargin is not (null or (>= 0 and <= 1)) ? "vipMargin: a share from 0 to 1."
        : People.FirstOrDefault(p => p.Value?.Capacity is not (null or (>= 0 and <= 100))).Key is { } name
            ? $"people, {name}: capacity is a number from 0 to 100."
        : null;

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

/// <param name="Capacity">Null: as it is.</param>
/// <param name="Absent">Not there at all.</param>
public sealed record PersonChange(double? Capacity = null, bool Absent = false);
