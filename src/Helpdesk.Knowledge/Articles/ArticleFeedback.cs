using Helpdesk.Knowledge.Search;
using Helpdesk.Tickets;
using Helpdesk.Tickets.Data;
using Microsoft.EntityFrameworkCore;

namespace Helpdesk.Knowledge.Articles;

/// <summary>
/// What customers say about articles that they may read: one word a visitor, the last one counts. It changes counters only;
/// what the index learns is confirmed by staff.
/// </summary>
public sealed class ArticleFeedback(IDbContextFactory<HelpdeskDbContext> databases, TimeProvider time)
{
    public const int MaxRemarkLength = 2000;
    private const int Attempts = 3;

    /// <param name="visitor">Up to 64 characters that stand for one person.</param>
    /// <param name="remark">The visitor's words: what was missing, or what they had asked; null leaves earlier ones.</param>
    /// <returns>False when there is no such article for this reader.</returns>
    public async Task<bool> SayAsync(
        string slug,
        ArticleReader reader,
        string visitor,
        bool helped,
        string? remark,
        CancellationToken cancellationToken = default
    )
    {
        for (var attempt = 1; ; attempt++)
        {
            await using var db = databases.CreateDbContext();
            var articleId = await db.Set<Article>()
                .ReadableBy(reader)
                .Where(a => a.Slug == slug)
                .Select(a => (long?)a.Id)
                .SingleOrDefaultAsync(cancellationToken);
            if (articleId is not { } id)
                return false;
            try
            {
                await SaveAsync(db, id, visitor, helped, remark, cancellationToken);
                return true;
            }
            catch (DbUpdateException) when (attempt < Attempts)
            {
                // the same visitor clicked twice at once: the second word replaces the first
            }
        }
    }

    private async Task SaveAsync(
        HelpdeskDbContext db,
        long articleId,
        string visitor,
        bool helped,
        string? remark,
        CancellationToken cancellationToken
    )
    {
        var vote = await db.Set<ArticleVote>().FindAsync([articleId, visitor], cancellationToken);
        if (vote is null)
            db.Add(
                vote = new ArticleVote
                {
                    ArticleId = articleId,
                    Visitor = visitor,
                    Helped = helped,
                    At = time.GetUtcNow(),
                }
            );
        (vote.Helped, vote.At) = (helped, time.GetUtcNow());
        if (remark is not null)
            vote.Remark = Text.Cut(remark.Trim(), MaxRemarkLength);
        await db.SaveChangesAsync(cancellationToken);
        // counted anew rather than raised: a crash in between heals with the next vote
        var votes = db.Set<ArticleVote>().Where(v => v.ArticleId == articleId);
        await db.Set<Article>()
            .Where(a => a.Id == articleId)
            .ExecuteUpdateAsync(
                set =>
                    set.SetProperty(a => a.Helped, _ => votes.Count(v => v.Helped))
                        .SetProperty(a => a.DidNotHelp, _ => votes.Count(v => !v.Helped)),
                cancellationToken
            );
    }
}
