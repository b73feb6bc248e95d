using Helpdesk.Knowledge.Articles;
using Helpdesk.Knowledge.Deflection;
using Helpdesk.Tickets.Data;
using Helpdesk.Tickets.Topics;
using Microsoft.EntityFrameworkCore;

namespace Helpdesk.Knowledge.Growing;

/// <summary>Why an article, or the lack of one, is on the authors' list.</summary>
public enum GapKind
{
    /// <summary>People searched for it and were shown nothing.</summary>
    NothingFound,

    /// <summary>People searched for it, were shown articles and opened none.</summary>
    NothingOpened,

    /// <summary>A topic with tickets and no published article that everybody may read.</summary>
    TopicWithoutArticle,

    /// <summary>People read it and wrote a request all the same.</summary>
    ReadAndAsked,

    /// <summary>More readers said no than yes.</summary>
    DidNotHelp,

    /// <summary>It links to an article that its readers are not led to.</summary>
    DeadLink,

    /// <summary>Its review is due, or nobody touched it for a year.</summary>
    Outdated,

    /// <summary>Published for some time, and no search opened it.</summary>
    Unread,
}

/// <summary>One thing for an author to do.</summary>
/// <param name="Words">What people searched for, in the words used most; the topic's or the article's name otherwise.</param>
/// <param name="Times">Visitors who searched, tickets of the topic, readers who asked or said no.</param>
/// <param name="Tickets">Requests of the time looked at that a good answer would have saved, as far as it is known.</param>
/// <param name="Since">For <see cref="GapKind.Outdated"/>: when it was last changed.</param>
/// <param name="Link">For <see cref="GapKind.DeadLink"/>: the link, and what is wrong with it.</param>
public sealed record Gap(
    GapKind Kind,
    string Words,
    int Times,
    int Tickets,
    long? ArticleId = null,
    int? TopicId = null,
    DateTimeOffset? Since = null,
    DeadLink? Link = null
);

/// <summary>What the base does not answer, from what customers searched, read and asked. Reads the searches kept and one index of the tickets.</summary>
public sealed class ArticleGaps(IDbContextFactory<HelpdeskDbContext> databases, TimeProvider time)
{
    /// <summary>How far back it looks.</summary>
    public static readonly TimeSpan Window = TimeSpan.FromDays(28);

    private static readonly TimeSpan Untouched = TimeSpan.FromDays(365);
    private const int MaxSearches = 20_000;
    private const int MostOfAKind = 20;
    private const int FewestVotes = 3;

    /// <summary>All kinds together; within a kind what would save most tickets first.</summary>
    public async Task<IReadOnlyList<Gap>> FindAsync(CancellationToken cancellationToken = default)
    {
        var now = time.GetUtcNow();
        await using var db = databases.CreateDbContext();
        var searches = await db.Set<CustomerSearch>()
            .AsNoTracking()
            .Where(s => s.At >= now - Window)
            .OrderByDescending(s => s.Id)
            .Take(MaxSearches)
            .ToListAsync(cancellationToken);
        var articles = await db.Set<Article>()
            .AsNoTracking()
            .Where(a => a.State == ArticleState.Published)
            .Select(a => new Shelved(
                a.Id,
                a.Title,
                a.TopicId,
                a.Visibility,
                a.Helped,
                a.DidNotHelp,
                a.Solved,
                a.UpdatedAt,
                a.PublishedAt,
                a.ReviewAt
            ))
            .ToListAsync(cancellationToken);
        return
        [
            .. OfSearches(searches),
            .. await OfTopicsAsync(db, articles, now, cancellationToken),
            .. OfArticles(searches, articles, now),
            .. (await ArticleLinks.FindDeadAsync(db, MostOfAKind, cancellationToken)).Select(link => new Gap(
                GapKind.DeadLink,
                link.Title,
                Times: 0,
                Tickets: 0,
                link.ArticleId,
                Link: link
            )),
        ];
    }

    private sealed record Shelved(
        long Id,
        string Title,
        int? TopicId,
        ArticleVisibility Visibility,
        int Helped,
        int DidNotHelp,
        int Solved,
        DateTimeOffset UpdatedAt,
        DateTimeOffset? PublishedAt,
        DateTimeOffset? ReviewAt
    );

