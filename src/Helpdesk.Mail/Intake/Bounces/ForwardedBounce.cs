using Helpdesk.Mail.Intake.Replies;
using Helpdesk.Mail.Mime;

namespace Helpdesk.Mail.Intake.Bounces;

/// <summary>
/// A bounce that somebody passed on without a word of their own: as an attached message, or below the mark of a mail program. It is shown as what it is
/// and stays a message of that person, who may want help with it.
/// </summary>
internal static class ForwardedBounce
{
    private const int MaxBytes = 1024 * 1024;
    private const int MaxLines = 600;
    private const int HeaderLines = 10;

    public static Bounce? Read(ParsedMail mail) =>
        Found(mail) is { Recipients.Count: > 0 } found
            ? found with
            {
                Reason = new ScreeningReason(ScreeningCode.ForwardedBounce, found.Reason.Code.ToString()),
            }
            : null;

    private static Bounce? Found(ParsedMail mail) =>
        string.IsNullOrWhiteSpace(mail.TextBody) && string.IsNullOrWhiteSpace(mail.HtmlBody)
            ? Attached(mail)
            : Quoted(mail.TextBody ?? "");

    private static Bounce? Attached(ParsedMail mail) =>
        mail.Attachments is [{ ContentType: "message/rfc822" } only] && only.Content.Length <= MaxBytes
            ? BounceReading.ReadDirect(MimeParser.Parse(only.Content))
            : null;

    private static Bounce? Quoted(string text)
    {
        var lines = text.Split('\n', MaxLines + 1);
        var mark = Array.FindIndex(lines, l => !string.IsNullOrWhiteSpace(l));
        if (mark < 0 || !Forwarding.Begins(lines[mark].Trim()))
            return null;
        var below = lines.Skip(mark + 1).Take(MaxLines).Select(WithoutMark).ToList();
        var isDaemons = below
            .Where(l => l.Length > 0)
            .Take(HeaderLines)
            .Any(l => l.StartsWith("From:", StringComparison.OrdinalIgnoreCase) && IsDaemon(l));
        if (!isDaemons)
            return null;
        var (failed, _) = DeliveryStatus.Read([string.Join('\n', below)]);
        return new Bounce(new ScreeningReason(ScreeningCode.DeliveryReport), failed);
    }

    private static bool IsDaemon(string from) =>
        from.Contains("mailer-daemon", StringComparison.OrdinalIgnoreCase)
        || from.Contains("postmaster", StringComparison.OrdinalIgnoreCase)
        || AddressList.Parse(from[5..]).Any(m => SenderNames.IsDaemon(m.Address));

    private static string WithoutMark(string line)
    {
        var text = line.TrimEnd();
        return text.StartsWith("> ", StringComparison.Ordinal) ? text[2..]
            : text.StartsWith('>') ? text[1..]
            : text;
    }
}
