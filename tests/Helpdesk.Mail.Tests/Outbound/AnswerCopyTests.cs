using System.Text;
using Helpdesk.Mail.Intake;
using Helpdesk.Mail.Mime;
using Helpdesk.Mail.Outbound;
using Helpdesk.Tickets;
using Helpdesk.Tickets.Data;
using Helpdesk.Tickets.Notifications;
using Helpdesk.Tickets.Participants;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Shouldly;
using static Helpdesk.Mail.Tests.MailDesk;

namespace Helpdesk.Mail.Tests.Outbound;

/// <summary>Answers with copies, as they go out, and what those who have one can do with it.</summary>
public sealed class AnswerCopyTests
{
    private const string Ann = "ann@example.org";
    private const string Bob = "bob@example.org";
    private const string Blind = "dan@example.net";

    [Theory]
    [InlineData(StorageProvider.Sqlite)]
    [InlineData(StorageProvider.Postgres)]
    public async Task Everybody_gets_a_mail_of_their_own_and_sees_the_open_copies_only(StorageProvider provider)
    {
        await using var house = await House.OpenAsync(provider);
        house.Sent.Keys.ShouldBe([Ann, Bob, "carol@example.net", Blind], ignoreOrder: true);
        foreach (var (recipient, (mail, raw)) in house.Sent)
        {
            mail.To.ShouldHaveSingleItem().Address.ShouldBe(Ann);
            mail.Cc.Select(m => m.Address).ShouldBe([Bob, "carol@example.net"]);
            mail.TextBody!.ShouldContain("Your card is on its way.");
            mail.Headers.Has("Bcc").ShouldBeFalse();
            if (recipient != Blind)
                raw.ShouldNotContain(Blind);
        }
        var envelopes = house.Mails.Outgoing.Mails;
        envelopes.ShouldAllBe(m => m.Recipients.Count == 1);
        house.Sent.Values.Select(s => s.Mail.MessageId).Distinct().Count().ShouldBe(4);
    }

    [Fact]
    public async Task A_copy_opens_nothing_of_the_customers_and_quotes_nothing_that_was_said_before()
    {
        await using var house = await House.OpenAsync();
        var picture = await house.Mails.Desk.PictureAsync();
        var customers = house.Sent[Ann];
        Decoded(customers.Mail).ShouldContain("/r/");
        ReplyAddress.TryRead(customers.Mail.ReplyTo[0].Address, picture, out _).ShouldBeTrue();
        foreach (var copy in new[] { Bob, Blind }.Select(a => house.Sent[a]))
        {
            var text = Decoded(copy.Mail);
            text.ShouldNotContain("/r/");
            text.ShouldNotContain("link");
            text.ShouldNotContain("I ordered it two weeks ago.");
            copy.Raw.ShouldNotContain(customers.Mail.ReplyTo[0].Address);
            copy.Raw.ShouldNotContain(customers.Mail.MessageId!);
            var replyTo = copy.Mail.ReplyTo.ShouldHaveSingleItem().Address;
            ReplyAddress.TryRead(replyTo, picture, out _).ShouldBeFalse();
            ReplyAddress.TryReadCopy(replyTo, picture, out _).ShouldBeTrue();
            replyTo.IndexOf('@', StringComparison.Ordinal).ShouldBeLessThanOrEqualTo(64);
        }
    }

    [Theory]
    [InlineData("reply-address")]
    [InlineData("message-id")]
    public async Task With_a_copy_nobody_speaks_for_the_customer(string by)
    {
        await using var house = await House.OpenAsync();
        await house.AnswerCopyAsync(Bob, from: Ann, "Please send it to Riga.", by);
        var ticket = (await house.Mails.TicketsAsync()).ShouldHaveSingleItem();
        var message = ticket.Messages.MaxBy(m => m.Id)!;
        (message.Text, message.FromOtherSender, message.SenderAddress, message.ThreadReason).ShouldBe(
            ("Please send it to Riga.", true, Ann, "copy")
        );
        ticket.Customer.VerifiedAt.ShouldBeNull();
        (await house.ParticipantsAsync()).Count.ShouldBe(2);
    }

    [Fact]
    public async Task Unless_the_desks_own_mail_server_vouches_for_the_customer()
    {
        await using var house = await House.OpenAsync(
            configure: services =>
                services.AddSingleton(Options.Create(new StaffAnswerOptions { TrustedReceiver = "mx.desk.example" })),
            more: "Authentication-Results: mx.desk.example; dmarc=pass header.from=example.org\n"
        );
        await house.AnswerCopyAsync(
            Bob,
            Ann,
            "It is me.",
            more: "Authentication-Results: mx.desk.example; dmarc=pass header.from=example.org"
        );
        var ticket = (await house.Mails.TicketsAsync()).ShouldHaveSingleItem();
        ticket.Messages.MaxBy(m => m.Id)!.FromOtherSender.ShouldBeFalse();
        ticket.Customer.VerifiedAt.ShouldBeNull(); // the token was not sent to this address
    }

