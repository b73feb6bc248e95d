using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Helpdesk.Mail.Imap;
using Helpdesk.Mail.Intake;
using Helpdesk.Mail.Outbound;
using Helpdesk.Testing;
using Shouldly;

namespace Helpdesk.Mail.Tests.Imap;

public sealed class ImapClientTests
{
    private static readonly ImapOptions Quick = MailboxDesk.Quick with
    {
        SilenceTimeout = TimeSpan.FromMilliseconds(400),
        ConnectTimeout = TimeSpan.FromSeconds(5),
        IdleFor = TimeSpan.FromMilliseconds(200),
        MaxMessageBytes = 64 * 1024,
    };

    private static string Eml(int n) => MailDesk.Eml($"Mail {n}", id: $"m{n}").ReplaceLineEndings("\r\n");

    private static ImapLogin Login(ScriptedImap server, string password = "secret") =>
        new("localhost", server.Port, ConnectionSecurity.None, "ann", new Secret(password));

    private static Task<ImapClient> ConnectAsync(ScriptedImap server, ImapLogin? login = null) =>
        ImapClient.ConnectAsync(login ?? Login(server), Quick, TimeProvider.System, MailboxDesk.Patience());

    // ---- signing in

    [Fact]
    public async Task A_password_goes_quoted_or_as_a_literal_that_waits_for_leave()
    {
        await using (var server = new ScriptedImap())
        {
            using var client = await ConnectAsync(server, Login(server, "a \"b\\"));
            server.Heard.ShouldContain("LOGIN \"ann\" \"a \\\"b\\\\\"");
        }
        await using (
            var server = new ScriptedImap(c =>
                c.EndsWith('}') ? "+ go on"
                : c[0] == 's' ? "h1 OK in"
                : ScriptedImap.AsUsual
            )
        )
        {
            using var client = await ConnectAsync(server, Login(server, "schön"));
            server.Heard.ShouldContain("LOGIN \"ann\" {6}");
        }
        await using (
            var server = new ScriptedImap(
                c =>
                    c.EndsWith("+}", StringComparison.Ordinal) ? ""
                    : c[0] == 's' ? "h1 OK in"
                    : ScriptedImap.AsUsual,
                "* OK [CAPABILITY IMAP4rev1 LITERAL+] x"
            )
        )
        {
            using var client = await ConnectAsync(server, Login(server, "schön"));
            server.Heard.ShouldContain("LOGIN \"ann\" {6+}");
        }
        await using (var server = new ScriptedImap(greeting: "* OK [CAPABILITY IMAP4rev1 SASL-IR AUTH=PLAIN] x"))
        {
            using var client = await ConnectAsync(server);
            server.Heard.ShouldContain("AUTHENTICATE PLAIN AGFubgBzZWNyZXQ=");
        }
    }

    [Theory]
    [InlineData("* OK [CAPABILITY IMAP4rev1 LOGINDISABLED] x", ImapTroubleKind.SignIn)]
    [InlineData("* BYE too many", ImapTroubleKind.Refused)]
    [InlineData("220 mail.example ESMTP", ImapTroubleKind.Refused)]
    [InlineData("SSH-2.0-OpenSSH_9.2", ImapTroubleKind.Nonsense)]
    public async Task A_server_that_will_not_or_is_none_is_told_apart(string greeting, ImapTroubleKind kind)
    {
        await using var server = new ScriptedImap(greeting: greeting);
        (await Should.ThrowAsync<ImapException>(ConnectAsync(server))).Kind.ShouldBe(kind);
    }

    [Fact]
    public async Task What_a_server_says_before_TLS_opens_no_door()
    {
        await using (var server = new ScriptedImap(greeting: "* PREAUTH welcome"))
            (await StartTlsAsync(server)).Kind.ShouldBe(ImapTroubleKind.NotSecure);
        await using (var server = new ScriptedImap())
            (await StartTlsAsync(server)).Message.ShouldContain("does not offer STARTTLS");
        await using (
            var server = new ScriptedImap(
                c => c == "STARTTLS" ? "{tag} OK begin\n* OK injected" : ScriptedImap.AsUsual,
                "* OK [CAPABILITY IMAP4rev1 STARTTLS] x"
            )
        )
            (await StartTlsAsync(server)).Kind.ShouldBe(ImapTroubleKind.NotSecure);

        static async Task<ImapException> StartTlsAsync(ScriptedImap server) =>
            await Should.ThrowAsync<ImapException>(
                ConnectAsync(server, Login(server) with { Security = ConnectionSecurity.StartTls })
            );
    }

