using Helpdesk.Tickets.Data;
using Microsoft.EntityFrameworkCore;

namespace Helpdesk.Knowledge.Articles;

/// <summary>Another article that an article's text, with its shared passages, links to. Kept as it is saved, so that nobody reads all texts to find it.</summary>
public sealed class ArticleLink
{
    public long ArticleId { get; init; }

    /// <summary>As the text names it; perhaps no article's.</summary>
    public required string Slug { get; init; }
}

/// <summary>Why a link to an article leads nowhere for those who read it.</summary>
public enum LinkFault
{
    /// <summary>No article has, or had, this address.</summary>
    NoArticle,

    /// <summary>A draft, or in review.</summary>
    NotPublished,
    Archived,

    /// <summary>Some who read the one may not read the other.</summary>
    NotForItsReaders,
}

/// <summary>A link that leads nowhere, and whose it is.</summary>
public sealed record DeadLink(long ArticleId, string Title, string Slug, LinkFault Fault);

/// <summary>Which links between articles lead nowhere. An address that an article had counts as its own.</summary>
public static class ArticleLinks
{
    /// <summary>Further links of one text are not looked at.</summary>
    public const int MostOfAnArticle = 200;

    private sealed record Target(
        string Slug,
        ArticleState State,
        ArticleVisibility Visibility,
        List<ChosenReader> Readers
    );

    /// <summary>Of these addresses those that a reader is led to an article by.</summary>
    /// <param name="readable">What the reader may read.</param>
    public static async Task<IReadOnlySet<string>> LeadingOnAsync(
        HelpdeskDbContext db,
        IQueryable<Article> readable,
        IReadOnlyCollection<string> slugs,
        CancellationToken cancellationToken = default
    )
    {
        if (slugs.Count == 0)
            return new HashSet<string>();
        var found = await readable
            .Where(a => slugs.Contains(a.Slug))
            .Select(a => a.Slug)
            .ToHashSetAsync(StringComparer.Ordinal, cancellationToken);
        if (found.Count < slugs.Count)
            found.UnionWith(
                await db.Set<ArticleAddress>()
                    .Where(former => slugs.Contains(former.Slug) && readable.Any(a => a.Id == former.ArticleId))
                    .Select(former => former.Slug)
                    .ToListAsync(cancellationToken)
            );
        return found;
    }

    /// <summary>What is wrong with links of a text for these readers; links that lead on are left out.</summary>
    public static async Task<IReadOnlyDictionary<string, LinkFault>> FaultsAsync(
        HelpdeskDbContext db,
        IReadOnlyCollection<string> slugs,
        ArticleVisibility visibility,
        ChosenReaders readers,
        CancellationToken cancellationToken = default
    )
    {
        var faults = new Dictionary<string, LinkFault>(StringComparer.Ordinal);
        if (slugs.Count == 0)
            return faults;
        var targets = await TargetsAsync(db, slugs, cancellationToken);
        foreach (var slug in slugs)
            if (FaultOf(targets.GetValueOrDefault(slug), visibility, readers) is { } fault)
                faults[slug] = fault;
        return faults;
    }

