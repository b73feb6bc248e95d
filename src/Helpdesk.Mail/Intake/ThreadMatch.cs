using System.Text;
using Helpdesk.Mail.Mime;
using Helpdesk.Tickets.Data;
using Helpdesk.Tickets.Notifications;
using Helpdesk.Tickets.Settings;
using Microsoft.EntityFrameworkCore;

namespace Helpdesk.Mail.Intake;

/// <summary>What in a mail proves that it answers one of ours: signed tokens, and nothing else.</summary>
/// <param name="TicketId">From a reply address; null when no recipient is one.</param>
/// <param name="Notifications">From the Message-IDs it refers to, nearest first.</param>
public sealed record ThreadMarks(long? TicketId, IReadOnlyList<Guid> Notifications)
{
    private const int MaxLookedAt = 50;

    public static ThreadMarks None { get; } = new(null, []);

    /// <summary>The notice to one of the staff whose own reply address was used.</summary>
    public Guid? StaffReply { get; init; }

    /// <summary>The copy of an answer whose own reply address was used.</summary>
    public Guid? CopyReply { get; init; }

    /// <summary>Looks at the envelope first, then at To and Cc, then at In-Reply-To and References.</summary>
    public static ThreadMarks Find(ParsedMail mail, MailEnvelope envelope, DeskPicture picture)
    {
        long? ticketId = null;
        Guid? staffReply = null;
        Guid? copyReply = null;
        foreach (
            var address in envelope.Recipients.Concat(mail.To.Concat(mail.Cc).Select(m => m.Address)).Take(MaxLookedAt)
        )
        {
            if (ReplyAddress.TryRead(address, picture, out var found))
            {
                ticketId = found;
                break;
            }
            if (ReplyAddress.TryReadStaff(address, picture, out var notice))
                staffReply ??= notice;
            else if (ReplyAddress.TryReadCopy(address, picture, out var copy))
                copyReply ??= copy;
        }
        var notifications = new List<Guid>();
        var ids = mail.References.Reverse().Prepend(mail.InReplyTo ?? "");
        foreach (var id in ids.Take(MaxLookedAt))
        {
            if (picture.Tokens.TryReadMessageId(id, out var notification) && !notifications.Contains(notification))
                notifications.Add(notification);
        }
        return ticketId is null && staffReply is null && copyReply is null && notifications.Count == 0
            ? None
            : new(ticketId, notifications) { StaffReply = staffReply, CopyReply = copyReply };
    }

    /// <summary>Adds what a bounce quotes: the header of our mail is in a report part or in an attached message.</summary>
    public ThreadMarks WithQuoted(ParsedMail bounce, DeskPicture picture)
    {
        var quoted = bounce
            .Reports.Select(r => r.Text)
            .Concat(
                bounce.Attachments.Where(a => a.ContentType == "message/rfc822").Select(a => HeadOf(a.Content.Span))
            )
            .Append(bounce.TextBody ?? "");
        var found = quoted.SelectMany(OwnIds).Take(MaxLookedAt);
        var notifications = new List<Guid>(Notifications);
        foreach (var id in found)
        {
            if (picture.Tokens.TryReadMessageId(id, out var notification) && !notifications.Contains(notification))
                notifications.Add(notification);
        }
        return this with { Notifications = notifications };
    }

    private static string HeadOf(ReadOnlySpan<byte> message) =>
        Encoding.Latin1.GetString(message[..Math.Min(message.Length, 32 * 1024)]);

    // what looks like a Message-ID of ours; whether it is one, its token says
    private static IEnumerable<string> OwnIds(string text)
    {
        for (
            var at = text.IndexOf("<hd.", StringComparison.OrdinalIgnoreCase);
            at >= 0;
            at = text.IndexOf("<hd.", at + 1, StringComparison.OrdinalIgnoreCase)
        )
        {
            var end = text.IndexOf('>', at);
            if (end < 0)
                yield break;
            if (end - at < 300)
                yield return text[(at + 1)..end];
        }
    }
}

/// <summary>The desk's own address with a ticket's token in it: <c>support+token@…</c>.</summary>
public static class ReplyAddress
{
    /// <param name="recipientId">The customer to whom the mail goes.</param>
    public static string For(long ticketId, long recipientId, DeskPicture picture)
    {
        var address = picture.Settings.SupportAddress;
        var at = address.LastIndexOf('@');
        return $"{address[..at]}+{picture.Tokens.ForReplyAddress(ticketId, recipientId)}{address[at..]}";
    }

    public static bool TryRead(string address, DeskPicture picture, out long ticketId)
    {
        ticketId = 0;
        return TokenIn(address, picture) is { } token && picture.Tokens.TryReadReplyAddress(token, out ticketId, out _);
    }

    /// <summary>For the answer of a member of staff to one notice.</summary>
    public static string ForStaff(Guid notification, DeskPicture picture)
    {
        var address = picture.Settings.SupportAddress;
        var at = address.LastIndexOf('@');
        return $"{address[..at]}+{picture.Tokens.ForStaffReply(notification)}{address[at..]}";
    }

