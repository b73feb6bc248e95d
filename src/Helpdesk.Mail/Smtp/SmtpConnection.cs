using System.Buffers;
using System.Globalization;
using System.IO.Pipelines;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Helpdesk.Mail.Outbound;

namespace Helpdesk.Mail.Smtp;

/// <summary>
/// The wire to the outgoing server: commands there and replies back, each within the time that the options allow. All of it may throw as
/// <see cref="SmtpClient.ConnectAsync"/> says.
/// </summary>
internal sealed class SmtpConnection : IDisposable
{
    private const int MaxReplyLineBytes = 8 * 1024;
    private const int MaxReplyLines = 200;

    private readonly OutboundOptions options;
    private readonly TimeProvider time;
    private Stream stream;
    private PipeReader input;
    private PipeWriter output;

    public SmtpConnection(OutboundOptions options, TimeProvider time)
    {
        (stream, this.options, this.time) = (Stream.Null, options, time);
        (input, output) = Pipes(stream);
    }

    public async Task OpenAsync(CancellationToken cancellationToken)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            using var clock = Clock(options.ConnectTimeout, cancellationToken);
            await clock.RunAsync(async token => await socket.ConnectAsync(options.Host, options.Port, token));
            Use(new NetworkStream(socket, ownsSocket: true));
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>Everything from here on goes through TLS.</summary>
    public async Task ProtectAsync(CancellationToken cancellationToken)
    {
        await input.CompleteAsync();
        var tls = new SslStream(stream, leaveInnerStreamOpen: false);
        var wanted = new SslClientAuthenticationOptions { TargetHost = options.Host };
        if (options.TrustedCertificateFile is { } file)
        {
            wanted.CertificateChainPolicy = new X509ChainPolicy
            {
                TrustMode = X509ChainTrustMode.CustomRootTrust,
                RevocationMode = X509RevocationMode.NoCheck,
            };
            wanted.CertificateChainPolicy.CustomTrustStore.ImportFromPemFile(file);
        }
        stream = tls;
        using var clock = Clock(options.ConnectTimeout, cancellationToken);
        await clock.RunAsync(async token => await tls.AuthenticateAsClientAsync(wanted, token));
        Use(tls);
    }

    /// <summary>Whether the server has sent something that nobody has read yet.</summary>
    public bool HasUnread() => input.TryRead(out var early) && !early.Buffer.IsEmpty;

    /// <summary>Lays a command ready; it goes out when a reply is read.</summary>
    public void Write(string command)
    {
        Encoding.UTF8.GetBytes(command, output);
        output.Write("\r\n"u8);
    }

    public async Task<SmtpReply> AskAsync(string command, CancellationToken cancellationToken)
    {
        Write(command);
        return await ReadReplyAsync(cancellationToken);
    }

    public async Task<SmtpReply> ReadReplyAsync(CancellationToken cancellationToken)
    {
        using var clock = Clock(options.CommandTimeout, cancellationToken);
        return await clock.RunAsync(ReadReplyCoreAsync);
    }

    /// <summary>Sends the text of a mail with the dot that ends it.</summary>
    public async Task<SmtpReply> SendTextAsync(ReadOnlyMemory<byte> text, CancellationToken cancellationToken)
    {
        using var clock = Clock(options.DataTimeout, cancellationToken);
        return await clock.RunAsync(async token =>
        {
            var encoder = new DotEncoder();
            const int Piece = 32 * 1024;
            for (var at = 0; at < text.Length; at += Piece)
            {
                encoder.Encode(text.Span.Slice(at, Math.Min(Piece, text.Length - at)), output);
                await output.FlushAsync(token);
            }
            encoder.End(output);
            return await ReadReplyCoreAsync(token);
        });
    }

    public void Dispose()
    {
        input.Complete();
        stream.Dispose();
    }

    private void Use(Stream stream)
    {
        this.stream = stream;
        (input, output) = Pipes(stream);
    }

    private static (PipeReader In, PipeWriter Out) Pipes(Stream stream) =>
        (
            PipeReader.Create(stream, new StreamPipeReaderOptions(leaveOpen: true)),
            PipeWriter.Create(stream, new StreamPipeWriterOptions(leaveOpen: true))
        );

    private Patience Clock(TimeSpan longest, CancellationToken cancellationToken) =>
        new(longest, time, cancellationToken);

    private async Task<SmtpReply> ReadReplyCoreAsync(CancellationToken cancellationToken)
    {
        await output.FlushAsync(cancellationToken);
        var lines = new List<string>(1);
        while (true)
        {
            var line = await ReadLineAsync(cancellationToken);
            if (
                line.Length < 3
                || !int.TryParse(line.AsSpan(0, 3), NumberStyles.None, CultureInfo.InvariantCulture, out var code)
                || code is < 200 or > 599
                || lines.Count >= MaxReplyLines
            )
                throw new SmtpServerException("The server does not speak SMTP.");
            lines.Add(line.Length > 4 ? line[4..] : "");
            if (line.Length == 3 || line[3] != '-')
                return new SmtpReply(code, lines);
        }
    }

    private async Task<string> ReadLineAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            var read = await input.ReadAsync(cancellationToken);
            if (read.Buffer.PositionOf((byte)'\n') is { } end)
            {
                var line = Encoding.UTF8.GetString(read.Buffer.Slice(0, end)).TrimEnd('\r');
                input.AdvanceTo(read.Buffer.GetPosition(1, end));
                return line;
            }
            var (length, isOver) = (read.Buffer.Length, read.IsCompleted);
            input.AdvanceTo(read.Buffer.Start, read.Buffer.End);
            if (isOver)
                throw new SmtpServerException("The server closed the connection.");
            if (length > MaxReplyLineBytes)
                throw new SmtpServerException("The server does not speak SMTP.");
        }
    }
}
