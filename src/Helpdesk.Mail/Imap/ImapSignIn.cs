using System.Text;
using Helpdesk.Mail.Outbound;
using static Helpdesk.Mail.Imap.ImapWords;

namespace Helpdesk.Mail.Imap;

/// <summary>From an open line to a signed-in one: TLS, what the server offers, and who we are.</summary>
internal sealed class ImapSignIn(ImapConnection connection, ImapLogin login)
{
    public async Task BeginAsync(CancellationToken cancellationToken)
    {
        await connection.OpenAsync(cancellationToken);
        if (login.Security is ConnectionSecurity.Tls)
            await connection.ProtectAsync(cancellationToken);
        var greeting = await connection.GreetingAsync(cancellationToken);
        if (greeting.Tag != "*" || !greeting.IsStatus("OK") && !greeting.IsStatus("PREAUTH"))
            throw new ImapException(ImapTroubleKind.Refused, $"The server's greeting was: {greeting.Text}");
        if (login.Security is ConnectionSecurity.StartTls)
        {
            if (greeting.IsStatus("PREAUTH"))
                throw new ImapException(ImapTroubleKind.NotSecure, "The server signs us in before TLS is on.");
            await StartTlsAsync(cancellationToken);
        }
        if (!greeting.IsStatus("PREAUTH"))
            await SignInAsync(cancellationToken);
        if (connection.Offers.Count == 0)
            await AskOffersAsync(cancellationToken);
    }

    private async Task StartTlsAsync(CancellationToken cancellationToken)
    {
        if (connection.Offers.Count == 0)
            await AskOffersAsync(cancellationToken);
        if (!connection.Offers.Contains("STARTTLS"))
            throw new ImapException(ImapTroubleKind.NotSecure, "The server does not offer STARTTLS.");
        var answer = await connection.AskAsync(["STARTTLS"], cancellationToken);
        if (!answer.IsStatus("OK"))
            throw new ImapException(ImapTroubleKind.NotSecure, $"The server refused STARTTLS: {answer.Text}");
        if (connection.HasMore)
            throw new ImapException(
                ImapTroubleKind.NotSecure,
                "The server sent text behind STARTTLS that nobody protects."
            );
        await connection.ProtectAsync(cancellationToken);
        connection.ForgetOffers(); // what was offered in the clear may have been forged
    }

    private async Task SignInAsync(CancellationToken cancellationToken)
    {
        if (connection.Offers.Count == 0)
            await AskOffersAsync(cancellationToken);
        ImapResponse answer;
        if (login.AccessTokenAsync is { } tokens)
        {
            answer = await SignInWithTokenAsync(await tokens(false, cancellationToken), cancellationToken);
            if (answer.IsStatus("NO")) // revoked before its time
                answer = await SignInWithTokenAsync(await tokens(true, cancellationToken), cancellationToken);
        }
        else if (connection.Offers.Contains("AUTH=PLAIN"))
        {
            answer = await AuthenticateAsync("PLAIN", $"\0{login.UserName}\0{login.Password.Value}", cancellationToken);
        }
        else if (connection.Offers.Contains("LOGINDISABLED"))
        {
            throw new ImapException(
                ImapTroubleKind.SignIn,
                "The server takes no password on this connection (LOGINDISABLED)."
            );
        }
        else
        {
            answer = await connection.AskAsync(
                ["LOGIN ", Argument(login.UserName), " ", Argument(login.Password.Value)],
                cancellationToken
            );
        }
        if (!answer.IsStatus("OK"))
            throw new ImapException(ImapTroubleKind.SignIn, answer.Text);
        connection.ForgetOffers();
        connection.NoteOffers(answer.Code);
        if (connection.Offers.Count == 0)
            await AskOffersAsync(cancellationToken);
    }

    private Task<ImapResponse> SignInWithTokenAsync(Secret token, CancellationToken cancellationToken) =>
        connection.Offers.Contains("AUTH=XOAUTH2")
            ? AuthenticateAsync(
                "XOAUTH2",
                $"user={login.UserName}\u0001auth=Bearer {token.Value}\u0001\u0001",
                cancellationToken
            )
            : throw new ImapException(ImapTroubleKind.SignIn, "The server does not offer XOAUTH2.");

    private Task<ImapResponse> AuthenticateAsync(string way, string words, CancellationToken cancellationToken)
    {
        var answer = Convert.ToBase64String(Encoding.UTF8.GetBytes(words));
        // asked again, the server has sent an error in detail (XOAUTH2) and waits for an empty line
        return connection.Offers.Contains("SASL-IR")
            ? connection.AskAsync([$"AUTHENTICATE {way} {answer}"], cancellationToken, continued: [""])
            : connection.AskAsync([$"AUTHENTICATE {way}"], cancellationToken, continued: [answer, ""]);
    }

    private async Task AskOffersAsync(CancellationToken cancellationToken) =>
        Expect(await connection.AskAsync(["CAPABILITY"], cancellationToken), "saying what it can");
}
