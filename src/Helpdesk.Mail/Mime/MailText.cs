namespace Helpdesk.Mail.Mime;

/// <summary>The words of a message, wherever they stand.</summary>
public static class MailText
{
    /// <summary>
    /// The plain-text body; without one the words of the HTML body; without either what stands outside all parts.
    /// Empty when the message has no words.
    /// </summary>
    public static string Of(ParsedMail mail)
    {
        if (!string.IsNullOrWhiteSpace(mail.TextBody))
            return mail.TextBody;
        if (mail.HtmlBody is not null && HtmlText.Of(mail.HtmlBody) is { Length: > 0 } words)
            return words;
        if (!string.IsNullOrWhiteSpace(mail.StrayText))
            return mail.StrayText;
        return mail.StrayHtml is null ? "" : HtmlText.Of(mail.StrayHtml);
    }
}
