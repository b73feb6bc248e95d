using System.Buffers;
using System.Globalization;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Helpdesk.Mail.Outbound;

namespace Helpdesk.Mail.Imap;

/// <summary>Where and as whom to sign in.</summary>
/// <param name="AccessTokenAsync">Gives an access token (XOAUTH2); true asks for a fresh one. Null = sign in with the password.</param>
public sealed record ImapLogin(
    string Host,
    int Port,
    ConnectionSecurity Security,
    string UserName,
    Secret Password,
    Func<bool, CancellationToken, Task<Secret>>? AccessTokenAsync = null
);

/// <param name="UidNext">The UID that the next mail will have at least; null when the server does not say.</param>
/// <param name="Exists">Mails in the folder.</param>
public sealed record ImapFolder(uint UidValidity, uint? UidNext, uint Exists);

/// <param name="SizeBytes">As the server says; some count wrongly.</param>
/// <param name="ArrivedAt">When it came into this mailbox; null when the server does not say so in a way one can read.</param>
public sealed record ImapMailFacts(uint Uid, uint SizeBytes, DateTimeOffset? ArrivedAt);

/// <summary>
/// One connection to an IMAP4rev1 server (RFC 3501), signed in when it exists. It asks for what the reading of mailboxes needs, and believes nothing that it
/// did not ask for.
/// </summary>
public sealed class ImapClient : IDisposable
{
    private readonly ImapLogin login;
    private readonly ImapOptions options;
    private readonly TimeProvider time;
    private readonly HashSet<string> offers = new(StringComparer.OrdinalIgnoreCase);
    private Stream stream = Stream.Null;
    private ImapReader reader = new(Stream.Null);
    private int commands;
    private long askedAt;
    private bool isLeaving;
    private bool hasNews;

    private ImapClient(ImapLogin login, ImapOptions options, TimeProvider time) =>
        (this.login, this.options, this.time) = (login, options, time);

    /// <summary>What the server offers, upper case: IDLE, MOVE, UIDPLUS …</summary>
    public IReadOnlySet<string> Offers => offers;

    /// <summary>The open folder, its count kept up to date by what the server says in passing.</summary>
    public ImapFolder? Folder { get; private set; }

    /// <exception cref="ImapException">Whatever goes wrong, with a kind that says where to look.</exception>
    public static async Task<ImapClient> ConnectAsync(
        ImapLogin login,
        ImapOptions options,
        TimeProvider time,
        CancellationToken cancellationToken
    )
    {
        var client = new ImapClient(login, options, time);
        try
        {
            await client.BeginAsync(cancellationToken);
            return client;
        }
        catch
        {
            client.Dispose();
            throw;
        }
    }

    /// <summary>Opens a folder for reading and changing.</summary>
    /// <param name="name">As people write it.</param>
    public async Task<ImapFolder> SelectAsync(string name, CancellationToken cancellationToken)
    {
        uint validity = 0,
            exists = 0;
        uint? next = null;
        Folder = null;
        var answer = await AskAsync(
            ["SELECT ", Argument(ImapFolderName.Encode(name))],
            cancellationToken,
            response =>
            {
                if (response.Values is [var count, var word] && word.Is("EXISTS"))
                    exists = count.Number ?? 0;
                else if (response.HasCode("UIDVALIDITY") && response.Code is [_, var valid, ..])
                    validity = valid.Number ?? 0;
                else if (response.HasCode("UIDNEXT") && response.Code is [_, var uid, ..])
                    next = uid.Number;
            }
        );
        if (!answer.IsStatus("OK"))
            throw new ImapException(ImapTroubleKind.Folder, answer.Text);
        if (answer.HasCode("READ-ONLY"))
            throw new ImapException(ImapTroubleKind.Folder, $"{name} may be read but not changed. {answer.Text}");
        if (validity == 0)
            throw new ImapException(ImapTroubleKind.Nonsense, "The server does not number its mails (UIDVALIDITY).");
        return Folder = new(validity, next is 0 ? null : next, exists);
    }

    /// <summary>The UIDs of the mails from one to another, ascending.</summary>
    /// <param name="to">Null = to the end.</param>
    /// <param name="isCut">There are more than one answer may hold: ask for a smaller range.</param>
    public async Task<(IReadOnlyList<uint> Uids, bool IsCut)> SearchAsync(
        uint from,
        uint? to,
        CancellationToken cancellationToken
    )
    {
        var found = new SortedSet<uint>();
        var isCut = false;
        if (to is null)
            hasNews = false; // whatever came before this question stands in its answer
        var range = string.Create(
            CultureInfo.InvariantCulture,
            $"UID SEARCH UID {from}:{to?.ToString(CultureInfo.InvariantCulture) ?? "*"}"
        );
        var answer = await AskAsync(
            [range],
            cancellationToken,
            response =>
            {
                isCut |= response.NumbersCut;
                // "5:*" means the last mail even where it is the fourth
                foreach (var uid in response.Numbers ?? [])
                    if (uid >= from && uid <= (to ?? uint.MaxValue) && found.Count <= ImapReader.MaxNumbers)
                        found.Add(uid);
            }
        );
        Expect(answer, "searching");
        return ([.. found], isCut);
    }

