using System.Globalization;
using Helpdesk.Mail.Mime;
using Helpdesk.Tickets;
using Helpdesk.Tickets.Access;
using Helpdesk.Tickets.Data;
using Helpdesk.Tickets.Notifications;
using Helpdesk.Tickets.Settings;
using Microsoft.EntityFrameworkCore;

namespace Helpdesk.Mail.Outbound;

/// <summary>
/// The files of a specialist's answer: as many as the desk's limit allows go along, the rest is offered by links that end after some days. Every
/// attempt at the same mail attaches and offers the same.
/// </summary>
internal sealed class AnswerFiles
{
    private readonly Notification notification;
    private readonly List<Attachment> attached = [];
    private readonly List<Attachment> offered = [];

    private AnswerFiles(Notification notification, DeskSettings settings, IEnumerable<Attachment> files)
    {
        this.notification = notification;
        Until = DateTimeOffset.FromUnixTimeSeconds(
            notification.CreatedAt.AddDays(settings.FileLinkDays).ToUnixTimeSeconds()
        );
        var room = settings.MaxAttachedMegabytes * 1024L * 1024L;
        // pictures that the text shows come first: a link is no picture
        foreach (var file in files.OrderByDescending(f => f.IsInline).ThenBy(f => f.Id))
        {
            var fits = file.Size <= room;
            (fits ? attached : offered).Add(file);
            room -= fits ? file.Size : 0;
        }
    }

    /// <summary>When the links end.</summary>
    public DateTimeOffset Until { get; }

    /// <summary>Reads no bytes yet.</summary>
    public static async Task<AnswerFiles> LoadAsync(
        HelpdeskDbContext db,
        Notification notification,
        DeskSettings settings,
        CancellationToken cancellationToken
    ) =>
        new(
            notification,
            settings,
            notification is { Kind: NotificationKind.Reply, MessageId: { } messageId, Message.IsPublic: true }
                ? await db
                    .Attachments.AsNoTracking()
                    .Where(a => a.MessageId == messageId)
                    .ToListAsync(cancellationToken)
                : []
        );

    /// <summary>What does not go along, as the letter offers it.</summary>
    public IReadOnlyList<LetterLink> Links(DeskPicture picture, CultureInfo culture) =>
        notification.Ticket is not { } ticket
            ? []
            :
            [
                .. offered.Select(file => new LetterLink(
                    $"{file.Name} ({SizeOf(file.Size, culture)})",
                    MailLinks.File(picture, new(ticket.Id, ticket.CustomerId, file.Id, Until)),
                    Summary: ""
                )),
            ];

    /// <summary>What goes along.</summary>
    public async Task<List<MailAttachment>> ReadAsync(HelpdeskDbContext db, CancellationToken cancellationToken)
    {
        var read = new List<MailAttachment>(attached.Count);
        foreach (var file in attached)
        {
            var blob = await db.Blobs.AsNoTracking().SingleAsync(b => b.Hash == file.BlobHash, cancellationToken);
            read.Add(new(file.Name, file.ContentType, blob.Read(), file.IsInline, file.ContentId));
        }
        return read;
    }

    private static string SizeOf(long bytes, CultureInfo culture) =>
        bytes < 1024 * 1024
            ? Sized("Kilobytes", Math.Max(1, bytes / 1024.0).ToString("N0", culture), culture)
            : Sized("Megabytes", (bytes / 1048576.0).ToString("N1", culture), culture);

    private static string Sized(string unit, string number, CultureInfo culture) =>
        TemplateWords.Phrase(unit, culture).Replace("{0}", number, StringComparison.Ordinal);
}
