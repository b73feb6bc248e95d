using System.Globalization;
using Helpdesk.Mail.Imap;
using Helpdesk.Mail.Intake;
using Helpdesk.Tickets;
using Helpdesk.Tickets.Data;
using Helpdesk.Tickets.Notifications;
using Microsoft.EntityFrameworkCore;

namespace Helpdesk.Web.Commands;

/// <summary>Looks for damage and for promises of the data that do not hold; runs beside the live desk and changes nothing.</summary>
internal static class IntegrityCheck
{
    /// <returns>0 when nothing was found, else 1; one line a finding.</returns>
    public static async Task<int> RunAsync(
        IServiceProvider services,
        TextWriter output,
        CancellationToken cancellationToken
    )
    {
        await using var db = await services
            .GetRequiredService<IDbContextFactory<HelpdeskDbContext>>()
            .CreateDbContextAsync(cancellationToken);
        var found = 0;
        if (db is SqliteHelpdeskDbContext)
        {
            await foreach (var line in db.Database.SqlQueryRaw<string>("PRAGMA integrity_check").AsAsyncEnumerable())
                if (line != "ok")
                    await FindAsync("file", line);
            await CountAsync(
                "broken references",
                db.Database.SqlQueryRaw<int>("SELECT count(*) AS \"Value\" FROM pragma_foreign_key_check")
            );
        }
        await CountAsync(
            "attachments without their bytes",
            db.Attachments.Where(a => !db.Blobs.Any(b => b.Hash == a.BlobHash)).GroupBy(_ => 1).Select(g => g.Count())
        );
        await CountAsync(
            "notifications marked sent without a time",
            db.Notifications.Where(n => n.MailState == MailState.Sent && n.MailSentAt == null)
                .GroupBy(_ => 1)
                .Select(g => g.Count())
        );
        await CountAsync(
            "notifications to be mailed that nobody will try",
            db.Notifications.Where(n => n.MailState == MailState.Pending && n.MailNextAttemptAt == null)
                .GroupBy(_ => 1)
                .Select(g => g.Count())
        );
        await CountAsync(
            "resolved tickets with a running clock",
            db.Tickets.Where(t => t.Status >= TicketStatus.Resolved && (t.DueAt != null || t.NextEscalationAt != null))
                .GroupBy(_ => 1)
                .Select(g => g.Count())
        );
        await CountAsync(
            "tickets without a message",
            db.Tickets.Where(t =>
                    t.Status != TicketStatus.Closed && !db.Messages.Any(m => m.TicketId == t.Id) // an empty one was moved elsewhere
                )
                .GroupBy(_ => 1)
                .Select(g => g.Count())
        );
        await CountAsync(
            "mails that are not where their message is",
            db.Messages.Where(m =>
                    m.MovedFromTicketId != null
                    && db.Set<InboundMail>().Any(i => i.Id == m.InboundMailId && i.TicketId != m.TicketId)
                )
                .GroupBy(_ => 1)
                .Select(g => g.Count())
        );
        await CountAsync(
            "mailboxes whose account does not add up",
            db.Set<ImapMailbox>()
                .Where(m => m.SeenCount != m.TakenCount + m.RepeatedCount + m.LeftCount + m.OldCount + m.VanishedCount)
                .GroupBy(_ => 1)
                .Select(g => g.Count())
        );
        await output.WriteLineAsync(
            found == 0 ? "ok" : string.Create(CultureInfo.InvariantCulture, $"{found} findings")
        );
        return found == 0 ? 0 : 1;

        async Task CountAsync(string what, IQueryable<int> query)
        {
            var count = (await query.ToListAsync(cancellationToken)).FirstOrDefault();
            if (count > 0)
                await FindAsync(what, count.ToString(CultureInfo.InvariantCulture));
        }

        async Task FindAsync(string what, string detail)
        {
            found++;
            await output.WriteLineAsync($"{what}: {detail}");
        }
    }
}
