using System.Linq.Expressions;
using Helpdesk.Knowledge.Articles;
using Helpdesk.Knowledge.Search;
using Helpdesk.Tickets.Data;
using Helpdesk.Tickets.Html;
using Helpdesk.Tickets.Settings;
using Helpdesk.Tickets.Topics;
using Helpdesk.Web.Components.Layout;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Localization;

namespace Helpdesk.Web.Components.Help.Articles;

/// <summary>
/// What a customer may read, chosen in the database by who they are. The help centre reads articles nowhere else, so that what is internal
/// or for others cannot be counted, listed or guessed.
/// </summary>
public sealed class CustomerArticles(
    IDbContextFactory<HelpdeskDbContext> databases,
    DeskDirectory directory,
    IStringLocalizer<HelpTexts> texts
)
{
    private const int ListLength = 4;
    private const int AskedCount = 3;
    private const int WordsPerMinute = 200;

    private readonly BaseLanguages languages = new();

    private static readonly Expression<Func<Article, ArticleLine>> Line = a => new ArticleLine(
        a.Slug,
        a.Title,
        a.Summary,
        a.UpdatedAt,
        a.Version <= 2
    );

    public static IQueryable<Article> In(HelpdeskDbContext db, ArticleReader reader) =>
        db.Set<Article>().AsNoTracking().ReadableBy(reader);

    // of an article in several languages one
    private static IQueryable<Article> Listed(HelpdeskDbContext db, ArticleReader reader) =>
        In(db, reader).InLanguageOf(reader);

    public async Task<HomeShelf> HomeAsync(ArticleReader reader, CancellationToken cancellation)
    {
        var picture = await directory.GetAsync(cancellation);
        await using var db = databases.CreateDbContext();
        var counts = await Listed(db, reader)
            .Where(a => a.TopicId != null)
            .GroupBy(a => a.TopicId!.Value)
            .Select(g => new { TopicId = g.Key, Count = g.Count() })
            .ToListAsync(cancellation);
        var byArea = counts
            .Where(c => picture.Topics.ContainsKey(c.TopicId))
            .GroupBy(c => AreaOf(picture, picture.Topics[c.TopicId]).Id)
            .ToDictionary(g => g.Key, g => g.Sum(c => c.Count));
        var answered = counts.Select(c => c.TopicId).ToHashSet();
        return new(
            [
                .. picture
                    .Topics.Values.Where(t => !t.IsLeaf && !t.IsArchived && byArea.ContainsKey(t.Id))
                    .OrderBy(t => t.Id)
                    .Select(t => new AreaTile(t, byArea[t.Id])),
            ],
            [
                .. picture
                    .Topics.Values.Where(t => t is { IsLeaf: true, IsArchived: false, FrequencyRank: not null })
                    .Where(t => answered.Contains(t.Id))
                    .OrderBy(t => t.FrequencyRank)
                    .Take(AskedCount),
            ],
            await Listed(db, reader)
                .OrderByDescending(a => a.Helped + a.Solved)
                .ThenBy(a => a.Id)
                .Take(ListLength)
                .Select(Line)
                .ToListAsync(cancellation),
            await Listed(db, reader)
                .OrderByDescending(a => a.UpdatedAt)
                .ThenBy(a => a.Id)
                .Take(ListLength)
                .Select(Line)
                .ToListAsync(cancellation)
        );
    }

    /// <summary>The shelf of an area or topic; null when there is none of that name.</summary>
    public async Task<TopicShelf?> TopicAsync(string slug, ArticleReader reader, CancellationToken cancellation)
    {
        var picture = await directory.GetAsync(cancellation);
        if (TopicSlugs.Find(picture, slug) is not { } topic)
            return null;
        await using var db = databases.CreateDbContext();
        var area = AreaOf(picture, topic);
        var leaves = picture
            .Topics.Values.Where(t => t.ParentId == area.Id && !t.IsArchived)
            .OrderBy(t => t.FrequencyRank ?? int.MaxValue)
            .ThenBy(t => t.Name, StringComparer.CurrentCulture)
            .ToList();
        return topic.IsLeaf
            ? new(
                topic,
                area,
                [new(topic, await OfTopicAsync(db, reader, topic, cancellation))],
                [.. leaves.Except([topic])]
            )
            : new(topic, area, await OfAreaAsync(db, reader, leaves, cancellation), []);
    }

    /// <summary>An article; null when there is none that this reader may see.</summary>
    public async Task<ReadArticle?> ArticleAsync(string slug, ArticleReader reader, CancellationToken cancellation)
    {
        await using var db = databases.CreateDbContext();
        if (await In(db, reader).SingleOrDefaultAsync(a => a.Slug == slug, cancellation) is not { } article)
            return null;
        var picture = await directory.GetAsync(cancellation);
        var body = Snippets.Expand(article.Body, await Snippets.LoadForAsync(db, [article.Body], cancellation));
        var looked = ArticleMarkdown.LinkedSlugs(body);
        return new ReadArticle
        {
            Id = article.Id,
            Slug = article.Slug,
            Title = article.Title,
            Summary = article.Summary,
            Language = article.Language,
            UpdatedAt = article.UpdatedAt,
            IsForEverybody = article.Visibility is ArticleVisibility.Public,
            Topic = article.TopicId is { } topicId ? picture.Topics.GetValueOrDefault(topicId) : null,
            Sections = SectionsOf(
                body,
                looked,
                await ArticleLinks.LeadingOnAsync(db, In(db, reader), looked, cancellation)
            ),
            Minutes = Math.Max(1, (int)Math.Round(WordsIn(body) / (double)WordsPerMinute)),
            Translations = await TranslationsAsync(db, reader, article, cancellation),
            IsBehind =
                article.TranslationOfId is { } sourceId
                && await In(db, reader)
                    .AnyAsync(a => a.Id == sourceId && a.TextVersion > article.TranslatedVersion, cancellation),
            MissesLanguage = await MissesAsync(db, reader, article, cancellation),
            Related = await RelatedAsync(db, reader, picture, article, cancellation),
        };
    }

    // a link that would lead this reader nowhere is its words alone; of more links than are looked at the rest stay links
    private IReadOnlyList<ArticleSection> SectionsOf(
        string body,
        IReadOnlyCollection<string> looked,
        IReadOnlySet<string> linked
    )
    {
        try
        {
            return ArticleMarkdown
                .Render(
                    body,
                    slug => linked.Contains(slug) || !looked.Contains(slug) ? Places.Article(slug) : null,
                    callout => texts[$"Callout.{callout}"]
                )
                .Sections;
        }
        catch (ArgumentException)
        {
            return [new(Heading: null, HtmlSanitizer.FromText(body))]; // nested deeper than the desk reads: the words at least
        }
    }

    private static async Task<IReadOnlyList<ArticleTranslation>> TranslationsAsync(
        HelpdeskDbContext db,
        ArticleReader reader,
        Article article,
        CancellationToken cancellation
    )
    {
        var sourceId = article.TranslationOfId ?? article.Id;
        return await In(db, reader)
            .Where(a => a.Id != article.Id && (a.Id == sourceId || a.TranslationOfId == sourceId))
            .OrderBy(a => a.Language)
            .Select(a => new ArticleTranslation(a.Language, a.Slug, a.Id == sourceId))
            .ToListAsync(cancellation);
    }

    // the language that the reader wishes, where the desk answers in it but not this; nobody is told of a language that nothing is in
    private async Task<string?> MissesAsync(
        HelpdeskDbContext db,
        ArticleReader reader,
        Article article,
        CancellationToken cancellation
    )
    {
        if (reader.Language is not { } wish || wish == article.Language)
            return null;
        var sourceId = article.TranslationOfId ?? article.Id;
        var isThere = await In(db, reader)
            .AnyAsync(a => (a.Id == sourceId || a.TranslationOfId == sourceId) && a.Language == wish, cancellation);
        return !isThere && (await languages.GetAsync(db, cancellation)).Contains(wish) ? wish : null;
    }

    /// <summary>What changed last of what everybody may read.</summary>
    public async Task<IReadOnlyList<ArticleLine>> NewestAsync(CancellationToken cancellation)
    {
        const int Newest = 30;
        await using var db = databases.CreateDbContext();
        return await In(db, ArticleReader.Customer)
            .OrderByDescending(a => a.UpdatedAt)
            .ThenByDescending(a => a.Id)
            .Take(Newest)
            .Select(Line)
            .ToListAsync(cancellation);
    }

    /// <summary>The address that the article of a former address has now; null when that is none, or not for this reader, or when an article lives there.</summary>
    public async Task<string?> NowAtAsync(string formerSlug, ArticleReader reader, CancellationToken cancellation)
    {
        await using var db = databases.CreateDbContext();
        return await db.Set<ArticleAddress>()
            .Where(former => former.Slug == formerSlug && !In(db, reader).Any(a => a.Slug == formerSlug))
            .Join(In(db, reader), former => former.ArticleId, article => article.Id, (_, article) => article.Slug)
            .SingleOrDefaultAsync(cancellation);
    }

    /// <summary>An article's number; null when there is none that this reader may see.</summary>
    public async Task<long?> IdOfAsync(string slug, ArticleReader reader, CancellationToken cancellation)
    {
        await using var db = databases.CreateDbContext();
        return await In(db, reader)
            .Where(a => a.Slug == slug)
            .Select(a => (long?)a.Id)
            .SingleOrDefaultAsync(cancellation);
    }

    /// <summary>The addresses of all that everybody may read, for search engines, with the day of the last change.</summary>
    public async Task<IReadOnlyList<(string Path, DateTimeOffset ChangedAt)>> AddressesAsync(
        CancellationToken cancellation
    )
    {
        await using var db = databases.CreateDbContext();
        var articles = await In(db, ArticleReader.Customer)
            .OrderBy(a => a.Id)
            .Select(a => new
            {
                a.Slug,
                a.UpdatedAt,
                a.TopicId,
            })
            .Take(45_000) // a sitemap holds 50,000
            .ToListAsync(cancellation);
        var picture = await directory.GetAsync(cancellation);
        var topics = articles
            .Where(a => a.TopicId is { } id && picture.Topics.ContainsKey(id))
            .SelectMany(a =>
                new[] { picture.Topics[a.TopicId!.Value], AreaOf(picture, picture.Topics[a.TopicId.Value]) }
                    .DistinctBy(t => t.Id)
                    .Select(topic => (Topic: topic, a.UpdatedAt))
            )
            .Where(a => !a.Topic.IsArchived)
            .GroupBy(a => a.Topic.Id)
            .Select(g => (Places.Topic(TopicSlugs.Of(g.First().Topic)), g.Max(a => a.UpdatedAt)));
        return [.. topics, .. articles.Select(a => (Places.Article(a.Slug), a.UpdatedAt))];
    }

    private static Topic AreaOf(DeskPicture picture, Topic topic) =>
        topic.ParentId is { } parent && picture.Topics.TryGetValue(parent, out var area) ? area : topic;

    private static async Task<IReadOnlyList<ArticleLine>> OfTopicAsync(
        HelpdeskDbContext db,
        ArticleReader reader,
        Topic topic,
        CancellationToken cancellation
    ) =>
        await Listed(db, reader)
            .Where(a => a.TopicId == topic.Id || a.AlsoTopics.Any(t => t.TopicId == topic.Id))
            .OrderByDescending(a => a.TopicId == topic.Id)
            .ThenByDescending(a => a.Helped + a.Solved)
            .ThenBy(a => a.Id)
            .Take(100)
            .Select(Line)
            .ToListAsync(cancellation);

    private static async Task<IReadOnlyList<TopicGroup>> OfAreaAsync(
        HelpdeskDbContext db,
        ArticleReader reader,
        List<Topic> leaves,
        CancellationToken cancellation
    )
    {
        var ids = leaves.ConvertAll(t => t.Id);
        var articles = await Listed(db, reader)
            .Where(a => a.TopicId != null && ids.Contains(a.TopicId.Value))
            .OrderByDescending(a => a.Helped + a.Solved)
            .ThenBy(a => a.Id)
            .Take(500)
            .Select(a => new
            {
                TopicId = a.TopicId!.Value,
                Line = new ArticleLine(a.Slug, a.Title, a.Summary, a.UpdatedAt, a.Version <= 2),
            })
            .ToListAsync(cancellation);
        var byTopic = articles.ToLookup(a => a.TopicId, a => a.Line);
        return [.. leaves.Where(t => byTopic.Contains(t.Id)).Select(t => new TopicGroup(t, [.. byTopic[t.Id]]))];
    }

    // First what shares a topic, then what lies in the same area; what helped more people stands first.
    private static async Task<IReadOnlyList<ArticleLine>> RelatedAsync(
        HelpdeskDbContext db,
        ArticleReader reader,
        DeskPicture picture,
        Article article,
        CancellationToken cancellation
    )
    {
        if (article.TopicId is not { } topicId || !picture.Topics.TryGetValue(topicId, out var topic))
            return [];
        var own = await db.Set<ArticleTopic>()
            .Where(t => t.ArticleId == article.Id)
            .Select(t => t.TopicId)
            .ToListAsync(cancellation);
        own.Add(topicId);
        var area = picture.Topics.Values.Where(t => t.ParentId == AreaOf(picture, topic).Id).Select(t => t.Id).ToList();
        return await Listed(db, reader)
            .Where(a => a.Id != article.Id && a.TopicId != null)
            .Where(a => a.Id != article.TranslationOfId && a.TranslationOfId != article.Id)
            .Where(a =>
                area.Contains(a.TopicId!.Value)
                || own.Contains(a.TopicId.Value)
                || a.AlsoTopics.Any(t => own.Contains(t.TopicId))
            )
            .OrderByDescending(a => own.Contains(a.TopicId!.Value) || a.AlsoTopics.Any(t => own.Contains(t.TopicId)))
            .ThenByDescending(a => a.Helped + a.Solved)
            .ThenBy(a => a.Id)
            .Take(ListLength)
            .Select(Line)
            .ToListAsync(cancellation);
    }

    private static int WordsIn(string text)
    {
        var words = 0;
        for (var i = 0; i < text.Length; i++)
            if (char.IsWhiteSpace(text[i]) && i > 0 && !char.IsWhiteSpace(text[i - 1]))
                words++;
        return words + 1;
    }
}
