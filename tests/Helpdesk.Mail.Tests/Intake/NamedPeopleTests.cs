using Helpdesk.Mail.Imap;
using Helpdesk.Mail.Intake;
using Helpdesk.Mail.Outbound;
using Helpdesk.Testing;
using Helpdesk.Tickets;
using Helpdesk.Tickets.Data;
using Helpdesk.Tickets.Participants;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;
using static Helpdesk.Mail.Tests.MailDesk;

namespace Helpdesk.Mail.Tests.Intake;

public sealed class NamedPeopleTests
{
    [Theory]
    [InlineData(StorageProvider.Sqlite)]
    [InlineData(StorageProvider.Postgres)]
    public async Task Whom_the_customers_mail_names_takes_part(StorageProvider provider)
    {
        await using var desk = await MailDesk.OpenAsync(provider);
        var mail = await desk.ReceiveAsync(
            Eml(more: "Cc: Bob Birch <Bob@example.org>, carol@example.net")
                .Replace("To: support@desk.example", "To: support@desk.example, dora@example.org")
        );
        var people = await ParticipantsAsync(desk, mail.TicketId!.Value);
        people
            .Select(p => (p.Address, p.Name, p.Origin))
            .ShouldBe(
                [
                    ("Bob@example.org", "Bob Birch", ParticipantOrigin.Mail),
                    ("carol@example.net", "", ParticipantOrigin.Mail),
                    ("dora@example.org", "", ParticipantOrigin.Mail),
                ],
                ignoreOrder: true
            );
        var ticket = await desk.Desk.ReadAsync(mail.TicketId!.Value);
        people.ShouldAllBe(p => p.MessageId == ticket.Messages[0].Id);
        ticket.Events.ShouldContain(e => e.Kind == TicketEventKind.ParticipantsAdded);
    }

    [Fact]
    public async Task Later_mails_of_the_customer_add_the_next_ones_and_nobody_twice()
    {
        await using var desk = await MailDesk.OpenAsync();
        var ticketId = (await desk.ReceiveAsync(Eml(more: "Cc: bob@example.org"))).TicketId!.Value;
        await desk.ReceiveAsync(
            Eml("Re", more: "Cc: BOB@example.org, carol@example.net"),
            to: await ReplyAddressAsync(desk, ticketId)
        );
        (await ParticipantsAsync(desk, ticketId))
            .Select(p => p.NormalizedAddress)
            .ShouldBe(["bob@example.org", "carol@example.net"]);
    }

    [Fact]
    public async Task The_desk_itself_its_mailboxes_its_staff_and_programs_never_take_part()
    {
        await using var desk = await MailDesk.OpenAsync();
        await using (var db = desk.Desk.OpenDatabase())
        {
            (await db.DeskSettings.SingleAsync()).OtherAddresses = "help@desk.example";
            db.Add(
                new ImapMailbox
                {
                    Host = "imap.example",
                    Port = 993,
                    Security = ConnectionSecurity.Tls,
                    UserName = "Inbox@mail.example",
                    ProtectedSecret = "",
                    Folder = "INBOX",
                    AfterTaking = AfterTaking.MarkRead,
                }
            );
            await db.SaveChangesAsync();
        }
        desk.Desk.Get<Helpdesk.Tickets.Settings.DeskDirectory>().Forget();
        string[] nobody =
        [
            "support@desk.example",
            "Support+abc@desk.example",
            "help+x@desk.example",
            "inbox@mail.example",
            "inbox+tag@mail.example",
            "forwarded@elsewhere.example", // where the mail arrived before it was passed on to us
            desk.Desk.Anna.Address,
            "sofia.supervisor@desk.example",
            "noreply@example.org",
            "MAILER-DAEMON@example.org",
            "bounce+123@example.org",
            "team-request@lists.example",
            "majordomo@lists.example",
            "nobody@sender.invalid",
            "ann@example.org", // the customer
            "no address",
        ];
        var mail = await desk.ReceiveAsync(
            Eml(more: $"Delivered-To: forwarded@elsewhere.example\nCc: bob@example.org, {string.Join(", ", nobody)}")
        );
        (await ParticipantsAsync(desk, mail.TicketId!.Value)).Select(p => p.Address).ShouldBe(["bob@example.org"]);
    }

