using Microsoft.Extensions.Localization;

namespace Helpdesk.Web.Components.Desk.Articles;

/// <summary>What stands between an article and its being saved, as its page says it; empty = nothing.</summary>
/// <param name="Page">About the whole article.</param>
/// <param name="Slug">At the address.</param>
/// <param name="Readers">At the organizations it is for.</param>
/// <param name="Body">At the text.</param>
/// <param name="OpenComments">So many comments are not settled: the author decides.</param>
/// <param name="Theirs">What somebody else saved meanwhile: the author decides.</param>
/// <param name="FocusOn">The element to look at first; null = where the author is.</param>
internal sealed record ArticleObstacle(
    string? Page = null,
    string? Slug = null,
    string? Readers = null,
    string? Body = null,
    int OpenComments = 0,
    ArticleSheet? Theirs = null,
    string? FocusOn = null
)
{
    public static readonly ArticleObstacle None = new();

    public static ArticleObstacle Of(ArticleOutcome outcome, IStringLocalizer<DeskTexts> texts) =>
        outcome switch
        {
            ArticleOutcome.Conflict { Theirs: var theirs } => new(Theirs: theirs),
            ArticleOutcome.SlugTaken => new(Slug: texts["Art.Slug.Taken"], FocusOn: "slug"),
            ArticleOutcome.NotReviewer { Names: var names } => new(NotReviewer(names, texts)),
            ArticleOutcome.OpenComments { Count: var count } => new(OpenComments: count, FocusOn: "open-comments"),
            ArticleOutcome.UnknownOrganization { Name: var name } => new(
                Readers: texts["Art.Organizations.Unknown", name],
                FocusOn: "organizations"
            ),
            ArticleOutcome.TooDeep => new(Body: texts["Art.TooDeep"], FocusOn: "body"),
            ArticleOutcome.Refused { Reason: var reason } => new(texts["Write.Refused", reason]),
            _ => None,
        };

    /// <param name="names">Of those who publish there; empty = nobody but supervisors.</param>
    public static string NotReviewer(string names, IStringLocalizer<DeskTexts> texts) =>
        names.Length > 0 ? texts["Art.NotReviewer", names] : texts["Art.NotReviewerNobody"];
}
