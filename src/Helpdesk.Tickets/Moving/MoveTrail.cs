using System.Globalization;
using Helpdesk.Tickets.Data;
using Microsoft.EntityFrameworkCore;

namespace Helpdesk.Tickets.Moving;

/// <summary>A ticket in which a message was.</summary>
/// <param name="WasShown">Its customer could read it there.</param>
public sealed record EarlierPlace(long TicketId, bool WasShown);

/// <summary>Where a message was before it came into its ticket, as the ticket's history tells it.</summary>
public static class MoveTrail
{
    /// <summary>Detail of a move: the customer of the ticket it left could read the message.</summary>
    public const string WasShown = "shown";

    /// <summary>Detail of a move: it took another one back.</summary>
    public const string IsUndo = "undo";

    /// <summary>The place that the last move left which nobody took back yet: move by move it leads to where the message came in.</summary>
    /// <returns>Null when the message is where it came in.</returns>
    public static async Task<EarlierPlace?> PreviousAsync(
        HelpdeskDbContext db,
        Message message,
        CancellationToken cancellationToken = default
    )
    {
        if (message.MovedFromTicketId is not { } home)
            return null;
        var moves = await db
            .TicketEvents.AsNoTracking()
            .Where(e => e.TicketId == message.TicketId && e.Kind == TicketEventKind.MessageMoved)
            .OrderBy(e => e.Id)
            .ToListAsync(cancellationToken);
        var (id, here) = (message.Id.ToStringInvariant(), message.TicketId.ToStringInvariant());
        var places = new Stack<EarlierPlace>();
        foreach (var move in moves.Where(m => m.Details.GetValueOrDefault("message") == id))
        {
            var isUndo = move.Details.GetValueOrDefault(IsUndo) == "true";
            if (!isUndo && move.Details["to"] == here)
                places.Push(
                    new(
                        long.Parse(move.Details["from"]!, CultureInfo.InvariantCulture),
                        move.Details.GetValueOrDefault(WasShown) == "true"
                    )
                );
            else if (isUndo && move.Details["from"] == here)
                places.TryPop(out _);
        }
        return places.TryPeek(out var last) ? last : new(home, WasShown: false);
    }
}
