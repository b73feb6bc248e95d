using Helpdesk.Tickets.Access;
using Helpdesk.Tickets.Data;
using Helpdesk.Tickets.Notifications;
using Microsoft.EntityFrameworkCore;

namespace Helpdesk.Web.Components.Desk.News;

/// <summary>Something that concerned the person.</summary>
public sealed record NewsItem(
    long Id,
    NotificationKind Kind,
    long? TicketId,
    string? Subject,
    DateTimeOffset At,
    bool IsUnseen
);

/// <summary>What concerned the person who looks, counted until it was seen; one per page or circuit, so that its parts agree.</summary>
public sealed class NewsBox(IDbContextFactory<HelpdeskDbContext> databases, DeskPerson person, TimeProvider time)
{
    /// <summary>More is shown as "99+".</summary>
    public const int CountedTo = 99;
    private const int Shown = 50;

    // calls in notes are looked for among the newest that the person has seen, one by one
    private const int SeenLookedAt = 500;

    /// <summary>Raised when something was seen.</summary>
    public event EventHandler? Changed;

    public async Task<int> CountUnseenAsync(CancellationToken cancellationToken = default)
    {
        if (await person.FindAsync(cancellationToken) is not { } viewer)
            return 0;
        await using var db = databases.CreateDbContext();
        return await Unseen(db, viewer).Select(n => n.Id).Take(CountedTo + 1).CountAsync(cancellationToken);
    }

    /// <summary>Calls in notes that the person has not seen.</summary>
    public async Task<int> CountMentionsAsync(CancellationToken cancellationToken = default)
    {
        if (await person.FindAsync(cancellationToken) is not { } viewer)
            return 0;
        await using var db = databases.CreateDbContext();
        return await Unseen(db, viewer)
            .Where(n => n.Kind == NotificationKind.Mentioned)
            .Select(n => n.Id)
            .Take(CountedTo + 1)
            .CountAsync(cancellationToken);
    }

    /// <summary>The newest, seen or not. Tickets that were given to another team in the meantime have no subject.</summary>
    /// <param name="onlyMentions">Only where colleagues called the person.</param>
    public async Task<IReadOnlyList<NewsItem>> ReadAsync(
        bool onlyMentions = false,
        CancellationToken cancellationToken = default
    )
    {
        if (await person.FindAsync(cancellationToken) is not { } viewer)
            return [];
        await using var db = databases.CreateDbContext();
        var userId = viewer.UserId;
        var unseen = await Items(db, viewer, Of(Unseen(db, viewer))).ToListAsync(cancellationToken);
        var seen = await Items(
                db,
                viewer,
                Of(
                    db.Notifications.Where(n => n.UserId == userId && n.SeenAt != null)
                        .OrderByDescending(n => n.Id)
                        .Take(SeenLookedAt)
                )
            )
            .ToListAsync(cancellationToken);
        return unseen.Concat(seen).OrderByDescending(n => n.Id).Take(Shown).ToList();

        IQueryable<Notification> Of(IQueryable<Notification> news) =>
            onlyMentions ? news.Where(n => n.Kind == NotificationKind.Mentioned) : news;
    }

    /// <summary>One of them, for saying it at once; null when it is not the person's.</summary>
    public async Task<NewsItem?> FindAsync(long notificationId, CancellationToken cancellationToken = default)
    {
        if (await person.FindAsync(cancellationToken) is not { } viewer)
            return null;
        await using var db = databases.CreateDbContext();
        return await Items(db, viewer, Unseen(db, viewer).Where(n => n.Id == notificationId))
            .SingleOrDefaultAsync(cancellationToken);
    }

    /// <summary>Counts no longer what is about this ticket; null = everything, or every call in a note.</summary>
    public async Task MarkSeenAsync(
        long? ticketId,
        bool onlyMentions = false,
        CancellationToken cancellationToken = default
    )
    {
        if (await person.FindAsync(cancellationToken) is not { } viewer)
            return;
        var now = time.GetUtcNow();
        await using var db = databases.CreateDbContext();
        var marked = await Unseen(db, viewer)
            .Where(n => ticketId == null || n.TicketId == ticketId)
            .Where(n => !onlyMentions || n.Kind == NotificationKind.Mentioned)
            .ExecuteUpdateAsync(n => n.SetProperty(x => x.SeenAt, now), cancellationToken);
        if (marked > 0)
            Changed?.Invoke(this, EventArgs.Empty);
    }

    private static IQueryable<Notification> Unseen(HelpdeskDbContext db, Viewer.Staff viewer)
    {
        var userId = viewer.UserId;
        return db.Notifications.Where(n => n.UserId == userId && n.SeenAt == null);
    }

    private static IQueryable<NewsItem> Items(
        HelpdeskDbContext db,
        Viewer.Staff viewer,
        IQueryable<Notification> notifications
    ) =>
        notifications
            .OrderByDescending(n => n.Id)
            .Take(Shown)
            .Select(n => new NewsItem(
                n.Id,
                n.Kind,
                n.TicketId,
                db.Tickets.VisibleTo(viewer).Where(t => t.Id == n.TicketId).Select(t => t.Subject).FirstOrDefault(),
                n.CreatedAt,
                n.SeenAt == null
            ));
}
