using System.Buffers;
using System.IO.Pipelines;
using System.Net.Security;
using System.Text;

namespace Helpdesk.Mail.Smtp;

/// <summary>
/// The lines and bytes of one conversation: what comes in within its limits and times, what goes out, and how often the other side has tried our
/// patience. Answers are sent together when the next thing is waited for.
/// </summary>
internal sealed class SmtpWire : IDisposable
{
    private static readonly UTF8Encoding StrictUtf8 = new(false, throwOnInvalidBytes: true);

    private readonly SmtpListenerOptions options;
    private readonly TimeProvider time;
    private readonly CancellationTokenSource silence;
    private readonly DateTimeOffset deadline;
    private Stream stream;
    private PipeReader input;
    private PipeWriter output;
    private int errors;
    private int idleCommands;

    public SmtpWire(Stream stream, SmtpListenerOptions options, TimeProvider time)
    {
        (this.stream, this.options, this.time) = (stream, options, time);
        (input, output) = Pipes(stream);
        silence = new CancellationTokenSource(options.IdleTimeout, time);
        deadline = time.GetUtcNow() + options.SessionTimeout;
    }

    /// <summary>The conversation ends after what was said.</summary>
    public bool IsClosing { get; set; }

    /// <summary>Whether TLS is on.</summary>
    public bool IsSecure { get; private set; }

    /// <summary>Nothing was heard for too long.</summary>
    public CancellationToken Silence => silence.Token;

    /// <summary>Whether something was sent that nobody read yet.</summary>
    public bool HasMore => input.TryRead(out var early) && !early.Buffer.IsEmpty;

    public void Dispose()
    {
        input.Complete();
        silence.Dispose();
        stream.Dispose();
    }

    /// <summary>Goes on under TLS; what was said before it is sent first.</summary>
    public async ValueTask ProtectAsync(SslStreamCertificateContext certificate, CancellationToken cancellationToken)
    {
        await FlushAsync(cancellationToken);
        await input.CompleteAsync();
        var tls = new SslStream(stream, leaveInnerStreamOpen: false);
        stream = tls;
        var wanted = new SslServerAuthenticationOptions { ServerCertificateContext = certificate };
        await tls.AuthenticateAsServerAsync(wanted, cancellationToken);
        (input, output) = Pipes(tls);
        IsSecure = true;
    }

    // ---- in

    /// <summary>Reads on, having said all answers first; starts the clock of silence anew.</summary>
    public async ValueTask<ReadResult> ReadAsync(CancellationToken cancellationToken)
    {
        if (input.TryRead(out var ready))
            return ready;
        await FlushAsync(cancellationToken);
        var left = deadline - time.GetUtcNow();
        if (left <= TimeSpan.Zero)
            throw new OperationCanceledException();
        silence.CancelAfter(left < options.IdleTimeout ? left : options.IdleTimeout);
        return await input.ReadAsync(cancellationToken);
    }

    /// <summary>What was read up to here is done with.</summary>
    public void AdvanceTo(SequencePosition at) => input.AdvanceTo(at);

    /// <returns>Null when the conversation is over.</returns>
    public async ValueTask<SmtpCommand?> ReadCommandAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            var read = await ReadAsync(cancellationToken);
            if (read.Buffer.PositionOf((byte)'\n') is { } end)
            {
                var line = read.Buffer.Slice(0, end);
                var text = line.Length + 1 > options.MaxCommandBytes ? null : Decode(line);
                input.AdvanceTo(read.Buffer.GetPosition(1, end));
                if (text is not null)
                    return SmtpCommand.Parse(text);
                Refuse("500 5.5.2 Not a command line");
                if (IsClosing)
                    return null;
                continue;
            }
            if (read.IsCompleted)
                return null;
            if (read.Buffer.Length > options.MaxCommandBytes)
            {
                input.AdvanceTo(read.Buffer.End);
                Reply("500 5.5.2 Line too long");
                return null;
            }
            input.AdvanceTo(read.Buffer.Start, read.Buffer.End);
        }
    }

    /// <returns>Null for what is no line of text ended by CRLF.</returns>
    private static string? Decode(in ReadOnlySequence<byte> line)
    {
        var bytes = line.IsSingleSegment ? line.FirstSpan : line.ToArray();
        if (bytes is not [.., (byte)'\r'] || bytes[..^1].ContainsAny((byte)'\0', (byte)'\r'))
            return null;
        try
        {
            return StrictUtf8.GetString(bytes[..^1]);
        }
        catch (DecoderFallbackException)
        {
            return null;
        }
    }

    // ---- out

    public void Reply(string line)
    {
        var span = output.GetSpan(line.Length + 2);
        var length = Encoding.ASCII.GetBytes(line, span);
        "\r\n"u8.CopyTo(span[length..]);
        output.Advance(length + 2);
    }

    /// <summary>Answers a command that brings no mail nearer.</summary>
    public void ReplyIdle(string line)
    {
        Reply(line);
        if (++idleCommands >= options.MaxIdleCommands)
            CloseFor("421 4.7.0 Too many commands without a mail");
    }

    /// <summary>Answers what was wrong.</summary>
    public void Refuse(string line)
    {
        Reply(line);
        if (++errors >= options.MaxErrors)
            CloseFor("421 4.7.0 Too many errors");
    }

    private void CloseFor(string line)
    {
        Reply(line);
        IsClosing = true;
    }

    /// <summary>A mail was taken: patience begins anew.</summary>
    public void Forgive() => (errors, idleCommands) = (0, 0);

    public async ValueTask FlushAsync(CancellationToken cancellationToken) =>
        await output.FlushAsync(cancellationToken);

    public async ValueTask SayGoodbyeAsync(string line)
    {
        using var soon = new CancellationTokenSource(TimeSpan.FromSeconds(1), time);
        try
        {
            Reply(line);
            await FlushAsync(soon.Token);
        }
        catch (Exception e) when (e is IOException or OperationCanceledException or ObjectDisposedException)
        {
            // the other side has gone, which is what we wanted to tell it
        }
    }

    private static (PipeReader In, PipeWriter Out) Pipes(Stream stream) =>
        (
            PipeReader.Create(stream, new StreamPipeReaderOptions(bufferSize: 16 * 1024, leaveOpen: true)),
            PipeWriter.Create(stream, new StreamPipeWriterOptions(leaveOpen: true))
        );
}