    [Fact]
    public async Task A_token_that_is_refused_is_refreshed_once()
    {
        var given = new List<bool>();
        await using var server = new ScriptedImap(
            c =>
                c.StartsWith("AUTHENTICATE XOAUTH2 ", StringComparison.Ordinal)
                    ? Encoding.UTF8.GetString(Convert.FromBase64String(c[21..]))
                    == "user=ann\u0001auth=Bearer new\u0001\u0001"
                        ? "{tag} OK in"
                        : "+ eyJzdGF0dXMiOiI0MDEifQ=="
                    : c.Length == 0
                        ? "h1 NO expired"
                        : ScriptedImap.AsUsual,
            "* OK [CAPABILITY IMAP4rev1 SASL-IR AUTH=XOAUTH2 AUTH=PLAIN] x"
        );
        var login = Login(server) with
        {
            AccessTokenAsync = (isFresh, _) =>
            {
                given.Add(isFresh);
                return Task.FromResult(new Secret(isFresh ? "new" : "old"));
            },
        };
        using var client = await ConnectAsync(server, login);
        given.ShouldBe([false, true]);
    }

    // ---- lies

    [Theory]
    [InlineData("* SEARCH 1 2 three")]
    [InlineData("* SEARCH 99999999999")]
    [InlineData("* 1 FETCH (UID 1 BODY[] {99999999999}")]
    [InlineData("* 1 FETCH (UID 1 BODY[] {-5}")]
    [InlineData("* 1 FETCH (UID 1 BODY[] {}")]
    [InlineData("* 1 FETCH (UID 1")]
    [InlineData("* 1 FETCH (UID \"1")]
    [InlineData("x9 OK not asked")]
    [InlineData("+ what now")]
    [InlineData("")]
    public async Task Nonsense_ends_the_connection_and_nothing_else(string line)
    {
        await using var server = new ScriptedImap(c =>
            c.StartsWith("UID SEARCH", StringComparison.Ordinal) ? line + "\n{tag} OK done" : ScriptedImap.AsUsual
        );
        using var client = await ConnectAsync(server);
        await client.SelectAsync("INBOX", MailboxDesk.Patience());
        var trouble = await Should.ThrowAsync<ImapException>(client.SearchAsync(1, null, MailboxDesk.Patience()));
        trouble.Kind.ShouldBeOneOf(ImapTroubleKind.Nonsense, ImapTroubleKind.Broken);
    }

    [Fact]
    public async Task Lines_lists_and_numbers_without_end_are_not_kept()
    {
        string[] floods =
        [
            "* OK " + new string('x', 3_000_000),
            "* 1 FETCH " + new string('(', 100_000),
            "* LIST " + string.Concat(Enumerable.Repeat("a ", 1_000_000)),
            new string('x', 5_000),
            $"* 1 FETCH ({string.Concat(Enumerable.Repeat($"BODY[] {ScriptedImap.Literal(new string('x', 60_000))} ", 30))})",
        ];
        foreach (var flood in floods)
        {
            await using var server = new ScriptedImap(c =>
                c.StartsWith("UID SEARCH", StringComparison.Ordinal) ? flood : ScriptedImap.AsUsual
            );
            using var client = await ConnectAsync(server);
            await client.SelectAsync("INBOX", MailboxDesk.Patience());
            (await Should.ThrowAsync<ImapException>(client.SearchAsync(1, null, MailboxDesk.Patience()))).Kind.ShouldBe(
                ImapTroubleKind.Nonsense
            );
        }
    }

