using System.Globalization;
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
    private readonly SmtpSessionContext house;
    private readonly SmtpWire wire;
    private readonly SmtpTransaction mail;

    /// <summary>Null = they have not said who they are.</summary>
    private SmtpGreeting? greeting;

    public SmtpSession(Stream stream, EndPoint? remote, SmtpSessionContext house)
    {
        this.house = house;
        wire = new(stream, house.Options, house.Time);
        mail = new(wire, remote, house);
    }

    private SmtpListenerOptions Options => house.Options;

    private bool IsExtended => greeting is { IsExtended: true };

    /// <summary>Holds the conversation to its end. Broken connections and timeouts end it without an exception.</summary>
    public async Task RunAsync()
    {
        using var betweenMails = CancellationTokenSource.CreateLinkedTokenSource(house.Stopping, wire.Silence);
        using var inMail = CancellationTokenSource.CreateLinkedTokenSource(house.Aborting, wire.Silence);
        try
        {
            wire.Reply($"220 {Options.HostName} ESMTP Helpdesk");
            while (
                !wire.IsClosing
                && await wire.ReadCommandAsync(mail.IsInChunks ? inMail.Token : betweenMails.Token) is { } command
            )
                await AnswerAsync(command, inMail.Token);
            await wire.FlushAsync(inMail.Token);
        }
        catch (OperationCanceledException)
        {
            await wire.SayGoodbyeAsync(
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
        mail.Dispose();
        wire.Dispose();
    }

    // ---- commands

    private async ValueTask AnswerAsync(SmtpCommand command, CancellationToken cancellationToken)
    {
        if (mail.IsInChunks && command.Verb is not ("BDAT" or "RSET" or "QUIT" or "NOOP"))
        {
            wire.Refuse("503 5.5.1 BDAT was begun, RSET or go on");
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
                await mail.ReceiveDataAsync(command, greeting!, cancellationToken);
                break;
            case "BDAT":
                await mail.ReceiveChunkAsync(command, greeting!, cancellationToken);
                break;
            case "RSET":
                mail.Forget();
                wire.ReplyIdle("250 2.0.0 OK");
                break;
            case "NOOP":
                wire.ReplyIdle("250 2.0.0 OK");
                break;
            case "VRFY":
                wire.ReplyIdle("252 2.5.0 Send a mail and see");
                break;
            case "HELP":
                wire.ReplyIdle("214 2.0.0 RFC 5321");
                break;
            case "QUIT":
                wire.Reply("221 2.0.0 Bye");
                wire.IsClosing = true;
                break;
            default:
                wire.Refuse("500 5.5.2 Unknown command");
                break;
        }
    }

    private void Greet(SmtpCommand command)
    {
        if (command.Argument.Length is 0 or > 255)
        {
            wire.Refuse("501 5.5.4 Say who you are");
            return;
        }
        mail.Forget();
        greeting = new(command.Argument, IsExtended: command.Verb != "HELO", IsLmtp: command.Verb == "LHLO");
        if (!IsExtended)
        {
            wire.ReplyIdle($"250 {Options.HostName}");
            return;
        }
        wire.Reply($"250-{Options.HostName}");
        wire.Reply("250-PIPELINING");
        wire.Reply($"250-SIZE {Options.MaxMessageBytes}");
        wire.Reply("250-8BITMIME");
        wire.Reply("250-SMTPUTF8");
        wire.Reply("250-CHUNKING");
        if (!wire.IsSecure && house.Certificate() is not null)
            wire.Reply("250-STARTTLS");
        wire.ReplyIdle("250 ENHANCEDSTATUSCODES");
    }

    private async ValueTask StartTlsAsync(SmtpCommand command, CancellationToken cancellationToken)
    {
        if (wire.IsSecure || !IsExtended || house.Certificate() is not { } certificate)
        {
            wire.Refuse("503 5.5.1 Not available");
            return;
        }
        if (command.Argument.Length > 0 || wire.HasMore)
        {
            // text sent in the clear behind STARTTLS would be taken for protected text
            wire.Reply("501 5.5.4 Nothing may follow STARTTLS");
            wire.IsClosing = true;
            return;
        }
        wire.Reply("220 2.0.0 Go ahead");
        await wire.ProtectAsync(certificate, cancellationToken);
        mail.Forget();
        greeting = null;
    }

    private void BeginMail(SmtpCommand command)
    {
        if (greeting is null)
            wire.Refuse("503 5.5.1 EHLO first");
        else if (mail.ReturnPath is not null)
            wire.Refuse("503 5.5.1 A mail was begun already");
        else if (SmtpPath.Parse(command.Argument, "FROM:") is not { } path)
            wire.Refuse("501 5.1.7 MAIL FROM:<address>");
        else if (Objection(path) is { } objection)
            wire.Refuse(objection);
        else
        {
            mail.ReturnPath = path.Address;
            wire.Reply("250 2.1.0 OK");
        }
    }

    private string? Objection(SmtpPath path)
    {
        mail.IsUtf8 = false;
        foreach (var (key, value) in path.Parameters)
        {
            switch (key)
            {
                case "SIZE" when IsExtended && ulong.TryParse(value, CultureInfo.InvariantCulture, out var size):
                    if (size > (ulong)Options.MaxMessageBytes)
                        return "552 5.3.4 Too big";
                    if (!house.Budget.HasRoomFor((long)size))
                        return "452 4.3.1 Too much mail at once, try later";
                    break;
                case "BODY" when IsExtended && value.ToUpperInvariant() is "7BIT" or "8BITMIME":
                    break;
                case "SMTPUTF8" when IsExtended && value.Length == 0:
                    mail.IsUtf8 = true;
                    break;
                default:
                    return "555 5.5.4 Unknown parameter";
            }
        }
        return mail.IsUtf8 || Ascii.IsValid(path.Address) ? null : "553 5.6.7 Such an address needs SMTPUTF8";
    }

    private async ValueTask AddRecipientAsync(SmtpCommand command, CancellationToken cancellationToken)
    {
        if (mail.ReturnPath is null)
            wire.Refuse("503 5.5.1 MAIL first");
        else if (SmtpPath.Parse(command.Argument, "TO:") is not { Address.Length: > 0 } path)
            wire.Refuse("501 5.1.3 RCPT TO:<address>");
        else if (path.Parameters.Count > 0)
            wire.Refuse("555 5.5.4 Unknown parameter");
        else if (!mail.IsUtf8 && !Ascii.IsValid(path.Address))
            wire.Refuse("553 5.6.7 Such an address needs SMTPUTF8");
        else if (mail.Recipients.Count >= Options.MaxRecipients)
            wire.Refuse("452 4.5.3 Too many recipients");
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
            wire.Reply("451 4.3.0 Try later");
            return;
        }
        if (!ours)
        {
            wire.Refuse("550 5.1.1 No such address here");
            return;
        }
        mail.Recipients.Add(address);
        wire.Reply("250 2.1.5 OK");
    }
}
