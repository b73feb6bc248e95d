namespace Helpdesk.Knowledge.Deflection;

/// <summary>Where a customer met articles before writing a request.</summary>
public enum SearchPlace
{
    /// <summary>The help centre's search.</summary>
    HelpCentre,

    /// <summary>Suggestions beside the request form.</summary>
    RequestForm,
}

/// <summary>How a search ended, as far as it is known.</summary>
public enum SearchOutcome
{
    /// <summary>Nothing more was heard.</summary>
    Unknown,

    /// <summary>An article was opened.</summary>
    Opened,

    /// <summary>The customer said that an article helped, and wrote no request: a deflection.</summary>
    Helped,

    /// <summary>The customer wrote a request anyway.</summary>
    Asked,
}

/// <summary>What a customer looked for and what came of it: shows which questions the articles answer, and which they miss.</summary>
public sealed class CustomerSearch
{
    public const int MaxTextLength = 200;
    public const int MaxVisitorLength = 64;

    public long Id { get; private set; }
    public required DateTimeOffset At { get; init; }

    /// <summary>The visitor's random cookie, or a customer's key; says only that two searches were the same person's.</summary>
    public required string Visitor { get; init; }
    public required SearchPlace Place { get; init; }
    public required string Text { get; init; }

    /// <summary>Articles shown.</summary>
    public required int Shown { get; init; }

    /// <summary>The first of them.</summary>
    public long? FirstArticleId { get; init; }

    /// <summary>The article opened last, or the one that helped.</summary>
    public long? ArticleId { get; private set; }

    /// <summary>The request that was written after all.</summary>
    public long? TicketId { get; private set; }
    public SearchOutcome Outcome { get; private set; }

    /// <summary>An article was opened. Says nothing new once the search has ended otherwise.</summary>
    public void Open(long articleId)
    {
        if (Outcome is SearchOutcome.Unknown or SearchOutcome.Opened)
            (ArticleId, Outcome) = (articleId, SearchOutcome.Opened);
    }

    /// <summary>The customer said that it helped. A request that was written before still counts as one.</summary>
    public void Help(long articleId)
    {
        if (Outcome is not SearchOutcome.Asked)
            (ArticleId, Outcome) = (articleId, SearchOutcome.Helped);
    }

    /// <summary>A request was written: what helped before did not help enough.</summary>
    public void Ask(long ticketId) => (TicketId, Outcome) = (ticketId, SearchOutcome.Asked);
}
