using System.Buffers;
using System.Globalization;
using System.IO.Pipelines;
using System.Net;
using System.Net.Security;
using System.Text;
using Helpdesk.Mail.Intake;
using Microsoft.Extensions.Logging;

namespace Helpdesk.Mail.Smtp;

/// <summary>What all sessions of a listener have in common.</summary>
/// <param name="Stopping">The program ends: sessions between two mails say goodbye.</param>
/// <param name="Aborting">The grace time is over: sessions end where they are.</param>
public sealed record SmtpSessionContext(
    SmtpListenerOptions Options,
    AcceptMail Accept,
    IsOurAddress IsOurAddress,
    Func<SslStreamCertificateContext?> Certificate,
    ByteBudget Budget,
    Failpoints Failpoints,
    TimeProvider Time,
    ILogger Log,
    CancellationToken Stopping,
    CancellationToken Aborting
);

/// <summary>
/// One ESMTP conversation (RFC 5321 with SIZE, 8BITMIME, SMTPUTF8, PIPELINING, CHUNKING, ENHANCEDSTATUSCODES, STARTTLS;
/// LMTP, RFC 2033, when the other side begins with LHLO). A mail is answered 250 after <see cref="AcceptMail"/> says that
/// it is stored, never before.
/// </summary>
public sealed class SmtpSession : IDisposable
{
    private static readonly UTF8Encoding StrictUtf8 = new(false, throwOnInvalidBytes: true);

    private readonly SmtpSessionContext house;
    private readonly EndPoint? remote;
    private readonly MessageBuffer message;
    private readonly CancellationTokenSource silence;
    private readonly DateTimeOffset deadline;
    private readonly List<string> recipients = [];
    private Stream stream;
    private PipeReader input;
    private PipeWriter output;
    private bool secure;
    private bool greeted;
    private bool extended;
    private bool lmtp;
    private string helo = "";
    private string? returnPath; // not null: a mail transaction is open
    private bool utf8;
    private bool inChunks;
    private int errors;
    private int idleCommands;
    private bool closing;

    public SmtpSession(Stream stream, EndPoint? remote, SmtpSessionContext house)
    {
        (this.house, this.remote, this.stream) = (house, remote, stream);
        (input, output) = Pipes(stream);
        message = new(house.Budget, house.Options.MaxMessageBytes);
        silence = new CancellationTokenSource(house.Options.IdleTimeout, house.Time);
        deadline = house.Time.GetUtcNow() + house.Options.SessionTimeout;
    }

    private SmtpListenerOptions Options => house.Options;

    /// <summary>Holds the conversation to its end. Broken connections and timeouts end it without an exception.</summary>
    public async Task RunAsync()
    {
        using var betweenMails = CancellationTokenSource.CreateLinkedTokenSource(house.Stopping, silence.Token);
        using var inMail = CancellationTokenSource.CreateLinkedTokenSource(house.Aborting, silence.Token);
        try
        {
            Reply($"220 {Options.HostName} ESMTP Helpdesk");
            while (!closing && await ReadCommandAsync(inChunks ? inMail.Token : betweenMails.Token) is { } command)
                await AnswerAsync(command, inMail.Token);
            await FlushAsync(inMail.Token);
        }
        catch (OperationCanceledException)
        {
            await SayGoodbyeAsync(
                house.Stopping.IsCancellationRequested ? "421 4.3.2 Shutting down" : "421 4.4.2 Timeout"
            );
        }
        catch (Exception e) when (e is IOException or System.Security.Authentication.AuthenticationException)
        {
            house.Log.LogDebug("An SMTP session broke off: {Error}", e.GetType().Name);
        }
    }

    public void Dispose()
    {
        input.Complete();
        message.Dispose();
        silence.Dispose();
        stream.Dispose();
    }

    // ---- commands

