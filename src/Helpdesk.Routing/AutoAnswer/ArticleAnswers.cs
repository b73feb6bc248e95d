using Helpdesk.Knowledge.Articles;
using Helpdesk.Knowledge.Search;
using Helpdesk.Tickets;
using Helpdesk.Tickets.Data;
using Helpdesk.Tickets.Notifications;
using Microsoft.EntityFrameworkCore;

namespace Helpdesk.Routing.AutoAnswer;

/// <summary>An article that fits a request and that its customer may read.</summary>
/// <param name="SourceId">The article that it translates, or its own id.</param>
/// <param name="IsPublic">Everybody may read it.</param>
internal sealed record FoundArticle(
    OfferedArticle Offered,
    string Language,
    long SourceId,
    bool IsPublic,
    int? TopicId
);

/// <summary>Articles as answers: what they are called, and what is sent.</summary>
internal static class ArticleAnswers
{
    /// <summary>A longer article is not sent whole, but as its summary and its address.</summary>
    private const int MostSent = 6_000;

    /// <summary>Those of the articles that each reader may read now. One query for all whom nothing but public articles are open to.</summary>
    public static async Task<Dictionary<(ArticleReader Reader, long Id), FoundArticle>> LoadAsync(
        HelpdeskDbContext db,
        IEnumerable<(ArticleReader Reader, long Id)> wanted,
        CancellationToken cancellationToken
    )
    {
        var found = new Dictionary<(ArticleReader, long), FoundArticle>();
        foreach (var of in wanted.GroupBy(pair => pair.Reader, pair => pair.Id))
        {
            List<long> ids = [.. of.Distinct()];
            var articles = await db.Set<Article>()
                .AsNoTracking()
                .ReadableBy(of.Key)
                .Where(a => ids.Contains(a.Id))
                .Select(a => new
                {
                    a.Id,
                    a.Title,
                    a.Slug,
                    a.Summary,
                    a.Language,
                    a.TopicId,
                    SourceId = a.TranslationOfId ?? a.Id,
                    IsPublic = a.Visibility == ArticleVisibility.Public,
                })
                .ToListAsync(cancellationToken);
            foreach (var a in articles)
                found[(of.Key, a.Id)] = new(
                    new OfferedArticle(a.Title, a.Slug, a.Summary, NeedsSignIn: !a.IsPublic),
                    a.Language,
                    a.SourceId,
                    a.IsPublic,
                    a.TopicId
                );
        }
        return found;
    }

    /// <summary>What is sent, by article.</summary>
    /// <param name="publicUrl">Where the help centre is.</param>
    public static async Task<Dictionary<long, MessageContent>> ContentsAsync(
        HelpdeskDbContext db,
        IReadOnlyCollection<long> ids,
        string publicUrl,
        CancellationToken cancellationToken
    )
    {
        if (ids.Count == 0)
            return [];
        var articles = await Public(db, ids)
            .Select(a => new
            {
                a.Id,
                a.Title,
                a.Slug,
                a.Summary,
                a.Body,
            })
            .ToListAsync(cancellationToken);
        var snippets = await Snippets.LoadForAsync(db, articles.Select(a => a.Body), cancellationToken);
        return articles.ToDictionary(
            a => a.Id,
            a =>
            {
                var title = Plain(a.Title);
                var body = Snippets.Expand(a.Body, snippets).Trim();
                var text = body.Length <= MostSent ? WholeAddresses.In(body, publicUrl) : Plain(a.Summary);
                var address = $"{publicUrl.TrimEnd('/')}/articles/{Uri.EscapeDataString(a.Slug)}";
                var markdown = $"**{title}**\n\n{text}\n\n[{title}]({address})\n";
                return new MessageContent { Text = markdown, Html = ArticleMarkdown.ToHtml(markdown) };
            }
        );
    }

    private static IQueryable<Article> Public(HelpdeskDbContext db, IReadOnlyCollection<long> ids) =>
        db.Set<Article>()
            .AsNoTracking()
            .Where(a =>
                ids.Contains(a.Id) && a.State == ArticleState.Published && a.Visibility == ArticleVisibility.Public
            );

    // a title is words, whatever marks are in it
    private static string Plain(string words) =>
        string.Concat(words.Select(c => "\\`*_{}[]<>()#~|".Contains(c, StringComparison.Ordinal) ? $"\\{c}" : $"{c}"));
}
