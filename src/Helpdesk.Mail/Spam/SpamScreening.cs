using Helpdesk.Mail.Intake;
using Helpdesk.Tickets.Data;
using Helpdesk.Tickets.People;
using Helpdesk.Tickets.Settings;
using Microsoft.EntityFrameworkCore;

namespace Helpdesk.Mail.Spam;

/// <summary>What is known of the senders of a batch, and what its mails look like. Asked only about mail that would open a ticket.</summary>
internal sealed class SpamScreening(HelpdeskDbContext db, SpamRules rules, ReadSpam readLearned)
{
    private Dictionary<long, Standing> standings = [];

    private sealed record Standing(bool WasAnswered, bool WasVouchedFor, bool WasSpam);

    public SpamRules Rules => rules;

    public async Task LookUpAsync(IEnumerable<Customer> senders, CancellationToken cancellationToken)
    {
        var ids = senders.Select(c => c.Id).ToArray();
        if (ids.Length == 0)
            return;
        standings = await db
            .Customers.Where(c => ids.Contains(c.Id))
            .Select(c => new
            {
                c.Id,
                WasAnswered = db.Tickets.Any(t => t.CustomerId == c.Id && t.Replies > 0),
                WasVouchedFor = db.Tickets.Any(t => t.CustomerId == c.Id && t.IsSpam == false),
                WasSpam = db.Tickets.Any(t => t.CustomerId == c.Id && t.IsSpam == true),
            })
            .ToDictionaryAsync(
                c => c.Id,
                c => new Standing(c.WasAnswered, c.WasVouchedFor, c.WasSpam),
                cancellationToken
            );
    }

    /// <summary>Whether this desk knows somebody: answered them, let them in, saw a link of theirs come back, or keeps them with an organization.</summary>
    public bool Knows(Customer? sender) =>
        sender is not null
        && (
            sender.VerifiedAt is not null
            || sender.OrganizationId is not null
            || (
                standings.GetValueOrDefault(sender.Id) is { } standing
                && (standing.WasAnswered || standing.WasVouchedFor)
            )
        );

    /// <param name="sender">Null for somebody who never wrote before.</param>
    /// <returns>Null: it is let in.</returns>
    public async ValueTask<SpamEvidence?> JudgeAsync(
        ReadMail read,
        Customer? sender,
        CancellationToken cancellationToken
    )
    {
        if (Knows(sender))
            return null;
        if (rules.Judge(read.Mail.Headers) is { } said)
            return said;
        if (!rules.Learns)
            return null;
        if (sender is not null && standings.GetValueOrDefault(sender.Id) is { WasSpam: true })
            return new(SpamSource.Sender, Score: null, [sender.NormalizedAddress]);
        return await readLearned(read.Mail.Subject ?? "", read.VisibleText, cancellationToken) is { IsSpam: true } found
            ? new(SpamSource.Learned, found.Probability, found.Words)
            : null;
    }
}
