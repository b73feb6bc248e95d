using Helpdesk.Tickets;
using Helpdesk.Tickets.Access;
using Helpdesk.Tickets.Html;

namespace Helpdesk.Web.Components.Help.Requests;

/// <summary>
/// A message that the customer may read. It is only ever made by <see cref="Of"/>, whose query leaves everything else in the
/// database: an internal note cannot become one.
/// </summary>
public sealed class PublicMessage
{
    private PublicMessage() { }

    public required long Id { get; init; }

    /// <summary>From the customer's side; else from the desk.</summary>
    public required bool IsCustomers { get; init; }

    /// <summary>From somebody else on the customer's side, whose words the customer may read: they speak under their own name.</summary>
    public required bool IsThirdParty { get; init; }

    /// <summary>From the desk itself, without a person.</summary>
    public required bool IsAutomatic { get; init; }
    public required string AuthorName { get; init; }
    public required string Text { get; init; }
    public required string? FoldedText { get; init; }

    /// <summary>Only for what the desk wrote here: what came by mail is shown as text, whoever sent it.</summary>
    public required SafeHtml? Html { get; init; }

    /// <summary>The text is Markdown: the desk wrote it here.</summary>
    public required bool IsMarkdown { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }
    public required IReadOnlyList<PublicFile> Files { get; init; }

    /// <summary>
    /// The public messages among <paramref name="messages"/>. What a stranger wrote with somebody else's reply address is not
    /// among them: staff look at it first.
    /// </summary>
    public static IQueryable<PublicMessage> Of(IQueryable<Message> messages) =>
        messages
            .ReadableTo(Viewer.Nobody)
            .Select(m => new PublicMessage
            {
                Id = m.Id,
                IsCustomers = m.Kind == MessageKind.Customer,
                IsThirdParty = m.Kind == MessageKind.Customer && m.SenderAddress != null,
                IsAutomatic = m.Kind == MessageKind.Automatic,
                AuthorName = m.AuthorName,
                Text = m.Text,
                FoldedText = m.FoldedText,
                Html = m.Kind == MessageKind.Customer || m.InboundMailId != null ? null : m.Html,
                IsMarkdown = m.Kind != MessageKind.Customer && m.InboundMailId == null,
                CreatedAt = m.CreatedAt,
                Files = m
                    .Attachments.Where(a => !a.IsInline)
                    .OrderBy(a => a.Id)
                    .Select(a => new PublicFile(a.Id, a.Name, a.Size))
                    .ToList(),
            });
}

/// <param name="Size">Bytes.</param>
public sealed record PublicFile(long Id, string Name, long Size);
