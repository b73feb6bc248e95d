using System.Text;
using Helpdesk.Mail.Imap;
using Helpdesk.Mail.Intake;
using Helpdesk.Mail.Outbound;
using Helpdesk.Testing;
using Helpdesk.Tickets.Data;
using Microsoft.EntityFrameworkCore;
using Shouldly;

namespace Helpdesk.Mail.Tests.Imap;

/// <summary>Reading mailboxes of a real server.</summary>
public sealed class DovecotTests(DovecotServer server) : IClassFixture<DovecotServer>
{
    private static string User() => "u" + Guid.NewGuid().ToString("N")[..12];

    private static string Eml(int n, string more = "") =>
        MailDesk.Eml($"Mail {n}", $"Text {n}.", id: $"m{n}", more: more);

    private async Task<(MailboxDesk Desk, string User)> OpenAsync(
        AfterTaking then = AfterTaking.MarkRead,
        ImapOptions? options = null,
        StorageProvider provider = StorageProvider.Sqlite,
        Action<ImapMailbox>? with = null
    )
    {
        server.Require();
        var desk = await MailboxDesk.OpenAsync(options, provider);
        var user = User();
        await desk.AddAsync(server.ImapPort, user, then: then, with: with);
        return (desk, user);
    }

    [Theory]
    [InlineData(AfterTaking.MarkRead, 3, true)]
    [InlineData(AfterTaking.Leave, 3, false)]
    [InlineData(AfterTaking.Move, 0, false)]
    [InlineData(AfterTaking.Delete, 0, false)]
    public async Task Mails_are_taken_and_the_server_is_tidied_up(AfterTaking then, int left, bool areSeen)
    {
        var (desk, user) = await OpenAsync(then);
        await using var _ = desk;
        for (var n = 1; n <= 3; n++)
            server.Deliver(user, Eml(n));

        await desk.TakeAsync();

        (await desk.SubjectsAsync()).ShouldBe(["Mail 1", "Mail 2", "Mail 3"]);
        (await desk.Mail.TicketsAsync()).Count.ShouldBe(3);
        var account = await desk.AccountAsync();
        (account.SeenCount, account.TakenCount, account.WaitingCount).ShouldBe((3, 3, 0));
        (account.Trouble, account.LastError).ShouldBe((ImapTroubleKind.None, null));
        account.LastContactAt.ShouldNotBeNull();
        var files = server.Files(user);
        files.Count.ShouldBe(left);
        if (left > 0)
            files.All(f => f.EndsWith(":2,S", StringComparison.Ordinal)).ShouldBe(areSeen);

        // a second visit finds nothing new
        server.Deliver(user, Eml(4));
        await desk.TakeAsync();
        (await desk.SubjectsAsync()).Count.ShouldBe(4);
        (await desk.AccountAsync()).SeenCount.ShouldBe(4);
    }

    [Fact]
    public async Task A_mail_that_a_person_has_read_already_is_taken_all_the_same()
    {
        var (desk, user) = await OpenAsync();
        await using var _ = desk;
        server.Deliver(user, Eml(1));
        var file = server.Files(user).Single();
        File.Move(file, file.Replace("/new/", "/cur/", StringComparison.Ordinal) + ":2,S");

        await desk.TakeAsync();

        (await desk.SubjectsAsync()).ShouldBe(["Mail 1"]);
    }

    [Fact]
    public async Task News_come_without_asking()
    {
        var (desk, user) = await OpenAsync();
        await using var _ = desk;
        server.Deliver(user, Eml(1));
        using var visit = desk.Visit();
        (await visit.BeginAsync(MailboxDesk.Patience())).ShouldBeTrue();

        for (var n = 2; n <= 4; n++)
        {
            var news = visit.GoOnAsync(MailboxDesk.Patience());
            await Task.Delay(100);
            server.Deliver(user, Eml(n));
            (await news).ShouldBeTrue();
        }

        (await desk.SubjectsAsync()).ShouldBe(["Mail 1", "Mail 2", "Mail 3", "Mail 4"]);
        (await desk.AccountAsync()).OnServer.ShouldBe(4);
    }

