namespace Helpdesk.Knowledge.Articles;

/// <summary>An address that an article had; no other article may take it.</summary>
public sealed class ArticleAddress
{
    public required string Slug { get; init; }
    public long ArticleId { get; init; }

    /// <summary>When it stopped being the article's own.</summary>
    public required DateTimeOffset Since { get; init; }
}
