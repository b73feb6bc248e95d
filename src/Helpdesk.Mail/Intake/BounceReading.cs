using Helpdesk.Mail.Mime;

namespace Helpdesk.Mail.Intake;

public enum BounceReason
{
    Unknown,

    /// <summary>No such mailbox or domain: writing again is useless.</summary>
    NoSuchAddress,
    MailboxFull,
    TooBig,

    /// <summary>The other side does not want it: policy, spam filter, authentication.</summary>
    Refused,

    /// <summary>The other side could not be reached in time.</summary>
    Unreachable,
}

/// <param name="Address">As the report writes it.</param>
/// <param name="IsPermanent">False: it is still being tried, or a later mail may get through.</param>
/// <param name="Status">Enhanced status code such as 5.1.1 (RFC 3463), or null.</param>
/// <param name="Diagnostic">What the other server said, at most 500 characters; not trusted.</param>
public sealed record FailedRecipient(
    string Address,
    bool IsPermanent,
    BounceReason Reason,
    string? Status,
    string? Diagnostic
);

/// <param name="Recipients">Empty when the bounce does not say who.</param>
internal sealed record Bounce(ScreeningReason Reason, IReadOnlyList<FailedRecipient> Recipients);

/// <summary>Reports of failed and delayed delivery: RFC 3464, and the plain texts of servers that know no standard.</summary>
internal static class BounceReading
{
    /// <returns>Null for what is no bounce, also for reports of success.</returns>
    public static Bounce? Read(ParsedMail mail)
    {
        var reports = mail
            .Reports.Where(r => r.ContentType.EndsWith("delivery-status", StringComparison.Ordinal))
            .ToList();
        if (reports.Count > 0)
        {
            var (failed, other) = DeliveryStatus.Read(reports.Select(r => r.Text));
            if (failed.Count > 0)
                return new Bounce(new ScreeningReason(ScreeningCode.DeliveryReport, mail.ReportType), failed);
            if (other > 0)
                return null; // delivered, relayed or expanded
            // a report about a program or a file names nobody; the header of some servers does, and is surer than their prose
            return new Bounce(
                new ScreeningReason(ScreeningCode.DeliveryReport),
                mail.Headers.First("X-Failed-Recipients") is { } named
                    ? FromHeader(mail, named)
                    : BounceNotice.Recipients(mail)
            );
        }
        if (mail.Headers.First("X-Failed-Recipients") is { } header)
            return new Bounce(new ScreeningReason(ScreeningCode.FailedRecipientsHeader), FromHeader(mail, header));
        if (BounceNotice.Wording(mail) is not { } wording)
            return null;
        var (embedded, _) = DeliveryStatus.Read([BounceNotice.Text(mail)]);
        return new Bounce(
            new ScreeningReason(ScreeningCode.BounceWording, wording),
            embedded.Count > 0 ? embedded : BounceNotice.Recipients(mail)
        );
    }

    private static List<FailedRecipient> FromHeader(ParsedMail mail, string header)
    {
        var details = BounceNotice.Recipients(mail);
        return
        [
            .. AddressList
                .Parse(header)
                .Where(m => m.Address.Length > 0)
                .Select(m =>
                    details.FirstOrDefault(d => d.Address.Equals(m.Address, StringComparison.OrdinalIgnoreCase))
                    ?? FailureText.Recipient(m.Address, null, BounceNotice.Text(mail), delayed: false)
                ),
        ];
    }
}

/// <summary>Fields of a delivery status (RFC 3464), one group of lines for each recipient.</summary>
internal static class DeliveryStatus
{
    private const int MaxRecipients = 200;
    private const int MaxChars = 256 * 1024;

    /// <returns>Recipients that failed or are delayed, each once; and how many others the report names.</returns>
    public static (List<FailedRecipient> Failed, int Other) Read(IEnumerable<string> texts)
    {
        var failed = new List<FailedRecipient>();
        var other = 0;
        foreach (var text in texts)
        {
            foreach (var group in Groups(text.Length > MaxChars ? text[..MaxChars] : text))
            {
                if (Address(group) is not { } address)
                    continue;
                var action = group.GetValueOrDefault("action")?.Split(' ', ';')[0].Trim().ToLowerInvariant();
                if (action is "delivered" or "relayed" or "expanded" or "deliverable")
                    other++;
                else if (
                    failed.Count < MaxRecipients
                    && !failed.Exists(f => f.Address.Equals(address, StringComparison.OrdinalIgnoreCase))
                )
                    failed.Add(
                        FailureText.Recipient(
                            address,
                            group.GetValueOrDefault("status"),
                            group.GetValueOrDefault("diagnostic-code"),
                            action == "delayed"
                        )
                    );
            }
        }
        return (failed, other);
    }

