using Helpdesk.Mail.Intake;
using Helpdesk.Mail.Outbound;
using Helpdesk.Mail.Smtp;
using Helpdesk.Tickets.Data;
using Helpdesk.Tickets.Notifications;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace Helpdesk.Web.Components.Admin.Letters;

/// <param name="Listening">Address and port; null = mail by SMTP is switched off.</param>
/// <param name="Waiting">Received and not yet a ticket.</param>
/// <param name="Kept">Held for a decision, or not readable.</param>
/// <param name="Leaving">To be sent, tries that failed included.</param>
/// <param name="Server">The outgoing server; null = mails are written into a folder.</param>
public sealed record MailFacts(
    string? Listening,
    DateTimeOffset? LastReceivedAt,
    int Waiting,
    int Kept,
    int Leaving,
    DateTimeOffset? OldestLeaving,
    string? Server
);

/// <summary>How mail stands on this node, in and out. Reads queues through their partial indexes only.</summary>
public sealed class MailState(
    IDbContextFactory<HelpdeskDbContext> databases,
    SmtpListener listener,
    IOptions<OutboundOptions> outbound
)
{
    public async Task<MailFacts> ReadAsync(CancellationToken cancellationToken = default)
    {
        await using var db = databases.CreateDbContext();
        var mails = db.Set<InboundMail>();
        var leaving = db.Notifications.Where(n => n.MailState == Tickets.Notifications.MailState.Pending);
        return new(
            listener.LocalEndPoint?.ToString(),
            await mails
                .OrderByDescending(m => m.Id)
                .Select(m => (DateTimeOffset?)m.ReceivedAt)
                .FirstOrDefaultAsync(cancellationToken),
            await mails.CountAsync(m => m.State == InboundState.Pending, cancellationToken),
            await mails.CountAsync(m => m.State >= InboundState.Held, cancellationToken),
            await leaving.CountAsync(cancellationToken),
            // the earliest rather than the first by number, for which SQLite would go through every letter ever sent
            await leaving.MinAsync(n => (DateTimeOffset?)n.CreatedAt, cancellationToken),
            outbound.Value.Host.Length > 0 ? $"{outbound.Value.Host}:{outbound.Value.Port}" : null
        );
    }
}