    private async ValueTask AnswerAsync(SmtpCommand command, CancellationToken cancellationToken)
    {
        if (inChunks && command.Verb is not ("BDAT" or "RSET" or "QUIT" or "NOOP"))
        {
            Refuse("503 5.5.1 BDAT was begun, RSET or go on");
            return;
        }
        switch (command.Verb)
        {
            case "EHLO" or "HELO" or "LHLO":
                Greet(command);
                break;
            case "STARTTLS":
                await StartTlsAsync(command, cancellationToken);
                break;
            case "MAIL":
                BeginMail(command);
                break;
            case "RCPT":
                await AddRecipientAsync(command, cancellationToken);
                break;
            case "DATA":
                await ReceiveDataAsync(command, cancellationToken);
                break;
            case "BDAT":
                await ReceiveChunkAsync(command, cancellationToken);
                break;
            case "RSET":
                Forget();
                ReplyIdle("250 2.0.0 OK");
                break;
            case "NOOP":
                ReplyIdle("250 2.0.0 OK");
                break;
            case "VRFY":
                ReplyIdle("252 2.5.0 Send a mail and see");
                break;
            case "HELP":
                ReplyIdle("214 2.0.0 RFC 5321");
                break;
            case "QUIT":
                Reply("221 2.0.0 Bye");
                closing = true;
                break;
            default:
                Refuse("500 5.5.2 Unknown command");
                break;
        }
    }

    private void Greet(SmtpCommand command)
    {
        if (command.Argument.Length is 0 or > 255)
        {
            Refuse("501 5.5.4 Say who you are");
            return;
        }
        Forget();
        (greeted, helo) = (true, command.Argument);
        (extended, lmtp) = (command.Verb != "HELO", command.Verb == "LHLO");
        if (!extended)
        {
            ReplyIdle($"250 {Options.HostName}");
            return;
        }
        Reply($"250-{Options.HostName}");
        Reply("250-PIPELINING");
        Reply($"250-SIZE {Options.MaxMessageBytes}");
        Reply("250-8BITMIME");
        Reply("250-SMTPUTF8");
        Reply("250-CHUNKING");
        if (!secure && house.Certificate() is not null)
            Reply("250-STARTTLS");
        ReplyIdle("250 ENHANCEDSTATUSCODES");
    }

    private async ValueTask StartTlsAsync(SmtpCommand command, CancellationToken cancellationToken)
    {
        if (secure || !extended || house.Certificate() is not { } certificate)
        {
            Refuse("503 5.5.1 Not available");
            return;
        }
        if (command.Argument.Length > 0 || input.TryRead(out var early) && !early.Buffer.IsEmpty)
        {
            // text sent in the clear behind STARTTLS would be taken for protected text
            Reply("501 5.5.4 Nothing may follow STARTTLS");
            closing = true;
            return;
        }
        Reply("220 2.0.0 Go ahead");
        await FlushAsync(cancellationToken);
        await input.CompleteAsync();
        var tls = new SslStream(stream, leaveInnerStreamOpen: false);
        stream = tls;
        var options = new SslServerAuthenticationOptions { ServerCertificateContext = certificate };
        await tls.AuthenticateAsServerAsync(options, cancellationToken);
        (input, output) = Pipes(tls);
        Forget();
        (secure, greeted, extended) = (true, false, false);
    }

    private void BeginMail(SmtpCommand command)
    {
        if (!greeted)
            Refuse("503 5.5.1 EHLO first");
        else if (returnPath is not null)
            Refuse("503 5.5.1 A mail was begun already");
        else if (SmtpPath.Parse(command.Argument, "FROM:") is not { } path)
            Refuse("501 5.1.7 MAIL FROM:<address>");
        else if (Objection(path) is { } objection)
            Refuse(objection);
        else
        {
            returnPath = path.Address;
            Reply("250 2.1.0 OK");
        }
    }

    private string? Objection(SmtpPath path)
    {
        utf8 = false;
        foreach (var (key, value) in path.Parameters)
        {
            switch (key)
            {
                case "SIZE" when extended && ulong.TryParse(value, CultureInfo.InvariantCulture, out var size):
                    if (size > (ulong)Options.MaxMessageBytes)
                        return "552 5.3.4 Too big";
                    if (!house.Budget.HasRoomFor((long)size))
                        return "452 4.3.1 Too much mail at once, try later";
                    break;
                case "BODY" when extended && value.ToUpperInvariant() is "7BIT" or "8BITMIME":
                    break;
                case "SMTPUTF8" when extended && value.Length == 0:
                    utf8 = true;
                    break;
                default:
                    return "555 5.5.4 Unknown parameter";
            }
        }
        return utf8 || Ascii.IsValid(path.Address) ? null : "553 5.6.7 Such an address needs SMTPUTF8";
    }

