using System.Text.RegularExpressions;
using Helpdesk.Knowledge.Articles;
using Helpdesk.Tickets;
using Helpdesk.Tickets.Data;
using Helpdesk.Tickets.Notifications;
using Microsoft.EntityFrameworkCore;

namespace Helpdesk.Routing.AutoAnswer;

/// <summary>A public article that fits a request of the batch.</summary>
internal sealed record FoundArticle(OfferedArticle Offered, string Language);

/// <summary>Articles as answers: what they are called, and what is sent.</summary>
internal static partial class ArticleAnswers
{
    /// <summary>A longer article is not sent whole, but as its summary and its address.</summary>
    private const int MostSent = 6_000;

    /// <summary>Those that everybody may read now, by id.</summary>
    public static async Task<Dictionary<long, FoundArticle>> LoadAsync(
        HelpdeskDbContext db,
        IReadOnlyCollection<long> ids,
        CancellationToken cancellationToken
    )
    {
        if (ids.Count == 0)
            return [];
        return await Public(db, ids)
            .Select(a => new
            {
                a.Id,
                Found = new FoundArticle(new OfferedArticle(a.Title, a.Slug, a.Summary), a.Language),
            })
            .ToDictionaryAsync(a => a.Id, a => a.Found, cancellationToken);
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
                var shelf = publicUrl.TrimEnd('/') + "/articles/";
                var body = Snippets.Expand(a.Body, snippets).Trim();
                var text = body.Length <= MostSent ? Whole(body, shelf) : Plain(a.Summary);
                var address = shelf + Uri.EscapeDataString(a.Slug);
                var markdown = $"**{title}**\n\n{text}\n\n[{title}]({address})\n";
                return new MessageContent { Text = markdown, Html = ArticleMarkdown.ToHtml(markdown) };
            }
        );
    }

    // articles name each other by their slugs, which lead nowhere from a mail
    private static string Whole(string body, string shelf) => OtherArticle().Replace(body, $"]({shelf}${{slug}})");

    [GeneratedRegex(@"\]\((?<slug>[a-z0-9-]+)\)", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 100)]
    private static partial Regex OtherArticle();

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
