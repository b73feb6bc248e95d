using Helpdesk.Mail.Intake;
using Helpdesk.Tickets.Data;
using Helpdesk.Tickets.Notifications;
using Microsoft.EntityFrameworkCore;

namespace Helpdesk.Web.Components.Supervise.Wall;

/// <summary>Counted up to a limit, so that looking costs the same whatever waits.</summary>
/// <param name="ToRead">Came in and was not read yet.</param>
/// <param name="LastCameAt">Null = never.</param>
public sealed record WallMail(
    int ToRead,
    DateTimeOffset? OldestToRead,
    DateTimeOffset? LastCameAt,
    int ToSend,
    DateTimeOffset? OldestToSend
)
{
    /// <summary>More are not counted.</summary>
    public const int CountedTo = 1_000;

    private static readonly TimeSpan ReadWithin = TimeSpan.FromMinutes(2);

    /// <summary>A destination that rests for a while is no reason to worry.</summary>
    private static readonly TimeSpan SentWithin = TimeSpan.FromMinutes(15);

    public bool IsFlowing(DateTimeOffset now) =>
        (OldestToRead is not { } read || now - read < ReadWithin)
        && (OldestToSend is not { } queued || now - queued < SentWithin);

    public static async Task<WallMail> ReadAsync(HelpdeskDbContext db, CancellationToken cancellationToken)
    {
        var toRead = await db.Set<InboundMail>()
            .Where(m => m.State == InboundState.Pending)
            .OrderBy(m => m.NextAttemptAt)
            .Take(CountedTo + 1)
            .GroupBy(_ => 1)
            .Select(g => new { Count = g.Count(), Oldest = g.Min(m => m.ReceivedAt) })
            .SingleOrDefaultAsync(cancellationToken);
        var toSend = await db
            .Notifications.Where(n => n.MailState == MailState.Pending)
            .OrderBy(n => n.MailNextAttemptAt)
            .Take(CountedTo + 1)
            .GroupBy(_ => 1)
            .Select(g => new { Count = g.Count(), Oldest = g.Min(n => n.MailQueuedAt) })
            .SingleOrDefaultAsync(cancellationToken);
        var last = await db.Set<InboundMail>()
            .OrderByDescending(m => m.Id)
            .Select(m => (DateTimeOffset?)m.ReceivedAt)
            .FirstOrDefaultAsync(cancellationToken);
        return new(toRead?.Count ?? 0, toRead?.Oldest, last, toSend?.Count ?? 0, toSend?.Oldest);
    }
}
