using System.Globalization;
using System.Text;
using Helpdesk.Mail.Intake;
using Helpdesk.Mail.Mime;
using Helpdesk.Mail.Outbound;
using Helpdesk.Tickets;
using Helpdesk.Tickets.Blobs;
using Helpdesk.Tickets.Data;
using Helpdesk.Tickets.Notifications;
using Helpdesk.Tickets.Settings;
using Microsoft.EntityFrameworkCore;
using Shouldly;
using static Helpdesk.Mail.Tests.MailDesk;

namespace Helpdesk.Mail.Tests.Outbound;

public class OutboundSenderTests
{
    [Theory]
    [InlineData(StorageProvider.Sqlite)]
    [InlineData(StorageProvider.Postgres)]
    public async Task A_notification_goes_out_once_and_is_marked_sent(StorageProvider provider)
    {
        await using var desk = await MailDesk.OpenAsync(provider);
        await AcknowledgeAsync(desk);
        await desk.SendAsync();
        await desk.SendAsync();
        var mail = desk.Outgoing.Mails.ShouldHaveSingleItem();
        mail.Recipients.ShouldBe(["ann@example.org"]);
        var row = (await desk.NotificationsAsync()).ShouldHaveSingleItem();
        (row.MailState, row.MailAttempts, row.MailNextAttemptAt).ShouldBe((MailState.Sent, 1, null));
        row.MailSentAt.ShouldBe(desk.Desk.Time.GetUtcNow());
    }

    [Fact]
    public async Task An_acknowledgement_says_that_a_machine_wrote_it_answers_the_mail_and_can_be_answered()
    {
        await using var desk = await MailDesk.OpenAsync();
        var ticketId = await AcknowledgeAsync(desk, Eml(id: "first"));
        await desk.SendAsync();
        var sent = MimeParser.Parse(desk.Outgoing.Mails.ShouldHaveSingleItem().Raw);
        sent.Headers.First("Auto-Submitted").ShouldBe("auto-replied");
        sent.Headers.First("X-Auto-Response-Suppress").ShouldBe("All");
        sent.InReplyTo.ShouldBe("first@example.org");
        sent.From[0].ShouldBe(new Mailbox("Larch Bank", "support@desk.example"));
        var row = (await desk.NotificationsAsync()).Single();
        sent.MessageId.ShouldBe(row.MailMessageId);
        var picture = await desk.Desk.PictureAsync();
        picture.Tokens.TryReadMessageId(sent.MessageId!, out var token).ShouldBeTrue();
        token.ShouldBe(row.Token);
        ReplyAddress.TryRead(sent.ReplyTo[0].Address, picture, out var answered).ShouldBeTrue();
        answered.ShouldBe(ticketId);
        desk.Outgoing.Mails[0].ReturnPath.ShouldBe(sent.ReplyTo[0].Address);
    }

    [Fact]
    public async Task An_address_that_nobody_has_proven_gets_none_of_its_words_back()
    {
        await using var desk = await MailDesk.OpenAsync();
        var ticketId = await AcknowledgeAsync(
            desk,
            Eml("Buy cheap pills", "Click evil.example", "Pills Now <ann@example.org>")
        );
        await desk.SendAsync();
        var raw = Encoding.UTF8.GetString(desk.Outgoing.Mails.ShouldHaveSingleItem().Raw.Span);
        raw.ShouldNotContain("ills");
        raw.ShouldNotContain("evil");
        raw.ShouldContain($"[{ticketId}]");
    }

    [Fact]
    public async Task Neither_does_the_letter_after_a_silence()
    {
        await using var desk = await MailDesk.OpenAsync();
        var ticketId = await AnswerByArticleAsync(
            desk,
            Eml("Buy cheap pills", "Click evil.example", "Pills Now <ann@example.org>")
        );
        await desk.SendAsync();
        await desk.Desk.ChangeAsync(ticketId, (ticket, terms, now) => ticket.EndSilence(terms, now));
        await desk.SendAsync();
        desk.Outgoing.Mails.Count.ShouldBe(2);
        foreach (var mail in desk.Outgoing.Mails)
        {
            var raw = Encoding.UTF8.GetString(mail.Raw.Span);
            raw.ShouldNotContain("ills");
            raw.ShouldNotContain("evil");
        }
    }

