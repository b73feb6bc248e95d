using System.Globalization;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using static Helpdesk.Mail.Imap.ImapWords;

namespace Helpdesk.Mail.Imap;

/// <summary>
/// The line to one server: commands out, answers in, each step within its time. What the server says in passing goes to <see cref="News"/>; an answer that
/// nobody asked for ends it.
/// </summary>
internal sealed class ImapConnection(ImapLogin login, ImapOptions options, TimeProvider time) : IDisposable
{
    private readonly HashSet<string> offers = new(StringComparer.OrdinalIgnoreCase);
    private Stream stream = Stream.Null;
    private ImapReader reader = new(Stream.Null);
    private int commands;
    private long askedAt;
    private bool isLeaving;

    /// <summary>What the server offers, upper case: IDLE, MOVE, UIDPLUS …</summary>
    public IReadOnlySet<string> Offers => offers;

    /// <summary>Told each untagged answer.</summary>
    public Action<ImapResponse>? News { get; set; }

    /// <summary>Whether something was received that nobody read yet.</summary>
    public bool HasMore => reader.HasMore;

    public void Dispose() => stream.Dispose();

    // ---- beginning

    public Task OpenAsync(CancellationToken cancellationToken) =>
        WithinAsync(
            options.ConnectTimeout,
            ImapTroubleKind.NotReachable,
            async token =>
            {
                var socket = await OpenNetwork.ConnectAsync(
                    login.Host,
                    login.Port,
                    options.AllowPrivateNetworks,
                    token
                );
                Use(new NetworkStream(socket, ownsSocket: true));
                return true;
            },
            cancellationToken
        );

    /// <summary>The first line, which nobody asked for.</summary>
    public async Task<ImapResponse> GreetingAsync(CancellationToken cancellationToken)
    {
        var greeting = await WithinAsync(
            options.ConnectTimeout,
            ImapTroubleKind.NotReachable,
            async token => await reader.ReadAsync(token),
            cancellationToken
        );
        NoteOffers(greeting.Code);
        return greeting;
    }

    public async Task ProtectAsync(CancellationToken cancellationToken)
    {
        var tls = new SslStream(stream, leaveInnerStreamOpen: false);
        var wanted = new SslClientAuthenticationOptions { TargetHost = login.Host };
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
        await WithinAsync(
            options.ConnectTimeout,
            ImapTroubleKind.NotSecure,
            async token =>
            {
                await tls.AuthenticateAsClientAsync(wanted, token);
                return true;
            },
            cancellationToken
        );
        Use(tls);
    }

    /// <summary>What was offered before may have been forged, or depends on who asks.</summary>
    public void ForgetOffers() => offers.Clear();

    public void NoteOffers(IReadOnlyList<ImapValue> values)
    {
        if (values.Count > 0 && values[0].Is("CAPABILITY"))
            foreach (var value in values.Skip(1))
                offers.Add(value.Text);
    }

    // ---- asking

    /// <summary>Lets the server speak when it has something to say.</summary>
    /// <param name="isOver">Enough was said.</param>
    public async Task IdleAsync(Func<bool> isOver, CancellationToken cancellationToken)
    {
        var tag = NextTag();
        askedAt = time.GetTimestamp();
        await WriteAsync($"{tag} IDLE\r\n", cancellationToken);
        var first = await ReadAsync(cancellationToken);
        while (first.Tag == "*")
        {
            Note(first);
            first = await ReadAsync(cancellationToken);
        }
        if (first.Tag != "+")
            throw Refusal(first, "IDLE");
        // a read that was cancelled may have swallowed half a line: this one is kept until the answer to DONE ends it
        Task<ImapResponse>? pending = null;
        using var over = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var alarm = Task.Delay(options.IdleFor, time, over.Token);
        while (!isOver())
        {
            pending ??= ReadAsync(cancellationToken, forever: true);
            if (await Task.WhenAny(pending, alarm) == alarm)
                break;
            Note(await pending);
            pending = null;
        }
        await over.CancelAsync();
        cancellationToken.ThrowIfCancellationRequested();
        askedAt = time.GetTimestamp();
        await WriteAsync("DONE\r\n", cancellationToken);
        if (pending is not null)
        {
            var next = await WithinAsync(
                options.SilenceTimeout,
                ImapTroubleKind.Broken,
                token => pending.WaitAsync(token),
                cancellationToken
            );
            if (next.Tag == tag)
            {
                Expect(next, "IDLE");
                return;
            }
            Note(next);
        }
        Expect(await UntilAsync(tag, onData: null, cancellationToken), "IDLE");
    }

