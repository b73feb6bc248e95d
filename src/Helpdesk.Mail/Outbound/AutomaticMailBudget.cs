using Helpdesk.Tickets.Data;
using Helpdesk.Tickets.Notifications;
using Helpdesk.Tickets.People;
using Microsoft.EntityFrameworkCore;

namespace Helpdesk.Mail.Outbound;

/// <summary>
/// How much a program may write to one address outside the desk: a forged sender must not make us write to a stranger all day.
/// Answers of specialists are not counted, nor links that somebody asked for on a page.
/// </summary>
internal sealed class AutomaticMailBudget(OutboundQueueOptions options, DateTimeOffset now)
{
    private readonly Dictionary<string, List<DateTimeOffset>> sent = new(StringComparer.Ordinal);

    public static bool Counts(Notification notification) =>
        notification is { IsAutomatic: true, UserId: null, TicketId: not null };

    public async Task LookUpAsync(
        HelpdeskDbContext db,
        IEnumerable<Notification> waiting,
        CancellationToken cancellationToken
    )
    {
        var addresses = waiting.Where(Counts).Select(n => n.Address).Distinct(StringComparer.Ordinal).ToArray();
        if (addresses.Length == 0)
            return;
        var aDayAgo = now.AddDays(-1);
        var rows = await db
            .Notifications.AsNoTracking()
            .Where(n =>
                addresses.Contains(n.Address)
                && n.MailSentAt > aDayAgo
                && n.UserId == null
                && n.TicketId != null
                && n.Kind != NotificationKind.Reply
            )
            .Select(n => new { n.Address, n.MailSentAt })
            .ToListAsync(cancellationToken);
        foreach (var row in rows)
            At(row.Address).Add(row.MailSentAt!.Value);
    }

    /// <returns>False: too much already. True: it is counted.</returns>
    public bool TryTake(Notification notification)
    {
        if (!Counts(notification))
            return true;
        var before = At(notification.Address);
        if (
            before.Count >= options.MaxAutomaticPerDay
            || before.Count(at => at > now.AddHours(-1)) >= options.MaxAutomaticPerHour
        )
            return false;
        before.Add(now);
        return true;
    }

    private List<DateTimeOffset> At(string address)
    {
        var key = Customer.Normalize(address);
        if (!sent.TryGetValue(key, out var at))
            sent[key] = at = [];
        return at;
    }
}
