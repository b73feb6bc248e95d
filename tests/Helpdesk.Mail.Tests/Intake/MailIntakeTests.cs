using Helpdesk.Mail.Intake;
using Helpdesk.Mail.Outbound;
using Helpdesk.Mail.Spam;
using Helpdesk.Tickets;
using Helpdesk.Tickets.Data;
using Helpdesk.Tickets.Notifications;
using Helpdesk.Tickets.Settings;
using Microsoft.EntityFrameworkCore;
using Shouldly;
using static Helpdesk.Mail.Tests.MailDesk;

namespace Helpdesk.Mail.Tests.Intake;

public class MailIntakeTests
{
    [Theory]
    [InlineData(StorageProvider.Sqlite)]
    [InlineData(StorageProvider.Postgres)]
    public async Task A_mail_opens_a_ticket_and_is_done_with_it(StorageProvider provider)
    {
        await using var desk = await MailDesk.OpenAsync(provider);
        var mail = await desk.ReceiveAsync(Eml());
        var ticket = (await desk.TicketsAsync()).ShouldHaveSingleItem();
        ticket.Subject.ShouldBe("Where is my card");
        ticket.Customer.Address.ShouldBe("ann@example.org");
        ticket.Customer.Name.ShouldBe("Ann Ash");
        ticket.Channel.ShouldBe(Channel.Email);
        ticket.Acknowledged.ShouldBeFalse();
        var message = ticket.Messages.ShouldHaveSingleItem();
        message.Text.ShouldBe("I ordered it two weeks ago.");
        message.InboundMailId.ShouldBe(mail.Id);
        (mail.State, mail.Reason, mail.TicketId).ShouldBe((InboundState.Done, "opened", ticket.Id));
        (mail.Sender, mail.Subject).ShouldBe(("ann@example.org", "Where is my card"));
    }

    [Fact]
    public async Task Many_mails_share_a_commit_and_customers_are_made_once()
    {
        await using var desk = await MailDesk.OpenAsync();
        for (var i = 0; i < 70; i++)
            await desk.AcceptAsync(Eml($"Question {i}", from: $"c{i % 7}@example.org"));
        (await desk.IntakeAsync()).ShouldBe(70);
        var tickets = await desk.TicketsAsync();
        tickets.Count.ShouldBe(70);
        tickets.Select(t => t.CustomerId).Distinct().Count().ShouldBe(7);
        (await desk.MailsAsync()).ShouldAllBe(m => m.State == InboundState.Done && m.Attempts == 1);
    }

    [Fact]
    public async Task An_answer_to_our_reply_address_joins_its_ticket_and_proves_the_address()
    {
        await using var desk = await MailDesk.OpenAsync();
        var ticketId = await desk.Desk.OpenTicketAsync(address: "ann@example.org");
        var picture = await desk.Desk.PictureAsync();
        var customerId = (await desk.TicketsAsync())[0].CustomerId;
        var mail = await desk.ReceiveAsync(
            Eml("Re: anything", "One more thing."),
            to: ReplyAddress.For(ticketId, customerId, picture).ToUpperInvariant()
        );
        var ticket = (await desk.TicketsAsync()).ShouldHaveSingleItem();
        var message = ticket.Messages.OrderBy(m => m.Id).Last();
        (message.Text, message.ThreadReason, message.FromOtherSender).ShouldBe(
            ("One more thing.", "reply-address", false)
        );
        (mail.State, mail.Reason, mail.TicketId).ShouldBe((InboundState.Done, "reply-address", ticketId));
        ticket.Customer.VerifiedAt.ShouldNotBeNull();
    }

    [Fact]
    public async Task An_answer_to_the_id_of_our_mail_joins_its_ticket()
    {
        await using var desk = await MailDesk.OpenAsync();
        var (ticketId, messageId) = await AcknowledgedAsync(desk);
        await desk.ReceiveAsync(Eml("Re: x", more: $"In-Reply-To: <{messageId}>"));
        await desk.ReceiveAsync(Eml("Re: y", more: $"References: <unknown@x> <{messageId}> <other@x>"));
        var ticket = (await desk.TicketsAsync()).ShouldHaveSingleItem();
        ticket.Id.ShouldBe(ticketId);
        ticket.Messages.Count(m => m.ThreadReason == "message-id").ShouldBe(2);
    }

