using Helpdesk.Routing.Classification;
using Helpdesk.Routing.Learning;
using Helpdesk.Tickets;
using Helpdesk.Tickets.Data;
using Microsoft.EntityFrameworkCore;

namespace Helpdesk.Routing;

/// <summary>What the customer wrote on one ticket, as routing needs it.</summary>
/// <param name="Message">The first message, cut to what models read.</param>
/// <param name="Attachments">Files of that message.</param>
/// <param name="Unanswered">Further messages since the one that waits for an answer.</param>
internal sealed record RequestFacts(string Message, int Attachments, int Unanswered)
{
    public static RequestFacts Nothing { get; } = new("", 0, 0);

    public static async Task<Dictionary<long, RequestFacts>> LoadAsync(
        HelpdeskDbContext db,
        IReadOnlyCollection<Ticket> tickets,
        CancellationToken cancellationToken
    )
    {
        var ids = tickets.Select(t => t.Id).ToList();
        var rows = await db
            .Messages.AsNoTracking()
            .Where(m => ids.Contains(m.TicketId))
            .Where(Tickets.Message.IsCustomersOwn)
            .OrderBy(m => m.Id)
            .Select(m => new
            {
                m.TicketId,
                m.CreatedAt,
                Text = m.Text.Substring(0, TrainingMaterial.MostCharacters),
                Attachments = m.Attachments.Count,
            })
            .ToListAsync(cancellationToken);
        var byTicket = rows.ToLookup(r => r.TicketId);
        return tickets.ToDictionary(
            t => t.Id,
            t =>
            {
                var messages = byTicket[t.Id].ToList();
                var waitsSince = t.AwaitingReplySince ?? (t.FirstRespondedAt is null ? t.CreatedAt : t.LastMessageAt);
                return messages.Count == 0
                    ? Nothing
                    : new RequestFacts(
                        messages[0].Text,
                        messages[0].Attachments,
                        Math.Max(0, messages.Count(m => m.CreatedAt >= waitsSince) - 1)
                    );
            }
        );
    }

    public ComplexityFacts Complexity(Ticket ticket, string text, string? topic, TicketType type) =>
        new()
        {
            Topic = topic,
            Type = type,
            Words = RequestWords.Of(text).Count,
            Attachments = Attachments,
            Reopenings = ticket.Reopenings,
        };
}
