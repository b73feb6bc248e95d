using Helpdesk.Routing.Classification;
using Helpdesk.Tickets.Data;
using Helpdesk.Tickets.Settings;
using Microsoft.EntityFrameworkCore;

namespace Helpdesk.Routing.Learning;

/// <summary>Counts the topics of the last 28 days and says which are common.</summary>
public sealed class TopicCount(
    IDbContextFactory<HelpdeskDbContext> databases,
    DeskDirectory directory,
    TimeProvider time
)
{
    /// <returns>The number of topics whose place or frequency changed.</returns>
    public async Task<int> RunAsync(CancellationToken cancellationToken = default)
    {
        var since = time.GetUtcNow() - TopicFrequencies.Window;
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        var counted = await db
            .Tickets.Where(t => t.CreatedAt >= since && t.TopicId != null && !t.IsEmptied && t.IsSpam != true)
            .GroupBy(t => t.TopicId!.Value)
            .Select(g => new { g.Key, Count = g.Count() })
            .ToDictionaryAsync(g => g.Key, g => g.Count, cancellationToken);
        var topics = await db.Topics.Where(t => t.ParentId != null).ToListAsync(cancellationToken);
        var places = TopicFrequencies
            .Rank(topics.Select(t => KeyValuePair.Create(t.Id, counted.GetValueOrDefault(t.Id))))
            .ToDictionary(p => p.Topic);
        var changed = 0;
        foreach (var topic in topics)
        {
            var place = places[topic.Id];
            if (topic.Frequency == place.Frequency && topic.FrequencyRank == place.Rank)
                continue;
            (topic.Frequency, topic.FrequencyRank) = (place.Frequency, place.Rank);
            changed++;
        }
        await db.SaveChangesAsync(cancellationToken);
        if (changed > 0)
            directory.Forget();
        return changed;
    }
}