    /// <param name="pieces">The command; a piece that is a string argument which cannot be quoted goes as a literal.</param>
    /// <param name="continued">Answers to what the server asks for in between.</param>
    public async Task<ImapResponse> AskAsync(
        string[] pieces,
        CancellationToken cancellationToken,
        Action<ImapResponse>? onData = null,
        int mostBytes = 64 * 1024,
        string[]? continued = null
    )
    {
        var tag = NextTag();
        reader.MaxStringBytes = mostBytes;
        askedAt = time.GetTimestamp();
        var line = new StringBuilder(tag).Append(' ');
        foreach (var piece in pieces)
        {
            if (!piece.StartsWith(LiteralMark))
            {
                line.Append(piece);
                continue;
            }
            var text = piece[1..];
            var bytes = Encoding.UTF8.GetByteCount(text);
            var isFree = offers.Contains("LITERAL+") || offers.Contains("LITERAL-") && bytes <= 4096;
            line.Append(CultureInfo.InvariantCulture, $"{{{bytes}{(isFree ? "+" : "")}}}\r\n");
            if (!isFree)
            {
                await WriteAsync(line.ToString(), cancellationToken);
                line.Clear();
                var answer = await ReadAsync(cancellationToken);
                if (answer.Tag == tag)
                    return answer;
                if (answer.Tag != "+")
                    throw Refusal(answer, "a literal");
            }
            line.Append(text);
        }
        await WriteAsync(line.Append("\r\n").ToString(), cancellationToken);
        return await UntilAsync(tag, onData, cancellationToken, continued);
    }

    private async Task<ImapResponse> UntilAsync(
        string tag,
        Action<ImapResponse>? onData,
        CancellationToken cancellationToken,
        string[]? continued = null
    )
    {
        var asked = 0;
        while (true)
        {
            var response = await ReadAsync(cancellationToken);
            if (response.Tag == tag)
            {
                NoteOffers(response.Code);
                return response;
            }
            if (response.Tag == "+")
            {
                if (asked >= (continued?.Length ?? 0))
                    throw new ImapException(ImapTroubleKind.Nonsense, "The server waits for something nobody offered.");
                await WriteAsync(continued![asked++] + "\r\n", cancellationToken);
                continue;
            }
            if (response.Tag != "*")
                throw new ImapException(ImapTroubleKind.Nonsense, "The server answers what nobody asked.");
            Note(response);
            onData?.Invoke(response);
        }
    }

    private void Note(ImapResponse response)
    {
        if (response.IsStatus("BYE"))
        {
            if (!isLeaving)
                throw new ImapException(ImapTroubleKind.Broken, $"The server says goodbye: {response.Text}");
        }
        else if (response.IsStatus("CAPABILITY"))
        {
            NoteOffers(response.Values);
        }
        else
        {
            News?.Invoke(response);
        }
        NoteOffers(response.Code);
    }

    // ---- the wire

    private async Task WriteAsync(string text, CancellationToken cancellationToken)
    {
        isLeaving = text.EndsWith(" LOGOUT\r\n", StringComparison.Ordinal);
        await WithinAsync(
            options.SilenceTimeout,
            ImapTroubleKind.Broken,
            async token =>
            {
                await stream.WriteAsync(Encoding.UTF8.GetBytes(text), token);
                await stream.FlushAsync(token);
                return true;
            },
            cancellationToken
        );
    }

    /// <param name="forever">Silence is expected: the token alone ends it.</param>
    private async Task<ImapResponse> ReadAsync(CancellationToken cancellationToken, bool forever = false)
    {
        return await WithinAsync(
            forever ? Timeout.InfiniteTimeSpan : options.SilenceTimeout,
            ImapTroubleKind.Broken,
            async token => await reader.ReadAsync(token),
            cancellationToken,
            isHearing: !forever
        );
    }

    /// <summary>Runs one step on the network; its failures become ours.</summary>
    /// <param name="isHearing">The time is for silence: it begins anew whenever bytes arrive, until the whole answer has taken too long.</param>
    private async Task<T> WithinAsync<T>(
        TimeSpan longest,
        ImapTroubleKind kind,
        Func<CancellationToken, Task<T>> work,
        CancellationToken cancellationToken,
        bool isHearing = false
    )
    {
        using var patience = new CancellationTokenSource(longest, time);
        if (isHearing)
        {
            reader.Arrived = () =>
            {
                if (time.GetElapsedTime(askedAt) > options.CommandTimeout)
                    throw new ImapException(ImapTroubleKind.Broken, "The server's answer took too long.");
                patience.CancelAfter(longest);
            };
        }
        using var both = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancellationToken);
        try
        {
            return await work(both.Token);
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            throw new ImapException(
                kind,
                $"{login.Host} did not answer within {longest.TotalSeconds.ToString("0.#", CultureInfo.InvariantCulture)} seconds.",
                e
            );
        }
        catch (AuthenticationException e)
        {
            throw new ImapException(ImapTroubleKind.NotSecure, e.Message, e);
        }
        catch (Exception e)
            when (e is (IOException or SocketException or ObjectDisposedException) and not ImapException)
        {
            throw new ImapException(kind, e.Message, e);
        }
        finally
        {
            reader.Arrived = null;
        }
    }

    private void Use(Stream stream)
    {
        this.stream = stream;
        reader = new(stream);
    }

    private string NextTag() => string.Create(CultureInfo.InvariantCulture, $"h{++commands}");
}
