namespace Helpdesk.Knowledge.Articles;

/// <summary>A visitor's word on an article; one a visitor, the last one counts.</summary>
public sealed class ArticleVote
{
    public long ArticleId { get; init; }

    /// <summary>The customer, or an anonymous visitor's random cookie.</summary>
    public required string Visitor { get; init; }
    public required bool Helped { get; set; }

    /// <summary>What was missing, in the visitor's words.</summary>
    public string Remark { get; set; } = "";
    public required DateTimeOffset At { get; set; }
}
