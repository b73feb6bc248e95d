using Helpdesk.Knowledge.Articles;
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
    public async Task RemoveAsync(long articleId, long id, CancellationToken cancellationToken = default)
    {
        await using var db = databases.CreateDbContext();
        if (
            await db.Set<ArticleAttachment>()
                .SingleOrDefaultAsync(f => f.Id == id && f.ArticleId == articleId, cancellationToken)
            is not { } file
        )
            return;
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
    }
}
