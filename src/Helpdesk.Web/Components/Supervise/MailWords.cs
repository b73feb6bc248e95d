using Helpdesk.Mail.Intake;
using Helpdesk.Mail.Spam;
using Helpdesk.Tickets;
using Helpdesk.Web.Components.Layout;
using Microsoft.Extensions.Localization;

namespace Helpdesk.Web.Components.Supervise;

/// <summary>How the pages speak about a mail that came in.</summary>
internal static class MailWords
{
    public static string Address(long mailId) => $"{Places.Mail}/{mailId.ToStringInvariant()}";

    public static string Subject(IStringLocalizer<SuperviseTexts> T, KeptMail mail) =>
        mail.Subject switch
        {
            null => T["Mail.NotRead"],
            "" => T["Mail.NoSubject"],
            var subject => subject,
        };

    public static string Sender(IStringLocalizer<SuperviseTexts> T, KeptMail mail) =>
        mail.Sender.Length > 0 ? mail.Sender : T["Mail.NoSender"];

    /// <summary>Why it waits, as a sentence that helps to decide.</summary>
    public static string Reason(IStringLocalizer<SuperviseTexts> T, KeptMail mail) =>
        mail.Reason switch
        {
            null => "",
            InboundMail.LooksLikeSpam => Spam(T, SpamEvidence.Parse(mail.SpamEvidence)),
            InboundMail.Burst
            or "own-address"
            or "too-many"
            or "staff-by-mail"
            or "staff-expired"
            or "staff-not-plain"
            or "staff-disabled"
            or "staff-other-address"
            or "staff-unproven"
            or "staff-no-rights"
            or "staff-closed"
            or "staff-empty"
            or "staff-quote"
            or "staff-moved"
            or "staff-repeated"
            or "too-slow"
            or "interrupted"
            or "too-large"
            or "not-fetched" => T[$"MailReason.{mail.Reason}"],
            var failure when mail.State is InboundState.Unprocessable => T["Mail.ReadingFailed", failure],
            var code => code,
        };

    private static string Spam(IStringLocalizer<SuperviseTexts> T, SpamEvidence? evidence) =>
        evidence switch
        {
            { Source: SpamSource.TrustedFilter } => T["MailSpam.TrustedFilter", string.Join(", ", evidence.Words)],
            { Source: SpamSource.Sender } => T["MailSpam.Sender"],
            { Score: { } score } => T[
                "MailSpam.Learned",
                T["Percent", Math.Round(score * 100)],
                string.Join(", ", evidence.Words)
            ],
            _ => T["MailState.Spam"],
        };
}