    [Fact]
    public async Task A_participant_speaks_under_their_own_name_and_only_staff_reads_it()
    {
        await using var house = await House.OpenAsync();
        await house.AnswerCopyAsync(Bob, from: $"Bob Birch <{Bob}>", "It is in the post.");
        var ticket = (await house.Mails.TicketsAsync()).ShouldHaveSingleItem();
        var message = ticket.Messages.MaxBy(m => m.Id)!;
        (message.AuthorName, message.FromOtherSender, message.SenderAddress).ShouldBe(("Bob Birch", true, Bob));
        ticket.Customer.VerifiedAt.ShouldBeNull();
    }

    [Theory]
    [InlineData(Bob)]
    [InlineData(Blind)]
    [InlineData(Ann)]
    public async Task With_a_copy_nobody_reopens_the_customers_request(string from)
    {
        await using var house = await House.OpenAsync();
        await house.Mails.Desk.ChangeAsync(
            house.TicketId,
            (ticket, terms, now) => ticket.Resolve(null, null, Actor.System, terms, now)
        );
        await house.AnswerCopyAsync(from == Blind ? Blind : Bob, from, "One more thing.");
        var tickets = await house.Mails.TicketsAsync();
        tickets.Count.ShouldBe(2);
        tickets[0].Status.ShouldBe(TicketStatus.Resolved);
        tickets[1].Customer.Address.ShouldBe(from);
        (await house.Mails.MailsAsync())[^1].Reason.ShouldBe("opened-after-end");
    }

    [Theory]
    [InlineData("return-path")]
    [InlineData("message-id")]
    public async Task A_bounced_copy_marks_whoever_should_have_had_it_and_not_the_customer(string by)
    {
        await using var house = await House.OpenAsync();
        var copy = house.Sent[Bob];
        await house.Mails.ReceiveAsync(
            $"""
            From: MAILER-DAEMON@mx.example
            To: {copy.Mail.ReplyTo[0].Address}
            Subject: Undelivered
            Content-Type: multipart/report; report-type=delivery-status; boundary=b

            --b
            Content-Type: text/plain

            It could not be delivered.
            --b
            Content-Type: message/delivery-status

            Reporting-MTA: dns; mx.example

            Final-Recipient: rfc822; {Bob}
            Action: failed
            Status: 5.1.1
            Diagnostic-Code: smtp; 550 5.1.1 no such user

            --b
            Content-Type: text/rfc822-headers

            Message-ID: <{(by == "message-id" ? copy.Mail.MessageId : "unknown@x")}>
            --b--

            """,
            to: by == "return-path" ? copy.Mail.ReplyTo[0].Address : "support@desk.example",
            from: ""
        );
        var people = await house.ParticipantsAsync();
        people.Single(p => p.Address == Bob).UndeliverableAt.ShouldNotBeNull();
        people.Single(p => p.Address != Bob).UndeliverableAt.ShouldBeNull();
        var ticket = await house.Mails.Desk.ReadAsync(house.TicketId);
        ticket.Customer.UndeliverableAt.ShouldBeNull();
        ticket.Events.ShouldContain(e => e.Kind == TicketEventKind.DeliveryFailed && e.Details["address"] == Bob);
        var letters = await house.Mails.NotificationsAsync();
        letters.Single(n => n.Address == Bob).MailState.ShouldBe(MailState.Failed);
        letters.Single(n => n.Address == Ann).MailState.ShouldBe(MailState.Sent);
    }

    [Fact]
    public async Task One_refused_copy_holds_nobody_elses_up()
    {
        await using var house = await House.OpenAsync(answer: mail =>
            mail.Recipients[0] == Bob ? DeliveryState.Refused : DeliveryState.Sent
        );
        house.Sent.Keys.ShouldBe([Ann, "carol@example.net", Blind], ignoreOrder: true);
        house.Sent[Ann].Mail.Cc.Count.ShouldBe(2);
        (await house.ParticipantsAsync()).Single(p => p.Address == Bob).UndeliverableAt.ShouldNotBeNull();
        (await house.Mails.Desk.ReadAsync(house.TicketId)).Customer.UndeliverableAt.ShouldBeNull();
    }

