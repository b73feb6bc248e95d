using Helpdesk.Knowledge.Search;
using Helpdesk.Tickets;
using Helpdesk.Tickets.Access;
using Helpdesk.Tickets.Data;
using Microsoft.EntityFrameworkCore;

namespace Helpdesk.Knowledge.Matching;

/// <summary>An earlier, resolved request like the one at hand.</summary>
/// <param name="Words">Stems that both have, the weightiest first.</param>
public sealed record SimilarTicket(
    long Id,
    string Subject,
    TicketStatus Status,
    DateTimeOffset? ResolvedAt,
    string? ResolutionNote,
    long? SolutionArticleId,
    double Fit,
    IReadOnlyList<string> Words
);

/// <summary>Finds earlier requests like one at hand, among those that the viewer may see.</summary>
public sealed class SimilarTickets(SolutionIndexes indexes, IDbContextFactory<HelpdeskDbContext> databases)
{
    private const int Candidates = 40;
    private const int MaxWords = 64;

    /// <param name="without">The request itself.</param>
    /// <returns>Best first; none for customers.</returns>
    public async Task<IReadOnlyList<SimilarTicket>> FindAsync(
        string subject,
        string text,
        long? without,
        Viewer viewer,
        int count = 5,
        CancellationToken cancellationToken = default
    )
    {
        if (viewer is not (Viewer.Staff or Viewer.Script))
            return [];
        var question = ActualQuestion.Find(text);
        var query = new SearchQuery(question.Question + "\n" + question.Story)
        {
            Subject = Text.OneLine(subject, Ticket.MaxSubjectLength),
            Without = without,
            Count = Candidates,
            MaxWords = MaxWords,
        };
        var hits = indexes.ResolvedTickets.Search(query).Hits;
        if (hits.Count == 0)
            return [];
        var ids = hits.Select(hit => hit.Id).ToList();
        await using var db = databases.CreateDbContext();
        var tickets = await db
            .Tickets.AsNoTracking()
            .VisibleTo(viewer)
            .Where(t => ids.Contains(t.Id) && t.Status >= TicketStatus.Resolved)
            .Select(t => new
            {
                t.Id,
                t.Subject,
                t.Status,
                t.ResolvedAt,
                t.ResolutionNote,
                t.SolutionArticleId,
            })
            .ToDictionaryAsync(t => t.Id, cancellationToken);
        return
        [
            .. hits.Where(hit => tickets.ContainsKey(hit.Id))
                .Take(count)
                .Select(hit => (Hit: hit, Ticket: tickets[hit.Id]))
                .Select(found => new SimilarTicket(
                    found.Ticket.Id,
                    found.Ticket.Subject,
                    found.Ticket.Status,
                    found.Ticket.ResolvedAt,
                    found.Ticket.ResolutionNote,
                    found.Ticket.SolutionArticleId,
                    found.Hit.Fit,
                    [.. found.Hit.Words.Take(5).Select(word => word.Stem)]
                )),
        ];
    }
}
