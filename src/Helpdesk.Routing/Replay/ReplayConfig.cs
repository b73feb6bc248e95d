using Helpdesk.Routing.Priority;
using Helpdesk.Routing.Rules;

namespace Helpdesk.Routing.Replay;

/// <summary>What a replay changes; what is not named stays as it is. Also the form of the file behind <c>--config</c>.</summary>
public sealed record ReplayConfig
{
    /// <summary>Null: the rules in force.</summary>
    public PriorityWeights? Priority { get; init; }
    public double? VipMargin { get; init; }

    /// <summary>People by name.</summary>
    public IReadOnlyDictionary<string, PersonChange> People { get; init; } = new Dictionary<string, PersonChange>();

    /// <summary>A stored model that reads the texts again; null: the topics that the tickets have.</summary>
    public int? Model { get; init; }

    /// <exception cref="InvalidDataException">It cannot be read; the message says why.</exception>
    public static ReplayConfig Parse(string json)
    {
        try
        {
            return System.Text.Json.JsonSerializer.Deserialize(json, RulesJson.Default.ReplayConfig)
                ?? new ReplayConfig();
        }
        catch (System.Text.Json.JsonException wrong)
        {
            throw new InvalidDataException($"The changes cannot be read: {wrong.Message}", wrong);
        }
    }
}

/// <param name="Capacity">Null: as it is.</param>
/// <param name="Absent">Not there at all.</param>
public sealed record PersonChange(double? Capacity = null, bool Absent = false);
