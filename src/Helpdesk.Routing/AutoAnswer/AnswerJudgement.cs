using Helpdesk.Tickets;

namespace Helpdesk.Routing.AutoAnswer;

/// <summary>What is known about a ticket when an answer is judged.</summary>
public sealed record JudgedTicket
{
    public required AutoAnswerState AutoAnswer { get; init; }
    public required TicketStatus Status { get; init; }
    public required int? TopicId { get; init; }

    /// <summary>Answers by people.</summary>
    public required int Replies { get; init; }
    public required int Reopenings { get; init; }
    public required long? SolutionArticleId { get; init; }

    public bool IsResolved => Status >= TicketStatus.Resolved;

    public static JudgedTicket Of(Ticket ticket) =>
        new()
        {
            AutoAnswer = ticket.AutoAnswer,
            Status = ticket.Status,
            TopicId = ticket.TopicId,
            Replies = ticket.Replies,
            Reopenings = ticket.Reopenings,
            SolutionArticleId = ticket.SolutionArticleId,
        };
}

/// <summary>Whether an answer by article was right, from what people did later. Doubt counts against it; silence counts neither way.</summary>
public static class AnswerJudgement
{
    public static AnswerVerdict Of(ObservedAnswer answer, JudgedTicket ticket) =>
        // nobody got a noted one, and a topic set by a slip is set back before the answer
        !answer.IsSent && !ticket.IsResolved
            ? AnswerVerdict.Open
        : ticket.TopicId != answer.TopicId ? AnswerVerdict.Wrong
        : answer.IsSent ? OfSent(answer.ArticleId, ticket)
        : OfSilent(answer.ArticleId, ticket);

    /// <summary>The customer judges; a person who answered before the customer said anything judges by the article.</summary>
    private static AnswerVerdict OfSent(long articleId, JudgedTicket ticket) =>
        ticket.AutoAnswer switch
        {
            AutoAnswerState.Declined => AnswerVerdict.Wrong,
            AutoAnswerState.Accepted or AutoAnswerState.Silent when ticket.Reopenings > 0 => AnswerVerdict.Wrong,
            AutoAnswerState.Accepted => AnswerVerdict.Right,
            AutoAnswerState.Overtaken when !ticket.IsResolved => AnswerVerdict.Open,
            AutoAnswerState.Overtaken => ticket.SolutionArticleId == articleId
                ? AnswerVerdict.Right
                : AnswerVerdict.Wrong,
            AutoAnswerState.Sent => AnswerVerdict.Open,
            _ => AnswerVerdict.NotJudged,
        };

    /// <summary>The specialist judges by the article with which the request was resolved; an answer without it did not need it.</summary>
    private static AnswerVerdict OfSilent(long articleId, JudgedTicket ticket) =>
        ticket.Replies == 0 ? AnswerVerdict.NotJudged
        : ticket.SolutionArticleId == articleId && ticket.Reopenings == 0 ? AnswerVerdict.Right
        : AnswerVerdict.Wrong;
}
