using Helpdesk.Mail.Intake;
using Helpdesk.Tickets;
using Helpdesk.Tickets.Access;
using Helpdesk.Tickets.Data;
using Helpdesk.Tickets.Notifications;
using Microsoft.EntityFrameworkCore;
using Shouldly;

namespace Helpdesk.Mail.Tests.Intake;

public sealed class MessageMoveTests
{
    private const string File = """
        Content-Type: multipart/mixed; boundary=x

        --x
        Content-Type: text/plain

        The wrong request.
        --x
        Content-Type: text/plain; name=list.txt
        Content-Disposition: attachment; filename=list.txt

        1,2,3
        --x--

        """;

    [Theory]
    [InlineData(StorageProvider.Sqlite)]
    [InlineData(StorageProvider.Postgres)]
    public async Task A_message_goes_with_its_mail_and_files_and_comes_back_as_if_it_had_never_left(
        StorageProvider provider
    )
    {
        await using var mails = await MailDesk.OpenAsync(provider);
        var (first, second) = await TwoRequestsAsync(mails);
        var before = await mails.Desk.ReadAsync(first);
        mails.Desk.Time.Advance(TimeSpan.FromHours(1));
        var mail = await mails.ReceiveAsync(
            $"From: Ann Ash <ann@example.org>\nTo: x\nSubject: Re\nMessage-ID: <m@example.org>\n{File}",
            to: await ReplyAddressAsync(mails, first)
        );
        mail.TicketId.ShouldBe(first);
        var message = (await mails.Desk.ReadAsync(first)).Messages[^1];
        (await MoveAsync(mails, message.Id, new MessageWish.Into(second))).ShouldBe(new MoveOutcome.Moved(second));

        var (left, joined) = (await mails.Desk.ReadAsync(first), await mails.Desk.ReadAsync(second));
        joined.Messages[^1].Id.ShouldBe(message.Id);
        (await mails.MailAsync(mail.Id)).TicketId.ShouldBe(second);
        (await mails.TicketsAsync())[1].Messages[^1].Attachments.ShouldHaveSingleItem().Name.ShouldBe("list.txt");
        left.Events[^1].Kind.ShouldBe(TicketEventKind.MessageMoved);
        joined.Events[^1].ActorName.ShouldBe("Sue");
        Clocks(left).ShouldBe(Clocks(before));
        joined.LastMessageAt.ShouldBe(message.CreatedAt);

        (await MoveAsync(mails, message.Id, new MessageWish.Back())).ShouldBe(new MoveOutcome.Moved(first));
        var back = (await mails.Desk.ReadAsync(first)).Messages[^1];
        (back.Id, back.MovedAt, back.MovedFromTicketId).ShouldBe((message.Id, null, null));
        (await mails.MailAsync(mail.Id)).TicketId.ShouldBe(first);
    }

    [Fact]
    public async Task Moves_are_taken_back_one_by_one_the_last_one_first()
    {
        await using var mails = await MailDesk.OpenAsync();
        var (first, second) = await TwoRequestsAsync(mails);
        await mails.ReceiveAsync(MailDesk.Eml("Re", "More."), to: await ReplyAddressAsync(mails, first));
        await mails.ReceiveAsync(
            MailDesk.Eml(from: "Bob <bob@example.org>", subject: "Bob's own"),
            from: "bob@example.org"
        );
        var bobs = (await mails.TicketsAsync())[^1].Id;
        var message = (await mails.Desk.ReadAsync(first)).Messages[^1].Id;
        await MoveAsync(mails, message, new MessageWish.Into(second));
        await MoveAsync(mails, message, new MessageWish.Into(bobs, IsConfirmed: true, IsReleased: true));
        await MoveAsync(mails, message, new MessageWish.Into(second, IsConfirmed: true));
        var trail = new List<long>();
        for (var i = 0; i < 3; i++)
        {
            trail.Add(
                (await MoveAsync(mails, message, new MessageWish.Back())).ShouldBeOfType<MoveOutcome.Moved>().TicketId
            );
            var here = (await mails.Desk.ReadAsync(trail[^1])).Messages.Single(m => m.Id == message);
            here.FromOtherSender.ShouldBeFalse(); // as it was there: the customer could read it
        }
        trail.ShouldBe([bobs, second, first]);
        (await MoveAsync(mails, message, new MessageWish.Back())).ShouldBe(new MoveOutcome.NotThere());
        // after that a new move is the one that is taken back
        await MoveAsync(mails, message, new MessageWish.Into(second));
        (await MoveAsync(mails, message, new MessageWish.Back())).ShouldBe(new MoveOutcome.Moved(first));
    }

