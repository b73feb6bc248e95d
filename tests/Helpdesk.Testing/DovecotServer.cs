using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace Helpdesk.Testing;

/// <summary>
/// A real IMAP and LMTP server on free loopback ports, when Dovecot is installed. Every user name exists, with the password <c>secret</c>, and has a mailbox
/// of its own, so tests do not meet.
/// </summary>
public sealed class DovecotServer : IDisposable
{
    public const string Password = "secret";

    private static readonly string? Program = Find("dovecot");
    private static readonly bool IsRoot = Environment.UserName == "root";
    private readonly string directory = Directory.CreateTempSubdirectory("hd-imap-").FullName;
    private Process? process;

    public DovecotServer()
    {
        if (Program is null)
            return;
        (ImapPort, ImapsPort, LmtpPort) = (FreePort.Next(), FreePort.Next(), FreePort.Next());
        WriteCertificate();
        foreach (var name in (string[])["run", "state", "mail"])
            Directory.CreateDirectory(Path.Combine(directory, name));
        var user = IsRoot ? "mail" : Environment.UserName;
        File.WriteAllText(ConfigPath, Config(user));
        if (IsRoot)
            Run("chown", "-R", user, Path.Combine(directory, "mail"));
        Run("chmod", "755", directory);
        Start();
    }

    public int ImapPort { get; }
    public int ImapsPort { get; }
    public int LmtpPort { get; }
    public string CertificatePath => Path.Combine(directory, "tls.pem");
    private string ConfigPath => Path.Combine(directory, "dovecot.conf");

    /// <summary>Skips the test where there is no Dovecot.</summary>
    public void Require()
    {
        if (Program is null)
            Assert.Skip("Dovecot is not installed. On Debian: dovecot-core dovecot-imapd dovecot-lmtpd.");
    }

    public void Start()
    {
        process = Process.Start(
            new ProcessStartInfo(Program!, ["-F", "-c", ConfigPath])
            {
                RedirectStandardError = true,
                RedirectStandardOutput = true,
                UseShellExecute = false,
            }
        )!;
        var since = Stopwatch.StartNew();
        while (!Answers(ImapPort))
        {
            if (since.Elapsed > TimeSpan.FromSeconds(20) || process.HasExited)
                throw new InvalidOperationException($"Dovecot did not start: {Log()}");
            Thread.Sleep(20);
        }
    }

    public void Stop()
    {
        if (process is null)
            return;
        Run(Program!, "-c", ConfigPath, "stop");
        process.WaitForExit(10_000);
        process.Dispose();
        process = null;
    }

    /// <summary>Lays a mail into somebody's inbox, as a delivery does: written aside, then moved in.</summary>
    public void Deliver(string user, string raw) =>
        Deliver(user, Encoding.UTF8.GetBytes(raw.ReplaceLineEndings("\r\n")));

    public void Deliver(string user, byte[] raw)
    {
        var maildir = Maildir(user);
        var name = string.Create(CultureInfo.InvariantCulture, $"{Interlocked.Increment(ref delivered):D9}.test");
        var aside = Path.Combine(maildir, "tmp", name);
        File.WriteAllBytes(aside, raw);
        File.Move(aside, Path.Combine(maildir, "new", name));
    }

    private static int delivered = 1000;

    /// <summary>The files of the mails in somebody's inbox, oldest first.</summary>
    public IReadOnlyList<string> Files(string user) =>
        [
            .. ((string[])["new", "cur"])
                .SelectMany(d => Directory.GetFiles(Path.Combine(Maildir(user), d)))
                .OrderBy(Path.GetFileName, StringComparer.Ordinal),
        ];

    /// <summary>Everything gets new numbers, as after a server was moved or restored.</summary>
    public void Renumber(string user, uint uidValidity) =>
        Run(
            Find("doveadm")!,
            "-c",
            ConfigPath,
            "mailbox",
            "update",
            "-u",
            user,
            "--uid-validity",
            uidValidity.ToString(CultureInfo.InvariantCulture),
            "INBOX"
        );

    public void Dispose()
    {
        Stop();
        Directory.Delete(directory, recursive: true);
    }

    public string Log() =>
        File.Exists(Path.Combine(directory, "dovecot.log"))
            ? File.ReadAllText(Path.Combine(directory, "dovecot.log"))
            : "";

    private string Maildir(string user)
    {
        var home = Path.Combine(directory, "mail", user);
        var maildir = Path.Combine(home, "Maildir");
        if (Directory.Exists(maildir))
            return maildir;
        foreach (var name in (string[])["tmp", "new", "cur"])
            Directory.CreateDirectory(Path.Combine(maildir, name));
        if (IsRoot)
            Run("chown", "-R", "mail", home);
        return maildir;
    }

    private string Config(string user) =>
        $$"""
            base_dir = {{directory}}/run
            state_dir = {{directory}}/state
            {{(IsRoot ? "" : $"default_internal_user = {user}\ndefault_login_user = {user}")}}
            protocols = imap lmtp
            listen = 127.0.0.1
            log_path = {{directory}}/dovecot.log
            ssl = yes
            ssl_cert = <{{CertificatePath}}
            ssl_key = <{{CertificatePath}}
            disable_plaintext_auth = no
            auth_mechanisms = plain login
            mail_location = maildir:~/Maildir
            passdb {
              driver = static
              args = password={{Password}}
            }
            userdb {
              driver = static
              args = uid={{user}} gid={{(IsRoot ? "mail" : user)}} home={{directory}}/mail/%n
            }
            first_valid_uid = 1
            mail_max_userip_connections = 50
            namespace inbox {
              inbox = yes
              separator = /
            }
            service imap-login {
              {{(IsRoot ? "" : "chroot =")}}
              inet_listener imap {
                port = {{ImapPort}}
              }
              inet_listener imaps {
                port = {{ImapsPort}}
                ssl = yes
              }
            }
            service lmtp {
              inet_listener lmtp {
                address = 127.0.0.1
                port = {{LmtpPort}}
              }
            }
            service anvil {
              chroot =
            }

            """;

    private void WriteCertificate()
    {
        using var key = RSA.Create(2048);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("localhost");
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        var now = TimeProvider.System.GetUtcNow();
        using var certificate = request.CreateSelfSigned(now.AddDays(-1), now.AddDays(1));
        File.WriteAllText(
            CertificatePath,
            certificate.ExportCertificatePem() + "\n" + key.ExportPkcs8PrivateKeyPem() + "\n"
        );
    }

    private static bool Answers(int port)
    {
        try
        {
            using var client = new TcpClient("127.0.0.1", port);
            return client.GetStream().ReadByte() == '*';
        }
        catch (Exception e) when (e is SocketException or IOException)
        {
            return false;
        }
    }

    private static string? Find(string name) =>
        (Environment.GetEnvironmentVariable("PATH") + ":/usr/sbin:/usr/bin")
            .Split(':')
            .Select(d => Path.Combine(d, name))
            .FirstOrDefault(File.Exists);

    private static void Run(string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardError = true, UseShellExecute = false };
        using var running = Process.Start(start)!;
        var error = running.StandardError.ReadToEnd();
        running.WaitForExit();
        if (running.ExitCode != 0)
            throw new InvalidOperationException($"{program} {string.Join(' ', arguments)}: {error}");
    }
}
