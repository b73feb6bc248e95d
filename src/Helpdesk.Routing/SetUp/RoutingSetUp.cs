using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Helpdesk.Routing.AutoAnswer;
using Helpdesk.Routing.Rules;
using Helpdesk.Tickets.Settings;

namespace Helpdesk.Routing.SetUp;

public sealed record SetUpTeam(string Name, string Description = "", string? Lead = null);

/// <param name="Key">Stable; the name may change.</param>
public sealed record SetUpSkill(string Key, string Name);

/// <param name="Week">As in <see cref="Tickets.Sla.BusinessHours.Week"/>.</param>
public sealed record SetUpHours(string Name, string TimeZone, string Week, IReadOnlyList<DateOnly> ClosedDays);

/// <param name="Team">By name; null = its area's.</param>
/// <param name="Skill">By key; null = anybody of the team.</param>
public sealed record SetUpTopic(
    string Key,
    string Name,
    string Description = "",
    string? Team = null,
    string? Skill = null,
    bool Archived = false
)
{
    public IReadOnlyList<string> Phrases
    {
        get;
        init => field = value ?? [];
    } = [];
}

/// <param name="Team">Of its topics that name none, by name; null = the desk's default team.</param>
public sealed record SetUpArea(
    string Key,
    string Name,
    string Description = "",
    string? Icon = null,
    string? Team = null
)
{
    public IReadOnlyList<SetUpTopic> Topics
    {
        get;
        init => field = value ?? [];
    } = [];
}

/// <param name="Address">Tells who it is.</param>
/// <param name="Hours">By name; null = around the clock.</param>
/// <param name="Deputy">By address.</param>
public sealed record SetUpPerson(
    string Address,
    double Capacity,
    string Languages,
    string? Hours = null,
    string? Deputy = null
)
{
    public IReadOnlyList<string> Teams
    {
        get;
        init => field = value ?? [];
    } = [];

    /// <summary>Levels 1..3 by the skill's key.</summary>
    public IReadOnlyDictionary<string, int> Skills
    {
        get;
        init => field = value ?? new Dictionary<string, int>();
    } = new Dictionary<string, int>();
}

/// <summary>What a topic promises of its automatic answers.</summary>
/// <param name="Promise">0.9, 0.95, 0.98 or 0.99.</param>
public sealed record SetUpAnswers(string Topic, AnsweringState State, double Promise)
{
    /// <summary>Tiers whose customers always get a person, by name.</summary>
    public IReadOnlyList<string> ExcludedTiers
    {
        get;
        init => field = value ?? [];
    } = [];
}

/// <summary>When mail is kept as spam; see <see cref="SpamRules"/>.</summary>
/// <param name="MostMailsOfUnknown">1..1000 within an hour.</param>
/// <param name="HeaderName">Of another filter, with how its value begins.</param>
public sealed record SetUpSpam(
    bool Learns,
    TrustedFilter Filter,
    int MostMailsOfUnknown,
    string? HeaderName = null,
    string? HeaderValue = null
);

/// <summary>
/// Everything that says how the desk routes, as one file that people can read: names, keys and addresses, no numbers of the database.
/// What was learned is not in it.
/// </summary>
public sealed record RoutingSetUp
{
    public const int PresentFormat = 1;

    /// <summary>Longer files are refused unread.</summary>
    public const int MaxCharacters = 2_000_000;

    // what a file leaves out the serializer sets to nothing, here and in the lists
    public int Format
    {
        get;
        init => field = value == 0 ? PresentFormat : value;
    } = PresentFormat;

    /// <summary>By name; null leaves it as it is.</summary>
    public string? DefaultTeam { get; init; }

    /// <summary>Requests about several matters are split without a person; null leaves it as it is.</summary>
    public bool? SplitsCombined { get; init; }

    /// <summary>All of them; null leaves the rules as they are.</summary>
    public RoutingRules? Rules { get; init; }

    /// <summary>All of it; null leaves it as it is, and is what a desk gives that never changed it.</summary>
    public SetUpSpam? Spam { get; init; }

    public IReadOnlyList<SetUpTeam> Teams
    {
        get;
        init => field = value ?? [];
    } = [];
    public IReadOnlyList<SetUpSkill> Skills
    {
        get;
        init => field = value ?? [];
    } = [];
    public IReadOnlyList<SetUpHours> Hours
    {
        get;
        init => field = value ?? [];
    } = [];
    public IReadOnlyList<SetUpArea> Areas
    {
        get;
        init => field = value ?? [];
    } = [];
    public IReadOnlyList<SetUpPerson> People
    {
        get;
        init => field = value ?? [];
    } = [];
    public IReadOnlyList<SetUpAnswers> AutomaticAnswers
    {
        get;
        init => field = value ?? [];
    } = [];

    [JsonIgnore]
    public IEnumerable<SetUpTopic> Topics => Areas.SelectMany(a => a.Topics);

    public string ToJson() => JsonSerializer.Serialize(this, SetUpJson.Readable.RoutingSetUp) + "\n";

    /// <exception cref="InvalidDataException">What cannot be read, with its line or its entry.</exception>
    public static RoutingSetUp Parse(string json)
    {
        if (json.Length > MaxCharacters)
            throw new InvalidDataException($"The file is longer than {MaxCharacters / 1_000_000} million characters.");
        try
        {
            var read =
                JsonSerializer.Deserialize(json, SetUpJson.Readable.RoutingSetUp)
                ?? throw new InvalidDataException("There is no set-up in the file.");
            using var document = JsonDocument.Parse(json);
            if (HasEmptyEntry(document.RootElement))
                throw new InvalidDataException("The file has a list with an empty entry (null).");
            if (
                read.Rules is not null
                && RoutingRules.MissingFrom(document.RootElement.GetProperty("rules")) is { } rules
            )
                throw new InvalidDataException($"rules: {rules}");
            return read.Format == PresentFormat
                ? read
                : throw new InvalidDataException($"The file is of format {read.Format}; known is {PresentFormat}.");
        }
        catch (JsonException wrong)
        {
            throw new InvalidDataException(FileFault.Of(wrong), wrong);
        }
    }

    // lists of ours hold no null, and the serializer lets it pass
    private static bool HasEmptyEntry(JsonElement node) =>
        node.ValueKind switch
        {
            JsonValueKind.Array => node.EnumerateArray()
                .Any(entry => entry.ValueKind is JsonValueKind.Null || HasEmptyEntry(entry)),
            JsonValueKind.Object => node.EnumerateObject().Any(field => HasEmptyEntry(field.Value)),
            _ => false,
        };
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    WriteIndented = true,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    AllowDuplicateProperties = false,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true,
    UseStringEnumConverter = true
)]
[JsonSerializable(typeof(RoutingSetUp))]
internal sealed partial class SetUpJson : JsonSerializerContext
{
    /// <summary>Letters of all scripts stand in the file as they are read: it is never part of a page.</summary>
    public static SetUpJson Readable =>
        field ??= new(
            new JsonSerializerOptions(Default.GeneratedSerializerOptions!)
            {
                Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
            }
        );
}
