using Helpdesk.Mail.Intake;
using Helpdesk.Mail.Mime;
using Shouldly;

namespace Helpdesk.Mail.Tests.Intake;

public sealed class ScreeningTests
{
    private static readonly ScreeningContext Desk = new(
        EnvelopeFrom: "ann@example.org",
        OwnAddresses: new HashSet<string>(StringComparer.Ordinal) { "support@example.com" },
        LoopMark: "desk-1"
    );

    private const string From = "From: Ann <ann@example.org>\nTo: support@example.com\n";

    private static ScreeningVerdict Judge(
        string headers,
        string body = "The printer jams.",
        ScreeningContext? context = null
    ) => Screening.Judge(MimeParser.Parse(Sample.With(headers, body)), context ?? Desk);

    [Fact]
    public void A_letter_of_a_person_may_be_answered()
    {
        var verdict = Judge(From + "Subject: Printer\nX-Auto-Response-Suppress: DR, RN, NRN\nAuto-Submitted: no");

        verdict.Kind.ShouldBe(MailKind.Ordinary);
        verdict.MayAnswer.ShouldBeTrue();
        verdict.Reasons.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("Auto-Submitted: auto-replied (vacation)", ScreeningCode.AutoSubmitted)]
    [InlineData("Auto-Submitted: auto-generated\nIn-Reply-To: <x@example.com>", ScreeningCode.AutoSubmitted)]
    [InlineData("X-Autoreply: yes", ScreeningCode.AutoReplyHeader)]
    [InlineData("Precedence: auto_reply", ScreeningCode.AutoReplyHeader)]
    [InlineData("Subject: Out of Office: Printer", ScreeningCode.AutoReplySubject)]
    [InlineData("Subject: [Desk] Automatische Antwort: Drucker", ScreeningCode.AutoReplySubject)]
    [InlineData("Subject: Автоответ: принтер", ScreeningCode.AutoReplySubject)]
    public void Automatic_answers_are_known_by_header_or_subject(string headers, ScreeningCode because)
    {
        var verdict = Judge(From + headers);

        verdict.Kind.ShouldBe(MailKind.AutoReply);
        verdict.Reasons[0].Code.ShouldBe(because);
        verdict.MayAnswer.ShouldBeFalse();
    }

    [Theory]
    [InlineData("Auto-Submitted: auto-generated", MailKind.Automated)] // an alert
    [InlineData("Precedence: bulk", MailKind.Automated)]
    [InlineData("List-Unsubscribe: <https://example.org/u>", MailKind.Automated)] // a newsletter
    [InlineData("List-Id: <users.example.org>", MailKind.List)]
    [InlineData("Precedence: list", MailKind.List)]
    [InlineData("Subject: Fwd: Automatic reply: Meeting", MailKind.Ordinary)]
    [InlineData("Subject: When is our vacation reply switched off?", MailKind.Ordinary)]
    public void Other_automatic_mail_is_no_automatic_answer(string headers, MailKind kind)
    {
        var verdict = Judge(From + headers);

        verdict.Kind.ShouldBe(kind);
        verdict.MayAnswer.ShouldBe(kind == MailKind.Ordinary);
    }

    [Theory]
    [InlineData("From: noreply@example.org", ScreeningCode.NoReplyAddress)]
    [InlineData("From: do-not-reply@example.org", ScreeningCode.NoReplyAddress)]
    [InlineData("From: MAILER-DAEMON@example.org", ScreeningCode.DaemonAddress)]
    [InlineData("From: Support@example.com", ScreeningCode.OwnAddress)]
    [InlineData("From: ann@example.org\nReply-To: support@example.com", ScreeningCode.OwnAddress)]
    [InlineData("From: ann@example.org\nReturn-Path: <>", ScreeningCode.EmptyReturnPath)]
    [InlineData("From: ann@example.org\nX-Auto-Response-Suppress: All", ScreeningCode.SuppressRequested)]
    [InlineData("From: nobody", ScreeningCode.NoSender)]
    [InlineData("Subject: no sender at all", ScreeningCode.NoSender)]
    public void Some_senders_are_never_answered_by_a_program(string headers, ScreeningCode because)
    {
        var verdict = Judge(headers);

        verdict.MayAnswer.ShouldBeFalse();
        verdict.Reasons.Select(r => r.Code).ShouldContain(because);
    }

    [Fact]
    public void A_null_sender_on_the_envelope_is_never_answered()
    {
        Judge(From, context: Desk with { EnvelopeFrom = "" }).MayAnswer.ShouldBeFalse();
    }

    [Fact]
    public void Our_own_mail_and_mail_in_circles_are_loops()
    {
        Judge(From + "X-Helpdesk-Loop: desk-1").Kind.ShouldBe(MailKind.Loop);
        Judge(From + "X-Helpdesk-Loop: another").Kind.ShouldBe(MailKind.Ordinary);
        Judge(From + string.Concat(Enumerable.Repeat("Received: by mx.example.org\n", 50)))
            .Kind.ShouldBe(MailKind.Ordinary);
        Judge(From + string.Concat(Enumerable.Repeat("Received: by mx.example.org\n", 51)))
            .Kind.ShouldBe(MailKind.Loop);
    }

