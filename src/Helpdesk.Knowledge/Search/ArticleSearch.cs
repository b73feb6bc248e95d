using Helpdesk.Knowledge.Analysis;
using Helpdesk.Knowledge.Articles;
using Helpdesk.Knowledge.Matching;
using Helpdesk.Tickets;
using Helpdesk.Tickets.Data;
using Microsoft.EntityFrameworkCore;

namespace Helpdesk.Knowledge.Search;

/// <summary>An article that was found.</summary>
/// <param name="Title">With the query's words marked.</param>
/// <param name="Snippet">The summary, or the passage of the text that has the query's words.</param>
/// <param name="FitPercent">How likely it is what was meant, see <see cref="Matching.FitPercent"/>.</param>
/// <param name="Solved">People it has helped, and requests it has solved.</param>
public sealed record ArticleHit(
    long Id,
    string Slug,
    IReadOnlyList<TextPart> Title,
    IReadOnlyList<TextPart> Snippet,
    int? TopicId,
    ArticleVisibility Visibility,
    DateTimeOffset UpdatedAt,
    int FitPercent,
    FitReason Reason,
    int Solved
)
{
    public string PlainTitle => string.Concat(Title.Select(part => part.Text));
}

/// <param name="ReadAs">The query with its corrected words, which is what was searched for; null when it was read as typed.</param>
/// <param name="HasMore">There are more than asked for.</param>
/// <param name="Topics">For each main topic how many of all results that can be reached, whichever topics were asked for.</param>
public sealed record ArticleResults(
    IReadOnlyList<ArticleHit> Hits,
    string? ReadAs,
    bool HasMore,
    IReadOnlyDictionary<int, int> Topics
)
{
    public static ArticleResults None { get; } =
        new([], ReadAs: null, HasMore: false, System.Collections.Frozen.FrozenDictionary<int, int>.Empty);
}

/// <summary>An article's name, for suggestions and lists.</summary>
public sealed record ArticleName(long Id, string Slug, string Title, string Summary);

