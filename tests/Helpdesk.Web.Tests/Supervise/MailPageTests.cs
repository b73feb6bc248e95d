using System.Net;
using System.Text;
using Helpdesk.Mail;
using Helpdesk.Mail.Intake;
using Helpdesk.Mail.Spam;
using Helpdesk.Tickets.Access;
using Helpdesk.Tickets.Data;
using Helpdesk.Tickets.Notifications;
using Helpdesk.Web.Components.Supervise;
using Helpdesk.Web.Tests.Desk;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;

namespace Helpdesk.Web.Tests.Supervise;

public sealed class MailPageTests : IAsyncLifetime
{
    private Testing.Desk desk = null!;
    private DeskSite site = null!;
    private HttpClient boss = null!;

    public async ValueTask InitializeAsync()
    {
        desk = await Testing.Desk.CreateAsync(
            configure: (services, configuration) =>
            {
                services.AddQueues();
                services.AddMailRooms(configuration);
                services.AddScoped<MailReview>();
            }
        );
        site = new DeskSite(desk);
        boss = site.ClientFor(desk.Supervisor.Id, Roles.Supervisor);
    }

    public async ValueTask DisposeAsync()
    {
        boss.Dispose();
        await site.DisposeAsync();
        await desk.DisposeAsync();
    }

