using System.Net.Security;
using System.Text;
using Helpdesk.Mail.Intake;
using Helpdesk.Mail.Smtp;
using Shouldly;

namespace Helpdesk.Mail.Tests.Smtp;

public class SmtpListenerTests
{
    [Fact]
    public async Task A_mail_is_handed_over_with_its_envelope_and_our_trace_header_before_it_is_answered_250()
    {
        await using var desk = new ListeningDesk();
        using var client = await desk.ConnectAsync();
        (await client.HearAsync()).ShouldStartWith("220 desk.example ESMTP");
        await client.AskAsync("EHLO client.example");
        (await client.AskAsync("MAIL FROM:<ann@client.example> SIZE=30 BODY=8BITMIME")).ShouldStartWith("250 2.1.0");
        (await client.AskAsync("RCPT TO:<support@desk.example>")).ShouldStartWith("250 2.1.5");
        (await client.AskAsync("DATA")).ShouldStartWith("354");
        (await client.AskAsync("Subject: Card\r\n\r\nIt is lost.\r\n.")).ShouldBe("250 2.0.0 Stored as 7");
        (await client.AskAsync("QUIT")).ShouldStartWith("221");

        var (raw, envelope) = desk.Mails.ShouldHaveSingleItem();
        envelope.ReturnPath.ShouldBe("ann@client.example");
        envelope.Recipients.ShouldBe(["support@desk.example"]);
        raw.ShouldStartWith(
            "Return-Path: <ann@client.example>\r\n"
                + "Received: from client.example ([127.0.0.1])\r\n"
                + "\tby desk.example with ESMTP\r\n"
                + "\tfor <support@desk.example>; "
        );
        desk.Text.ShouldBe("Subject: Card\r\n\r\nIt is lost.\r\n");
    }

    [Fact]
    public async Task The_extensions_are_offered()
    {
        await using var desk = new ListeningDesk();
        using var client = await desk.ConnectAsync();
        await client.HearAsync();
        (await client.AskAsync("EHLO me"))
            .Split('\n')
            .Select(l => l[4..])
            .ShouldBe([
                "desk.example",
                "PIPELINING",
                "SIZE 26214400",
                "8BITMIME",
                "SMTPUTF8",
                "CHUNKING",
                "ENHANCEDSTATUSCODES",
            ]);
    }

    [Fact]
    public async Task Commands_sent_together_are_answered_in_order()
    {
        await using var desk = new ListeningDesk();
        using var client = await desk.ConnectAsync();
        await client.SayAsync(
            "EHLO me\r\nMAIL FROM:<>\r\nRCPT TO:<nobody@elsewhere.example>\r\nRCPT TO:<support@desk.example>\r\nDATA\r\n"
        );
        await client.HearAsync();
        await client.HearAsync();
        (await client.HearAsync()).ShouldStartWith("250 2.1.0");
        (await client.HearAsync()).ShouldStartWith("550 5.1.1");
        (await client.HearAsync()).ShouldStartWith("250 2.1.5");
        (await client.HearAsync()).ShouldStartWith("354");
        await client.SayAsync("Subject: a\r\n\r\n1\r\n.\r\nMAIL FROM:<b@c.example>\r\nQUIT\r\n");
        (await client.HearAsync()).ShouldStartWith("250 2.0.0");
        (await client.HearAsync()).ShouldStartWith("250 2.1.0");
        (await client.HearAsync()).ShouldStartWith("221");
        desk.Mails.ShouldHaveSingleItem().Envelope.ReturnPath.ShouldBe("");
    }

    [Theory]
    [InlineData("\n.\n")]
    [InlineData("\n.\r\n")]
    [InlineData("\r.\r")]
    [InlineData("\r.\r\n")]
    [InlineData("\r\n.\n")]
    [InlineData("\r\n.\r\r\n")]
    [InlineData("\r\n\0.\r\n")]
    public async Task Nothing_but_a_dot_between_two_CRLF_ends_a_mail(string falseEnd)
    {
        await using var desk = new ListeningDesk();
        using var client = await desk.ConnectAsync();
        await client.BeginDataAsync();
        await client.SayAsync($"Subject: a\r\n\r\n1{falseEnd}MAIL FROM:<admin@desk.example>\r\n");
        (await client.AskAsync(".")).ShouldStartWith("250");
        desk.Text.ShouldContain("MAIL FROM:<admin@desk.example>\r\n");
    }

