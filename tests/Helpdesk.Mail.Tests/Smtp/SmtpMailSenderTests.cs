using System.Buffers;
using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Helpdesk.Mail.Outbound;
using Helpdesk.Mail.Smtp;
using Microsoft.Extensions.Options;
using Shouldly;

namespace Helpdesk.Mail.Tests.Smtp;

public class SmtpMailSenderTests
{
    private static readonly OutgoingMail Letter = new(
        "desk@desk.example",
        ["ann@desk.example"],
        Encoding.UTF8.GetBytes("Subject: Hello\r\n\r\n.dot\r\n..\r\nbye")
    );

    [Fact]
    public async Task A_mail_sent_arrives_as_it_was_written()
    {
        await using var desk = new ListeningDesk();
        await using var sender = Sender(desk.Port);
        var delivery = (await sender.SendAsync(Letter, default)).ShouldHaveSingleItem();
        delivery.ShouldBe(new Delivery("ann@desk.example", DeliveryState.Sent, "250 2.0.0 Stored as 7"));
        desk.Text.ShouldBe("Subject: Hello\r\n\r\n.dot\r\n..\r\nbye\r\n");
    }

    [Fact]
    public async Task Recipients_fail_one_by_one()
    {
        await using var desk = new ListeningDesk();
        await using var sender = Sender(desk.Port);
        var mail = Letter with { Recipients = ["a@desk.example", "b@elsewhere.example", "c@desk.example"] };
        var deliveries = await sender.SendAsync(mail, default);
        deliveries.Select(d => d.State).ShouldBe([DeliveryState.Sent, DeliveryState.Refused, DeliveryState.Sent]);
        desk.Mails.ShouldHaveSingleItem().Envelope.Recipients.ShouldBe(["a@desk.example", "c@desk.example"]);
    }

    [Fact]
    public async Task A_mail_nobody_may_get_is_not_transmitted_and_the_connection_stays_usable()
    {
        await using var desk = new ListeningDesk();
        await using var sender = Sender(desk.Port);
        var refused = await sender.SendAsync(Letter with { Recipients = ["b@elsewhere.example"] }, default);
        refused.ShouldHaveSingleItem().State.ShouldBe(DeliveryState.Refused);
        (await sender.SendAsync(Letter, default)).ShouldHaveSingleItem().State.ShouldBe(DeliveryState.Sent);
        desk.Mails.Count.ShouldBe(1);
        desk.SessionCount.ShouldBe(1);
    }

    [Fact]
    public async Task A_certificate_that_is_trusted_protects_the_way()
    {
        await using var desk = new ListeningDesk(tls: true);
        var options = Plain(desk.Port) with
        {
            Security = ConnectionSecurity.StartTls,
            TrustedCertificateFile = desk.CertificatePath,
        };
        await using var sender = new SmtpMailSender(Options.Create(options), TimeProvider.System);
        var delivery = (await sender.SendAsync(Letter, default)).ShouldHaveSingleItem();
        delivery.State.ShouldBe(DeliveryState.Sent, delivery.Reply);
        desk.Mails.ShouldHaveSingleItem().Raw.ShouldContain(" with ESMTPS");
    }

