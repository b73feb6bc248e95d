using System.Globalization;
using System.Text;
using Helpdesk.Mail.Intake;
using Helpdesk.Mail.Mime;
using Helpdesk.Tickets.Data;
using Helpdesk.Tickets.Settings;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Helpdesk.Mail.Imap;

/// <summary>What a visit works with.</summary>
public sealed record MailboxHouse(
    IDbContextFactory<HelpdeskDbContext> Databases,
    AcceptMail Accept,
    IsOurAddress IsOurAddress,
    DeskDirectory Directory,
    MailboxLogins Logins,
    Failpoints Failpoints,
    TimeProvider Time,
    IOptions<ImapOptions> Options,
    ILogger<MailboxVisit> Log
);

/// <summary>
/// One connection to a mailbox, from signing in until something goes wrong: takes all mails behind the cursor, waits for more, takes those. The order is
/// always: fetch, store with the disk's word for it, tidy up on the server, move the cursor. Broken off anywhere it begins again at the cursor, and what was
/// stored already is recognised as the same mail.
/// </summary>
public sealed class MailboxVisit(MailboxHouse house, int mailboxId, Guid holder) : IDisposable
{
    public static readonly TimeSpan Lease = TimeSpan.FromMinutes(10);

    /// <summary>The reason of a mail that is larger than mails may be.</summary>
    public const string TooLarge = InboundMail.TooLargeToTake;

    /// <summary>The reason of a mail that the server would not give.</summary>
    public const string NotFetched = InboundMail.NotGivenByServer;

    private const uint FirstWindow = 5_000;
    private const int MaxBytesTogether = 8 * 1024 * 1024;
    private const int SmallBytes = 256 * 1024;

    /// <summary>Sizes are the server's word, and some count wrongly: up to here a mail is taken for the small one it was said to be.</summary>
    private const int MostOfSmall = 1024 * 1024;

    private readonly ImapOptions options = house.Options.Value;
    private ImapClient? client;
    private ImapMailbox mailbox = null!;
    private ImapException? untidy;
    private int alone;

    /// <summary>Whether this server's sizes were right so far: some only estimate them (Exchange as it is delivered). Null = nothing is known yet.</summary>
    private bool? areSizesExact;

    /// <summary>Mails that this visit got past.</summary>
    public int PassedCount { get; private set; }

    private enum Fate
    {
        Taken,
        Repeated,
        Left,
        Old,
        Vanished,
    }

    /// <summary>Signs in, opens the folder and takes all there is.</summary>
    /// <returns>False when the mailbox is not (or no longer) to be read by us as it was set up.</returns>
    /// <exception cref="ImapException">The visit is over; the mailbox's row says why.</exception>
    public async Task<bool> BeginAsync(CancellationToken cancellationToken)
    {
        if (await ReadAsync(cancellationToken) is not { } row)
            return false;
        mailbox = row;
        // after a failure nobody knows at which mail of the group it was
        alone = mailbox.FailedUid > 0 ? options.BatchSize * 2 : 0;
        client = await ImapClient.ConnectAsync(house.Logins.Of(mailbox), options, house.Time, cancellationToken);
        var folder = await client.SelectAsync(mailbox.Folder, cancellationToken);
        if (!await SaveAsync(m => m.Open(folder, house.Time.GetUtcNow()), cancellationToken))
            return false;
        return await TakeAllAsync(folder.UidNext, cancellationToken);
    }

    /// <summary>Waits for news and takes them.</summary>
    /// <inheritdoc cref="BeginAsync"/>
    public async Task<bool> GoOnAsync(CancellationToken cancellationToken)
    {
        await client!.WaitAsync(cancellationToken);
        return await TakeAllAsync(uidNext: null, cancellationToken);
    }

    /// <summary>Leaves politely.</summary>
    public async Task EndAsync(CancellationToken cancellationToken)
    {
        if (client is not null)
            await client.LogoutAsync(cancellationToken);
    }

    public void Dispose() => client?.Dispose();

    // ---- what is there

