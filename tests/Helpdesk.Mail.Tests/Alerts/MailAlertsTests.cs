using Helpdesk.Mail.Alerts;
using Helpdesk.Mail.Intake;
using Helpdesk.Tickets.Notifications;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Shouldly;

namespace Helpdesk.Mail.Tests.Alerts;

public sealed class MailAlertsTests
{
    [Fact]
    public async Task Supervisors_are_told_once_when_a_list_passes_its_limit_and_again_only_after_it_was_below()
    {
        await using var mails = await OpenAsync(
            new()
            {
                Held = new() { Mails = 2, Age = TimeSpan.FromDays(9) },
            }
        );
        await HoldAsync(mails);
        (await ToldAsync(mails)).ShouldBe(0);
        await HoldAsync(mails);
        (await ToldAsync(mails)).ShouldBe(1);
        await HoldAsync(mails);
        (await ToldAsync(mails)).ShouldBe(1);
        (await mails.Desk.Get<MailAlerts>().StandingAsync()).ShouldHaveSingleItem().About.ShouldBe(MailAlertAbout.Held);

        await DiscardAsync(mails, keep: 1);
        (await ToldAsync(mails)).ShouldBe(1);
        (await mails.Desk.Get<MailAlerts>().StandingAsync()).ShouldBeEmpty();
        await HoldAsync(mails);
        (await ToldAsync(mails)).ShouldBe(2);
    }

    [Fact]
    public async Task One_that_waits_too_long_is_enough_and_the_mail_says_where_to_look()
    {
        await using var mails = await OpenAsync(
            new()
            {
                Held = new() { Mails = 50, Age = TimeSpan.FromHours(2) },
            }
        );
        await HoldAsync(mails);
        mails.Desk.Time.Advance(TimeSpan.FromMinutes(119));
        (await ToldAsync(mails)).ShouldBe(0);
        mails.Desk.Time.Advance(TimeSpan.FromMinutes(1));
        (await ToldAsync(mails)).ShouldBe(1);

        await mails.SendAsync();
        var text = Helpdesk.Mail.Mime.MimeParser.Parse(mails.Outgoing.Mails.ShouldHaveSingleItem().Raw).TextBody!;
        text.ShouldContain("Held mails: 1.");
        text.ShouldContain("/supervise/mail?list=held");
        mails.Outgoing.Mails[0].Recipients.ShouldBe([mails.Desk.Supervisor.Email!]);
    }

    [Fact]
    public async Task A_letter_that_was_given_up_counts_too()
    {
        await using var mails = await OpenAsync(new() { Undelivered = new() { Mails = 1 } });
        await using (var db = mails.Desk.OpenDatabase())
        {
            var lost = Notification.ToAddress(
                NotificationKind.SignInLink,
                "x@example.org",
                new Dictionary<string, string>(StringComparer.Ordinal),
                mails.Desk.Time.GetUtcNow()
            );
            (lost.MailState, lost.MailNextAttemptAt) = (MailState.Failed, null);
            db.Notifications.Add(lost);
            await db.SaveChangesAsync();
        }
        (await ToldAsync(mails)).ShouldBe(1);
    }

    [Fact]
    public async Task Of_spam_supervisors_are_told_again_when_as_many_more_have_come()
    {
        await using var mails = await OpenAsync(
            new()
            {
                Spam = new() { Mails = 2, Age = TimeSpan.FromDays(9) },
            }
        );
        await SpamAsync(mails, 2);
        (await ToldAsync(mails)).ShouldBe(1);
        (await ToldAsync(mails)).ShouldBe(1);
        await SpamAsync(mails, 1);
        (await ToldAsync(mails)).ShouldBe(1);
        await SpamAsync(mails, 1);
        (await ToldAsync(mails)).ShouldBe(2);
        (await ToldAsync(mails)).ShouldBe(2);
        await DiscardAsync(mails, keep: 0);
        (await ToldAsync(mails)).ShouldBe(2);
        (await mails.Desk.Get<MailAlerts>().StandingAsync()).ShouldBeEmpty();
    }

    private static async Task SpamAsync(MailDesk mails, int count)
    {
        await using var db = mails.Desk.OpenDatabase();
        for (var i = 0; i < count; i++)
        {
            var mail = await mails.ReceiveAsync(MailDesk.Eml(from: "support@desk.example"));
            await db.Set<InboundMail>()
                .Where(m => m.Id == mail.Id)
                .ExecuteUpdateAsync(set => set.SetProperty(m => m.State, InboundState.Spam));
        }
    }

    private static Task<MailDesk> OpenAsync(MailAlertOptions options) =>
        MailDesk.OpenAsync(configure: s => s.AddSingleton(Options.Create(options)));

    private static async Task<int> ToldAsync(MailDesk mails)
    {
        await mails.Desk.Get<MailAlerts>().RunAsync();
        return (await mails.NotificationsAsync()).Count(n => n.Kind is NotificationKind.MailPilesUp);
    }

    // the desk's own address as a sender is always held
    private static async Task HoldAsync(MailDesk mails) =>
        (await mails.ReceiveAsync(MailDesk.Eml(from: "support@desk.example"))).State.ShouldBe(InboundState.Held);

    private static async Task DiscardAsync(MailDesk mails, int keep)
    {
        await using var db = mails.Desk.OpenDatabase();
        foreach (var mail in (await db.Set<InboundMail>().OrderBy(m => m.Id).ToListAsync()).Skip(keep))
            mail.Discard(Guid.NewGuid(), mails.Desk.Time.GetUtcNow());
        await db.SaveChangesAsync();
    }
}
