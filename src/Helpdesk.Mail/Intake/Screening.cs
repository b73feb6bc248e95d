using Helpdesk.Mail.Intake.Bounces;
using Helpdesk.Mail.Mime;

namespace Helpdesk.Mail.Intake;

/// <summary>What a message is, judged before anybody reads it.</summary>
public enum MailKind
{
    /// <summary>Somebody wrote to us.</summary>
    Ordinary,

    /// <summary>A message could not be delivered, or not yet.</summary>
    Bounce,

    /// <summary>An answer no person wrote: vacation, out of office, acknowledgement.</summary>
    AutoReply,

    /// <summary>A message of ours was displayed, deleted, or delivered.</summary>
    Receipt,

    /// <summary>A feedback-loop report: a recipient called our mail unwanted.</summary>
    Complaint,

    /// <summary>Sent through a mailing list.</summary>
    List,

    /// <summary>Written by a program for many or for nobody: alert, newsletter, notice.</summary>
    Automated,

    /// <summary>Our own mail that came back, or a message that goes in circles.</summary>
    Loop,
}

/// <summary>Why a message was judged as it was, or must not be answered by a program.</summary>
public enum ScreeningCode
{
    OwnLoopMark,
    TooManyHops,
    DeliveryReport,
    FailedRecipientsHeader,
    BounceWording,

    /// <summary>A sending service tells of a bounce in a form for programs.</summary>
    ServiceNotice,

    /// <summary>A mailing list did not take it.</summary>
    ListRefusal,

    /// <summary>A person passed a bounce on: still their message.</summary>
    ForwardedBounce,
    FeedbackReport,
    ReceiptReport,
    AutoSubmitted,
    AutoReplyHeader,
    AutoReplySubject,
    ListHeader,
    Precedence,
    EmptyReturnPath,
    SuppressRequested,
    OwnAddress,
    NoReplyAddress,
    DaemonAddress,
    NoSender,
}

/// <param name="Detail">The words of the message it rests on; not trusted, may be null.</param>
public sealed record ScreeningReason(ScreeningCode Code, string? Detail = null);

/// <param name="Reasons">All that was found, the deciding one first; empty for an ordinary message.</param>
/// <param name="FailedRecipients">Of a bounce: who was not reached. May be empty when the bounce does not say.</param>
/// <param name="MayAnswer">Whether a program may send anything in answer to this message.</param>
public sealed record ScreeningVerdict(
    MailKind Kind,
    IReadOnlyList<ScreeningReason> Reasons,
    IReadOnlyList<FailedRecipient> FailedRecipients,
    bool MayAnswer
)
{
    /// <summary>A bounce that a person passed on: it says something about an address, and is a message of that person.</summary>
    public bool IsForwarded => Reasons is [{ Code: ScreeningCode.ForwardedBounce }, ..];
}

/// <param name="EnvelopeFrom">What MAIL FROM said; empty for a null sender, null when it is not known.</param>
/// <param name="OwnAddresses">Addresses this desk receives under, lower case.</param>
/// <param name="LoopMark">Value our own mail carries in <see cref="Screening.LoopHeader"/>; null: any value is ours.</param>
public sealed record ScreeningContext(
    string? EnvelopeFrom = null,
    IReadOnlySet<string>? OwnAddresses = null,
    string? LoopMark = null
);

/// <summary>Bounce, automatic answer, receipt, list, loop, or a message of a person: decided from the message alone.</summary>
public static class Screening
{
    /// <summary>Header by which this desk knows its own mail again.</summary>
    public const string LoopHeader = "X-Helpdesk-Loop";

    public static ScreeningVerdict Judge(ParsedMail mail, ScreeningContext context) =>
        Judge(mail, context, MailLimits.Default);

    public static ScreeningVerdict Judge(ParsedMail mail, ScreeningContext context, MailLimits limits)
    {
        var reasons = new List<ScreeningReason>();
        IReadOnlyList<FailedRecipient> failed = [];
        var kind = MailKind.Ordinary;
        if (LoopReason(mail, context, limits) is { } loop)
        {
            kind = MailKind.Loop;
            reasons.Add(loop);
        }
        else if (BounceReading.Read(mail) is { } bounce)
        {
            kind = MailKind.Bounce;
            reasons.Add(bounce.Reason);
            failed = bounce.Recipients;
        }
        else if (ReportReason(mail) is { } report)
        {
            kind = report.Code == ScreeningCode.FeedbackReport ? MailKind.Complaint : MailKind.Receipt;
            reasons.Add(report);
        }
        else if (AutoReplyReading.Reason(mail) is { } answer)
        {
            kind = MailKind.AutoReply;
            reasons.Add(answer);
        }
        var silence = SilenceReasons(mail, context).ToList();
        if (kind == MailKind.Ordinary && silence.Exists(IsList))
            kind = MailKind.List;
        else if (kind == MailKind.Ordinary && silence.Exists(IsAutomated))
            kind = MailKind.Automated;
        reasons.AddRange(silence.Where(s => !reasons.Exists(r => r.Code == s.Code)));
        return new ScreeningVerdict(kind, reasons, failed, MayAnswer: reasons.Count == 0);
    }

