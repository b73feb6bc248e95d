using System.Collections.Concurrent;
using Helpdesk.Mail.Intake;
using Helpdesk.Mail.Outbound;
using Helpdesk.Tickets.Data;
using Microsoft.EntityFrameworkCore;

namespace Helpdesk.Mail.Imap;

/// <summary>Makes of a mailbox as it is stored what a connection needs, access tokens included.</summary>
public sealed class MailboxLogins(
    MailboxSecrets secrets,
    AccessTokens tokens,
    IDbContextFactory<HelpdeskDbContext> databases,
    TimeProvider time
)
{
    private readonly ConcurrentDictionary<(int Id, int Revision), AccessToken> known = new();

    /// <summary>Secrets, protected, that could not be kept yet; whatever is kept is older.</summary>
    private readonly ConcurrentDictionary<(int Id, int Revision), string> unkept = new();

    /// <summary>For a mailbox as it is stored.</summary>
    /// <exception cref="ImapException">Its secret cannot be read any more.</exception>
    public ImapLogin Of(ImapMailbox mailbox) => Of(mailbox, isTrial: false, isSecretStored: true);

    /// <summary>
    /// For a mailbox as it was typed, which may have little in common with the stored one of that number: no token goes from one to the other.
    /// </summary>
    /// <param name="isSecretStored">The secret is the stored one, and the way it goes too: if the provider replaces it, the new one is kept.</param>
    /// <exception cref="ImapException">Its secret cannot be read any more.</exception>
    public ImapLogin OfTrial(ImapMailbox mailbox, bool isSecretStored) => Of(mailbox, isTrial: true, isSecretStored);

    private ImapLogin Of(ImapMailbox mailbox, bool isTrial, bool isSecretStored) =>
        new(
            mailbox.Host,
            mailbox.Port,
            mailbox.Security,
            mailbox.UserName,
            secrets.Unprotect(mailbox.ProtectedSecret).Password,
            mailbox.TokenEndpoint is null ? null
                : isTrial
                    ? async (_, cancellationToken) =>
                        (await RefreshAsync(mailbox, isSecretStored, cancellationToken)).Value
                : (isFresh, cancellationToken) => TokenAsync(mailbox, isFresh, cancellationToken)
        );

    private async Task<Secret> TokenAsync(ImapMailbox mailbox, bool isFresh, CancellationToken cancellationToken)
    {
        var key = (mailbox.Id, mailbox.Revision);
        await KeepAsync(key);
        if (!isFresh && known.TryGetValue(key, out var there) && there.ExpiresAt > time.GetUtcNow())
            return there.Value;
        return (known[key] = await RefreshAsync(mailbox, isSecretStored: true, cancellationToken)).Value;
    }

    private async Task<AccessToken> RefreshAsync(
        ImapMailbox mailbox,
        bool isSecretStored,
        CancellationToken cancellationToken
    )
    {
        // read anew each time: a provider that sees a replaced refresh token once more takes it for stolen and withdraws them all
        var key = (mailbox.Id, mailbox.Revision);
        if (
            isSecretStored
            && (unkept.GetValueOrDefault(key) ?? await StoredAsync(mailbox, cancellationToken)) is { } stored
        )
            mailbox.ProtectedSecret = stored;
        var secret = secrets.Unprotect(mailbox.ProtectedSecret);
        var token = await tokens.RefreshAsync(
            new Uri(mailbox.TokenEndpoint!),
            mailbox.TokenClientId ?? "",
            mailbox.TokenScope,
            secret,
            cancellationToken
        );
        if (token.NewRefreshToken is { } next && next != secret.RefreshToken)
        {
            // also within one trial the next question is asked with the new one
            mailbox.ProtectedSecret = secrets.Protect(secret with { RefreshToken = next });
            if (isSecretStored)
            {
                unkept[key] = mailbox.ProtectedSecret;
                await KeepAsync(key);
            }
        }
        return token;
    }

    private async Task<string?> StoredAsync(ImapMailbox mailbox, CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        return await db.Set<ImapMailbox>()
            .Where(m => m.Id == mailbox.Id && m.Revision == mailbox.Revision)
            .Select(m => m.ProtectedSecret)
            .SingleOrDefaultAsync(cancellationToken);
    }

    // the old refresh token may be worth nothing any more: without this the next start would be signed out; nothing may break it off,
    // and where the storage is in trouble it is tried again at the next use
    private async Task KeepAsync((int Id, int Revision) key)
    {
        if (!unkept.TryGetValue(key, out var secret))
            return;
        try
        {
            await using var db = await databases.CreateDbContextAsync(CancellationToken.None);
            if (
                await db.Set<ImapMailbox>().SingleOrDefaultAsync(m => m.Id == key.Id && m.Revision == key.Revision) is
                { } row
            )
            {
                row.ProtectedSecret = secret;
                await db.SaveChangesAsync();
            }
            unkept.TryRemove(KeyValuePair.Create(key, secret));
        }
        catch (Exception e) when (StorageTrouble.IsPassing(e))
        {
            // it stays here
        }
    }
}
