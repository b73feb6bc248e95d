namespace Helpdesk.Mail.Intake.Bounces;

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
