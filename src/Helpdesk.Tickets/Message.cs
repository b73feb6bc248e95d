using System.Linq.Expressions;
using Helpdesk.Tickets.Html;
using Helpdesk.Tickets.People;

namespace Helpdesk.Tickets;

public enum MessageKind
{
    /// <summary>From the customer, or from somebody writing for them.</summary>
    Customer,

    /// <summary>From a specialist to the customer.</summary>
    Reply,

    /// <summary>Among staff; no page or mail of a customer can be built from it.</summary>
    Note,

    /// <summary>From the desk itself to the customer, such as an automatic answer.</summary>
    Automatic,
}

/// <summary>What a message brings with it; an intake or a composer fills it in.</summary>
public sealed record MessageContent
{
    /// <summary>What the person wrote: plain text for customers, Markdown for specialists. Required, may be empty.</summary>
    public required string Text { get; init; }

    /// <summary>Quoted past and signature that belong to the same message, shown folded; null when there is none.</summary>
    public string? FoldedText { get; init; }

    /// <summary>The HTML form as the one sanitizer left it; null when the message had none.</summary>
    public SafeHtml? Html { get; init; }

    /// <summary>Why this message belongs to this ticket, as a reason code such as <c>reply-address</c>.</summary>
    public string? ThreadReason { get; init; }

    /// <summary>True when a valid token was used by an address that does not take part in the ticket (shown, never trusted).</summary>
    public bool FromOtherSender { get; init; }

    /// <summary>The writer's address where it differs from the customer's.</summary>
    public string? SenderAddress { get; init; }
    public string? SenderName { get; init; }

    /// <summary>The mail this message was made from.</summary>
    public long? InboundMailId { get; init; }
    public IReadOnlyList<Attachment> Attachments { get; init; } = [];
}

/// <summary>One entry of a ticket's conversation.</summary>
public sealed class Message
{
    public const int MaxTextLength = 1024 * 1024;

    private Message() { }

    internal Message(Ticket ticket, MessageKind kind, MessageContent content, Actor author, DateTimeOffset now)
    {
        Ticket = ticket;
        Kind = kind;
        Text = Tickets.Text.Cut(content.Text, MaxTextLength);
        FoldedText = content.FoldedText is null ? null : Tickets.Text.Cut(content.FoldedText, MaxTextLength);
        Html = content.Html;
        ThreadReason = content.ThreadReason;
        FromOtherSender = content.FromOtherSender;
        SenderAddress = content.SenderAddress;
        InboundMailId = content.InboundMailId;
        AuthorName = string.IsNullOrEmpty(content.SenderName) ? author.Name : content.SenderName;
        AuthorUserId = author.UserId;
        CreatedAt = now;
        Attachments.AddRange(content.Attachments);
    }

    public long Id { get; private set; }
    public long TicketId { get; private set; }
    public Ticket Ticket { get; private set; } = null!;
    public MessageKind Kind { get; private set; }
    public string AuthorName { get; private set; } = "";
    public Guid? AuthorUserId { get; private set; }
    public string Text { get; private set; } = "";
    public string? FoldedText { get; private set; }
    public SafeHtml? Html { get; private set; }
    public string? ThreadReason { get; private set; }
    public bool FromOtherSender { get; private set; }
    public string? SenderAddress { get; private set; }
    public long? InboundMailId { get; private set; }
    public DateTimeOffset CreatedAt { get; private set; }
    public List<Attachment> Attachments { get; } = [];

    /// <summary>When a person brought it into this ticket; null = it is where it came in.</summary>
    public DateTimeOffset? MovedAt { get; private set; }

    /// <summary>The ticket in which it came in, where that is another one.</summary>
    public long? MovedFromTicketId { get; private set; }

    /// <summary>Everything except internal notes; the only messages that customer pages and mails are built from.</summary>
    public bool IsPublic => Kind is not MessageKind.Note;

    /// <summary>What a ticket's customer said themselves: not what somebody else wrote in it, shown to the customer or not.</summary>
    public static Expression<Func<Message, bool>> IsCustomersOwn { get; } =
        m => m.Kind == MessageKind.Customer && !m.FromOtherSender && m.SenderAddress == null;

    /// <summary>A person says that the customer may read what somebody else wrote; it stays under that person's name.</summary>
    internal void Show() => FromOtherSender = false;

    /// <summary>Goes to another ticket; back where it came in, it is as if it had never left.</summary>
    internal void MoveTo(Ticket target, Ticket source, bool isReleased, DateTimeOffset now)
    {
        var writer = SenderAddress ?? source.Customer.NormalizedAddress;
        // with the customer's address, and yet nobody knows whether they wrote it: no place makes it theirs
        var isDoubtful = FromOtherSender && writer == source.Customer.NormalizedAddress;
        var isTheirs = !isDoubtful && writer == target.Customer.NormalizedAddress;
        (SenderAddress, FromOtherSender) = (isTheirs ? null : writer, !isTheirs && !isReleased);
        var home = MovedFromTicketId ?? source.Id;
        (MovedFromTicketId, MovedAt) = home == target.Id ? (null, null) : ((long?)home, (DateTimeOffset?)now);
        (Ticket, TicketId) = (target, target.Id);
    }
}

/// <summary>A file of a message. The name is what the sender called it, never a path.</summary>
public sealed class Attachment
{
    public const int MaxNameLength = 255;

    public long Id { get; private set; }
    public long MessageId { get; private set; }
    public required string Name { get; init; }

    /// <summary>As declared by the sender, lower case; never trusted for inline display.</summary>
    public required string ContentType { get; init; }

    /// <summary>Bytes after decoding.</summary>
    public required long Size { get; init; }

    /// <summary>Key of the <see cref="Blobs.Blob"/> that holds the bytes.</summary>
    public required string BlobHash { get; init; }

    /// <summary>The Content-ID that the message's HTML refers to; null for plain files.</summary>
    public string? ContentId { get; init; }
    public bool IsInline { get; init; }
}
