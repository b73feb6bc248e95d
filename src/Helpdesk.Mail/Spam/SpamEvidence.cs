using System.Text.Json;
using System.Text.Json.Serialization;
using Helpdesk.Tickets;

namespace Helpdesk.Mail.Spam;

/// <summary>What took a mail for spam.</summary>
public enum SpamSource
{
    /// <summary>The header of a filter that the administrator trusts.</summary>
    TrustedFilter,

    /// <summary>What this desk's people called spam.</summary>
    Learned,

    /// <summary>A mail of the same sender was called spam before.</summary>
    Sender,
}

/// <param name="Score">Probability from 0 to 1 where it was learned; the trusted filter's own points; null = none was said.</param>
/// <param name="Words">Those that decided, strongest first; the header's value of a trusted filter. Not trusted.</param>
public sealed record SpamEvidence(SpamSource Source, double? Score, IReadOnlyList<string> Words)
{
    public const int MaxLength = 1000;
    private const int MostWords = 8;
    private const int MaxWordLength = 60;

    public string ToJson()
    {
        var words = Words.Take(MostWords).Select(w => Text.OneLine(w, MaxWordLength)).Where(w => w.Length > 0).ToList();
        return JsonSerializer.Serialize(this with { Words = words }, SpamJson.Default.SpamEvidence);
    }

    /// <returns>Null when there is none.</returns>
    public static SpamEvidence? Parse(string? json) =>
        json is null ? null : JsonSerializer.Deserialize(json, SpamJson.Default.SpamEvidence);
}

/// <summary>What the learned filter says about a text.</summary>
/// <param name="Probability">0 to 1.</param>
/// <param name="IsSpam">Beyond the limit above which no good mail was found.</param>
public sealed record SpamReading(double Probability, bool IsSpam, IReadOnlyList<string> Words);

/// <summary>Asks the learned filter; null while it has not learned enough.</summary>
public delegate ValueTask<SpamReading?> ReadSpam(string subject, string text, CancellationToken cancellationToken);

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UseStringEnumConverter = true,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull
)]
[JsonSerializable(typeof(SpamEvidence))]
internal sealed partial class SpamJson : JsonSerializerContext;
