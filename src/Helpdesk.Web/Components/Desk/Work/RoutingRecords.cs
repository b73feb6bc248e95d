using System.Globalization;
using Helpdesk.Routing;
using Helpdesk.Routing.Assignment;
using Helpdesk.Routing.Decisions;
using Helpdesk.Tickets;
using Helpdesk.Tickets.Access;
using Helpdesk.Tickets.Data;
using Helpdesk.Tickets.Settings;
using Microsoft.EntityFrameworkCore;

namespace Helpdesk.Web.Components.Desk.Work;

/// <summary>A decision on a page of its own, with the others about the same ticket.</summary>
/// <param name="Text">The beginning of what the customer wrote first.</param>
/// <param name="Others">Their numbers and instants, newest first, this one among them.</param>
public sealed record RoutingRecord(
    long TicketId,
    string Text,
    RoutingDecision Decision,
    DecisionDetails Details,
    RoutingExplanation Explanation,
    IReadOnlyList<(long Id, DateTimeOffset At)> Others
);

/// <summary>Reads what routing decided about tickets.</summary>
public sealed class RoutingRecords(
    IDbContextFactory<HelpdeskDbContext> databases,
    DeskDirectory directory,
    WaitingTickets waiting
)
{
    private const int ShownText = 1200;

    /// <summary>The last decision about a ticket that the caller has read with their own rights; null when routing has not decided.</summary>
    public async Task<RoutingExplanation?> ReasonAsync(
        long ticketId,
        DateTimeOffset openedAt,
        CancellationToken cancellationToken = default
    )
    {
        var picture = await directory.GetAsync(cancellationToken);
        await using var db = databases.CreateDbContext();
        var decision = await db.Set<RoutingDecision>()
            .AsNoTracking()
            .Where(d => d.TicketId == ticketId)
            .OrderByDescending(d => d.Id)
            .FirstOrDefaultAsync(cancellationToken);
        return decision is null
            ? null
            : RoutingExplanation.Of(decision, openedAt, picture, CultureInfo.CurrentUICulture);
    }

    /// <summary>Who gets a waiting ticket when the next people come; null where somebody has it, or nobody is to come.</summary>
    public async Task<PlannedTurn?> PlanAsync(long ticketId, CancellationToken cancellationToken = default) =>
        (await waiting.PlanAsync(cancellationToken)).GetValueOrDefault(ticketId);

    /// <param name="decisionId">Null = the last one.</param>
    /// <returns>Null when there is no such ticket for this viewer, or no such decision about it.</returns>
    public async Task<RoutingRecord?> ReadAsync(
        Viewer.Staff viewer,
        long ticketId,
        long? decisionId,
        CancellationToken cancellationToken = default
    )
    {
        var picture = await directory.GetAsync(cancellationToken);
        await using var db = databases.CreateDbContext();
        var ticket = await db
            .Tickets.VisibleTo(viewer)
            .Where(t => t.Id == ticketId)
            .Select(t => new
            {
                t.CreatedAt,
                Text = db
                    .Messages.Where(m => m.TicketId == t.Id && m.Kind == MessageKind.Customer)
                    .OrderBy(m => m.Id)
                    .Select(m => m.Text.Substring(0, ShownText))
                    .FirstOrDefault(),
            })
            .SingleOrDefaultAsync(cancellationToken);
        if (ticket is null)
            return null;
        var all = await db.Set<RoutingDecision>()
            .Where(d => d.TicketId == ticketId)
            .OrderByDescending(d => d.Id)
            .Select(d => new { d.Id, d.At })
            .ToListAsync(cancellationToken);
        var wanted = decisionId ?? (all.Count > 0 ? all[0].Id : 0);
        var decision = await db.Set<RoutingDecision>()
            .AsNoTracking()
            .SingleOrDefaultAsync(d => d.TicketId == ticketId && d.Id == wanted, cancellationToken);
        return decision is null
            ? null
            : new(
                ticketId,
                ticket.Text ?? "",
                decision,
                decision.Details,
                RoutingExplanation.Of(decision, ticket.CreatedAt, picture, CultureInfo.CurrentUICulture),
                all.Select(d => (d.Id, d.At)).ToList()
            );
    }
}

/// <summary>What a candidate's points were given for, in the columns of the table.</summary>
public enum PointsColumn
{
    Skill,
    Free,
    Continuity,
    Fairness,
    Other,
}

/// <summary>One candidate's points by column.</summary>
public sealed class CandidatePoints(CandidateVerdict verdict)
{
    public double this[PointsColumn column] =>
        Math.Round(verdict.Counted.Where(r => ColumnOf(r) == column).Sum(r => r.Points), 1);

    private static PointsColumn ColumnOf(Reason reason) =>
        reason.Code switch
        {
            "skill" or "track-record" or "weak-record" => PointsColumn.Skill,
            "free" => PointsColumn.Free,
            "knows-matter" or "knows-customer" or "deputy" => PointsColumn.Continuity,
            "had-fewer" or "had-more" => PointsColumn.Fairness,
            _ => PointsColumn.Other,
        };
}

/// <summary>Text cut at some words, to mark them.</summary>
public static class MarkedText
{
    /// <summary>Whole words, whatever their letter case; the parts together are the text.</summary>
    public static IEnumerable<(string Text, bool IsMarked)> Of(string text, IReadOnlyCollection<string> words)
    {
        var wanted = words.ToHashSet(StringComparer.OrdinalIgnoreCase);
        var (plainFrom, at) = (0, 0);
        while (at < text.Length)
        {
            if (!char.IsLetterOrDigit(text[at]))
            {
                at++;
                continue;
            }
            var end = at;
            while (end < text.Length && char.IsLetterOrDigit(text[end]))
                end++;
            if (wanted.Contains(text[at..end]))
            {
                if (at > plainFrom)
                    yield return (text[plainFrom..at], false);
                yield return (text[at..end], true);
                plainFrom = end;
            }
            at = end;
        }
        if (plainFrom < text.Length)
            yield return (text[plainFrom..], false);
    }
}
