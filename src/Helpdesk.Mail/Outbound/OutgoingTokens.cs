using System.Security.Cryptography;
using System.Text;
using Helpdesk.Mail.Intake;
using Helpdesk.Tickets.Data;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.EntityFrameworkCore;

namespace Helpdesk.Mail.Outbound;

/// <summary>
/// Keeps the refresh token that a provider gave in place of the configured one, which may be worth nothing from then on. It belongs to exactly that
/// configuration: whoever configures another account or another token begins anew.
/// </summary>
public sealed class OutgoingTokens(
    IDataProtectionProvider protection,
    IDbContextFactory<HelpdeskDbContext> databases,
    TimeProvider time
)
{
    private readonly IDataProtector protector = protection.CreateProtector("Helpdesk.Mail.Outgoing");

    /// <summary>The token to use now; read anew each time, since another node may have been given a newer one.</summary>
    public async Task<Secret> CurrentAsync(OutboundOptions options, CancellationToken cancellationToken)
    {
        var key = KeyOf(options);
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        var kept = await db.Set<OutgoingToken>()
            .Where(t => t.Key == key)
            .Select(t => t.ProtectedToken)
            .SingleOrDefaultAsync(cancellationToken);
        if (kept is null)
            return options.RefreshCredential;
        try
        {
            return new(protector.Unprotect(kept));
        }
        catch (CryptographicException)
        {
            return options.RefreshCredential; // the key is gone; perhaps the provider still takes the old one
        }
    }

    /// <returns>False: the storage is in trouble that may pass; whoever has the token holds on to it and tries again.</returns>
    public async Task<bool> TryKeepAsync(OutboundOptions options, Secret token)
    {
        try
        {
            await KeepAsync(options, token);
            return true;
        }
        catch (Exception e) when (StorageTrouble.IsPassing(e))
        {
            return false;
        }
    }

    // nothing may break it off: without the new token the next start would be signed out
    private async Task KeepAsync(OutboundOptions options, Secret token)
    {
        var key = KeyOf(options);
        await using var db = await databases.CreateDbContextAsync(CancellationToken.None);
        var row = await db.Set<OutgoingToken>().SingleOrDefaultAsync(t => t.Key == key);
        var text = protector.Protect(token.Value);
        if (row is null)
            db.Add(
                new OutgoingToken
                {
                    Key = key,
                    ProtectedToken = text,
                    ChangedAt = time.GetUtcNow(),
                }
            );
        else
            (row.ProtectedToken, row.ChangedAt) = (text, time.GetUtcNow());
        await db.SaveChangesAsync(CancellationToken.None);
    }

    private static string KeyOf(OutboundOptions options) =>
        Convert.ToHexStringLower(
            SHA256.HashData(
                Encoding.UTF8.GetBytes(
                    $"{options.TokenEndpoint}\n{options.TokenClientId}\n{options.UserName}\n{options.RefreshCredential.Value}"
                )
            )
        );
}