    [Fact]
    public async Task A_quiet_IDLE_is_renewed()
    {
        var (desk, user) = await OpenAsync(
            options: MailboxDesk.Quick with
            {
                IdleFor = TimeSpan.FromMilliseconds(250),
            }
        );
        await using var _ = desk;
        using var visit = desk.Visit();
        await visit.BeginAsync(MailboxDesk.Patience());
        for (var i = 0; i < 3; i++)
            (await visit.GoOnAsync(MailboxDesk.Patience())).ShouldBeTrue();
        server.Deliver(user, Eml(1));
        await visit.GoOnAsync(MailboxDesk.Patience());
        (await desk.SubjectsAsync()).ShouldBe(["Mail 1"]);
    }

    [Theory]
    [InlineData(Failpoints.BeforeTidying)]
    [InlineData(Failpoints.AfterTidying)]
    public async Task Broken_off_in_the_middle_it_goes_on_without_losing_or_doubling(string place)
    {
        var (desk, user) = await OpenAsync(AfterTaking.Move, MailboxDesk.Quick with { BatchSize = 2 });
        await using var _ = desk;
        for (var n = 1; n <= 5; n++)
            server.Deliver(user, Eml(n));
        desk.Mail.Failpoints.Arm(place, passes: 2);

        await Should.ThrowAsync<FailpointException>(desk.TakeAsync());
        await desk.TakeAsync();

        (await desk.SubjectsAsync()).ShouldBe(["Mail 1", "Mail 2", "Mail 3", "Mail 4", "Mail 5"]);
        server.Files(user).ShouldBeEmpty();
        var account = await desk.AccountAsync();
        // where the server was tidied already, those mails do not come up again
        account.SeenCount.ShouldBe(place == Failpoints.BeforeTidying ? 5 : 3);
        (account.TakenCount + account.RepeatedCount).ShouldBe(account.SeenCount);
    }

    [Fact]
    public async Task What_somebody_deletes_at_this_moment_holds_nothing_up()
    {
        var (desk, user) = await OpenAsync(options: MailboxDesk.Quick with { BatchSize = 1 });
        await using var _ = desk;
        for (var n = 1; n <= 4; n++)
            server.Deliver(user, Eml(n));
        desk.Mail.Failpoints.Arm(
            Failpoints.BeforeTidying,
            () =>
            {
                foreach (var file in server.Files(user).Skip(1).Take(2))
                    File.Delete(file);
            }
        );

        await desk.TakeAsync();

        (await desk.SubjectsAsync()).ShouldBe(["Mail 1", "Mail 4"]);
        var account = await desk.AccountAsync();
        (account.SeenCount, account.TakenCount, account.VanishedCount).ShouldBe((4, 2, 2));
    }

    [Fact]
    public async Task New_numbers_for_old_mails_double_nothing()
    {
        var (desk, user) = await OpenAsync();
        await using var _ = desk;
        for (var n = 1; n <= 3; n++)
            server.Deliver(user, Eml(n));
        await desk.TakeAsync();
        var before = (await desk.AccountAsync()).UidValidity;

        server.Renumber(user, (uint)before + 77);
        server.Deliver(user, Eml(4));
        await desk.TakeAsync();

        (await desk.SubjectsAsync()).ShouldBe(["Mail 1", "Mail 2", "Mail 3", "Mail 4"]);
        var account = await desk.AccountAsync();
        account.UidValidity.ShouldBe(before + 77);
        (account.SeenCount, account.TakenCount, account.RepeatedCount).ShouldBe((7, 4, 3));
    }