    [Fact]
    public async Task More_numbers_than_are_kept_are_asked_for_in_smaller_ranges()
    {
        await using var server = new ScriptedImap(c =>
            c.StartsWith("UID SEARCH", StringComparison.Ordinal)
                ? $"* SEARCH {string.Join(' ', Enumerable.Range(1, 150_000))}\n{{tag}} OK done"
                : ScriptedImap.AsUsual
        );
        using var client = await ConnectAsync(server);
        await client.SelectAsync("INBOX", MailboxDesk.Patience());
        var (uids, isCut) = await client.SearchAsync(1, null, MailboxDesk.Patience());
        (uids.Count, isCut).ShouldBe((ImapReader.MaxNumbers, true));
        // numbers outside of what was asked for are nobody's
        (await client.SearchAsync(10, 12, MailboxDesk.Patience())).Uids.ShouldBe([10u, 11u, 12u]);
    }

    [Fact]
    public async Task A_server_that_answers_for_other_mails_or_with_other_sizes_is_not_believed()
    {
        await using var server = new ScriptedImap(c =>
            c.Contains("BODY.PEEK[]<", StringComparison.Ordinal)
                ? $"* 1 FETCH (UID 1 BODY[]<0> {ScriptedImap.Literal("abc")})\n{{tag}} OK done"
            : c.Contains("BODY.PEEK[]", StringComparison.Ordinal)
                ? $"* 1 FETCH (FLAGS (\\Seen))\n* 9 FETCH (UID 99 BODY[] {ScriptedImap.Literal("other")})\n"
                    + $"* 1 FETCH (BODY[] {ScriptedImap.Literal(new string('x', 200_000))} UID 1)\n"
                    + $"* 2 FETCH (UID 2 BODY[] {{4}}\nab\n)\n* 3 FETCH (UID 3 BODY[] NIL)\n{{tag}} OK done"
            : ScriptedImap.AsUsual
        );
        using var client = await ConnectAsync(server);
        await client.SelectAsync("INBOX", MailboxDesk.Patience());
        var mails = await client.FetchAsync([1, 2, 3], 64 * 1024, MailboxDesk.Patience());
        mails.Keys.Order().ShouldBe([1u, 2u]);
        mails[1].ShouldBeNull();
        (await client.FetchPartAsync(2, "", 0, 100, MailboxDesk.Patience())).ShouldBeNull();
        (
            await Should.ThrowAsync<ImapException>(client.FetchPartAsync(1, "", 0, 2, MailboxDesk.Patience()))
        ).Kind.ShouldBe(ImapTroubleKind.Nonsense);
    }

    [Fact]
    public async Task A_half_open_connection_is_noticed()
    {
        await using var server = new ScriptedImap(c => c == "DONE" ? "" : ScriptedImap.AsUsual);
        using var client = await ConnectAsync(server);
        await client.SelectAsync("INBOX", MailboxDesk.Patience());
        (await Should.ThrowAsync<ImapException>(client.WaitAsync(MailboxDesk.Patience()))).Kind.ShouldBe(
            ImapTroubleKind.Broken
        );
    }

    [Fact]
    public async Task Without_IDLE_the_server_is_asked_now_and_then()
    {
        await using var server = new ScriptedImap(
            c =>
                c == "CAPABILITY" ? "* CAPABILITY IMAP4rev1\n{tag} OK x"
                : c == "NOOP" ? "* 5 EXISTS\n{tag} OK x"
                : ScriptedImap.AsUsual,
            "* OK x"
        );
        using var client = await ConnectAsync(server);
        await client.SelectAsync("INBOX", MailboxDesk.Patience());
        await client.WaitAsync(MailboxDesk.Patience());
        client.Folder!.Exists.ShouldBe(5u);
    }

