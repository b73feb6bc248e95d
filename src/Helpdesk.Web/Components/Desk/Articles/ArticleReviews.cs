using Helpdesk.Knowledge.Articles;
using Helpdesk.Tickets.Access;
using Helpdesk.Tickets.Data;
using Microsoft.EntityFrameworkCore;

namespace Helpdesk.Web.Components.Desk.Articles;

/// <summary>A comment with its answers, the oldest first.</summary>
public sealed record ReviewThread(ReviewComment First, IReadOnlyList<ReviewComment> Answers);

/// <summary>What colleagues say about an article's text before it is published.</summary>
public sealed class ArticleReviews(IDbContextFactory<HelpdeskDbContext> databases, TimeProvider time)
{
    private const int MostComments = 500;

    /// <summary>Open threads first, then settled ones; each part from the newest.</summary>
    public async Task<IReadOnlyList<ReviewThread>> ListAsync(
        long articleId,
        CancellationToken cancellationToken = default
    )
    {
        await using var db = databases.CreateDbContext();
        var comments = await db.Set<ReviewComment>()
            .AsNoTracking()
            .Where(c => c.ArticleId == articleId)
            .OrderByDescending(c => c.Id)
            .Take(MostComments)
            .ToListAsync(cancellationToken);
        var answers = comments.Where(c => c.AnswersId is not null).OrderBy(c => c.Id).ToLookup(c => c.AnswersId!.Value);
        return
        [
            .. comments
                .Where(c => c.AnswersId is null)
                .OrderBy(c => c.ResolvedAt is not null)
                .Select(c => new ReviewThread(c, [.. answers[c.Id]])),
        ];
    }

    /// <param name="answersId">A thread's first comment; null begins a thread.</param>
    /// <returns>False when it is empty, or the article or the thread is not there.</returns>
    public async Task<bool> SayAsync(
        Viewer.Staff author,
        long articleId,
        int textVersion,
        string? text,
        long? answersId,
        CancellationToken cancellationToken = default
    )
    {
        if (string.IsNullOrWhiteSpace(text))
            return false;
        await using var db = databases.CreateDbContext();
        var thread = answersId is null
            ? null
            : await db.Set<ReviewComment>()
                .SingleOrDefaultAsync(
                    c => c.Id == answersId && c.ArticleId == articleId && c.AnswersId == null,
                    cancellationToken
                );
        if (
            (answersId is not null && thread is null)
            || !await db.Set<Article>().AnyAsync(a => a.Id == articleId, cancellationToken)
        )
            return false;
        db.Add(new ReviewComment(articleId, textVersion, text, thread, author.Actor, time.GetUtcNow()));
        await db.SaveChangesAsync(cancellationToken);
        return true;
    }

    /// <summary>Settles a thread, or opens it again.</summary>
    public async Task SettleAsync(
        Viewer.Staff person,
        long articleId,
        long commentId,
        bool isSettled,
        CancellationToken cancellationToken = default
    )
    {
        await using var db = databases.CreateDbContext();
        var thread = await db.Set<ReviewComment>()
            .SingleOrDefaultAsync(
                c => c.Id == commentId && c.ArticleId == articleId && c.AnswersId == null,
                cancellationToken
            );
        if (thread is null || thread.ResolvedAt is not null == isSettled)
            return;
        if (isSettled)
            thread.Resolve(person.Actor, time.GetUtcNow());
        else
            thread.Open();
        await db.SaveChangesAsync(cancellationToken);
    }
}
