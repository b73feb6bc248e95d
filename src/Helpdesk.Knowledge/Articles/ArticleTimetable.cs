using Helpdesk.Tickets;
using Helpdesk.Tickets.Data;
using Helpdesk.Tickets.Notifications;
using Microsoft.EntityFrameworkCore;
using Quartz;

namespace Helpdesk.Knowledge.Articles;

/// <summary>What happened to articles because of the time.</summary>
public sealed record ArticleTimetableRun(int Published, int Reminded);

/// <summary>
/// Publishes what was planned for now and reminds owners of articles whose review is due. Each article in a commit of its own, so that one
/// that somebody saves at this moment waits for the next run and holds up no other; twice on two nodes is once.
/// </summary>
public sealed class ArticleTimetable(IDbContextFactory<HelpdeskDbContext> databases, Bells bells, TimeProvider time)
{
    private const int BatchSize = 100;

    public async Task<ArticleTimetableRun> RunAsync(CancellationToken cancellationToken = default)
    {
        var now = time.GetUtcNow();
        List<long> due,
            unread;
        await using (var db = databases.CreateDbContext())
        {
            due = await db.Set<Article>()
                .Where(a => a.PublishAt <= now && a.State != ArticleState.Published)
                .OrderBy(a => a.PublishAt)
                .Select(a => a.Id)
                .Take(BatchSize)
                .ToListAsync(cancellationToken);
            unread = await db.Set<Article>()
                .Where(a => a.ReviewAt <= now && a.RemindedAt == null && a.OwnerUserId != null)
                .Where(a => a.State != ArticleState.Archived)
                .OrderBy(a => a.ReviewAt)
                .Select(a => a.Id)
                .Take(BatchSize)
                .ToListAsync(cancellationToken);
        }
        var published = 0;
        foreach (var id in due)
            published += await ChangeAsync(id, (_, article) => PublishAsync(article, now), cancellationToken) ? 1 : 0;
        var reminded = 0;
        foreach (var id in unread)
            reminded += await ChangeAsync(id, (db, article) => RemindAsync(db, article, now), cancellationToken)
                ? 1
                : 0;
        return new(published, reminded);
    }

    private async Task<bool> ChangeAsync(
        long id,
        Func<HelpdeskDbContext, Article, Task<bool>> change,
        CancellationToken cancellationToken
    )
    {
        await using var db = databases.CreateDbContext();
        var article = await db.Set<Article>().SingleAsync(a => a.Id == id, cancellationToken);
        try
        {
            if (!await change(db, article))
                return false;
            await ArticleChanges.SaveAsync(db, bells, cancellationToken);
            return true;
        }
        catch (DbUpdateConcurrencyException)
        {
            return false; // somebody saved it at this moment; the next run looks again
        }
    }

    private static Task<bool> PublishAsync(Article article, DateTimeOffset now)
    {
        if (!(article.PublishAt <= now) || string.IsNullOrWhiteSpace(article.Body))
            return Task.FromResult(false);
        article.Publish(Actor.System, now);
        return Task.FromResult(true);
    }

    private static async Task<bool> RemindAsync(HelpdeskDbContext db, Article article, DateTimeOffset now)
    {
        if (article.RemindedAt is not null || !(article.ReviewAt <= now))
            return false;
        var owner = await db
            .Users.Where(u => u.Id == article.OwnerUserId && u.DeactivatedAt == null)
            .Select(u => u.Email)
            .SingleOrDefaultAsync();
        article.Remind(now);
        if (owner is null)
            return true; // gone: the list of outdated articles shows it
        db.Notifications.Add(
            Notification.ToAddress(
                NotificationKind.ReviewDue,
                owner,
                new Dictionary<string, string>(StringComparer.Ordinal)
                {
                    ["link"] = $"/desk/articles/{article.Id}",
                    ["article"] = article.Title,
                },
                now
            )
        );
        return true;
    }
}

/// <summary>Wakes the timetable.</summary>
[DisallowConcurrentExecution]
public sealed class ArticleTimetableJob(ArticleTimetable timetable) : IJob
{
    public async ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken = default) =>
        await timetable.RunAsync(cancellationToken);
}