    // a search whose visitor found something with other words has ended well
    private static IEnumerable<Gap> OfSearches(List<CustomerSearch> searches) =>
        searches
            .Where(s => s.ArticleId is null)
            .GroupBy(s => (IsEmpty: s.Shown == 0, Key: SameWords(s.Text)))
            .Where(group => group.Key.Key.Length > 0)
            .Select(group => new Gap(
                group.Key.IsEmpty ? GapKind.NothingFound : GapKind.NothingOpened,
                WithoutPersons(
                    group.GroupBy(s => s.Text, StringComparer.OrdinalIgnoreCase).MaxBy(same => same.Count())!.Key
                ),
                group.Select(s => s.Visitor).Distinct(StringComparer.Ordinal).Count(),
                group.Select(s => s.TicketId).OfType<long>().Distinct().Count()
            ))
            // what one person typed once says more about them than about the base
            .Where(gap => gap.Times > 1 || gap.Tickets > 0)
            .GroupBy(gap => gap.Kind)
            .OrderBy(kind => kind.Key)
            .SelectMany(Foremost);

    private static string WithoutPersons(string words) => PersonalData.Mask(words, [], _ => "…").Text;

    private static async Task<IEnumerable<Gap>> OfTopicsAsync(
        HelpdeskDbContext db,
        List<Shelved> articles,
        DateTimeOffset now,
        CancellationToken cancellationToken
    )
    {
        var also = await db.Set<ArticleTopic>().ToListAsync(cancellationToken);
        var open = articles.Where(a => a.Visibility is ArticleVisibility.Public).ToList();
        var ids = open.Select(a => a.Id).ToHashSet();
        var answered = open.Select(a => a.TopicId)
            .Concat(also.Where(t => ids.Contains(t.ArticleId)).Select(t => (int?)t.TopicId))
            .ToHashSet();
        var topics = await db.Set<Topic>().Where(t => !t.IsArchived).ToDictionaryAsync(t => t.Id, cancellationToken);
        var counts = await db
            .Tickets.Where(t => t.CreatedAt >= now - Window && t.TopicId != null)
            .GroupBy(t => t.TopicId!.Value)
            .Select(g => new { TopicId = g.Key, Count = g.Count() })
            .ToListAsync(cancellationToken);
        return Foremost(
            counts
                .Where(c => !answered.Contains(c.TopicId) && topics.ContainsKey(c.TopicId))
                .Select(c => new Gap(
                    GapKind.TopicWithoutArticle,
                    topics[c.TopicId].Name,
                    c.Count,
                    c.Count,
                    TopicId: c.TopicId
                ))
        );
    }

    private static IEnumerable<Gap> OfArticles(
        List<CustomerSearch> searches,
        List<Shelved> articles,
        DateTimeOffset now
    )
    {
        var asked = searches
            .Where(s => s is { Outcome: SearchOutcome.Asked, ArticleId: not null, TicketId: not null })
            .GroupBy(s => s.ArticleId!.Value)
            .ToDictionary(group => group.Key, group => group.Select(s => s.TicketId).Distinct().Count());
        var opened = searches.Select(s => s.ArticleId).OfType<long>().ToHashSet();
        int Asked(Shelved article) => asked.GetValueOrDefault(article.Id);
        return
        [
            .. Foremost(articles.Where(a => Asked(a) > 0).Select(a => Of(GapKind.ReadAndAsked, a, Asked(a), Asked(a)))),
            .. Foremost(
                articles
                    .Where(a => a.DidNotHelp > a.Helped && a.Helped + a.DidNotHelp >= FewestVotes)
                    .Select(a => Of(GapKind.DidNotHelp, a, a.DidNotHelp, Asked(a)))
            ),
            .. Foremost(
                articles
                    .Where(a => a.ReviewAt <= now || a.UpdatedAt < now - Untouched)
                    .Select(a => Of(GapKind.Outdated, a, 0, Asked(a)) with { Since = a.UpdatedAt })
            ),
            .. Foremost(
                articles
                    .Where(a => a.Visibility is ArticleVisibility.Public && a.PublishedAt < now - Window)
                    .Where(a => !opened.Contains(a.Id) && a.Helped + a.DidNotHelp + a.Solved == 0)
                    .Select(a => Of(GapKind.Unread, a, 0, 0))
            ),
        ];
    }

    private static Gap Of(GapKind kind, Shelved article, int times, int tickets) =>
        new(kind, article.Title, times, tickets, article.Id, article.TopicId);

    private static IEnumerable<Gap> Foremost(IEnumerable<Gap> gaps) =>
        gaps.OrderByDescending(gap => gap.Tickets)
            .ThenByDescending(gap => gap.Times)
            .ThenBy(gap => gap.Since)
            .ThenBy(gap => gap.Words, StringComparer.Ordinal)
            .Take(MostOfAKind);

    // in no order: "lost my card" and "card lost" are one question
    private static string SameWords(string text) => string.Join(' ', TellingStems.Of(text));
}
