namespace Helpdesk.Knowledge.Articles;

public enum ArticleState
{
    Draft,
    InReview,
    Published,
    Archived,
}
