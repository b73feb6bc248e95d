using Helpdesk.Knowledge.Analysis;
using Helpdesk.Tickets;

namespace Helpdesk.Routing.Classification;

/// <summary>What a request's text says, as read by one model.</summary>
/// <param name="Topic">Key of the main topic; null for a special request.</param>
/// <param name="Confidence">Probability that the topic is right.</param>
/// <param name="Special">Score of being outside all topics.</param>
/// <param name="Combined">Probability, at even odds, of being about several matters.</param>
/// <param name="Likely">The likeliest topics of the whole text, at most five, best first.</param>
/// <param name="Parts">More than one only for a combined request.</param>
/// <param name="Words">Those that decided for the main topic.</param>
/// <param name="IsCorrected">Without the corrections made since the training it would read otherwise.</param>
public sealed record RequestReading(
    TicketType Type,
    string? Topic,
    double Confidence,
    double Special,
    double Combined,
    IReadOnlyList<(string Topic, double Probability)> Likely,
    IReadOnlyList<(int Start, int Length, string? Topic)> Parts,
    IReadOnlyList<string> Words,
    bool IsCorrected
);

/// <summary>From a text to topic and type.</summary>
public static class RequestClassifier
{
    private const int MostLikely = 5;
    private const int MostWords = 4;
    private static readonly Language[] Languages = Enum.GetValues<Language>();

    public static RequestReading Read(ITextClassifier model, string text)
    {
        var (parts, combined) = model.Parts(text);
        var whole = parts.Count == 1 ? parts[0].Prediction : model.Predict(text);
        var limit = model.Promises.SpecialAbove;
        var topics = RequestType.TopicsOf(parts, limit);
        var type = RequestType.Of(parts, limit);
        var main = topics.Count > 0 ? topics[0] : (int?)null;
        var confidence = main is { } topic
            ? parts.Where(p => p.Prediction.Best == topic).Max(p => p.Prediction.Confidence)
            : whole.Confidence;
        return new RequestReading(
            type,
            main is { } key ? model.Topics[key] : null,
            confidence,
            whole.Special,
            combined,
            Likely(model, whole),
            type is TicketType.Combined ? [.. parts.Select(p => (p.Start, p.Length, TopicOf(model, p, limit)))] : [],
            main is { } explained ? Telling(model, text, explained) : [],
            parts.Any(p => p.Prediction.IsCorrected)
        );
    }

    /// <summary>The deciding words that also tell a reader something; a model may well lean on a "the".</summary>
    private static List<string> Telling(ITextClassifier model, string text, int topic)
    {
        var words = model.Explain(text, topic, 4 * MostWords).Select(w => w.Word).ToList();
        var telling = words.FindAll(word => !IsStopWord(word));
        return [.. (telling.Count > 0 ? telling : words).Take(MostWords)];
    }

    /// <summary>A word that says nothing by itself, in any of the languages.</summary>
    internal static bool IsStopWord(string word)
    {
        var plain = word.Replace("'", "", StringComparison.Ordinal)
            .Replace("’", "", StringComparison.Ordinal)
            .ToLowerInvariant();
        return Array.Exists(Languages, language => StopWords.Contains(language, plain));
    }

    private static List<(string, double)> Likely(ITextClassifier model, TextPrediction whole) =>
        [
            .. whole
                .Probabilities.Select((p, t) => (Topic: t, Probability: p))
                .OrderByDescending(p => p.Probability)
                .ThenBy(p => p.Topic)
                .Take(MostLikely)
                .Select(p => (model.Topics[p.Topic], Math.Round(p.Probability, 4))),
        ];

    private static string? TopicOf(ITextClassifier model, TextPart part, float limit) =>
        part.Prediction.Special <= limit ? model.Topics[part.Prediction.Best] : null;
}
