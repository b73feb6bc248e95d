using Helpdesk.Mail.Imap;
using Helpdesk.Tickets.Data;
using Helpdesk.Tickets.People;
using Helpdesk.Tickets.Settings;
using Microsoft.EntityFrameworkCore;

namespace Helpdesk.Mail.Intake;

/// <summary>All addresses under which the desk itself receives, with or without a <c>+tag</c>: mail that we sent there would come back to us.</summary>
public sealed class OwnAddresses
{
    private readonly DeskSettings settings;
    private readonly HashSet<string> further;

    private OwnAddresses(DeskSettings settings, IEnumerable<string> further) =>
        (this.settings, this.further) = (settings, further.Select(Plain).ToHashSet(StringComparer.Ordinal));

    public static async Task<OwnAddresses> LoadAsync(
        HelpdeskDbContext db,
        DeskSettings settings,
        CancellationToken cancellationToken = default
    )
    {
        var names = await db.Set<ImapMailbox>().Select(m => m.UserName).ToListAsync(cancellationToken);
        return new(
            settings,
            names.Select(n => n.Contains('@', StringComparison.Ordinal) ? n : $"{n}@{settings.MailDomain}")
        );
    }

    /// <summary>With further addresses at which a mail reached us, such as one that forwards to a mailbox of ours.</summary>
    public OwnAddresses With(IEnumerable<string> reached) => new(settings, further.Concat(reached));

    public bool Has(string address) => settings.Receives(address) || further.Contains(Plain(address));

    private static string Plain(string address)
    {
        var normalized = Customer.Normalize(address).Trim('<', '>');
        var (at, plus) = (normalized.LastIndexOf('@'), normalized.IndexOf('+', StringComparison.Ordinal));
        return plus > 0 && plus < at ? normalized[..plus] + normalized[at..] : normalized;
    }
}
