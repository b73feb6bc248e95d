using Helpdesk.Knowledge.Search;
using Helpdesk.Web.Components.Help.Articles;
using Helpdesk.Web.Components.Layout;
using Helpdesk.Web.Security;

namespace Helpdesk.Web.Components.Help.Search;

/// <summary>Answers for what somebody is typing into a search field.</summary>
internal static class Suggest
{
    public sealed record Suggestion(string Address, string Title, string Summary);

    public static void Map(IEndpointRouteBuilder app) =>
        app.MapGet(Places.Suggestions, GetAsync)
            .AllowAnonymous()
            .RequireRateLimiting(RateLimits.Search)
            .ExcludeFromDescription();

    private static async Task<IReadOnlyList<Suggestion>> GetAsync(
        string? q,
        ArticleSearch articles,
        ReaderRights rights,
        HttpContext context,
        CancellationToken cancellation
    )
    {
        if (string.IsNullOrWhiteSpace(q))
            return [];
        var names = await articles.SuggestAsync(q, await rights.FindAsync(context), cancellationToken: cancellation);
        return [.. names.Select(name => new Suggestion(Places.Article(name.Slug), name.Title, name.Summary))];
    }
}
