using Helpdesk.Mail.Intake;
using Helpdesk.Mail.Mime;
using Helpdesk.Mail.Outbound;
using Helpdesk.Tickets;
using Helpdesk.Tickets.Access;
using Helpdesk.Tickets.Participants;
using Helpdesk.Tickets.Settings;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;

namespace Helpdesk.Mail.Tests.Intake;

/// <summary>A specialist answers the desk's notice from a mail program: over a real connection, from the notice that really went out.</summary>
public sealed class StaffAnswerTests
{
    private const string Vouched = "Authentication-Results: mx.desk.example; dmarc=pass header.from=desk.example";

    [Fact]
    public async Task What_a_specialist_answers_to_a_notice_goes_to_the_customer_and_only_that_and_once()
    {
        await using var house = await House.OpenAsync();
        var answer = house.Answer("Your card is on its way.\n\n-- \nAnna, extension 12");
        await house.SendAsync(answer);
        await house.SendAsync(answer); // the sender never heard that we have it

        var ticket = await house.TicketAsync();
        var reply = ticket.Messages[^1];
        ticket.Messages.Count.ShouldBe(3); // the customer's two and this one
        (reply.Kind, reply.Text, reply.AuthorName).ShouldBe(
            (MessageKind.Reply, "Your card is on its way.", "Anna Alder")
        );
        (reply.AuthorUserId, ticket.Status).ShouldBe((house.Desk.Anna.Id, TicketStatus.Waiting));
        ticket.Events.ShouldContain(e =>
            e.Kind == TicketEventKind.SpecialistReplied && e.ActorId == house.Desk.Anna.Id.ToString()
        );
        var sent = (await house.OutgoingToAsync("ann@example.org")).ShouldHaveSingleItem();
        var text = sent.TextBody!;
        text.ShouldContain("Your card is on its way.");
        text.ShouldNotContain("/desk/");
        text.ShouldNotContain("extension 12");
        text.ShouldNotContain("##-");
        // it answers the customer's mail; the specialist's own is nobody's business
        (await house.Mails.MailsAsync())
            .Single(m => m.Reason == "reply-address")
            .MessageId.ShouldBe(sent.InReplyTo);
    }

    [Fact]
    public async Task It_goes_in_copy_to_whom_the_notice_named()
    {
        await using var house = await House.OpenAsync();
        var ticket = await house.TicketAsync();
        await house.Desk.ChangeAsync(
            ticket.Id,
            (t, _, now) =>
                t.AddParticipant(new("bob@example.org"), ParticipantOrigin.Staff, _ => false, Actor.System, now)
        );
        var address = ReplyAddress.For(ticket.Id, ticket.CustomerId, await house.Desk.PictureAsync());
        await house.SendAsync(MailDesk.Eml("Re", "And now?"), address);
        (await house.OutgoingToAsync(house.Desk.Anna.Address))[^1]
            .TextBody!.ShouldContain("in copy to bob@example.org");
        await house.SendAsync(house.Answer("Your card is on its way."));
        var copy = (await house.OutgoingToAsync("bob@example.org")).ShouldHaveSingleItem();
        copy.TextBody!.ShouldContain("Your card is on its way.");
        copy.Cc.ShouldHaveSingleItem().Address.ShouldBe("bob@example.org");
    }

    [Theory]
    [InlineData("from", "staff-other-address")]
    [InlineData("reply-to", "staff-other-address")]
    [InlineData("unvouched", "staff-unproven")]
    [InlineData("forged-receiver", "staff-unproven")]
    [InlineData("old", "staff-expired")]
    [InlineData("disabled", "staff-disabled")]
    [InlineData("team", "staff-no-rights")]
    [InlineData("empty", "staff-empty")]
    [InlineData("quote", "staff-quote")]
    [InlineData("introduction", "staff-quote")]
    [InlineData("wrapped", "staff-quote")]
    [InlineData("moved", "staff-moved")]
    [InlineData("off", "staff-by-mail")]
    [InlineData("message-id-only", "staff-by-mail")]
    public async Task Whatever_is_missing_holds_the_mail_with_its_reason(string lack, string reason)
    {
        await using var house = await House.OpenAsync();
        var desk = house.Desk;
        var answer = house.Answer(
            lack switch
            {
                "empty" => "",
                "quote" => "See http://desk.example/desk/tickets/1",
                "wrapped" => "Solved.\n\n> ##- Answers above\n> The customer's private\nwords, wrapped",
                "introduction" => "Solved.\n\nPoststelle kirjutas esmaspäeval:\n\n> My card",
                _ => "Solved.",
            },
            from: lack == "from" ? "boris@desk.example" : null,
            more: lack switch
            {
                "reply-to" => $"{Vouched}\nReply-To: someone@example.org",
                "unvouched" => "X-Nothing: here",
                "forged-receiver" =>
                    $"Authentication-Results: mx.desk.example; dmarc=fail header.from=desk.example\n{Vouched}",
                _ => Vouched,
            }
        );
        await using (var db = desk.OpenDatabase())
        {
            if (lack == "disabled")
                await db
                    .Users.Where(u => u.Id == desk.Anna.Id)
                    .ExecuteUpdateAsync(s => s.SetProperty(u => u.DeactivatedAt, desk.Time.GetUtcNow()));
            if (lack == "off")
                await db.DeskSettings.ExecuteUpdateAsync(s => s.SetProperty(d => d.StaffAnswersByMail, false));
            if (lack == "team")
            {
                await db.TeamMembers.Where(m => m.SpecialistId == desk.Anna.Id).ExecuteDeleteAsync();
                await db.Tickets.ExecuteUpdateAsync(s =>
                    s.SetProperty(t => t.TeamId, desk.Team.Id).SetProperty(t => t.SpecialistId, (Guid?)null)
                );
            }
        }
        desk.Get<DeskDirectory>().Forget();
        if (lack == "moved")
            await house.SplitLastAsync();
        if (lack == "old")
            desk.Time.Advance(TimeSpan.FromDays(8));
        await house.SendAsync(answer, lack == "message-id-only" ? "support@desk.example" : null);

        var mail = (await house.Mails.MailsAsync())[^1];
        (mail.State, mail.Reason).ShouldBe((InboundState.Held, reason));
        foreach (var ticket in await house.Mails.TicketsAsync())
            ticket.Messages.ShouldAllBe(m => m.Kind != MessageKind.Reply);
    }

