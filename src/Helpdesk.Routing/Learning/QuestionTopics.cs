using Helpdesk.Knowledge.Matching;
using Helpdesk.Routing.Classification;
using Helpdesk.Tickets.Settings;
using Microsoft.Extensions.Logging;

namespace Helpdesk.Routing.Learning;

/// <summary>What a question is likely about, read by the model in use: helps to find the article that answers it.</summary>
internal sealed class QuestionTopics(LiveModels models, DeskDirectory directory, ILogger<QuestionTopics> log)
{
    private static readonly Dictionary<int, double> Nothing = [];

    /// <inheritdoc cref="LikelyTopics"/>
    public async ValueTask<IReadOnlyDictionary<int, double>> OfAsync(
        string subject,
        string text,
        CancellationToken cancellationToken
    )
    {
        if (models.Current.Topics is not { } model)
            return Nothing;
        var picture = await directory.GetAsync(cancellationToken);
        try
        {
            var read = model.Predict(RequestText.Of(subject, text));
            return ById(model.Topics.Zip(read.Probabilities, (topic, p) => (topic, (double)p)), read.Special, picture);
        }
        catch (Exception e)
        {
            // words alone find most articles
            log.LogError(e, "A question could not be read");
            return Nothing;
        }
    }

    /// <param name="special">Probability that it is about none of them.</param>
    public static Dictionary<int, double> ById(
        IEnumerable<(string Topic, double Probability)> topics,
        double special,
        DeskPicture picture
    )
    {
        var likely = new Dictionary<int, double>();
        foreach (var (key, probability) in topics)
        {
            if (picture.TopicsByKey.GetValueOrDefault(key) is not { } topic)
                continue;
            likely[topic.Id] = likely.GetValueOrDefault(topic.Id) + (probability * (1 - special));
            if (topic.ParentId is { } area)
                likely[area] = likely.GetValueOrDefault(area) + (probability * (1 - special));
        }
        return likely;
    }
}
