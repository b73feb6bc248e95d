using Helpdesk.Mail.Alerts;
using Helpdesk.Mail.Intake;
using Helpdesk.Mail.Mime;
using Helpdesk.Mail.Spam;
using Helpdesk.Tickets;
using Helpdesk.Tickets.Data;
using Helpdesk.Tickets.Notifications;
using Helpdesk.Tickets.Settings;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;
using static Helpdesk.Mail.Tests.MailDesk;

namespace Helpdesk.Mail.Tests.Spam;

public class SpamIntakeTests
{
    private const string Flagged = "X-Spam-Flag: YES\nX-Spam-Status: Yes, score=12.5 required=5.0";

    /// <summary>A filter that has learned one word.</summary>
    private static ValueTask<SpamReading?> KnowsPills(
        string subject,
        string text,
        CancellationToken cancellationToken
    ) =>
        ValueTask.FromResult<SpamReading?>(
            text.Contains("pills", StringComparison.Ordinal) ? new(0.98, true, ["pills"]) : new(0.01, false, [])
        );

    private static Task<MailDesk> WithFilterAsync(StorageProvider provider = StorageProvider.Sqlite) =>
        OpenAsync(provider, services => services.AddSingleton<ReadSpam>(KnowsPills));

    private static async Task SetAsync(MailDesk desk, SpamRules rules)
    {
        await using var db = desk.Desk.OpenDatabase();
        db.Add(rules);
        await db.SaveChangesAsync();
    }

    private static async Task DecideAsync(MailDesk desk, long mailId, Action<InboundMail> decide)
    {
        await using var db = desk.Desk.OpenDatabase();
        decide(await db.Set<InboundMail>().SingleAsync(m => m.Id == mailId));
        await db.SaveChangesAsync();
        await desk.IntakeAsync();
    }

    private static Actor Anna(MailDesk desk) => Actor.Staff(desk.Desk.Anna.Id, desk.Desk.Anna.Name);

    [Fact]
    public async Task A_header_counts_only_when_the_administrator_named_its_filter()
    {
        await using var desk = await OpenAsync();
        (await desk.ReceiveAsync(Eml(more: Flagged))).State.ShouldBe(InboundState.Done);
        await SetAsync(desk, new SpamRules { Filter = TrustedFilter.SpamAssassin, MostMailsOfUnknown = 10 });
        var kept = await desk.ReceiveAsync(Eml(from: "ben@example.org", more: Flagged));
        (kept.State, kept.Reason).ShouldBe((InboundState.Spam, "spam"));
        SpamEvidence.Parse(kept.SpamEvidence)!.Source.ShouldBe(SpamSource.TrustedFilter);
        (await desk.ReceiveAsync(Eml(from: "cy@example.org", more: "X-Spam-Flag: NO"))).State.ShouldBe(
            InboundState.Done
        );
        (await desk.TicketsAsync()).Count.ShouldBe(2);
        (await desk.NotificationsAsync()).ShouldBeEmpty();
    }

    [Theory]
    [InlineData(TrustedFilter.Rspamd, "X-Spamd-Result: default: True [17.20 / 15.00]; BAYES", true)]
    [InlineData(TrustedFilter.Rspamd, "X-Spamd-Result: default: False [1.20 / 15.00]; BAYES", false)]
    [InlineData(TrustedFilter.Rspamd, "X-Rspamd-Action: add header", true)]
    [InlineData(TrustedFilter.SpamAssassin, "X-Spamd-Result: default: True [17.20 / 15.00]", false)]
    [InlineData(TrustedFilter.Other, "X-Wall: junk (sure)", true)]
    [InlineData(TrustedFilter.Other, "X-Wall: clean", false)]
    public void Each_filter_is_read_as_it_writes(TrustedFilter filter, string header, bool isSpam)
    {
        var mail = MimeParser.Parse(System.Text.Encoding.UTF8.GetBytes(Eml(more: header).ReplaceLineEndings("\r\n")));
        var rules = new SpamRules
        {
            Filter = filter,
            HeaderName = "X-Wall",
            HeaderValue = "junk",
            MostMailsOfUnknown = 10,
        };
        (rules.Judge(mail.Headers) is not null).ShouldBe(isSpam);
    }