    [Fact]
    public async Task What_came_before_or_was_imported_is_not_sent_once_more()
    {
        await using var house = await House.OpenAsync();
        await house.SendAsync(house.Answer("Solved.", id: "once"));
        await house.SendAsync(house.Answer("Solved, with another footer.", id: "once"));
        var mail = (await house.Mails.MailsAsync())[^1];
        (mail.State, mail.Reason).ShouldBe((InboundState.Held, "staff-repeated"));
        (await house.TicketAsync()).Messages.Count.ShouldBe(3);

        await house.SendAsync(house.Answer("From the archive."), isImported: true);
        (await house.Mails.MailsAsync())[^1].Reason.ShouldBe("staff-repeated");
        (await house.TicketAsync()).Messages.Count.ShouldBe(3);
    }

    [Fact]
    public async Task A_notice_that_was_forwarded_serves_nobody_else()
    {
        await using var house = await House.OpenAsync();
        // a colleague with every right, writing to the address that was made for another one
        await house.SendAsync(house.Answer("Hello", from: house.Desk.Boris.Address));
        (await house.Mails.MailsAsync())[^1].Reason.ShouldBe("staff-other-address");
    }

    [Fact]
    public async Task An_absence_note_to_a_notice_answers_nobody()
    {
        await using var house = await House.OpenAsync();
        await house.SendAsync(house.Answer("I am away.", more: $"{Vouched}\nAuto-Submitted: auto-replied"));
        (await house.Mails.MailsAsync())[^1].State.ShouldBe(InboundState.Ignored);
        (await house.TicketAsync()).Messages.Count.ShouldBe(2);
    }

    [Fact]
    public async Task While_it_is_off_notices_say_where_to_answer_and_carry_no_address_for_it()
    {
        await using var house = await House.OpenAsync(isOn: false);
        house.Notice.ReplyTo.ShouldBeEmpty();
        house.Notice.TextBody!.ShouldContain("Answer on the desk");
    }

    [Theory]
    [InlineData("mx.desk.example; dmarc=pass (p=none dis=none) header.from=desk.example", true)]
    [InlineData("MX.desk.example 1; spf=fail smtp.mailfrom=x@y; dkim=pass header.d=desk.example header.s=s1", true)]
    [InlineData("mx.desk.example; spf=pass smtp.mailfrom=anna@desk.example", true)]
    [InlineData("mx.desk.example; dkim=pass header.d=evil.example", false)]
    [InlineData(
        "mx.desk.example; dmarc=fail (was dmarc=pass header.from=desk.example) header.from=desk.example",
        false
    )]
    [InlineData("mx.desk.example; dkim=none (; dmarc=pass header.from=desk.example)", false)]
    [InlineData("mx.desk.example; spf=pass reason=\"; dkim=pass header.d=desk.example\" smtp.mailfrom=x@y", false)]
    [InlineData("mx.desk.example; spf=pass smtp.mailfrom=\"anna@desk.example y\"@evil.example", false)]
    [InlineData("mx.desk.example; spf=pass smtp.mailfrom=\"anna@desk.example\"@evil.example", false)]
    [InlineData("mx.desk.example; spf=pass smtp.mailfrom=anna@desk.example; dmarc=fail", false)]
    [InlineData("mx.desk.example; dmarc = fail; dkim=pass header.d=desk.example", false)]
    [InlineData("mx.desk.example; dkim=fail header.d=desk.example; dmarc=pass header.from=desk.example", true)]
    [InlineData("mx.desk.example.evil.example; dmarc=pass header.from=desk.example", false)]
    [InlineData("mx.desk.example; none", false)]
    public void Only_the_own_servers_word_about_this_very_domain_counts(string results, bool passes)
    {
        var raw = $"Authentication-Results: {results}\r\nFrom: anna@desk.example\r\n\r\nx";
        var mail = MimeParser.Parse(System.Text.Encoding.ASCII.GetBytes(raw));
        AuthenticationResults.Pass(mail.Headers, "mx.desk.example", "desk.example").ShouldBe(passes);
    }

