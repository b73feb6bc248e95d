using Helpdesk.Tickets;
using Helpdesk.Tickets.Sla;

namespace Helpdesk.Web.Components.Help.Requests;

/// <summary>A request as its customer sees it.</summary>
public sealed record RequestPicture
{
    public required long Number { get; init; }
    public required string Subject { get; init; }
    public required TicketStatus Status { get; init; }
    public required Channel Channel { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }
    public required bool HasSpecialist { get; init; }
    public required DateTimeOffset? RoutedAt { get; init; }
    public required DateTimeOffset? FirstRespondedAt { get; init; }
    public required DateTimeOffset? ResolvedAt { get; init; }

    /// <summary>The nearest open promise; null while the customer has the next word, and after the end.</summary>
    public required DateTimeOffset? DueAt { get; init; }
    public required SlaTarget? DueTarget { get; init; }
    public required AutoAnswerState AutoAnswer { get; init; }
    public required DateTimeOffset? AutoAnsweredAt { get; init; }
    public required string CustomerAddress { get; init; }

    /// <summary>Addresses of those who get the answers too. Blind copies are not among them: they belong to no request.</summary>
    public IReadOnlyList<string> AlsoInformed { get; init; } = [];
    public IReadOnlyList<PublicMessage> Messages { get; init; } = [];

    public bool IsSolved => Status is TicketStatus.Resolved or TicketStatus.Closed;

    /// <summary>The desk answered by itself and asks whether that helped.</summary>
    public bool AsksWhetherSolved => AutoAnswer is AutoAnswerState.Sent && Status is TicketStatus.Waiting;

    /// <summary>No person has it, or had it: an article answered, and the customer has the last word on it.</summary>
    public bool IsAnsweredByDesk =>
        AutoAnswer is AutoAnswerState.Sent
        || (IsSolved && AutoAnswer is (AutoAnswerState.Accepted or AutoAnswerState.Silent));

    /// <summary>The step of <c>received, with a specialist, being solved, solved</c> (or <c>received, answered at once, you say whether it helped, solved</c>) that it is at, from 0; 4 when all are done.</summary>
    public int Step =>
        IsSolved ? 4
        : IsAnsweredByDesk || FirstRespondedAt is not null || HasSpecialist ? 2
        : 1;
}

/// <summary>A line of "my requests".</summary>
public sealed record RequestLine(
    long Number,
    string Subject,
    TicketStatus Status,
    DateTimeOffset LastMessageAt,
    bool CustomerWroteLast
);
