using System.Globalization;
using System.Net.Sockets;
using System.Text;
using Helpdesk.Mail.Outbound;

namespace Helpdesk.Mail.Smtp;

/// <summary>One connection to the outgoing server: greeting, TLS and sign-in are done when it exists.</summary>
public sealed class SmtpClient : IDisposable
{
    private readonly OutboundOptions options;
    private readonly Func<bool, CancellationToken, Task<Secret>>? accessToken;
    private readonly SmtpConnection connection;
    private SmtpOffers offers = SmtpOffers.None;

    private SmtpClient(
        OutboundOptions options,
        TimeProvider time,
        Func<bool, CancellationToken, Task<Secret>>? accessToken
    )
    {
        (this.options, this.accessToken) = (options, accessToken);
        connection = new SmtpConnection(options, time);
    }

    /// <param name="accessToken">Gives an access token to sign in with (XOAUTH2); true asks for a fresh one. Null = by password.</param>
    /// <exception cref="IOException">No connection, no SMTP (<see cref="SmtpServerException"/>), or it broke off.</exception>
    /// <exception cref="SocketException">Nobody listens there.</exception>
    /// <exception cref="System.Security.Authentication.AuthenticationException">The certificate is not one to trust.</exception>
    /// <exception cref="TimeoutException">It took longer than the options allow.</exception>
    public static async Task<SmtpClient> ConnectAsync(
        OutboundOptions options,
        TimeProvider time,
        CancellationToken cancellationToken,
        Func<bool, CancellationToken, Task<Secret>>? accessToken = null
    )
    {
        var client = new SmtpClient(options, time, accessToken);
        try
        {
            await client.connection.OpenAsync(cancellationToken);
            await client.BeginAsync(cancellationToken);
            return client;
        }
        catch
        {
            client.Dispose();
            throw;
        }
    }

    /// <returns>One result for each recipient, in their order.</returns>
    /// <inheritdoc cref="ConnectAsync" path="/exception"/>
    public async Task<IReadOnlyList<Delivery>> SendAsync(OutgoingMail mail, CancellationToken cancellationToken)
    {
        var traits = MailTraits.Of(mail);
        if (Objection(mail, traits) is { } objection)
            return All(mail, DeliveryState.Refused, objection);

        var commands = new List<string>(mail.Recipients.Count + 2) { MailFrom(mail, traits) };
        commands.AddRange(mail.Recipients.Select(r => $"RCPT TO:<{ForWire(r, traits)}>{Notify(mail)}"));
        commands.Add("DATA");
        var replies = offers.Has("PIPELINING")
            ? await AskAtOnceAsync(commands, cancellationToken)
            : await AskOneByOneAsync(commands, cancellationToken);

        var (from, to, data) = (replies[0], replies[1..^1], replies[^1]);
        if (data is { Code: 354 })
        {
            // a server that asks for the text of a mail it refused gets none, and refuses that
            var wanted = from is { IsPositive: true } && to.Any(r => r is { IsPositive: true });
            data = await connection.SendTextAsync(wanted ? mail.Raw : default, cancellationToken);
        }
        return [.. mail.Recipients.Select((r, i) => Result(r, from, to[i], data))];
    }

    /// <summary>Ends what was begun and asks whether the server is still there.</summary>
    /// <inheritdoc cref="ConnectAsync" path="/exception"/>
    public async Task<bool> ResetAsync(CancellationToken cancellationToken) =>
        (await connection.AskAsync("RSET", cancellationToken)).IsPositive;

    /// <summary>Says goodbye; the result of what was sent does not depend on it.</summary>
    public async Task QuitAsync(CancellationToken cancellationToken)
    {
        try
        {
            await connection.AskAsync("QUIT", cancellationToken);
        }
        catch (Exception e) when (e is IOException or TimeoutException or ObjectDisposedException)
        {
            // it has gone without a word
        }
    }

    public void Dispose() => connection.Dispose();

    // ---- beginning

    private async Task BeginAsync(CancellationToken cancellationToken)
    {
        if (options.Security == ConnectionSecurity.Tls)
            await connection.ProtectAsync(cancellationToken);
        Expect(await connection.ReadReplyAsync(cancellationToken), "greeting");
        await SayHelloAsync(cancellationToken);
        if (options.Security == ConnectionSecurity.StartTls)
        {
            if (!offers.Has("STARTTLS"))
                throw new SmtpServerException("The server does not offer STARTTLS.");
            Expect(await connection.AskAsync("STARTTLS", cancellationToken), "STARTTLS");
            if (connection.HasUnread())
                throw new SmtpServerException("The server sent text behind STARTTLS that nobody protects.");
            await connection.ProtectAsync(cancellationToken);
            await SayHelloAsync(cancellationToken); // what was offered in the clear may have been forged
        }
        if (accessToken is not null)
            await SignInWithTokenAsync(accessToken, cancellationToken);
        else if (options.UserName.Length > 0)
            await SignInAsync(cancellationToken);
    }

    private async Task SayHelloAsync(CancellationToken cancellationToken)
    {
        offers = SmtpOffers.None;
        var reply = await connection.AskAsync($"EHLO {options.HostName}", cancellationToken);
        if (reply.IsPositive)
            offers = SmtpOffers.Of(reply);
        else
            Expect(await connection.AskAsync($"HELO {options.HostName}", cancellationToken), "HELO");
    }

