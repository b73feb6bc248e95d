using System.Text;
using Helpdesk.Mail.Mime;
using Helpdesk.Mail.Outbound;
using Helpdesk.Tickets.Data;
using Helpdesk.Web.Security;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.Options;

namespace Helpdesk.Web.Components.Pickup;

/// <param name="Name">The file's, which is also the end of the page's address.</param>
public sealed record PickupMail(string Name, string? Subject, string To, DateTimeOffset? At, ParsedMail Content);

/// <summary>
/// The mails that were written into the pick-up folder. They hold links that sign people in: they are shown only in Development, and only to this very machine.
/// </summary>
public sealed class PickupMails(
    IHostEnvironment environment,
    IHttpContextAccessor http,
    IOptions<OutboundOptions> outbound,
    IOptions<StorageOptions> storage
)
{
    public const string Address = "/dev/mail";
    public const int Most = 100;

    private string Folder => PickupFolder.PathOf(outbound.Value, storage.Value);

    public bool IsOffered => environment.IsDevelopment() && ThisMachine.Asks(http.HttpContext);

    /// <summary>A server takes the mails, and none is written.</summary>
    public bool GoElsewhere => outbound.Value.Host.Length > 0;

    /// <summary>The newest first.</summary>
    public async Task<IReadOnlyList<PickupMail>> ListAsync(CancellationToken cancellationToken = default)
    {
        if (!IsOffered || !Directory.Exists(Folder))
            return [];
        // names begin with the time
        var names = Directory
            .EnumerateFiles(Folder, "*.eml")
            .Select(f => Path.GetFileName(f))
            .OrderDescending(StringComparer.Ordinal)
            .Take(Most);
        var mails = new List<PickupMail>();
        foreach (var name in names)
            if (await FindAsync(name, cancellationToken) is { } mail)
                mails.Add(mail);
        return mails;
    }

    public async Task<PickupMail?> FindAsync(string name, CancellationToken cancellationToken = default)
    {
        if (await ReadAsync(name, cancellationToken) is not { } bytes)
            return null;
        var mail = MimeParser.Parse(bytes);
        return new(name, mail.Subject, string.Join(", ", mail.To.Select(m => m.Address)), mail.Date, mail);
    }

    /// <returns>Null when there is no such mail, or it is not for whoever asks.</returns>
    public async Task<byte[]?> ReadAsync(string name, CancellationToken cancellationToken = default)
    {
        // the name becomes a path: nothing but what the desk itself writes
        var isName =
            name.EndsWith(".eml", StringComparison.Ordinal)
            && name.Length < 100
            && name[..^4].All(c => char.IsAsciiLetterOrDigit(c) || c == '-');
        var path = isName && IsOffered ? Path.Combine(Folder, name) : null;
        return path is not null && File.Exists(path) ? await File.ReadAllBytesAsync(path, cancellationToken) : null;
    }
}

/// <summary>The mails' HTML for a frame without scripts, and their bytes as text.</summary>
public static class PickupFrames
{
    // links of the mail open beside the frame, as they would in a mail program
    private const string FramePolicy =
        "sandbox allow-popups allow-popups-to-escape-sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'self'";

    public static void MapPickup(this WebApplication app)
    {
        if (!app.Environment.IsDevelopment())
            return;
        app.MapGet(PickupMails.Address + "/{name}/html", HtmlAsync)
            .AllowAnonymous()
            .WithMetadata(new ContentPolicyAttribute(FramePolicy));
        app.MapGet(PickupMails.Address + "/{name}/raw", RawAsync)
            .AllowAnonymous()
            .WithMetadata(new ContentPolicyAttribute(SecurityHeaders.SandboxPolicy));
    }

    private static async Task<Results<ContentHttpResult, NotFound>> HtmlAsync(
        string name,
        PickupMails mails,
        CancellationToken cancellationToken
    ) =>
        await mails.FindAsync(name, cancellationToken) is { Content.HtmlBody: { } html }
            ? TypedResults.Content(
                html.Replace("<head>", "<head><base target=\"_blank\">", StringComparison.OrdinalIgnoreCase),
                "text/html",
                Encoding.UTF8
            )
            : TypedResults.NotFound();

    private static async Task<Results<ContentHttpResult, NotFound>> RawAsync(
        string name,
        PickupMails mails,
        CancellationToken cancellationToken
    ) =>
        await mails.ReadAsync(name, cancellationToken) is { } bytes
            ? TypedResults.Content(Encoding.UTF8.GetString(bytes), "text/plain", Encoding.UTF8)
            : TypedResults.NotFound();
}