    public static bool TryReadStaff(string address, DeskPicture picture, out Guid notification)
    {
        notification = default;
        return TokenIn(address, picture) is { } token && picture.Tokens.TryReadStaffReply(token, out notification);
    }

    /// <summary>For whoever got one answer in copy.</summary>
    public static string ForCopy(Guid notification, DeskPicture picture)
    {
        var address = picture.Settings.SupportAddress;
        var at = address.LastIndexOf('@');
        return $"{address[..at]}+{picture.Tokens.ForCopyReply(notification)}{address[at..]}";
    }

    public static bool TryReadCopy(string address, DeskPicture picture, out Guid notification)
    {
        notification = default;
        return TokenIn(address, picture) is { } token && picture.Tokens.TryReadCopyReply(token, out notification);
    }

    private static string? TokenIn(string address, DeskPicture picture)
    {
        var plus = address.IndexOf('+', StringComparison.Ordinal);
        var at = address.LastIndexOf('@');
        return plus > 0 && at > plus && picture.Settings.Receives(address) ? address[(plus + 1)..at] : null;
    }
}

/// <summary>To which ticket a mail belongs, and why. Numbers in subjects are a hint for people, never proof.</summary>
/// <param name="Reason">Code for the message: <c>reply-address</c> or <c>message-id</c>.</param>
/// <param name="StaffId">The mail answers a notice to this member of staff.</param>
/// <param name="NotificationId">The mail of ours that it refers to, where it says which.</param>
public sealed record ThreadMatch(long TicketId, string Reason, Guid? StaffId, long? NotificationId)
{
    /// <summary>It came to the reply address of that notice, which only this member of staff was told.</summary>
    public bool IsStaffReply { get; init; }

    /// <summary>What was proven: the ticket it was written to, where it follows a message that was moved from there; null = <see cref="TicketId"/> itself.</summary>
    public long? ProvenTicketId { get; init; }

    /// <summary>
    /// All that was proven is that somebody had this person's copy of an answer; null = the proof was sent to the customer alone. A copy never speaks for
    /// the customer.
    /// </summary>
    public string? CopyTo { get; init; }

    /// <summary>When the mail that it answers was written.</summary>
    public DateTimeOffset NotifiedAt { get; init; }

    /// <summary>Looks up what all mails of a batch refer to, in one query.</summary>
    public static async Task<IReadOnlyDictionary<Guid, ThreadMatch>> LookUpAsync(
        HelpdeskDbContext db,
        IEnumerable<ThreadMarks> marks,
        CancellationToken cancellationToken
    )
    {
        var tokens = marks
            .SelectMany(m => m.Notifications.Concat(new[] { m.StaffReply, m.CopyReply }.OfType<Guid>()))
            .Distinct()
            .ToArray();
        if (tokens.Length == 0)
            return new Dictionary<Guid, ThreadMatch>();
        var rows = await db
            .Notifications.AsNoTracking()
            .Where(n => tokens.Contains(n.Token) && n.TicketId != null)
            .Select(n => new
            {
                n.Id,
                n.Token,
                n.TicketId,
                n.UserId,
                n.CreatedAt,
                CopyTo = n.Copy == CopyKind.None ? null : n.Address,
            })
            .ToListAsync(cancellationToken);
        return rows.ToDictionary(
            r => r.Token,
            r => new ThreadMatch(r.TicketId!.Value, "message-id", r.UserId, r.Id)
            {
                NotifiedAt = r.CreatedAt,
                CopyTo = r.CopyTo,
            }
        );
    }

    /// <returns>Null: the mail proves nothing, it opens a ticket of its own.</returns>
    public static ThreadMatch? Of(ThreadMarks marks, IReadOnlyDictionary<Guid, ThreadMatch> known)
    {
        if (marks.StaffReply is { } notice && known.TryGetValue(notice, out var told) && told.StaffId is not null)
            return told with { Reason = "staff-reply", IsStaffReply = true };
        var referred = marks.Notifications.Where(known.ContainsKey).Select(n => known[n]).ToList();
        var answered = referred.FirstOrDefault();
        if (marks.TicketId is { } ticketId)
            return answered?.TicketId == ticketId && answered.StaffId is null
                ? answered with
                {
                    Reason = "reply-address",
                    CopyTo = null,
                }
                : new ThreadMatch(ticketId, "reply-address", null, null);
        if (marks.CopyReply is { } copy && known.TryGetValue(copy, out var copied) && copied.CopyTo is not null)
            answered = copied with { Reason = "reply-address" };
        // whoever answers a copy, and names a mail that went to the customer alone as well, had that too
        return
            answered is { CopyTo: not null }
            && referred.Exists(r => r.TicketId == answered.TicketId && r is { CopyTo: null, StaffId: null })
            ? answered with
            {
                CopyTo = null,
            }
            : answered;
    }
}