    [Fact]
    public async Task Numbers_and_invented_marks_prove_nothing()
    {
        await using var desk = await MailDesk.OpenAsync();
        var (ticketId, messageId) = await AcknowledgedAsync(desk);
        var forged = messageId.Replace("hd.", "hd.0", StringComparison.Ordinal);
        await desk.ReceiveAsync(
            Eml($"Re: [{ticketId}] x", more: $"In-Reply-To: <{forged}>\nReferences: <{ticketId}@desk.example>")
        );
        await desk.ReceiveAsync(Eml("Re: x"), to: $"support+{ticketId}@desk.example");
        (await desk.TicketsAsync()).Count.ShouldBe(3);
    }

    [Fact]
    public async Task Somebody_else_with_a_valid_mark_is_let_in_but_marked()
    {
        await using var desk = await MailDesk.OpenAsync();
        var (_, messageId) = await AcknowledgedAsync(desk);
        await desk.ReceiveAsync(
            Eml("Re: x", from: "Eve <eve@example.net>", more: $"In-Reply-To: <{messageId}>"),
            from: "eve@example.net"
        );
        var ticket = (await desk.TicketsAsync()).ShouldHaveSingleItem();
        var message = ticket.Messages.OrderBy(m => m.Id).Last();
        (message.FromOtherSender, message.SenderAddress, message.AuthorName).ShouldBe((true, "eve@example.net", "Eve"));
        ticket.Customer.Address.ShouldBe("ann@example.org");
        ticket.Customer.VerifiedAt.ShouldBeNull();
    }

    [Fact]
    public async Task An_answer_to_a_notice_for_staff_is_held()
    {
        await using var desk = await MailDesk.OpenAsync();
        var ticketId = await desk.Desk.OpenTicketAsync();
        await desk.Desk.ChangeAsync(
            ticketId,
            (ticket, _, now) => ticket.AssignTo(desk.Desk.Anna, Actor.System, "test", now)
        );
        await desk.SendAsync();
        var notice = (await desk.NotificationsAsync()).Single(n => n.Kind == NotificationKind.Assigned);
        var mail = await desk.ReceiveAsync(
            Eml("Re: x", from: desk.Desk.Anna.Address, more: $"In-Reply-To: <{notice.MailMessageId}>")
        );
        (mail.State, mail.Reason, mail.TicketId).ShouldBe((InboundState.Held, "staff-by-mail", ticketId));
        (await desk.TicketsAsync()).ShouldHaveSingleItem().Messages.Count.ShouldBe(1);
    }

    [Fact]
    public async Task A_mail_of_a_machine_opens_a_ticket_that_is_never_acknowledged()
    {
        await using var desk = await MailDesk.OpenAsync();
        await desk.ReceiveAsync(Eml("Disk is full", more: "Auto-Submitted: auto-generated"));
        var ticket = (await desk.TicketsAsync()).ShouldHaveSingleItem();
        ticket.Acknowledge(null, desk.Desk.Time.GetUtcNow()).ShouldBeNull();
    }

    [Fact]
    public async Task A_vacation_notice_in_answer_to_our_mail_changes_nothing()
    {
        await using var desk = await MailDesk.OpenAsync();
        var (ticketId, messageId) = await AcknowledgedAsync(desk);
        var mail = await desk.ReceiveAsync(
            Eml("Out of office", more: $"In-Reply-To: <{messageId}>\nAuto-Submitted: auto-replied"),
            from: ""
        );
        (mail.State, mail.Reason, mail.TicketId).ShouldBe((InboundState.Ignored, "auto-reply", ticketId));
        (await desk.TicketsAsync()).ShouldHaveSingleItem().Messages.Count.ShouldBe(1);
    }

