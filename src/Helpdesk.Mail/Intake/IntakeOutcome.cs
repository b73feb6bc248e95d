using Helpdesk.Tickets;

namespace Helpdesk.Mail.Intake;

/// <summary>What is to be done with a mail. Exactly one of these is committed with its effect.</summary>
public abstract record IntakeOutcome(string Reason)
{
    /// <param name="IsAutomatic">Written by a program or not to be answered by one: no acknowledgement.</param>
    public sealed record Open(string Reason, bool IsAutomatic) : IntakeOutcome(Reason);

    public sealed record Append(ThreadMatch Thread) : IntakeOutcome(Thread.Reason);

    /// <summary>A member of staff answers the customer.</summary>
    internal sealed record Answer(ThreadMatch Thread, StaffAnswer Words) : IntakeOutcome(Thread.Reason);

    /// <summary>Nothing to be done, except that a message of ours did not arrive.</summary>
    public sealed record Ignore(string Reason, ThreadMatch? Thread) : IntakeOutcome(Reason);

    /// <summary>For a supervisor to decide.</summary>
    public sealed record Hold(string Reason, ThreadMatch? Thread) : IntakeOutcome(Reason);

    /// <param name="thread">The ticket whose signed mark the mail carries.</param>
    /// <param name="mailsThisHour">Of the same author, this one not counted.</param>
    /// <param name="isReleased">A supervisor looked at it and let it in.</param>
    /// <param name="staff">Of a mail that answers a notice to one of the staff: what it was taken for.</param>
    internal static IntakeOutcome Of(
        ReadMail read,
        ThreadMatch? thread,
        int mailsThisHour,
        int maxMailsPerHour,
        bool isReleased = false,
        StaffAnswer? staff = null
    )
    {
        if (isReleased)
            return thread is not null ? new Append(thread) : new Open("released", IsAutomatic: true);
        switch (read.Verdict.Kind)
        {
            case MailKind.Loop:
                return new Ignore("loop", thread);
            case MailKind.Bounce when !read.Verdict.IsForwarded:
                return new Ignore("bounce", thread);
            case MailKind.Receipt:
                return new Ignore("receipt", thread);
            case MailKind.Complaint:
                return new Ignore("complaint", thread);
            case MailKind.AutoReply when thread is not null:
                return new Ignore("auto-reply", thread);
        }
        if (read.Verdict.Reasons.Any(r => r.Code == ScreeningCode.OwnAddress))
            return new Hold("own-address", thread);
        if (mailsThisHour >= maxMailsPerHour)
            return new Hold("too-many", thread);
        if (thread is { StaffId: not null })
            return staff is { Doubt: null }
                ? new Answer(thread, staff)
                : new Hold(staff?.Doubt ?? "staff-by-mail", thread);
        return thread is not null
            ? new Append(thread)
            : new Open(
                read.NamesNoSender ? "opened-no-sender" : "opened",
                !read.Verdict.MayAnswer || read.NamesNoSender
            );
    }
}