    [Fact]
    public async Task A_mailbox_read_from_now_on_leaves_its_past_alone_even_with_new_numbers()
    {
        var now = TimeProvider.System.GetUtcNow();
        var (desk, user) = await OpenAsync(with: m => m.TakeFrom = now.AddMinutes(-1));
        await using var _ = desk;
        for (var n = 1; n <= 3; n++)
        {
            server.Deliver(user, Eml(n));
            File.SetLastWriteTimeUtc(server.Files(user)[^1], now.UtcDateTime.AddDays(-n));
        }
        await desk.TakeAsync();
        var first = await desk.AccountAsync();
        (first.SeenCount, first.OldCount).ShouldBe((3, 3));
        server.Deliver(user, Eml(4));
        await desk.TakeAsync();

        server.Renumber(user, 4711);
        server.Deliver(user, Eml(5));
        await desk.TakeAsync();

        (await desk.SubjectsAsync()).ShouldBe(["Mail 4", "Mail 5"]);
        var account = await desk.AccountAsync();
        (account.OldCount, account.TakenCount, account.RepeatedCount).ShouldBe((6, 2, 1));
    }

    [Fact]
    public async Task A_huge_mail_comes_in_parts_and_one_that_is_too_large_stays_with_its_header_shown()
    {
        var (desk, user) = await OpenAsync(
            AfterTaking.Delete,
            MailboxDesk.Quick with
            {
                PartBytes = 64 * 1024,
                MaxMessageBytes = 1024 * 1024,
            }
        );
        await using var _ = desk;
        var large = Encoding.UTF8.GetBytes(Eml(1).ReplaceLineEndings("\r\n") + new string('x', 700_000) + "\r\n");
        server.Deliver(user, large);
        server.Deliver(user, Encoding.UTF8.GetBytes(Eml(2).ReplaceLineEndings("\r\n") + new string('y', 1_500_000)));
        server.Deliver(user, Eml(3));

        await desk.TakeAsync();

        (await desk.SubjectsAsync()).ShouldBe(["Mail 1", "Mail 2", "Mail 3"], ignoreOrder: true);
        await using var db = desk.Mail.Desk.OpenDatabase();
        var first = await db.Set<InboundMail>().Include(m => m.Raw).SingleAsync(m => m.Subject == "Mail 1");
        first.Raw!.Read().ShouldBe(large);
        var left = await db.Set<InboundMail>().SingleAsync(m => m.Subject == "Mail 2");
        (left.State, left.Reason, left.Sender).ShouldBe(
            (InboundState.Unprocessable, MailboxVisit.TooLarge, "ann@example.org")
        );
        server.Files(user).Count.ShouldBe(1);
        var account = await desk.AccountAsync();
        (account.SeenCount, account.TakenCount, account.LeftCount).ShouldBe((3, 2, 1));
    }

    [Theory]
    [InlineData(ConnectionSecurity.StartTls)]
    [InlineData(ConnectionSecurity.Tls)]
    public async Task Connections_are_protected_and_certificates_checked(ConnectionSecurity security)
    {
        server.Require();
        var port = security is ConnectionSecurity.Tls ? server.ImapsPort : server.ImapPort;
        var user = User();
        server.Deliver(user, Eml(1));
        await using var trusting = await MailboxDesk.OpenAsync(
            MailboxDesk.Quick with
            {
                TrustedCertificateFile = server.CertificatePath,
            }
        );
        await trusting.AddAsync(port, user, security: security);
        await trusting.TakeAsync();
        (await trusting.SubjectsAsync()).ShouldBe(["Mail 1"]);

        await using var careful = await MailboxDesk.OpenAsync();
        await careful.AddAsync(port, user, security: security);
        (await Should.ThrowAsync<ImapException>(careful.TakeAsync())).Kind.ShouldBe(ImapTroubleKind.NotSecure);
    }