    [Fact]
    public async Task Our_own_mail_that_comes_back_is_ignored()
    {
        await using var desk = await MailDesk.OpenAsync();
        var mark = LoopMark.Of(await desk.Desk.PictureAsync());
        var mail = await desk.ReceiveAsync(Eml(more: $"{Screening.LoopHeader}: {mark}"));
        (mail.State, mail.Reason).ShouldBe((InboundState.Ignored, "loop"));
    }

    [Fact]
    public async Task A_mail_in_our_own_name_is_held()
    {
        await using var desk = await MailDesk.OpenAsync();
        var mail = await desk.ReceiveAsync(Eml(from: "Support <support@desk.example>"));
        (mail.State, mail.Reason).ShouldBe((InboundState.Held, "own-address"));
    }

    [Fact]
    public async Task A_mail_without_a_sender_is_a_request_of_somebody_unknown_that_nobody_answers_automatically()
    {
        await using var desk = await MailDesk.OpenAsync();
        var mail = await desk.ReceiveAsync("Subject: Help\n\nPlease call me.\n", from: "");
        (mail.State, mail.Reason, mail.Sender).ShouldBe((InboundState.Done, "opened-no-sender", ""));
        var ticket = (await desk.TicketsAsync()).ShouldHaveSingleItem();
        ticket.Customer.Address.ShouldBe(ReadMail.UnknownSender);
        ticket.Customer.UndeliverableAt.ShouldNotBeNull();
        ticket.Acknowledged.ShouldBeTrue();
    }

    [Fact]
    public async Task A_mail_without_a_sender_can_be_answered_where_the_envelope_named_one()
    {
        await using var desk = await MailDesk.OpenAsync();
        (await desk.ReceiveAsync("Subject: Help\n\nPlease call me.\n")).Reason.ShouldBe("opened-no-sender");
        var ticket = (await desk.TicketsAsync()).ShouldHaveSingleItem();
        (ticket.Customer.Address, ticket.Customer.UndeliverableAt).ShouldBe(("ann@example.org", null));
        ticket.Acknowledged.ShouldBeTrue(); // by nobody: nothing automatic goes to an address that only the envelope names
        (await desk.MailAsync(1)).State.ShouldBe(InboundState.Done);
    }

    [Fact]
    public async Task Any_bytes_at_all_get_an_outcome()
    {
        await using var desk = await MailDesk.OpenAsync();
        var random = new Random(7);
        for (var i = 0; i < 20; i++)
        {
            var raw = new byte[random.Next(2000)];
            random.NextBytes(raw);
            await desk.Queue.AcceptAsync(raw, new MailEnvelope("", ["support@desk.example"], "smtp"));
        }
        await desk.IntakeAsync();
        (await desk.MailsAsync()).ShouldAllBe(m => m.State == InboundState.Done || m.State == InboundState.Held);
    }

    [Fact]
    public async Task More_mails_of_one_sender_than_a_person_writes_are_held()
    {
        await using var desk = await MailDesk.OpenAsync();
        await using (var db = desk.Desk.OpenDatabase())
        {
            db.Add(new SpamRules { MostMailsOfUnknown = 1000 });
            await db.SaveChangesAsync();
        }
        for (var i = 0; i < 65; i++)
            await desk.AcceptAsync(Eml($"Mail {i}"));
        await desk.AcceptAsync(Eml(from: "ben@example.org"));
        await desk.IntakeAsync();
        var mails = await desk.MailsAsync();
        mails.Count(m => m is { State: InboundState.Held, Reason: "too-many" }).ShouldBe(5);
        (await desk.TicketsAsync()).Count.ShouldBe(61);
        desk.Desk.Time.Advance(TimeSpan.FromMinutes(61));
        (await desk.ReceiveAsync(Eml("Later"))).State.ShouldBe(InboundState.Done);
    }