    [Fact]
    public async Task What_is_split_off_owes_a_routing_decision_and_promises_since_it_was_written()
    {
        await using var mails = await MailDesk.OpenAsync();
        var (first, _) = await TwoRequestsAsync(mails);
        await mails.Desk.ChangeAsync(
            first,
            (t, terms, now) =>
                t.Reply(new MessageContent { Text = "Here." }, Actor.System, TicketStatus.Open, terms, now)
        );
        mails.Desk.Time.Advance(TimeSpan.FromMinutes(10));
        await mails.ReceiveAsync(
            MailDesk.Eml("Another matter", "My card was swallowed."),
            to: await ReplyAddressAsync(mails, first)
        );
        var written = mails.Desk.Time.GetUtcNow();
        mails.Desk.Time.Advance(TimeSpan.FromMinutes(20));
        var message = (await mails.Desk.ReadAsync(first)).Messages[^1];

        var moved = (await MoveAsync(mails, message.Id, new MessageWish.Apart())).ShouldBeOfType<MoveOutcome.Moved>();
        var ticket = await mails.Desk.ReadAsync(moved.TicketId);
        (ticket.Subject, ticket.RoutedAt, ticket.Status).ShouldBe(("Another matter", null, TicketStatus.New));
        ticket.DueAt.ShouldBe(written.AddHours(1)); // the desk's promise for a first answer
        (await mails.Desk.ReadAsync(first)).AwaitingReplySince.ShouldBeNull();
        ticket.Notifications.ShouldBeEmpty(); // sorting is nothing to write to the customer about

        // taken back, an empty request remains, which is closed and promises nothing
        await MoveAsync(mails, message.Id, new MessageWish.Back());
        var empty = await mails.Desk.ReadAsync(moved.TicketId);
        (empty.Status, empty.DueAt, empty.NextEscalationAt).ShouldBe((TicketStatus.Closed, null, null));
        (await mails.Desk.ReadAsync(first)).AwaitingReplySince.ShouldBe(written);
    }

    [Fact]
    public async Task What_an_article_answered_is_not_forgotten_and_new_words_ask_for_a_person()
    {
        await using var mails = await MailDesk.OpenAsync();
        var (first, second) = await TwoRequestsAsync(mails);
        foreach (var id in new[] { first, second })
            await mails.Desk.ChangeAsync(
                id,
                (t, terms, now) =>
                    t.AnswerByArticle(new MessageContent { Text = "Read this." }, articleId: 1, terms, now)
            );
        await mails.Desk.ChangeAsync(first, (t, terms, now) => t.AcceptAutoAnswer(1, Actor.System, terms, now));
        var accepted = await mails.Desk.ReadAsync(first);
        mails.Desk.Time.Advance(TimeSpan.FromHours(1));
        await mails.ReceiveAsync(MailDesk.Eml("Re", "It is not."), to: await ReplyAddressAsync(mails, first));
        var message = (await mails.Desk.ReadAsync(first)).Messages[^1];
        (await MoveAsync(mails, message.Id, new MessageWish.Into(second))).ShouldBe(new MoveOutcome.Moved(second));

        var (left, joined) = (await mails.Desk.ReadAsync(first), await mails.Desk.ReadAsync(second));
        (left.FirstRespondedAt, left.Status).ShouldBe((accepted.AutoAnsweredAt, TicketStatus.Resolved));
        (joined.AutoAnswer, joined.PersonWantedAt, joined.RoutedAt).ShouldBe(
            (AutoAnswerState.Declined, mails.Desk.Time.GetUtcNow(), null)
        );
        joined.DueAt.ShouldNotBeNull();
    }