    [Theory]
    [InlineData("/supervise/mail")]
    [InlineData("/supervise/mail/1")]
    [InlineData("/supervise/mail/1/raw")]
    public async Task A_specialist_finds_nothing_here(string address)
    {
        await HoldAsync();
        using var anna = site.ClientFor(desk.Anna.Id);
        (await anna.GetAsync(address)).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await boss.GetAsync(address)).StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Somebody_who_is_no_supervisor_any_more_gets_no_bytes()
    {
        var id = await HoldAsync();
        using var formerly = site.ClientFor(desk.Anna.Id, Roles.Supervisor); // the cookie is of yesterday
        (await formerly.GetAsync($"/supervise/mail/{id}/raw")).StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task Empty_lists_say_that_all_is_well_and_the_wall_says_nothing()
    {
        (await PageAsync("/supervise/mail")).ShouldContain("No mail is held");
        (await PageAsync("/supervise/mail?list=unprocessable")).ShouldContain("Every mail could be read");
        (await PageAsync("/supervise/mail?list=undelivered")).ShouldContain("Every letter found its way");
        (await PageAsync("/supervise")).ShouldNotContain("for a decision");
        (await boss.GetAsync("/supervise/mail/99")).StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task A_held_mail_is_listed_with_its_reason_and_shown_as_harmless_text_and_as_it_came()
    {
        var id = await HoldAsync(text: "<script>alert(1)</script> \u202Etxt.exe \u0007 end");
        (await PageAsync("/supervise")).ShouldContain("1 mail waits for a decision.");
        var list = await PageAsync("/supervise/mail");
        list.ShouldContain("Forged");
        list.ShouldContain("the desk's own address");

        var raw = await boss.GetStringAsync($"/supervise/mail/{id}");
        raw.ShouldContain("&lt;script&gt;alert(1)&lt;/script&gt;");
        WebUtility.HtmlDecode(raw).ShouldContain("\uFFFDtxt.exe \uFFFD end");

        var file = await boss.GetAsync($"/supervise/mail/{id}/raw");
        file.Content.Headers.ContentType!.MediaType.ShouldBe("message/rfc822");
        file.Content.Headers.ContentDisposition!.DispositionType.ShouldBe("attachment");
        file.Headers.GetValues("Content-Security-Policy").ShouldHaveSingleItem().ShouldContain("sandbox");
        (await file.Content.ReadAsStringAsync()).ShouldContain("<script>alert(1)</script> \u202Etxt.exe");
    }

    [Fact]
    public async Task Let_in_it_becomes_a_ticket_and_says_by_whom()
    {
        var id = await HoldAsync();
        (await DecideAsync(id, MailDecision.Release)).ShouldBe(DecisionOutcome.Done);
        await desk.Get<MailIntake>().RunAsync();
        await using (var db = desk.OpenDatabase())
            (await db.Tickets.SingleAsync()).Subject.ShouldBe("Forged");
        (await PageAsync($"/supervise/mail/{id}")).ShouldContain($"Let in by {desk.Supervisor.DisplayName}.");
        (await DecideAsync(id, MailDecision.Discard)).ShouldBe(DecisionOutcome.Gone);
    }

    [Fact]
    public async Task Discarded_it_is_off_the_list_keeps_its_bytes_and_says_by_whom()
    {
        var id = await HoldAsync();
        (await DecideAsync(id, MailDecision.Discard)).ShouldBe(DecisionOutcome.Done);
        await desk.Get<MailIntake>().RunAsync();
        (await PageAsync("/supervise/mail")).ShouldContain("No mail is held");
        var page = await PageAsync($"/supervise/mail/{id}");
        page.ShouldContain($"by {desk.Supervisor.DisplayName}.");
        page.ShouldContain("Subject: Forged");
        await using var db = desk.OpenDatabase();
        (await db.Tickets.AnyAsync()).ShouldBeFalse();
    }

    [Fact]
    public async Task Spam_has_a_list_of_its_own_that_says_why_and_one_click_lets_it_in()
    {
        var id = await StoreAsync("Sam <sam@spam.example>", "Cheap");
        await using (var db = desk.OpenDatabase())
        {
            var mail = await db.Set<InboundMail>().SingleAsync();
            mail.Describe("sam@spam.example", "Cheap");
            mail.Claim(desk.Time.GetUtcNow());
            mail.Quarantine(
                new SpamEvidence(SpamSource.Learned, 0.98, ["watches", "<i>free</i>"]),
                desk.Time.GetUtcNow()
            );
            await db.SaveChangesAsync();
        }
        (await PageAsync("/supervise")).ShouldNotContain("for a decision");
        (await PageAsync("/supervise/mail?list=held")).ShouldContain("No mail is held");
        foreach (var address in (string[])["/supervise/mail?list=spam", $"/supervise/mail/{id}"])
        {
            var page = await boss.GetStringAsync(address);
            page.ShouldContain("watches, &lt;i&gt;free&lt;/i&gt;");
            page.ShouldContain(">Not spam<");
        }
        (await DecideAsync(id, MailDecision.Release)).ShouldBe(DecisionOutcome.Done);
        await desk.Get<MailIntake>().RunAsync();
        await using (var db = desk.OpenDatabase())
            (await db.Tickets.SingleAsync()).IsSpam.ShouldBe(false);
        (await DecideAsync(id, MailDecision.Release)).ShouldBe(DecisionOutcome.Gone);
    }

    [Fact]
    public async Task What_could_not_be_read_is_tried_again()
    {
        var id = await StoreAsync("Ann <ann@example.org>", "Unreadable at first");
        await using (var db = desk.OpenDatabase())
        {
            var mail = await db.Set<InboundMail>().SingleAsync();
            mail.Claim(desk.Time.GetUtcNow());
            mail.Failed("FormatException", maxAttempts: 1, TimeSpan.Zero, desk.Time.GetUtcNow());
            await db.SaveChangesAsync();
        }
        (await PageAsync("/supervise/mail")).ShouldContain("Reading it failed each time (FormatException)"); // the first list with something in it
        foreach (var address in (string[])["/supervise/mail", $"/supervise/mail/{id}"])
            (await PageAsync(address)).ShouldContain(">Try again<", Case.Sensitive);
        (await DecideAsync(id, MailDecision.TryAgain)).ShouldBe(DecisionOutcome.Done);
        await desk.Get<MailIntake>().RunAsync();
        await using (var db = desk.OpenDatabase())
            (await db.Tickets.SingleAsync()).Subject.ShouldBe("Unreadable at first");
    }

    [Theory]
    [InlineData(InboundMail.TooLargeToTake)]
    [InlineData(InboundMail.NotGivenByServer)]
    public async Task What_lies_on_its_server_makes_no_empty_ticket(string reason)
    {
        var id = await StoreAsync("Ann <ann@example.org>", "Only its header is here");
        await using (var db = desk.OpenDatabase())
        {
            (await db.Set<InboundMail>().SingleAsync()).LeftOnServer(reason, desk.Time.GetUtcNow());
            await db.SaveChangesAsync();
        }
        (await PageAsync("/supervise/mail")).ShouldContain("still lies in its mailbox");
        foreach (var address in (string[])["/supervise/mail", $"/supervise/mail/{id}"])
            (await PageAsync(address)).ShouldNotContain(">Try again<", Case.Sensitive);
        foreach (var decision in (MailDecision[])[MailDecision.TryAgain, MailDecision.Release])
            (await DecideAsync(id, decision)).ShouldBe(DecisionOutcome.Gone);
        await desk.Get<MailIntake>().RunAsync();
        await using (var db = desk.OpenDatabase())
            (await db.Tickets.AnyAsync()).ShouldBeFalse();
        (await DecideAsync(id, MailDecision.Discard)).ShouldBe(DecisionOutcome.Done);
    }

    [Fact]
    public async Task A_letter_that_was_given_up_is_sent_again_or_dismissed_by_name()
    {
        var ticketId = await desk.OpenTicketAsync();
        await desk.ChangeAsync(ticketId, (ticket, _, now) => ticket.Acknowledge(null, now));
        var letter = await GiveUpAsync();
        var page = await PageAsync("/supervise/mail");
        page.ShouldContain("550 no such user");
        page.ShouldContain("Acknowledgement");

        (await AsAsync(desk.Supervisor.Id, review => review.SendAgainAsync(letter))).ShouldBe(DecisionOutcome.Done);
        (await LetterAsync()).MailState.ShouldBe(MailState.Pending);
        (await AsAsync(desk.Supervisor.Id, review => review.SendAgainAsync(letter))).ShouldBe(DecisionOutcome.Gone);

        await GiveUpAsync();
        (
            await AsAsync(desk.Supervisor.Id, review => review.DismissAsync(letter, who => $"Dismissed by {who.Name}"))
        ).ShouldBe(DecisionOutcome.Done);
        var dismissed = await LetterAsync();
        (dismissed.MailState, dismissed.MailRemark).ShouldBe(
            (MailState.Suppressed, $"Dismissed by {desk.Supervisor.DisplayName}")
        );
    }

    [Fact]
    public async Task Of_people_who_decide_at_once_one_does()
    {
        var ticketId = await desk.OpenTicketAsync();
        await desk.ChangeAsync(ticketId, (ticket, _, now) => ticket.Acknowledge(null, now));
        var letter = await GiveUpAsync();
        desk.Time.Advance(TimeSpan.FromDays(9));
        var id = await HoldAsync();

        var letters = await Task.WhenAll(
            Enumerable.Range(0, 4).Select(_ => AsAsync(desk.Supervisor.Id, review => review.SendAgainAsync(letter)))
        );
        var mails = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => DecideAsync(id, MailDecision.Release)));

        letters
            .Order()
            .ShouldBe([DecisionOutcome.Done, DecisionOutcome.Gone, DecisionOutcome.Gone, DecisionOutcome.Gone]);
        mails
            .Order()
            .ShouldBe([DecisionOutcome.Done, DecisionOutcome.Gone, DecisionOutcome.Gone, DecisionOutcome.Gone]);
        // the days in which it is tried begin again
        (await LetterAsync()).MailQueuedAt.ShouldBe(desk.Time.GetUtcNow());
    }

