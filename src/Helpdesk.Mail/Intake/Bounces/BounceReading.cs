using Helpdesk.Mail.Mime;

namespace Helpdesk.Mail.Intake.Bounces;

/// <param name="Recipients">Empty when the bounce does not say who.</param>
internal sealed record Bounce(ScreeningReason Reason, IReadOnlyList<FailedRecipient> Recipients);

/// <summary>Reports of failed and delayed delivery: RFC 3464, and the plain texts of servers that know no standard.</summary>
internal static class BounceReading
{
    /// <returns>Null for what is no bounce, also for reports of success.</returns>
    public static Bounce? Read(ParsedMail mail) => ReadDirect(mail) ?? ForwardedBounce.Read(mail);

    /// <summary>Without those that somebody passed on.</summary>
    internal static Bounce? ReadDirect(ParsedMail mail)
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
        if (JsonNotice.Read(mail) is { } notice)
            return notice;
        if (BounceNotice.Wording(mail) is not { } wording)
            return ListRefusal.Read(mail);
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