    [Fact]
    public async Task Files_are_kept_once_and_html_is_cleaned()
    {
        await using var desk = await MailDesk.OpenAsync();
        const string Raw = """
            From: ann@example.org
            To: support@desk.example
            Subject: Files
            Message-ID: <files@example.org>
            MIME-Version: 1.0
            Content-Type: multipart/mixed; boundary=b

            --b
            Content-Type: text/html; charset=utf-8

            <p onclick="x()">See <b>this</b></p><script>alert(1)</script>
            --b
            Content-Type: application/pdf; name="../../a.pdf"
            Content-Disposition: attachment; filename="../../a.pdf"
            Content-Transfer-Encoding: base64

            JVBERi0xLjQK
            --b
            Content-Type: application/pdf; name="same.pdf"
            Content-Disposition: attachment
            Content-Transfer-Encoding: base64

            JVBERi0xLjQK
            --b--
            """;
        await desk.ReceiveAsync(Raw);
        var message = (await desk.TicketsAsync()).ShouldHaveSingleItem().Messages.ShouldHaveSingleItem();
        message.Html!.Value.ShouldBe("<p>See <b>this</b></p>");
        message.Text.ShouldBe("See this");
        message.Attachments.Select(a => a.Name).ShouldBe(["a.pdf", "same.pdf"]);
        message.Attachments.Select(a => a.BlobHash).Distinct(StringComparer.Ordinal).Count().ShouldBe(1);
    }

    [Fact]
    public async Task A_crash_before_the_outcome_is_committed_neither_loses_nor_doubles()
    {
        await using var desk = await MailDesk.OpenAsync();
        for (var i = 0; i < 5; i++)
            await desk.AcceptAsync(Eml($"Mail {i}", from: $"c{i}@example.org"));
        // the first pass dies like a process would: nothing behind the failpoint runs
        desk.Failpoints.Arm(Failpoints.BeforeOutcomeCommit, () => throw new OperationCanceledException());
        using var killed = new CancellationTokenSource();
        await killed.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(() => desk.Desk.Get<MailIntake>().RunAsync(killed.Token));
        (await desk.TicketsAsync()).ShouldBeEmpty();
        await desk.Desk.Get<MailIntake>().ReleaseClaimsAsync();
        await desk.IntakeAsync();
        (await desk.TicketsAsync()).Count.ShouldBe(5);
        (await desk.MailsAsync()).ShouldAllBe(m => m.State == InboundState.Done);
    }

    [Fact]
    public async Task A_claim_of_a_dead_node_runs_out()
    {
        await using var desk = await MailDesk.OpenAsync();
        await desk.AcceptAsync(Eml());
        await using (var db = desk.Desk.OpenDatabase())
        {
            (await db.Set<InboundMail>().SingleAsync()).Claim(desk.Desk.Time.GetUtcNow().AddMinutes(1));
            await db.SaveChangesAsync();
        }
        (await desk.IntakeAsync()).ShouldBe(0);
        desk.Desk.Time.Advance(TimeSpan.FromSeconds(61));
        (await desk.IntakeAsync()).ShouldBe(1);
        (await desk.MailsAsync()).Single().Attempts.ShouldBe(2);
    }

    [Fact]
    public async Task A_mail_that_breaks_the_batch_is_parked_after_its_attempts_and_holds_up_nobody()
    {
        await using var desk = await MailDesk.OpenAsync();
        for (var i = 0; i < 4; i++)
            await desk.AcceptAsync(Eml($"Mail {i}", from: $"c{i}@example.org"));
        await using (var db = desk.Desk.OpenDatabase())
        {
            // bytes that cannot be unpacked: as good a defect as any
            var broken = await db.Set<RawMail>().OrderBy(r => r.InboundMailId).FirstAsync();
            db.Remove(broken);
            await db.SaveChangesAsync();
        }
        for (var i = 0; i < 4; i++)
        {
            await desk.IntakeAsync();
            desk.Desk.Time.Advance(TimeSpan.FromMinutes(1));
        }
        (await desk.TicketsAsync()).Count.ShouldBe(3);
        var mails = await desk.MailsAsync();
        (mails[0].State, mails[0].Attempts).ShouldBe((InboundState.Unprocessable, 3));
        mails.Skip(1).ShouldAllBe(m => m.State == InboundState.Done && m.Attempts == 1);
    }