    [Fact]
    public async Task Without_MOVE_a_mail_is_copied_and_then_deleted_and_a_missing_folder_made()
    {
        var isMade = false;
        await using var server = new ScriptedImap(
            c =>
            {
                if (c == "CAPABILITY")
                    return "* CAPABILITY IMAP4rev1 UIDPLUS\n{tag} OK x";
                if (c == "CREATE \"Erledigt&-&ANw-b\"")
                    isMade = true;
                return c.StartsWith("UID COPY", StringComparison.Ordinal) && !isMade
                    ? "{tag} NO [TRYCREATE] x"
                    : ScriptedImap.AsUsual;
            },
            "* OK x"
        );
        using var client = await ConnectAsync(server);
        await client.SelectAsync("INBOX", MailboxDesk.Patience());
        await client.MoveAsync([3, 4, 5, 9], "Erledigt&Üb", MailboxDesk.Patience());
        server
            .Heard.TakeLast(5)
            .ShouldBe([
                "UID COPY 3:5,9 \"Erledigt&-&ANw-b\"",
                "CREATE \"Erledigt&-&ANw-b\"",
                "UID COPY 3:5,9 \"Erledigt&-&ANw-b\"",
                "UID STORE 3:5,9 +FLAGS.SILENT (\\Seen \\Deleted)",
                "UID EXPUNGE 3:5,9",
            ]);
    }

    // ---- one bad mail

    [Theory]
    [InlineData(true)] // the server refuses it
    [InlineData(false)] // the server dies of it
    public async Task One_bad_mail_blocks_no_other(bool isRefused)
    {
        await using var server = new ScriptedImap(c =>
            !c.Contains("BODY.PEEK[]", StringComparison.Ordinal) || !IsAsked(c.Split(' ')[2], 3) ? ScriptedImap.AsUsual
            : isRefused ? "{tag} NO cannot read that one"
            : null
        );
        for (var n = 1; n <= 5; n++)
            server.Mails[(uint)n] = Eml(n);
        await using var desk = await MailboxDesk.OpenAsync(Quick);
        await desk.AddAsync(server.Port);

        for (var visit = 0; visit < 8; visit++)
        {
            try
            {
                await desk.TakeAsync();
                break;
            }
            catch (ImapException) when (!isRefused)
            {
                // the next visit knows more
            }
        }

        var mails = await desk.Mail.MailsAsync();
        mails.Count(m => m.MessageId is not null).ShouldBe(4);
        var left = mails.Single(m => m.State is InboundState.Unprocessable);
        left.Reason.ShouldBe(MailboxVisit.NotFetched);
        var account = await desk.AccountAsync();
        (account.SeenCount, account.TakenCount, account.LeftCount, account.LastUid).ShouldBe((5, 4, 1, 5));
    }

    [Fact]
    public async Task Only_what_has_really_gone_is_forgotten()
    {
        var bodies = Enumerable
            .Range(1, 3)
            .ToDictionary(n => (uint)n, n => Eml(n) + (n == 3 ? new string('x', 2_000_000) : ""));
        await using var server = new ScriptedImap(c =>
            // no size of the second; a wrong one of the third; no text of the fourth; the fifth goes at this moment
            c.Contains("RFC822.SIZE", StringComparison.Ordinal)
                ? string.Concat(((int[])[1, 3, 4, 5]).Select(n => $"* {n} FETCH (UID {n} RFC822.SIZE 10)\n"))
                    + "{tag} OK done"
            : c.StartsWith("UID SEARCH UID 5:5", StringComparison.Ordinal) ? "* SEARCH\n{tag} OK done"
            : c.Contains("BODY.PEEK[])", StringComparison.Ordinal)
                ? string.Concat(
                    bodies
                        .Where(b => IsAsked(c.Split(' ')[2], b.Key))
                        .Select(b => $"* {b.Key} FETCH (UID {b.Key} BODY[] {ScriptedImap.Literal(b.Value)})\n")
                ) + "{tag} OK done"
            : ScriptedImap.AsUsual
        );
        for (var n = 1u; n <= 5; n++)
            server.Mails[n] = bodies.GetValueOrDefault(n, "");
        await using var desk = await MailboxDesk.OpenAsync(
            Quick with
            {
                MaxMessageBytes = 4 * 1024 * 1024,
                SilenceTimeout = TimeSpan.FromSeconds(10),
            }
        );
        await desk.AddAsync(server.Port);

        await desk.TakeAsync();

        var account = await desk.AccountAsync();
        (account.SeenCount, account.TakenCount, account.LeftCount, account.VanishedCount).ShouldBe((5, 3, 1, 1));
        (await desk.Mail.MailsAsync()).Max(m => m.SizeBytes).ShouldBeGreaterThan(2_000_000);
    }