    [Fact]
    public async Task Doubled_dots_become_one_wherever_the_pieces_are_cut()
    {
        const string Wire = "Subject: a\r\n\r\n..one\r\n...\r\n..\r\ntwo.\r\n.\r\n";
        const string Content = "Subject: a\r\n\r\n.one\r\n..\r\n.\r\ntwo.\r\n";
        for (var cut = 1; cut < Wire.Length; cut++)
        {
            var bytes = Encoding.ASCII.GetBytes(Wire + "NEXT");
            using var output = new MessageBuffer(new ByteBudget(1 << 20), 1 << 20);
            output.Begin([]);
            var decoder = new DotDecoder();
            var used = decoder.Decode(bytes.AsSpan(0, cut), output, out var ended);
            used.ShouldBe(cut);
            ended.ShouldBeFalse();
            used += decoder.Decode(bytes.AsSpan(cut), output, out ended);
            ended.ShouldBeTrue();
            used.ShouldBe(Wire.Length);
            Encoding.ASCII.GetString(output.Written.Span).ShouldBe(Content);
        }
        await Task.CompletedTask;
    }

    [Fact]
    public async Task A_mail_beyond_the_limit_is_refused_at_once_by_its_announced_size_and_else_at_its_end()
    {
        await using var desk = new ListeningDesk(new() { MaxMessageBytes = 64 * 1024 });
        using var client = await desk.ConnectAsync();
        await client.HearAsync();
        await client.AskAsync("EHLO me");
        (await client.AskAsync("MAIL FROM:<a@b.example> SIZE=70000")).ShouldStartWith("552 5.3.4");
        await client.AskAsync("MAIL FROM:<a@b.example>");
        await client.AskAsync("RCPT TO:<support@desk.example>");
        await client.AskAsync("DATA");
        await client.SayAsync(new string('x', 70_000));
        (await client.AskAsync("\r\n.")).ShouldStartWith("552 5.3.4");
        (await client.AskAsync("MAIL FROM:<a@b.example>")).ShouldStartWith("250");
        desk.Mails.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_mail_without_end_is_not_swallowed_forever()
    {
        await using var desk = new ListeningDesk(new() { MaxMessageBytes = 64 * 1024 });
        using var client = await desk.ConnectAsync();
        await client.BeginDataAsync();
        var pour = async () =>
        {
            for (var i = 0; i < 1000; i++)
                await client.SayAsync(new string('x', 64 * 1024));
        };
        await pour.ShouldThrowAsync<IOException>();
    }

    [Fact]
    public async Task More_mail_than_there_is_memory_for_is_asked_to_come_later()
    {
        await using var desk = new ListeningDesk(new() { MaxInFlightBytes = 1024 * 1024 });
        using var client = await desk.ConnectAsync();
        await client.HearAsync();
        await client.AskAsync("EHLO me");
        (await client.AskAsync("MAIL FROM:<a@b.example> SIZE=2000000")).ShouldStartWith("452 4.3.1");
        await client.AskAsync("MAIL FROM:<a@b.example>");
        await client.AskAsync("RCPT TO:<support@desk.example>");
        await client.AskAsync("DATA");
        await client.SayAsync(new string('x', 2_000_000));
        (await client.AskAsync("\r\n.")).ShouldStartWith("452 4.3.1");
    }

    [Theory]
    [InlineData(false, "451 4.3.2")]
    [InlineData(true, "452 4.3.1")]
    public async Task A_desk_that_cannot_store_asks_to_try_later(bool diskFull, string answer)
    {
        await using var desk = new ListeningDesk
        {
            Answer = () => Task.FromResult<Acceptance>(new Acceptance.TryLater(diskFull)),
        };
        using var client = await desk.ConnectAsync();
        await client.BeginDataAsync();
        (await client.AskAsync("Subject: a\r\n\r\n.")).ShouldStartWith(answer);
    }

    [Fact]
    public async Task A_defect_while_storing_never_sounds_like_success()
    {
        await using var desk = new ListeningDesk { Answer = () => throw new InvalidOperationException("broken") };
        using var client = await desk.ConnectAsync();
        await client.BeginDataAsync();
        (await client.AskAsync("Subject: a\r\n\r\n.")).ShouldStartWith("451");
        (await client.AskAsync("NOOP")).ShouldStartWith("250");
    }

    [Fact]
    public async Task A_connection_lost_within_a_mail_leaves_nothing()
    {
        await using var desk = new ListeningDesk();
        using (var client = await desk.ConnectAsync())
        {
            await client.BeginDataAsync();
            await client.SayAsync("Subject: a\r\n\r\nhalf");
        }
        await Until(() => desk.SessionCount == 0);
        desk.Mails.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("MAIL FROM:<a@b.example>", "503")]
    [InlineData("EHLO me|RCPT TO:<support@desk.example>", "503")]
    [InlineData("EHLO me|DATA", "503")]
    [InlineData("EHLO me|MAIL FROM:<a@b.example>|DATA", "554")]
    [InlineData("EHLO me|MAIL FROM:<a@b.example>|MAIL FROM:<a@b.example>", "503")]
    [InlineData("EHLO me|MAIL FROM:a@b.example", "501")]
    [InlineData("EHLO me|MAIL FROM:<a@b.example> NICE=1", "555")]
    [InlineData("HELO me|MAIL FROM:<a@b.example> SIZE=1", "555")]
    [InlineData("EHLO me|MAIL FROM:<a b@c.example>", "501")]
    [InlineData("EHLO me|MAIL FROM:<\"a b\"@c.example>", "250")]
    [InlineData("EHLO me|MAIL FROM: <a@b.example>", "250")]
    [InlineData("EHLO me|MAIL FROM:<@relay.example:a@b.example>", "250")]
    [InlineData("EHLO me|MAIL FROM:<a@b.example>|RCPT TO:<>", "501")]
    [InlineData("EHLO me|MAIL FROM:<a@b.example>|RCPT TO:<support@elsewhere.example>", "550 5.1.1")]
    [InlineData("EHLO", "501")]
    [InlineData("VRFY ann", "252")]
    [InlineData("EXPN list", "500")]
    [InlineData("STARTTLS", "503")]
    [InlineData("noop", "250")]
    public async Task Commands_are_answered_as_the_standard_says(string commands, string answer)
    {
        await using var desk = new ListeningDesk();
        using var client = await desk.ConnectAsync();
        await client.HearAsync();
        var said = "";
        foreach (var command in commands.Split('|'))
            said = await client.AskAsync(command);
        said.ShouldStartWith(answer);
    }

    [Fact]
    public async Task An_address_beyond_ASCII_needs_SMTPUTF8()
    {
        await using var desk = new ListeningDesk();
        using var client = await desk.ConnectAsync();
        await client.HearAsync();
        await client.AskAsync("EHLO me");
        var address = Encoding.Latin1.GetString("почта@пример.example"u8);
        (await client.AskAsync($"MAIL FROM:<{address}>")).ShouldStartWith("553 5.6.7");
        (await client.AskAsync($"MAIL FROM:<{address}> SMTPUTF8")).ShouldStartWith("250");
        await client.AskAsync("RCPT TO:<support@desk.example>");
        await client.AskAsync("DATA");
        await client.AskAsync("Subject: a\r\n\r\n.");
        desk.Mails.ShouldHaveSingleItem().Envelope.ReturnPath.ShouldBe("почта@пример.example");
    }

    [Fact]
    public async Task A_line_without_CRLF_or_with_nonsense_is_no_command()
    {
        await using var desk = new ListeningDesk();
        using var client = await desk.ConnectAsync();
        await client.HearAsync();
        await client.SayAsync("NOOP\n");
        (await client.HearAsync()).ShouldStartWith("500");
        (await client.AskAsync("NO\0OP")).ShouldStartWith("500");
        (await client.AskAsync("EHLO \u00ff")).ShouldStartWith("500");
        (await client.AskAsync("")).ShouldStartWith("500");
        (await client.AskAsync("NOOP")).ShouldStartWith("250");
    }

    [Fact]
    public async Task A_command_without_end_closes_the_session()
    {
        await using var desk = new ListeningDesk();
        using var client = await desk.ConnectAsync();
        await client.HearAsync();
        await client.SayAsync(new string('x', 5000));
        (await client.HearAsync()).ShouldStartWith("500");
        (await client.HearAsync()).ShouldBe("");
    }

    [Theory]
    [InlineData("RCPT TO:<guess@desk.invalid>", 20)]
    [InlineData("", 20)]
    [InlineData("NOOP", 100)]
    public async Task A_flood_of_commands_closes_the_session(string command, int atMost)
    {
        await using var desk = new ListeningDesk();
        using var client = await desk.ConnectAsync();
        await client.HearAsync();
        var answers = 0;
        await client.SayAsync(string.Concat(Enumerable.Repeat(command + "\r\n", 500)));
        while (
            (await client.HearAsync()) is { Length: > 0 } answer && !answer.StartsWith("421", StringComparison.Ordinal)
        )
            answers++;
        answers.ShouldBe(atMost);
    }

    [Fact]
    public async Task A_session_can_bring_many_mails()
    {
        await using var desk = new ListeningDesk();
        using var client = await desk.ConnectAsync();
        await client.HearAsync();
        await client.AskAsync("EHLO me");
        for (var i = 0; i < 150; i++)
        {
            await client.SayAsync("RSET\r\nMAIL FROM:<a@b.example>\r\nRCPT TO:<support@desk.example>\r\nDATA\r\n");
            for (var n = 0; n < 4; n++)
                await client.HearAsync();
            (await client.AskAsync("Subject: a\r\n\r\n.")).ShouldStartWith("250");
        }
        desk.Mails.Count.ShouldBe(150);
    }

    [Fact]
    public async Task Recipients_beyond_the_limit_are_asked_to_come_in_another_mail()
    {
        await using var desk = new ListeningDesk(new() { MaxRecipients = 2 });
        using var client = await desk.ConnectAsync();
        await client.HearAsync();
        await client.AskAsync("EHLO me");
        await client.AskAsync("MAIL FROM:<a@b.example>");
        await client.AskAsync("RCPT TO:<a@desk.example>");
        await client.AskAsync("RCPT TO:<b@desk.example>");
        (await client.AskAsync("RCPT TO:<c@desk.example>")).ShouldStartWith("452 4.5.3");
        await client.AskAsync("DATA");
        await client.AskAsync("Subject: a\r\n\r\n.");
        desk.Mails.ShouldHaveSingleItem().Envelope.Recipients.Count.ShouldBe(2);
    }

    [Fact]
    public async Task Sessions_beyond_the_limit_are_turned_away()
    {
        await using var desk = new ListeningDesk(new() { MaxSessions = 1 });
        using var first = await desk.ConnectAsync();
        await first.HearAsync();
        using var second = await desk.ConnectAsync();
        (await second.HearAsync()).ShouldStartWith("421");
        (await first.AskAsync("NOOP")).ShouldStartWith("250");
    }

    [Fact]
    public async Task Silence_ends_a_session()
    {
        await using var desk = new ListeningDesk(new() { IdleTimeout = TimeSpan.FromMilliseconds(100) });
        using var client = await desk.ConnectAsync();
        await client.HearAsync();
        (await client.HearAsync()).ShouldStartWith("421 4.4.2");
    }

    [Fact]
    public async Task Talking_slowly_does_not_make_a_session_live_forever()
    {
        await using var desk = new ListeningDesk(new() { SessionTimeout = TimeSpan.FromMilliseconds(300) });
        using var client = await desk.ConnectAsync();
        await client.BeginDataAsync();
        var heard = client.HearAsync();
        for (var i = 0; i < 100 && !heard.IsCompleted; i++)
        {
            try
            {
                await client.SayAsync("x");
            }
            catch (IOException)
            {
                break;
            }
            await Task.Delay(20);
        }
        (await heard).ShouldStartWith("421 4.4.2");
        desk.Mails.ShouldBeEmpty();
    }

    [Fact]
    public async Task On_stop_a_mail_on_its_way_may_end_and_idle_sessions_hear_421()
    {
        await using var desk = new ListeningDesk();
        using var idle = await desk.ConnectAsync();
        await idle.HearAsync();
        using var busy = await desk.ConnectAsync();
        await busy.BeginDataAsync();
        var stop = desk.StopAsync();
        (await idle.HearAsync()).ShouldStartWith("421 4.3.2");
        (await busy.AskAsync("Subject: a\r\n\r\n.")).ShouldStartWith("250");
        (await busy.HearAsync()).ShouldStartWith("421 4.3.2");
        await stop;
        desk.Mails.Count.ShouldBe(1);
    }

    [Fact]
    public async Task Stopped_from_two_sides_it_ends_once_and_both_wait_for_that()
    {
        await using var desk = new ListeningDesk();
        using var busy = await desk.ConnectAsync();
        await busy.BeginDataAsync();
        var (first, second) = (desk.StopAsync(), desk.StopAsync());
        second.IsCompleted.ShouldBeFalse();
        (await busy.AskAsync("Subject: a\r\n\r\n.")).ShouldStartWith("250");
        await first;
        await desk.DisposeAsync();
        await second; // whoever waited still does when the first has let everything go
        desk.Mails.Count.ShouldBe(1);
    }

    [Fact]
    public async Task Chunks_are_a_way_to_send_a_mail_too()
    {
        await using var desk = new ListeningDesk();
        using var client = await desk.ConnectAsync();
        await client.HearAsync();
        await client.AskAsync("EHLO me");
        await client.AskAsync("MAIL FROM:<a@b.example>");
        await client.AskAsync("RCPT TO:<support@desk.example>");
        await client.SayAsync("BDAT 14\r\nSubject: a\r\n\r\n");
        (await client.HearAsync()).ShouldStartWith("250");
        (await client.AskAsync("RCPT TO:<b@desk.example>")).ShouldStartWith("503");
        await client.SayAsync("BDAT 5 LAST\r\n.\r\n.\nNOOP\r\n");
        (await client.HearAsync()).ShouldStartWith("250 2.0.0 Stored");
        (await client.HearAsync()).ShouldStartWith("250");
        desk.Text.ShouldBe("Subject: a\r\n\r\n.\r\n.\n");
    }

    [Theory]
    [InlineData("BDAT")]
    [InlineData("BDAT -1")]
    [InlineData("BDAT 99999999999")]
    [InlineData("BDAT 5 FIRST")]
    public async Task A_chunk_of_unknown_size_ends_the_session(string command)
    {
        await using var desk = new ListeningDesk();
        using var client = await desk.ConnectAsync();
        await client.HearAsync();
        await client.AskAsync("EHLO me");
        (await client.AskAsync(command)).ShouldStartWith("501");
        (await client.HearAsync()).ShouldBe("");
    }

    [Fact]
    public async Task LMTP_answers_once_for_each_recipient()
    {
        await using var desk = new ListeningDesk();
        using var client = await desk.ConnectAsync();
        await client.HearAsync();
        await client.AskAsync("LHLO me");
        await client.AskAsync("MAIL FROM:<a@b.example>");
        await client.AskAsync("RCPT TO:<a@desk.example>");
        await client.AskAsync("RCPT TO:<b@desk.example>");
        await client.AskAsync("DATA");
        (await client.AskAsync("Subject: a\r\n\r\n.")).ShouldStartWith("250");
        (await client.HearAsync()).ShouldStartWith("250");
        desk.Mails.ShouldHaveSingleItem().Raw.ShouldContain(" with LMTP");
    }

    [Fact]
    public async Task STARTTLS_protects_and_forgets_what_was_said_before()
    {
        await using var desk = new ListeningDesk(tls: true);
        using var client = await desk.ConnectAsync();
        await client.HearAsync();
        (await client.AskAsync("EHLO me")).ShouldContain("STARTTLS");
        (await client.AskAsync("STARTTLS")).ShouldStartWith("220");
        var tls = new SslStream(client.Stream);
        await tls.AuthenticateAsClientAsync(
            new SslClientAuthenticationOptions
            {
                TargetHost = "localhost",
                RemoteCertificateValidationCallback = (_, certificate, _, _) => certificate is not null,
            }
        );
        client.Stream = tls;
        (await client.AskAsync("MAIL FROM:<a@b.example>")).ShouldStartWith("503");
        (await client.AskAsync("EHLO me")).ShouldNotContain("STARTTLS");
        await client.AskAsync("MAIL FROM:<a@b.example>");
        await client.AskAsync("RCPT TO:<support@desk.example>");
        await client.AskAsync("DATA");
        await client.AskAsync("Subject: a\r\n\r\n.");
        desk.Mails.ShouldHaveSingleItem().Raw.ShouldContain(" with ESMTPS");
    }

    [Fact]
    public async Task Commands_smuggled_in_behind_STARTTLS_are_never_heard()
    {
        await using var desk = new ListeningDesk(tls: true);
        using var client = await desk.ConnectAsync();
        await client.HearAsync();
        await client.AskAsync("EHLO me");
        await client.SayAsync("STARTTLS\r\nMAIL FROM:<evil@b.example>\r\n");
        (await client.HearAsync()).ShouldStartWith("501");
        (await client.HearAsync()).ShouldBe("");
    }

    [Fact]
    public async Task Four_senders_at_once_lose_nothing()
    {
        await using var desk = new ListeningDesk();
        await Task.WhenAll(
            Enumerable
                .Range(0, 4)
                .Select(async sender =>
                {
                    using var client = await desk.ConnectAsync();
                    await client.HearAsync();
                    await client.AskAsync("EHLO me");
                    for (var i = 0; i < 50; i++)
                    {
                        await client.SayAsync("MAIL FROM:<a@b.example>\r\nRCPT TO:<support@desk.example>\r\nDATA\r\n");
                        for (var n = 0; n < 3; n++)
                            await client.HearAsync();
                        (
                            await client.AskAsync($"Subject: {sender}-{i}\r\n\r\n{new string('x', 5000)}\r\n.")
                        ).ShouldStartWith("250");
                    }
                })
        );
        desk.Mails.Select(m => m.Raw).Distinct(StringComparer.Ordinal).Count().ShouldBe(200);
    }

    private static async Task Until(Func<bool> condition)
    {
        for (var i = 0; i < 200 && !condition(); i++)
            await Task.Delay(20);
        condition().ShouldBeTrue();
    }
}
