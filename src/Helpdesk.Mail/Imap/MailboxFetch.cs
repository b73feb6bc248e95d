using System.Globalization;
using Microsoft.Extensions.Logging;

namespace Helpdesk.Mail.Imap;

/// <summary>
/// Gets whole mails from a server that may refuse one, count its bytes wrongly, or break off: a bad mail never keeps the next one waiting, and what is not
/// whole is not taken for whole.
/// </summary>
internal sealed class MailboxFetch(MailboxHouse house, ImapClient client, MailboxRow row, MailboxStore store)
{
    /// <summary>A larger mail is fetched alone and in parts.</summary>
    public const int SmallBytes = 256 * 1024;

    /// <summary>Sizes are the server's word, and some count wrongly: up to here a mail is taken for the small one it was said to be.</summary>
    private const int MostOfSmall = 1024 * 1024;

    private readonly ImapOptions options = house.Options.Value;

    /// <summary>Whether this server's sizes were right so far: some only estimate them (Exchange as it is delivered). Null = nothing is known yet.</summary>
    private bool? areSizesExact;

    /// <param name="fates">Gets those of the mails that are not in the result.</param>
    public async Task<List<(ImapMailFacts Fact, byte[] Raw)>> FetchAsync(
        List<ImapMailFacts> wanted,
        Dictionary<uint, MailFate> fates,
        CancellationToken cancellationToken
    )
    {
        var mails = new List<(ImapMailFacts, byte[])>(wanted.Count);
        if (wanted.Count == 0)
            return mails;
        if (wanted.Count == 1 && wanted[0].Uid == row.Current.FailedUid)
        {
            if (row.Current.FailedAttempts >= options.MaxFetchAttempts)
            {
                await store.LeaveAsync(wanted[0], MailboxVisit.NotFetched, header: null, cancellationToken);
                fates[wanted[0].Uid] = MailFate.Left;
                return mails;
            }
        }
        // the attempt at a mail that failed before is on the disk before the attempt is made; a first one is noted when it fails
        if (wanted[0].Uid == row.Current.FailedUid)
            await row.SaveAsync(m => m.Attempt(wanted[0].Uid), cancellationToken);
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
            when (cancellationToken.IsCancellationRequested && wanted[0].Uid == row.Current.FailedUid)
        {
            await row.SaveAsync(m => m.WithdrawAttempt(), CancellationToken.None);
            throw;
        }
        catch (ImapException) when (wanted[0].Uid != row.Current.FailedUid)
        {
            // which one it was is not known: next time each is fetched alone
            await row.SaveAsync(m => m.Attempt(wanted[0].Uid), CancellationToken.None);
            throw;
        }
        return mails;
    }

    private async Task FetchAloneAsync(
        ImapMailFacts fact,
        List<(ImapMailFacts, byte[])> mails,
        Dictionary<uint, MailFate> fates,
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
                    row.Id,
                    fact.Uid
                );
                await store.LeaveAsync(fact, MailboxVisit.NotFetched, header: null, cancellationToken);
                fates[fact.Uid] = MailFate.Left;
                return;
            }
        }
    }

    private async Task FetchAsync(
        List<ImapMailFacts> wanted,
        List<(ImapMailFacts, byte[])> mails,
        Dictionary<uint, MailFate> fates,
        CancellationToken cancellationToken
    )
    {
        if (wanted is [{ SizeBytes: > SmallBytes } large])
        {
            await FetchRestAsync(large, [], mails, fates, cancellationToken);
            return;
        }
        var found = await client.FetchAsync([.. wanted.Select(f => f.Uid)], MostOfSmall, cancellationToken);
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
        Dictionary<uint, MailFate> fates,
        CancellationToken cancellationToken
    )
    {
        if (await FetchInPartsAsync(fact, beginning, cancellationToken) is not { } parts)
            fates[fact.Uid] = await MissingAsync(fact, cancellationToken);
        else if (parts.IsTooLarge)
            await store.LeaveAsync(fact, parts.Bytes, fates, cancellationToken);
        else
            Took(fact, parts.Bytes, mails);
    }

    /// <summary>The server did not give (all of) it: because it has gone, or because something is wrong with it. Only what has gone may be forgotten.</summary>
    /// <exception cref="ImapException">It is there: a failed attempt, like a refusal.</exception>
    private async Task<MailFate> MissingAsync(ImapMailFacts fact, CancellationToken cancellationToken)
    {
        var (uids, _) = await client.SearchAsync(fact.Uid, fact.Uid, cancellationToken);
        return uids.Count == 0
            ? MailFate.Vanished
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
            var part = await client.FetchPartAsync(
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
}