    /// <summary>Size and time of mails; those that have gone meanwhile are not in the result.</summary>
    public async Task<IReadOnlyDictionary<uint, ImapMailFacts>> FactsAsync(
        IReadOnlyList<uint> uids,
        CancellationToken cancellationToken
    )
    {
        var wanted = uids.ToHashSet();
        var facts = new Dictionary<uint, ImapMailFacts>();
        var answer = await AskAsync(
            [$"UID FETCH {Set(uids)} (UID RFC822.SIZE INTERNALDATE)"],
            cancellationToken,
            response =>
            {
                if (
                    Fetched(response) is { } item
                    && Value(item, "UID")?.Number is { } uid
                    && Value(item, "RFC822.SIZE")?.Number is { } size
                    && wanted.Contains(uid)
                )
                    facts[uid] = new(uid, size, Instant(Value(item, "INTERNALDATE")?.Text));
            }
        );
        Expect(answer, "fetching sizes");
        return facts;
    }

    /// <summary>Whole mails, none of which is marked as seen by it.</summary>
    /// <param name="mostBytes">A larger one is not kept: its bytes are null.</param>
    /// <returns>Those that the server gave; NIL is nothing given.</returns>
    public async Task<IReadOnlyDictionary<uint, byte[]?>> FetchAsync(
        IReadOnlyList<uint> uids,
        int mostBytes,
        CancellationToken cancellationToken
    )
    {
        var wanted = uids.ToHashSet();
        var mails = new Dictionary<uint, byte[]?>();
        var answer = await AskAsync(
            [$"UID FETCH {Set(uids)} (UID BODY.PEEK[])"],
            cancellationToken,
            response =>
            {
                if (
                    Fetched(response) is { } item
                    && Value(item, "UID")?.Number is { } uid
                    && wanted.Contains(uid)
                    && Value(item, "BODY[]") is { Bytes: { } bytes } body // NIL is no mail, not an empty one
                )
                    mails[uid] = body.OmittedBytes > 0 ? null : bytes;
            },
            mostBytes
        );
        Expect(answer, "fetching mail");
        return mails;
    }

    /// <summary>A part of a mail; shorter than asked where the mail ends.</summary>
    /// <returns>Empty where the server says that the mail is over; null when it gives nothing (NIL), or there is no such mail any more.</returns>
    public async Task<byte[]?> FetchPartAsync(
        uint uid,
        string section,
        uint offset,
        int length,
        CancellationToken cancellationToken
    )
    {
        byte[]? part = null;
        var command = string.Create(
            CultureInfo.InvariantCulture,
            $"UID FETCH {uid} (UID BODY.PEEK[{section}]<{offset}.{length}>)"
        );
        var answer = await AskAsync(
            [command],
            cancellationToken,
            response =>
            {
                if (Fetched(response) is not { } item || Value(item, "UID")?.Number != uid)
                    return;
                for (var i = 0; i + 1 < item.Count; i += 2)
                    if (item[i].Text.StartsWith("BODY[", StringComparison.OrdinalIgnoreCase))
                        part =
                            item[i + 1].OmittedBytes > 0
                                ? throw new ImapException(
                                    ImapTroubleKind.Nonsense,
                                    "The server sent more of a mail than it was asked for."
                                )
                                : item[i + 1].Bytes;
            },
            length
        );
        Expect(answer, "fetching a part of a mail");
        return part;
    }

    /// <summary>Marks mails as read.</summary>
    public async Task MarkAsync(IReadOnlyList<uint> uids, CancellationToken cancellationToken) =>
        Expect(
            await AskAsync([$"UID STORE {Set(uids)} +FLAGS.SILENT (\\Seen)"], cancellationToken),
            "marking",
            tidying: true
        );

    /// <summary>Takes mails out of the folder for good.</summary>
    public async Task DeleteAsync(IReadOnlyList<uint> uids, CancellationToken cancellationToken)
    {
        Expect(
            await AskAsync([$"UID STORE {Set(uids)} +FLAGS.SILENT (\\Seen \\Deleted)"], cancellationToken),
            "deleting",
            tidying: true
        );
        // without UIDPLUS an EXPUNGE would also take what somebody else marked; the mark alone has to do
        if (offers.Contains("UIDPLUS"))
            Expect(await AskAsync([$"UID EXPUNGE {Set(uids)}"], cancellationToken), "deleting", tidying: true);
    }