    [Fact]
    public async Task Only_who_supervises_now_decides()
    {
        var id = await HoldAsync();
        (await AsAsync(desk.Anna.Id, review => review.DecideAsync(id, MailDecision.Release))).ShouldBe(
            DecisionOutcome.NotYours
        );
        (await AsAsync(desk.Anna.Id, review => review.SendAgainAsync(1))).ShouldBe(DecisionOutcome.NotYours);
        (await PageAsync("/supervise/mail")).ShouldContain("Forged");
    }

    // ---- the desk before the test

    private async Task<long> HoldAsync(string text = "Words.")
    {
        var id = await StoreAsync("Support <support@desk.example>", "Forged", text);
        await desk.Get<MailIntake>().RunAsync();
        return id;
    }

    private async Task<long> StoreAsync(string from, string subject, string text = "Words.")
    {
        var raw =
            $"From: {from}\r\nTo: support@desk.example\r\nSubject: {subject}\r\nMessage-ID: <{Guid.NewGuid():N}@x>\r\n"
            + $"Content-Type: text/plain; charset=utf-8\r\n\r\n{text}\r\n";
        var envelope = new MailEnvelope("x@example.org", ["support@desk.example"], "smtp");
        var answer = await desk.Get<InboundQueue>().AcceptAsync(Encoding.UTF8.GetBytes(raw), envelope);
        return answer.ShouldBeOfType<Acceptance.Stored>().Id;
    }

    private async Task<long> GiveUpAsync()
    {
        await using var db = desk.OpenDatabase();
        var letter = await db.Notifications.SingleAsync();
        (letter.MailState, letter.MailRemark) = (MailState.Failed, "550 no such user");
        await db.SaveChangesAsync();
        return letter.Id;
    }

    private async Task<Notification> LetterAsync()
    {
        await using var db = desk.OpenDatabase();
        return await db.Notifications.AsNoTracking().SingleAsync();
    }

    // ---- what the person does

    private async Task<string> PageAsync(string address) => WebUtility.HtmlDecode(await boss.GetStringAsync(address));

    private Task<DecisionOutcome> DecideAsync(long id, MailDecision decision) =>
        AsAsync(desk.Supervisor.Id, review => review.DecideAsync(id, decision));

    private async Task<DecisionOutcome> AsAsync(Guid user, Func<MailReview, Task<DecisionOutcome>> decide)
    {
        await using var circuit = desk.Services.CreateAsyncScope();
        circuit.ServiceProvider.GetRequiredService<SignedIn>().UserId = user;
        return await decide(circuit.ServiceProvider.GetRequiredService<MailReview>());
    }
}