    [Fact]
    public async Task An_article_that_a_person_overtook_stays_here()
    {
        await using var desk = await MailDesk.OpenAsync();
        await AnswerAsync(desk, await AnswerByArticleAsync(desk, Eml()), "A person writes.");
        await desk.SendAsync();
        var raw = Encoding.UTF8.GetString(desk.Outgoing.Mails.ShouldHaveSingleItem().Raw.Span);
        raw.ShouldContain("A person writes.");
        var kept = (await desk.NotificationsAsync()).Single(n => n.Kind is NotificationKind.AutoAnswer);
        (kept.MailState, kept.MailRemark).ShouldBe((MailState.Suppressed, "overtaken"));
    }

    [Fact]
    public async Task A_specialists_answer_goes_out_with_its_text_and_quotes_what_it_answers()
    {
        await using var desk = await MailDesk.OpenAsync();
        var ticketId = (await desk.ReceiveAsync(Eml())).TicketId!.Value;
        await AnswerAsync(desk, ticketId, "Your card is on its way.");
        await desk.SendAsync();
        var sent = MimeParser.Parse(desk.Outgoing.Mails.ShouldHaveSingleItem().Raw);
        sent.Subject.ShouldBe($"Re: Where is my card [{ticketId}]");
        sent.Headers.Has("Auto-Submitted").ShouldBeFalse();
        sent.TextBody!.ShouldContain("Your card is on its way.");
        sent.TextBody!.ShouldContain("> I ordered it two weeks ago.");
        sent.TextBody!.ShouldContain("Anna Alder\nLarch Bank");
    }

    [Fact]
    public async Task Notes_never_leave_the_house()
    {
        await using var desk = await MailDesk.OpenAsync();
        var ticketId = (await desk.ReceiveAsync(Eml())).TicketId!.Value;
        await desk.Desk.ChangeAsync(
            ticketId,
            (ticket, _, now) =>
                ticket.AddNote(
                    new MessageContent { Text = "between us" },
                    Actor.Staff(desk.Desk.Anna.Id, desk.Desk.Anna.Name),
                    now
                )
        );
        await AnswerAsync(desk, ticketId, "Hello.");
        await desk.SendAsync();
        Encoding.UTF8.GetString(desk.Outgoing.Mails.ShouldHaveSingleItem().Raw.Span).ShouldNotContain("between us");
    }

    [Fact]
    public async Task What_the_server_cannot_take_now_is_tried_again_later_with_the_same_id()
    {
        await using var desk = await MailDesk.OpenAsync();
        await AcknowledgeAsync(desk);
        desk.Outgoing.Answer = _ => DeliveryState.TryLater;
        var ids = new HashSet<string?>(StringComparer.Ordinal);
        foreach (var minutes in (int[])[1, 2, 4, 8, 16, 32, 60, 60])
        {
            await desk.SendAsync();
            var row = (await desk.NotificationsAsync()).Single();
            row.MailState.ShouldBe(MailState.Pending);
            row.MailNextAttemptAt.ShouldBe(desk.Desk.Time.GetUtcNow().AddMinutes(minutes));
            ids.Add(row.MailMessageId);
            desk.Desk.Time.Advance(TimeSpan.FromMinutes(minutes));
        }
        desk.Outgoing.Answer = _ => DeliveryState.Sent;
        await desk.SendAsync();
        var sent = MimeParser.Parse(desk.Outgoing.Mails.ShouldHaveSingleItem().Raw);
        ids.ShouldBe([sent.MessageId]);
    }

    [Fact]
    public async Task A_domain_that_takes_nothing_rests_while_others_get_their_mail()
    {
        await using var desk = await MailDesk.OpenAsync();
        var asked = new List<string>();
        desk.Outgoing.Answer = mail =>
        {
            asked.Add(mail.Recipients[0]);
            return mail.Recipients[0].EndsWith("@slow.example", StringComparison.Ordinal)
                ? DeliveryState.TryLater
                : DeliveryState.Sent;
        };
        foreach (var name in (string[])["a@slow", "b@slow", "c@slow", "d@slow", "e@quick"])
            await AcknowledgeAsync(desk, Eml(from: $"{name}.example"));
        await desk.SendAsync();
        asked.ShouldBe(["a@slow.example", "b@slow.example", "c@slow.example", "e@quick.example"]);
        var waiting = (await desk.NotificationsAsync()).Single(n => n.Address == "d@slow.example");
        (waiting.MailState, waiting.MailAttempts).ShouldBe((MailState.Pending, 0));
        waiting.MailNextAttemptAt.ShouldBe(desk.Desk.Time.GetUtcNow().AddMinutes(1));
        // the first that is tried again decides for the others
        desk.Desk.Time.Advance(TimeSpan.FromMinutes(1));
        asked.Clear();
        await desk.SendAsync();
        asked.Count.ShouldBe(1);
        desk.Desk.Time.Advance(TimeSpan.FromMinutes(2));
        desk.Outgoing.Answer = _ => DeliveryState.Sent;
        await desk.SendAsync();
        desk.Desk.Time.Advance(TimeSpan.FromMinutes(1)); // whoever was tried in vain had let the others go first
        await desk.SendAsync();
        (await desk.NotificationsAsync()).ShouldAllBe(n => n.MailState == MailState.Sent);
    }