    private static string? Address(Dictionary<string, string> group)
    {
        foreach (var name in (ReadOnlySpan<string>)["final-recipient", "original-recipient"])
        {
            if (!group.TryGetValue(name, out var value))
                continue;
            var address = value[(value.IndexOf(';', StringComparison.Ordinal) + 1)..].Trim().Trim('<', '>', '"').Trim();
            // a file or a program that mail was piped into is nobody's address
            if (
                address.Contains('@', StringComparison.Ordinal)
                && !address.Contains(' ', StringComparison.Ordinal)
                && address[0] is not ('/' or '|')
            )
                return address;
        }
        return null;
    }

    private static IEnumerable<Dictionary<string, string>> Groups(string text)
    {
        var group = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        string? last = null;
        foreach (var raw in text.Split('\n'))
        {
            var line = raw.TrimEnd();
            if (line.Length == 0)
            {
                if (group.Count > 0)
                    yield return group;
                (group, last) = (new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase), null);
            }
            else if (line[0] is ' ' or '\t' && last is not null)
            {
                if (group[last].Length < 2000)
                    group[last] += " " + line.Trim();
            }
            else if (line.IndexOf(':', StringComparison.Ordinal) is > 0 and < 40 and var colon)
            {
                last = line[..colon].Trim();
                // a report without empty lines between its recipients
                if (
                    last.Equals("Final-Recipient", StringComparison.OrdinalIgnoreCase)
                    && group.ContainsKey("Final-Recipient")
                )
                {
                    yield return group;
                    group = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
                }
                group.TryAdd(last, line[(colon + 1)..].Trim());
            }
        }
        if (group.Count > 0)
            yield return group;
    }
}

/// <summary>Bounces in plain words: who says it, how it says it, and whom it is about.</summary>
internal static class BounceNotice
{
    private const int MaxNoticeChars = 64 * 1024;
    private const int MaxNoticeLines = 400;
    private const int MaxRecipients = 100;

    /// <summary>What the server says, without the message it returns.</summary>
    public static string Text(ParsedMail mail)
    {
        var text = mail.TextBody;
        if (string.IsNullOrWhiteSpace(text))
            text = mail.StrayText;
        if (string.IsNullOrWhiteSpace(text))
        {
            text = string.Join(
                '\n',
                mail.Attachments.Where(a => a.ContentType == "text/plain")
                    .Select(a => Charsets.Decode(a.Content.Span, null, false, out _))
            );
        }
        if (string.IsNullOrWhiteSpace(text))
            text = HtmlText.Of(mail.HtmlBody ?? mail.StrayHtml ?? "");
        return text.Length > MaxNoticeChars ? text[..MaxNoticeChars] : text;
    }

    /// <returns>The words that show a bounce, or null.</returns>
    public static string? Wording(ParsedMail mail)
    {
        var subject = mail.Subject ?? "";
        if (IsAnswerOrForward(subject) && !SenderNames.IsDaemon(mail.Author?.Address ?? ""))
            return null;
        // People write about undelivered mail too, and losing their request is worse than showing a bounce to a
        // specialist: so words count only from a sender that is a program.
        var daemon = IsDaemon(mail);
        if (!daemon && !SenderNames.IsSystem(mail.Author?.Address ?? ""))
            return null;
        var subjectSays = Find(subject, FailureWords.Subjects);
        if (daemon && subjectSays is not null)
            return subjectSays;
        var bodySays = NoticeLines(Text(mail), 40)
            .Select(l => Find(l, FailureWords.Bodies))
            .FirstOrDefault(w => w is not null);
        return daemon || subjectSays is not null ? bodySays : null;
    }

    private static bool IsAnswerOrForward(string subject) =>
        subject.StartsWith("re:", StringComparison.OrdinalIgnoreCase)
        || subject.StartsWith("fwd:", StringComparison.OrdinalIgnoreCase)
        || subject.StartsWith("fw:", StringComparison.OrdinalIgnoreCase)
        || subject.StartsWith("aw:", StringComparison.OrdinalIgnoreCase)
        || subject.StartsWith("wg:", StringComparison.OrdinalIgnoreCase);

