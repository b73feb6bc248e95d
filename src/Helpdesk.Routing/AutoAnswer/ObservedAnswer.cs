using Helpdesk.Tickets;

namespace Helpdesk.Routing.AutoAnswer;

/// <summary>What people made of an answer by article.</summary>
public enum AnswerVerdict
{
    /// <summary>Nothing has been decided yet.</summary>
    Open,
    Right,
    Wrong,

    /// <summary>Nothing that happened says whether it was right; it counts neither way.</summary>
    NotJudged,
}

/// <summary>An article that answered a request by itself, or would have; at most one a ticket. Judged by what people did later, see
/// <see cref="AnswerJudgement"/>.</summary>
public sealed class ObservedAnswer
{
    public long Id { get; private set; }
    public long TicketId { get; private set; }
    public required Ticket Ticket { get; init; }

    /// <summary>As it was read.</summary>
    public required int TopicId { get; init; }
    public required long ArticleId { get; init; }

    /// <summary>Probability that the topic is right, 0..1.</summary>
    public required double Confidence { get; init; }
    public required DateTimeOffset At { get; init; }

    /// <summary>The customer got it; else it was only noted.</summary>
    public required bool IsSent { get; init; }
    public AnswerVerdict Verdict { get; private set; }
    public DateTimeOffset? JudgedAt { get; private set; }

    public void Judge(AnswerVerdict verdict, DateTimeOffset at) =>
        (Verdict, JudgedAt) = (verdict, verdict is AnswerVerdict.Open ? null : at);
}