    /// <param name="uidNext">What the server said when the folder was opened; null = only new ones can be there.</param>
    private async Task<bool> TakeAllAsync(uint? uidNext, CancellationToken cancellationToken)
    {
        var window = FirstWindow;
        var from = (uint)mailbox.LastUid + 1;
        while (from != 0)
        {
            // in windows, so that no answer is longer than may be kept; where UIDs are sparse, in ever larger ones
            uint? to = uidNext is { } next && next > from && next - from > window ? from + window - 1 : null;
            var (uids, isCut) = await client!.SearchAsync(from, to, cancellationToken);
            if (isCut)
            {
                to = from + (window = Math.Max(1000, window / 4)) - 1;
                (uids, isCut) = await client.SearchAsync(from, to, cancellationToken);
                if (isCut)
                    throw new ImapException(
                        ImapTroubleKind.Nonsense,
                        "The server finds more mails than it has numbers."
                    );
            }
            for (var i = 0; i < uids.Count; i += options.BatchSize)
            {
                var some = uids.Skip(i).Take(options.BatchSize).ToList();
                if (!await TakeAsync(some, uids.Count - i, cancellationToken))
                    return false;
            }
            if (to is null)
                break;
            window = uids.Count == 0 ? Math.Min(window * 2, 1u << 30) : FirstWindow;
            from = to.Value + 1;
        }
        var exists = client!.Folder!.Exists;
        return await SaveAsync(
            m =>
            {
                m.Contact(exists, house.Time.GetUtcNow());
                if (untidy is null)
                    m.Recover();
                else
                    m.Fail(untidy.Kind, untidy.Message, house.Time.GetUtcNow());
            },
            cancellationToken
        );
    }

    /// <summary>Takes some mails, all of which are accounted for when it returns.</summary>
    private async Task<bool> TakeAsync(List<uint> uids, int waiting, CancellationToken cancellationToken)
    {
        var facts = await client!.FactsAsync(uids, cancellationToken);
        var (group, bytes) = (new List<ImapMailFacts>(), 0L);
        foreach (var uid in uids)
        {
            var fact = facts.TryGetValue(uid, out var known) ? known : new ImapMailFacts(uid, 0, ArrivedAt: null);
            var isAlone = fact.SizeBytes > SmallBytes || uid == mailbox.FailedUid || alone-- > 0;
            if (group.Count > 0 && (isAlone || bytes + fact.SizeBytes > MaxBytesTogether))
            {
                if (!await TakeTogetherAsync(group, waiting -= group.Count, cancellationToken))
                    return false;
                (group, bytes) = ([], 0);
            }
            group.Add(fact);
            bytes += fact.SizeBytes;
            if (!isAlone)
                continue;
            if (!await TakeTogetherAsync(group, waiting -= group.Count, cancellationToken))
                return false;
            (group, bytes) = ([], 0);
        }
        return group.Count == 0 || await TakeTogetherAsync(group, waiting - group.Count, cancellationToken);
    }

    private async Task<bool> TakeTogetherAsync(
        List<ImapMailFacts> group,
        int waiting,
        CancellationToken cancellationToken
    )
    {
        var fates = new Dictionary<uint, Fate>();
        foreach (var fact in group.Where(IsOld))
            fates[fact.Uid] = Fate.Old;
        var wanted = group.FindAll(f => !fates.ContainsKey(f.Uid));
        var mails = await FetchAsync(wanted, fates, cancellationToken);
        if (mails.Exists(m => m.Fact.Uid == mailbox.FailedUid))
            await SaveAsync(m => m.Fetched(), cancellationToken);
        await StoreAsync(mails, fates, cancellationToken);
        house.Failpoints.Hit(Failpoints.BeforeTidying);
        await TidyAsync(fates, cancellationToken);
        house.Failpoints.Hit(Failpoints.AfterTidying);
        var figures = new TakenFigures(
            Count(fates, Fate.Taken),
            Count(fates, Fate.Repeated),
            Count(fates, Fate.Left),
            Count(fates, Fate.Old),
            Count(fates, Fate.Vanished)
        );
        PassedCount += group.Count;
        return await SaveAsync(m => m.Pass(group[^1].Uid, figures, waiting, house.Time.GetUtcNow()), cancellationToken);
    }

    private static int Count(Dictionary<uint, Fate> fates, Fate fate) => fates.Values.Count(f => f == fate);

    // servers tell whole seconds: a mail of the very second in which the mailbox was set up is not old
    private bool IsOld(ImapMailFacts fact) =>
        fact.Uid < mailbox.OldBelowUid && mailbox.TakeFrom is { } from && fact.ArrivedAt <= from.AddSeconds(-1);

    // ---- fetching

