using Microsoft.Extensions.Options;

namespace Helpdesk.Mail.Imap;

/// <param name="Mails">In the folder at this moment.</param>
/// <param name="HasIdle">The server tells of new mail by itself; otherwise it is asked every minute.</param>
public sealed record MailboxFound(uint Mails, bool HasIdle);

/// <summary>Tries a mailbox out: signs in, opens the folder, changes nothing.</summary>
public sealed class MailboxCheck(MailboxLogins logins, IOptions<ImapOptions> options, TimeProvider time)
{
    /// <param name="isSecretStored">See <see cref="MailboxLogins.OfTrial"/>.</param>
    /// <exception cref="ImapException">It cannot be read; the kind says where to look.</exception>
    public async Task<MailboxFound> RunAsync(
        ImapMailbox mailbox,
        bool isSecretStored,
        CancellationToken cancellationToken
    )
    {
        var patient = options.Value with { SilenceTimeout = options.Value.ConnectTimeout };
        var login = logins.OfTrial(mailbox, isSecretStored);
        using var client = await ImapClient.ConnectAsync(login, patient, time, cancellationToken);
        var folder = await client.SelectAsync(mailbox.Folder, cancellationToken);
        var found = new MailboxFound(folder.Exists, client.Offers.Contains("IDLE"));
        await client.LogoutAsync(cancellationToken);
        return found;
    }
}
