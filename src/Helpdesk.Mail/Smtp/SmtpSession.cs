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

    private readonly SmtpSessionContext _house;
    private readonly EndPoint? _remote;
    private readonly MessageBuffer _message;
    private readonly CancellationTokenSource _silence;
    private readonly DateTimeOffset _deadline;
    private readonly List<string> _recipients = [];
    private Stream _stream;
    private PipeReader _in;
    private PipeWriter _out;
    private bool _secure;
    private bool _greeted;
    private bool _extended;
    private bool _lmtp;
    private string _helo = "";
    private string? _returnPath; // not null: a mail transaction is open
    private bool _utf8;
    private bool _inChunks;
    private int _errors;
    private int _idleCommands;
    private bool _closing;

    public SmtpSession(Stream stream, EndPoint? remote, SmtpSessionContext house)
    {
        (_house, _remote, _stream) = (house, remote, stream);
        (_in, _out) = Pipes(stream);
        _message = new(house.Budget, house.Options.MaxMessageBytes);
        _silence = new CancellationTokenSource(house.Options.IdleTimeout, house.Time);
        _deadline = house.Time.GetUtcNow() + house.Options.SessionTimeout;
    }

    private SmtpListenerOptions Options => _house.Options;

    /// <summary>Holds the conversation to its end. Broken connections and timeouts end it without an exception.</summary>
    public async Task RunAsync()
    {
        using var betweenMails = CancellationTokenSource.CreateLinkedTokenSource(_house.Stopping, _silence.Token);
        using var inMail = CancellationTokenSource.CreateLinkedTokenSource(_house.Aborting, _silence.Token);
        try
        {
            Reply($"220 {Options.HostName} ESMTP Helpdesk");
            while (!_closing && await ReadCommandAsync(_inChunks ? inMail.Token : betweenMails.Token) is { } command)
                await AnswerAsync(command, inMail.Token);
            await FlushAsync(inMail.Token);
        }
        catch (OperationCanceledException)
        {
            await SayGoodbyeAsync(
                _house.Stopping.IsCancellationRequested ? "421 4.3.2 Shutting down" : "421 4.4.2 Timeout"
            );
        }
        catch (Exception e) when (e is IOException or System.Security.Authentication.AuthenticationException)
        {
            _house.Log.LogDebug("An SMTP session broke off: {Error}", e.GetType().Name);
        }
    }

    public void Dispose()
    {
        _in.Complete();
        _message.Dispose();
        _silence.Dispose();
        _stream.Dispose();
    }

    // ---- commands

    private async ValueTask AnswerAsync(SmtpCommand command, CancellationToken cancellationToken)
    {
        if (_inChunks && command.Verb is not ("BDAT" or "RSET" or "QUIT" or "NOOP"))
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
                _closing = true;
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
        (_greeted, _helo) = (true, command.Argument);
        (_extended, _lmtp) = (command.Verb != "HELO", command.Verb == "LHLO");
        if (!_extended)
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
        if (!_secure && _house.Certificate() is not null)
            Reply("250-STARTTLS");
        ReplyIdle("250 ENHANCEDSTATUSCODES");
    }

    private async ValueTask StartTlsAsync(SmtpCommand command, CancellationToken cancellationToken)
    {
        if (_secure || !_extended || _house.Certificate() is not { } certificate)
        {
            Refuse("503 5.5.1 Not available");
            return;
        }
        if (command.Argument.Length > 0 || _in.TryRead(out var early) && !early.Buffer.IsEmpty)
        {
            // text sent in the clear behind STARTTLS would be taken for protected text
            Reply("501 5.5.4 Nothing may follow STARTTLS");
            _closing = true;
            return;
        }
        Reply("220 2.0.0 Go ahead");
        await FlushAsync(cancellationToken);
        await _in.CompleteAsync();
        var tls = new SslStream(_stream, leaveInnerStreamOpen: false);
        _stream = tls;
        var options = new SslServerAuthenticationOptions { ServerCertificateContext = certificate };
        await tls.AuthenticateAsServerAsync(options, cancellationToken);
        (_in, _out) = Pipes(tls);
        Forget();
        (_secure, _greeted, _extended) = (true, false, false);
    }

    private void BeginMail(SmtpCommand command)
    {
        if (!_greeted)
            Refuse("503 5.5.1 EHLO first");
        else if (_returnPath is not null)
            Refuse("503 5.5.1 A mail was begun already");
        else if (SmtpPath.Parse(command.Argument, "FROM:") is not { } path)
            Refuse("501 5.1.7 MAIL FROM:<address>");
        else if (Objection(path) is { } objection)
            Refuse(objection);
        else
        {
            _returnPath = path.Address;
            Reply("250 2.1.0 OK");
        }
    }

    private string? Objection(SmtpPath path)
    {
        _utf8 = false;
        foreach (var (key, value) in path.Parameters)
        {
            switch (key)
            {
                case "SIZE" when _extended && ulong.TryParse(value, CultureInfo.InvariantCulture, out var size):
                    if (size > (ulong)Options.MaxMessageBytes)
                        return "552 5.3.4 Too big";
                    if (!_house.Budget.HasRoomFor((long)size))
                        return "452 4.3.1 Too much mail at once, try later";
                    break;
                case "BODY" when _extended && value.ToUpperInvariant() is "7BIT" or "8BITMIME":
                    break;
                case "SMTPUTF8" when _extended && value.Length == 0:
                    _utf8 = true;
                    break;
                default:
                    return "555 5.5.4 Unknown parameter";
            }
        }
        return _utf8 || Ascii.IsValid(path.Address) ? null : "553 5.6.7 Such an address needs SMTPUTF8";
    }

    private async ValueTask AddRecipientAsync(SmtpCommand command, CancellationToken cancellationToken)
    {
        if (_returnPath is null)
            Refuse("503 5.5.1 MAIL first");
        else if (SmtpPath.Parse(command.Argument, "TO:") is not { Address.Length: > 0 } path)
            Refuse("501 5.1.3 RCPT TO:<address>");
        else if (path.Parameters.Count > 0)
            Refuse("555 5.5.4 Unknown parameter");
        else if (!_utf8 && !Ascii.IsValid(path.Address))
            Refuse("553 5.6.7 Such an address needs SMTPUTF8");
        else if (_recipients.Count >= Options.MaxRecipients)
            Refuse("452 4.5.3 Too many recipients");
        else
            await AddRecipientAsync(path.Address, cancellationToken);
    }

    private async ValueTask AddRecipientAsync(string address, CancellationToken cancellationToken)
    {
        bool ours;
        try
        {
            ours = await _house.IsOurAddress(address, cancellationToken);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            _house.Log.LogError(e, "A recipient could not be checked");
            Reply("451 4.3.0 Try later");
            return;
        }
        if (!ours)
        {
            Refuse("550 5.1.1 No such address here");
            return;
        }
        _recipients.Add(address);
        Reply("250 2.1.5 OK");
    }

    // ---- the mail itself

    private async ValueTask ReceiveDataAsync(SmtpCommand command, CancellationToken cancellationToken)
    {
        if (_recipients.Count == 0)
        {
            Refuse(_returnPath is null ? "503 5.5.1 MAIL first" : "554 5.5.1 No valid recipients");
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
                at = read.Buffer.GetPosition(decoder.Decode(piece.Span, _message, out ended), at);
                if (ended)
                    break;
            }
            _in.AdvanceTo(at);
            if (!ended && (read.IsCompleted || SwallowedTooMuch()))
            {
                _closing = true; // half a mail is no mail
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
            _closing = true;
            return;
        }
        if (_recipients.Count > 0 && !_inChunks)
        {
            _inChunks = true;
            BeginMessage();
        }
        while (left > 0)
        {
            var read = await ReadAsync(cancellationToken);
            var mine = read.Buffer.Slice(0, Math.Min(left, read.Buffer.Length));
            if (_inChunks)
            {
                foreach (var piece in mine)
                    _message.Append(piece.Span);
            }
            left -= mine.Length;
            _in.AdvanceTo(mine.End);
            if (left > 0 && read.IsCompleted || SwallowedTooMuch())
            {
                _closing = true;
                return;
            }
        }
        if (!_inChunks)
            Refuse(_returnPath is null ? "503 5.5.1 MAIL first" : "554 5.5.1 No valid recipients");
        else if (last)
            await FinishMailAsync(cancellationToken);
        else
            Reply("250 2.0.0 Go on");
    }

    private bool SwallowedTooMuch()
    {
        if (_message.SeenBytes <= 4L * Options.MaxMessageBytes)
            return false;
        Reply("552 5.3.4 Too big");
        return true;
    }

    private void BeginMessage() =>
        _message.Begin(
            TraceHeader.Write(
                _returnPath!,
                _helo,
                _remote,
                Options.HostName,
                Protocol(),
                _recipients,
                _house.Time.GetUtcNow()
            )
        );

    private string Protocol() =>
        (_lmtp, _utf8, _extended) switch
        {
            (true, true, _) => "UTF8LMTP",
            (true, _, _) => "LMTP",
            (_, true, _) => "UTF8SMTP",
            (_, _, true) => "ESMTP",
            _ => "SMTP",
        } + (_secure ? "S" : "");

    private async ValueTask FinishMailAsync(CancellationToken cancellationToken)
    {
        var answer = await HandOverAsync(cancellationToken);
        for (var n = _lmtp ? _recipients.Count : 1; n > 0; n--)
            Reply(answer);
        if (answer[0] == '2')
            (_errors, _idleCommands) = (0, 0);
        Forget();
    }

    private async ValueTask<string> HandOverAsync(CancellationToken cancellationToken)
    {
        if (_message.TooBig)
            return "552 5.3.4 Too big";
        if (_message.OutOfBudget)
            return "452 4.3.1 Too much mail at once, try later";
        try
        {
            var envelope = new MailEnvelope(_returnPath!, [.. _recipients], _lmtp ? "lmtp" : "smtp");
            return await _house.Accept(_message.Written, envelope, cancellationToken) switch
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
            _house.Log.LogError(e, "A mail could not be stored; its sender was asked to try later");
            return "451 4.3.0 Try later";
        }
    }

    private void Forget()
    {
        (_returnPath, _inChunks, _utf8) = (null, false, false);
        _recipients.Clear();
        _message.Dispose();
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
        if (_in.TryRead(out var ready))
            return ready;
        await FlushAsync(cancellationToken);
        var left = _deadline - _house.Time.GetUtcNow();
        if (left <= TimeSpan.Zero)
            throw new OperationCanceledException();
        _silence.CancelAfter(left < Options.IdleTimeout ? left : Options.IdleTimeout);
        return await _in.ReadAsync(cancellationToken);
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
                _in.AdvanceTo(read.Buffer.GetPosition(1, end));
                if (text is not null)
                    return SmtpCommand.Parse(text);
                Refuse("500 5.5.2 Not a command line");
                if (_closing)
                    return null;
                continue;
            }
            if (read.IsCompleted)
                return null;
            if (read.Buffer.Length > Options.MaxCommandBytes)
            {
                _in.AdvanceTo(read.Buffer.End);
                Reply("500 5.5.2 Line too long");
                return null;
            }
            _in.AdvanceTo(read.Buffer.Start, read.Buffer.End);
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
        var span = _out.GetSpan(line.Length + 2);
        var length = Encoding.ASCII.GetBytes(line, span);
        "\r\n"u8.CopyTo(span[length..]);
        _out.Advance(length + 2);
    }

    private void ReplyIdle(string line)
    {
        Reply(line);
        if (++_idleCommands >= Options.MaxIdleCommands)
            CloseFor("421 4.7.0 Too many commands without a mail");
    }

    private void Refuse(string line)
    {
        Reply(line);
        if (++_errors >= Options.MaxErrors)
            CloseFor("421 4.7.0 Too many errors");
    }

    private void CloseFor(string line)
    {
        Reply(line);
        _closing = true;
    }

    private async ValueTask FlushAsync(CancellationToken cancellationToken) => await _out.FlushAsync(cancellationToken);

    private async ValueTask SayGoodbyeAsync(string line)
    {
        using var soon = new CancellationTokenSource(TimeSpan.FromSeconds(1), _house.Time);
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