    [Theory]
    [InlineData(StorageProvider.Sqlite)]
    [InlineData(StorageProvider.Postgres)]
    public async Task What_looks_like_spam_waits_and_becomes_a_ticket_when_let_in(StorageProvider provider)
    {
        await using var desk = await WithFilterAsync(provider);
        var raw = Eml("Cheap", "Buy pills now", "Sam <sam@spam.example>");
        var kept = await desk.ReceiveAsync(raw);
        kept.State.ShouldBe(InboundState.Spam);
        var evidence = SpamEvidence.Parse(kept.SpamEvidence)!;
        (evidence.Source, evidence.Score, evidence.Words.Single()).ShouldBe((SpamSource.Learned, 0.98, "pills"));
        (await desk.AcceptAsync(raw)).ShouldBeOfType<Acceptance.Stored>().AlreadyThere.ShouldBeTrue();
        await desk.IntakeAsync();
        (await desk.TicketsAsync()).ShouldBeEmpty();

        await DecideAsync(desk, kept.Id, m => m.Release(desk.Desk.Supervisor.Id, desk.Desk.Time.GetUtcNow()));
        var ticket = (await desk.TicketsAsync()).ShouldHaveSingleItem();
        (ticket.IsSpam, ticket.Subject).ShouldBe((false, "Cheap"));
        // somebody vouched for them
        (await desk.ReceiveAsync(Eml("Again", "More pills", "sam@spam.example"))).State.ShouldBe(InboundState.Done);
    }

