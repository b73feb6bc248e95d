using System.Text;
using Helpdesk.Mail.Intake;
using Helpdesk.Tickets.Data;
using Microsoft.EntityFrameworkCore;
using Shouldly;
using static Helpdesk.Mail.Tests.MailDesk;

namespace Helpdesk.Mail.Tests.Intake;

public class InboundQueueTests
{
    public static TheoryData<StorageProvider> Providers => [StorageProvider.Sqlite, StorageProvider.Postgres];

    [Theory]
    [MemberData(nameof(Providers))]
    public async Task A_mail_is_kept_byte_for_byte(StorageProvider provider)
    {
        await using var desk = await MailDesk.OpenAsync(provider);
        var raw = new byte[5000];
        new Random(1).NextBytes(raw);
        var stored = await desk.Queue.AcceptAsync(raw, new MailEnvelope("", ["support@desk.example", "b@c"], "api"));
        await using var db = desk.Desk.OpenDatabase();
        var mail = await db.Set<InboundMail>().Include(m => m.Raw).SingleAsync();
        stored.ShouldBe(new Acceptance.Stored(mail.Id, AlreadyThere: false));
        mail.Raw!.Read().ShouldBe(raw);
        mail.Envelope.Recipients.ShouldBe(["support@desk.example", "b@c"]);
        mail.State.ShouldBe(InboundState.Pending);
    }

    [Theory]
    [MemberData(nameof(Providers))]
    public async Task The_same_mail_twice_is_one_row(StorageProvider provider)
    {
        await using var desk = await MailDesk.OpenAsync(provider);
        var mail = Eml(id: "same");
        var first = (await desk.AcceptAsync("Received: by a\n" + mail)).ShouldBeOfType<Acceptance.Stored>();
        var again = await desk.AcceptAsync("Received: by b\nReceived: by a\n" + mail);
        again.ShouldBe(first with { AlreadyThere = true });
        (await desk.MailsAsync()).Count.ShouldBe(1);
    }

    [Fact]
    public async Task The_same_id_with_other_content_is_another_mail_and_says_so()
    {
        await using var desk = await MailDesk.OpenAsync();
        await desk.AcceptAsync(Eml(id: "same", text: "one"));
        await desk.AcceptAsync(Eml(id: "same", text: "two"));
        var mails = await desk.MailsAsync();
        mails.Count.ShouldBe(2);
        mails[0].Remarks.ShouldBeNull();
        mails[1].Remarks.ShouldBe(InboundQueue.RepeatsMessageId);
    }

    [Theory]
    [MemberData(nameof(Providers))]
    public async Task Many_at_once_with_duplicates_among_them_are_all_answered_and_stored_once(StorageProvider provider)
    {
        await using var desk = await MailDesk.OpenAsync(provider);
        var mails = Enumerable.Range(0, 300).Select(i => Eml(id: $"n{i % 200}", text: $"text {i % 200}")).ToList();
        var answers = await Task.WhenAll(mails.Select(m => Task.Run(() => desk.AcceptAsync(m))));
        answers.OfType<Acceptance.Stored>().Count(a => !a.AlreadyThere).ShouldBe(200);
        answers.OfType<Acceptance.Stored>().Count(a => a.AlreadyThere).ShouldBe(100);
        (await desk.MailsAsync()).Count.ShouldBe(200);
    }

    [Fact]
    public async Task Two_nodes_that_store_the_same_mail_at_once_have_one_row()
    {
        await using var desk = await MailDesk.OpenAsync();
        using var other = ActivatorOf<InboundQueue>(desk);
        for (var i = 0; i < 20; i++)
        {
            var raw = Encoding.UTF8.GetBytes(Eml(id: $"n{i}"));
            var envelope = new MailEnvelope("", ["support@desk.example"], "smtp");
            await Task.WhenAll(
                Task.Run(() => desk.Queue.AcceptAsync(raw, envelope).AsTask()),
                Task.Run(() => other.AcceptAsync(raw, envelope).AsTask())
            );
        }
        (await desk.MailsAsync()).Count.ShouldBe(20);
    }

    [Fact]
    public async Task A_failure_before_the_commit_is_not_success_and_the_next_try_is()
    {
        await using var desk = await MailDesk.OpenAsync();
        desk.Failpoints.Arm(Failpoints.BeforeRawCommit);
        (await desk.AcceptAsync(Eml(id: "a"))).ShouldBeOfType<Acceptance.TryLater>();
        (await desk.MailsAsync()).ShouldBeEmpty();
        (await desk.AcceptAsync(Eml(id: "a"))).ShouldBeOfType<Acceptance.Stored>();
    }

    [Fact]
    public async Task A_failure_behind_the_commit_costs_nothing_but_a_second_delivery()
    {
        await using var desk = await MailDesk.OpenAsync();
        desk.Failpoints.Arm(Failpoints.AfterRawCommit);
        (await desk.AcceptAsync(Eml(id: "a"))).ShouldBeOfType<Acceptance.TryLater>();
        (await desk.AcceptAsync(Eml(id: "a"))).ShouldBeOfType<Acceptance.Stored>().AlreadyThere.ShouldBeTrue();
        (await desk.MailsAsync()).Count.ShouldBe(1);
    }

    [Fact]
    public async Task Without_room_on_the_disk_senders_are_asked_to_come_later()
    {
        await using var desk = await MailDesk.OpenAsync(configure: services =>
            Microsoft.Extensions.DependencyInjection.ServiceCollectionServiceExtensions.AddSingleton(
                services,
                Microsoft.Extensions.Options.Options.Create(new IntakeOptions { MinFreeBytes = long.MaxValue })
            )
        );
        (await desk.AcceptAsync(Eml())).ShouldBe(new Acceptance.TryLater(DiskFull: true));
    }

    private static T ActivatorOf<T>(MailDesk desk) =>
        Microsoft.Extensions.DependencyInjection.ActivatorUtilities.CreateInstance<T>(desk.Desk.Services);
}
