using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using System.Text.Json.Serialization;
using Helpdesk.Routing.Priority;

namespace Helpdesk.Routing.Rules;

/// <summary>What an administrator may change about routing; the form of the readable file too.</summary>
public sealed record RoutingRules
{
    /// <summary>Points lie between these.</summary>
    public const int LeastPoints = -100;
    public const int MostPoints = 200;

    public PriorityWeights Priority { get; init; } = new();

    /// <summary>Share of capacity by which a VIP's ticket may exceed it.</summary>
    [Range(0, 1)]
    public double VipMargin { get; init; } = 0.25;

    public string ToJson() => JsonSerializer.Serialize(this, RulesJson.Default.RoutingRules);

    /// <exception cref="InvalidDataException">Not JSON, an unknown name, or a value that makes no sense; the message says which.</exception>
    public static RoutingRules Parse(string json)
    {
        try
        {
            var rules =
                JsonSerializer.Deserialize(json, RulesJson.Default.RoutingRules)
                ?? throw new InvalidDataException("There are no rules in it.");
            return rules.Problem() is { } problem ? throw new InvalidDataException(problem) : rules;
        }
        catch (JsonException wrong)
        {
            throw new InvalidDataException($"The rules cannot be read: {wrong.Message}", wrong);
        }
    }

    /// <summary>The first value that a whole set of rules would have and this text leaves out, such as <c>priority.base</c>; null when none is.</summary>
    /// <param name="json">Readable by <see cref="Parse"/>.</param>
    public static string? MissingFrom(string json)
    {
        using var given = JsonDocument.Parse(json);
        using var whole = JsonDocument.Parse(new RoutingRules().ToJson());
        return Missing(given.RootElement, whole.RootElement, "");

        static string? Missing(JsonElement given, JsonElement whole, string at)
        {
            foreach (var field in whole.EnumerateObject())
            {
                if (!given.TryGetProperty(field.Name, out var value))
                    return at + field.Name;
                if (
                    field.Value.ValueKind is JsonValueKind.Object
                    && Missing(value, field.Value, $"{at}{field.Name}.") is { } inside
                )
                    return inside;
            }
            return null;
        }
    }

    /// <summary>What makes no sense, in a sentence; null when all is well.</summary>
    public string? Problem() =>
        Priority is null ? "The points are missing."
        : VipMargin is not (>= 0 and <= 1) ? "The margin for VIPs is a share from 0 to 1."
        : Priority.All().Any(points => points is < LeastPoints or > MostPoints) ? "Points lie between -100 and 200."
        : Priority.NormalFrom >= Priority.HighFrom || Priority.HighFrom >= Priority.UrgentFrom
            ? "Normal must begin below high, and high below urgent."
        : Priority.MostForText < 0 ? "The most that words may add cannot be negative."
        : null;
}

/// <summary>Rules that somebody put in force; the newest row counts, and rows are only added: they are the history.</summary>
public sealed class RuleChange
{
    public const int MaxNameLength = 200;

    public int Id { get; private set; }
    public required DateTimeOffset At { get; init; }
    public required Guid ByUserId { get; init; }

    /// <summary>Their name then.</summary>
    public required string ByName { get; init; }

    /// <summary><see cref="RoutingRules"/> as JSON.</summary>
    public required string RulesJson { get; init; }
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    WriteIndented = true,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow
)]
[JsonSerializable(typeof(RoutingRules))]
[JsonSerializable(typeof(Replay.ReplayConfig))]
internal sealed partial class RulesJson : JsonSerializerContext;
