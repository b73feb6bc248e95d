using System.Text.Json;
using System.Text.Json.Serialization;
using Helpdesk.Routing.Assignment;
using Helpdesk.Routing.Classification;
using Helpdesk.Tickets;

namespace Helpdesk.Routing.Decisions;

/// <param name="Topic">Key.</param>
public sealed record TopicChance(
    [property: JsonPropertyName("t")] string Topic,
    [property: JsonPropertyName("p")] double Probability
);

/// <summary>A stretch of the request about one topic; null = about none that is known.</summary>
public sealed record PartTopic(
    [property: JsonPropertyName("s")] int Start,
    [property: JsonPropertyName("l")] int Length,
    [property: JsonPropertyName("t")] string? Topic
);

/// <param name="FitPercent">How likely it answers the request.</param>
public sealed record MatchedArticle(
    [property: JsonPropertyName("i")] long Id,
    [property: JsonPropertyName("f")] int FitPercent
);

/// <summary>Everything a decision rests on that no query asks for. Names and figures are kept as they were then.</summary>
public sealed record DecisionDetails
{
    /// <summary>How the topic came about: <c>read</c>, <c>kept</c> (decided before), <c>person</c>, <c>special</c>,
    /// <c>no-model</c> or <c>failed</c>.</summary>
    public required string TopicBy { get; init; }

    /// <summary>Not classified yet: the decision's type says nothing.</summary>
    [JsonIgnore]
    public bool IsUnread => TopicBy is "no-model" or "failed";

    /// <summary>The likeliest topics, at most five.</summary>
    public IReadOnlyList<TopicChance> Topics { get; init; } = [];

    /// <summary>Score of being outside all topics, 0..1.</summary>
    public double Special { get; init; }

    /// <summary>Probability of being about several matters, 0..1; 0 too in rows from before it was kept.</summary>
    public double Combined { get; init; }
    public IReadOnlyList<string> Words { get; init; } = [];

    /// <summary>Without the corrections made since the training it would have been read otherwise.</summary>
    public bool IsCorrected { get; init; }

    /// <summary>Empty for a request about one matter.</summary>
    public IReadOnlyList<PartTopic> Parts { get; init; } = [];
    public Frequency? Frequency { get; init; }
    public Complexity Complexity { get; init; }
    public double ComplexityProbability { get; init; }
    public Reason? ComplexityReason { get; init; }

    /// <summary>ISO 639-1; null when it could not be told, or in rows from before it was kept.</summary>
    public string? Language { get; init; }

    /// <summary>See <see cref="LanguageReading"/>; 0 where the language was known before.</summary>
    public double LanguageShare { get; init; }

    /// <summary>The words that told the language; none where its script did.</summary>
    public IReadOnlyList<string> LanguageWords { get; init; } = [];

    /// <summary>Words by which the customer shows anger; empty where the tone is ordinary.</summary>
    public IReadOnlyList<string> Upset { get; init; } = [];

    /// <summary>Null where nobody has set it.</summary>
    public CustomerTone? ToneByPerson { get; init; }
    public IReadOnlyList<MatchedArticle> Articles { get; init; } = [];
    public IReadOnlyList<Reason> Priority { get; init; } = [];

    /// <summary>A VIP's, as things were then.</summary>
    public bool IsVip { get; init; }

    /// <summary>The team's name at that time.</summary>
    public string Team { get; init; } = "";

    /// <summary>Of a request about no topic, how likely its likeliest topics of that team are together; 0 = it is the desk's default team. Null where the
    /// topic says whose it is.</summary>
    public double? TeamShare { get; init; }
    public IReadOnlyList<CandidateVerdict> Candidates { get; init; } = [];

    /// <summary>Why the desk would have answered by itself (empty), or what spoke against it.</summary>
    public IReadOnlyList<string> NoAutoAnswer { get; init; } = [];

    public string ToJson() => JsonSerializer.Serialize(this, DecisionJson.Default.DecisionDetails);

    public static DecisionDetails Parse(string json) =>
        JsonSerializer.Deserialize(json, DecisionJson.Default.DecisionDetails)
        ?? throw new InvalidDataException("A decision without details.");
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingDefault,
    UseStringEnumConverter = true
)]
[JsonSerializable(typeof(DecisionDetails))]
[JsonSerializable(typeof(ComplexityModel))]
internal sealed partial class DecisionJson : JsonSerializerContext;
