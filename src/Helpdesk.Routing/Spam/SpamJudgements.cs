using Helpdesk.Routing.Learning;
using Helpdesk.Tickets;
using Helpdesk.Tickets.Data;
using Microsoft.EntityFrameworkCore;

namespace Helpdesk.Routing.Spam;

/// <summary>Who said of which mail whether it is spam.</summary>
internal static class SpamJudgements
{
    /// <summary>The last who called a mail spam or took that back, and whoever answered one; none of mails that were let in, which only supervisors do.</summary>
    /// <param name="judged">Those of the requests that somebody called spam or no spam.</param>
    public static async Task<List<LabelDecision>> OfAsync(
        HelpdeskDbContext db,
        List<ReadableRequest> requests,
        IQueryable<long> judged,
        CancellationToken cancellationToken
    )
    {
        var events = await db
            .TicketEvents.AsNoTracking()
            .Where(e =>
                (e.Kind == TicketEventKind.MarkedSpam || e.Kind == TicketEventKind.SpamUndone)
                && e.ActorKind == ActorKind.Staff
                && judged.Contains(e.TicketId)
            )
            .OrderBy(e => e.Id)
            .ToListAsync(cancellationToken);
        var lastOf = events.GroupBy(e => e.TicketId).ToDictionary(g => g.Key, g => g.Last());
        var decisions = new List<LabelDecision>(requests.Count);
        foreach (var request in requests)
            if (request.IsSpam is { } isSpam)
            {
                if (lastOf.TryGetValue(request.TicketId, out var last) && Guid.TryParse(last.ActorId, out var by))
                    decisions.Add(LabelDecision.OfMail(request.TicketId, by, last.ActorName, isSpam, last.At));
            }
            else if (request.SpecialistId is { } specialist)
                decisions.Add(
                    LabelDecision.OfMail(
                        request.TicketId,
                        specialist,
                        "",
                        isSpam: false,
                        request.FinishedAt ?? request.CreatedAt
                    )
                );
        return decisions;
    }

    /// <summary>Mails called spam by one person of somebody whom another person has answered.</summary>
    public static async Task<List<long>> ContradictedAsync(
        HelpdeskDbContext db,
        List<LabelDecision> decisions,
        List<ReadableRequest> requests,
        CancellationToken cancellationToken
    )
    {
        var judgeOf = decisions.Where(d => d.IsCorrection).ToDictionary(d => d.TicketId, d => d.By);
        var spam = requests.Where(r => judgeOf.ContainsKey(r.TicketId)).ToList();
        var senders = spam.Select(r => r.CustomerId).Distinct().ToList();
        var answered = await db
            .Tickets.AsNoTracking()
            .Where(t => t.Replies > 0 && t.SpecialistId != null && senders.Contains(t.CustomerId))
            .Select(t => new { t.CustomerId, t.SpecialistId })
            .Distinct()
            .ToListAsync(cancellationToken);
        var answererOf = answered.ToLookup(t => t.CustomerId, t => t.SpecialistId!.Value);
        return
        [
            .. spam.Where(r => answererOf[r.CustomerId].Any(by => by != judgeOf[r.TicketId])).Select(r => r.TicketId),
        ];
    }

    /// <summary>Those that a supervisor let count: no cap holds for them.</summary>
    public static async Task<HashSet<long>> VouchedAsync(
        HelpdeskDbContext db,
        List<LabelDecision> decisions,
        CancellationToken cancellationToken
    )
    {
        var accepted = await db.Set<LabelShift>()
            .AsNoTracking()
            .Where(s => s.Kind == LabelShiftKind.Spam && s.State == LabelShiftState.Accepted)
            .Select(s => new { s.UserId, s.Until })
            .ToListAsync(cancellationToken);
        return
        [
            .. decisions
                .Where(d => d.IsCorrection && accepted.Exists(s => s.UserId == d.By && d.At <= s.Until))
                .Select(d => d.TicketId),
        ];
    }
}
