using System.Linq.Expressions;
using Helpdesk.Tickets;
using Helpdesk.Tickets.Data;
using Microsoft.EntityFrameworkCore;

namespace Helpdesk.Routing;

/// <summary>
/// The tickets that were decided without a model to read them with, as far as this process knows of them. Each model is given each of them once.
/// Not for two callers at a time.
/// </summary>
internal sealed class UnreadTickets
{
    /// <summary>Looked for in one go; more are looked for after these.</summary>
    private const int MostLate = 5_000;

    public static readonly Expression<Func<Ticket, bool>> IsUnread = t =>
        t.RoutedAt != null && t.Type == null && t.TopicId == null && t.Status < TicketStatus.Resolved;

    /// <summary>The model with which this process has looked for tickets that nobody could read; null before.</summary>
    private int? _lookedWith;

    /// <summary>There are more to look for: decided without a model since, not committed, or more than are looked for in one go.</summary>
    private bool _hasMore;

    /// <summary>Those that it has found and that are still to be read, oldest first.</summary>
    private readonly Queue<long> _late = [];

    /// <summary>Those that this model was given: what it failed on waits for the next one.</summary>
    private readonly HashSet<long> _given = [];

    /// <summary>Nobody has looked yet, or something is left that a model should read.</summary>
    public bool AwaitsModel => _lookedWith is null || _hasMore;

    /// <summary>Something is left to be read in a later search.</summary>
    public void LeaveForLater() => _hasMore = true;

    /// <summary>Whether <see cref="FindAsync"/> is due before <see cref="Next"/>.</summary>
    /// <param name="modelId">The model in use.</param>
    public bool IsToBeLookedFor(int? modelId) => modelId != _lookedWith || (_late.Count == 0 && _hasMore);

    /// <summary>Looks for those that the model has not been given.</summary>
    /// <param name="paused">Left out for now; looked for again.</param>
    public async Task FindAsync(
        HelpdeskDbContext db,
        int? modelId,
        IReadOnlyCollection<long> paused,
        CancellationToken cancellationToken
    )
    {
        // by an index of unresolved tickets
        var ids = await db
            .Tickets.Where(IsUnread)
            .OrderBy(t => t.DueAt)
            .Select(t => t.Id)
            .Take(MostLate)
            .ToListAsync(cancellationToken);
        if (modelId != _lookedWith)
            _given.Clear();
        var waiting = ids.FindAll(id => !_given.Contains(id));
        _late.Clear();
        foreach (var id in waiting.Except(paused).Order())
            _late.Enqueue(id);
        _hasMore = _late.Count < waiting.Count || (ids.Count == MostLate && waiting.Count > 0);
        _lookedWith = modelId;
    }

    /// <returns>The oldest, which stay in line until they were <see cref="Given"/>; empty when none is left for now.</returns>
    public List<long> Next(int most) => [.. _late.Take(most)];

    /// <summary>The model was given what <see cref="Next"/> said.</summary>
    /// <param name="isFailed">Could not be committed: it is to be given again.</param>
    public void Given(List<long> batch, Func<long, bool> isFailed)
    {
        foreach (var id in batch)
        {
            _late.Dequeue();
            if (!isFailed(id))
                _given.Add(id);
        }
    }
}