    [Fact]
    public async Task A_mail_that_ends_the_program_each_time_is_parked_and_holds_up_nobody()
    {
        await using var desk = await MailDesk.OpenAsync();
        await desk.AcceptAsync(Eml());
        for (var i = 0; i < 3; i++)
        {
            await using var db = desk.Desk.OpenDatabase();
            (await db.Set<InboundMail>().SingleAsync()).Claim(desk.Desk.Time.GetUtcNow().AddMinutes(1));
            await db.SaveChangesAsync();
            desk.Desk.Time.Advance(TimeSpan.FromSeconds(61)); // nobody came back to it
        }
        await desk.AcceptAsync(Eml("Behind it", from: "ben@example.org"));
        await desk.IntakeAsync();
        (await desk.MailsAsync())
            .Select(m => (m.State, m.Reason))
            .ShouldBe([(InboundState.Unprocessable, "interrupted"), (InboundState.Done, "opened")]);
        (await desk.TicketsAsync()).ShouldHaveSingleItem().Subject.ShouldBe("Behind it");
    }

    [Fact]
    public async Task A_batch_that_cannot_be_committed_goes_through_one_by_one()
    {
        await using var desk = await MailDesk.OpenAsync();
        for (var i = 0; i < 4; i++)
            await desk.AcceptAsync(Eml($"Mail {i}", from: $"c{i}@example.org"));
        desk.Failpoints.Arm(Failpoints.BeforeOutcomeCommit);
        await desk.IntakeAsync();
        (await desk.TicketsAsync()).Count.ShouldBe(4);
        (await desk.MailsAsync()).ShouldAllBe(m => m.State == InboundState.Done && m.Attempts == 1);
    }

    [Fact]
    public async Task A_held_mail_that_a_supervisor_lets_in_opens_a_ticket_that_no_program_answers()
    {
        await using var desk = await MailDesk.OpenAsync();
        var held = await desk.ReceiveAsync(Eml(from: "support@desk.example"));
        await DecideAsync(desk, held.Id, (mail, now) => mail.TryAgain(now));
        (await desk.MailAsync(held.Id)).Reason.ShouldBe("own-address"); // the same rules hold it again

        var boss = Guid.CreateVersion7();
        await DecideAsync(desk, held.Id, (mail, now) => mail.Release(boss, now));
        var mail = await desk.MailAsync(held.Id);
        (mail.State, mail.Reason, mail.DecidedBy).ShouldBe((InboundState.Done, "released", boss));
        var ticket = (await desk.TicketsAsync()).ShouldHaveSingleItem();
        ticket.Acknowledged.ShouldBeTrue();
        Should.Throw<RuleViolationException>(() => mail.Release(boss, desk.Desk.Time.GetUtcNow()));
    }

    [Fact]
    public async Task A_released_answer_to_a_notice_joins_the_ticket_as_somebody_elses_words()
    {
        await using var desk = await MailDesk.OpenAsync();
        var ticketId = await desk.Desk.OpenTicketAsync();
        await desk.Desk.ChangeAsync(
            ticketId,
            (ticket, _, now) => ticket.AssignTo(desk.Desk.Anna, Actor.System, "test", now)
        );
        await desk.SendAsync();
        var notice = (await desk.NotificationsAsync()).Single(n => n.Kind == NotificationKind.Assigned);
        var held = await desk.ReceiveAsync(
            Eml("Re: x", from: desk.Desk.Anna.Address, more: $"In-Reply-To: <{notice.MailMessageId}>")
        );
        await DecideAsync(desk, held.Id, (mail, now) => mail.Release(Guid.CreateVersion7(), now));
        var message = (await desk.TicketsAsync()).ShouldHaveSingleItem().Messages.OrderBy(m => m.Id).Last();
        (message.Kind, message.FromOtherSender).ShouldBe((MessageKind.Customer, true));
    }