    private async Task SignInAsync(CancellationToken cancellationToken)
    {
        var (name, password) = (options.UserName, options.Credential.Value);
        if (offers.HasSignIn("PLAIN"))
        {
            Expect(
                await connection.AskAsync($"AUTH PLAIN {Base64($"\0{name}\0{password}")}", cancellationToken),
                "sign-in"
            );
        }
        else if (offers.HasSignIn("LOGIN"))
        {
            Expect(await connection.AskAsync("AUTH LOGIN", cancellationToken), "sign-in");
            Expect(await connection.AskAsync(Base64(name), cancellationToken), "sign-in");
            Expect(await connection.AskAsync(Base64(password), cancellationToken), "sign-in");
        }
        else
        {
            throw new SmtpServerException("The server offers neither AUTH PLAIN nor AUTH LOGIN.");
        }
    }

    private async Task SignInWithTokenAsync(
        Func<bool, CancellationToken, Task<Secret>> tokens,
        CancellationToken cancellationToken
    )
    {
        if (!offers.HasSignIn("XOAUTH2"))
            throw new SmtpServerException("The server does not offer AUTH XOAUTH2.");
        SmtpReply reply;
        var isFresh = false;
        do
        {
            var token = await tokens(isFresh, cancellationToken);
            var words = $"user={options.UserName}\u0001auth=Bearer {token.Value}\u0001\u0001";
            reply = await connection.AskAsync($"AUTH XOAUTH2 {Base64(words)}", cancellationToken);
            if (reply.Code == 334)
                reply = await connection.AskAsync("", cancellationToken); // the error in detail; the refusal comes behind it
            if (reply.IsPositive)
                return;
            isFresh = !isFresh; // revoked before its time: once more with a new one
        } while (isFresh);
        Expect(reply, "sign-in");
    }

    private static string Base64(string text) => Convert.ToBase64String(Encoding.UTF8.GetBytes(text));

    private static void Expect(SmtpReply reply, string what)
    {
        if (!reply.IsPositive)
            throw new SmtpServerException($"The server refused the {what}: {reply}");
    }

    // ---- one mail

    private string? Objection(OutgoingMail mail, MailTraits traits) =>
        mail.Raw.Length > offers.MaxBytes
            ? $"The server takes at most {offers.MaxBytes.ToString(CultureInfo.InvariantCulture)} bytes."
        : traits.NeedsUtf8 && !offers.Has("SMTPUTF8") ? "The server does not take addresses beyond ASCII."
        : traits.EightBit && !offers.Has("8BITMIME") ? "The server does not take 8-bit text."
        : null;

    private string MailFrom(OutgoingMail mail, MailTraits traits)
    {
        var command = $"MAIL FROM:<{ForWire(mail.ReturnPath, traits)}>";
        if (offers.Has("SIZE"))
            command += string.Create(CultureInfo.InvariantCulture, $" SIZE={mail.Raw.Length}");
        if (offers.Has("DSN") && mail.ReturnPath.Length > 0)
            command += " RET=HDRS"; // who it concerns and why is enough
        if (traits.EightBit || traits.NeedsUtf8)
            command += " BODY=8BITMIME";
        return traits.NeedsUtf8 ? command + " SMTPUTF8" : command;
    }

    /// <summary>Reports of failures are asked for (RFC 3461), of mail nobody should hear about none.</summary>
    private string Notify(OutgoingMail mail) =>
        !offers.Has("DSN") ? ""
        : mail.ReturnPath.Length > 0 ? " NOTIFY=FAILURE"
        : " NOTIFY=NEVER";

    private static string ForWire(string address, MailTraits traits) =>
        traits.NeedsUtf8 ? address : MailTraits.WithAsciiDomain(address) ?? address;

    private static Delivery Result(string recipient, SmtpReply? from, SmtpReply? to, SmtpReply? data)
    {
        foreach (var reply in (ReadOnlySpan<SmtpReply?>)[from, to, data])
        {
            if (reply is { IsPositive: false })
                return new(recipient, reply.IsPermanent ? DeliveryState.Refused : DeliveryState.TryLater, $"{reply}");
        }
        return data is null
            ? new(recipient, DeliveryState.TryLater, "The server did not ask for the text.")
            : new(recipient, DeliveryState.Sent, $"{data}");
    }

    private static Delivery[] All(OutgoingMail mail, DeliveryState state, string reply) =>
        [.. mail.Recipients.Select(r => new Delivery(r, state, reply))];

    private async Task<SmtpReply?[]> AskAtOnceAsync(List<string> commands, CancellationToken cancellationToken)
    {
        foreach (var command in commands)
            connection.Write(command);
        var replies = new SmtpReply?[commands.Count];
        for (var i = 0; i < replies.Length; i++)
            replies[i] = await connection.ReadReplyAsync(cancellationToken);
        return replies;
    }

    /// <returns>Null for what was not asked, because it could not lead anywhere.</returns>
    private async Task<SmtpReply?[]> AskOneByOneAsync(List<string> commands, CancellationToken cancellationToken)
    {
        var replies = new SmtpReply?[commands.Count];
        for (var i = 0; i < replies.Length; i++)
        {
            var isData = i == replies.Length - 1;
            if (isData && !replies[1..^1].Any(r => r is { IsPositive: true }))
                break;
            replies[i] = await connection.AskAsync(commands[i], cancellationToken);
            if (i == 0 && !replies[0]!.IsPositive)
                break;
        }
        return replies;
    }
}