    /// <summary>Moves mails into another folder, which is made when it is not there.</summary>
    public async Task MoveAsync(IReadOnlyList<uint> uids, string folder, CancellationToken cancellationToken)
    {
        var target = Argument(ImapFolderName.Encode(folder));
        var isMove = offers.Contains("MOVE");
        string[] command = [$"UID {(isMove ? "MOVE" : "COPY")} {Set(uids)} ", target];
        var answer = await AskAsync(command, cancellationToken);
        if (answer.IsStatus("NO") && (answer.HasCode("TRYCREATE") || answer.HasCode("NONEXISTENT")))
        {
            Expect(
                await AskAsync(["CREATE ", target], cancellationToken),
                $"making the folder {folder}",
                tidying: true
            );
            answer = await AskAsync(command, cancellationToken);
        }
        Expect(answer, $"moving to {folder}", tidying: true);
        if (!isMove)
            await DeleteAsync(uids, cancellationToken);
    }

    /// <summary>Waits until the folder changes, at most as long as the options say; not at all when mail came since the end of the folder was searched.</summary>
    public async Task WaitAsync(CancellationToken cancellationToken)
    {
        if (hasNews)
            return;
        if (offers.Contains("IDLE"))
        {
            await IdleAsync(cancellationToken);
            return;
        }
        await Task.Delay(options.PollInterval, time, cancellationToken);
        Expect(await AskAsync(["NOOP"], cancellationToken), "asking for news");
    }

    /// <summary>Says goodbye; nothing depends on it.</summary>
    public async Task LogoutAsync(CancellationToken cancellationToken)
    {
        try
        {
            await AskAsync(["LOGOUT"], cancellationToken);
        }
        catch (ImapException)
        {
            // it has gone without a word
        }
    }

    public void Dispose() => stream.Dispose();

    // ---- beginning

    private async Task BeginAsync(CancellationToken cancellationToken)
    {
        await WithinAsync(
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
        if (login.Security is ConnectionSecurity.Tls)
            await ProtectAsync(cancellationToken);
        var greeting = await WithinAsync(
            options.ConnectTimeout,
            ImapTroubleKind.NotReachable,
            async token => await reader.ReadAsync(token),
            cancellationToken
        );
        if (greeting.Tag != "*" || !greeting.IsStatus("OK") && !greeting.IsStatus("PREAUTH"))
            throw new ImapException(ImapTroubleKind.Refused, $"The server's greeting was: {greeting.Text}");
        NoteOffers(greeting.Code);
        if (login.Security is ConnectionSecurity.StartTls)
        {
            if (greeting.IsStatus("PREAUTH"))
                throw new ImapException(ImapTroubleKind.NotSecure, "The server signs us in before TLS is on.");
            await StartTlsAsync(cancellationToken);
        }
        if (!greeting.IsStatus("PREAUTH"))
            await SignInAsync(cancellationToken);
        if (offers.Count == 0)
            await AskOffersAsync(cancellationToken);
    }

    private async Task StartTlsAsync(CancellationToken cancellationToken)
    {
        if (offers.Count == 0)
            await AskOffersAsync(cancellationToken);
        if (!offers.Contains("STARTTLS"))
            throw new ImapException(ImapTroubleKind.NotSecure, "The server does not offer STARTTLS.");
        var answer = await AskAsync(["STARTTLS"], cancellationToken);
        if (!answer.IsStatus("OK"))
            throw new ImapException(ImapTroubleKind.NotSecure, $"The server refused STARTTLS: {answer.Text}");
        if (reader.HasMore)
            throw new ImapException(
                ImapTroubleKind.NotSecure,
                "The server sent text behind STARTTLS that nobody protects."
            );
        await ProtectAsync(cancellationToken);
        offers.Clear(); // what was offered in the clear may have been forged
    }

    private async Task ProtectAsync(CancellationToken cancellationToken)
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

    private async Task SignInAsync(CancellationToken cancellationToken)
    {
        if (offers.Count == 0)
            await AskOffersAsync(cancellationToken);
        ImapResponse answer;
        if (login.AccessTokenAsync is { } tokens)
        {
            answer = await SignInWithTokenAsync(await tokens(false, cancellationToken), cancellationToken);
            if (answer.IsStatus("NO")) // revoked before its time
                answer = await SignInWithTokenAsync(await tokens(true, cancellationToken), cancellationToken);
        }
        else if (offers.Contains("AUTH=PLAIN"))
        {
            answer = await AuthenticateAsync("PLAIN", $"\0{login.UserName}\0{login.Password.Value}", cancellationToken);
        }
        else if (offers.Contains("LOGINDISABLED"))
        {
            throw new ImapException(
                ImapTroubleKind.SignIn,
                "The server takes no password on this connection (LOGINDISABLED)."
            );
        }
        else
        {
            answer = await AskAsync(
                ["LOGIN ", Argument(login.UserName), " ", Argument(login.Password.Value)],
                cancellationToken
            );
        }
        if (!answer.IsStatus("OK"))
            throw new ImapException(ImapTroubleKind.SignIn, answer.Text);
        offers.Clear();
        NoteOffers(answer.Code);
        if (offers.Count == 0)
            await AskOffersAsync(cancellationToken);
    }

    private Task<ImapResponse> SignInWithTokenAsync(Secret token, CancellationToken cancellationToken) =>
        offers.Contains("AUTH=XOAUTH2")
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
        return offers.Contains("SASL-IR")
            ? AskAsync([$"AUTHENTICATE {way} {answer}"], cancellationToken, continued: [""])
            : AskAsync([$"AUTHENTICATE {way}"], cancellationToken, continued: [answer, ""]);
    }