    private async ValueTask AddRecipientAsync(SmtpCommand command, CancellationToken cancellationToken)
    {
        if (returnPath is null)
            Refuse("503 5.5.1 MAIL first");
        else if (SmtpPath.Parse(command.Argument, "TO:") is not { Address.Length: > 0 } path)
            Refuse("501 5.1.3 RCPT TO:<address>");
        else if (path.Parameters.Count > 0)
            Refuse("555 5.5.4 Unknown parameter");
        else if (!utf8 && !Ascii.IsValid(path.Address))
            Refuse("553 5.6.7 Such an address needs SMTPUTF8");
        else if (recipients.Count >= Options.MaxRecipients)
            Refuse("452 4.5.3 Too many recipients");
        else
            await AddRecipientAsync(path.Address, cancellationToken);
    }

    private async ValueTask AddRecipientAsync(string address, CancellationToken cancellationToken)
    {
        bool ours;
        try
        {
            ours = await house.IsOurAddress(address, cancellationToken);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            house.Log.LogError(e, "A recipient could not be checked");
            Reply("451 4.3.0 Try later");
            return;
        }
        if (!ours)
        {
            Refuse("550 5.1.1 No such address here");
            return;
        }
        recipients.Add(address);
        Reply("250 2.1.5 OK");
    }

    // ---- the mail itself

    private async ValueTask ReceiveDataAsync(SmtpCommand command, CancellationToken cancellationToken)
    {
        if (recipients.Count == 0)
        {
            Refuse(returnPath is null ? "503 5.5.1 MAIL first" : "554 5.5.1 No valid recipients");
            return;
        }
        if (command.Argument.Length > 0)
        {
            Refuse("501 5.5.4 DATA stands alone");
            return;
        }
        Reply("354 Go ahead, end with a single dot");
        await FlushAsync(cancellationToken);
        BeginMessage();
        var decoder = new DotDecoder();
        for (var ended = false; !ended; )
        {
            var read = await ReadAsync(cancellationToken);
            var at = read.Buffer.Start;
            foreach (var piece in read.Buffer)
            {
                at = read.Buffer.GetPosition(decoder.Decode(piece.Span, message, out ended), at);
                if (ended)
                    break;
            }
            input.AdvanceTo(at);
            if (!ended && (read.IsCompleted || SwallowedTooMuch()))
            {
                closing = true; // half a mail is no mail
                return;
            }
        }
        await FinishMailAsync(cancellationToken);
    }

    private async ValueTask ReceiveChunkAsync(SmtpCommand command, CancellationToken cancellationToken)
    {
        var words = command.Argument.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        var last = words.Length == 2 && words[1].Equals("LAST", StringComparison.OrdinalIgnoreCase);
        if (
            words.Length is 0 or > 2
            || (words.Length == 2 && !last)
            || !long.TryParse(words[0], NumberStyles.None, CultureInfo.InvariantCulture, out var left)
            || left > 4L * Options.MaxMessageBytes
        )
        {
            // without a size to rely on nobody knows where the next command begins
            Reply("501 5.5.4 BDAT size [LAST]");
            closing = true;
            return;
        }
        if (recipients.Count > 0 && !inChunks)
        {
            inChunks = true;
            BeginMessage();
        }
        while (left > 0)
        {
            var read = await ReadAsync(cancellationToken);
            var mine = read.Buffer.Slice(0, Math.Min(left, read.Buffer.Length));
            if (inChunks)
            {
                foreach (var piece in mine)
                    message.Append(piece.Span);
            }
            left -= mine.Length;
            input.AdvanceTo(mine.End);
            if (left > 0 && read.IsCompleted || SwallowedTooMuch())
            {
                closing = true;
                return;
            }
        }
        if (!inChunks)
            Refuse(returnPath is null ? "503 5.5.1 MAIL first" : "554 5.5.1 No valid recipients");
        else if (last)
            await FinishMailAsync(cancellationToken);
        else
            Reply("250 2.0.0 Go on");
    }

    private bool SwallowedTooMuch()
    {
        if (message.SeenBytes <= 4L * Options.MaxMessageBytes)
            return false;
        Reply("552 5.3.4 Too big");
        return true;
    }

    private void BeginMessage() =>
        message.Begin(
            TraceHeader.Write(
                returnPath!,
                helo,
                remote,
                Options.HostName,
                Protocol(),
                recipients,
                house.Time.GetUtcNow()
            )
        );

    private string Protocol() =>
        (lmtp, utf8, extended) switch
        {
            (true, true, _) => "UTF8LMTP",
            (true, _, _) => "LMTP",
            (_, true, _) => "UTF8SMTP",
            (_, _, true) => "ESMTP",
            _ => "SMTP",
        } + (secure ? "S" : "");

