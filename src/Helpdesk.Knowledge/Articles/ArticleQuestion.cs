namespace Helpdesk.Knowledge.Articles;

public enum QuestionSource
{
    /// <summary>Written by the author.</summary>
    Author,

    /// <summary>A ticket that a specialist resolved with the article.</summary>
    Ticket,

    /// <summary>A customer said that it helped.</summary>
    Customer,
}

/// <summary>Words of customers that an article has answered.</summary>
public sealed class ArticleQuestion
{
    public const int MaxLength = 300;

    public long Id { get; private set; }
    public long ArticleId { get; private set; }
    public required string Text { get; init; }
    public required QuestionSource Source { get; init; }
    public long? TicketId { get; init; }
    public required DateTimeOffset AddedAt { get; init; }
}