    private static bool IsDaemon(ParsedMail mail)
    {
        var returnPath = mail.Headers.First("Return-Path")?.Trim();
        if (mail.Author is null)
            return returnPath is null or "" or "<>"; // servers forget to sign more often than people
        var name = mail.Author.Name.ToLowerInvariant();
        return SenderNames.IsDaemon(mail.Author.Address)
            || name.Contains("mail deliver", StringComparison.Ordinal)
            || name.Contains("mailer-daemon", StringComparison.Ordinal)
            || name.Contains("mailer daemon", StringComparison.Ordinal)
            || name.Contains("postmaster", StringComparison.Ordinal)
            || name.Contains("mail administrator", StringComparison.Ordinal)
            || name.Contains("system administrator", StringComparison.Ordinal)
            || returnPath == "<>";
    }

    private static string? Find(string text, string[] words) =>
        Array.Find(words, w => text.Contains(w, StringComparison.OrdinalIgnoreCase));

    /// <summary>The lines before the returned message begins.</summary>
    private static List<string> NoticeLines(string text, int max)
    {
        var lines = new List<string>();
        foreach (var line in text.Split('\n'))
        {
            if (lines.Count >= max || BeginsReturnedMessage(line))
                break;
            lines.Add(line);
        }
        return lines;
    }

    private static bool BeginsReturnedMessage(string line)
    {
        var text = line.Trim().TrimStart('>').TrimStart();
        return text.StartsWith("Received:", StringComparison.OrdinalIgnoreCase)
            || text.StartsWith("Return-Path:", StringComparison.OrdinalIgnoreCase)
            || text.StartsWith("DKIM-Signature:", StringComparison.OrdinalIgnoreCase)
            || Find(text, FailureWords.Returned) is not null;
    }

    /// <summary>
    /// Addresses the notice complains about. A line that begins with one names a recipient; where no line does, those
    /// in commands and complaints count; else any that is neither the sender's nor the reporting server's.
    /// </summary>
    public static List<FailedRecipient> Recipients(ParsedMail mail)
    {
        var lines = NoticeLines(Text(mail), MaxNoticeLines);
        var ours = mail
            .To.Select(m => m.Address)
            .Append(mail.Author?.Address ?? "")
            .ToHashSet(StringComparer.OrdinalIgnoreCase);
        var toOthers = new Dictionary<string, int>[3];
        var toUs = new Dictionary<string, int>[3];
        for (var rank = 0; rank < 3; rank++)
            (toOthers[rank], toUs[rank]) = (
                new(StringComparer.OrdinalIgnoreCase),
                new(StringComparer.OrdinalIgnoreCase)
            );
        for (var i = 0; i < lines.Count; i++)
        {
            if (Rank(lines[i], out var addresses) is not { } rank)
                continue;
            foreach (var address in addresses)
            {
                var finds = ours.Contains(address) ? toUs[rank] : toOthers[rank];
                if (!SenderNames.IsDaemon(address) && finds.Count < MaxRecipients)
                    finds.TryAdd(address, i);
            }
        }
        // a bounce comes to the sender of the failed message, so their own address is the last to be meant
        var chosen = Array.Find(toOthers, o => o.Count > 0) ?? (toUs[0].Count > 0 ? toUs[0] : toUs[1]);
        var delayed = FailureText.IsDelay(mail.Subject ?? "") || lines.Exists(FailureText.IsDelay);
        return
        [
            .. chosen
                .OrderBy(c => c.Value)
                .Select(c => FailureText.Recipient(c.Key, null, About(lines, c.Value), delayed)),
        ];
    }

    /// <summary>The line that names a recipient and those after it that belong to it.</summary>
    private static string About(List<string> lines, int at)
    {
        var own = lines
            .Skip(at)
            .Take(1)
            .Concat(lines.Skip(at + 1).TakeWhile(l => l.Trim().Length > 0).Take(5))
            .ToList();
        return string.Join(' ', own.Count > 1 || own[0].Length > 60 ? own : lines).Trim();
    }