    [Fact]
    public async Task Troubles_are_told_apart()
    {
        server.Require();
        (await TroubleAsync(password: "wrong")).ShouldBe(ImapTroubleKind.SignIn);
        (await TroubleAsync(with: m => m.Folder = "Nowhere")).ShouldBe(ImapTroubleKind.Folder);
        (await TroubleAsync(with: m => m.Host = "no-such-host.invalid")).ShouldBe(ImapTroubleKind.NotReachable);
        (await TroubleAsync(with: m => m.Port = 1)).ShouldBe(ImapTroubleKind.NotReachable);
        (await TroubleAsync(with: m => m.ProtectedSecret = "torn")).ShouldBe(ImapTroubleKind.Secret);
        (await TroubleAsync(options: MailboxDesk.Quick with { AllowPrivateNetworks = false })).ShouldBe(
            ImapTroubleKind.PrivateNetwork
        );

        async Task<ImapTroubleKind> TroubleAsync(
            string password = DovecotServer.Password,
            Action<ImapMailbox>? with = null,
            ImapOptions? options = null
        )
        {
            await using var desk = await MailboxDesk.OpenAsync(options);
            await desk.AddAsync(server.ImapPort, User(), password, with: with);
            return (await Should.ThrowAsync<ImapException>(desk.TakeAsync())).Kind;
        }
    }

    [Fact]
    public async Task The_envelope_is_what_the_last_server_wrote_on_top()
    {
        var (desk, user) = await OpenAsync();
        await using var _ = desk;
        server.Deliver(user, "Return-Path: <>\nDelivered-To: support+t1@desk.example\n" + Eml(1));
        server.Deliver(user, Eml(2));

        await desk.TakeAsync();

        var mails = await desk.Mail.MailsAsync();
        (mails[0].ReturnPath, mails[0].Recipients, mails[0].Channel, mails[0].MailboxId).ShouldBe(
            ("", "support+t1@desk.example", "imap", 1)
        );
        (mails[1].ReturnPath, mails[1].Recipients).ShouldBe(("ann@example.org", "support@desk.example"));
    }

    [Fact]
    public async Task The_worker_finds_the_server_again_and_notices_changes_of_the_setup()
    {
        server.Require();
        using var own = new DovecotServer();
        await using var desk = await MailboxDesk.OpenAsync();
        var user = User();
        await desk.AddAsync(own.ImapPort, user, then: AfterTaking.Delete);
        own.Deliver(user, Eml(1));
        using var worker = new MailboxWorker(
            desk.Mail.Desk.Get<MailboxHouse>(),
            desk.Mail.Desk.Get<IDbContextFactory<HelpdeskDbContext>>(),
            desk.Mail.Desk.Get<Microsoft.Extensions.Options.IOptions<StorageOptions>>(),
            Microsoft.Extensions.Options.Options.Create(desk.Options),
            TimeProvider.System,
            Microsoft.Extensions.Logging.Abstractions.NullLogger<MailboxWorker>.Instance
        );
        await worker.StartAsync(CancellationToken.None);
        await UntilAsync(async () => (await desk.AccountAsync()).TakenCount == 1);

        own.Stop();
        await UntilAsync(async () => (await desk.AccountAsync()).Trouble is not ImapTroubleKind.None);
        own.Start();
        own.Deliver(user, Eml(2));
        await UntilAsync(async () =>
            await desk.AccountAsync() is { TakenCount: 2, Trouble: ImapTroubleKind.None, LastError: not null }
        );

        await worker.StopAsync(CancellationToken.None);
        (await desk.AccountAsync()).Holder.ShouldBeNull();
    }

    [Theory]
    [InlineData(StorageProvider.Postgres)]
    public async Task Two_nodes_do_not_read_one_mailbox(StorageProvider provider)
    {
        var (desk, user) = await OpenAsync(provider: provider);
        await using var _ = desk;
        server.Deliver(user, Eml(1));
        using var mine = desk.Visit();
        (await mine.BeginAsync(MailboxDesk.Patience())).ShouldBeTrue();
        using var other = new MailboxVisit(desk.Mail.Desk.Get<MailboxHouse>(), 1, Guid.NewGuid());
        (await other.BeginAsync(MailboxDesk.Patience())).ShouldBeFalse();
        (await desk.SubjectsAsync()).ShouldBe(["Mail 1"]);
    }

    private static async Task UntilAsync(Func<Task<bool>> isSo)
    {
        var until = MailboxDesk.Patience();
        while (!await isSo())
        {
            until.ThrowIfCancellationRequested();
            await Task.Delay(50, until);
        }
    }
}
