using Helpdesk.Tickets.Access;
using Helpdesk.Tickets.Data;
using Helpdesk.Tickets.Settings;
using Helpdesk.Web.Live;
using Microsoft.EntityFrameworkCore;

namespace Helpdesk.Web.Components.Desk.Queues;

/// <summary>Reads one page of a queue.</summary>
public sealed class QueueReader(
    IDbContextFactory<HelpdeskDbContext> databases,
    DeskDirectory directory,
    QueueCounts counts,
    LiveFeed feed,
    TimeProvider time
)
{
    public async Task<QueueView> ReadAsync(
        Viewer.Staff viewer,
        QueueRequest request,
        CancellationToken cancellationToken = default
    )
    {
        var position = feed.Position; // before reading: what happens meanwhile is told again rather than missed
        var picture = await directory.GetAsync(cancellationToken);
        var now = time.GetUtcNow();
        await using var db = databases.CreateDbContext();
        var rows = await QueueQuery
            .Rows(db, QueueQuery.Places(db, viewer, request, picture, now))
            .ToListAsync(cancellationToken);
        rows.Sort((a, b) => a.Place.CompareTo(b.Place));
        var hasMore = rows.Count > QueueQuery.PageSize;
        if (hasMore)
            rows.RemoveAt(request.Before is null ? rows.Count - 1 : 0);
        var numbers = request.IsFiltered ? null : await counts.ForAsync(viewer, cancellationToken);
        return new(
            request,
            rows,
            HasPrevious: request.Before is null ? request.After is not null : hasMore,
            HasNext: request.Before is not null || hasMore,
            Total: numbers?.Total.GetValueOrDefault(request.Queue)
                ?? await CountAsync(db, viewer, request, picture, now, rows, hasMore, cancellationToken),
            numbers?.WaitForUs.GetValueOrDefault(request.Queue),
            await NextAsync(db, viewer, request, picture, now, rows, cancellationToken),
            position
        );
    }

    /// <summary>What became of tickets that changed: their rows as they are now, and which of them are in the list.</summary>
    public async Task<(IReadOnlyDictionary<long, QueueRow> Rows, IReadOnlySet<long> InList)> ReadChangedAsync(
        Viewer.Staff viewer,
        QueueRequest request,
        IReadOnlyCollection<long> numbers,
        CancellationToken cancellationToken = default
    )
    {
        var picture = await directory.GetAsync(cancellationToken);
        await using var db = databases.CreateDbContext();
        var rows = await QueueQuery.Rows(db, viewer, numbers).ToDictionaryAsync(r => r.Id, cancellationToken);
        var inList = await QueueQuery
            .List(db, viewer, request, picture, time.GetUtcNow())
            .Where(t => numbers.Contains(t.Id))
            .Select(t => t.Id)
            .ToListAsync(cancellationToken);
        return (rows, inList.ToHashSet());
    }

    /// <summary>The ticket that follows a place in a queue, or stands before it; null at the end.</summary>
    public async Task<long?> NeighbourAsync(
        Viewer.Staff viewer,
        DeskQueue queue,
        QueueCursor place,
        bool next,
        CancellationToken cancellationToken = default
    )
    {
        var picture = await directory.GetAsync(cancellationToken);
        await using var db = databases.CreateDbContext();
        var request = next ? new QueueRequest(queue, After: place) : new QueueRequest(queue, Before: place);
        var neighbour = await QueueQuery
            .Places(db, viewer, request, picture, time.GetUtcNow())
            .FirstOrDefaultAsync(cancellationToken);
        return neighbour?.Id;
    }

    private static async Task<long> CountAsync(
        HelpdeskDbContext db,
        Viewer.Staff viewer,
        QueueRequest request,
        DeskPicture picture,
        DateTimeOffset now,
        List<QueueRow> rows,
        bool hasMore,
        CancellationToken cancellationToken
    )
    {
        if (request.IsFirstPage && !hasMore)
            return rows.Count;
        return await QueueQuery
            .List(db, viewer, request, picture, now)
            .Select(t => t.Id)
            .Take(QueueQuery.CountedTo + 1)
            .CountAsync(cancellationToken);
    }

    private static async Task<QueueRow?> NextAsync(
        HelpdeskDbContext db,
        Viewer.Staff viewer,
        QueueRequest request,
        DeskPicture picture,
        DateTimeOffset now,
        List<QueueRow> rows,
        CancellationToken cancellationToken
    )
    {
        if (
            request.IsFirstPage
            && rows.Find(r => !r.IsPaused && (r.SpecialistId is null || r.SpecialistId == viewer.UserId)) is { } row
        )
            return row;
        var first = QueueQuery.Places(db, viewer, new QueueRequest(DeskQueue.Mine), picture, now).Take(1);
        var next = await QueueQuery.Rows(db, first).FirstOrDefaultAsync(cancellationToken);
        return next is { IsPaused: false } ? next : null;
    }
}
