using System.Globalization;
using Helpdesk.Mail.Imap;
using Helpdesk.Mail.Intake;
using Microsoft.EntityFrameworkCore;
using static Helpdesk.Web.Components.Admin.AdminWork;

namespace Helpdesk.Web.Components.Admin.Mailboxes;

/// <summary>How many mails of a mailbox ended in one way.</summary>
/// <param name="Reason">Of those that were ignored; null for the others.</param>
public sealed record MailboxOutcome(InboundState State, string? Reason, int Count);

/// <summary>The mailboxes that the desk reads.</summary>
public sealed class MailboxChanges(
    AdminWork work,
    IDbContextFactory<Tickets.Data.HelpdeskDbContext> databases,
    MailboxSecrets secrets,
    MailboxCheck check,
    TimeProvider time
)
{
    /// <summary>For how long back outcomes are counted, in days.</summary>
    public const int OutcomeDays = 30;

    public async Task<IReadOnlyList<ImapMailbox>> ReadAsync()
    {
        await using var db = databases.CreateDbContext();
        return await db.Set<ImapMailbox>().AsNoTracking().OrderBy(m => m.Id).ToListAsync();
    }

    public async Task<ImapMailbox?> ReadAsync(int id)
    {
        await using var db = databases.CreateDbContext();
        return await db.Set<ImapMailbox>().AsNoTracking().SingleOrDefaultAsync(m => m.Id == id);
    }

    /// <summary>What became of the mails that were taken during the last days.</summary>
    public async Task<IReadOnlyList<MailboxOutcome>> OutcomesAsync(int id)
    {
        var since = time.GetUtcNow().AddDays(-OutcomeDays);
        await using var db = databases.CreateDbContext();
        return await db.Set<InboundMail>()
            .Where(m => m.MailboxId == id && m.ReceivedAt >= since)
            .GroupBy(m => new { m.State, Reason = m.State == InboundState.Ignored ? m.Reason : null })
            .Select(g => new MailboxOutcome(g.Key.State, g.Key.Reason, g.Count()))
            .ToListAsync();
    }

    public Task<MailboxForm?> FormAsync(int id) => work.ReadAsync(db => FormAsync(db, id));

    public Task<(string? Refusal, int Id)> SaveAsync(int? id, MailboxForm form) =>
        work.SaveAsync(
            "mailbox",
            id,
            form,
            db => FormAsync(db, id!.Value),
            async db =>
            {
                var (refusal, mailbox) = await FilledAsync(db.Set<ImapMailbox>(), id, form);
                if (refusal is not null)
                    return (refusal, null);
                if (
                    await db.Set<ImapMailbox>()
                        .AnyAsync(m =>
                            m.Id != (id ?? 0)
                            && m.Host == mailbox!.Host
                            && m.UserName == mailbox.UserName
                            && m.Folder == mailbox.Folder
                        )
                )
                    return ("MailboxTaken", null);
                mailbox!.Revision++;
                if (id is null)
                {
                    mailbox.TakeFrom = form.TakesAll ? null : time.GetUtcNow();
                    db.Add(mailbox);
                }
                return (null, () => mailbox.Id);
            }
        );

    /// <summary>Nothing changes on the server, and what was taken stays.</summary>
    public Task<string?> RemoveAsync(int id)
    {
        var name = "";
        return work.DoAsync(
            "mailbox removed",
            async (db, _) =>
            {
                if (await db.Set<ImapMailbox>().SingleOrDefaultAsync(m => m.Id == id) is not { } mailbox)
                    return Refusals.Gone;
                db.Remove(mailbox);
                name = mailbox.UserName;
                return null;
            },
            () => string.Create(CultureInfo.InvariantCulture, $"{id}"),
            () => new AdminRecord(name, [])
        );
    }

    /// <summary>Signs in with what was typed, saves nothing.</summary>
    /// <returns>What was found, or the trouble, or why it was not tried.</returns>
    public async Task<(MailboxFound? Found, ImapException? Trouble, string? Refusal)> TryAsync(
        int? id,
        MailboxForm form,
        CancellationToken cancellationToken
    )
    {
        await using var db = databases.CreateDbContext();
        var (refusal, mailbox) = await FilledAsync(db.Set<ImapMailbox>().AsNoTracking(), id, form);
        if (refusal is not null)
            return (null, null, refusal);
        try
        {
            return (await check.RunAsync(mailbox!, isSecretStored: !form.HasSecret, cancellationToken), null, null);
        }
        catch (ImapException trouble)
        {
            return (null, trouble, null);
        }
    }

    // a stored secret goes only where it always went: otherwise whoever may edit could have it sent to a server of theirs
    private async Task<(string? Refusal, ImapMailbox? Mailbox)> FilledAsync(
        IQueryable<ImapMailbox> mailboxes,
        int? id,
        MailboxForm form
    )
    {
        var stored = id is null ? null : await mailboxes.SingleOrDefaultAsync(m => m.Id == id);
        if (id is not null && stored is null)
            return (Refusals.Gone, null);
        if (!form.HasSecret && (stored is null || form.LeadsElsewhere(stored)))
            return (stored is null ? "NoSecret" : "SecretAgain", null);
        var mailbox =
            stored
            ?? new ImapMailbox
            {
                Host = "",
                Port = 0,
                Security = form.Security,
                UserName = "",
                ProtectedSecret = "",
                Folder = "",
                AfterTaking = form.AfterTaking,
            };
        form.Fill(mailbox);
        if (form.HasSecret)
            mailbox.ProtectedSecret = secrets.Protect(form.Secret);
        return (null, mailbox);
    }

    private static async Task<MailboxForm?> FormAsync(Tickets.Data.HelpdeskDbContext db, int id) =>
        await db.Set<ImapMailbox>().AsNoTracking().SingleOrDefaultAsync(m => m.Id == id) is { } mailbox
            ? MailboxForm.Of(mailbox)
            : null;
}
