using System.Buffers;
using System.Globalization;
using System.IO.Pipelines;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Helpdesk.Mail.Outbound;

namespace Helpdesk.Mail.Smtp;

/// <summary>One connection to the outgoing server: greeting, TLS and sign-in are done when it exists.</summary>
public sealed class SmtpClient : IDisposable
{
    private const int MaxReplyLineBytes = 8 * 1024;
    private const int MaxReplyLines = 200;

    private readonly OutboundOptions options;
    private readonly TimeProvider time;
    private readonly Func<bool, CancellationToken, Task<Secret>>? accessToken;
    private readonly HashSet<string> offers = new(StringComparer.OrdinalIgnoreCase);
    private Stream stream;
    private PipeReader input;
    private PipeWriter output;
    private long maxBytes = long.MaxValue;
    private string signInWays = "";

    private SmtpClient(
        Stream stream,
        OutboundOptions options,
        TimeProvider time,
        Func<bool, CancellationToken, Task<Secret>>? accessToken
    )
    {
        (this.stream, this.options, this.time, this.accessToken) = (stream, options, time, accessToken);
        (input, output) = Pipes(stream);
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
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        var client = new SmtpClient(Stream.Null, options, time, accessToken);
        try
        {
            using var clock = client.Clock(options.ConnectTimeout, cancellationToken);
            await clock.RunAsync(async token => await socket.ConnectAsync(options.Host, options.Port, token));
            client.Use(new NetworkStream(socket, ownsSocket: true));
            await client.BeginAsync(cancellationToken);
            return client;
        }
        catch
        {
            client.Dispose();
            socket.Dispose();
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
        var replies = offers.Contains("PIPELINING")
            ? await AskAtOnceAsync(commands, cancellationToken)
            : await AskOneByOneAsync(commands, cancellationToken);

        var (from, to, data) = (replies[0], replies[1..^1], replies[^1]);
        if (data is { Code: 354 })
        {
            // a server that asks for the text of a mail it refused gets none, and refuses that
            var wanted = from is { IsPositive: true } && to.Any(r => r is { IsPositive: true });
            data = await SendTextAsync(wanted ? mail.Raw : default, cancellationToken);
        }
        return [.. mail.Recipients.Select((r, i) => Result(r, from, to[i], data))];
    }

    /// <summary>Ends what was begun and asks whether the server is still there.</summary>
    /// <inheritdoc cref="ConnectAsync" path="/exception"/>
    public async Task<bool> ResetAsync(CancellationToken cancellationToken) =>
        (await AskAsync("RSET", cancellationToken)).IsPositive;

    /// <summary>Says goodbye; the result of what was sent does not depend on it.</summary>
    public async Task QuitAsync(CancellationToken cancellationToken)
    {
        try
        {
            await AskAsync("QUIT", cancellationToken);
        }
        catch (Exception e) when (e is IOException or TimeoutException or ObjectDisposedException)
        {
            // it has gone without a word
        }
    }

    public void Dispose()
    {
        input.Complete();
        stream.Dispose();
    }

    // ---- beginning

    private async Task BeginAsync(CancellationToken cancellationToken)
    {
        if (options.Security == ConnectionSecurity.Tls)
            await ProtectAsync(cancellationToken);
        Expect(await ReadReplyAsync(cancellationToken), "greeting");
        await SayHelloAsync(cancellationToken);
        if (options.Security == ConnectionSecurity.StartTls)
        {
            if (!offers.Contains("STARTTLS"))
                throw new SmtpServerException("The server does not offer STARTTLS.");
            Expect(await AskAsync("STARTTLS", cancellationToken), "STARTTLS");
            if (input.TryRead(out var early) && !early.Buffer.IsEmpty)
                throw new SmtpServerException("The server sent text behind STARTTLS that nobody protects.");
            await ProtectAsync(cancellationToken);
            await SayHelloAsync(cancellationToken); // what was offered in the clear may have been forged
        }
        if (accessToken is not null)
            await SignInWithTokenAsync(accessToken, cancellationToken);
        else if (options.UserName.Length > 0)
            await SignInAsync(cancellationToken);
    }

    private async Task SayHelloAsync(CancellationToken cancellationToken)
    {
        offers.Clear();
        (maxBytes, signInWays) = (long.MaxValue, "");
        var reply = await AskAsync($"EHLO {options.HostName}", cancellationToken);
        if (!reply.IsPositive)
        {
            Expect(await AskAsync($"HELO {options.HostName}", cancellationToken), "HELO");
            return;
        }
        foreach (var line in reply.Lines.Skip(1))
        {
            var words = line.Split([' ', '='], 2, StringSplitOptions.RemoveEmptyEntries);
            if (words.Length == 0)
                continue;
            offers.Add(words[0]);
            if (words is [_, var rest] && words[0].Equals("AUTH", StringComparison.OrdinalIgnoreCase))
                signInWays = $"{signInWays} {rest}";
            else if (words is ["SIZE" or "size", var size] && long.TryParse(size, out var max) && max > 0)
                maxBytes = max;
        }
    }

    private async Task ProtectAsync(CancellationToken cancellationToken)
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

    private async Task SignInAsync(CancellationToken cancellationToken)
    {
        var (name, password) = (options.UserName, options.Credential.Value);
        var ways = signInWays.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        if (ways.Contains("PLAIN", StringComparer.OrdinalIgnoreCase))
        {
            Expect(await AskAsync($"AUTH PLAIN {Base64($"\0{name}\0{password}")}", cancellationToken), "sign-in");
        }
        else if (ways.Contains("LOGIN", StringComparer.OrdinalIgnoreCase))
        {
            Expect(await AskAsync("AUTH LOGIN", cancellationToken), "sign-in");
            Expect(await AskAsync(Base64(name), cancellationToken), "sign-in");
            Expect(await AskAsync(Base64(password), cancellationToken), "sign-in");
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
        if (!signInWays.Split(' ').Contains("XOAUTH2", StringComparer.OrdinalIgnoreCase))
            throw new SmtpServerException("The server does not offer AUTH XOAUTH2.");
        SmtpReply reply;
        var isFresh = false;
        do
        {
            var token = await tokens(isFresh, cancellationToken);
            var words = $"user={options.UserName}\u0001auth=Bearer {token.Value}\u0001\u0001";
            reply = await AskAsync($"AUTH XOAUTH2 {Base64(words)}", cancellationToken);
            if (reply.Code == 334)
                reply = await AskAsync("", cancellationToken); // the error in detail; the refusal comes behind it
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
        mail.Raw.Length > maxBytes
            ? $"The server takes at most {maxBytes.ToString(CultureInfo.InvariantCulture)} bytes."
        : traits.NeedsUtf8 && !offers.Contains("SMTPUTF8") ? "The server does not take addresses beyond ASCII."
        : traits.EightBit && !offers.Contains("8BITMIME") ? "The server does not take 8-bit text."
        : null;

    private string MailFrom(OutgoingMail mail, MailTraits traits)
    {
        var command = $"MAIL FROM:<{ForWire(mail.ReturnPath, traits)}>";
        if (offers.Contains("SIZE"))
            command += string.Create(CultureInfo.InvariantCulture, $" SIZE={mail.Raw.Length}");
        if (offers.Contains("DSN") && mail.ReturnPath.Length > 0)
            command += " RET=HDRS"; // who it concerns and why is enough
        if (traits.EightBit || traits.NeedsUtf8)
            command += " BODY=8BITMIME";
        return traits.NeedsUtf8 ? command + " SMTPUTF8" : command;
    }

    /// <summary>Reports of failures are asked for (RFC 3461), of mail nobody should hear about none.</summary>
    private string Notify(OutgoingMail mail) =>
        !offers.Contains("DSN") ? ""
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
            Write(command);
        var replies = new SmtpReply?[commands.Count];
        for (var i = 0; i < replies.Length; i++)
            replies[i] = await ReadReplyAsync(cancellationToken);
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
            replies[i] = await AskAsync(commands[i], cancellationToken);
            if (i == 0 && !replies[0]!.IsPositive)
                break;
        }
        return replies;
    }

    private async Task<SmtpReply> SendTextAsync(ReadOnlyMemory<byte> text, CancellationToken cancellationToken)
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

    // ---- the wire

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

    private Clockwork Clock(TimeSpan longest, CancellationToken cancellationToken) =>
        new(longest, time, cancellationToken);

    private void Write(string command)
    {
        Encoding.UTF8.GetBytes(command, output);
        output.Write("\r\n"u8);
    }

    private async Task<SmtpReply> AskAsync(string command, CancellationToken cancellationToken)
    {
        Write(command);
        return await ReadReplyAsync(cancellationToken);
    }

    private async Task<SmtpReply> ReadReplyAsync(CancellationToken cancellationToken)
    {
        using var clock = Clock(options.CommandTimeout, cancellationToken);
        return await clock.RunAsync(ReadReplyCoreAsync);
    }

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

    /// <summary>Tells our own patience from the caller's wish to stop.</summary>
    private sealed class Clockwork(TimeSpan longest, TimeProvider time, CancellationToken caller) : IDisposable
    {
        private readonly CancellationTokenSource patience = new(longest, time);

        public async Task RunAsync(Func<CancellationToken, Task> work) =>
            await RunAsync(async token =>
            {
                await work(token);
                return true;
            });

        public async Task<T> RunAsync<T>(Func<CancellationToken, Task<T>> work)
        {
            using var both = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, caller);
            try
            {
                return await work(both.Token);
            }
            catch (OperationCanceledException e) when (!caller.IsCancellationRequested)
            {
                throw new TimeoutException($"The mail server did not answer within {longest}.", e);
            }
        }

        public void Dispose() => patience.Dispose();
    }
}
