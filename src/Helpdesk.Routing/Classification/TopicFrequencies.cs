using Helpdesk.Tickets;

namespace Helpdesk.Routing.Classification;

/// <summary>Which topics are common: those in the smallest set that covers 80 % of the tickets of the last 28 days.</summary>
public static class TopicFrequencies
{
    public static readonly TimeSpan Window = TimeSpan.FromDays(28);

    private const double Covered = 0.8;

    /// <param name="Rank">1 = most tickets.</param>
    public sealed record Place<TTopic>(TTopic Topic, int Count, int Rank, Frequency Frequency);

    /// <summary>
    /// All topics by falling count; equal counts are ordered by topic, so that the same counts always give the same
    /// set. A topic is common while those before it cover less than 80 % of the sum; one without tickets never is.
    /// </summary>
    public static IReadOnlyList<Place<TTopic>> Rank<TTopic>(IEnumerable<KeyValuePair<TTopic, int>> counts)
        where TTopic : notnull
    {
        var ordered = counts.OrderByDescending(c => c.Value).ThenBy(c => c.Key).ToList();
        var needed = ordered.Sum(c => (long)c.Value) * Covered;
        var places = new List<Place<TTopic>>(ordered.Count);
        long before = 0;
        foreach (var (topic, count) in ordered)
        {
            var common = count > 0 && before < needed;
            places.Add(new(topic, count, places.Count + 1, common ? Frequency.Common : Frequency.Rare));
            before += count;
        }
        return places;
    }
}