    [Fact]
    public async Task A_certificate_that_nobody_vouches_for_gets_no_mail()
    {
        await using var desk = new ListeningDesk(tls: true);
        var options = Plain(desk.Port) with { Security = ConnectionSecurity.StartTls };
        await using var sender = new SmtpMailSender(Options.Create(options), TimeProvider.System);
        (await sender.SendAsync(Letter, default)).ShouldHaveSingleItem().State.ShouldBe(DeliveryState.Unreachable);
        desk.Mails.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_server_that_hides_STARTTLS_gets_no_mail()
    {
        await using var desk = new ListeningDesk();
        var options = Plain(desk.Port) with { Security = ConnectionSecurity.StartTls };
        await using var sender = new SmtpMailSender(Options.Create(options), TimeProvider.System);
        (await sender.SendAsync(Letter, default)).ShouldHaveSingleItem().State.ShouldBe(DeliveryState.Unreachable);
        desk.Mails.ShouldBeEmpty();
    }

    [Fact]
    public async Task Nobody_there_means_later()
    {
        await using var sender = Sender(port: 1);
        (await sender.SendAsync(Letter, default)).ShouldHaveSingleItem().State.ShouldBe(DeliveryState.Unreachable);
    }

    [Fact]
    public async Task A_server_that_keeps_silent_means_later()
    {
        await using var server = new ScriptedServer(_ => "");
        var options = Plain(server.Port) with { CommandTimeout = TimeSpan.FromMilliseconds(200) };
        await using var sender = new SmtpMailSender(Options.Create(options), TimeProvider.System);
        var delivery = (await sender.SendAsync(Letter, default)).ShouldHaveSingleItem();
        delivery.State.ShouldBe(DeliveryState.Unreachable);
        delivery.Reply.ShouldContain("did not answer");
    }

    [Theory]
    [InlineData("450 4.2.1 greylisted", DeliveryState.TryLater)]
    [InlineData("550 5.7.1 spam", DeliveryState.Refused)]
    [InlineData("250 2.0.0 queued", DeliveryState.Sent)]
    public async Task The_answer_to_the_text_decides(string answer, DeliveryState state)
    {
        await using var server = new ScriptedServer(line => line == "." ? answer : Usual(line));
        await using var sender = Sender(server.Port);
        var delivery = (await sender.SendAsync(Letter, default)).ShouldHaveSingleItem();
        delivery.State.ShouldBe(state);
        delivery.Reply.ShouldBe(answer);
    }

    [Fact]
    public async Task A_connection_that_breaks_before_the_last_answer_means_later()
    {
        await using var server = new ScriptedServer(line => line == "." ? null : Usual(line));
        await using var sender = Sender(server.Port);
        (await sender.SendAsync(Letter, default)).ShouldHaveSingleItem().State.ShouldBe(DeliveryState.TryLater);
    }

    [Fact]
    public async Task A_server_that_closes_between_two_mails_is_called_again()
    {
        await using var server = new ScriptedServer(line => line == "RSET" ? null : Usual(line));
        await using var sender = Sender(server.Port);
        await sender.SendAsync(Letter, default);
        (await sender.SendAsync(Letter, default)).ShouldHaveSingleItem().State.ShouldBe(DeliveryState.Sent);
        server.Connections.ShouldBe(2);
    }

    [Fact]
    public async Task An_old_server_without_extensions_is_spoken_to_in_the_old_way()
    {
        await using var server = new ScriptedServer(line =>
            line.StartsWith("EHLO", StringComparison.Ordinal) ? "502 what?" : Usual(line)
        );
        await using var sender = Sender(server.Port);
        (await sender.SendAsync(Letter, default)).ShouldHaveSingleItem().State.ShouldBe(DeliveryState.Sent);
        server.Heard.ShouldBe([
            "EHLO localhost",
            "HELO localhost",
            "MAIL FROM:<desk@desk.example>",
            "RCPT TO:<ann@desk.example>",
            "DATA",
            "Subject: Hello",
            "",
            "..dot",
            "...",
            "bye",
            ".",
        ]);
    }

    [Theory]
    [InlineData("AUTH PLAIN LOGIN", "AUTH PLAIN AGFubgBzZWNyZXQ=")]
    [InlineData("AUTH=LOGIN", "AUTH LOGIN")]
    public async Task Signing_in_uses_what_the_server_offers(string offer, string said)
    {
        await using var server = new ScriptedServer(line =>
            line switch
            {
                "AUTH LOGIN" => "334 VXNlcm5hbWU6",
                "YW5u" => "334 UGFzc3dvcmQ6",
                _ when line.StartsWith("EHLO", StringComparison.Ordinal) => $"250-scripted\r\n250 {offer}",
                _ when line.StartsWith("AUTH", StringComparison.Ordinal) => "235 2.7.0 welcome",
                "c2VjcmV0" => "235 2.7.0 welcome",
                _ => Usual(line),
            }
        );
        var options = Plain(server.Port) with { UserName = "ann", Password = "secret" };
        await using var sender = new SmtpMailSender(Options.Create(options), TimeProvider.System);
        (await sender.SendAsync(Letter, default)).ShouldHaveSingleItem().State.ShouldBe(DeliveryState.Sent);
        server.Heard.ShouldContain(said);
        options.ToString().ShouldNotContain("= secret");
    }

    [Fact]
    public async Task A_refused_sign_in_keeps_the_mail()
    {
        await using var server = new ScriptedServer(line =>
            line.StartsWith("EHLO", StringComparison.Ordinal) ? "250-scripted\r\n250 AUTH PLAIN"
            : line.StartsWith("AUTH", StringComparison.Ordinal) ? "535 5.7.8 no"
            : Usual(line)
        );
        var options = Plain(server.Port) with { UserName = "ann", Password = "secret" };
        await using var sender = new SmtpMailSender(Options.Create(options), TimeProvider.System);
        var delivery = (await sender.SendAsync(Letter, default)).ShouldHaveSingleItem();
        delivery.State.ShouldBe(DeliveryState.Unreachable);
        delivery.Reply.ShouldNotContain("secret");
    }

    [Fact]
    public async Task Addresses_beyond_ASCII_ask_for_SMTPUTF8_and_domains_are_spelled_the_old_way_without_it()
    {
        await using var desk = new ListeningDesk();
        await using var sender = Sender(desk.Port);
        var sent = await sender.SendAsync(Letter with { ReturnPath = "почта@пример.example" }, default);
        sent.ShouldHaveSingleItem().State.ShouldBe(DeliveryState.Sent);
        desk.Mails.ShouldHaveSingleItem().Raw.ShouldContain(" with UTF8SMTP");

        await using var server = new ScriptedServer(Usual);
        await using var old = Sender(server.Port);
        await old.SendAsync(Letter with { Recipients = ["ann@пример.example"] }, default);
        server.Heard.ShouldContain("RCPT TO:<ann@xn--e1afmkfd.example>");
        var refused = await old.SendAsync(Letter with { Recipients = ["почта@пример.example"] }, default);
        refused.ShouldHaveSingleItem().State.ShouldBe(DeliveryState.Refused);
    }

    [Fact]
    public async Task An_address_cannot_say_commands()
    {
        await using var server = new ScriptedServer(Usual);
        await using var sender = Sender(server.Port);
        var mail = Letter with { Recipients = ["a@b.example>\r\nRCPT TO:<all@b.example"] };
        (await sender.SendAsync(mail, default)).ShouldHaveSingleItem().State.ShouldBe(DeliveryState.Refused);
        server.Connections.ShouldBe(0);
    }

    [Fact]
    public void What_is_written_for_the_wire_reads_back_the_same_with_every_line_end_a_CRLF() =>
        Prop.ForAll<byte[]>(bytes =>
            {
                // few different bytes, so that dots and line ends meet often
                var text = bytes.Select(b => ".\r\nx"u8[b % 4]).ToArray();
                var wire = new ArrayBufferWriter<byte>();
                var encoder = new DotEncoder();
                foreach (var piece in text.Chunk(3))
                    encoder.Encode(piece, wire);
                encoder.End(wire);
                using var read = new MessageBuffer(new ByteBudget(1 << 20), 1 << 20);
                read.Begin([]);
                var consumed = new DotDecoder().Decode(wire.WrittenSpan, read, out var ended);
                var expected = Encoding.ASCII.GetString(text).ReplaceLineEndings("\r\n");
                if (expected.Length > 0 && !expected.EndsWith('\n'))
                    expected += "\r\n";
                return ended
                    && consumed == wire.WrittenCount
                    && Encoding.ASCII.GetString(read.Written.Span) == expected;
            })
            .QuickCheckThrowOnFailure();

    [Fact]
    public async Task The_pickup_folder_gets_whole_files_with_the_envelope_on_top()
    {
        var folder = Directory.CreateTempSubdirectory("helpdesk-").FullName;
        try
        {
            var sender = new PickupFolder(Path.Combine(folder, "out"), TimeProvider.System);
            (await sender.SendAsync(Letter, default)).ShouldHaveSingleItem().State.ShouldBe(DeliveryState.Sent);
            var file = Directory.GetFiles(folder, "*", SearchOption.AllDirectories).ShouldHaveSingleItem();
            file.ShouldEndWith(".eml");
            (await File.ReadAllTextAsync(file)).ShouldBe(
                "X-Sender: <desk@desk.example>\r\nX-Receiver: <ann@desk.example>\r\n"
                    + Encoding.UTF8.GetString(Letter.Raw.Span)
            );
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static string? Usual(string line) =>
        line.StartsWith("DATA", StringComparison.Ordinal) ? "354 go"
        : line.StartsWith("QUIT", StringComparison.Ordinal) ? "221 bye"
        : "250 ok";

    private static OutboundOptions Plain(int port) =>
        new()
        {
            Host = "127.0.0.1",
            Port = port,
            Security = ConnectionSecurity.None,
        };

    private static SmtpMailSender Sender(int port) => new(Options.Create(Plain(port)), TimeProvider.System);
}