    [Fact]
    public async Task One_full_mailbox_holds_nobody_else_up()
    {
        await using var desk = await MailDesk.OpenAsync();
        desk.Outgoing.Answer = mail =>
            mail.Recipients[0] == "full@example.org" ? DeliveryState.TryLater : DeliveryState.Sent;
        await AcknowledgeAsync(desk, Eml(from: "full@example.org"));
        for (var i = 0; i < 5; i++)
        {
            await desk.SendAsync();
            desk.Desk.Time.Advance(TimeSpan.FromMinutes(30));
        }
        await AcknowledgeAsync(desk);
        await desk.SendAsync();
        desk.Outgoing.Mails.ShouldHaveSingleItem().Recipients.ShouldBe(["ann@example.org"]);
    }

    [Fact]
    public async Task After_five_days_a_mail_is_given_up_and_the_ticket_says_so()
    {
        await using var desk = await MailDesk.OpenAsync();
        var ticketId = await AcknowledgeAsync(desk);
        desk.Outgoing.Answer = _ => DeliveryState.TryLater;
        desk.Desk.Time.Advance(TimeSpan.FromDays(5));
        await desk.SendAsync();
        (await desk.NotificationsAsync()).Single().MailState.ShouldBe(MailState.Failed);
        (await desk.Desk.ReadAsync(ticketId)).Events.ShouldContain(e => e.Kind == TicketEventKind.DeliveryFailed);
    }

    [Fact]
    public async Task A_refused_mail_is_not_tried_again()
    {
        await using var desk = await MailDesk.OpenAsync();
        await AcknowledgeAsync(desk);
        desk.Outgoing.Answer = _ => DeliveryState.Refused;
        await desk.SendAsync();
        desk.Desk.Time.Advance(TimeSpan.FromDays(1));
        desk.Outgoing.Answer = _ => DeliveryState.Sent;
        await desk.SendAsync();
        desk.Outgoing.Mails.ShouldBeEmpty();
        (await desk.NotificationsAsync()).Single().MailRemark.ShouldBe("said Refused");
    }

    [Fact]
    public async Task Without_a_server_the_rest_of_the_batch_loses_no_attempt()
    {
        await using var desk = await MailDesk.OpenAsync();
        for (var i = 0; i < 5; i++)
            await AcknowledgeAsync(desk, Eml(from: $"c{i}@example.org"));
        desk.Outgoing.Answer = _ => DeliveryState.Unreachable;
        await desk.SendAsync();
        (await desk.NotificationsAsync()).Select(n => n.MailAttempts).ShouldBe([1, 0, 0, 0, 0]);
        desk.Desk.Time.Advance(TimeSpan.FromMinutes(1));
        desk.Outgoing.Answer = _ => DeliveryState.Sent;
        await desk.SendAsync();
        desk.Outgoing.Mails.Count.ShouldBe(5);
    }

    [Fact]
    public async Task Nobody_outside_gets_more_automatic_mail_than_the_budget()
    {
        await using var desk = await MailDesk.OpenAsync();
        for (var i = 0; i < 5; i++)
            await AcknowledgeAsync(desk, Eml($"Mail {i}"));
        await desk.SendAsync();
        desk.Outgoing.Mails.Count.ShouldBe(3);
        (await desk.NotificationsAsync())
            .Count(n => n is { MailState: MailState.Suppressed, MailRemark: "budget" })
            .ShouldBe(2);
        // a person's answer is no automatic mail
        await AnswerAsync(desk, (await desk.TicketsAsync())[4].Id, "Hello.");
        desk.Desk.Time.Advance(TimeSpan.FromMinutes(1));
        await desk.SendAsync();
        desk.Outgoing.Mails.Count.ShouldBe(4);
    }

