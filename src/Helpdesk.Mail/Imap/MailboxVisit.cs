using Helpdesk.Mail.Intake;
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
    private readonly ImapOptions options = house.Options.Value;
    private readonly MailboxRow row = new(house, mailboxId, holder);
    private ImapClient? client;
    private MailboxStore store = null!;
    private MailboxFetch fetch = null!;
    private ImapException? untidy;
    private int alone;

    /// <summary>Mails that this visit got past.</summary>
    public int PassedCount { get; private set; }

    /// <summary>Signs in, opens the folder and takes all there is.</summary>
    /// <returns>False when the mailbox is not (or no longer) to be read by us as it was set up.</returns>
    /// <exception cref="ImapException">The visit is over; the mailbox's row says why.</exception>
    public async Task<bool> BeginAsync(CancellationToken cancellationToken)
    {
        if (!await row.ClaimAsync(cancellationToken))
            return false;
        // after a failure nobody knows at which mail of the group it was
        alone = row.Current.FailedUid > 0 ? options.BatchSize * 2 : 0;
        client = await ImapClient.ConnectAsync(house.Logins.Of(row.Current), options, house.Time, cancellationToken);
        store = new(house, row);
        fetch = new(house, client, row, store);
        var folder = await client.SelectAsync(row.Current.Folder, cancellationToken);
        if (!await row.SaveAsync(m => m.Open(folder, house.Time.GetUtcNow()), cancellationToken))
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
        var from = (uint)row.Current.LastUid + 1;
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
        return await row.SaveAsync(
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
            var isAlone = fact.SizeBytes > MailboxFetch.SmallBytes || uid == row.Current.FailedUid || alone-- > 0;
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
        var fates = new Dictionary<uint, MailFate>();
        foreach (var fact in group.Where(IsOld))
            fates[fact.Uid] = MailFate.Old;
        var wanted = group.FindAll(f => !fates.ContainsKey(f.Uid));
        var mails = await fetch.FetchAsync(wanted, fates, cancellationToken);
        if (mails.Exists(m => m.Fact.Uid == row.Current.FailedUid))
            await row.SaveAsync(m => m.Fetched(), cancellationToken);
        await store.StoreAsync(mails, fates, cancellationToken);
        house.Failpoints.Hit(Failpoints.BeforeTidying);
        await TidyAsync(fates, cancellationToken);
        house.Failpoints.Hit(Failpoints.AfterTidying);
        var figures = new TakenFigures(
            Count(fates, MailFate.Taken),
            Count(fates, MailFate.Repeated),
            Count(fates, MailFate.Left),
            Count(fates, MailFate.Old),
            Count(fates, MailFate.Vanished)
        );
        PassedCount += group.Count;
        return await row.SaveAsync(
            m => m.Pass(group[^1].Uid, figures, waiting, house.Time.GetUtcNow()),
            cancellationToken
        );
    }

    private static int Count(Dictionary<uint, MailFate> fates, MailFate fate) => fates.Values.Count(f => f == fate);

    // servers tell whole seconds: a mail of the very second in which the mailbox was set up is not old
    private bool IsOld(ImapMailFacts fact) =>
        fact.Uid < row.Current.OldBelowUid && row.Current.TakeFrom is { } from && fact.ArrivedAt <= from.AddSeconds(-1);

    // ---- tidying up

    /// <summary>What the server refuses here stops nothing: the mails are ours. The account shows it.</summary>
    private async Task TidyAsync(Dictionary<uint, MailFate> fates, CancellationToken cancellationToken)
    {
        var ours = fates.Where(f => f.Value is MailFate.Taken or MailFate.Repeated).Select(f => f.Key).Order().ToList();
        if (ours.Count == 0 || row.Current.AfterTaking is AfterTaking.Leave)
            return;
        try
        {
            switch (row.Current.AfterTaking)
            {
                case AfterTaking.MarkRead:
                    await client!.MarkAsync(ours, cancellationToken);
                    break;
                case AfterTaking.Move when row.Current.MoveTo is { Length: > 0 } folder:
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
}
