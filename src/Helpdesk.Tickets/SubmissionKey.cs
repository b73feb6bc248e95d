namespace Helpdesk.Tickets;

/// <summary>The one-use key of a form that creates something: the same form sent twice has one effect and one answer.</summary>
public sealed class SubmissionKey
{
    public const int MaxLength = 64;

    /// <summary>Random, made when the form was shown.</summary>
    public required string Key { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>What it made.</summary>
    public Ticket? Ticket { get; set; }
    public long? TicketId { get; set; }
}

/// <summary>What a specialist was writing; saved while they type, one per person, ticket and kind.</summary>
public sealed class Draft
{
    public long TicketId { get; init; }
    public Guid UserId { get; init; }
    public bool IsNote { get; init; }
    public required string Text { get; set; }
    public required DateTimeOffset SavedAt { get; set; }
}