    private async ValueTask FinishMailAsync(CancellationToken cancellationToken)
    {
        var answer = await HandOverAsync(cancellationToken);
        house.Failpoints.Hit(Failpoints.BeforeSmtp250);
        for (var n = lmtp ? recipients.Count : 1; n > 0; n--)
            Reply(answer);
        if (answer[0] == '2')
            (errors, idleCommands) = (0, 0);
        await FlushAsync(cancellationToken);
        house.Failpoints.Hit(Failpoints.AfterSmtp250);
        Forget();
    }

    private async ValueTask<string> HandOverAsync(CancellationToken cancellationToken)
    {
        if (message.TooBig)
            return "552 5.3.4 Too big";
        if (message.OutOfBudget)
            return "452 4.3.1 Too much mail at once, try later";
        try
        {
            var envelope = new MailEnvelope(returnPath!, [.. recipients], lmtp ? "lmtp" : "smtp");
            return await house.Accept(message.Written, envelope, cancellationToken) switch
            {
                Acceptance.Stored stored => string.Create(
                    CultureInfo.InvariantCulture,
                    $"250 2.0.0 Stored as {stored.Id}"
                ),
                Acceptance.TryLater { DiskFull: true } => "452 4.3.1 No room, try later",
                _ => "451 4.3.2 Busy, try later",
            };
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            house.Log.LogError(e, "A mail could not be stored; its sender was asked to try later");
            return "451 4.3.0 Try later";
        }
    }

    private void Forget()
    {
        (returnPath, inChunks, utf8) = (null, false, false);
        recipients.Clear();
        message.Dispose();
    }

    // ---- the wire

    private static (PipeReader In, PipeWriter Out) Pipes(Stream stream) =>
        (
            PipeReader.Create(stream, new StreamPipeReaderOptions(bufferSize: 16 * 1024, leaveOpen: true)),
            PipeWriter.Create(stream, new StreamPipeWriterOptions(leaveOpen: true))
        );

    /// <summary>Reads on, having said all answers first; starts the clock of silence anew.</summary>
    private async ValueTask<ReadResult> ReadAsync(CancellationToken cancellationToken)
    {
        if (input.TryRead(out var ready))
            return ready;
        await FlushAsync(cancellationToken);
        var left = deadline - house.Time.GetUtcNow();
        if (left <= TimeSpan.Zero)
            throw new OperationCanceledException();
        silence.CancelAfter(left < Options.IdleTimeout ? left : Options.IdleTimeout);
        return await input.ReadAsync(cancellationToken);
    }

    private async ValueTask<SmtpCommand?> ReadCommandAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            var read = await ReadAsync(cancellationToken);
            if (read.Buffer.PositionOf((byte)'\n') is { } end)
            {
                var line = read.Buffer.Slice(0, end);
                var text = line.Length + 1 > Options.MaxCommandBytes ? null : Decode(line);
                input.AdvanceTo(read.Buffer.GetPosition(1, end));
                if (text is not null)
                    return SmtpCommand.Parse(text);
                Refuse("500 5.5.2 Not a command line");
                if (closing)
                    return null;
                continue;
            }
            if (read.IsCompleted)
                return null;
            if (read.Buffer.Length > Options.MaxCommandBytes)
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

    private void Reply(string line)
    {
        var span = output.GetSpan(line.Length + 2);
        var length = Encoding.ASCII.GetBytes(line, span);
        "\r\n"u8.CopyTo(span[length..]);
        output.Advance(length + 2);
    }

    private void ReplyIdle(string line)
    {
        Reply(line);
        if (++idleCommands >= Options.MaxIdleCommands)
            CloseFor("421 4.7.0 Too many commands without a mail");
    }

    private void Refuse(string line)
    {
        Reply(line);
        if (++errors >= Options.MaxErrors)
            CloseFor("421 4.7.0 Too many errors");
    }

    private void CloseFor(string line)
    {
        Reply(line);
        closing = true;
    }

    private async ValueTask FlushAsync(CancellationToken cancellationToken) =>
        await output.FlushAsync(cancellationToken);

    private async ValueTask SayGoodbyeAsync(string line)
    {
        using var soon = new CancellationTokenSource(TimeSpan.FromSeconds(1), house.Time);
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
}
