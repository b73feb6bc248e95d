using System.ComponentModel.DataAnnotations;
using Helpdesk.Knowledge.Search;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Helpdesk.Web.Api;

internal static class SearchArticles
{
    /// <param name="FitPercent">How likely it is what was meant.</param>
    public sealed record Hit(string Slug, string Title, string Summary, int FitPercent, string Address);

    /// <param name="ReadAs">The query with its spelling corrected; null when it was read as typed.</param>
    public sealed record Results(IReadOnlyList<Hit> Articles, string? ReadAs, bool HasMore);

    public static void Map(IEndpointRouteBuilder api) =>
        api.MapGet("/articles", GetAsync)
            .WithName("SearchArticles")
            .WithSummary("Public articles for a question, best first")
            .ProducesValidationProblem();

    private static async Task<Ok<Results>> GetAsync(
        [Required] string q,
        ArticleSearch search,
        CancellationToken cancellationToken,
        [Range(1, 50)] int count = 10
    )
    {
        var found = await search.FindAsync(q, ArticleReader.Customer, count, cancellationToken: cancellationToken);
        return TypedResults.Ok(
            new Results(
                [
                    .. found.Hits.Select(hit => new Hit(
                        hit.Slug,
                        hit.PlainTitle,
                        string.Concat(hit.Snippet.Select(part => part.Text)),
                        hit.FitPercent,
                        Components.Layout.Places.Article(hit.Slug)
                    )),
                ],
                found.ReadAs,
                found.HasMore
            )
        );
    }
}
