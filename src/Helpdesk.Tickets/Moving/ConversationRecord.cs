using Helpdesk.Tickets.Data;
using Microsoft.EntityFrameworkCore;

namespace Helpdesk.Tickets.Moving;

/// <summary>A message of a conversation, as far as clocks care.</summary>
/// <param name="WrittenAt">When it came to the desk.</param>
/// <param name="MovedAt">When a person brought it into this conversation; null = it came here.</param>
public sealed record MessageMark(MessageKind Kind, DateTimeOffset WrittenAt, DateTimeOffset? MovedAt);

/// <summary>A change of a ticket, as far as clocks care.</summary>
/// <param name="Status">Where the ticket stood afterwards; null where the change does not say.</param>
public sealed record ChangeMark(TicketEventKind Kind, DateTimeOffset At, string? ActorId, TicketStatus? Status);

/// <summary>What a ticket's clocks are worked out from: its messages and what was done with it, each in order.</summary>
public sealed record ConversationRecord(IReadOnlyList<MessageMark> Messages, IReadOnlyList<ChangeMark> Changes)
{
    private static readonly TicketEventKind[] OfClocks =
    [
        TicketEventKind.CustomerWrote,
        TicketEventKind.SpecialistReplied,
        TicketEventKind.StatusChanged,
        TicketEventKind.Resolved,
        TicketEventKind.Reopened,
        TicketEventKind.Closed,
    ];

    public bool HasCustomersWords => Messages.Any(m => m.Kind is MessageKind.Customer);

    public ConversationRecord With(MessageMark message) => this with { Messages = [.. Messages, message] };

    /// <param name="message">One of them; of several alike it does not matter which.</param>
    public ConversationRecord Without(MessageMark message)
    {
        var rest = Messages.ToList();
        rest.Remove(message);
        return this with { Messages = rest };
    }

    public static ConversationRecord Of(Ticket ticket) =>
        new(
            [.. ticket.Messages.Select(m => new MessageMark(m.Kind, m.CreatedAt, m.MovedAt))],
            [.. ticket.Events.Where(e => OfClocks.Contains(e.Kind)).Select(MarkOf)]
        );

    /// <summary>Without the texts of the messages.</summary>
    public static async Task<ConversationRecord> LoadAsync(
        HelpdeskDbContext db,
        long ticketId,
        CancellationToken cancellationToken = default
    )
    {
        var messages = await db
            .Messages.Where(m => m.TicketId == ticketId)
            .OrderBy(m => m.Id)
            .Select(m => new MessageMark(m.Kind, m.CreatedAt, m.MovedAt))
            .ToListAsync(cancellationToken);
        var changes = await db
            .TicketEvents.AsNoTracking()
            .Where(e => e.TicketId == ticketId && OfClocks.Contains(e.Kind))
            .OrderBy(e => e.Id)
            .ToListAsync(cancellationToken);
        return new(messages, changes.ConvertAll(MarkOf));
    }

    private static ChangeMark MarkOf(TicketEvent change) =>
        new(
            change.Kind,
            change.At,
            change.ActorId,
            change.Kind switch
            {
                TicketEventKind.Resolved => TicketStatus.Resolved,
                TicketEventKind.Closed => TicketStatus.Closed,
                _ => Enum.TryParse<TicketStatus>(change.Details.GetValueOrDefault("to"), out var to) ? to : null,
            }
        );
}
