using Helpdesk.Tickets.Data;
using Microsoft.EntityFrameworkCore;

namespace Helpdesk.Knowledge.Articles;

/// <summary>Where a shared passage is shown.</summary>
/// <param name="Articles">Those that show it, also through another passage; tracked.</param>
/// <param name="Times">So many articles and passages name it themselves.</param>
public sealed record SnippetUse(List<Article> Articles, int Times)
{
    /// <summary>All passages by name.</summary>
    public static async Task<Dictionary<string, string>> KnownAsync(
        HelpdeskDbContext db,
        CancellationToken cancellationToken
    ) =>
        await db.Set<SharedText>()
            .AsNoTracking()
            .Where(t => t.Kind == SharedTextKind.Snippet)
            .ToDictionaryAsync(t => t.Name, t => t.Body, StringComparer.Ordinal, cancellationToken);

    /// <param name="known">See <see cref="KnownAsync"/>.</param>
    public static async Task<SnippetUse> FindAsync(
        HelpdeskDbContext db,
        string name,
        IReadOnlyDictionary<string, string> known,
        CancellationToken cancellationToken
    )
    {
        var articles = new Dictionary<long, Article>();
        foreach (var shown in Snippets.ShownBy(name, known))
        {
            var mark = Snippets.Mark(shown);
            foreach (
                var article in await db.Set<Article>().Where(a => a.Body.Contains(mark)).ToListAsync(cancellationToken)
            )
                articles[article.Id] = article;
        }
        var own = Snippets.Mark(name);
        var times =
            articles.Values.Count(a => a.Body.Contains(own, StringComparison.Ordinal))
            + known.Values.Count(body => body.Contains(own, StringComparison.Ordinal));
        return new([.. articles.Values], times);
    }
}
