using Helpdesk.Tickets;
using Helpdesk.Tickets.Access;
using Helpdesk.Tickets.Blobs;
using Helpdesk.Tickets.Data;
using Helpdesk.Tickets.Settings;
using Helpdesk.Web.Security;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Microsoft.Net.Http.Headers;

namespace Helpdesk.Web.Files;

/// <summary>
/// Attachments, by their number and through the ticket they belong to: whoever may not follow the ticket, or must not read that message, gets the
/// same answer as for a number that does not exist. Pictures whose bytes are pictures are shown, everything else is a download.
/// </summary>
public static class TicketFiles
{
    public static void MapFiles(this IEndpointRouteBuilder app)
    {
        app.MapGet("/files/{id:long}", ForPersonAsync).WithMetadata(Sandbox);
        app.MapGet("/r/{token}/files/{id:long}", ForGuestAsync)
            .AllowAnonymous()
            .RequireRateLimiting(RateLimits.Links)
            .WithMetadata(Sandbox);
        app.MapGet("/f/{token}/file", ForHolderAsync)
            .AllowAnonymous()
            .RequireRateLimiting(RateLimits.Links)
            .WithMetadata(Sandbox);
    }

    private static ContentPolicyAttribute Sandbox => new(SecurityHeaders.SandboxPolicy);

    private static async Task<Results<FileContentHttpResult, NotFound>> ForPersonAsync(
        long id,
        HttpContext context,
        HelpdeskDbContext db,
        CancellationToken cancellationToken
    ) =>
        await SendAsync(
            context,
            db,
            await Viewers.LoadAsync(db, context.User, cancellationToken),
            id,
            cancellationToken
        );

    private static async Task<Results<FileContentHttpResult, NotFound>> ForGuestAsync(
        string token,
        long id,
        HttpContext context,
        HelpdeskDbContext db,
        DeskDirectory directory,
        CancellationToken cancellationToken
    )
    {
        var picture = await directory.GetAsync(cancellationToken);
        return picture.Tokens.TryReadGuest(token, out var ticketId, out var customerId)
            ? await SendAsync(context, db, new Viewer.Guest(ticketId, customerId), id, cancellationToken)
            : TypedResults.NotFound();
    }

    private static async Task<Results<FileContentHttpResult, RedirectHttpResult>> ForHolderAsync(
        string token,
        HttpContext context,
        HelpdeskDbContext db,
        SharedFiles files,
        CancellationToken cancellationToken
    )
    {
        // the page has the words for a link that ended since it was opened
        if (
            await files.FindAsync(db, token, cancellationToken) is not { } file
            || await SendAsync(context, db, file.Holder, file.Id, cancellationToken, alwaysAsFile: true)
                is not { Result: FileContentHttpResult bytes }
        )
            return TypedResults.LocalRedirect("/f/" + Uri.EscapeDataString(token));
        return bytes;
    }

    private static async Task<Results<FileContentHttpResult, NotFound>> SendAsync(
        HttpContext context,
        HelpdeskDbContext db,
        Viewer viewer,
        long id,
        CancellationToken cancellationToken,
        bool alwaysAsFile = false
    )
    {
        var found = await db
            .Attachments.AsNoTracking()
            .Where(a => a.Id == id)
            .Join(
                db.Messages.ReadableTo(viewer),
                a => a.MessageId,
                m => m.Id,
                (a, m) =>
                    new
                    {
                        a.Name,
                        a.BlobHash,
                        m.TicketId,
                    }
            )
            .Where(f => db.Tickets.VisibleTo(viewer).Any(t => t.Id == f.TicketId))
            .Join(db.Blobs, f => f.BlobHash, b => b.Hash, (f, b) => new { f.Name, Blob = b })
            .SingleOrDefaultAsync(cancellationToken);
        if (found is null)
            return TypedResults.NotFound();
        var bytes = found.Blob.Read();
        var type = alwaysAsFile ? null : PictureBytes.TypeOf(bytes);
        var disposition = new ContentDispositionHeaderValue(type is null ? "attachment" : "inline");
        disposition.SetHttpFileName(found.Name);
        context.Response.Headers.ContentDisposition = disposition.ToString();
        return TypedResults.Bytes(bytes, type ?? "application/octet-stream");
    }
}