    [Fact]
    public async Task Automatic_letters_go_to_the_customer_alone()
    {
        await using var desk = await MailDesk.OpenAsync();
        var ticketId = (await desk.ReceiveAsync(Eml(more: $"Cc: {Bob}"))).TicketId!.Value;
        await desk.Desk.ChangeAsync(ticketId, (ticket, _, now) => ticket.Acknowledge(null, now));
        await desk.Desk.ChangeAsync(
            ticketId,
            (ticket, terms, now) => ticket.Resolve(null, null, Actor.System, terms, now)
        );
        await desk.SendAsync();
        desk.Outgoing.Mails.Count.ShouldBe(2);
        desk.Outgoing.Mails.ShouldAllBe(m => m.Recipients.Single() == Ann);
        foreach (var mail in desk.Outgoing.Mails)
            Encoding.UTF8.GetString(mail.Raw.Span).ShouldNotContain(Bob);
    }

    [Fact]
    public async Task An_answer_in_copy_to_the_desk_or_to_nonsense_is_refused()
    {
        await using var desk = await MailDesk.OpenAsync();
        var ticketId = (await desk.ReceiveAsync(Eml())).TicketId!.Value;
        var settings = (await desk.Desk.PictureAsync()).Settings;
        foreach (var address in (string[])["support@desk.example", "SUPPORT+x@desk.example", "x", Ann, "a@b.org\nBcc:"])
            await Should.ThrowAsync<RuleViolationException>(
                desk.Desk.ChangeAsync(
                    ticketId,
                    (ticket, terms, now) =>
                        ticket.CopyAnswer(
                            ticket.Reply(
                                new MessageContent { Text = "Hello." },
                                Actor.Staff(desk.Desk.Anna.Id, "Anna"),
                                TicketStatus.Waiting,
                                terms,
                                now
                            ),
                            new([], [address]),
                            settings.Receives,
                            now
                        )
                )
            );
        (await desk.NotificationsAsync()).ShouldBeEmpty();
    }

    private static string Decoded(ParsedMail mail) => $"{mail.TextBody}\n{mail.HtmlBody}";

    /// <summary>A request with two people in copy, answered to all of them and to one more unseen; the answer is sent.</summary>
    private sealed class House : IAsyncDisposable
    {
        public required MailDesk Mails { get; init; }
        public required long TicketId { get; init; }

        public Dictionary<string, (ParsedMail Mail, string Raw)> Sent =>
            Mails.Outgoing.Mails.ToDictionary(
                m => m.Recipients[0],
                m => (MimeParser.Parse(m.Raw), Encoding.UTF8.GetString(m.Raw.Span)),
                StringComparer.Ordinal
            );

        public static async Task<House> OpenAsync(
            StorageProvider provider = StorageProvider.Sqlite,
            Action<IServiceCollection>? configure = null,
            string more = "",
            Func<OutgoingMail, DeliveryState>? answer = null
        )
        {
            var desk = await MailDesk.OpenAsync(provider, configure);
            desk.Outgoing.Answer = answer ?? desk.Outgoing.Answer;
            var mail = await desk.ReceiveAsync(Eml(more: $"{more}Cc: Bob <{Bob}>, carol@example.net"));
            await using var db = desk.Desk.OpenDatabase();
            var ticket = (await TicketIntake.ForChangeAsync(db, mail.TicketId!.Value))!;
            await db.Entry(ticket).Collection(t => t.Participants).LoadAsync();
            var now = desk.Desk.Time.GetUtcNow();
            var reply = ticket.Reply(
                new MessageContent { Text = "Your card is on its way." },
                Actor.Staff(desk.Desk.Anna.Id, desk.Desk.Anna.Name),
                TicketStatus.Waiting,
                null,
                now
            );
            ticket.CopyAnswer(
                reply,
                new([.. ticket.Participants.OrderBy(p => p.Id).Select(p => p.Address)], [Blind]),
                _ => false,
                now
            );
            await db.SaveChangesAsync();
            await desk.SendAsync();
            return new House { Mails = desk, TicketId = ticket.Id };
        }

        public async Task AnswerCopyAsync(
            string copyOf,
            string from,
            string text,
            string by = "reply-address",
            string more = ""
        )
        {
            var copy = Sent[copyOf].Mail;
            await Mails.ReceiveAsync(
                Eml(
                    "Re: x",
                    text,
                    from,
                    more: $"In-Reply-To: <{(by == "message-id" ? copy.MessageId : "other@example.org")}>"
                        + (more.Length > 0 ? $"\n{more}\nCc: mallory@example.net" : "\nCc: mallory@example.net")
                ),
                to: by == "reply-address" ? copy.ReplyTo[0].Address : "support@desk.example",
                from: from
            );
        }

        public async Task<List<Participant>> ParticipantsAsync()
        {
            await using var db = Mails.Desk.OpenDatabase();
            return await db.Participants.AsNoTracking().Where(p => p.TicketId == TicketId).ToListAsync();
        }

        public ValueTask DisposeAsync() => Mails.DisposeAsync();
    }
}
