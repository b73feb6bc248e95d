using Helpdesk.Tickets.Access;
using Helpdesk.Tickets.Data;
using Helpdesk.Tickets.Topics;
using Microsoft.EntityFrameworkCore;

namespace Helpdesk.Knowledge.Articles;

/// <summary>Somebody who may publish in an area or a topic.</summary>
public sealed class TopicReviewer
{
    public int TopicId { get; init; }
    public Guid UserId { get; init; }
}

/// <summary>
/// Who may publish where: a topic's reviewers, or those of its area when it has none of its own; everybody on the staff where neither has any.
/// Supervisors and administrators always may.
/// </summary>
public static class Reviewers
{
    /// <summary>The people who may publish in a topic; empty = everybody. Who has left counts still, so that nobody steps in unasked.</summary>
    public static async Task<IReadOnlyList<Guid>> OfAsync(
        HelpdeskDbContext db,
        int? topicId,
        CancellationToken cancellationToken = default
    )
    {
        if (topicId is not { } id)
            return [];
        var own = await InAsync(db, id, cancellationToken);
        if (own.Count > 0)
            return own;
        var area = await db.Set<Topic>()
            .Where(t => t.Id == id)
            .Select(t => t.ParentId)
            .SingleOrDefaultAsync(cancellationToken);
        return area is { } parent ? await InAsync(db, parent, cancellationToken) : [];
    }

    public static async Task<bool> MayPublishAsync(
        HelpdeskDbContext db,
        Viewer.Staff person,
        int? topicId,
        CancellationToken cancellationToken = default
    ) =>
        person.SeesAll
        || await OfAsync(db, topicId, cancellationToken) is { } reviewers
            && (reviewers.Count == 0 || reviewers.Contains(person.UserId));

    private static Task<List<Guid>> InAsync(HelpdeskDbContext db, int topicId, CancellationToken cancellationToken) =>
        db.Set<TopicReviewer>().Where(r => r.TopicId == topicId).Select(r => r.UserId).ToListAsync(cancellationToken);
}
