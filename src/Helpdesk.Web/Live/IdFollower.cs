namespace Helpdesk.Web.Live;

/// <summary>
/// Follows a growing sequence of ids of which some become visible late: an id is given out when a row is written, the row is seen when its
/// transaction commits. Gaps are remembered and asked for again until <paramref name="patience"/> is over; nothing is handed out twice.
/// </summary>
/// <param name="patience">How long a missing id may still appear; longer than any transaction lasts.</param>
public sealed class IdFollower(TimeSpan patience)
{
    /// <summary>More gaps than this at once are not transactions in flight but a jump of the sequence.</summary>
    public const int MaxMissing = 500;

    private readonly SortedDictionary<long, DateTimeOffset> missing = [];

    /// <summary>The largest id seen.</summary>
    public long Highest { get; private set; }

    /// <summary>Smaller ids that were not seen yet and may still come.</summary>
    public IReadOnlyCollection<long> Missing => missing.Keys;

    /// <summary>Begins behind what is there already.</summary>
    /// <param name="recent">The ids of the last rows, so that a transaction in flight right now is not overlooked.</param>
    public void Start(IReadOnlyCollection<long> recent, DateTimeOffset now)
    {
        if (recent.Count == 0)
            return;
        Highest = recent.Min() - 1;
        Take(recent, now);
    }

    /// <summary>Which of these ids are new; all of them count as seen afterwards.</summary>
    public IReadOnlySet<long> Take(IEnumerable<long> ids, DateTimeOffset now)
    {
        foreach (var given in missing.Where(gap => now - gap.Value >= patience).Select(gap => gap.Key).ToList())
            missing.Remove(given);
        var fresh = new HashSet<long>();
        foreach (var id in ids.Order())
        {
            if (id > Highest)
            {
                for (var gap = Math.Max(Highest + 1, id - MaxMissing); gap < id; gap++)
                    missing[gap] = now;
                Highest = id;
                fresh.Add(id);
            }
            else if (missing.Remove(id))
            {
                fresh.Add(id);
            }
        }
        while (missing.Count > MaxMissing)
            missing.Remove(missing.First().Key);
        return fresh;
    }
}
