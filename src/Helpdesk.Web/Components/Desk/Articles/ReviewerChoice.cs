using Helpdesk.Knowledge.Articles;
using Helpdesk.Tickets.Access;
using Helpdesk.Tickets.Data;
using Helpdesk.Tickets.Topics;
using Microsoft.EntityFrameworkCore;

namespace Helpdesk.Web.Components.Desk.Articles;

public sealed record ReviewerRow(int TopicId, Guid UserId, string Name);

/// <summary>Who may publish in which area or topic; supervisors say so.</summary>
public sealed class ReviewerChoice(IDbContextFactory<HelpdeskDbContext> databases)
{
    private const int Most = 2_000;

    public async Task<IReadOnlyList<ReviewerRow>> ListAsync(CancellationToken cancellationToken = default)
    {
        await using var db = databases.CreateDbContext();
        return await db.Set<TopicReviewer>()
            .Join(
                db.Users,
                r => r.UserId,
                u => u.Id,
                (r, u) =>
                    new
                    {
                        r.TopicId,
                        r.UserId,
                        u.DisplayName,
                    }
            )
            .OrderBy(r => r.TopicId)
            .ThenBy(r => r.DisplayName)
            .Take(Most)
            .Select(r => new ReviewerRow(r.TopicId, r.UserId, r.DisplayName))
            .ToListAsync(cancellationToken);
    }

    /// <summary>Does nothing for who may not, and for people or topics that are not there.</summary>
    public async Task AddAsync(
        Viewer.Staff person,
        int topicId,
        Guid userId,
        CancellationToken cancellationToken = default
    )
    {
        if (!person.SeesAll)
            return;
        await using var db = databases.CreateDbContext();
        if (
            !await db.Set<Topic>().AnyAsync(t => t.Id == topicId, cancellationToken)
            || !await db.Users.AnyAsync(
                u => u.Id == userId && u.CustomerId == null && u.DeactivatedAt == null,
                cancellationToken
            )
            || await db.Set<TopicReviewer>()
                .AnyAsync(r => r.TopicId == topicId && r.UserId == userId, cancellationToken)
        )
            return;
        db.Add(new TopicReviewer { TopicId = topicId, UserId = userId });
        await db.SaveChangesAsync(cancellationToken);
    }

    public async Task RemoveAsync(
        Viewer.Staff person,
        int topicId,
        Guid userId,
        CancellationToken cancellationToken = default
    )
    {
        if (!person.SeesAll)
            return;
        await using var db = databases.CreateDbContext();
        await db.Set<TopicReviewer>()
            .Where(r => r.TopicId == topicId && r.UserId == userId)
            .ExecuteDeleteAsync(cancellationToken);
    }
}
