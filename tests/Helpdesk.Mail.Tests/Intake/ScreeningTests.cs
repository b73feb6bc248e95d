using Helpdesk.Mail.Intake;
using Helpdesk.Mail.Intake.Bounces;
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

    private const string ServiceNotice = """
        {"notificationType":"Bounce","bounce":{"bounceType":"KIND","bounceSubType":"SUB","bouncedRecipients":[
        {"emailAddress":"Bob <bob@example.net>"},{"emailAddress":"cas@example.net","status":"4.4.7","diagnosticCode":"smtp; 421 timed out"}]},
        "mail":{"messageId":"0101","headers":[{"name":"Message-ID","value":"<ours@example.com>"}]}}
        """;

    [Theory]
    [InlineData("Permanent", "NoEmail", true, BounceReason.NoSuchAddress)]
    [InlineData("Permanent", "ContentRejected", true, BounceReason.Refused)]
    [InlineData("Transient", "MailboxFull", false, BounceReason.MailboxFull)]
    public void A_services_notice_names_who_was_not_reached(string kind, string sub, bool isFinal, BounceReason why)
    {
        var notice = ServiceNotice
            .Replace("KIND", kind, StringComparison.Ordinal)
            .Replace("SUB", sub, StringComparison.Ordinal);
        const string Service = "From: no-reply@sns.example.com\nSubject: Notification";
        var wrapped = $"{{\"Type\":\"Notification\",\"Message\":{System.Text.Json.JsonSerializer.Serialize(notice)}}}";
        foreach (var body in new[] { notice, wrapped, notice + "\n--\nTo end the subscription: https://example.com" })
        {
            var verdict = Judge(Service, body);

            verdict.Kind.ShouldBe(MailKind.Bounce);
            verdict.Reasons[0].Code.ShouldBe(ScreeningCode.ServiceNotice);
            verdict.FailedRecipients.Select(r => r.Address).ShouldBe(["bob@example.net", "cas@example.net"]);
            (verdict.FailedRecipients[0].IsPermanent, verdict.FailedRecipients[0].Reason).ShouldBe((isFinal, why));
            verdict.FailedRecipients[1].Status.ShouldBe("4.4.7");
        }
    }

    [Theory]
    [InlineData("{\"notificationType\":\"Bounce\"}")]
    [InlineData("{\"mail\":{},\"delivery\":{\"recipients\":[\"bob@example.net\"]}}")]
    [InlineData("{\"mail\":[],\"bounce\":{\"bouncedRecipients\":[]}}")]
    [InlineData("{\"Message\":\"{not json\"}")]
    [InlineData("{{{{{{{{{{{{{{{{{{{{{{{{")]
    [InlineData(
        "Our program says:\n{\"mail\":{},\"bounce\":{\"bouncedRecipients\":[{\"emailAddress\":\"b@example.net\"}]}}"
    )]
    public void Other_notices_in_that_form_are_no_bounces(string body) =>
        Judge("From: no-reply@example.com\nSubject: x", body).Kind.ShouldNotBe(MailKind.Bounce);

    [Theory]
    [InlineData(
        "users-admin@lists.example.org",
        "X-MLServer: fml 4",
        "You are not a member of this mailing list <users@lists.example.org>."
    )]
    [InlineData(
        "users-bounces@lists.example.org",
        "Precedence: bulk",
        "You are not allowed to post to this mailing list, and your message has been\nautomatically rejected."
    )]
    [InlineData(
        "owner-users@lists.example.org",
        "Precedence: list",
        "Posting of your message\nhas been rejected by the list moderator."
    )]
    public void A_mailing_lists_refusal_is_a_bounce_of_the_list(string from, string header, string body)
    {
        var verdict = Judge($"From: {from}\nSubject: Your message\n{header}", body);

        (verdict.Kind, verdict.Reasons[0].Code).ShouldBe((MailKind.Bounce, ScreeningCode.ListRefusal));
        verdict.FailedRecipients.ShouldHaveSingleItem().Address.ShouldBe("users@lists.example.org");
    }

    [Theory]
    [InlineData(
        "ann@lists.example.org",
        "List-Id: <users.lists.example.org>",
        "You are not allowed to post to this mailing list?"
    )]
    [InlineData("it-admin@example.org", "Subject: List", "It says that I am not a member of this mailing list.")]
    [InlineData("users-admin@lists.example.org", "X-MLServer: fml 4", "Welcome to this mailing list.")]
    [InlineData("users-admin@lists.example.org", "X-MLServer: fml 4", "> You are not a member of this mailing list")]
    public void Whoever_writes_about_a_list_is_not_its_program(string from, string header, string body) =>
        Judge($"From: {from}\n{header}", body).Kind.ShouldNotBe(MailKind.Bounce);

    private const string PassedOn = """
        Begin forwarded message:

        > From: Mail Delivery System <MAILER-DAEMON@mx.example.org>
        > Subject: Undelivered Mail
        >
        > Final-Recipient: rfc822; bob@example.net
        > Action: failed
        > Status: 5.1.1
        > Diagnostic-Code: smtp; 550 5.1.1 user unknown
        """;

    [Fact]
    public void A_bounce_that_somebody_passes_on_is_known_and_stays_their_message()
    {
        var verdict = Judge(From + "Subject: Fwd: Undelivered Mail", PassedOn);

        (verdict.Kind, verdict.IsForwarded, verdict.MayAnswer).ShouldBe((MailKind.Bounce, true, false));
        verdict.FailedRecipients.ShouldHaveSingleItem().Address.ShouldBe("bob@example.net");
    }

    [Fact]
    public void So_is_one_that_is_attached_to_nothing_else()
    {
        const string Attached = """
            --b
            Content-Type: message/rfc822

            From: MAILER-DAEMON@mx.example.org
            Subject: Undelivered Mail
            Content-Type: multipart/report; report-type=delivery-status; boundary=c

            --c
            Content-Type: message/delivery-status

            Reporting-MTA: dns; mx.example.org

            Final-Recipient: rfc822; bob@example.net
            Action: failed
            Status: 5.1.1
            --c--
            --b--
            """;
        var verdict = Judge(From + "Subject: Fwd\nContent-Type: multipart/mixed; boundary=b", Attached);

        verdict.IsForwarded.ShouldBeTrue();
        verdict.FailedRecipients.ShouldHaveSingleItem().Address.ShouldBe("bob@example.net");
    }

    [Fact]
    public void With_a_word_of_their_own_it_is_a_message_like_any_other()
    {
        Judge(From + "Subject: Fwd: Undelivered Mail", "What does this mean?\n\n" + PassedOn)
            .Kind.ShouldBe(MailKind.Ordinary);
        Judge(
            From + "Subject: Fwd: Hello",
            PassedOn.Replace("Mail Delivery System <MAILER-DAEMON@", "Bob <bob@", StringComparison.Ordinal)
        )
            .Kind.ShouldBe(MailKind.Ordinary);
    }
}
