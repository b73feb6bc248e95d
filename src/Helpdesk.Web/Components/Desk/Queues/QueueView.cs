using System.Text.Json.Serialization;
using Helpdesk.Tickets;
using Helpdesk.Tickets.Sla;

namespace Helpdesk.Web.Components.Desk.Queues;

/// <summary>What one row of a queue shows, and nothing else of the ticket.</summary>
public sealed record QueueRow
{
    public required long Id { get; init; }
    public required string Subject { get; init; }
    public required string CustomerName { get; init; }
    public string? Organization { get; init; }
    public int? TierId { get; init; }
    public required TicketStatus Status { get; init; }
    public required TicketPriority Priority { get; init; }
    public int? TopicId { get; init; }
    public int? TeamId { get; init; }
    public Guid? SpecialistId { get; init; }
    public string? SpecialistName { get; init; }
    public required bool CustomerWroteLast { get; init; }
    public DateTimeOffset? DueAt { get; init; }
    public SlaTarget? DueTarget { get; init; }
    public int? SlaPolicyId { get; init; }
    public required bool IsPaused { get; init; }

    /// <summary>Since when a person is owed after an automatic answer: it stands on top.</summary>
    public DateTimeOffset? PersonWantedAt { get; init; }

    [JsonIgnore]
    public QueueCursor Place => QueueCursor.Of(PersonWantedAt, DueAt, Id);
}

/// <summary>One page of a queue.</summary>
/// <param name="Total">All tickets of the list, counted to <see cref="QueueQuery.CountedTo"/> + 1 at most.</param>
/// <param name="WaitForUs">How many of them wait for the desk; null for a filtered list.</param>
/// <param name="Next">What this person should open now: the first that is theirs or nobody's; null when there is none.</param>
/// <param name="Position">Where the live feed stood when the page was read.</param>
public sealed record QueueView(
    QueueRequest Request,
    IReadOnlyList<QueueRow> Rows,
    bool HasPrevious,
    bool HasNext,
    long Total,
    long? WaitForUs,
    QueueRow? Next,
    long Position
);
