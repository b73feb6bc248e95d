using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.AspNetCore.DataProtection;
using Secret = Helpdesk.Mail.Outbound.Secret;

namespace Helpdesk.Mail.Imap;

/// <summary>What a mailbox is opened with. Either a password, or what access tokens are had for (RFC 6749, 6).</summary>
public sealed record MailboxSecret(Secret Password, Secret ClientSecret, Secret RefreshToken)
{
    public static MailboxSecret OfPassword(string password) => new(new(password), new(""), new(""));

    public static MailboxSecret OfTokens(string clientSecret, string refreshToken) =>
        new(new(""), new(clientSecret), new(refreshToken));
}

/// <summary>
/// Keeps secrets of mailboxes out of sight of whoever looks at single tables, logs or exports. It protects no backup: the keys of data protection lie in the
/// same database, so that a restored desk reads its mailboxes without more ado, and whoever has all of it has the secrets.
/// </summary>
public sealed class MailboxSecrets(IDataProtectionProvider protection)
{
    private readonly IDataProtector protector = protection.CreateProtector("Helpdesk.Mail.Mailbox");

    public string Protect(MailboxSecret secret) =>
        protector.Protect(
            JsonSerializer.Serialize(
                (string[])[secret.Password.Value, secret.ClientSecret.Value, secret.RefreshToken.Value]
            )
        );

    /// <exception cref="ImapException">The key with which it was protected is gone.</exception>
    public MailboxSecret Unprotect(string text)
    {
        try
        {
            return
                JsonSerializer.Deserialize<string[]>(protector.Unprotect(text))
                    is [var password, var client, var refresh]
                ? new(new(password), new(client), new(refresh))
                : throw new CryptographicException("Not a mailbox's secret.");
        }
        catch (Exception e) when (e is CryptographicException or JsonException)
        {
            throw new ImapException(ImapTroubleKind.Secret, "The stored password cannot be decrypted.", e);
        }
    }
}
