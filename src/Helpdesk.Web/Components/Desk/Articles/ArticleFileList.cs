using Helpdesk.Knowledge.Articles;
using Helpdesk.Tickets.Access;
using Helpdesk.Tickets.Data;
using Microsoft.EntityFrameworkCore;

namespace Helpdesk.Web.Components.Desk.Articles;

/// <summary>The files of an article, for its authors.</summary>
public sealed class ArticleFileList(IDbContextFactory<HelpdeskDbContext> databases)
{
    public async Task<IReadOnlyList<ArticleAttachment>> ListAsync(
        long articleId,
        CancellationToken cancellationToken = default
    )
    {
        await using var db = databases.CreateDbContext();
        return await db.Set<ArticleAttachment>()
            .AsNoTracking()
            .Where(f => f.ArticleId == articleId)
            .OrderByDescending(f => f.Id)
            .ToListAsync(cancellationToken);
    }

    /// <summary>Takes a file away, with its bytes where nothing else has them.</summary>
    /// <returns>What is against it; null = it is gone.</returns>
    public async Task<ArticleOutcome.NotReviewer?> RemoveAsync(
        Viewer.Staff author,
        long articleId,
        long id,
        CancellationToken cancellationToken = default
    )
    {
        await using var db = databases.CreateDbContext();
        if (
            await db.Set<ArticleAttachment>()
                .SingleOrDefaultAsync(f => f.Id == id && f.ArticleId == articleId, cancellationToken)
            is not { } file
        )
            return null;
        var articles = await db.Set<Article>()
            .AsNoTracking()
            .Where(a => a.Id == articleId)
            .ToListAsync(cancellationToken);
        if (await PublishingRules.NotReviewerAsync(db, author, articles, cancellationToken) is { } names)
            return new(names);
        db.Remove(file);
        await db.SaveChangesAsync(cancellationToken);
        try
        {
            await db.Blobs.Where(b => b.Hash == file.BlobHash).ExecuteDeleteAsync(cancellationToken);
        }
        catch (System.Data.Common.DbException)
        {
            // something else holds the same bytes: the database keeps them for it
        }
        return null;
    }
}