    [Fact]
    public async Task A_discarded_mail_keeps_its_bytes_and_says_who_did_it_however_much_else_is_remarked()
    {
        await using var desk = await MailDesk.OpenAsync();
        var held = await desk.ReceiveAsync(Eml(from: "support@desk.example"));
        var boss = Guid.CreateVersion7();
        await DecideAsync(
            desk,
            held.Id,
            (mail, now) =>
            {
                for (var i = 0; i < 50; i++)
                    mail.Remark($"remark-{i}");
                mail.Discard(boss, now);
            }
        );
        var mail = await desk.MailAsync(held.Id);
        (mail.State, mail.Reason, mail.DecidedBy).ShouldBe((InboundState.Ignored, InboundMail.Discarded, boss));
        (await desk.TicketsAsync()).ShouldBeEmpty();
        await using var db = desk.Desk.OpenDatabase();
        (await db.Set<RawMail>().SingleAsync()).Read().ShouldNotBeEmpty();
    }

    private static async Task DecideAsync(MailDesk desk, long id, Action<InboundMail, DateTimeOffset> decide)
    {
        await using (var db = desk.Desk.OpenDatabase())
        {
            decide(await db.Set<InboundMail>().SingleAsync(m => m.Id == id), desk.Desk.Time.GetUtcNow());
            await db.SaveChangesAsync();
        }
        await desk.IntakeAsync();
    }

    [Fact]
    public async Task A_bounce_marks_the_mail_the_address_and_the_history()
    {
        await using var desk = await MailDesk.OpenAsync();
        var (ticketId, messageId) = await AcknowledgedAsync(desk);
        var bounce = $"""
            From: MAILER-DAEMON@mx.example.org
            To: support@desk.example
            Subject: Undelivered Mail Returned to Sender
            Auto-Submitted: auto-replied
            MIME-Version: 1.0
            Content-Type: multipart/report; report-type=delivery-status; boundary=b

            --b
            Content-Type: text/plain

            I could not deliver your message.
            --b
            Content-Type: message/delivery-status

            Reporting-MTA: dns; mx.example.org

            Final-Recipient: rfc822; ann@example.org
            Action: failed
            Status: 5.1.1
            Diagnostic-Code: smtp; 550 5.1.1 no such user

            --b
            Content-Type: message/rfc822

            Message-ID: <{messageId}>
            Subject: Re: x

            text
            --b--
            """;
        var mail = await desk.ReceiveAsync(bounce, from: "");
        (mail.State, mail.Reason, mail.TicketId).ShouldBe((InboundState.Ignored, "bounce", ticketId));
        var notification = (await desk.NotificationsAsync()).Single(n => n.MailMessageId == messageId);
        notification.MailState.ShouldBe(MailState.Failed);
        notification.MailRemark!.ShouldContain("no such user");
        var ticket = await desk.Desk.ReadAsync(ticketId);
        ticket.Customer.UndeliverableAt.ShouldNotBeNull();
        ticket.Events.ShouldContain(e => e.Kind == TicketEventKind.DeliveryFailed);
    }

    /// <summary>A ticket of ann@example.org with an acknowledgement sent.</summary>
    private static async Task<(long TicketId, string MessageId)> AcknowledgedAsync(MailDesk desk)
    {
        await desk.ReceiveAsync(Eml());
        var ticketId = (await desk.TicketsAsync())[^1].Id;
        await desk.Desk.ChangeAsync(ticketId, (ticket, _, now) => ticket.Acknowledge(null, now));
        await desk.SendAsync();
        var notification = (await desk.NotificationsAsync()).Last(n => n.Kind == NotificationKind.Acknowledgement);
        notification.MailState.ShouldBe(MailState.Sent, notification.MailRemark);
        return (ticketId, notification.MailMessageId!);
    }

    [Fact]
    public async Task A_bounce_that_a_customer_passes_on_opens_a_ticket()
    {
        await using var mails = await MailDesk.OpenAsync();
        var mail = await mails.ReceiveAsync(
            MailDesk.Eml(
                "Fwd: Undelivered Mail",
                "Begin forwarded message:\n\n> From: MAILER-DAEMON@mx.example.org\n>\n> Final-Recipient: rfc822; bob@example.net\n> Action: failed\n> Status: 5.1.1"
            )
        );
        mail.TicketId.ShouldNotBeNull();
        mail.Reason.ShouldBe("opened");
    }
}
