using Helpdesk.Tickets.Topics;

namespace Helpdesk.Knowledge.Articles;

/// <summary>A further topic of an article.</summary>
public sealed class ArticleTopic
{
    public long ArticleId { get; init; }
    public int TopicId { get; init; }
    public Topic Topic { get; init; } = null!;
}
