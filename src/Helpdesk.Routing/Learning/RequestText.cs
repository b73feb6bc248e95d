using Helpdesk.Tickets;
using Helpdesk.Tickets.Data;
using Microsoft.EntityFrameworkCore;

namespace Helpdesk.Routing.Learning;

/// <summary>A request, with the text of its first message as models read it, and what is known about it.</summary>
/// <param name="SpecialistId">Who has it, or had it last.</param>
/// <param name="FinishedAt">Null while it is not.</param>
public sealed record ReadableRequest(
    long TicketId,
    DateTimeOffset CreatedAt,
    long CustomerId,
    int? TopicId,
    TicketType? Type,
    bool? IsSpam,
    Guid? SpecialistId,
    DateTimeOffset? FinishedAt,
    string Text
);

/// <summary>The text of a request as models read it.</summary>
public static class RequestText
{
    /// <summary>Subject and message; a subject that only repeats what the message says is left out.</summary>
    public static string Of(string subject, string message) =>
        subject.Length == 0 || message.Contains(subject.TrimEnd('…'), StringComparison.OrdinalIgnoreCase)
            ? message
            : $"{subject}\n{message}";

    /// <summary>Of many, by ticket.</summary>
    /// <param name="mostCharacters">Of a message; longer ones are cut.</param>
    public static async Task<Dictionary<long, string>> ReadAsync(
        HelpdeskDbContext db,
        List<long> tickets,
        int mostCharacters,
        CancellationToken cancellationToken
    )
    {
        var texts = new Dictionary<long, string>(tickets.Count);
        foreach (var some in tickets.Chunk(500))
        foreach (
            var read in await ReadAsync(db.Tickets.Where(t => some.Contains(t.Id)), mostCharacters, cancellationToken)
        )
            texts[read.TicketId] = read.Text;
        return texts;
    }

    /// <param name="tickets">In the order in which they are wanted, and no more than that.</param>
    /// <param name="mostCharacters">Of a message; longer ones are cut.</param>
    public static async Task<List<ReadableRequest>> ReadAsync(
        IQueryable<Ticket> tickets,
        int mostCharacters,
        CancellationToken cancellationToken
    )
    {
        var rows = await tickets
            .AsNoTracking()
            .Select(t => new
            {
                t.Id,
                t.CreatedAt,
                t.CustomerId,
                t.TopicId,
                t.Type,
                t.IsSpam,
                t.SpecialistId,
                t.Subject,
                Text = t
                    .Messages.AsQueryable()
                    .Where(Message.IsCustomersOwn)
                    .OrderBy(m => m.Id)
                    .Select(m => m.Text.Substring(0, mostCharacters))
                    .FirstOrDefault(),
                FinishedAt = t.ResolvedAt ?? t.ClosedAt,
            })
            .ToListAsync(cancellationToken);
        return rows.ConvertAll(r => new ReadableRequest(
            r.Id,
            r.CreatedAt,
            r.CustomerId,
            r.TopicId,
            r.Type,
            r.IsSpam,
            r.SpecialistId,
            r.FinishedAt,
            Of(r.Subject, r.Text ?? "")
        ));
    }
}