    private static int? Rank(string line, out List<string> addresses)
    {
        addresses = [];
        if (!line.Contains('@', StringComparison.Ordinal))
            return null;
        var text = line.Trim().TrimStart('>', '*', '-', '•', '|', '+').TrimStart();
        addresses = AddressesIn(text);
        if (addresses.Count == 0 || Find(text, FailureWords.SenderLines) is not null)
            return null;
        var start = text.IndexOf(addresses[0], StringComparison.Ordinal);
        var before = text[..start].Trim('<', ' ', '"', '\'', '(', '[');
        if (before.Length == 0 || before.EndsWith("SMTP=", StringComparison.Ordinal))
        {
            addresses = [addresses[0]];
            return 0;
        }
        // "Name <address>" or Name<mailto:address> alone on its line
        if (
            text.EndsWith('>')
            && start > 0
            && before.Length < 60
            && !before.Contains(':', StringComparison.Ordinal)
            && addresses.Count == 1
            && Find(before, FailureWords.Prose) is null
        )
            return 0;
        if (before.EndsWith("<mailto:", StringComparison.OrdinalIgnoreCase))
            return 0;
        return Find(text, FailureWords.AddressLines) is not null ? 1 : 2;
    }

    /// <summary>Everything of the form local@domain in a line.</summary>
    internal static List<string> AddressesIn(string line)
    {
        var found = new List<string>();
        var floor = 0;
        for (var at = line.IndexOf('@', StringComparison.Ordinal); at >= 0; at = line.IndexOf('@', at + 1))
        {
            var start = at;
            while (
                start > floor
                && (
                    char.IsLetterOrDigit(line[start - 1])
                    || "!#$%&*+-/=?^_`{|}~.".Contains(line[start - 1], StringComparison.Ordinal)
                )
            )
                start--;
            var end = at + 1;
            while (end < line.Length && (char.IsLetterOrDigit(line[end]) || line[end] is '.' or '-'))
                end++;
            var local = line[start..at];
            if (local.LastIndexOf('=') is >= 0 and var equals && line[..start].Length + equals > 0)
                local = local[(equals + 1)..]; // SMTP=user@host, to=user@host
            var domain = line[(at + 1)..end].TrimEnd('.', '-');
            if (local.Length > 0 && domain.Contains('.', StringComparison.Ordinal))
                found.Add($"{local}@{domain}");
            floor = end;
        }
        return found;
    }
}

/// <summary>What a failure was, from status codes and the words around them.</summary>
internal static class FailureText
{
    public static FailedRecipient Recipient(string address, string? status, string? diagnostic, bool delayed)
    {
        var text = diagnostic ?? "";
        if (text.Length > 500)
            text = text[..500];
        var code = EnhancedStatus(status ?? "") ?? EnhancedStatus(text);
        var reason = Reason(code, text);
        var permanent = !delayed && (code ?? Reply(text)) is not ['4', ..];
        // what is over is over, whatever the last server's code said
        if (!delayed && status is not null && reason != BounceReason.MailboxFull)
            permanent = true;
        return new FailedRecipient(address, permanent, reason, code, text.Length == 0 ? null : text);
    }

    public static bool IsDelay(string line) =>
        line.Contains("(delay", StringComparison.OrdinalIgnoreCase)
        || line.Contains("has been delayed", StringComparison.OrdinalIgnoreCase)
        || line.Contains("warning message only", StringComparison.OrdinalIgnoreCase)
        || line.Contains("will be retried", StringComparison.OrdinalIgnoreCase)
        || line.Contains("will continue to try", StringComparison.OrdinalIgnoreCase)
        || line.Contains("could not send mail for past", StringComparison.OrdinalIgnoreCase);

    private static BounceReason Reason(string? code, string text)
    {
        var fromWords = Array
            .Find(FailureWords.Reasons, r => text.Contains(r.Words, StringComparison.OrdinalIgnoreCase))
            .Reason;
        if (fromWords != BounceReason.Unknown)
            return fromWords;
        var parts = code?.Split('.');
        return parts switch
        {
            [_, "1", ..] => BounceReason.NoSuchAddress,
            [_, "2", "2"] => BounceReason.MailboxFull,
            [_, "2", "3"] or [_, "3", "4"] => BounceReason.TooBig,
            [_, "2", "1"] => BounceReason.NoSuchAddress,
            [_, "4", ..] => BounceReason.Unreachable,
            [_, "7", ..] => BounceReason.Refused,
            _ => BounceReason.Unknown,
        };
    }