    [Fact]
    public async Task Another_customers_request_has_to_be_confirmed_and_shows_it_only_when_a_person_said_so()
    {
        await using var mails = await MailDesk.OpenAsync();
        var (first, _) = await TwoRequestsAsync(mails);
        await mails.ReceiveAsync(
            MailDesk.Eml(from: "Bob <bob@example.org>", subject: "Bob's own"),
            from: "bob@example.org"
        );
        var bobs = (await mails.TicketsAsync())[^1];
        await mails.ReceiveAsync(MailDesk.Eml("Re", "Anns words"), to: await ReplyAddressAsync(mails, first));
        var message = (await mails.Desk.ReadAsync(first)).Messages[^1];

        (await MoveAsync(mails, message.Id, new MessageWish.Into(bobs.Id))).ShouldBeOfType<MoveOutcome.OtherCustomer>();
        (await mails.Desk.ReadAsync(bobs.Id)).Messages.Count.ShouldBe(1);
        await MoveAsync(mails, message.Id, new MessageWish.Into(bobs.Id, IsConfirmed: true));
        (await ReadableByGuestAsync(mails, bobs)).ShouldBe(1);
        (await mails.Desk.ReadAsync(bobs.Id)).Messages[^1].SenderAddress.ShouldBe("ann@example.org");

        await MoveAsync(mails, message.Id, new MessageWish.Back());
        var back = (await mails.Desk.ReadAsync(first)).Messages[^1];
        (back.FromOtherSender, back.SenderAddress).ShouldBe((false, null));
        await MoveAsync(mails, message.Id, new MessageWish.Into(bobs.Id, IsConfirmed: true, IsReleased: true));
        (await ReadableByGuestAsync(mails, bobs)).ShouldBe(2);
    }

    [Fact]
    public async Task Later_answers_go_where_the_message_is_now()
    {
        await using var mails = await MailDesk.OpenAsync();
        var (first, second) = await TwoRequestsAsync(mails);
        var address = await ReplyAddressAsync(mails, first);
        await mails.ReceiveAsync(MailDesk.Eml("Re", "Belongs to the second", id: "moved"), to: address);
        var message = (await mails.Desk.ReadAsync(first)).Messages[^1];
        await MoveAsync(mails, message.Id, new MessageWish.Into(second));

        var follows = await mails.ReceiveAsync(
            MailDesk.Eml("Re", "One more word", more: "In-Reply-To: <moved@example.org>"),
            to: address
        );
        (follows.TicketId, follows.Reason).ShouldBe((second, "moved"));
        // what answers something else stays, and what proves nothing opens a request: a moved mail's id is no proof
        (await mails.ReceiveAsync(MailDesk.Eml("Re", "Another thing"), to: address)).TicketId.ShouldBe(first);
        (await mails.ReceiveAsync(MailDesk.Eml("Re", "x", more: "In-Reply-To: <moved@example.org>"))).Reason.ShouldBe(
            "opened"
        );
    }

    [Fact]
    public async Task Answers_to_a_request_of_which_nothing_is_left_go_where_its_message_went()
    {
        await using var mails = await MailDesk.OpenAsync();
        var (first, second) = await TwoRequestsAsync(mails);
        var address = await ReplyAddressAsync(mails, second);
        await MoveAsync(mails, (await mails.Desk.ReadAsync(second)).Messages[0].Id, new MessageWish.Into(first));
        (await mails.Desk.ReadAsync(second)).Status.ShouldBe(TicketStatus.Closed);

        (await mails.ReceiveAsync(MailDesk.Eml("Re", "And?"), to: address)).TicketId.ShouldBe(first);
        (await mails.Desk.ReadAsync(second)).Status.ShouldBe(TicketStatus.Closed);
    }

