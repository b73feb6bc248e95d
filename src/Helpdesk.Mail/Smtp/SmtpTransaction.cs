using System.Globalization;
using System.Net;
using Helpdesk.Mail.Intake;
using Microsoft.Extensions.Logging;

namespace Helpdesk.Mail.Smtp;

/// <summary>The mail that is being handed over: from whom, to whom, and its bytes by DATA or BDAT. It is answered 250 once it is stored, never before.</summary>
internal sealed class SmtpTransaction(SmtpWire wire, EndPoint? remote, SmtpSessionContext house) : IDisposable
{
    private readonly MessageBuffer message = new(house.Budget, house.Options.MaxMessageBytes);

    /// <summary>Not null: a mail was begun.</summary>
    public string? ReturnPath { get; set; }

    public List<string> Recipients { get; } = [];

    public bool IsUtf8 { get; set; }

    /// <summary>Some of its bytes came by BDAT, and more will.</summary>
    public bool IsInChunks { get; private set; }

    private SmtpListenerOptions Options => house.Options;

    public void Dispose() => message.Dispose();

    public void Forget()
    {
        (ReturnPath, IsInChunks, IsUtf8) = (null, false, false);
        Recipients.Clear();
        message.Dispose();
    }

    public async ValueTask ReceiveDataAsync(
        SmtpCommand command,
        SmtpGreeting greeting,
        CancellationToken cancellationToken
    )
    {
        if (Recipients.Count == 0)
        {
            wire.Refuse(ReturnPath is null ? "503 5.5.1 MAIL first" : "554 5.5.1 No valid recipients");
            return;
        }
        if (command.Argument.Length > 0)
        {
            wire.Refuse("501 5.5.4 DATA stands alone");
            return;
        }
        wire.Reply("354 Go ahead, end with a single dot");
        await wire.FlushAsync(cancellationToken);
        BeginMessage(greeting);
        var decoder = new DotDecoder();
        for (var ended = false; !ended; )
        {
            var read = await wire.ReadAsync(cancellationToken);
            var at = read.Buffer.Start;
            foreach (var piece in read.Buffer)
            {
                at = read.Buffer.GetPosition(decoder.Decode(piece.Span, message, out ended), at);
                if (ended)
                    break;
            }
            wire.AdvanceTo(at);
            if (!ended && (read.IsCompleted || SwallowedTooMuch()))
            {
                wire.IsClosing = true; // half a mail is no mail
                return;
            }
        }
        await FinishMailAsync(greeting, cancellationToken);
    }

    public async ValueTask ReceiveChunkAsync(
        SmtpCommand command,
        SmtpGreeting greeting,
        CancellationToken cancellationToken
    )
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
            wire.Reply("501 5.5.4 BDAT size [LAST]");
            wire.IsClosing = true;
            return;
        }
        if (Recipients.Count > 0 && !IsInChunks)
        {
            IsInChunks = true;
            BeginMessage(greeting);
        }
        while (left > 0)
        {
            var read = await wire.ReadAsync(cancellationToken);
            var mine = read.Buffer.Slice(0, Math.Min(left, read.Buffer.Length));
            if (IsInChunks)
            {
                foreach (var piece in mine)
                    message.Append(piece.Span);
            }
            left -= mine.Length;
            wire.AdvanceTo(mine.End);
            if (left > 0 && read.IsCompleted || SwallowedTooMuch())
            {
                wire.IsClosing = true;
                return;
            }
        }
        if (!IsInChunks)
            wire.Refuse(ReturnPath is null ? "503 5.5.1 MAIL first" : "554 5.5.1 No valid recipients");
        else if (last)
            await FinishMailAsync(greeting, cancellationToken);
        else
            wire.Reply("250 2.0.0 Go on");
    }

    private bool SwallowedTooMuch()
    {
        if (message.SeenBytes <= 4L * Options.MaxMessageBytes)
            return false;
        wire.Reply("552 5.3.4 Too big");
        return true;
    }

    private void BeginMessage(SmtpGreeting greeting) =>
        message.Begin(
            TraceHeader.Write(
                ReturnPath!,
                greeting.Name,
                remote,
                Options.HostName,
                Protocol(greeting),
                Recipients,
                house.Time.GetUtcNow()
            )
        );

    private async ValueTask FinishMailAsync(SmtpGreeting greeting, CancellationToken cancellationToken)
    {
        var answer = await HandOverAsync(greeting, cancellationToken);
        house.Failpoints.Hit(Failpoints.BeforeSmtp250);
        for (var n = greeting.IsLmtp ? Recipients.Count : 1; n > 0; n--)
            wire.Reply(answer);
        if (answer[0] == '2')
            wire.Forgive();
        await wire.FlushAsync(cancellationToken);
        house.Failpoints.Hit(Failpoints.AfterSmtp250);
        Forget();
    }

    private async ValueTask<string> HandOverAsync(SmtpGreeting greeting, CancellationToken cancellationToken)
    {
        if (message.TooBig)
            return "552 5.3.4 Too big";
        if (message.OutOfBudget)
            return "452 4.3.1 Too much mail at once, try later";
        try
        {
            var envelope = new MailEnvelope(ReturnPath!, [.. Recipients], greeting.IsLmtp ? "lmtp" : "smtp");
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

    private string Protocol(SmtpGreeting greeting) =>
        (greeting.IsLmtp, IsUtf8, greeting.IsExtended) switch
        {
            (true, true, _) => "UTF8LMTP",
            (true, _, _) => "LMTP",
            (_, true, _) => "UTF8SMTP",
            (_, _, true) => "ESMTP",
            _ => "SMTP",
        } + (wire.IsSecure ? "S" : "");
}

/// <summary>How the other side introduced itself.</summary>
internal sealed record SmtpGreeting(string Name, bool IsExtended, bool IsLmtp);
