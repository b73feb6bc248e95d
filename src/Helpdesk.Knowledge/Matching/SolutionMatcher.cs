using Helpdesk.Knowledge.Search;
using Helpdesk.Tickets;
using Helpdesk.Tickets.Topics;

namespace Helpdesk.Knowledge.Matching;

/// <summary>
/// Finds the articles that may solve a request: for the acknowledgement, for the specialist, and for suggestions while somebody writes.
/// </summary>
public sealed class SolutionMatcher(ArticleSearch articles)
{
    /// <summary>Below this nothing is suggested: more often wrong than right.</summary>
    public const int LeastPercent = 25;
    private const int MaxWords = 48;

    /// <summary>The fitting articles, best first, of an article and its translations the one in the reader's language; none that fits less than <paramref name="leastPercent"/>.</summary>
    /// <param name="subject">May be empty.</param>
    /// <param name="text">The message as it was written; greeting, story and signature are told apart from the question here.</param>
    /// <param name="topic">What it is about, where a person has said so; what is filed under its area fits as well.</param>
    public async Task<IReadOnlyList<ArticleHit>> MatchAsync(
        string subject,
        string text,
        ArticleReader reader,
        int count = 3,
        int leastPercent = LeastPercent,
        Topic? topic = null,
        CancellationToken cancellationToken = default
    )
    {
        var found = Match(subject, text, reader, ArticleSearch.WithTranslations(count));
        if (found.Count == 0)
            return [];
        var loaded = await articles.LoadAsync([.. found.Select(hit => hit.Id)], reader, cancellationToken);
        var topics = loaded.Values.Select(found => found.TopicId).OfType<int>().Distinct();
        var hits = TopicAgreement
            .Order(
                found,
                id => loaded.GetValueOrDefault(id)?.TopicId,
                topic is { } known
                    ? topics.ToDictionary(id => id, id => id == known.Id || id == known.ParentId ? 1.0 : 0)
                    : await articles.LikelyAsync(subject, text, cancellationToken)
            )
            .Where(hit => FitPercent.Of(hit.Fit) >= leastPercent);
        return
        [
            .. hits.Where(hit => loaded.ContainsKey(hit.Id))
                .GroupBy(hit => loaded[hit.Id].TranslationOfId ?? hit.Id)
                .Select(same => same.FirstOrDefault(hit => loaded[hit.Id].Language == reader.Language) ?? same.First())
                .Take(count)
                .Select(hit => ArticleSearch.Describe(hit, loaded[hit.Id])),
        ];
    }

    /// <summary>The same from the index alone, without reading the database: ids, fits and words, for classifying.</summary>
    public IReadOnlyList<SearchHit> Match(string subject, string text, ArticleReader reader, int count = 3)
    {
        var question = ActualQuestion.Find(text).Question;
        var query = new SearchQuery(question)
        {
            Subject = Tickets.Text.OneLine(subject, Ticket.MaxSubjectLength),
            Count = count,
            MaxWords = MaxWords,
            Audience = reader.Kinds,
        };
        return articles.IndexFor(reader).Search(query).Hits;
    }
}