    [Fact]
    public async Task The_token_of_one_customer_does_not_speak_for_another_to_whom_a_message_was_moved()
    {
        await using var mails = await MailDesk.OpenAsync();
        await mails.ReceiveAsync(MailDesk.Eml("Ann's own"));
        await mails.ReceiveAsync(
            MailDesk.Eml(from: "Bob <bob@example.org>", subject: "Bob's own"),
            from: "bob@example.org"
        );
        var (anns, bobs) = ((await mails.TicketsAsync())[0], (await mails.TicketsAsync())[1]);
        var address = await ReplyAddressAsync(mails, anns.Id);
        await MoveAsync(mails, anns.Messages[0].Id, new MessageWish.Into(bobs.Id, IsConfirmed: true));

        var forged = await mails.ReceiveAsync(
            MailDesk.Eml(from: "Bob <bob@example.org>", subject: "Re"),
            from: "bob@example.org",
            to: address
        );
        (forged.TicketId, forged.Reason).ShouldBe((bobs.Id, "moved"));
        var ticket = await mails.Desk.ReadAsync(bobs.Id);
        (ticket.Messages[^1].FromOtherSender, ticket.Customer.VerifiedAt).ShouldBe((true, null));
        (await ReadableByGuestAsync(mails, ticket)).ShouldBe(1);

        await mails.ReceiveAsync(
            """
            From: MAILER-DAEMON@mx.example.org
            To: x
            Subject: Undelivered
            Message-ID: <bounce@example.org>
            Content-Type: multipart/report; report-type=delivery-status; boundary=x

            --x
            Content-Type: message/delivery-status

            Reporting-MTA: dns; mx.example.org

            Final-Recipient: rfc822; bob@example.org
            Action: failed
            Status: 5.1.1
            --x--

            """,
            from: "",
            to: address
        );
        (await mails.Desk.ReadAsync(bobs.Id)).Customer.UndeliverableAt.ShouldBeNull();
    }

    [Fact]
    public async Task Who_may_not_change_a_request_moves_nothing_and_neither_does_who_saw_an_older_one()
    {
        await using var mails = await MailDesk.OpenAsync();
        var (first, second) = await TwoRequestsAsync(mails);
        await mails.Desk.ChangeAsync(second, (t, _, now) => t.MoveTo(mails.Desk.Team, Actor.System, now));
        var ticket = await mails.Desk.ReadAsync(first);
        var stranger = new Viewer.Staff(Guid.NewGuid(), "Sam", SeesAll: false, IsAdministrator: false, []);
        var moves = mails.Desk.Get<MessageMoves>();

        var into = new MessageWish.Into(second);
        (await moves.MoveAsync(stranger, ticket.Messages[0].Id, ticket.Version, into)).ShouldBe(
            new MoveOutcome.NotThere()
        );
        (await moves.MoveAsync(Sue, ticket.Messages[0].Id, ticket.Version - 1, into)).ShouldBe(
            new MoveOutcome.Conflict()
        );
        (
            await moves.MoveAsync(Sue, ticket.Messages[0].Id, ticket.Version, new MessageWish.Apart())
        ).ShouldBeOfType<MoveOutcome.Refused>();
        (await mails.TicketsAsync()).Count.ShouldBe(2);
    }

    private static readonly Viewer.Staff Sue = new(Guid.NewGuid(), "Sue", SeesAll: true, IsAdministrator: false, []);

    private static Task<MoveOutcome> MoveAsync(MailDesk mails, long messageId, MessageWish wish) =>
        mails.Desk.Get<MessageMoves>().MoveAsync(Sue, messageId, seenVersion: null, wish);

    private static async Task<(long First, long Second)> TwoRequestsAsync(MailDesk mails)
    {
        await mails.ReceiveAsync(MailDesk.Eml("The first"));
        mails.Desk.Time.Advance(TimeSpan.FromMinutes(5));
        await mails.ReceiveAsync(MailDesk.Eml("The second", "Something else."));
        mails.Desk.Time.Advance(TimeSpan.FromMinutes(5));
        var tickets = await mails.TicketsAsync();
        return (tickets[0].Id, tickets[1].Id);
    }

    private static async Task<string> ReplyAddressAsync(MailDesk mails, long ticketId)
    {
        var ticket = (await mails.TicketsAsync()).Single(t => t.Id == ticketId);
        return ReplyAddress.For(ticketId, ticket.CustomerId, await mails.Desk.PictureAsync());
    }

    private static async Task<int> ReadableByGuestAsync(MailDesk mails, Ticket ticket)
    {
        await using var db = mails.Desk.OpenDatabase();
        return await db
            .Messages.Where(m => m.TicketId == ticket.Id)
            .ReadableTo(new Viewer.Guest(ticket.Id, ticket.CustomerId))
            .CountAsync();
    }

    private static object Clocks(Ticket t) =>
        (t.Status, t.FirstRespondedAt, t.AwaitingReplySince, t.LastMessageAt, t.DueAt, t.DueTarget, t.Reopenings);
}
