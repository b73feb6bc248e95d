using Helpdesk.Tickets.Data;
using Microsoft.EntityFrameworkCore;

namespace Helpdesk.Mail.Imap;

/// <summary>The mailbox's row while one visit holds it: read and claimed at the beginning, saved after each step.</summary>
internal sealed class MailboxRow(MailboxHouse house, int mailboxId, Guid holder)
{
    public int Id => mailboxId;

    /// <summary>As it was saved last.</summary>
    public ImapMailbox Current { get; private set; } = null!;

    /// <summary>Loads the mailbox and claims it.</summary>
    /// <returns>False when it is not (or no longer) to be read by us.</returns>
    public async Task<bool> ClaimAsync(CancellationToken cancellationToken)
    {
        await using var db = await house.Databases.CreateDbContextAsync(cancellationToken);
        var now = house.Time.GetUtcNow();
        var until = now + MailboxVisit.Lease;
        var claimed = await db.Set<ImapMailbox>()
            .Where(m => m.Id == mailboxId && m.IsOn && (m.Holder == null || m.Holder == holder || m.HeldUntil < now))
            .ExecuteUpdateAsync(
                m => m.SetProperty(x => x.Holder, holder).SetProperty(x => x.HeldUntil, until),
                cancellationToken
            );
        if (
            claimed == 0
            || await db.Set<ImapMailbox>()
                .AsNoTracking()
                .SingleOrDefaultAsync(m => m.Id == mailboxId, cancellationToken)
                is not { } row
        )
            return false;
        Current = row;
        return true;
    }

    /// <returns>False when somebody changed what is set up, or another process has the mailbox now.</returns>
    public async Task<bool> SaveAsync(Action<ImapMailbox> change, CancellationToken cancellationToken)
    {
        await using var db = await house.Databases.CreateDbContextAsync(cancellationToken);
        var row = await db.Set<ImapMailbox>().SingleOrDefaultAsync(m => m.Id == mailboxId, cancellationToken);
        if (row is null || row.Revision != Current.Revision || !row.IsOn || row.Holder != holder)
            return false;
        change(row);
        row.Hold(house.Time.GetUtcNow() + MailboxVisit.Lease);
        await db.SaveChangesAsync(cancellationToken);
        Current = row;
        return true;
    }
}