    [Theory]
    [InlineData("Auto-Submitted: auto-generated")]
    [InlineData("Precedence: bulk")]
    [InlineData("List-Id: <team.lists.example>")]
    [InlineData("X-Auto-Response-Suppress: All")]
    [InlineData("Reply-To: noreply@example.org")]
    public async Task Mail_of_programs_and_lists_adds_nobody(string header)
    {
        await using var desk = await MailDesk.OpenAsync();
        var mail = await desk.ReceiveAsync(Eml(more: $"{header}\nCc: bob@example.org"));
        (await ParticipantsAsync(desk, mail.TicketId!.Value)).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_form_that_writes_for_a_visitor_adds_nobody()
    {
        await using var desk = await MailDesk.OpenAsync();
        var mail = await desk.ReceiveAsync(
            Eml(from: "no-reply@shop.example", more: "Reply-To: ann@example.org\nCc: bob@example.org")
        );
        (await ParticipantsAsync(desk, mail.TicketId!.Value)).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_mail_that_was_passed_on_to_us_takes_nobody_from_To()
    {
        await using var desk = await MailDesk.OpenAsync();
        var mail = await desk.ReceiveAsync(
            Eml(more: "Cc: bob@example.org").Replace("To: support@desk.example", "To: info@elsewhere.example")
        );
        (await ParticipantsAsync(desk, mail.TicketId!.Value)).Select(p => p.Address).ShouldBe(["bob@example.org"]);
    }

    [Fact]
    public async Task Held_and_released_mail_adds_nobody()
    {
        await using var desk = await MailDesk.OpenAsync();
        var mail = await desk.ReceiveAsync(Eml(from: "Support <support@desk.example>", more: "Cc: bob@example.org"));
        mail.State.ShouldBe(InboundState.Held);
        await using (var db = desk.Desk.OpenDatabase())
        {
            (await db.Set<InboundMail>().SingleAsync()).Release(desk.Desk.Supervisor.Id, desk.Desk.Time.GetUtcNow());
            await db.SaveChangesAsync();
        }
        await desk.IntakeAsync();
        (await desk.MailAsync(mail.Id)).State.ShouldBe(InboundState.Done);
        await using var all = desk.Desk.OpenDatabase();
        (await all.Participants.CountAsync()).ShouldBe(0);
    }

    [Fact]
    public async Task Somebody_else_with_a_valid_token_adds_nobody()
    {
        await using var desk = await MailDesk.OpenAsync();
        var ticketId = (await desk.ReceiveAsync(Eml(more: "Cc: bob@example.org"))).TicketId!.Value;
        var to = await ReplyAddressAsync(desk, ticketId);
        foreach (var from in (string[])["eve@example.net", "bob@example.org"])
            await desk.ReceiveAsync(Eml("Re", from: from, more: "Cc: mallory@example.net"), to, from);
        (await ParticipantsAsync(desk, ticketId)).Select(p => p.Address).ShouldBe(["bob@example.org"]);
    }

    [Theory]
    [InlineData("Authentication-Results: mx.desk.example; dmarc=pass header.from=example.org", 1)]
    [InlineData("Authentication-Results: mx.desk.example; dmarc=fail header.from=example.org", 0)]
    [InlineData("X-Nothing: here", 0)]
    public async Task Where_the_mail_server_vouches_for_senders_only_its_word_counts(string header, int expected)
    {
        await using var desk = await MailDesk.OpenAsync(configure: services =>
            services.AddSingleton(
                Microsoft.Extensions.Options.Options.Create(
                    new StaffAnswerOptions { TrustedReceiver = "mx.desk.example" }
                )
            )
        );
        var mail = await desk.ReceiveAsync(Eml(more: $"{header}\nCc: bob@example.org"));
        (await ParticipantsAsync(desk, mail.TicketId!.Value)).Count.ShouldBe(expected);
    }

    [Fact]
    public async Task One_mail_adds_ten_a_request_has_twenty()
    {
        await using var desk = await MailDesk.OpenAsync();
        var ticketId = (await desk.ReceiveAsync(Eml(more: $"Cc: {Many("a", 60)}"))).TicketId!.Value;
        (await ParticipantsAsync(desk, ticketId)).Count.ShouldBe(10);
        var to = await ReplyAddressAsync(desk, ticketId);
        await desk.ReceiveAsync(Eml("Re", more: $"Cc: {Many("b", 9)}"), to);
        await desk.ReceiveAsync(Eml("Re", more: $"Cc: {Many("c", 9)}"), to);
        (await ParticipantsAsync(desk, ticketId)).Count.ShouldBe(Participant.MaxPerTicket);
    }

    [Fact]
    public async Task Whom_a_person_took_off_a_reply_to_all_does_not_bring_back()
    {
        await using var desk = await MailDesk.OpenAsync();
        var ticketId = (await desk.ReceiveAsync(Eml(more: "Cc: bob@example.org"))).TicketId!.Value;
        await ChangeAsync(
            desk,
            ticketId,
            (ticket, now) => ticket.RemoveParticipant(ticket.Participants[0].Id, Anna(desk), now)
        );
        await desk.ReceiveAsync(Eml("Re", more: "Cc: bob@example.org"), to: await ReplyAddressAsync(desk, ticketId));
        (await ParticipantsAsync(desk, ticketId)).ShouldBeEmpty();
        await ChangeAsync(
            desk,
            ticketId,
            (ticket, now) =>
                ticket.AddParticipant(new("bob@example.org"), ParticipantOrigin.Staff, _ => false, Anna(desk), now)
        );
        (await ParticipantsAsync(desk, ticketId)).ShouldHaveSingleItem().Origin.ShouldBe(ParticipantOrigin.Staff);
    }

    [Fact]
    public async Task By_hand_neither_the_customer_nor_the_desk_nor_nonsense_can_be_added()
    {
        await using var desk = await MailDesk.OpenAsync();
        var ticketId = (await desk.ReceiveAsync(Eml())).TicketId!.Value;
        var settings = (await desk.Desk.PictureAsync()).Settings;
        foreach (
            var address in (string[])
                ["ann@example.org", "ANN@example.org", "support+x@desk.example", "bob", "b@x.org\r\nBcc: c@x.org"]
        )
            await Should.ThrowAsync<RuleViolationException>(
                ChangeAsync(
                    desk,
                    ticketId,
                    (ticket, now) =>
                        ticket.AddParticipant(new(address), ParticipantOrigin.Staff, settings.Receives, Anna(desk), now)
                )
            );
    }

    [Fact]
    public async Task Whom_a_moved_message_named_goes_along_and_comes_back_but_not_to_another_customer()
    {
        await using var desk = await MailDesk.OpenAsync();
        var first = (await desk.ReceiveAsync(Eml(more: "Cc: bob@example.org"))).TicketId!.Value;
        var second = (await desk.ReceiveAsync(Eml("Another matter"))).TicketId!.Value;
        var others = (await desk.ReceiveAsync(Eml(from: "fay@example.org"), from: "fay@example.org")).TicketId!.Value;
        await desk.ReceiveAsync(Eml("Re", more: "Cc: carol@example.net"), to: await ReplyAddressAsync(desk, first));
        var message = (await desk.Desk.ReadAsync(first)).Messages[^1].Id;
        await MoveAsync(desk, message, new MessageWish.Into(second));
        (await ParticipantsAsync(desk, first)).Select(p => p.Address).ShouldBe(["bob@example.org"]);
        (await ParticipantsAsync(desk, second)).Select(p => p.Address).ShouldBe(["carol@example.net"]);
        await MoveAsync(desk, message, new MessageWish.Back());
        (await ParticipantsAsync(desk, first)).Count.ShouldBe(2);
        (await ParticipantsAsync(desk, second)).ShouldBeEmpty();
        await MoveAsync(desk, message, new MessageWish.Into(others, IsConfirmed: true, IsReleased: true));
        (await ParticipantsAsync(desk, others)).ShouldBeEmpty();
    }

    private static Task<MoveOutcome> MoveAsync(MailDesk desk, long message, MessageWish wish) =>
        desk
            .Desk.Get<MessageMoves>()
            .MoveAsync(
                new(desk.Desk.Supervisor.Id, "Sue", SeesAll: true, IsAdministrator: false, []),
                message,
                seenVersion: null,
                wish
            );

    private static string Many(string name, int count) =>
        string.Join(", ", Enumerable.Range(0, count).Select(i => $"{name}{i}@example.net"));

    private static Actor Anna(MailDesk desk) => Actor.Staff(desk.Desk.Anna.Id, desk.Desk.Anna.Name);

    private static async Task ChangeAsync(MailDesk desk, long ticketId, Action<Ticket, DateTimeOffset> change)
    {
        await using var db = desk.Desk.OpenDatabase();
        var ticket = (await TicketIntake.ForChangeAsync(db, ticketId))!;
        await db.Entry(ticket).Collection(t => t.Participants).LoadAsync();
        change(ticket, desk.Desk.Time.GetUtcNow());
        await db.SaveChangesAsync();
    }

    private static async Task<List<Participant>> ParticipantsAsync(MailDesk desk, long ticketId)
    {
        await using var db = desk.Desk.OpenDatabase();
        return await db
            .Participants.AsNoTracking()
            .Where(p => p.TicketId == ticketId && p.RemovedAt == null)
            .OrderBy(p => p.Id)
            .ToListAsync();
    }

    private static async Task<string> ReplyAddressAsync(MailDesk desk, long ticketId)
    {
        var ticket = (await desk.TicketsAsync()).Single(t => t.Id == ticketId);
        return ReplyAddress.For(ticketId, ticket.CustomerId, await desk.Desk.PictureAsync());
    }
}
