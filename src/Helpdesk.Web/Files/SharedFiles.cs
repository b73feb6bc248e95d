using Helpdesk.Tickets.Access;
using Helpdesk.Tickets.Data;
using Helpdesk.Tickets.Settings;
using Microsoft.EntityFrameworkCore;

namespace Helpdesk.Web.Files;

/// <param name="Holder">With whose rights it is read.</param>
/// <param name="Size">Bytes.</param>
public sealed record SharedFile(Viewer.Guest Holder, long Id, string Name, long Size, DateTimeOffset Until);

/// <summary>
/// Files that were too large for their mail, by the link in it. The link opens what its customer could open on the request's page, and ends by its
/// time, with the request, or when the file is no longer among what that customer may read.
/// </summary>
public sealed class SharedFiles(DeskDirectory directory, TimeProvider time)
{
    /// <returns>Null for wrong, ended and withdrawn links alike.</returns>
    public async Task<SharedFile?> FindAsync(
        HelpdeskDbContext db,
        string? token,
        CancellationToken cancellationToken = default
    )
    {
        var picture = await directory.GetAsync(cancellationToken);
        if (picture.Tokens.ReadFile(token) is not { } link || link.Until <= time.GetUtcNow())
            return null;
        var holder = new Viewer.Guest(link.TicketId, link.CustomerId);
        var file = await db
            .Attachments.AsNoTracking()
            .Where(a =>
                a.Id == link.AttachmentId
                && db.Messages.ReadableTo(holder).Any(m => m.Id == a.MessageId && m.TicketId == link.TicketId)
                && db.Tickets.VisibleTo(holder).Any(t => t.Id == link.TicketId)
            )
            .Select(a => new { a.Name, a.Size })
            .SingleOrDefaultAsync(cancellationToken);
        return file is null ? null : new(holder, link.AttachmentId, file.Name, file.Size, link.Until);
    }
}