    /// <summary>The first class.subject.detail in a text, such as 5.1.1.</summary>
    private static string? EnhancedStatus(string text)
    {
        for (var i = 0; i + 4 < text.Length; i++)
        {
            if (
                text[i] is not ('4' or '5' or '2')
                || text[i + 1] != '.'
                || (i > 0 && (char.IsLetterOrDigit(text[i - 1]) || text[i - 1] == '.'))
            )
                continue;
            var end = i + 2;
            var dots = 1;
            while (
                end < text.Length
                && (char.IsAsciiDigit(text[end]) || text[end] == '.' && dots == 1 && char.IsAsciiDigit(text[end - 1]))
            )
            {
                if (text[end] == '.')
                    dots++;
                end++;
            }
            if (
                dots == 2
                && char.IsAsciiDigit(text[end - 1])
                && end - i <= 9
                && (end >= text.Length || text[end] != '.')
            )
                return text[i..end];
        }
        return null;
    }

    /// <summary>A three-digit SMTP reply such as 550.</summary>
    private static string? Reply(string text)
    {
        for (var i = 0; i + 2 < text.Length; i++)
        {
            var alone =
                (i == 0 || !char.IsLetterOrDigit(text[i - 1]))
                && (i + 3 >= text.Length || !char.IsLetterOrDigit(text[i + 3]));
            if (alone && text[i] is '4' or '5' && text[i + 1] is >= '0' and <= '5' && char.IsAsciiDigit(text[i + 2]))
                return text.Substring(i, 3);
        }
        return null;
    }
}

/// <summary>The words of mail servers. English first, then the languages their makers translated them to.</summary>
internal static class FailureWords
{
    public static readonly string[] Subjects =
    [
        "undeliver",
        "undelivered",
        "returned mail",
        "returning message",
        "delivery status notification",
        "failure notice",
        "failure delivery",
        "delivery fail",
        "delivery has failed",
        "delivery report",
        "delivery notification",
        "mail delivery",
        "delivery status",
        "mail system error",
        "mail failed",
        "mail failure",
        "mail could not be delivered",
        "could not send m",
        "non-delivery",
        "nondeliverable",
        "not deliverable",
        "user unknown",
        "returned to sender",
        "message status - undeliverable",
        "postmaster notify",
        "blocked by our",
        "considered unsolicited",
        "unzustellbar",
        "nicht zustellbar",
        "nicht zugestellt",
        "zustellung fehlgeschlagen",
        "non remis",
        "non recapitabile",
        "mancata consegna",
        "no se puede entregar",
        "no se pudo entregar",
        "não entregue",
        "niedostarcz",
        "nie dostarczon",
        "zwrot poczty",
        "не доставлен",
        "недоставлен",
        "не удалось доставить",
        "недоставка",
        "не може бути доставлен",
        "onbestelbaar",
        "non recensé",
        "邮件传输失败",
        "退信",
        "配信不能",
    ];

    public static readonly string[] Bodies =
    [
        "could not be delivered",
        "could not deliver",
        "couldn't be delivered",
        "cannot be delivered",
        "can't be delivered",
        "was not delivered",
        "wasn't able to deliver",
        "wasn't delivered",
        "unable to deliver",
        "not able to deliver",
        "able to deliver the following",
        "was undeliverable",
        "undeliverable to",
        "undeliverable mail",
        "delivery to the following",
        "delivery has failed",
        "delivery failed",
        "delivery failure",
        "failed to deliver",
        "failed recipient",
        "did not reach the following",
        "following addresses had",
        "did not receive your message",
        "mailbox is full",
        "over quota",
        "quota exceed",
        "user unknown",
        "unknown user",
        "no such user",
        "user not listed",
        "user  not listed",
        "invalid final delivery",
        "invalid user address",
        "no valid recipients",
        "recipient address rejected",
        "could not send message",
        "cannot send message",
        "non-delivery report",
        "returned mail",
        "has been delayed",
        "permanent fatal errors",
        "transcript of session follows",
        "unzustellbar",
        "nicht zugestellt werden",
        "n'a pas pu être remis",
        "n'a pas pu etre remis",
        "no se pudo entregar",
        "non è stato possibile consegnare",
        "não pôde ser entregue",
        "nie można dostarczyć",
        "nie mogła zostać dostarczona",
        "не может быть доставлен",
        "не удалось доставить",
        "не доставлено",
        "не вдалося доставити",
        "邮件无法发送",
        "配信できません",
    ];