    private async Task AskOffersAsync(CancellationToken cancellationToken) =>
        Expect(await AskAsync(["CAPABILITY"], cancellationToken), "saying what it can");

    private void NoteOffers(IReadOnlyList<ImapValue> values)
    {
        if (values.Count > 0 && values[0].Is("CAPABILITY"))
            foreach (var value in values.Skip(1))
                offers.Add(value.Text);
    }

    // ---- asking

    private async Task IdleAsync(CancellationToken cancellationToken)
    {
        var (tag, before) = (NextTag(), Folder!.Exists);
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
        while (Folder.Exists == before && !hasNews)
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
    private async Task<ImapResponse> AskAsync(
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

    /// <summary>News in passing.</summary>
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
        else if (Folder is { } folder && response.Values is [var count, var word] && count.Number is { } number)
        {
            if (word.Is("EXISTS"))
            {
                hasNews |= number > folder.Exists; // some servers repeat the count with each answer
                Folder = folder with { Exists = number };
            }
            else if (word.Is("EXPUNGE") && folder.Exists > 0)
                Folder = folder with { Exists = folder.Exists - 1 };
        }
        NoteOffers(response.Code);
    }

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

    // ---- words

    private const char LiteralMark = '\0';

    /// <summary>A string argument: quoted where every server understands that, else marked to go as a literal.</summary>
    private static string Argument(string text)
    {
        foreach (var c in text)
        {
            if (c is '\0' or '\r' or '\n')
                throw new ImapException(ImapTroubleKind.Refused, "A line break stands where none can be sent.");
            if (c is < ' ' or > '~')
                return LiteralMark + text;
        }
        return $"\"{text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)}\"";
    }

    /// <summary>UIDs as ranges: 1:5,7,9:10. Ascending ones.</summary>
    internal static string Set(IReadOnlyList<uint> uids)
    {
        var text = new StringBuilder();
        for (var i = 0; i < uids.Count; )
        {
            var end = i;
            while (end + 1 < uids.Count && uids[end + 1] == uids[end] + 1)
                end++;
            if (text.Length > 0)
                text.Append(',');
            text.Append(uids[i].ToString(CultureInfo.InvariantCulture));
            if (end > i)
                text.Append(':').Append(uids[end].ToString(CultureInfo.InvariantCulture));
            i = end + 1;
        }
        return text.ToString();
    }

    private static IReadOnlyList<ImapValue>? Fetched(ImapResponse response) =>
        response.Values is [_, var word, { Items: { } items }] && word.Is("FETCH") ? items : null;

    private static ImapValue? Value(IReadOnlyList<ImapValue> items, string name)
    {
        for (var i = 0; i + 1 < items.Count; i += 2)
            if (items[i].Is(name))
                return items[i + 1];
        return null;
    }

    private static readonly string[] InstantForms = ["d-MMM-yyyy HH:mm:ss zzz", "dd-MMM-yyyy HH:mm:ss zzz"];

    private static DateTimeOffset? Instant(string? text) =>
        DateTimeOffset.TryParseExact(
            text?.Trim(),
            InstantForms,
            CultureInfo.InvariantCulture,
            DateTimeStyles.AdjustToUniversal | DateTimeStyles.AllowWhiteSpaces,
            out var at
        )
            ? at
            : null;

    private static void Expect(ImapResponse answer, string what, bool tidying = false)
    {
        if (!answer.IsStatus("OK"))
            throw Refusal(answer, what, tidying);
    }

    private static ImapException Refusal(ImapResponse answer, string what, bool tidying = false) =>
        new(
            tidying ? ImapTroubleKind.NotTidied : ImapTroubleKind.Refused,
            $"The server refused {what}: {(answer.Values.Count > 0 ? answer.Values[0].Text : "")} {answer.Text}"
        );
}
