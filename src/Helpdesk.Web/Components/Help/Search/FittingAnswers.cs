using Helpdesk.Knowledge.Deflection;
using Helpdesk.Knowledge.Matching;
using Helpdesk.Knowledge.Search;

namespace Helpdesk.Web.Components.Help.Search;

/// <summary>
/// Articles that may answer a request before it is sent. An offer, never a hurdle: when searching fails, there are none and the request goes
/// its way.
/// </summary>
public sealed class FittingAnswers(SolutionMatcher matcher, DeflectionLog deflection, ILogger<FittingAnswers> log)
{
    private const int Count = 3;

    /// <summary>At most three, best first.</summary>
    public async Task<IReadOnlyList<ArticleHit>> FindAsync(
        ArticleReader reader,
        string? subject,
        string? text,
        CancellationToken cancellation
    )
    {
        if (string.IsNullOrWhiteSpace(subject) && string.IsNullOrWhiteSpace(text))
            return [];
        try
        {
            return await matcher.MatchAsync(
                subject ?? "",
                string.IsNullOrWhiteSpace(text) ? subject! : text,
                reader,
                Count,
                cancellationToken: cancellation
            );
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            log.LogError(exception, "Looking for answers that fit a request failed; it is sent without");
            return [];
        }
    }

    /// <summary>The same for the request form, and notes what was offered.</summary>
    public async Task<IReadOnlyList<ArticleHit>> OfferAsync(
        string visitor,
        ArticleReader reader,
        string? subject,
        string? text,
        CancellationToken cancellation
    )
    {
        var hits = await FindAsync(reader, subject, text, cancellation);
        var words = string.IsNullOrWhiteSpace(subject) ? text : subject;
        deflection.Searched(visitor, SearchPlace.RequestForm, words ?? "", [.. hits.Select(hit => hit.Id)]);
        return hits;
    }
}