    private async Task<List<(ImapMailFacts Fact, byte[] Raw)>> FetchAsync(
        List<ImapMailFacts> wanted,
        Dictionary<uint, Fate> fates,
        CancellationToken cancellationToken
    )
    {
        var mails = new List<(ImapMailFacts, byte[])>(wanted.Count);
        if (wanted.Count == 0)
            return mails;
        if (wanted.Count == 1 && wanted[0].Uid == mailbox.FailedUid)
        {
            if (mailbox.FailedAttempts >= options.MaxFetchAttempts)
            {
                await LeaveAsync(wanted[0], NotFetched, header: null, cancellationToken);
                fates[wanted[0].Uid] = Fate.Left;
                return mails;
            }
        }
        // the attempt at a mail that failed before is on the disk before the attempt is made; a first one is noted when it fails
        if (wanted[0].Uid == mailbox.FailedUid)
            await SaveAsync(m => m.Attempt(wanted[0].Uid), cancellationToken);
        try
        {
            await FetchAsync(wanted, mails, fates, cancellationToken);
        }
        catch (ImapException e) when (e.Kind is ImapTroubleKind.Refused && wanted.Count > 1)
        {
            // one of them is bad: each alone
            foreach (var (fact, _) in mails)
                fates.Remove(fact.Uid);
            mails.Clear();
            foreach (var fact in wanted)
                await FetchAloneAsync(fact, mails, fates, cancellationToken);
        }
        catch (OperationCanceledException)
            when (cancellationToken.IsCancellationRequested && wanted[0].Uid == mailbox.FailedUid)
        {
            await SaveAsync(m => m.WithdrawAttempt(), CancellationToken.None);
            throw;
        }
        catch (ImapException) when (wanted[0].Uid != mailbox.FailedUid)
        {
            // which one it was is not known: next time each is fetched alone
            await SaveAsync(m => m.Attempt(wanted[0].Uid), CancellationToken.None);
            throw;
        }
        return mails;
    }

