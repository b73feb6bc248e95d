using System.Globalization;
using Helpdesk.Knowledge.Articles;
using Helpdesk.Tickets.Data;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.EntityFrameworkCore;

namespace Helpdesk.Web.Components.Desk.Articles;

/// <summary>By what the list of articles is sorted.</summary>
public enum ArticleOrder
{
    /// <summary>Changed last first.</summary>
    Changed,

    /// <summary>Those first of which most readers said that they did not help.</summary>
    Unhelpful,

    /// <summary>Those first that solved most.</summary>
    Solved,
}

/// <summary>What the list was asked for; all of it stands in the address.</summary>
public sealed record ArticleListRequest(
    string? Words = null,
    ArticleState? State = null,
    int? TopicId = null,
    ArticleVisibility? Visibility = null,
    ArticleOrder Order = ArticleOrder.Changed,
    RowCursor? After = null,
    int From = 1
)
{
    public const int MaxWordsLength = 200;

    public bool IsFiltered => Words is not null || State is not null || TopicId is not null || Visibility is not null;

    public ArticleListRequest FirstPage => this with { After = null, From = 1 };

    public string Address(string path)
    {
        var query = new List<KeyValuePair<string, string?>>();
        Add("q", Words);
        Add("state", State?.ToString());
        Add("topic", TopicId?.ToString(CultureInfo.InvariantCulture));
        Add("for", Visibility?.ToString());
        Add("by", Order is ArticleOrder.Changed ? null : Order.ToString());
        Add("after", After?.ToString());
        Add("from", From > 1 ? From.ToString(CultureInfo.InvariantCulture) : null);
        return QueryHelpers.AddQueryString(path, query);

        void Add(string name, string? value)
        {
            if (value is not null)
                query.Add(new(name, value));
        }
    }

    /// <summary>From the parts of an address; what makes no sense counts as not given.</summary>
    public static ArticleListRequest Parse(
        string? words,
        string? state,
        string? topic,
        string? visibility,
        string? order,
        string? after,
        string? from
    ) =>
        new(
            Tickets.Text.OneLine(words, MaxWordsLength) is { Length: > 0 } line ? line : null,
            Value<ArticleState>(state),
            Number(topic),
            Value<ArticleVisibility>(visibility),
            Value<ArticleOrder>(order) ?? ArticleOrder.Changed,
            RowCursor.Parse(after),
            Math.Max(1, Number(from) ?? 1)
        );

    private static int? Number(string? text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;

    // a number would be taken for a value too
    private static T? Value<T>(string? text)
        where T : struct, Enum =>
        text is { Length: > 0 } && char.IsLetter(text[0]) && Enum.TryParse<T>(text, ignoreCase: true, out var value)
            ? value
            : null;
}

/// <summary>One line of the list.</summary>
/// <param name="Helped">Readers who said so; <paramref name="DidNotHelp"/> those who said the opposite.</param>
/// <param name="Solved">Tickets resolved with it.</param>
/// <param name="IsBehind">It translates an article that has changed since.</param>
public sealed record ArticleRow(
    long Id,
    string Title,
    string Summary,
    ArticleState State,
    ArticleVisibility Visibility,
    int? TopicId,
    DateTimeOffset UpdatedAt,
    string AuthorName,
    int Helped,
    int DidNotHelp,
    int Solved,
    string Language,
    bool IsBehind
);

/// <param name="Total">Counted up to 10,001.</param>
public sealed record ArticlePage(IReadOnlyList<ArticleRow> Rows, bool HasNext, long Total);

/// <summary>All articles as staff see them, drafts too.</summary>
public sealed class ArticleShelf(IDbContextFactory<HelpdeskDbContext> databases)
{
    public const int PageSize = 25;
    private const int CountedTo = 10_000;
    private const int MaxWords = 8;

    public async Task<ArticlePage> ReadAsync(ArticleListRequest request, CancellationToken cancellationToken = default)
    {
        await using var db = databases.CreateDbContext();
        var chosen = Choose(db.Set<Article>().AsNoTracking(), request);
        var rows = await Behind(chosen, request)
            .Take(PageSize + 1)
            .Select(a => new ArticleRow(
                a.Id,
                a.Title,
                a.Summary,
                a.State,
                a.Visibility,
                a.TopicId,
                a.UpdatedAt,
                a.AuthorName,
                a.Helped,
                a.DidNotHelp,
                a.Solved,
                a.Language,
                db.Set<Article>().Any(s => s.Id == a.TranslationOfId && s.TextVersion > a.TranslatedVersion)
            ))
            .ToListAsync(cancellationToken);
        var hasNext = rows.Count > PageSize;
        if (hasNext)
            rows.RemoveAt(PageSize);
        var total =
            hasNext || request.After is not null
                ? await chosen.Select(a => a.Id).Take(CountedTo + 1).CountAsync(cancellationToken)
                : rows.Count;
        return new(rows, hasNext, total);
    }

    /// <summary>Where the page after this row begins.</summary>
    public static RowCursor PlaceOf(ArticleRow row, ArticleOrder order) =>
        order switch
        {
            ArticleOrder.Unhelpful => new(row.DidNotHelp, row.Id),
            ArticleOrder.Solved => new(row.Solved + row.Helped, row.Id),
            _ => RowCursor.At(row.UpdatedAt, row.Id),
        };

    private static IQueryable<Article> Choose(IQueryable<Article> articles, ArticleListRequest request)
    {
        if (request.State is { } state)
            articles = articles.Where(a => a.State == state);
        else
            articles = articles.Where(a => a.State != ArticleState.Archived);
        if (request.Visibility is { } visibility)
            articles = articles.Where(a => a.Visibility == visibility);
        if (request.TopicId is { } topicId)
            articles = articles.Where(a => a.TopicId == topicId || a.AlsoTopics.Any(t => t.TopicId == topicId));
        foreach (var word in Words(request.Words))
        {
            var lower = word.ToLowerInvariant();
#pragma warning disable CA1304, CA1311, CA1862 // becomes lower(…) in SQL; SQLite knows letter case only in ASCII, so the word as typed too
            articles = articles.Where(a =>
                a.Title.ToLower().Contains(lower)
                || a.Title.Contains(word)
                || a.Summary.ToLower().Contains(lower)
                || a.Summary.Contains(word)
                || a.Slug.Contains(lower)
            );
#pragma warning restore CA1304, CA1311, CA1862
        }
        return articles;
    }

    private static IEnumerable<string> Words(string? words) =>
        words?.Split(' ', StringSplitOptions.RemoveEmptyEntries).Distinct(StringComparer.Ordinal).Take(MaxWords) ?? [];

    private static IQueryable<Article> Behind(IQueryable<Article> articles, ArticleListRequest request)
    {
        switch (request.Order)
        {
            case ArticleOrder.Unhelpful:
                if (request.After is { Key: var unhelpful, Id: var afterUnhelpful })
                    articles = articles.Where(a =>
                        a.DidNotHelp < unhelpful || (a.DidNotHelp == unhelpful && a.Id < afterUnhelpful)
                    );
                return articles.OrderByDescending(a => a.DidNotHelp).ThenByDescending(a => a.Id);
            case ArticleOrder.Solved:
                if (request.After is { Key: var solved, Id: var afterSolved })
                    articles = articles.Where(a =>
                        a.Solved + a.Helped < solved || (a.Solved + a.Helped == solved && a.Id < afterSolved)
                    );
                return articles.OrderByDescending(a => a.Solved + a.Helped).ThenByDescending(a => a.Id);
            default:
                if (request.After is { KeyAsInstant: var changed, Id: var afterChanged })
                    articles = articles.Where(a =>
                        a.UpdatedAt < changed || (a.UpdatedAt == changed && a.Id < afterChanged)
                    );
                return articles.OrderByDescending(a => a.UpdatedAt).ThenByDescending(a => a.Id);
        }
    }
}