    [Fact]
    public async Task Discarded_it_has_no_other_outcome_and_keeps_its_bytes()
    {
        await using var desk = await WithFilterAsync();
        var kept = await desk.ReceiveAsync(Eml("Cheap", "Buy pills now"));
        var now = desk.Desk.Time.GetUtcNow();
        await DecideAsync(desk, kept.Id, m => m.Discard(desk.Desk.Supervisor.Id, now));
        Should.Throw<RuleViolationException>(() =>
            DecideAsync(desk, kept.Id, m => m.Release(desk.Desk.Supervisor.Id, now)).GetAwaiter().GetResult()
        );
        await using var db = desk.Desk.OpenDatabase();
        (await db.Set<RawMail>().AnyAsync(r => r.InboundMailId == kept.Id)).ShouldBeTrue();
        (await desk.TicketsAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task Whoever_was_answered_before_or_answers_us_is_never_kept_as_spam()
    {
        await using var desk = await WithFilterAsync();
        await SetAsync(desk, new SpamRules { Filter = TrustedFilter.SpamAssassin, MostMailsOfUnknown = 10 });
        var known = await desk.Desk.OpenTicketAsync(address: "ann@example.org");
        await desk.Desk.ChangeAsync(
            known,
            (t, terms, now) =>
                t.Reply(new MessageContent { Text = "Like this." }, Anna(desk), TicketStatus.Waiting, terms, now)
        );
        (await desk.ReceiveAsync(Eml("New", "Are these pills yours?", more: Flagged))).State.ShouldBe(
            InboundState.Done
        );

        var asked = await desk.Desk.OpenTicketAsync(address: "ben@example.org");
        var customer = (await desk.Desk.ReadAsync(asked)).CustomerId;
        var answer = await desk.ReceiveAsync(
            Eml("Re: x", "pills, I said", "ben@example.org", more: Flagged),
            to: ReplyAddress.For(asked, customer, await desk.Desk.PictureAsync())
        );
        (answer.State, answer.TicketId).ShouldBe((InboundState.Done, asked));
    }

    [Fact]
    public async Task After_a_person_called_it_spam_the_sender_waits_and_nobody_else_does()
    {
        await using var desk = await OpenAsync();
        var mail = await desk.ReceiveAsync(Eml("Offer", "Have a look", "sam@spam.example"));
        await desk.Desk.ChangeAsync(mail.TicketId!.Value, (t, _, now) => t.MarkSpam(Anna(desk), now));
        var next = await desk.ReceiveAsync(Eml("Offer 2", "Have another look", "sam@spam.example"));
        next.State.ShouldBe(InboundState.Spam);
        SpamEvidence.Parse(next.SpamEvidence)!.Source.ShouldBe(SpamSource.Sender);
        (await desk.ReceiveAsync(Eml("Offer", "Have a look", "ann@example.org"))).State.ShouldBe(InboundState.Done);
    }

    [Fact]
    public async Task Who_goes_on_with_what_was_called_spam_takes_the_judgement_back()
    {
        await using var desk = await OpenAsync();
        var mail = await desk.ReceiveAsync(Eml("Offer", "Have a look", "sam@spam.example"));
        var id = mail.TicketId!.Value;
        await desk.Desk.ChangeAsync(
            id,
            (t, terms, now) => t.AnswerByArticle(new MessageContent { Text = "Read this." }, 1, terms, now)
        );
        await desk.Desk.ChangeAsync(id, (t, _, now) => t.MarkSpam(Anna(desk), now));
        (await desk.Desk.ReadAsync(id)).AutoAnswer.ShouldBe(AutoAnswerState.Overtaken);
        var marking = (await desk.Desk.ReadAsync(id)).Events.Single(e => e.Kind == TicketEventKind.MarkedSpam);
        await desk.Desk.ChangeAsync(id, (t, terms, now) => t.UnmarkSpam(marking, Anna(desk), terms, now));
        var back = await desk.Desk.ReadAsync(id);
        (back.AutoAnswer, back.Status, back.IsSpam).ShouldBe((AutoAnswerState.Sent, TicketStatus.Waiting, false));

        await desk.Desk.ChangeAsync(id, (t, _, now) => t.MarkSpam(Anna(desk), now));
        await desk.Desk.ChangeAsync(id, (t, terms, now) => t.Reopen(Anna(desk), terms, now));
        (await desk.Desk.ReadAsync(id)).IsSpam.ShouldBe(false);
        (await desk.ReceiveAsync(Eml("Offer 2", "Have another look", "sam@spam.example"))).State.ShouldBe(
            InboundState.Done
        );
    }

    [Fact]
    public async Task What_a_supervisor_let_in_makes_its_sender_known_and_mail_without_one_has_nothing_in_common()
    {
        await using var desk = await OpenAsync();
        await SetAsync(desk, new SpamRules { MostMailsOfUnknown = 1 });
        await desk.ReceiveAsync(Eml("One", from: "shop@example.org"));
        var held = await desk.ReceiveAsync(Eml("Two", from: "shop@example.org"));
        held.State.ShouldBe(InboundState.Held);
        await using (var db = desk.Desk.OpenDatabase())
        {
            (await db.Set<InboundMail>().SingleAsync(m => m.Id == held.Id)).Release(
                desk.Desk.Anna.Id,
                desk.Desk.Time.GetUtcNow()
            );
            await db.SaveChangesAsync();
        }
        await desk.IntakeAsync();
        (await desk.MailAsync(held.Id)).State.ShouldBe(InboundState.Done);
        (await desk.ReceiveAsync(Eml("Three", from: "shop@example.org"))).State.ShouldBe(InboundState.Done);
    }

    [Fact]
    public async Task A_burst_of_somebody_unknown_is_held_and_told_once_and_hides_nobody()
    {
        await using var desk = await OpenAsync();
        await SetAsync(desk, new SpamRules { MostMailsOfUnknown = 4 });
        for (var i = 0; i < 9; i++)
            await desk.AcceptAsync(Eml($"Flood {i}", from: "flood@example.org"));
        for (var i = 0; i < 4; i++)
            await desk.AcceptAsync(Eml($"Question {i}"));
        await desk.IntakeAsync();
        var mails = await desk.MailsAsync();
        mails.Count(m => m is { State: InboundState.Held, Reason: "burst" }).ShouldBe(5);
        mails.Where(m => m.Sender == "ann@example.org").ShouldAllBe(m => m.State == InboundState.Done);
        await desk.Desk.Get<MailAlerts>().RunAsync();
        await desk.Desk.Get<MailAlerts>().RunAsync();
        (await desk.NotificationsAsync()).Count(n => n.Kind is NotificationKind.MailPilesUp).ShouldBe(1);
    }
}
