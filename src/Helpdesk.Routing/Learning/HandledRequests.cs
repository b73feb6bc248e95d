using System.Linq.Expressions;
using Helpdesk.Routing.Classification;
using Helpdesk.Tickets;
using Helpdesk.Tickets.Data;
using Helpdesk.Tickets.Settings;
using Helpdesk.Tickets.Sla;
using Microsoft.EntityFrameworkCore;

namespace Helpdesk.Routing.Learning;

/// <summary>Finished tickets and what they took, for the complexity model.</summary>
internal static class HandledRequests
{
    private static readonly Expression<Func<Ticket, bool>> IsHandled = t =>
        t.Status >= TicketStatus.Resolved && t.ResolvedAt != null && t.Replies > 0;

    /// <summary>The newest first.</summary>
    public static async Task<IReadOnlyList<HandledRequest>> LoadAsync(
        HelpdeskDbContext db,
        DeskPicture picture,
        int most,
        CancellationToken cancellationToken
    )
    {
        var rows = await db
            .Tickets.AsNoTracking()
            .Where(IsHandled)
            .OrderByDescending(t => t.Id)
            .Take(most)
            .Select(t => new
            {
                t.TopicId,
                t.Type,
                t.Subject,
                t.Replies,
                t.Reopenings,
                t.CreatedAt,
                t.ResolvedAt,
                t.PausedWorkingTime,
                t.SlaPolicyId,
                // from a person to a person: taken from the queue it was handed over by nobody
                HandOvers = t.Events.Count(e =>
                    e.Kind == TicketEventKind.Assigned && !e.Data!.Contains("\"from\":null")
                ),
                First = t
                    .Messages.AsQueryable()
                    .Where(Message.IsCustomersOwn)
                    .OrderBy(m => m.Id)
                    .Select(m => new
                    {
                        Text = m.Text.Substring(0, TrainingMaterial.MostCharacters),
                        Attachments = m.Attachments.Count,
                    })
                    .FirstOrDefault(),
            })
            .ToListAsync(cancellationToken);
        return
        [
            .. rows.Select(r => new HandledRequest(
                new ComplexityFacts
                {
                    Topic = r.TopicId is { } id ? picture.Topics.GetValueOrDefault(id)?.Key : null,
                    Type = r.Type ?? TicketType.Special,
                    Words = RequestWords.Of(RequestText.Of(r.Subject, r.First?.Text ?? "")).Count,
                    Attachments = r.First?.Attachments ?? 0,
                    Reopenings = r.Reopenings,
                },
                r.Replies,
                r.HandOvers,
                Worked(picture.Terms(r.SlaPolicyId), r.CreatedAt, r.ResolvedAt!.Value, r.PausedWorkingTime)
            )
            {
                ResolvedAt = r.ResolvedAt!.Value,
            }),
        ];
    }

    /// <summary>What was said of the newest when they came, and what they took, without what they wrote.</summary>
    public static async Task<List<(Complexity Said, DateTimeOffset ResolvedAt, double Effort)>> EffortsAsync(
        HelpdeskDbContext db,
        DeskPicture picture,
        int most,
        CancellationToken cancellationToken
    )
    {
        var rows = await db
            .Tickets.AsNoTracking()
            .Where(IsHandled)
            .OrderByDescending(t => t.Id)
            .Take(most)
            .Where(t => t.Complexity != null && !t.ComplexityIsManual)
            .Select(t => new
            {
                Said = t.Complexity!.Value,
                t.Replies,
                t.Reopenings,
                t.CreatedAt,
                ResolvedAt = t.ResolvedAt!.Value,
                t.PausedWorkingTime,
                t.SlaPolicyId,
                HandOvers = t.Events.Count(e =>
                    e.Kind == TicketEventKind.Assigned && !e.Data!.Contains("\"from\":null")
                ),
            })
            .ToListAsync(cancellationToken);
        return rows.ConvertAll(r =>
            (
                r.Said,
                r.ResolvedAt,
                HandledRequest.EffortOf(
                    r.Replies,
                    r.HandOvers,
                    r.Reopenings,
                    Worked(picture.Terms(r.SlaPolicyId), r.CreatedAt, r.ResolvedAt, r.PausedWorkingTime)
                )
            )
        );
    }

    private static TimeSpan Worked(SlaTerms? terms, DateTimeOffset from, DateTimeOffset to, TimeSpan paused)
    {
        var open = (terms?.Calendar ?? BusinessCalendar.AlwaysOpen).Between(from, to) - paused;
        return open > TimeSpan.Zero ? open : TimeSpan.Zero;
    }
}
