using Helpdesk.Mail.Intake.Replies;
using Helpdesk.Mail.Mime;
using Helpdesk.Tickets;
using Helpdesk.Tickets.Access;
using Helpdesk.Tickets.Data;
using Helpdesk.Tickets.Settings;
using Microsoft.EntityFrameworkCore;

namespace Helpdesk.Mail.Intake;

/// <summary>What a mail that answers a notice to one of the staff is taken for.</summary>
/// <param name="Doubt">Why it is held, as a reason code; null = it is proven to be theirs.</param>
/// <param name="Text">What they wrote, without what they quoted.</param>
internal sealed record StaffAnswer(string? Doubt, Ticket? Ticket, Actor? By, string Text)
{
    public static StaffAnswer Doubtful(string doubt) => new(doubt, null, null, "");
}

/// <summary>
/// Decides whether a mail is a specialist's answer to a customer: the token of the notice, not too old, sent back by the person it went to, from their
/// own address, vouched for by the desk's own server, with rights as they are now. Whatever is missing holds the mail.
/// </summary>
internal sealed class StaffAnswers(
    HelpdeskDbContext db,
    DeskPicture picture,
    StaffAnswerOptions options,
    DateTimeOffset now
)
{
    /// <summary>Stands in every notice that can be answered: what is below it was not written by the specialist.</summary>
    public const string LineMark = "##-";

    public async Task<StaffAnswer> JudgeAsync(ReadMail read, ThreadMatch thread, CancellationToken cancellationToken)
    {
        if (!picture.Settings.StaffAnswersByMail || !thread.IsStaffReply || thread.StaffId is not { } userId)
            return StaffAnswer.Doubtful("staff-by-mail");
        if (now - thread.NotifiedAt > options.ValidFor)
            return StaffAnswer.Doubtful("staff-expired");
        if (
            read.Verdict.Kind is not MailKind.Ordinary
            || read.Note.Length > 0
            || read.Mail.Attachments.Any(f => IsEnvelope(f.ContentType))
        )
            return StaffAnswer.Doubtful("staff-not-plain");
        var person = await db
            .Users.AsNoTracking()
            .SingleOrDefaultAsync(u => u.Id == userId && u.DeactivatedAt == null, cancellationToken);
        if (
            person?.Email is not { } address
            || await Viewers.LoadAsync(db, userId, cancellationToken) is not Viewer.Staff viewer
        )
            return StaffAnswer.Doubtful("staff-disabled");
        if (!IsFrom(read.Mail, address))
            return StaffAnswer.Doubtful("staff-other-address");
        if (!IsVouchedFor(read.Mail, address))
            return StaffAnswer.Doubtful("staff-unproven");
        if (await WasMovedAsync(thread, cancellationToken))
            return StaffAnswer.Doubtful("staff-moved");
        if (
            await TicketIntake.ForChangeAsync(db, thread.TicketId, cancellationToken) is not { } ticket
            || !TicketAccess.Allows(viewer, TicketAction.Change, ticket)
        )
            return StaffAnswer.Doubtful("staff-no-rights");
        if (ticket.Status is TicketStatus.Closed)
            return StaffAnswer.Doubtful("staff-closed");
        var text = Written(read.Reply.Visible);
        if (read.Reply.IsOnlyPast || text.Length == 0)
            return StaffAnswer.Doubtful("staff-empty");
        return IsWrittenBelowTheMark(read.Reply) || MayHoldOurWords(text, read)
            ? StaffAnswer.Doubtful("staff-quote")
            : new(Doubt: null, ticket, viewer.Actor, text);
    }

    /// <summary>A file that the specialist added: it has a name. Parts without one are the letter in another form, our notice quoted in it.</summary>
    public static bool IsFileOfTheirs(MailAttachment file) =>
        file is { Inline: false, Name.Length: > 0 }
        && !file.ContentType.StartsWith("message/", StringComparison.Ordinal)
        && file.ContentType
            is not (
                "text/x-amp-html"
                or "application/pkcs7-signature"
                or "application/x-pkcs7-signature"
                or "application/pgp-signature"
                or "application/pgp-keys"
            );

    /// <summary>Holds a whole letter, our quoted notice included, and would go out as a file.</summary>
    private static bool IsEnvelope(string contentType) =>
        contentType
            is "application/pkcs7-mime"
                or "application/x-pkcs7-mime"
                or "application/ms-tnef"
                or "application/vnd.ms-tnef"
                or "application/pgp-encrypted";

    /// <summary>What the notice told of was put elsewhere after it was written: its reader may have another customer before them than would get the answer.</summary>
    private async Task<bool> WasMovedAsync(ThreadMatch thread, CancellationToken cancellationToken) =>
        thread.Reason == MovedMessages.Reason
        || thread.NotificationId is { } noticeId
            && await db
                .Notifications.Where(n => n.Id == noticeId)
                .Join(db.Messages, n => n.MessageId, m => m.Id, (_, m) => m)
                .AnyAsync(m => m.TicketId != thread.TicketId || m.MovedAt >= thread.NotifiedAt, cancellationToken);

    private static bool IsFrom(ParsedMail mail, string address) =>
        mail.From is [var from]
        && Same(from.Address, address)
        && mail.ReplyTo.All(m => Same(m.Address, address))
        && !mail.Headers.Has("Sender");

    private bool IsVouchedFor(ParsedMail mail, string address) =>
        options.WithoutAuthentication
        || options.TrustedReceiver is { Length: > 0 } receiver
            && AuthenticationResults.Pass(mail.Headers, receiver, address[(address.LastIndexOf('@') + 1)..]);

    private static bool Same(string one, string other) =>
        one.Trim().Equals(other.Trim(), StringComparison.OrdinalIgnoreCase);

    /// <summary>Up to the line that our notice begins with, however the mail program quoted it.</summary>
    private static string Written(string visible)
    {
        var mark = visible.IndexOf(LineMark, StringComparison.Ordinal);
        if (mark < 0)
            return visible.Trim();
        var line = visible.LastIndexOf('\n', mark) + 1;
        return visible[..line].Trim();
    }

    /// <summary>
    /// Below the line that our notice begins with everything is ours, whatever a mail program made of it: a quoted line that was wrapped looks as if it
    /// were written now.
    /// </summary>
    private static bool IsWrittenBelowTheMark(ReplyText reply)
    {
        var mark = reply.Text.IndexOf(LineMark, StringComparison.Ordinal);
        return mark >= 0
            && reply.Parts.Any(p =>
                p.Kind is ReplyPartKind.Written
                && p.Start > mark
                && !reply.Text.AsSpan(p.Start, p.Length).IsWhiteSpace()
            );
    }

    /// <summary>Before what is quoted stands a line that announces it, in a language that nobody here knows.</summary>
    private static bool EndsWithAnIntroduction(ReplyText reply) =>
        reply
            .Parts.Zip(reply.Parts.Skip(1))
            .Any(p =>
                p is { First.Kind: ReplyPartKind.Written, Second.Kind: ReplyPartKind.Quoted }
                && reply.Text.AsSpan(p.First.Start, p.First.Length).TrimEnd().EndsWith(":")
            );

    /// <summary>
    /// Our notice is for colleagues only. Where a mail program quotes in a way that nobody knows, something of it may look as if it were written now: the
    /// private address, a link to the desk, a quoted line. Better a person looks than that the customer reads it.
    /// </summary>
    private bool MayHoldOurWords(string text, ReadMail read)
    {
        var support = picture.Settings.SupportAddress;
        return text.Contains(support, StringComparison.OrdinalIgnoreCase)
            || text.Contains(support[..support.LastIndexOf('@')] + "+", StringComparison.OrdinalIgnoreCase)
            || EndsWithAnIntroduction(read.Reply)
            || text.Contains("/desk/", StringComparison.OrdinalIgnoreCase)
            || text.Split('\n').Any(l => l.TrimStart().StartsWith('>'))
            || (
                read
                    .Mail.References.Append(read.Mail.InReplyTo ?? "-")
                    .Any(id => id.Length > 8 && text.Contains(id, StringComparison.OrdinalIgnoreCase))
            );
    }
}