    [Fact]
    public async Task A_crash_between_the_servers_yes_and_our_mark_repeats_the_same_mail_and_no_other()
    {
        await using var desk = await MailDesk.OpenAsync();
        await AcknowledgeAsync(desk);
        desk.Failpoints.Arm(Failpoints.BeforeSentMark);
        await Should.ThrowAsync<FailpointException>(() => desk.SendAsync());
        await desk.SendAsync(); // still claimed
        desk.Outgoing.Mails.Count.ShouldBe(1);
        await desk.Desk.Get<OutboundSender>().ReleaseClaimsAsync();
        await desk.SendAsync();
        desk.Outgoing.Mails.Count.ShouldBe(2);
        desk.Outgoing.Mails.Select(m => MimeParser.Parse(m.Raw).MessageId)
            .Distinct(StringComparer.Ordinal)
            .Count()
            .ShouldBe(1);
        await desk.SendAsync();
        desk.Outgoing.Mails.Count.ShouldBe(2);
    }

    [Fact]
    public async Task Behind_the_mark_nothing_is_sent_again()
    {
        await using var desk = await MailDesk.OpenAsync();
        await AcknowledgeAsync(desk);
        desk.Failpoints.Arm(Failpoints.AfterSentMark);
        await Should.ThrowAsync<FailpointException>(() => desk.SendAsync());
        await desk.Desk.Get<OutboundSender>().ReleaseClaimsAsync();
        desk.Desk.Time.Advance(TimeSpan.FromDays(1));
        await desk.SendAsync();
        desk.Outgoing.Mails.Count.ShouldBe(1);
    }

    [Theory]
    [InlineData(StorageProvider.Sqlite)]
    [InlineData(StorageProvider.Postgres)]
    public async Task Two_nodes_share_the_work_and_double_nothing(StorageProvider provider)
    {
        await using var desk = await MailDesk.OpenAsync(provider);
        for (var i = 0; i < 60; i++)
            await desk.AcceptAsync(Eml(from: $"c{i}@example.org"));
        await desk.IntakeAsync();
        foreach (var ticket in await desk.TicketsAsync())
            await desk.Desk.ChangeAsync(ticket.Id, (t, _, now) => t.Acknowledge(null, now));
        var other = Microsoft.Extensions.DependencyInjection.ActivatorUtilities.CreateInstance<OutboundSender>(
            desk.Desk.Services
        );
        var gate = new Lock();
        var ids = new List<string?>();
        desk.Outgoing.Answer = mail =>
        {
            lock (gate)
                ids.Add(MimeParser.Parse(mail.Raw).MessageId);
            return DeliveryState.Refused; // keeps the list of sent mails out of the race
        };
        async Task WorkAsync(OutboundSender sender)
        {
            while ((await sender.RunAsync()).Due > 0) { }
        }
        await Task.WhenAll(
            Task.Run(() => WorkAsync(desk.Desk.Get<OutboundSender>())),
            Task.Run(() => WorkAsync(other))
        );
        ids.Count.ShouldBe(60);
        ids.Distinct(StringComparer.Ordinal).Count().ShouldBe(60);
    }

    [Theory]
    [InlineData("link", "until")]
    [InlineData("url", "expiresAt")]
    public async Task A_link_that_opens_something_is_forgotten_once_it_is_sent(string link, string until)
    {
        await using var desk = await MailDesk.OpenAsync();
        await using (var db = desk.Desk.OpenDatabase())
        {
            db.Notifications.Add(
                Notification.ToAddress(
                    NotificationKind.SignInLink,
                    "ann@example.org",
                    new Dictionary<string, string>(StringComparer.Ordinal)
                    {
                        [link] = "http://localhost:5080/account/link/secret",
                        [until] = desk.Desk.Time.GetUtcNow().AddHours(1).ToString("O"),
                    },
                    desk.Desk.Time.GetUtcNow()
                )
            );
            await db.SaveChangesAsync();
        }
        await desk.SendAsync();
        var sent = MimeParser.Parse(desk.Outgoing.Mails.ShouldHaveSingleItem().Raw);
        sent.Subject.ShouldBe("Sign in to Larch Bank");
        sent.TextBody!.ShouldContain("http://localhost:5080/account/link/secret");
        sent.TextBody!.ShouldContain("It works until 11:00 today (Etc/UTC).");
        (await desk.NotificationsAsync()).Single().Data.ShouldBeNull();
    }

