namespace Helpdesk.Knowledge.Articles;

public enum ArticleVisibility
{
    /// <summary>Everybody, also without signing in.</summary>
    Public,

    /// <summary>Staff only; customers cannot find it, count it or guess it.</summary>
    Internal,

    /// <summary>Signed-in customers of the tiers and organizations in <see cref="Article.ChosenReaders"/>; for all others as if internal.</summary>
    Chosen,
}
