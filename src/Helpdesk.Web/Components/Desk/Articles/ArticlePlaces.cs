using Helpdesk.Knowledge.Articles;
using Helpdesk.Knowledge.Search;
using Helpdesk.Web.Components.Layout;

namespace Helpdesk.Web.Components.Desk.Articles;

/// <summary>Where a specialist reads an article.</summary>
public static class ArticlePlaces
{
    /// <summary>As customers read it, or where only staff can.</summary>
    public static string Of(ArticleHit hit) =>
        hit.Visibility is ArticleVisibility.Public ? Places.Article(hit.Slug) : Places.DeskArticle(hit.Id);
}