    private static bool IsList(ScreeningReason reason) =>
        reason.Code == ScreeningCode.ListHeader
            && reason.Detail?.StartsWith("List-Unsubscribe", StringComparison.Ordinal) != true
        || reason.Code == ScreeningCode.Precedence && reason.Detail == "list";

    private static bool IsAutomated(ScreeningReason reason) =>
        reason.Code
            is ScreeningCode.AutoSubmitted
                or ScreeningCode.Precedence
                or ScreeningCode.ListHeader
                or ScreeningCode.NoReplyAddress
                or ScreeningCode.DaemonAddress
                or ScreeningCode.EmptyReturnPath;

    private static ScreeningReason? LoopReason(ParsedMail mail, ScreeningContext context, MailLimits limits)
    {
        if (
            mail.Headers.All(LoopHeader).FirstOrDefault(v => context.LoopMark is null || v == context.LoopMark) is
            { } mark
        )
            return new ScreeningReason(ScreeningCode.OwnLoopMark, mark);
        var hops = mail.Headers.Count("Received");
        return hops > limits.MaxReceived
            ? new ScreeningReason(
                ScreeningCode.TooManyHops,
                hops.ToString(System.Globalization.CultureInfo.InvariantCulture)
            )
            : null;
    }

    private static ScreeningReason? ReportReason(ParsedMail mail)
    {
        if (mail.Reports.Any(r => r.ContentType == "message/feedback-report"))
            return new ScreeningReason(ScreeningCode.FeedbackReport);
        var isReceipt =
            mail.ReportType is "disposition-notification"
            || mail.Reports.Any(r => r.ContentType.EndsWith("disposition-notification", StringComparison.Ordinal))
            || mail.ReportType is "delivery-status" && mail.Reports.Count > 0;
        return isReceipt ? new ScreeningReason(ScreeningCode.ReceiptReport, mail.ReportType) : null;
    }

    /// <summary>Everything that forbids an automatic answer.</summary>
    private static IEnumerable<ScreeningReason> SilenceReasons(ParsedMail mail, ScreeningContext context)
    {
        var headers = mail.Headers;
        if (Keyword(headers.First("Auto-Submitted")) is { Length: > 0 } submitted and not "no")
            yield return new ScreeningReason(ScreeningCode.AutoSubmitted, submitted);
        if (
            context.EnvelopeFrom is "" or "<>"
            || headers.First("Return-Path")?.Replace(" ", "", StringComparison.Ordinal) == "<>"
        )
            yield return new ScreeningReason(ScreeningCode.EmptyReturnPath);
        if (Keyword(headers.First("Precedence")) is "bulk" or "list" or "junk" or "auto_reply" or "auto-reply")
            yield return new ScreeningReason(ScreeningCode.Precedence, Keyword(headers.First("Precedence")));
        if (ListHeader(headers) is { } list)
            yield return new ScreeningReason(ScreeningCode.ListHeader, list);
        if (Suppresses(headers.First("X-Auto-Response-Suppress")))
            yield return new ScreeningReason(ScreeningCode.SuppressRequested);
        var sender = (mail.ReplyTo.Count > 0 ? mail.ReplyTo[0] : mail.Author)?.Address.ToLowerInvariant() ?? "";
        var author = mail.Author?.Address.ToLowerInvariant() ?? "";
        if (!IsAddress(sender))
            yield return new ScreeningReason(ScreeningCode.NoSender, sender);
        else if (context.OwnAddresses is { } own && (own.Contains(sender) || own.Contains(author)))
            yield return new ScreeningReason(ScreeningCode.OwnAddress, sender);
        else if (SenderNames.IsDaemon(sender) || SenderNames.IsDaemon(author))
            yield return new ScreeningReason(ScreeningCode.DaemonAddress, sender);
        else if (SenderNames.IsNoReply(sender))
            yield return new ScreeningReason(ScreeningCode.NoReplyAddress, sender);
    }

    /// <summary>First word of a header in lower case; null without the header.</summary>
    internal static string? Keyword(string? header)
    {
        if (header is null)
            return null;
        var end = header.AsSpan().IndexOfAny(' ', ';', '(');
        return (end < 0 ? header : header[..end]).Trim().ToLowerInvariant();
    }

    private static string? ListHeader(HeaderBlock headers)
    {
        string? found = null;
        foreach (var (name, _) in headers.Fields)
        {
            if (!name.StartsWith("List-", StringComparison.OrdinalIgnoreCase))
                continue;
            // newsletters and receipts carry List-Unsubscribe alone; a list also says who it is
            if (found is null || found == "List-Unsubscribe")
                found = name.StartsWith("List-Unsubscribe", StringComparison.OrdinalIgnoreCase)
                    ? "List-Unsubscribe"
                    : name;
        }
        return found;
    }

    private static bool Suppresses(string? header) =>
        header is not null
        && header
            .Split([',', ';', ' '], StringSplitOptions.RemoveEmptyEntries)
            .Any(w => w.ToLowerInvariant() is "all" or "oof" or "autoreply");

    /// <summary>One at sign with something on both sides: enough to send to.</summary>
    private static bool IsAddress(string address)
    {
        var at = address.LastIndexOf('@');
        return at > 0 && at < address.Length - 1 && !address.Any(char.IsWhiteSpace);
    }
}