    private static string Report(string action, string status, string diagnostic) =>
        $"""
            --b
            Content-Type: text/plain

            It did not work.
            --b
            Content-Type: message/delivery-status

            Reporting-MTA: dns; mx.example.org

            Final-Recipient: rfc822; bob@example.net
            Action: {action}
            Status: {status}
            Diagnostic-Code: smtp; {diagnostic}
            --b
            Content-Type: text/rfc822-headers

            Message-ID: <ours@example.com>
            --b--
            """;

    private const string ReportHeaders =
        "From: Mail Delivery System <MAILER-DAEMON@example.org>\nTo: support@example.com\nSubject: Undelivered Mail\n"
        + "Content-Type: multipart/report; report-type=delivery-status; boundary=b";

    [Theory]
    [InlineData("failed", "5.1.1", "550 5.1.1 User unknown", true, BounceReason.NoSuchAddress)]
    [InlineData("failed", "5.2.2", "552 Mailbox full", true, BounceReason.MailboxFull)]
    [InlineData("failed", "4.2.2", "452 over quota", false, BounceReason.MailboxFull)]
    [InlineData("delayed", "4.4.1", "connection timed out", false, BounceReason.Unreachable)]
    [InlineData("failed", "5.7.1", "554 message refused", true, BounceReason.Refused)]
    [InlineData("failed", "5.3.4", "552 message size", true, BounceReason.TooBig)]
    public void A_delivery_report_says_who_was_not_reached_and_why(
        string action,
        string status,
        string diagnostic,
        bool permanent,
        BounceReason reason
    )
    {
        var verdict = Judge(ReportHeaders, Report(action, status, diagnostic));

        verdict.Kind.ShouldBe(MailKind.Bounce);
        verdict.MayAnswer.ShouldBeFalse();
        var failed = verdict.FailedRecipients.ShouldHaveSingleItem();
        (failed.Address, failed.IsPermanent, failed.Reason, failed.Status).ShouldBe(
            ("bob@example.net", permanent, reason, status)
        );
    }

    [Fact]
    public void A_report_of_success_is_a_receipt_and_no_bounce()
    {
        Judge(ReportHeaders, Report("delivered", "2.0.0", "250 ok")).Kind.ShouldBe(MailKind.Receipt);
    }

    [Fact]
    public void A_read_receipt_is_a_receipt()
    {
        var verdict = Judge(
            From
                + "Subject: Read: Printer\nContent-Type: multipart/report; report-type=disposition-notification; boundary=b",
            "--b\nContent-Type: text/plain\n\nRead.\n--b\nContent-Type: message/disposition-notification\n\nDisposition: displayed\n--b--"
        );

        verdict.Kind.ShouldBe(MailKind.Receipt);
    }

    [Theory]
    [InlineData(
        "MAILER-DAEMON@example.org",
        "failure notice",
        "I wasn't able to deliver your message.\n\n<bob@example.net>:\nUser unknown.\n\n--- Below this line is a copy of the message.\n\nTo: eve@example.net",
        "bob@example.net"
    )]
    [InlineData(
        "postmaster@example.org",
        "Undeliverable: Printer",
        "Your message\n\n  To: Bob\n  Subject: Printer\n\ndid not reach the following recipient(s):\n\nbob@example.net on Thu, 5 Mar 2026\n    The recipient name is not recognized",
        "bob@example.net"
    )]
    [InlineData(
        "Postmaster <postmaster@example.org>",
        "Undeliverable Mail",
        "Unknown user: bob@example.net\n\nOriginal message follows.\n\nTo: eve@example.net",
        "bob@example.net"
    )]
    [InlineData(
        "Mailer <mailer-daemon@example.org>",
        "Mail delivery failed",
        "The following addresses failed:\n\n  bob@example.net\n    retry timeout exceeded\n  eve@example.net\n    550 no such user",
        "bob@example.net eve@example.net"
    )]
    public void Bounces_in_plain_words_are_understood(string from, string subject, string body, string failed)
    {
        var verdict = Judge($"From: {from}\nTo: support@example.com\nSubject: {subject}", body);

        verdict.Kind.ShouldBe(MailKind.Bounce);
        string.Join(' ', verdict.FailedRecipients.Select(f => f.Address)).ShouldBe(failed);
    }

    [Theory]
    [InlineData(
        "Mail delivery failed - what now?",
        "My mail could not be delivered: <bob@example.net>: user unknown. Please help."
    )]
    [InlineData("Fwd: Undelivered Mail Returned to Sender", "See below.\n\n<bob@example.net>: 550 User unknown")]
    [InlineData("Postmaster contact for example.org?", "Which address is it?")]
    public void People_who_write_about_bounces_are_people(string subject, string body)
    {
        Judge(From + $"Subject: {subject}", body).Kind.ShouldBe(MailKind.Ordinary);
    }

    [Fact]
    public void A_header_may_name_the_failed_recipients()
    {
        var verdict = Judge(
            "From: Mailer-Daemon@example.org\nX-Failed-Recipients: bob@example.net,\n eve@example.net\nSubject: x",
            "..."
        );

        verdict.Kind.ShouldBe(MailKind.Bounce);
        verdict.FailedRecipients.Select(f => f.Address).ShouldBe(["bob@example.net", "eve@example.net"]);
    }
}