    [Theory]
    [InlineData("NIL")]
    [InlineData("{0}\n")]
    [InlineData("\"\"")]
    public async Task What_comes_empty_is_no_mail_and_stays_on_the_server(string nothing)
    {
        await using var server = new ScriptedImap(c =>
            !c.Contains("BODY.PEEK[]", StringComparison.Ordinal)
                ? ScriptedImap.AsUsual
                : string.Concat(
                    Enumerable
                        .Range(1, 3)
                        .Where(n => IsAsked(c.Split(' ')[2], (uint)n))
                        .Select(n =>
                            $"* {n} FETCH (UID {n} BODY[]{(c.Contains("]<", StringComparison.Ordinal) ? "<0>" : "")} {nothing})\n"
                        )
                ) + "{tag} OK done"
        );
        for (var n = 1; n <= 3; n++)
            server.Mails[(uint)n] = Eml(n);
        await using var desk = await MailboxDesk.OpenAsync(Quick);
        await desk.AddAsync(server.Port, then: AfterTaking.Delete);

        await desk.TakeAsync();

        var account = await desk.AccountAsync();
        (account.SeenCount, account.TakenCount, account.LeftCount).ShouldBe((3, 0, 3));
        (await desk.Mail.MailsAsync()).ShouldAllBe(m => m.Reason == MailboxVisit.NotFetched);
        server.Heard.ShouldNotContain(c => c.StartsWith("UID STORE", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("NIL", 1, true)]
    [InlineData("NIL", 99, false)]
    [InlineData("{0}\n", 1, true)]
    [InlineData("{0}\n", 99, false)]
    public async Task A_large_mail_that_breaks_off_is_asked_for_again_and_never_taken_for_a_whole_one(
        string nothing,
        int times,
        bool isTaken
    )
    {
        var large = Eml(2) + new string('x', 300_000);
        await using var server = new ScriptedImap(c =>
            c.Contains("]<131072.", StringComparison.Ordinal) && times-- > 0
                ? $"* 2 FETCH (UID 2 BODY[]<131072> {nothing})\n{{tag}} OK done"
                : ScriptedImap.AsUsual
        );
        server.Mails[1] = Eml(1); // by this one the server is known to count rightly
        server.Mails[2] = large;
        await using var desk = await MailboxDesk.OpenAsync(
            Quick with
            {
                MaxMessageBytes = 1024 * 1024,
                PartBytes = 64 * 1024,
                SilenceTimeout = TimeSpan.FromSeconds(10),
            }
        );
        await desk.AddAsync(server.Port, then: AfterTaking.Delete);

        using var visit = desk.Visit();
        var begun = visit.BeginAsync(MailboxDesk.Patience());
        if (isTaken)
            (await begun).ShouldBeTrue();
        else
            (await Should.ThrowAsync<ImapException>(begun)).Kind.ShouldBe(ImapTroubleKind.Refused);

        var account = await desk.AccountAsync();
        (account.TakenCount, account.LastUid).ShouldBe(isTaken ? (2, 2) : (1, 1));
        (await desk.Mail.MailsAsync()).Max(m => m.SizeBytes).ShouldBe(isTaken ? large.Length : Eml(1).Length);
        server.Heard.Contains("UID STORE 2 +FLAGS.SILENT (\\Seen \\Deleted)").ShouldBe(isTaken);
    }

    [Fact]
    public async Task One_that_the_server_never_gives_whole_is_left_there_after_its_attempts()
    {
        await using var server = new ScriptedImap(c =>
            c.Contains("]<65536.", StringComparison.Ordinal)
                ? "* 1 FETCH (UID 1 BODY[]<65536> NIL)\n{tag} OK done"
                : ScriptedImap.AsUsual
        );
        server.Mails[1] = Eml(1) + new string('x', 300_000);
        server.Mails[2] = Eml(2);
        await using var desk = await MailboxDesk.OpenAsync(
            Quick with
            {
                MaxMessageBytes = 1024 * 1024,
                PartBytes = 64 * 1024,
                SilenceTimeout = TimeSpan.FromSeconds(10),
            }
        );
        await desk.AddAsync(server.Port, then: AfterTaking.Delete);

        for (var attempt = 1; attempt <= desk.Options.MaxFetchAttempts; attempt++)
        {
            await Should.ThrowAsync<ImapException>(desk.TakeAsync());
            (await desk.AccountAsync()).FailedAttempts.ShouldBe(attempt);
        }
        await desk.TakeAsync();

        var account = await desk.AccountAsync();
        (account.TakenCount, account.LeftCount, account.FailedUid).ShouldBe((1, 1, 0));
    }

    [Fact]
    public async Task A_server_that_only_estimates_sizes_is_read_like_any_other()
    {
        await using var server = new ScriptedImap(c =>
            c.Contains("RFC822.SIZE", StringComparison.Ordinal)
                ? "* 1 FETCH (UID 1 RFC822.SIZE 9000)\n* 2 FETCH (UID 2 RFC822.SIZE 700000)\n{tag} OK done"
                : ScriptedImap.AsUsual
        );
        server.Mails[1] = Eml(1);
        server.Mails[2] = Eml(2) + new string('x', 600_000);
        await using var desk = await MailboxDesk.OpenAsync(
            Quick with
            {
                MaxMessageBytes = 1024 * 1024,
                SilenceTimeout = TimeSpan.FromSeconds(10),
            }
        );
        await desk.AddAsync(server.Port, then: AfterTaking.Delete);

        await desk.TakeAsync();

        (await desk.Mail.MailsAsync()).Select(m => m.SizeBytes).ShouldBe(server.Mails.Values.Select(m => m.Length));
        server.Heard.Count(c => c.StartsWith("UID EXPUNGE", StringComparison.Ordinal)).ShouldBe(2);
    }

    [Fact]
    public async Task Trouble_of_our_own_is_no_attempt_at_a_mail()
    {
        using var stop = new CancellationTokenSource();
        var fetches = 0;
        await using var server = new ScriptedImap(c =>
        {
            if (!c.Contains("BODY.PEEK[]", StringComparison.Ordinal) || ++fetches > 2)
                return ScriptedImap.AsUsual;
            if (fetches == 1)
                return "{tag} NO not now";
            stop.Cancel();
            return "";
        });
        server.Mails[1] = Eml(1);
        await using var desk = await MailboxDesk.OpenAsync(Quick with { SilenceTimeout = TimeSpan.FromSeconds(10) });
        await desk.AddAsync(server.Port);
        await Should.ThrowAsync<ImapException>(desk.TakeAsync());
        (await desk.AccountAsync()).FailedAttempts.ShouldBe(1);

        // the program stops while it is fetched again
        using (var visit = desk.Visit())
            await Should.ThrowAsync<OperationCanceledException>(visit.BeginAsync(stop.Token));
        (await desk.AccountAsync()).FailedAttempts.ShouldBe(1);
        // the disk is full, for longer than a mail has attempts
        for (var i = 0; i < 4; i++)
        {
            desk.Mail.Failpoints.Arm(Failpoints.BeforeRawCommit);
            (await Should.ThrowAsync<ImapException>(desk.TakeAsync())).Kind.ShouldBe(ImapTroubleKind.Storage);
        }

        await desk.TakeAsync();

        var account = await desk.AccountAsync();
        (account.TakenCount, account.LeftCount, account.FailedUid).ShouldBe((1, 0, 0));
    }

    // ---- the cursor

    [Theory]
    [InlineData(0, 1, 0)] // in the second in which the mailbox was set up
    [InlineData(-60, 1, 0)]
    [InlineData(60, 0, 1)]
    public async Task What_came_between_the_setting_up_and_the_first_look_is_taken(int seconds, int taken, int old)
    {
        await using var server = new ScriptedImap(); // its mails came at ten o'clock
        server.Mails[1] = Eml(1);
        await using var desk = await MailboxDesk.OpenAsync(Quick);
        var arrived = new DateTimeOffset(2026, 3, 2, 10, 0, 0, TimeSpan.FromHours(1));
        await desk.AddAsync(
            server.Port,
            with: m => m.TakeFrom = arrived.ToUniversalTime().AddSeconds(seconds).AddMilliseconds(700)
        );
        await desk.TakeAsync();
        var account = await desk.AccountAsync();
        (account.SeenCount, account.TakenCount, account.OldCount).ShouldBe((1, taken, old));
    }

    [Fact]
    public async Task A_server_put_back_to_an_earlier_state_hides_no_new_mail()
    {
        await using var server = new ScriptedImap();
        for (var n = 1; n <= 5; n++)
            server.Mails[(uint)n] = Eml(n);
        await using var desk = await MailboxDesk.OpenAsync(Quick);
        await desk.AddAsync(server.Port);
        await desk.TakeAsync();

        foreach (var uid in (uint[])[2, 3, 4, 5])
            server.Mails.Remove(uid);
        server.Mails[2] = Eml(6);
        await desk.TakeAsync();
        await desk.TakeAsync();

        (await desk.SubjectsAsync()).Count(s => s == "Mail 6").ShouldBe(1);
        var account = await desk.AccountAsync();
        (account.TakenCount, account.RepeatedCount, account.LastUid).ShouldBe((6, 1, 2));
    }

    [Fact]
    public async Task A_mail_told_of_in_passing_is_not_waited_for()
    {
        ScriptedImap server = null!;
        await using var scripted = server = new ScriptedImap(c =>
        {
            if (!c.StartsWith("UID STORE 1 ", StringComparison.Ordinal))
                return ScriptedImap.AsUsual;
            server.Mails[2] = Eml(2);
            return "* 2 EXISTS\n{tag} OK done";
        });
        server.Mails[1] = Eml(1);
        await using var desk = await MailboxDesk.OpenAsync(Quick with { IdleFor = TimeSpan.FromSeconds(25) });
        await desk.AddAsync(server.Port);
        using var visit = desk.Visit();
        await visit.BeginAsync(MailboxDesk.Patience());
        // it may have been seen by a search already; what must not be is that it is waited for
        await visit.GoOnAsync(MailboxDesk.Patience());
        (await desk.AccountAsync()).TakenCount.ShouldBe(2);
        server.Heard.ShouldNotContain("IDLE");
    }

    private static bool IsAsked(string set, uint uid) =>
        set.Split(',').Any(r => r.Split(':') is var e && uint.Parse(e[0]) <= uid && uid <= uint.Parse(e[^1]));

    [Fact]
    public async Task What_cannot_be_tidied_up_is_shown_and_stops_nothing()
    {
        await using var server = new ScriptedImap(c =>
            c.StartsWith("UID STORE", StringComparison.Ordinal) ? "{tag} NO read-only share" : ScriptedImap.AsUsual
        );
        server.Mails[1] = Eml(1);
        await using var desk = await MailboxDesk.OpenAsync(Quick);
        await desk.AddAsync(server.Port);
        await desk.TakeAsync();
        var account = await desk.AccountAsync();
        (account.TakenCount, account.Trouble).ShouldBe((1, ImapTroubleKind.NotTidied));
        account.LastError!.ShouldContain("read-only share");
    }

    [Fact]
    public async Task Nothing_is_marked_before_it_is_on_the_disk()
    {
        await using var server = new ScriptedImap();
        server.Mails[1] = Eml(1);
        await using var desk = await MailboxDesk.OpenAsync(Quick);
        await desk.AddAsync(server.Port);
        desk.Mail.Failpoints.Arm(Failpoints.BeforeRawCommit);
        (await Should.ThrowAsync<ImapException>(desk.TakeAsync())).Kind.ShouldBe(ImapTroubleKind.Storage);
        server.Heard.ShouldNotContain(c => c.StartsWith("UID STORE", StringComparison.Ordinal));
        (await desk.AccountAsync()).LastUid.ShouldBe(0);

        await desk.TakeAsync();
        (await desk.SubjectsAsync()).ShouldBe(["Mail 1"]);
        server.Heard.ShouldContain("UID STORE 1 +FLAGS.SILENT (\\Seen)");
    }

    [Fact]
    public async Task Sparse_numbers_are_found_in_few_questions()
    {
        await using var server = new ScriptedImap(c =>
            c.StartsWith("SELECT", StringComparison.Ordinal)
                ? "* 1 EXISTS\n* OK [UIDVALIDITY 7] x\n* OK [UIDNEXT 4294967295] x\n{tag} OK done"
                : ScriptedImap.AsUsual
        );
        server.Mails[4_000_000_000] = Eml(1);
        await using var desk = await MailboxDesk.OpenAsync(Quick);
        await desk.AddAsync(server.Port);
        await desk.TakeAsync();
        (await desk.SubjectsAsync()).ShouldBe(["Mail 1"]);
        server.Heard.Count(c => c.StartsWith("UID SEARCH", StringComparison.Ordinal)).ShouldBeLessThan(40);
    }

    // ---- reading

    [Fact]
    public async Task Recorded_answers_of_real_servers_are_read_to_their_end()
    {
        if (SharedData.Path("mail/transcripts/imap") is not { } folder)
        {
            Assert.Skip("shared/data/mail is not there.");
            return;
        }
        var count = 0;
        foreach (var file in Directory.GetFiles(folder, "*.txt", SearchOption.AllDirectories))
        {
            var text = Encoding.Latin1.GetString(await File.ReadAllBytesAsync(file)).ReplaceLineEndings("\r\n");
            count += await ReadAllAsync(Encoding.Latin1.GetBytes(text));
        }
        count.ShouldBeGreaterThan(1000);
    }

    [Fact]
    public void Damaged_answers_give_an_error_or_a_result_and_never_anything_else()
    {
        var sample = Encoding.ASCII.GetBytes(
            "* OK [UIDNEXT 5] hi\r\n* SEARCH 1 2 3 (MODSEQ 4)\r\n* 2 FETCH (UID 2 BODY[HEADER.FIELDS (A B)]<0> {5}\r\nhello FLAGS (\\Seen \"q\\\"\") X NIL)\r\n+ go\r\nh1 OK done\r\n"
        );
        var edits = Gen.Choose(0, sample.Length - 1)
            .SelectMany(at => Gen.Choose(0, 255), (at, to) => (at, to))
            .ListOf()
            .ToArbitrary();
        Check.One(
            Config.QuickThrowOnFailure.WithMaxTest(400),
            Prop.ForAll(
                edits,
                list =>
                {
                    var bytes = sample.ToArray();
                    foreach (var (at, to) in list)
                        bytes[at] = (byte)to;
                    ReadAllAsync(bytes).GetAwaiter().GetResult();
                }
            )
        );
    }

    private static async Task<int> ReadAllAsync(byte[] bytes)
    {
        var reader = new ImapReader(new MemoryStream(bytes)) { MaxStringBytes = 1024 * 1024 };
        var count = 0;
        try
        {
            while (true)
            {
                await reader.ReadAsync(MailboxDesk.Patience());
                count++;
            }
        }
        catch (ImapException)
        {
            return count;
        }
    }

    [Theory]
    [InlineData("INBOX", "INBOX")]
    [InlineData("A & B", "A &- B")]
    [InlineData("Gelöschte Elemente", "Gel&APY-schte Elemente")]
    [InlineData("~peter/mail/台北/日本語", "~peter/mail/&U,BTFw-/&ZeVnLIqe-")]
    public void Folder_names_are_written_in_the_mail_variant_of_UTF_7(string name, string wire) =>
        ImapFolderName.Encode(name).ShouldBe(wire);

    [Theory]
    [InlineData("8.8.8.8", true)]
    [InlineData("127.0.0.1", false)]
    [InlineData("10.1.2.3", false)]
    [InlineData("172.20.0.1", false)]
    [InlineData("192.168.1.1", false)]
    [InlineData("169.254.169.254", false)]
    [InlineData("100.64.0.1", false)]
    [InlineData("0.0.0.0", false)]
    [InlineData("::1", false)]
    [InlineData("fe80::1", false)]
    [InlineData("fd00::1", false)]
    [InlineData("::ffff:10.0.0.1", false)]
    [InlineData("64:ff9b::a00:1", false)]
    [InlineData("2002:a00:1::", false)]
    [InlineData("2a00:1450:4001:80b::200e", true)]
    public void Private_addresses_are_known(string address, bool isPublic) =>
        OpenNetwork.IsPublic(System.Net.IPAddress.Parse(address)).ShouldBe(isPublic);
}
