using Helpdesk.Mail.Mime;

namespace Helpdesk.Mail.Intake.Bounces;

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