    private async Task FetchAloneAsync(
        ImapMailFacts fact,
        List<(ImapMailFacts, byte[])> mails,
        Dictionary<uint, Fate> fates,
        CancellationToken cancellationToken
    )
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                await FetchAsync([fact], mails, fates, cancellationToken);
                return;
            }
            catch (ImapException e) when (e.Kind is ImapTroubleKind.Refused)
            {
                if (attempt < options.MaxFetchAttempts)
                    continue;
                house.Log.LogError(
                    "Mailbox {Mailbox}: mail {Uid} is left on the server, which does not give it",
                    mailboxId,
                    fact.Uid
                );
                await LeaveAsync(fact, NotFetched, header: null, cancellationToken);
                fates[fact.Uid] = Fate.Left;
                return;
            }
        }
    }

    private async Task FetchAsync(
        List<ImapMailFacts> wanted,
        List<(ImapMailFacts, byte[])> mails,
        Dictionary<uint, Fate> fates,
        CancellationToken cancellationToken
    )
    {
        if (wanted is [{ SizeBytes: > SmallBytes } large])
        {
            await FetchRestAsync(large, [], mails, fates, cancellationToken);
            return;
        }
        var found = await client!.FetchAsync([.. wanted.Select(f => f.Uid)], MostOfSmall, cancellationToken);
        foreach (var fact in wanted)
        {
            if (!found.TryGetValue(fact.Uid, out var raw))
                fates[fact.Uid] = await MissingAsync(fact, cancellationToken);
            // said to be small, and is not; or the other way round
            else if (raw is not { Length: > 0 } || raw.Length < fact.SizeBytes && areSizesExact is not false)
                await FetchRestAsync(fact, raw ?? [], mails, fates, cancellationToken);
            else
                Took(fact, raw, mails);
        }
    }

    private void Took(ImapMailFacts fact, byte[] raw, List<(ImapMailFacts, byte[])> mails)
    {
        if (fact.SizeBytes > 0)
            areSizesExact = raw.Length == fact.SizeBytes && areSizesExact is not false;
        mails.Add((fact, raw));
    }

    private async Task FetchRestAsync(
        ImapMailFacts fact,
        byte[] beginning,
        List<(ImapMailFacts, byte[])> mails,
        Dictionary<uint, Fate> fates,
        CancellationToken cancellationToken
    )
    {
        if (await FetchInPartsAsync(fact, beginning, cancellationToken) is not { } parts)
            fates[fact.Uid] = await MissingAsync(fact, cancellationToken);
        else if (parts.IsTooLarge)
            await LeaveAsync(fact, parts.Bytes, fates, cancellationToken);
        else
            Took(fact, parts.Bytes, mails);
    }

    /// <summary>The server did not give (all of) it: because it has gone, or because something is wrong with it. Only what has gone may be forgotten.</summary>
    /// <exception cref="ImapException">It is there: a failed attempt, like a refusal.</exception>
    private async Task<Fate> MissingAsync(ImapMailFacts fact, CancellationToken cancellationToken)
    {
        var (uids, _) = await client!.SearchAsync(fact.Uid, fact.Uid, cancellationToken);
        return uids.Count == 0
            ? Fate.Vanished
            : throw new ImapException(
                ImapTroubleKind.Refused,
                string.Create(CultureInfo.InvariantCulture, $"The server does not give the whole of mail {fact.Uid}.")
            );
    }

    /// <summary>
    /// Fetches what comes behind the beginning. The end is where a part is shorter than asked; before the size that the server told it is asked once more,
    /// and then believed only where it says plainly that nothing follows and is not known for exact sizes. A mail without its end, or an empty one, would be
    /// tidied away like a whole one.
    /// </summary>
    /// <returns>The mail, or the beginning of one that is too large; null when the server does not give all of it.</returns>
    private async Task<(byte[] Bytes, bool IsTooLarge)?> FetchInPartsAsync(
        ImapMailFacts fact,
        byte[] beginning,
        CancellationToken cancellationToken
    )
    {
        var isTooLarge = fact.SizeBytes > options.MaxMessageBytes;
        var isAskedAgain = beginning.Length > 0;
        using var whole = new MemoryStream();
        whole.Write(beginning);
        while (true)
        {
            var part = await client!.FetchPartAsync(
                fact.Uid,
                "",
                (uint)whole.Length,
                options.PartBytes,
                cancellationToken
            );
            whole.Write(part);
            if (part?.Length >= options.PartBytes)
            {
                if (isTooLarge || whole.Length > options.MaxMessageBytes)
                    return (whole.ToArray(), IsTooLarge: true);
                continue;
            }
            var isEnd =
                whole.Length > 0 && (part is null ? whole.Length == fact.SizeBytes : whole.Length >= fact.SizeBytes);
            if (!isEnd && !isAskedAgain)
            {
                isAskedAgain = true;
                continue;
            }
            if (isEnd || part is { Length: 0 } && whole.Length > 0 && areSizesExact is not true)
                return (whole.ToArray(), isTooLarge && whole.Length > options.MaxMessageBytes);
            return null;
        }
    }

    // ---- storing

    private async Task StoreAsync(
        List<(ImapMailFacts Fact, byte[] Raw)> mails,
        Dictionary<uint, Fate> fates,
        CancellationToken cancellationToken
    )
    {
        var envelopes = new List<MailEnvelope>(mails.Count);
        foreach (var (_, raw) in mails)
            envelopes.Add(await EnvelopeAsync(raw, cancellationToken));
        // all at once: they share one sync of the disk
        var answers = await Task.WhenAll(
            mails.Select((m, i) => house.Accept(m.Raw, envelopes[i], cancellationToken).AsTask())
        );
        for (var i = 0; i < mails.Count; i++)
        {
            fates[mails[i].Fact.Uid] = answers[i] switch
            {
                Acceptance.Stored { AlreadyThere: true } => Fate.Repeated,
                Acceptance.Stored => Fate.Taken,
                Acceptance.TryLater { DiskFull: true } => throw new ImapException(
                    ImapTroubleKind.Storage,
                    "The desk's disk is full."
                ),
                _ => throw new ImapException(ImapTroubleKind.Storage, "The desk's database did not take the mail."),
            };
        }
    }

    /// <summary>The envelope is gone when a mail lies in a mailbox; what the last server wrote on top is as near as one comes.</summary>
    private async Task<MailEnvelope> EnvelopeAsync(byte[] raw, CancellationToken cancellationToken)
    {
        var header = HeaderBlock.Read(raw, 0, raw.Length, isPart: false, MailLimits.Default, out _, out _);
        var returnPath = header.First("Return-Path")?.Trim().Trim('<', '>').Trim();
        if (returnPath is null && AddressList.Parse(header.First("From") ?? "", 1, out _) is [var author, ..])
            returnPath = author.Address;
        List<string> recipients = [];
        foreach (var name in (string[])["Delivered-To", "X-Original-To", "Envelope-To", "X-Envelope-To"])
        {
            foreach (var value in header.All(name).Take(10))
            {
                var address = value.Trim().Trim('<', '>').Trim();
                if (recipients.Count < 10 && await house.IsOurAddress(address, cancellationToken))
                    recipients.Add(address);
            }
        }
        if (recipients.Count == 0)
            recipients.Add(
                mailbox.Address ?? (await house.Directory.GetAsync(cancellationToken)).Settings.SupportAddress
            );
        return new(returnPath ?? "", [.. recipients.Distinct(StringComparer.OrdinalIgnoreCase)], "imap")
        {
            MailboxId = mailboxId,
        };
    }

    private async Task LeaveAsync(
        ImapMailFacts fact,
        byte[] beginning,
        Dictionary<uint, Fate> fates,
        CancellationToken cancellationToken
    )
    {
        _ = HeaderBlock.Read(beginning, 0, beginning.Length, isPart: false, MailLimits.Default, out var body, out _);
        await LeaveAsync(fact, TooLarge, beginning[..Math.Min(body, beginning.Length)], cancellationToken);
        fates[fact.Uid] = Fate.Left;
    }

    /// <summary>What stays on the server gets a row all the same, with its header where there is one: supervisors see it among the unprocessable.</summary>
    private async Task LeaveAsync(
        ImapMailFacts fact,
        string reason,
        byte[]? header,
        CancellationToken cancellationToken
    )
    {
        var note = string.Create(
            CultureInfo.InvariantCulture,
            $"X-Helpdesk-Left-On-Server: {reason}; {mailbox.Folder}; UID {fact.Uid} of {mailbox.UidValidity}; {fact.SizeBytes} bytes\r\n"
        );
        byte[] raw = [.. Encoding.UTF8.GetBytes(note), .. header ?? "\r\n"u8];
        var mail = InboundMail.Of(raw, await EnvelopeAsync(raw, cancellationToken), house.Time.GetUtcNow());
        var parsed = MimeParser.Parse(raw);
        mail.Describe(parsed.Author?.Address, parsed.Subject);
        mail.LeftOnServer(reason, house.Time.GetUtcNow());
        await using var db = await house.Databases.CreateDbContextAsync(cancellationToken);
        if (
            !await db.Set<InboundMail>()
                .AnyAsync(m => m.MessageKey == mail.MessageKey && m.ContentKey == mail.ContentKey, cancellationToken)
        )
        {
            db.Add(mail);
            await db.SaveChangesAsync(cancellationToken);
        }
    }

    // ---- tidying up

    /// <summary>What the server refuses here stops nothing: the mails are ours. The account shows it.</summary>
    private async Task TidyAsync(Dictionary<uint, Fate> fates, CancellationToken cancellationToken)
    {
        var ours = fates.Where(f => f.Value is Fate.Taken or Fate.Repeated).Select(f => f.Key).Order().ToList();
        if (ours.Count == 0 || mailbox.AfterTaking is AfterTaking.Leave)
            return;
        try
        {
            switch (mailbox.AfterTaking)
            {
                case AfterTaking.MarkRead:
                    await client!.MarkAsync(ours, cancellationToken);
                    break;
                case AfterTaking.Move when mailbox.MoveTo is { Length: > 0 } folder:
                    await client!.MoveAsync(ours, folder, cancellationToken);
                    break;
                case AfterTaking.Delete:
                    await client!.DeleteAsync(ours, cancellationToken);
                    break;
            }
        }
        catch (ImapException e) when (e.Kind is ImapTroubleKind.NotTidied)
        {
            house.Log.LogWarning("Mailbox {Mailbox}: {Kind}", mailboxId, e.Kind);
            untidy = e;
        }
    }

    // ---- the row

    /// <summary>Loads the mailbox and claims it.</summary>
    private async Task<ImapMailbox?> ReadAsync(CancellationToken cancellationToken)
    {
        await using var db = await house.Databases.CreateDbContextAsync(cancellationToken);
        var now = house.Time.GetUtcNow();
        var until = now + Lease;
        var claimed = await db.Set<ImapMailbox>()
            .Where(m => m.Id == mailboxId && m.IsOn && (m.Holder == null || m.Holder == holder || m.HeldUntil < now))
            .ExecuteUpdateAsync(
                m => m.SetProperty(x => x.Holder, holder).SetProperty(x => x.HeldUntil, until),
                cancellationToken
            );
        return claimed == 0
            ? null
            : await db.Set<ImapMailbox>()
                .AsNoTracking()
                .SingleOrDefaultAsync(m => m.Id == mailboxId, cancellationToken);
    }

    /// <returns>False when somebody changed what is set up, or another process has the mailbox now.</returns>
    private async Task<bool> SaveAsync(Action<ImapMailbox> change, CancellationToken cancellationToken)
    {
        await using var db = await house.Databases.CreateDbContextAsync(cancellationToken);
        var row = await db.Set<ImapMailbox>().SingleOrDefaultAsync(m => m.Id == mailboxId, cancellationToken);
        if (row is null || row.Revision != mailbox.Revision || !row.IsOn || row.Holder != holder)
            return false;
        change(row);
        row.Hold(house.Time.GetUtcNow() + Lease);
        await db.SaveChangesAsync(cancellationToken);
        mailbox = row;
        return true;
    }
}
