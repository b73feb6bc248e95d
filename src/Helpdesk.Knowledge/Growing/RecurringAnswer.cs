using Helpdesk.Tickets;

namespace Helpdesk.Knowledge.Growing;

public enum RecurringAnswerState
{
    /// <summary>Waits for a person.</summary>
    Proposed,

    /// <summary>Somebody made an article of it, or added it to one.</summary>
    Taken,

    /// <summary>Somebody said no: its requests are never proposed again.</summary>
    Dismissed,
}

/// <summary>Requests that were answered alike, proposed as one article or as an addition to one. Holds numbers, not texts: what it says is read from its requests.</summary>
public sealed class RecurringAnswer
{
    public const int MaxTitleLength = 160;

    public long Id { get; private set; }

    /// <summary>The subject most like the others, without what belongs to persons.</summary>
    public required string Title { get; set; }
    public int? TopicId { get; set; }

    /// <summary>The article that answers nearly this; null where none does.</summary>
    public long? NearArticleId { get; set; }
    public RecurringAnswerState State { get; private set; }
    public required DateTimeOffset FoundAt { get; init; }
    public DateTimeOffset? DecidedAt { get; private set; }
    public string? DecidedByName { get; private set; }

    /// <summary>The article that was made of it.</summary>
    public long? ArticleId { get; private set; }

    /// <summary>Two people decide at once: the second is told.</summary>
    public int Version { get; private set; }
    public List<RecurringAnswerTicket> Tickets { get; } = [];

    public void Dismiss(Actor actor, DateTimeOffset now) => Decide(RecurringAnswerState.Dismissed, actor, now);

    /// <param name="articleId">What it became, or was added to.</param>
    public void Take(long articleId, Actor actor, DateTimeOffset now)
    {
        Decide(RecurringAnswerState.Taken, actor, now);
        ArticleId = articleId;
    }

    private void Decide(RecurringAnswerState state, Actor actor, DateTimeOffset now)
    {
        if (State is not RecurringAnswerState.Proposed)
            throw new RuleViolationException("Somebody has decided on it already.");
        (State, DecidedAt, DecidedByName) = (state, now, actor.Name);
        Version++;
    }
}

/// <summary>A request of a group; a request is in one group at most.</summary>
public sealed class RecurringAnswerTicket
{
    public long RecurringAnswerId { get; private set; }
    public required long TicketId { get; init; }
}