    [Theory]
    [InlineData("Lost card", "Lost card")]
    [InlineData(null, "none of the known topics")]
    public async Task A_letter_about_corrections_says_whose_they_are_and_where_they_go(string? topic, string said)
    {
        await using var desk = await MailDesk.OpenAsync();
        await using (var db = desk.Desk.OpenDatabase())
        {
            var facts = new Dictionary<string, string>(StringComparer.Ordinal)
            {
                ["link"] = "/supervise/routing/learning#shifts",
                ["person"] = "Boris",
                ["requests"] = "30",
            };
            if (topic is not null)
                facts["topic"] = topic;
            db.Notifications.Add(
                Notification.ToColleague(
                    NotificationKind.LabelShift,
                    desk.Desk.Anna.Id,
                    "anna@desk.example",
                    facts,
                    desk.Desk.Time.GetUtcNow()
                )
            );
            await db.SaveChangesAsync();
        }
        await desk.SendAsync();
        var sent = MimeParser.Parse(desk.Outgoing.Mails.ShouldHaveSingleItem().Raw);
        sent.Subject.ShouldBe($"Corrections wait for your decision: {said}");
        sent.TextBody!.ShouldContain($"Boris has moved 30 requests to “{said}”");
        sent.TextBody!.ShouldContain("what Boris corrects from then on");
    }

    [Fact]
    public async Task Files_go_along_within_the_desks_limit_and_the_rest_is_offered_by_links_that_end()
    {
        await using var desk = await MailDesk.OpenAsync();
        await using (var db = desk.Desk.OpenDatabase())
        {
            var settings = await db.DeskSettings.SingleAsync();
            (settings.MaxAttachedMegabytes, settings.FileLinkDays) = (1, 7);
            await db.SaveChangesAsync();
        }
        desk.Desk.Get<DeskDirectory>().Forget();
        var ticketId = (await desk.ReceiveAsync(Eml())).TicketId!.Value;
        var files = await StoreAsync(desk, ("film.mp4", 1_500_000), ("plan.pdf", 900_000), ("second.pdf", 400_000));
        await desk.Desk.ChangeAsync(
            ticketId,
            (ticket, terms, now) =>
                ticket.Reply(
                    new MessageContent { Text = "See the files.", Attachments = files },
                    Actor.Staff(desk.Desk.Anna.Id, desk.Desk.Anna.Name),
                    TicketStatus.Waiting,
                    terms,
                    now
                )
        );
        var written = desk.Desk.Time.GetUtcNow();
        await desk.SendAsync();
        var sent = MimeParser.Parse(desk.Outgoing.Mails.ShouldHaveSingleItem().Raw);
        sent.Attachments.ShouldHaveSingleItem().Name.ShouldBe("plan.pdf");
        foreach (var part in new[] { sent.TextBody!, sent.HtmlBody! })
        {
            part.ShouldContain("film.mp4 (1.4 MB)");
            part.ShouldContain("second.pdf (391 KB)");
            part.ShouldNotContain("plan.pdf");
            part.ShouldContain(
                string.Create(CultureInfo.InvariantCulture, $"until {written.AddDays(7):d MMMM} at {written:HH:mm}")
            );
        }
        var tokens = (await desk.Desk.Get<DeskDirectory>().GetAsync(TestContext.Current.CancellationToken)).Tokens;
        var address = sent.TextBody!.Split().First(w => w.Contains("/f/", StringComparison.Ordinal));
        var link = tokens.ReadFile(address[(address.LastIndexOf('/') + 1)..])!;
        (link.TicketId, link.Until).ShouldBe((ticketId, written.AddDays(7)));
    }

    [Fact]
    public async Task Words_of_another_language_stand_in_a_letter_that_is_all_of_that_language()
    {
        await using var desk = await MailDesk.OpenAsync();
        var ticketId = await AnswerByArticleAsync(desk, Eml());
        await using (var db = desk.Desk.OpenDatabase())
        {
            (await db.Customers.SingleAsync()).Language = "de";
            db.Add(
                new MailTemplate
                {
                    TeamId = LetterWords.Desk,
                    Kind = NotificationKind.AutoAnswer,
                    Language = "de",
                    Subject = "Antwort {number}",
                    Heading = "",
                    Text = "{message}\n\nBis {due}.",
                    Button = "Das war es",
                    Footer = "",
                    ChangedAt = desk.Desk.Time.GetUtcNow(),
                }
            );
            await db.SaveChangesAsync();
        }
        await desk.SendAsync();
        var text = MimeParser.Parse(desk.Outgoing.Mails.ShouldHaveSingleItem().Raw).TextBody!;
        text.ShouldContain($"Larch Bank · Anfrage {ticketId}");
        text.ShouldContain("Das war es:");
        text.ShouldContain("Nein, ich brauche einen Menschen:");
        text.ShouldNotContain("request");
        text.ShouldNotContain("person");
    }

