using Helpdesk.Knowledge.Articles;
using Helpdesk.Tickets.Data;
using Microsoft.EntityFrameworkCore;

namespace Helpdesk.Web.Components.Desk.Articles;

/// <summary>Reads all that an article's authors see of it.</summary>
internal static class ArticleSheets
{
    private const int MostVersions = 100;
    private const int MostQuestions = 500;
    private const int MostRemarks = 5;

    public static async Task<ArticleSheet> OfAsync(
        HelpdeskDbContext db,
        Article article,
        CancellationToken cancellationToken
    )
    {
        var id = article.Id;
        return new(
            id,
            article.Version,
            article.TextVersion,
            article.Slug,
            article.Title,
            article.Summary,
            article.Body,
            article.State,
            article.Visibility,
            await db.Set<ChosenReader>()
                .Where(r => r.TierId != null && r.ArticleId == id)
                .OrderBy(r => r.TierId)
                .Select(r => r.TierId!.Value)
                .ToListAsync(cancellationToken),
            string.Join(
                '\n',
                await db.Set<ChosenReader>()
                    .Where(r => r.ArticleId == id)
                    .Join(db.Organizations, r => r.OrganizationId, o => o.Id, (_, o) => o.Name)
                    .OrderBy(name => name)
                    .ToListAsync(cancellationToken)
            ),
            article.TopicId,
            article.AuthorName,
            article.UpdatedAt,
            article.PublishedAt,
            article.PublishAt,
            article.OwnerUserId,
            article.ReviewAt,
            article.Helped,
            article.DidNotHelp,
            article.Solved,
            article.Language,
            await SourceAsync(db, article, cancellationToken),
            await db.Set<Article>()
                .Where(a => a.TranslationOfId == id)
                .OrderBy(a => a.Language)
                .Select(a => new ArticleLanguage(
                    a.Id,
                    a.Language,
                    a.Title,
                    a.State,
                    a.TranslatedVersion < article.TextVersion
                ))
                .ToListAsync(cancellationToken),
            await db.Set<ArticleQuestion>()
                .Where(q => q.ArticleId == id)
                .OrderByDescending(q => q.Id)
                .Take(MostQuestions)
                .Select(q => new SolvedQuestion(q.Id, q.Text, q.Source, q.TicketId, q.AddedAt))
                .ToListAsync(cancellationToken),
            await db.Set<ArticleVersion>()
                .Where(v => v.ArticleId == id)
                .OrderByDescending(v => v.Number)
                .Take(MostVersions)
                .Select(v => new VersionLine(v.Number, v.AuthorName, v.Reason, v.SavedAt))
                .ToListAsync(cancellationToken),
            await db.Set<ArticleVote>()
                .Where(v => v.ArticleId == id && v.Remark != "")
                .OrderByDescending(v => v.At)
                .Take(MostRemarks)
                .Select(v => new ReaderRemark(v.Remark, v.At))
                .ToListAsync(cancellationToken)
        );
    }

    private static async Task<ArticleSource?> SourceAsync(
        HelpdeskDbContext db,
        Article article,
        CancellationToken cancellationToken
    ) =>
        article.TranslationOfId is not { } id
            ? null
            : await db.Set<Article>()
                .Where(a => a.Id == id)
                .Select(a => new ArticleSource(
                    a.Id,
                    a.Language,
                    new ArticleText(a.Title, a.Summary, a.Body),
                    article.TranslatedVersion ?? 0,
                    a.TextVersion
                ))
                .SingleOrDefaultAsync(cancellationToken);
}
