using Helpdesk.Tickets;
using Helpdesk.Tickets.Data;
using Microsoft.EntityFrameworkCore;

namespace Helpdesk.Mail.Intake;

/// <summary>
/// Where messages went that a person moved. A mail that proved to answer one ticket follows them: it names a moved mail as the one it answers,
/// or nothing of what it could answer is left where it points to. That a message was moved proves nothing by itself.
/// </summary>
internal sealed class MovedMessages
{
    /// <summary>The reason code of a message that followed another.</summary>
    public const string Reason = "moved";

    private readonly ILookup<long, Moved> byTicket;
    private readonly IReadOnlySet<long> emptied;

    private MovedMessages(IReadOnlyList<Moved> moved, IReadOnlySet<long> emptied) =>
        (byTicket, this.emptied) = (moved.ToLookup(m => m.From), emptied);

    private sealed record Moved(long From, long To, DateTimeOffset At, string? MessageId);

    public static async Task<MovedMessages> LookUpAsync(
        HelpdeskDbContext db,
        IReadOnlyCollection<long> ticketIds,
        CancellationToken cancellationToken
    )
    {
        if (ticketIds.Count == 0)
            return new([], new HashSet<long>());
        var moved = await (
            from message in db.Messages
            where message.MovedFromTicketId != null && ticketIds.Contains(message.MovedFromTicketId.Value)
            join mail in db.Set<InboundMail>() on message.InboundMailId equals mail.Id into mails
            from mail in mails.DefaultIfEmpty()
            select new Moved(message.MovedFromTicketId!.Value, message.TicketId, message.MovedAt!.Value, mail.MessageId)
        ).ToListAsync(cancellationToken);
        if (moved.Count == 0)
            return new([], new HashSet<long>());
        var left = moved.Select(m => m.From).Distinct().ToArray();
        var kept = await db
            .Messages.Where(m => left.Contains(m.TicketId) && m.Kind != MessageKind.Note)
            .Select(m => m.TicketId)
            .Distinct()
            .ToListAsync(cancellationToken);
        return new(moved, left.Except(kept).ToHashSet());
    }

    /// <param name="references">What the mail answers, nearest first, without angle brackets.</param>
    /// <param name="isOurs">Whether a reference is a mail of this desk; where one of ours is nearer than any moved mail, that one is answered.</param>
    public ThreadMatch Follow(ThreadMatch thread, IEnumerable<string> references, Func<string, bool> isOurs)
    {
        var candidates = byTicket[thread.TicketId].ToList();
        if (candidates.Count == 0)
            return thread;
        if (emptied.Contains(thread.TicketId))
            return To(thread, candidates.MaxBy(m => m.At)!);
        foreach (var reference in references)
        {
            if (candidates.Find(m => m.MessageId is not null && m.MessageId == reference) is { } answered)
                return To(thread, answered);
            if (isOurs(reference))
                return thread;
        }
        return thread;
    }

    private static ThreadMatch To(ThreadMatch thread, Moved moved) =>
        thread with
        {
            TicketId = moved.To,
            Reason = Reason,
            ProvenTicketId = thread.TicketId,
        };
}