    /// <summary>Published articles with links that lead nowhere, one line a link.</summary>
    public static async Task<IReadOnlyList<DeadLink>> FindDeadAsync(
        HelpdeskDbContext db,
        int most,
        CancellationToken cancellationToken = default
    )
    {
        var published = db.Set<Article>().Where(a => a.State == ArticleState.Published);
        // each step is one look into an index: what lives at the address, else what lived there
        var links =
            from article in published
            from link in article.Links
            join now in published on link.Slug equals now.Slug into lives
            from now in lives.DefaultIfEmpty()
            join address in db.Set<ArticleAddress>() on link.Slug equals address.Slug into addresses
            from address in addresses.DefaultIfEmpty()
            join before in published on address.ArticleId equals before.Id into lived
            from before in lived.DefaultIfEmpty()
            select new
            {
                Article = article,
                link.Slug,
                TargetId = now != null ? (long?)now.Id : (long?)before.Id,
                Visibility = now != null ? (ArticleVisibility?)now.Visibility : (ArticleVisibility?)before.Visibility,
            };
        var dead = await links
            .Where(l =>
                l.Visibility == null
                || (
                    l.Visibility != ArticleVisibility.Public
                    && l.Article.Visibility != ArticleVisibility.Internal
                    && (
                        l.Visibility != l.Article.Visibility
                        || l.Article.ChosenReaders.Any(r =>
                            !db.Set<ChosenReader>()
                                .Any(q =>
                                    q.ArticleId == l.TargetId
                                    && q.TierId == r.TierId
                                    && q.OrganizationId == r.OrganizationId
                                )
                        )
                    )
                )
            )
            .OrderBy(l => l.Article.Id)
            .ThenBy(l => l.Slug)
            .Select(l => new
            {
                l.Article.Id,
                l.Article.Title,
                l.Slug,
            })
            .Take(most)
            .ToListAsync(cancellationToken);
        if (dead.Count == 0)
            return [];
        var targets = await TargetsAsync(db, dead.ConvertAll(l => l.Slug), cancellationToken);
        return
        [
            .. dead.Select(l => new DeadLink(
                l.Id,
                l.Title,
                l.Slug,
                // published, and still not for all who read the link
                FaultOf(targets.GetValueOrDefault(l.Slug), ArticleVisibility.Internal, ChosenReaders.None)
                    ?? LinkFault.NotForItsReaders
            )),
        ];
    }

    /// <summary>Notes the links of texts that are new; saved with them.</summary>
    internal static async Task NoteAsync(
        HelpdeskDbContext db,
        IReadOnlyList<Article> articles,
        CancellationToken cancellationToken
    )
    {
        var snippets = await Snippets.LoadForAsync(db, articles.Select(a => a.Body), cancellationToken);
        foreach (var article in articles)
        {
            if (article.Id != 0)
                await db.Entry(article).Collection(a => a.Links).LoadAsync(cancellationToken);
            var now = ArticleMarkdown.LinkedSlugs(Snippets.Expand(article.Body, snippets));
            article.Links.RemoveAll(link => !now.Contains(link.Slug));
            article.Links.AddRange(
                now.Where(slug => !article.Links.Exists(link => link.Slug == slug))
                    .Select(slug => new ArticleLink { Slug = slug })
            );
            article.HasNewText = false;
        }
    }

    private static async Task<Dictionary<string, Target>> TargetsAsync(
        HelpdeskDbContext db,
        IReadOnlyCollection<string> slugs,
        CancellationToken cancellationToken
    )
    {
        var articles = db.Set<Article>().AsNoTracking();
        var former = await db.Set<ArticleAddress>()
            .Where(f => slugs.Contains(f.Slug))
            .Join(
                articles,
                f => f.ArticleId,
                a => a.Id,
                (f, a) => new Target(f.Slug, a.State, a.Visibility, a.ChosenReaders.ToList())
            )
            .ToListAsync(cancellationToken);
        var own = await articles
            .Where(a => slugs.Contains(a.Slug))
            .Select(a => new Target(a.Slug, a.State, a.Visibility, a.ChosenReaders.ToList()))
            .ToListAsync(cancellationToken);
        // an article that lives there hides one that did
        return former.Concat(own).GroupBy(t => t.Slug).ToDictionary(g => g.Key, g => g.Last(), StringComparer.Ordinal);
    }

    private static LinkFault? FaultOf(Target? target, ArticleVisibility visibility, ChosenReaders readers) =>
        target switch
        {
            null => LinkFault.NoArticle,
            { State: ArticleState.Archived } => LinkFault.Archived,
            { State: not ArticleState.Published } => LinkFault.NotPublished,
            { Visibility: ArticleVisibility.Public } => null,
            _ when visibility is ArticleVisibility.Internal => null,
            { Visibility: ArticleVisibility.Chosen } when visibility is ArticleVisibility.Chosen => readers.TierIds.All(
                id => target.Readers.Exists(r => r.TierId == id)
            ) && readers.OrganizationIds.All(id => target.Readers.Exists(r => r.OrganizationId == id))
                ? null
                : LinkFault.NotForItsReaders,
            _ => LinkFault.NotForItsReaders,
        };
}