    /// <summary>Where the returned message begins.</summary>
    public static readonly string[] Returned =
    [
        "copy of the message",
        "copy of your message",
        "copy of the original message",
        "original message follows",
        "original message headers",
        "original message:",
        "header of the original message",
        "message header follows",
        "message headers follow",
        "message text follows",
        "message follows",
        "unsent message",
        "returned message -",
        "returned mail follows",
        "----- original message",
        "---original message",
        "-- original message",
        "copy of your original",
    ];

    /// <summary>Lines whose address is the sender's or the server's.</summary>
    public static readonly string[] SenderLines =
    [
        "mail from",
        "from:",
        "return-path",
        "message-id",
        "sender:",
        "reply-to",
        "contact",
        "please send",
        "http://",
        "https://",
        "reporting-mta",
        "envelope-from",
        "in-reply-to",
    ];

    /// <summary>Lines that name a recipient somewhere.</summary>
    public static readonly string[] AddressLines =
    [
        "rcpt to",
        "unknown",
        "undeliverable",
        "deliver",
        "failed",
        "recipient",
        "rejected",
        "does not exist",
        "no such",
        "invalid",
        "addressed to",
        "full",
        "quota",
        "550",
        "554",
        "553",
        "552",
        "551",
        "450",
        "452",
        "user",
    ];

    /// <summary>Words before an address that make it part of a sentence.</summary>
    public static readonly string[] Prose = ["message", "please", "mail ", " to ", "error", "rcpt", "from"];

    public static readonly (string Words, BounceReason Reason)[] Reasons =
    [
        ("mailbox full", BounceReason.MailboxFull),
        ("mailbox is full", BounceReason.MailboxFull),
        ("over quota", BounceReason.MailboxFull),
        ("overquota", BounceReason.MailboxFull),
        ("quota exceed", BounceReason.MailboxFull),
        ("exceeded storage", BounceReason.MailboxFull),
        ("out of storage", BounceReason.MailboxFull),
        ("not enough storage", BounceReason.MailboxFull),
        ("user unknown", BounceReason.NoSuchAddress),
        ("unknown user", BounceReason.NoSuchAddress),
        ("unknown recipient", BounceReason.NoSuchAddress),
        ("no such user", BounceReason.NoSuchAddress),
        ("does not exist", BounceReason.NoSuchAddress),
        ("doesn't exist", BounceReason.NoSuchAddress),
        ("doesn't have a", BounceReason.NoSuchAddress),
        ("recipient not found", BounceReason.NoSuchAddress),
        ("recipnotfound", BounceReason.NoSuchAddress),
        ("not listed", BounceReason.NoSuchAddress),
        ("addressee unknown", BounceReason.NoSuchAddress),
        ("name is not recognized", BounceReason.NoSuchAddress),
        ("unknown host", BounceReason.NoSuchAddress),
        ("host unknown", BounceReason.NoSuchAddress),
        ("host not found", BounceReason.NoSuchAddress),
        ("no mx record", BounceReason.NoSuchAddress),
        ("unrouteable", BounceReason.NoSuchAddress),
        ("domain does not", BounceReason.NoSuchAddress),
        ("disabled or discontinued", BounceReason.NoSuchAddress),
        ("invalid address", BounceReason.NoSuchAddress),
        ("message too large", BounceReason.TooBig),
        ("too big", BounceReason.TooBig),
        ("exceeds size", BounceReason.TooBig),
        ("exceeds fixed maximum", BounceReason.TooBig),
        ("size limit", BounceReason.TooBig),
        ("spam", BounceReason.Refused),
        ("blocked", BounceReason.Refused),
        ("blacklist", BounceReason.Refused),
        ("policy", BounceReason.Refused),
        ("relaying denied", BounceReason.Refused),
        ("dmarc", BounceReason.Refused),
        ("access denied", BounceReason.Refused),
        ("timed out", BounceReason.Unreachable),
        ("timeout", BounceReason.Unreachable),
        ("connection refused", BounceReason.Unreachable),
        ("not reachable", BounceReason.Unreachable),
        ("not responding", BounceReason.Unreachable),
        ("too long", BounceReason.Unreachable),
        ("retry timeout", BounceReason.Unreachable),
    ];
}