    private sealed class House : IAsyncDisposable
    {
        private House(MailDesk mails, Door door) => (Mails, Door) = (mails, door);

        public MailDesk Mails { get; }
        public Testing.Desk Desk => Mails.Desk;
        private Door Door { get; }

        /// <summary>What Anna got: the customer answered.</summary>
        public ParsedMail Notice { get; private set; } = null!;

        public static async Task<House> OpenAsync(bool isOn = true)
        {
            var mails = await MailDesk.OpenAsync(configure: services =>
                services
                    .Configure<StaffAnswerOptions>(_ => { })
                    .AddSingleton(
                        Microsoft.Extensions.Options.Options.Create(
                            new StaffAnswerOptions { TrustedReceiver = "mx.desk.example" }
                        )
                    )
            );
            await using (var db = mails.Desk.OpenDatabase())
                await db.DeskSettings.ExecuteUpdateAsync(s => s.SetProperty(d => d.StaffAnswersByMail, isOn));
            mails.Desk.Get<DeskDirectory>().Forget();
            var house = new House(mails, await Door.OpenAsync(mails));
            await house.SendAsync(MailDesk.Eml(), "support@desk.example");
            var ticket = (await mails.TicketsAsync()).Single();
            await mails.Desk.ChangeAsync(
                ticket.Id,
                (t, _, now) => t.AssignTo(mails.Desk.Anna, Actor.System, null, now)
            );
            var address = ReplyAddress.For(ticket.Id, ticket.CustomerId, await mails.Desk.PictureAsync());
            await house.SendAsync(MailDesk.Eml("Re", "Any news?"), address);
            house.Notice = (await house.OutgoingToAsync(mails.Desk.Anna.Address))[^1];
            mails.Desk.Time.Advance(TimeSpan.FromMinutes(5));
            return house;
        }

        /// <summary>What a mail program makes of an answer: the words, and the notice quoted below them.</summary>
        public string Answer(string words, string? from = null, string more = Vouched, string? id = null) =>
            MailDesk.Eml(
                $"Re: {Notice.Subject}",
                $"{words}\n\nOn Mon, 2 Mar 2026 at 10:00, Test Desk <support@desk.example> wrote:\n\n"
                    + string.Join('\n', Notice.TextBody!.TrimEnd().Split('\n').Select(l => $"> {l}")),
                from: $"Anna <{from ?? Desk.Anna.Address}>",
                id: id,
                more: $"In-Reply-To: <{Notice.MessageId}>\n{more}"
            );

        public async Task SendAsync(string mail, string? to = null, bool isImported = false)
        {
            (await Door.SendAsync(mail, to ?? Notice.ReplyTo[0].Address)).ShouldBe(DeliveryState.Sent);
            if (isImported)
            {
                await using var db = Desk.OpenDatabase();
                await db.Set<InboundMail>()
                    .Where(m => m.State == InboundState.Pending)
                    .ExecuteUpdateAsync(s => s.SetProperty(m => m.Channel, InboundMail.Imported));
            }
            await Mails.IntakeAsync();
        }

        /// <summary>The customer's last message becomes a request of its own.</summary>
        public async Task SplitLastAsync()
        {
            var moves = Desk.Get<MessageMoves>();
            var viewer = new Viewer.Staff(Desk.Anna.Id, Desk.Anna.Name, SeesAll: true, IsAdministrator: false, []);
            var message = (await TicketAsync()).Messages[^1];
            (
                await moves.MoveAsync(viewer, message.Id, null, new MessageWish.Apart())
            ).ShouldBeOfType<MoveOutcome.Moved>();
        }

        public async Task<Ticket> TicketAsync() => await Desk.ReadAsync((await Mails.TicketsAsync()).Single().Id);

        public async Task<List<ParsedMail>> OutgoingToAsync(string address)
        {
            await Mails.SendAsync();
            return
            [
                .. Mails.Outgoing.Mails.Where(m => m.Recipients.Contains(address)).Select(m => MimeParser.Parse(m.Raw)),
            ];
        }

        public async ValueTask DisposeAsync()
        {
            await Door.DisposeAsync();
            await Mails.DisposeAsync();
        }
    }
}
