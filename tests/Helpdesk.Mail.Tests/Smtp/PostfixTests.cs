using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;
using System.Text;
using Helpdesk.Mail.Intake;
using Helpdesk.Mail.Mime;
using Helpdesk.Mail.Outbound;
using Helpdesk.Mail.Smtp;
using Helpdesk.Testing;
using Microsoft.Extensions.Options;
using Shouldly;

namespace Helpdesk.Mail.Tests.Smtp;

/// <summary>A real mail server between the two of us: it takes what we send as our smarthost, and hands it to our listener as the relay before it.</summary>
public sealed class PostfixTests : IDisposable
{
    private readonly string directory = Directory.CreateTempSubdirectory("hd-pf-").FullName;
    private int port;

    public void Dispose()
    {
        if (port > 0)
            Run("/usr/sbin/postfix", "-c", $"{directory}/etc", "abort");
        Directory.Delete(directory, recursive: true);
    }

    [Fact]
    public async Task Mails_go_out_through_it_and_come_in_from_it_as_they_were_written()
    {
        await using var desk = new ListeningDesk(tls: true);
        Start(desk);
        // the first answer is "later": the relay keeps the mail and comes again
        var answers = 0;
        desk.Answer = () =>
            Task.FromResult<Acceptance>(
                ++answers == 1
                    ? new Acceptance.TryLater(DiskFull: true)
                    : new Acceptance.Stored(answers, AlreadyThere: false)
            );
        var options = new OutboundOptions
        {
            Host = "localhost",
            Port = port,
            Security = ConnectionSecurity.StartTls,
            TrustedCertificateFile = desk.CertificatePath,
        };
        await using var sender = new SmtpMailSender(Options.Create(options), TimeProvider.System);
        var letter = new MailBuilder
        {
            From = new("Larch Bank", "support@desk.example"),
            To = [new("Анна", "ann@desk.example")],
            Subject = "Ваша карта — в пути",
            MessageId = "pf1@desk.example",
            Date = DateTimeOffset.UnixEpoch,
            TextBody = ".\n..\n.dot\nFrom here\n" + new string('x', 3000) + "\nпривет\n",
            HtmlBody = "<p>привет</p>",
        };

        var deliveries = await sender.SendAsync(
            new("support@desk.example", ["ann@desk.example", "nobody@desk.example"], letter.Build()),
            CancellationToken.None
        );

        deliveries.Select(d => d.State).ShouldBe([DeliveryState.Sent, DeliveryState.Refused]);
        deliveries[1].Reply.ShouldContain("User unknown");
        var since = Stopwatch.StartNew();
        while (desk.Mails.IsEmpty && since.Elapsed < TimeSpan.FromSeconds(60))
            await Task.Delay(50);
        var (raw, envelope) = desk.Mails.ShouldHaveSingleItem();
        answers.ShouldBe(2);
        (envelope.ReturnPath, envelope.Recipients.Single(), envelope.Channel).ShouldBe(
            ("support@desk.example", "ann@desk.example", "smtp")
        );
        var mail = MimeParser.Parse(Encoding.Latin1.GetBytes(raw));
        mail.Subject.ShouldBe(letter.Subject);
        mail.TextBody!.TrimEnd().ShouldBe(letter.TextBody.TrimEnd());
        mail.To.ShouldBe(letter.To);
    }

    private void Start(ListeningDesk desk)
    {
        if (!OperatingSystem.IsLinux() || Environment.UserName != "root" || !File.Exists("/usr/sbin/postfix"))
            Assert.Skip("Postfix is not installed, or this is not root, which its master needs.");
        port = FreePort.Next();
        foreach (var name in (string[])["etc", "spool", "lib"])
            Directory.CreateDirectory(Path.Combine(directory, name));
        foreach (var name in (string[])["postfix-files", "dynamicmaps.cf"])
            if (File.Exists($"/etc/postfix/{name}"))
                File.Copy($"/etc/postfix/{name}", $"{directory}/etc/{name}");
        File.Copy(desk.CertificatePath, $"{directory}/tls.pem");
        File.WriteAllText($"{directory}/etc/main.cf", Main(desk.Port));
        File.WriteAllText($"{directory}/etc/master.cf", Master());
        Run("chmod", "755", directory);
        Run("chown", "postfix", $"{directory}/lib");
        Run("/usr/sbin/postfix", "-c", $"{directory}/etc", "start");
        var since = Stopwatch.StartNew();
        while (!Answers())
        {
            if (since.Elapsed > TimeSpan.FromSeconds(20))
                throw new InvalidOperationException("Postfix did not start.");
            Thread.Sleep(50);
        }
    }

    private string Main(int deskPort) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $$"""
            compatibility_level = 3.6
            queue_directory = {{directory}}/spool
            data_directory = {{directory}}/lib
            daemon_directory = /usr/lib/postfix/sbin
            command_directory = /usr/sbin
            mail_owner = postfix
            setgid_group = postdrop
            myhostname = relay.example
            mydestination =
            inet_interfaces = 127.0.0.1
            inet_protocols = ipv4
            mynetworks = 127.0.0.0/8
            relay_domains = desk.example
            transport_maps = inline:{ {desk.example=smtp:[127.0.0.1]:{{deskPort}}} }
            relay_recipient_maps =
            smtpd_relay_restrictions = permit_mynetworks, reject_unauth_destination
            smtpd_recipient_restrictions = check_recipient_access inline:{ {nobody@desk.example=550 5.1.1 User unknown} }
            default_transport = error:no mail leaves this machine
            smtpd_tls_cert_file = {{directory}}/tls.pem
            smtpd_tls_key_file = {{directory}}/tls.pem
            smtpd_tls_security_level = may
            smtp_tls_security_level = may
            queue_run_delay = 1s
            minimal_backoff_time = 1s
            maximal_backoff_time = 2s
            maillog_file = {{directory}}/maillog
            maillog_file_prefixes = /tmp, /var
            alias_maps =
            local_recipient_maps =

            """
        );

    private string Master() =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"""
            127.0.0.1:{port} inet n - n - - smtpd
            pickup unix n - n 60 1 pickup
            cleanup unix n - n - 0 cleanup
            qmgr unix n - n 1 1 qmgr
            tlsmgr unix - - n 1000? 1 tlsmgr
            rewrite unix - - n - - trivial-rewrite
            bounce unix - - n - 0 bounce
            defer unix - - n - 0 bounce
            trace unix - - n - 0 bounce
            verify unix - - n - 1 verify
            proxymap unix - - n - - proxymap
            smtp unix - - n - - smtp
            error unix - - n - - error
            retry unix - - n - - error
            anvil unix - - n - 1 anvil
            scache unix - - n - 1 scache
            postlog unix-dgram n - n - 1 postlogd

            """
        );

    private bool Answers()
    {
        try
        {
            using var client = new TcpClient("127.0.0.1", port);
            return client.GetStream().ReadByte() == '2';
        }
        catch (Exception e) when (e is SocketException or IOException)
        {
            return false;
        }
    }

    private static void Run(string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { UseShellExecute = false };
        start.Environment["PATH"] += ":/usr/sbin:/sbin";
        using var running = Process.Start(start);
        running?.WaitForExit(30_000);
    }
}
