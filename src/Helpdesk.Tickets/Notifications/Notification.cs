using System.Text.Json;
using Helpdesk.Tickets.People;

namespace Helpdesk.Tickets.Notifications;

public enum NotificationKind
{
    // to customers
    Acknowledgement,
    Reply,
    Resolved,
    SignInLink,

    // to staff, in the page and by mail
    Assigned,
    CustomerAnswered,
    DueSoon,
    Breached,
    Escalated,
    Mentioned,
    NobodyFits,
    Invitation,
    PasswordReset,

    /// <summary>An article's owner is asked whether it is still true.</summary>
    ReviewDue,

    /// <summary>Mails that somebody has to look at pile up.</summary>
    MailPilesUp,

    /// <summary>To the customer: an article as the answer.</summary>
    AutoAnswer,

    /// <summary>A topic no longer answers by itself; to supervisors and administrators.</summary>
    AnsweringWithdrawn,

    /// <summary>To the customer: each matter of the request has a number of its own.</summary>
    Split,

    /// <summary>Requests that belong to no topic grow in number and are alike, perhaps an outage; to supervisors.</summary>
    Emerging,

    /// <summary>Somebody's corrections are kept out of learning until one of them decides; to supervisors.</summary>
    LabelShift,

    /// <summary>A VIP's request that nobody may take at once, even beyond their capacity; to supervisors.</summary>
    VipWaits,
}

/// <summary>How a mail to somebody beside the customer names them.</summary>
public enum CopyKind
{
    /// <summary>It is no copy.</summary>
    None,

    /// <summary>Among those whom everybody sees.</summary>
    Open,

    /// <summary>Nowhere: not in others' mails, not on the customer's page.</summary>
    Blind,
}

public enum MailState
{
    /// <summary>Nothing is mailed, only shown.</summary>
    None,
    Pending,
    Sent,

    /// <summary>Given up after the last attempt, or refused for good; visible with its reason.</summary>
    Failed,

    /// <summary>Kept back by a rule, e.g. the budget of automatic mails per address; visible with its reason.</summary>
    Suppressed,
}

/// <summary>
/// What must go out because something changed: one row per recipient, committed with the change that caused it.
/// For staff it is shown in the page as well, until it was seen.
/// </summary>
public sealed class Notification
{
    private Notification() { }

    private Notification(NotificationKind kind, Ticket? ticket, Message? message, string address, DateTimeOffset now)
    {
        Kind = kind;
        Ticket = ticket;
        Message = message;
        Address = address;
        CreatedAt = now;
        MailState = MailState.Pending;
        MailQueuedAt = now;
        MailNextAttemptAt = now;
    }

    public static Notification ToCustomer(
        NotificationKind kind,
        Ticket ticket,
        Message? message,
        string address,
        DateTimeOffset now
    ) => new(kind, ticket, message, address, now);

    /// <summary>An answer in copy. It carries nothing that opens the customer's page or lets its reader speak for the customer.</summary>
    public static Notification ToCopied(
        Ticket ticket,
        Message answer,
        string address,
        CopyKind copy,
        DateTimeOffset now
    ) => new(NotificationKind.Reply, ticket, answer, address, now) { Copy = copy };

    public static Notification ToStaff(
        NotificationKind kind,
        Ticket ticket,
        Message? message,
        Guid userId,
        string address,
        DateTimeOffset now
    ) => new(kind, ticket, message, address, now) { UserId = userId };

    /// <summary>Something that concerns a colleague and no ticket.</summary>
    public static Notification ToColleague(
        NotificationKind kind,
        Guid userId,
        string address,
        IReadOnlyDictionary<string, string> data,
        DateTimeOffset now
    ) =>
        new(kind, ticket: null, message: null, address, now) { UserId = userId, Data = JsonSerializer.Serialize(data) };

    /// <summary>A mail that belongs to no ticket, such as a sign-in link. Secrets in <paramref name="data"/> are blanked once sent.</summary>
    public static Notification ToAddress(
        NotificationKind kind,
        string address,
        IReadOnlyDictionary<string, string> data,
        DateTimeOffset now
    ) => new(kind, ticket: null, message: null, address, now) { Data = JsonSerializer.Serialize(data) };

    public long Id { get; private set; }

    /// <summary>Random and final from the first commit: the local part of the mail's Message-ID is made from it.</summary>
    public Guid Token { get; private set; } = Guid.NewGuid();
    public NotificationKind Kind { get; private set; }
    public long? TicketId { get; private set; }
    public Ticket? Ticket { get; private set; }
    public long? MessageId { get; private set; }
    public Message? Message { get; private set; }

    /// <summary>The staff member whom it concerns; null for customers.</summary>
    public Guid? UserId { get; private set; }
    public string Address { get; private set; } = "";

    /// <summary>Set where the mail is a copy of an answer for somebody beside the customer.</summary>
    public CopyKind Copy { get; private set; }

    /// <summary>Further facts for the template, a flat JSON object.</summary>
    public string? Data { get; set; }
    public DateTimeOffset CreatedAt { get; private set; }

    /// <summary>When the staff member saw it in the page; null = still counted.</summary>
    public DateTimeOffset? SeenAt { get; set; }

    public MailState MailState { get; set; }

    /// <summary>When it was put among the mails to be sent, by the desk or once more by a person; attempts end some days later.</summary>
    public DateTimeOffset MailQueuedAt { get; private set; }

    /// <summary>When the mail may be tried (again); also the end of a sender's claim.</summary>
    public DateTimeOffset? MailNextAttemptAt { get; set; }
    public int MailAttempts { get; set; }
    public DateTimeOffset? MailSentAt { get; set; }

    /// <summary>The Message-ID of all attempts, without angle brackets; set by the first claim.</summary>
    public string? MailMessageId { get; set; }

    /// <summary>The last answer or reason in words for staff.</summary>
    public string? MailRemark { get; set; }

    /// <summary>The message it tells of went to another ticket: its page is that one's now, and so are answers to its mail.</summary>
    public void Follow(Ticket ticket) => (Ticket, TicketId) = (ticket, ticket.Id);

    /// <summary>Nothing is mailed; used for what is only shown, and for history that was lived elsewhere.</summary>
    public Notification WithoutMail()
    {
        (MailState, MailNextAttemptAt) = (MailState.None, null);
        return this;
    }

    /// <summary>Whether it is automatic mail in the sense of RFC 3834 (everything but a specialist's reply).</summary>
    public bool IsAutomatic => Kind is not NotificationKind.Reply;

    /// <summary>Whether mail of this kind is for customers; the others are for staff.</summary>
    public static bool IsForCustomers(NotificationKind kind) =>
        kind is <= NotificationKind.SignInLink or NotificationKind.AutoAnswer or NotificationKind.Split;
}
