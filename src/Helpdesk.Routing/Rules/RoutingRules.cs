using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Helpdesk.Routing.Priority;
using Helpdesk.Routing.SetUp;

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

    /// <summary>Rules as somebody gives them: all of them, because what is left out would quietly become nothing.</summary>
    /// <exception cref="InvalidDataException">Not JSON, an unknown name, a rule that is missing, or a value that makes no sense; the message says which.</exception>
    public static RoutingRules Parse(string json)
    {
        var rules = Read(json);
        using var given = JsonDocument.Parse(json);
        return (MissingFrom(given.RootElement) ?? rules.Problem()) is { } wrong
            ? throw new InvalidDataException(wrong)
            : rules;
    }

    /// <summary>Rules as a row keeps them; a rule that came later has its usual value.</summary>
    /// <exception cref="InvalidDataException">As with <see cref="Parse"/>.</exception>
    public static RoutingRules ParseKept(string json)
    {
        Read(json);
        return new RoutingRules().With(JsonNode.Parse(json)!.AsObject());
    }

    /// <summary>These rules, and over them those that are named.</summary>
    /// <param name="named">As in <see cref="ToJson"/>, with any of them left out.</param>
    /// <exception cref="InvalidDataException">A value that makes no sense.</exception>
    internal RoutingRules With(JsonObject named)
    {
        var all = JsonNode.Parse(ToJson())!.AsObject();
        Put(named, all);
        var rules = Read(all.ToJsonString());
        return rules.Problem() is { } problem ? throw new InvalidDataException(problem) : rules;

        static void Put(JsonObject named, JsonObject all)
        {
            foreach (var (name, value) in named)
                if (value is JsonObject inside && all[name] is JsonObject there)
                    Put(inside, there);
                else
                    all[name] = value?.DeepClone();
        }
    }

    // what is not in the text, the serializer sets to nothing
    private static RoutingRules Read(string json)
    {
        try
        {
            return JsonSerializer.Deserialize(json, RulesJson.Default.RoutingRules)
                ?? throw new InvalidDataException("There are no rules in it.");
        }
        catch (JsonException wrong)
        {
            throw new InvalidDataException(FileFault.Of(wrong), wrong);
        }
    }

    /// <summary>Which rules are left out, in a sentence with names such as <c>priority.base</c>; null when none is.</summary>
    internal static string? MissingFrom(JsonElement given)
    {
        using var whole = JsonDocument.Parse(new RoutingRules().ToJson());
        var missing = Missing(given, whole.RootElement, "").ToList();
        return missing.Count == 0
            ? null
            : $"missing: {string.Join(", ", missing)}. Rules go together, all of them or none.";

        static IEnumerable<string> Missing(JsonElement given, JsonElement whole, string at) =>
            whole
                .EnumerateObject()
                .SelectMany(field =>
                    given.ValueKind is not JsonValueKind.Object || !given.TryGetProperty(field.Name, out var value)
                        ? [at + field.Name]
                    : field.Value.ValueKind is JsonValueKind.Object ? Missing(value, field.Value, $"{at}{field.Name}.")
                    : []
                );
    }

    /// <summary>What makes no sense, in a sentence; null when all is well.</summary>
    public string? Problem() =>
        Priority is null ? "The points are missing."
        : VipMargin is not (>= 0 and <= 1) ? "The margin for VIPs is a share from 0 to 1."
        : Priority.All().Any(points => points is < LeastPoints or > MostPoints) ? "Points lie between -100 and 200."
        : Priority.NormalFrom >= Priority.HighFrom || Priority.HighFrom >= Priority.UrgentFrom
            ? "Normal must begin below high, and high below urgent."
        : Priority.Words is null ? "The desk's own words are missing."
        : OwnWords.Problem(Priority.Words) is { } words ? words
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
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    AllowDuplicateProperties = false
)]
[JsonSerializable(typeof(RoutingRules))]
[JsonSerializable(typeof(Replay.ReplayConfig))]
internal sealed partial class RulesJson : JsonSerializerContext;
