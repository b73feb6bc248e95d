using Helpdesk.Routing.Learning;
using Helpdesk.Tickets;
using Helpdesk.Tickets.Data;

namespace Helpdesk.Routing.Spam;

/// <summary>
/// What the spam filter learns from: people's judgements only. Spam is what somebody called spam; good mail is what somebody answered or let in. What
/// customers say of themselves never counts, and a mail that was discarded teaches nothing: there are many reasons to discard one.
/// </summary>
public sealed record SpamMaterial(IReadOnlyList<SpamExample> Examples)
{
    public const int LeastSpam = 20;
    public const int LeastSpamSenders = 5;
    public const int LeastGood = 50;
    public const int LeastGoodSenders = 20;
    private const int MostCharacters = 1_500;

    /// <summary>One sender's mails count as much as so many.</summary>
    private const double MostOfOneSender = 3;

    /// <summary>Whether there are enough judgements, about enough different senders, to learn from.</summary>
    public bool IsEnough =>
        IsEnoughOf(true, LeastSpam, LeastSpamSenders) && IsEnoughOf(false, LeastGood, LeastGoodSenders);

    /// <param name="mostOfAKind">The newest so many of spam, and of good mail.</param>
    public static async Task<SpamMaterial> LoadAsync(
        HelpdeskDbContext db,
        int mostOfAKind,
        CancellationToken cancellationToken
    )
    {
        // judged ones are read together, through their own index: one kind of them alone would be looked for among all tickets
        var judged = db.Tickets.Where(t => t.IsSpam != null);
        var answered = db.Tickets.Where(t =>
            t.IsSpam == null && t.Channel == Channel.Email && t.Status >= TicketStatus.Resolved && t.Replies > 0
        );
        var examples = await ReadAsync(judged, 2 * mostOfAKind, cancellationToken);
        examples.AddRange(await ReadAsync(answered, mostOfAKind, cancellationToken));
        return new(Capped(examples));
    }

    private static async Task<List<SpamExample>> ReadAsync(
        IQueryable<Ticket> tickets,
        int most,
        CancellationToken cancellationToken
    )
    {
        var requests = await RequestText.ReadAsync(
            tickets.OrderByDescending(t => t.Id).Take(most),
            MostCharacters,
            cancellationToken
        );
        return requests.ConvertAll(r => new SpamExample(r.Text, r.IsSpam is true, r.CustomerId.ToStringInvariant())
        {
            At = r.CreatedAt,
        });
    }

    private static List<SpamExample> Capped(List<SpamExample> examples)
    {
        var ofSender = examples.CountBy(e => (e.Sender, e.IsSpam)).ToDictionary();
        return examples.ConvertAll(e =>
            e with
            {
                Weight = (float)Math.Min(1, MostOfOneSender / ofSender[(e.Sender, e.IsSpam)]),
            }
        );
    }

    private bool IsEnoughOf(bool isSpam, int least, int leastSenders)
    {
        var some = Examples.Where(e => e.IsSpam == isSpam).ToList();
        return some.Count >= least && some.Select(e => e.Sender).Distinct().Count() >= leastSenders;
    }
}
