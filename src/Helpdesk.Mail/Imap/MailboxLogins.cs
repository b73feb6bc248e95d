using System.Collections.Concurrent;
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

    /// <exception cref="ImapException">Its secret cannot be read any more.</exception>
    public ImapLogin Of(ImapMailbox mailbox)
    {
        var secret = secrets.Unprotect(mailbox.ProtectedSecret);
        return new(
            mailbox.Host,
            mailbox.Port,
            mailbox.Security,
            mailbox.UserName,
            secret.Password,
            mailbox.TokenEndpoint is null
                ? null
                : (isFresh, cancellationToken) => TokenAsync(mailbox, secret, isFresh, cancellationToken)
        );
    }

    private async Task<Secret> TokenAsync(
        ImapMailbox mailbox,
        MailboxSecret secret,
        bool isFresh,
        CancellationToken cancellationToken
    )
    {
        var key = (mailbox.Id, mailbox.Revision);
        if (!isFresh && known.TryGetValue(key, out var there) && there.ExpiresAt > time.GetUtcNow())
            return there.Value;
        var token = await tokens.RefreshAsync(
            new Uri(mailbox.TokenEndpoint!),
            mailbox.TokenClientId ?? "",
            mailbox.TokenScope,
            secret,
            cancellationToken
        );
        if (mailbox.Id == 0)
            return token.Value; // tried before it is saved
        if (token.NewRefreshToken is { } next && next != secret.RefreshToken)
            await KeepAsync(mailbox, secret with { RefreshToken = next }, cancellationToken);
        known[key] = token;
        return token.Value;
    }

    // the old refresh token may be worth nothing any more: without this the next start would be signed out
    private async Task KeepAsync(ImapMailbox mailbox, MailboxSecret secret, CancellationToken cancellationToken)
    {
        var text = secrets.Protect(secret);
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        if (
            await db.Set<ImapMailbox>()
                .SingleOrDefaultAsync(m => m.Id == mailbox.Id && m.Revision == mailbox.Revision, cancellationToken) is
            { } row
        )
        {
            row.ProtectedSecret = text;
            await db.SaveChangesAsync(cancellationToken);
        }
        mailbox.ProtectedSecret = text;
    }
}
