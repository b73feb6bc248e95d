using Helpdesk.Routing.Classification;

namespace Helpdesk.Routing.Learning;

/// <summary>How a model's trial, which had learned from older tickets only, read the newest, and how the model in use read those it had not learned from either.</summary>
/// <param name="Readings">As the desk would have read them.</param>
/// <param name="From">When the oldest of them was finished.</param>
/// <param name="Accuracy">Share of them read as specialists left or set the topic, 0..1.</param>
/// <param name="Compared">Texts that both were asked about.</param>
/// <param name="OnlyPresent">… which only the model in use read right, and the trial not.</param>
/// <param name="OnlyNew">… the other way round.</param>
internal sealed record Trial(
    IReadOnlyList<(long TicketId, string? Topic, double Confidence)> Readings,
    DateTimeOffset? From,
    double Accuracy,
    int Compared,
    int OnlyPresent,
    int OnlyNew
)
{
    /// <param name="examples">Those trained on.</param>
    /// <param name="present">The model in use; null without one.</param>
    /// <param name="since">When the newest ticket was finished that it learned from; null = it knows no tickets.</param>
    /// <returns>Null where nothing was held out by date.</returns>
    public static Trial? Of(
        TrainedClassifier trained,
        IReadOnlyList<TrainingExample> examples,
        ITextClassifier? present,
        DateTimeOffset? since,
        CancellationToken cancellationToken
    )
    {
        if (trained.OfOlder is not { } trial)
            return null;
        var readings = new List<(long, string?, double)>();
        var (right, compared, onlyPresent, onlyNew) = (0, 0, 0, 0);
        var newest = trained.Newest.Select(i => examples[i]).OfType<TicketExample>().ToList();
        foreach (var ticket in newest)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var read = RequestClassifier.Read(trial, ticket.Text);
            readings.Add((ticket.TicketId, read.Topic, read.Confidence));
            var isRight = read.Topic == ticket.Topic;
            right += isRight ? 1 : 0;
            if (present is null || ticket.At <= since)
                continue;
            var wasRight = RequestClassifier.Read(present, ticket.Text).Topic == ticket.Topic;
            compared++;
            onlyPresent += wasRight && !isRight ? 1 : 0;
            onlyNew += isRight && !wasRight ? 1 : 0;
        }
        return newest.Count == 0
            ? null
            : new Trial(readings, newest.Min(t => t.At), (double)right / newest.Count, compared, onlyPresent, onlyNew);
    }

    /// <summary>Whether the trial reads the same texts worse than the model in use by more than one in a hundred and more than chance: of the texts that one of
    /// the two reads right, the difference wavers by the root of their number (McNemar 1947), smoothed by one.</summary>
    public bool IsWorse() =>
        OnlyPresent - OnlyNew
        > Math.Max(ModelTraining.Tolerance * Compared, ModelTraining.Certainty * Math.Sqrt(OnlyPresent + OnlyNew + 1));
}
