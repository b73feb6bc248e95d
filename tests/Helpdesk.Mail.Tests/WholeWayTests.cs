using System.Text;
using Helpdesk.Mail.Intake;
using Helpdesk.Mail.Mime;
using Helpdesk.Mail.Outbound;
using Helpdesk.Mail.Smtp;
using Helpdesk.Tickets;
using Helpdesk.Tickets.Data;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Shouldly;
using static Helpdesk.Mail.Tests.MailDesk;

namespace Helpdesk.Mail.Tests;

/// <summary>From a sender's connection to the ticket and back into the sender's folder.</summary>
public class WholeWayTests
{
    [Fact]
    public async Task A_mail_comes_in_by_SMTP_becomes_a_ticket_is_answered_and_the_answer_to_that_joins_it()
    {
        await using var desk = await MailDesk.OpenAsync();
        await using var door = await Door.OpenAsync(desk);
        await door.SendAsync(Eml("Lost card", "I lost it."));
        await desk.IntakeAsync();
        var ticketId = (await desk.TicketsAsync()).ShouldHaveSingleItem().Id;
        await desk.Desk.ChangeAsync(ticketId, (ticket, _, now) => ticket.Acknowledge(null, now));
        await desk.SendAsync();

        var ours = MimeParser.Parse(desk.Outgoing.Mails.ShouldHaveSingleItem().Raw);
        await door.SendAsync(
            Eml("Re: Lost card", "I found it.", more: $"In-Reply-To: <{ours.MessageId}>"),
            to: ours.ReplyTo[0].Address
        );
        await desk.IntakeAsync();
        var ticket = (await desk.TicketsAsync()).ShouldHaveSingleItem();
        ticket.Messages.OrderBy(m => m.Id).Select(m => m.Text).ShouldBe(["I lost it.", "I found it."]);
    }

    [Fact]
    public async Task Mail_for_others_is_not_taken_in_but_postmaster_and_reply_addresses_are()
    {
        await using var desk = await MailDesk.OpenAsync();
        await using var door = await Door.OpenAsync(desk);
        (await door.SendAsync(Eml(), "somebody@desk.example")).ShouldBe(DeliveryState.Refused);
        (await door.SendAsync(Eml(), "support@elsewhere.example")).ShouldBe(DeliveryState.Refused);
        (await door.SendAsync(Eml(), "Support+any@Desk.example")).ShouldBe(DeliveryState.Sent);
        (await door.SendAsync(Eml(), "postmaster@desk.example")).ShouldBe(DeliveryState.Sent);
    }

    [Fact]
    public async Task A_sender_that_never_heard_the_250_sends_again_and_nothing_is_doubled()
    {
        await using var desk = await MailDesk.OpenAsync();
        await using var door = await Door.OpenAsync(desk);
        var mail = Eml(id: "once");
        desk.Failpoints.Arm(Failpoints.BeforeSmtp250);
        (await door.SendAsync(mail)).ShouldNotBe(DeliveryState.Sent);
        await desk.IntakeAsync();
        (await door.SendAsync(mail)).ShouldBe(DeliveryState.Sent);
        await desk.IntakeAsync();
        (await desk.TicketsAsync()).Count.ShouldBe(1);
        (await desk.MailsAsync()).ShouldHaveSingleItem().State.ShouldBe(InboundState.Done);
    }

    [Fact]
    public async Task Four_senders_with_the_workers_running_lose_and_double_nothing()
    {
        await using var desk = await MailDesk.OpenAsync();
        await using var door = await Door.OpenAsync(desk);
        using var worker = ActivatorUtilities.CreateInstance<IntakeWorker>(desk.Desk.Services);
        await worker.StartAsync(default);
        await Task.WhenAll(
            Enumerable
                .Range(0, 4)
                .Select(s =>
                    Task.Run(async () =>
                    {
                        await using var sender = door.NewSender();
                        for (var i = 0; i < 50; i++)
                        {
                            var mail = Eml($"Mail {s}-{i}", from: $"c{s}-{i}@example.org");
                            (await Door.SendAsync(sender, mail, "support@desk.example")).ShouldBe(DeliveryState.Sent);
                        }
                    })
                )
        );
        for (var i = 0; i < 300 && (await desk.MailsAsync()).Exists(m => m.State == InboundState.Pending); i++)
            await Task.Delay(200);
        await worker.StopAsync(default);
        (await desk.MailsAsync())
            .Select(m => $"{m.State} after {m.Attempts}: {m.Reason}")
            .Distinct(StringComparer.Ordinal)
            .ShouldBe(["Done after 1: opened"]);
        (await desk.TicketsAsync()).Select(t => t.Subject).Distinct(StringComparer.Ordinal).Count().ShouldBe(200);
    }
}