/// <summary>
/// Finds articles for customers and for staff. The index says which; what is shown is read from the database and filtered there again, so
/// that an article withdrawn a moment ago is not shown.
/// </summary>
/// <param name="likely">Null = nobody can say what a question is about, and words alone decide.</param>
public sealed class ArticleSearch(
    SolutionIndexes indexes,
    IDbContextFactory<HelpdeskDbContext> databases,
    LikelyTopics? likely = null
)
{
    /// <summary>Longer queries are cut here.</summary>
    public const int MaxQueryLength = 500;

    /// <summary>More distinct words are not looked up.</summary>
    public const int MaxQueryWords = 32;
    private const int SnippetLength = 220;

    /// <summary>A word is marked that has at least this part of the weight of the weightiest.</summary>
    private const double LeastMarked = 0.15;
    private const int MaxPage = 50;

    /// <summary>So many results can be reached, and are counted by topic.</summary>
    private const int MaxResults = 100;

    /// <summary>The articles for what somebody typed, best first. Any text is a query.</summary>
    /// <param name="skip">For further pages; up to 100 results can be reached.</param>
    /// <param name="exactly">The reader insists on the words as typed.</param>
    /// <param name="topicIds">Only articles with one of these main topics; null = any.</param>
    public async Task<ArticleResults> FindAsync(
        string text,
        ArticleReader reader,
        int count = 10,
        int skip = 0,
        bool exactly = false,
        IReadOnlyCollection<int>? topicIds = null,
        CancellationToken cancellationToken = default
    )
    {
        var query = Text.Cut(text, MaxQueryLength);
        (count, skip) = (Math.Clamp(count, 1, MaxPage), Math.Max(0, skip));
        var answer = IndexFor(reader)
            .Search(
                new SearchQuery(query)
                {
                    Count = MaxResults,
                    MaxWords = MaxQueryWords,
                    Audience = reader.Kinds,
                    Exactly = exactly,
                }
            );
        var topics = await TopicsAsync([.. answer.Hits.Select(hit => hit.Id)], reader, cancellationToken);
        // who insists on the words as typed gets what has them
        var ordered = exactly
            ? answer.Hits
            : TopicAgreement.Order(
                answer.Hits,
                id => topics.GetValueOrDefault(id)?.TopicId,
                await LikelyAsync("", query, cancellationToken)
            );
        var within = OneOfEach(ordered, topics, reader.Language)
            .Where(hit => IsWithin(topics[hit.Id].TopicId, topicIds))
            .ToList();
        var page = within.Skip(skip).Take(count).ToList();
        var articles = await LoadAsync(page.ConvertAll(hit => hit.Id), reader, cancellationToken);
        var hits = page.Where(hit => articles.ContainsKey(hit.Id)).Select(hit => Describe(hit, articles[hit.Id]));
        return new(
            [.. hits],
            Corrected(query, answer.Corrections),
            within.Count > skip + count,
            OneOfEach(answer.Hits, topics, reader.Language)
                .Select(hit => topics[hit.Id].TopicId)
                .OfType<int>()
                .CountBy(topic => topic)
                .ToDictionary()
        );
    }

    /// <summary>What a question is likely about; empty where nobody can say.</summary>
    internal async Task<IReadOnlyDictionary<int, double>> LikelyAsync(
        string subject,
        string text,
        CancellationToken cancellationToken
    ) =>
        likely is null
            ? System.Collections.Frozen.FrozenDictionary<int, double>.Empty
            : await likely(subject, text, cancellationToken);

    private static bool IsWithin(int? topic, IReadOnlyCollection<int>? topicIds) =>
        topicIds is null || (topic is { } id && topicIds.Contains(id));

    // of an article and its translations the one in the reader's language, else the best; it stands where the best stood
    private static IEnumerable<SearchHit> OneOfEach(
        IReadOnlyList<SearchHit> hits,
        Dictionary<long, Placed> placed,
        string? language
    ) =>
        hits.Where(hit => placed.ContainsKey(hit.Id))
            .GroupBy(hit => placed[hit.Id].SourceId)
            .Select(same => same.FirstOrDefault(hit => placed[hit.Id].Language == language) ?? same.First());

    private sealed record Placed(long Id, int? TopicId, long SourceId, string Language);

    // counted among what the database shows this reader now: an article withdrawn a moment ago is not even a number
    private async Task<Dictionary<long, Placed>> TopicsAsync(
        List<long> ids,
        ArticleReader reader,
        CancellationToken cancellationToken
    )
    {
        if (ids.Count == 0)
            return [];
        await using var db = databases.CreateDbContext();
        return await Readable(db, reader)
            .Where(a => ids.Contains(a.Id))
            .Select(a => new Placed(a.Id, a.TopicId, a.TranslationOfId ?? a.Id, a.Language))
            .ToDictionaryAsync(a => a.Id, cancellationToken);
    }

    /// <summary>Articles for a query that is still being typed.</summary>
    public async Task<IReadOnlyList<ArticleName>> SuggestAsync(
        string text,
        ArticleReader reader,
        int count = 5,
        CancellationToken cancellationToken = default
    )
    {
        var query = new SearchQuery(Text.Cut(text, MaxQueryLength))
        {
            Count = WithTranslations(count),
            MaxWords = MaxQueryWords,
            Audience = reader.Kinds,
            StillTyping = true,
        };
        return await NamesAsync(IndexFor(reader).Search(query), reader, count, without: 0, cancellationToken);
    }

    /// <summary>Articles about the same as this one; none when the reader may not see it.</summary>
    public async Task<IReadOnlyList<ArticleName>> RelatedAsync(
        long articleId,
        ArticleReader reader,
        int count = 4,
        CancellationToken cancellationToken = default
    )
    {
        if (!(await LoadAsync([articleId], reader, cancellationToken)).TryGetValue(articleId, out var article))
            return [];
        var query = new SearchQuery(article.Summary)
        {
            Subject = article.Title,
            Without = articleId,
            Audience = reader.Kinds,
            Count = WithTranslations(count),
            Exactly = true,
        };
        var own = article.TranslationOfId ?? article.Id;
        return await NamesAsync(IndexFor(reader).Search(query), reader, count, without: own, cancellationToken);
    }

    /// <summary>The articles that helped most people.</summary>
    public async Task<IReadOnlyList<ArticleName>> PopularAsync(
        ArticleReader reader,
        int count = 5,
        CancellationToken cancellationToken = default
    )
    {
        await using var db = databases.CreateDbContext();
        return await Readable(db, reader)
            .OrderByDescending(a => a.Helped + a.Solved)
            .ThenBy(a => a.Id)
            .Take(Math.Clamp(count, 1, MaxPage))
            .Select(a => new ArticleName(a.Id, a.Slug, a.Title, a.Summary))
            .ToListAsync(cancellationToken);
    }

    /// <summary>An article and its translations are one, so that more than are shown are looked at.</summary>
    internal static int WithTranslations(int count) => 3 * Math.Clamp(count, 1, MaxPage);

    internal ISolutionIndex IndexFor(ArticleReader reader) =>
        reader.IsStaff ? indexes.StaffArticles : indexes.CustomerArticles;

    /// <summary>Those of the articles that the reader may see now, with their text.</summary>
    internal async Task<Dictionary<long, Article>> LoadAsync(
        List<long> ids,
        ArticleReader reader,
        CancellationToken cancellationToken
    )
    {
        if (ids.Count == 0)
            return [];
        await using var db = databases.CreateDbContext();
        var articles = await Readable(db, reader).Where(a => ids.Contains(a.Id)).ToListAsync(cancellationToken);
        var snippets = await Snippets.LoadForAsync(db, articles.Select(a => a.Body), cancellationToken);
        return articles.ToDictionary(a => a.Id, a => a.Reading(snippets));
    }

    internal static ArticleHit Describe(SearchHit hit, Article article)
    {
        var language = Languages.FromCode(article.Language);
        var stems = Telling(hit).ToDictionary(word => word.Stem, word => word.Share, StringComparer.Ordinal);
        var text = ArticleMarkdown.ToPlainText(article.Body);
        return new(
            article.Id,
            article.Slug,
            Highlighter.Mark(article.Title, language, stems),
            Snippet(article, text, language, stems),
            article.TopicId,
            article.Visibility,
            article.UpdatedAt,
            FitPercent.Of(hit.Fit),
            FitReason.Of(hit, article.Title, article.Summary + "\n" + text, language),
            article.Solved + article.Helped
        );
    }

    // what hardly made the hit is not marked
    private static IEnumerable<MatchedWord> Telling(SearchHit hit)
    {
        var most = hit.Words.Count == 0 ? 0 : hit.Words.Max(word => word.Share);
        return hit.Words.Where(word => word.Share >= most * LeastMarked);
    }

    // the summary answers best, unless only the text has the words
    private static IReadOnlyList<TextPart> Snippet(
        Article article,
        string text,
        Language language,
        Dictionary<string, double> stems
    )
    {
        var summary = Highlighter.Mark(article.Summary, language, stems);
        return article.Summary.Length > 0 && (summary.Any(part => part.IsHit) || stems.Count == 0)
            ? summary
            : Highlighter.Snippet(text.ReplaceLineEndings(" "), language, stems, SnippetLength);
    }

    private static IQueryable<Article> Readable(HelpdeskDbContext db, ArticleReader reader) =>
        db.Set<Article>().AsNoTracking().ReadableBy(reader);

    private async Task<IReadOnlyList<ArticleName>> NamesAsync(
        SearchAnswer answer,
        ArticleReader reader,
        int count,
        long without,
        CancellationToken cancellationToken
    )
    {
        if (answer.Hits.Count == 0)
            return [];
        var ids = answer.Hits.Select(hit => hit.Id).ToList();
        await using var db = databases.CreateDbContext();
        var found = await Readable(db, reader)
            .Where(a => ids.Contains(a.Id))
            .Select(a => new
            {
                Name = new ArticleName(a.Id, a.Slug, a.Title, a.Summary),
                Placed = new Placed(a.Id, a.TopicId, a.TranslationOfId ?? a.Id, a.Language),
            })
            .ToDictionaryAsync(a => a.Name.Id, cancellationToken);
        var placed = found.Values.Select(a => a.Placed).ToDictionary(a => a.Id);
        return
        [
            .. OneOfEach(answer.Hits, placed, reader.Language)
                .Where(hit => placed[hit.Id].SourceId != without)
                .Take(Math.Clamp(count, 1, MaxPage))
                .Select(hit => found[hit.Id].Name),
        ];
    }

    private static string? Corrected(string query, IReadOnlyList<Correction> corrections)
    {
        if (corrections.Count == 0)
            return null;
        foreach (var correction in corrections.OrderByDescending(c => c.Start))
            query = query.Remove(correction.Start, correction.Length).Insert(correction.Start, correction.Word);
        return query;
    }
}