    [Fact]
    public async Task Both_answers_to_an_article_can_be_worded()
    {
        await using var desk = await MailDesk.OpenAsync();
        await AnswerByArticleAsync(desk, Eml());
        await using (var db = desk.Desk.OpenDatabase())
        {
            db.Add(
                new MailTemplate
                {
                    TeamId = LetterWords.Desk,
                    Kind = NotificationKind.AutoAnswer,
                    Language = "",
                    Subject = "{number}",
                    Heading = "",
                    Text = "{message}",
                    Button = "That was it",
                    OtherButton = "Not yet: ask {company}",
                    Footer = "",
                    ChangedAt = desk.Desk.Time.GetUtcNow(),
                }
            );
            await db.SaveChangesAsync();
        }
        await desk.SendAsync();
        var text = MimeParser.Parse(desk.Outgoing.Mails.ShouldHaveSingleItem().Raw).TextBody!;
        text.ShouldContain("That was it:");
        text.ShouldContain("Not yet: ask Larch Bank:");
    }

    private static async Task<List<Attachment>> StoreAsync(MailDesk desk, params (string Name, int Size)[] files)
    {
        await using var db = desk.Desk.OpenDatabase();
        var stored = new List<Attachment>();
        foreach (var (name, size) in files)
            stored.Add(
                new Attachment
                {
                    Name = name,
                    ContentType = "application/octet-stream",
                    Size = size,
                    BlobHash = await Blob.PutAsync(
                        db,
                        Enumerable.Repeat((byte)name[0], size).ToArray(),
                        CancellationToken.None
                    ),
                }
            );
        await db.SaveChangesAsync();
        return stored;
    }

    [Fact]
    public async Task Words_can_be_changed()
    {
        await using var desk = await MailDesk.OpenAsync();
        await using (var db = desk.Desk.OpenDatabase())
        {
            db.Add(
                new MailTemplate
                {
                    TeamId = LetterWords.Desk,
                    Kind = NotificationKind.Acknowledgement,
                    Language = "en",
                    Subject = "Got {number}",
                    Heading = "",
                    Text = "Dear all,\nit is number {number}.\n{nonsense} is left out.",
                    Button = "",
                    Footer = "",
                    ChangedAt = desk.Desk.Time.GetUtcNow(),
                }
            );
            await db.SaveChangesAsync();
        }
        var ticketId = await AcknowledgeAsync(desk);
        await desk.SendAsync();
        var sent = MimeParser.Parse(desk.Outgoing.Mails.ShouldHaveSingleItem().Raw);
        sent.Subject.ShouldBe($"Got {ticketId}");
        sent.TextBody!.ReplaceLineEndings("\n")
            .Trim()
            .ShouldBe($"Larch Bank · request {ticketId}\n\nDear all, it is number {ticketId}.");
    }

    private static async Task<long> AcknowledgeAsync(MailDesk desk, string? mail = null)
    {
        var ticketId = (await desk.ReceiveAsync(mail ?? Eml())).TicketId!.Value;
        await desk.Desk.ChangeAsync(ticketId, (ticket, _, now) => ticket.Acknowledge(null, now));
        return ticketId;
    }

    private static async Task<long> AnswerByArticleAsync(MailDesk desk, string mail)
    {
        var ticketId = (await desk.ReceiveAsync(mail)).TicketId!.Value;
        await desk.Desk.ChangeAsync(
            ticketId,
            (ticket, terms, now) =>
                ticket.AnswerByArticle(new MessageContent { Text = "Read this." }, articleId: 1, terms, now)
        );
        return ticketId;
    }

    private static Task AnswerAsync(MailDesk desk, long ticketId, string text) =>
        desk.Desk.ChangeAsync(
            ticketId,
            (ticket, terms, now) =>
                ticket.Reply(
                    new MessageContent { Text = text },
                    Actor.Staff(desk.Desk.Anna.Id, desk.Desk.Anna.Name),
                    TicketStatus.Waiting,
                    terms,
                    now
                )
        );
}
