using System.Globalization;
using Helpdesk.Mail.Outbound;
using static Helpdesk.Mail.Imap.ImapWords;

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
    private readonly ImapConnection connection;
    private readonly ImapOptions options;
    private readonly TimeProvider time;
    private bool hasNews;

    private ImapClient(ImapConnection opened, ImapOptions options, TimeProvider time)
    {
        (connection, this.options, this.time) = (opened, options, time);
        connection.News = Note;
    }

    /// <inheritdoc cref="ImapConnection.Offers"/>
    public IReadOnlySet<string> Offers => connection.Offers;

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
        var opened = new ImapConnection(login, options, time);
        try
        {
            await new ImapSignIn(opened, login).BeginAsync(cancellationToken);
            return new ImapClient(opened, options, time);
        }
        catch
        {
            opened.Dispose();
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
        var answer = await connection.AskAsync(
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
        var answer = await connection.AskAsync(
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
        var answer = await connection.AskAsync(
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
        var answer = await connection.AskAsync(
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
        var answer = await connection.AskAsync(
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
            await connection.AskAsync([$"UID STORE {Set(uids)} +FLAGS.SILENT (\\Seen)"], cancellationToken),
            "marking",
            tidying: true
        );

    /// <summary>Takes mails out of the folder for good.</summary>
    public async Task DeleteAsync(IReadOnlyList<uint> uids, CancellationToken cancellationToken)
    {
        Expect(
            await connection.AskAsync([$"UID STORE {Set(uids)} +FLAGS.SILENT (\\Seen \\Deleted)"], cancellationToken),
            "deleting",
            tidying: true
        );
        // without UIDPLUS an EXPUNGE would also take what somebody else marked; the mark alone has to do
        if (connection.Offers.Contains("UIDPLUS"))
            Expect(
                await connection.AskAsync([$"UID EXPUNGE {Set(uids)}"], cancellationToken),
                "deleting",
                tidying: true
            );
    }

    /// <summary>Moves mails into another folder, which is made when it is not there.</summary>
    public async Task MoveAsync(IReadOnlyList<uint> uids, string folder, CancellationToken cancellationToken)
    {
        var target = Argument(ImapFolderName.Encode(folder));
        var isMove = connection.Offers.Contains("MOVE");
        string[] command = [$"UID {(isMove ? "MOVE" : "COPY")} {Set(uids)} ", target];
        var answer = await connection.AskAsync(command, cancellationToken);
        if (answer.IsStatus("NO") && (answer.HasCode("TRYCREATE") || answer.HasCode("NONEXISTENT")))
        {
            Expect(
                await connection.AskAsync(["CREATE ", target], cancellationToken),
                $"making the folder {folder}",
                tidying: true
            );
            answer = await connection.AskAsync(command, cancellationToken);
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
        if (connection.Offers.Contains("IDLE"))
        {
            var before = Folder!.Exists;
            await connection.IdleAsync(() => Folder.Exists != before || hasNews, cancellationToken);
            return;
        }
        await Task.Delay(options.PollInterval, time, cancellationToken);
        Expect(await connection.AskAsync(["NOOP"], cancellationToken), "asking for news");
    }

    /// <summary>Says goodbye; nothing depends on it.</summary>
    public async Task LogoutAsync(CancellationToken cancellationToken)
    {
        try
        {
            await connection.AskAsync(["LOGOUT"], cancellationToken);
        }
        catch (ImapException)
        {
            // it has gone without a word
        }
    }

    public void Dispose() => connection.Dispose();

    /// <summary>News in passing.</summary>
    private void Note(ImapResponse response)
    {
        if (Folder is not { } folder || response.Values is not [var count, var word] || count.Number is not { } number)
            return;
        if (word.Is("EXISTS"))
        {
            hasNews |= number > folder.Exists; // some servers repeat the count with each answer
            Folder = folder with { Exists = number };
        }
        else if (word.Is("EXPUNGE") && folder.Exists > 0)
            Folder = folder with { Exists = folder.Exists - 1 };
    }
}
