using System.Globalization;
using System.Text;
using AngleSharp.Html.Parser;
using Helpdesk.Tickets;
using Helpdesk.Tickets.Access;
using Helpdesk.Tickets.Blobs;
using Helpdesk.Tickets.Data;
using Helpdesk.Web.Files;
using Helpdesk.Web.Security;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;

namespace Helpdesk.Web.Components.Desk.Work;

/// <summary>
/// A message as its sender laid it out, for a frame without scripts and without our origin; and the whole text of a very long one. Pictures inside
/// the mail are put into the document, because a frame without origin gets no cookies; remote ones only when the reader asked for them.
/// </summary>
public static class MessageFrames
{
    private const int MostPictureBytes = 2 * 1024 * 1024;
    private const int MostBytes = 8 * 1024 * 1024;
    private const int MostEmbeddedChars = 12 * 1024 * 1024;

    private const string FramePolicy =
        "sandbox allow-popups allow-popups-to-escape-sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'self'";
    private const string FramePolicyWithPictures =
        "sandbox allow-popups allow-popups-to-escape-sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data: https:; frame-ancestors 'self'";

    public static void MapMessageFrames(this IEndpointRouteBuilder app)
    {
        app.MapGet("/desk/messages/{id:long}", FrameAsync)
            .RequireAuthorization(Policies.Desk)
            .WithMetadata(new ContentPolicyAttribute(FramePolicy));
        app.MapGet("/desk/messages/{id:long}/pictures", FrameWithPicturesAsync)
            .RequireAuthorization(Policies.Desk)
            .WithMetadata(new ContentPolicyAttribute(FramePolicyWithPictures));
        app.MapGet("/desk/messages/{id:long}/text", TextAsync)
            .RequireAuthorization(Policies.Desk)
            .WithMetadata(new ContentPolicyAttribute(SecurityHeaders.SandboxPolicy));
    }

    private static Task<Results<ContentHttpResult, NotFound>> FrameAsync(
        long id,
        HttpContext context,
        HelpdeskDbContext db,
        CancellationToken cancellationToken
    ) => SendAsync(id, withRemote: false, context, db, cancellationToken);

    private static Task<Results<ContentHttpResult, NotFound>> FrameWithPicturesAsync(
        long id,
        HttpContext context,
        HelpdeskDbContext db,
        CancellationToken cancellationToken
    ) => SendAsync(id, withRemote: true, context, db, cancellationToken);

    private static async Task<Results<ContentHttpResult, NotFound>> SendAsync(
        long id,
        bool withRemote,
        HttpContext context,
        HelpdeskDbContext db,
        CancellationToken cancellationToken
    )
    {
        if (await FindAsync(db, context, id, cancellationToken) is not { Html: { } html })
            return TypedResults.NotFound();
        var pictures = html.Value.Contains("data-cid", StringComparison.Ordinal)
            ? await PicturesAsync(db, id, cancellationToken)
            : [];
        return TypedResults.Content(Document(html.Value, pictures, withRemote), "text/html", Encoding.UTF8);
    }

    private static async Task<Results<ContentHttpResult, NotFound>> TextAsync(
        long id,
        HttpContext context,
        HelpdeskDbContext db,
        CancellationToken cancellationToken
    ) =>
        await FindAsync(db, context, id, cancellationToken) is { } message
            ? TypedResults.Content(message.Text, "text/plain", Encoding.UTF8)
            : TypedResults.NotFound();

    /// <summary>The sanitized markup as a document of its own.</summary>
    /// <param name="html">As the sanitizer left it.</param>
    /// <param name="pictures">By Content-ID, as <c>data:</c> addresses.</param>
    public static string Document(string html, IReadOnlyDictionary<string, string> pictures, bool withRemote)
    {
        var body = new HtmlParser().ParseDocument(html).Body!;
        var room = MostEmbeddedChars;
        foreach (var image in body.QuerySelectorAll("img"))
        {
            if (image.GetAttribute("data-cid") is { } cid && pictures.TryGetValue(cid.Trim('<', '>'), out var data))
            {
                // one picture used a thousand times is written a thousand times
                if (data.Length > room)
                    continue;
                room -= data.Length;
                image.SetAttribute("src", data);
            }
            else if (withRemote && image.GetAttribute("data-remote") is { } address)
                image.SetAttribute("src", address);
        }
        foreach (var link in body.QuerySelectorAll("a[href]"))
            link.SetAttribute("target", "_blank");
        return $"""
            <!doctype html><meta charset="utf-8"><meta name="referrer" content="no-referrer">
            <style>body{"{"}margin:8px;font:14px/1.5 system-ui,sans-serif;color:#1c1a17;background:#fff;overflow-wrap:break-word{"}"}img{"{"}max-width:100%;height:auto{"}"}table{"{"}max-width:100%{"}"}</style>
            {body.InnerHtml}
            """;
    }

    private static async Task<Message?> FindAsync(
        HelpdeskDbContext db,
        HttpContext context,
        long id,
        CancellationToken cancellationToken
    )
    {
        if (await Viewers.LoadAsync(db, context.User, cancellationToken) is not Viewer.Staff viewer)
            return null;
        return await db
            .Messages.AsNoTracking()
            .Where(m => m.Id == id && db.Tickets.VisibleTo(viewer).Any(t => t.Id == m.TicketId))
            .SingleOrDefaultAsync(cancellationToken);
    }

    private static async Task<Dictionary<string, string>> PicturesAsync(
        HelpdeskDbContext db,
        long messageId,
        CancellationToken cancellationToken
    )
    {
        var found = await db
            .Attachments.AsNoTracking()
            .Where(a => a.MessageId == messageId && a.ContentId != null && a.Size <= MostPictureBytes)
            .Join(db.Blobs, a => a.BlobHash, b => b.Hash, (a, b) => new { a.ContentId, Blob = b })
            .ToListAsync(cancellationToken);
        var pictures = new Dictionary<string, string>(StringComparer.Ordinal);
        var left = MostBytes;
        foreach (var file in found)
        {
            var bytes = file.Blob.Read();
            if (PictureBytes.TypeOf(bytes) is not { } type || bytes.Length > left)
                continue;
            left -= bytes.Length;
            pictures[file.ContentId!.Trim('<', '>')] = string.Create(
                CultureInfo.InvariantCulture,
                $"data:{type};base64,{Convert.ToBase64String(bytes)}"
            );
        }
        return pictures;
    }
}
