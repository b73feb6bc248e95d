namespace Helpdesk.Knowledge.Articles;

/// <summary>What an article said at a time, who saved it and why.</summary>
public sealed class ArticleVersion
{
    public long ArticleId { get; init; }
    public required int Number { get; init; }
    public required string Title { get; init; }
    public required string Summary { get; init; }
    public required string Body { get; set; }
    public required string Reason { get; init; }
    public required string AuthorName { get; init; }
    public Guid? AuthorUserId { get; init; }
    public required DateTimeOffset SavedAt { get; init; }
}
