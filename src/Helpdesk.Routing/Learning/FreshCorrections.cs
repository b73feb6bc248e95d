using Helpdesk.Tickets;
using Helpdesk.Tickets.Data;
using Microsoft.EntityFrameworkCore;

namespace Helpdesk.Routing.Learning;

/// <summary>
/// Topics that people set since a model was trained, or on requests that were not finished then: the model is moved by them until the next training learns
/// them. Nobody turns it meanwhile: of one person's corrections from one topic to another only as many count as training takes for chance, of one customer's
/// requests about a topic one, and none that waits for a supervisor.
/// </summary>
internal static class FreshCorrections
{
    private const int Most = 300;

    /// <returns>The oldest first.</returns>
    public static async Task<List<TicketExample>> LoadAsync(
        HelpdeskDbContext db,
        DateTimeOffset trainedAt,
        CancellationToken cancellationToken
    )
    {
        var corrected = db.Tickets.Where(t => t.TopicIsManual && !t.IsEmptied && t.IsSpam != true);
        var open = corrected.Where(t => t.Status < TicketStatus.Resolved).OrderByDescending(t => t.Id).Take(Most);
        var finished = corrected
            .Where(t => t.Status == TicketStatus.Resolved && t.ResolvedAt > trainedAt)
            .OrderByDescending(t => t.ResolvedAt)
            .Take(Most);
        var ids = await open.Select(t => t.Id).ToListAsync(cancellationToken);
        ids.AddRange(await finished.Select(t => t.Id).ToListAsync(cancellationToken));
        if (ids.Count == 0)
            return [];
        var decisions = await TrainingMaterial.CorrectionsAsync(
            db,
            db.Tickets.Where(t => ids.Contains(t.Id)).Select(t => t.Id),
            cancellationToken
        );
        var doubted = await LabelShiftBook.DoubtedAsync(db, LabelShiftKind.Topic, cancellationToken);
        var counting = decisions
            .Where(d => !doubted.Contains((d.TicketId, d.Read, d.Made)))
            .GroupBy(d => (d.By, d.Read, d.Made))
            .SelectMany(ofOne => ofOne.OrderByDescending(d => d.At).Take(LabelShiftTest.LeastCorrections - 1))
            .OrderByDescending(d => d.At)
            .Take(Most)
            .ToDictionary(d => d.TicketId);
        var keys = await db
            .Topics.Where(t => t.ParentId != null && !t.IsArchived)
            .ToDictionaryAsync(t => t.Id, t => t.Key, cancellationToken);
        var texts = await RequestText.ReadAsync(
            db.Tickets.Where(t => counting.Keys.Contains(t.Id)),
            TrainingMaterial.MostCharacters,
            cancellationToken
        );
        return
        [
            .. texts
                .Where(r => r.TopicId is { } id ? keys.ContainsKey(id) : r.Type is TicketType.Special)
                .GroupBy(r => (r.TopicId, r.CustomerId))
                .Select(ofOne => ofOne.MaxBy(r => r.TicketId)!)
                .Select(r => new TicketExample(
                    r.TicketId,
                    r.Text,
                    r.TopicId is { } id ? keys[id] : null,
                    1,
                    counting[r.TicketId].At
                ))
                .OrderBy(e => e.At)
                .ThenBy(e => e.TicketId),
        ];
    }
}
