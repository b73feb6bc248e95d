using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Helpdesk.Mail.Intake;
using Helpdesk.Mail.Smtp;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Shouldly;

namespace Helpdesk.Mail.Tests.Smtp;

/// <summary>A real listener on a free port that keeps what it is given.</summary>
internal sealed class ListeningDesk : IAsyncDisposable
{
    private readonly SmtpListener listener;
    private readonly List<string> folders = [];

    public ListeningDesk(SmtpListenerOptions? options = null, bool tls = false)
    {
        options ??= new SmtpListenerOptions();
        options = options with { Listen = "127.0.0.1:0", HostName = "desk.example" };
        if (tls)
            options = options with { CertificateFile = Certificate() };
        listener = new(
            Options.Create(options),
            (raw, envelope, _) => AcceptAsync(raw, envelope),
            (address, _) => ValueTask.FromResult(address.EndsWith("@desk.example", StringComparison.OrdinalIgnoreCase)),
            new Failpoints(),
            TimeProvider.System,
            NullLogger<SmtpListener>.Instance
        );
        listener.StartAsync(CancellationToken.None).GetAwaiter().GetResult();
    }

    public ConcurrentQueue<(string Raw, MailEnvelope Envelope)> Mails { get; } = [];

    public Func<Task<Acceptance>> Answer { get; set; } =
        () => Task.FromResult<Acceptance>(new Acceptance.Stored(7, AlreadyThere: false));

    public int Port => listener.LocalEndPoint!.Port;

    public int SessionCount => listener.SessionCount;

    public string CertificatePath { get; private set; } = "";

    /// <summary>The only mail, without the two header lines that the listener puts on top.</summary>
    public string Text
    {
        get
        {
            var raw = Mails.ShouldHaveSingleItem().Raw;
            raw.ShouldStartWith("Return-Path: <");
            var afterTrace = raw.IndexOf(" +0000\r\n", StringComparison.Ordinal) + " +0000\r\n".Length;
            return raw[afterTrace..];
        }
    }

    public async Task<Conversation> ConnectAsync() => await Conversation.OpenAsync(Port);

    public Task StopAsync() => listener.StopAsync(CancellationToken.None);

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        listener.Dispose();
        foreach (var folder in folders)
            Directory.Delete(folder, recursive: true);
    }

    private async ValueTask<Acceptance> AcceptAsync(ReadOnlyMemory<byte> raw, MailEnvelope envelope)
    {
        var mail = (Encoding.Latin1.GetString(raw.Span), envelope);
        var answer = await Answer();
        if (answer is Acceptance.Stored)
            Mails.Enqueue(mail);
        return answer;
    }

    private string Certificate()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("localhost");
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        var now = TimeProvider.System.GetUtcNow();
        using var certificate = request.CreateSelfSigned(now.AddDays(-1), now.AddDays(1));
        var folder = Directory.CreateTempSubdirectory("helpdesk-").FullName;
        folders.Add(folder);
        CertificatePath = Path.Combine(folder, "server.pem");
        File.WriteAllText(
            CertificatePath,
            certificate.ExportCertificatePem() + "\n" + key.ExportPkcs8PrivateKeyPem() + "\n"
        );
        return CertificatePath;
    }
}

/// <summary>A client that says exactly what the test says.</summary>
internal sealed class Conversation : IDisposable
{
    private readonly TcpClient connection = new();
    private readonly List<byte> read = [];
    private Stream stream = Stream.Null;

    public static async Task<Conversation> OpenAsync(int port)
    {
        var conversation = new Conversation();
        await conversation.connection.ConnectAsync(IPAddress.Loopback, port);
        conversation.stream = conversation.connection.GetStream();
        return conversation;
    }

    public Stream Stream
    {
        get => stream;
        set => stream = value;
    }

    public async Task SayAsync(string text) => await stream.WriteAsync(Encoding.Latin1.GetBytes(text));

    /// <summary>Says a line and gives the whole answer, lines joined by \n.</summary>
    public async Task<string> AskAsync(string line)
    {
        await SayAsync(line + "\r\n");
        return await HearAsync();
    }

    /// <summary>One whole answer; empty when the other side has closed.</summary>
    public async Task<string> HearAsync()
    {
        var lines = new List<string>();
        do
        {
            if (await ReadLineAsync() is not { } line)
                return string.Join('\n', lines);
            lines.Add(line);
        } while (lines[^1].Length > 3 && lines[^1][3] == '-');
        return string.Join('\n', lines);
    }

    /// <summary>Greets and begins a mail up to the accepted DATA command.</summary>
    public async Task BeginDataAsync()
    {
        await HearAsync();
        await AskAsync("EHLO client.example");
        await AskAsync("MAIL FROM:<ann@client.example>");
        await AskAsync("RCPT TO:<support@desk.example>");
        (await AskAsync("DATA")).ShouldStartWith("354");
    }

    public void Dispose()
    {
        stream.Dispose();
        connection.Dispose();
    }

    private async Task<string?> ReadLineAsync()
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        var buffer = new byte[1];
        read.Clear();
        while (true)
        {
            int count;
            try
            {
                count = await stream.ReadAsync(buffer, patience.Token);
            }
            catch (IOException)
            {
                return null;
            }
            if (count == 0)
                return null;
            if (buffer[0] == '\n')
                return Encoding.UTF8.GetString([.. read]).TrimEnd('\r');
            read.Add(buffer[0]);
        }
    }
}
