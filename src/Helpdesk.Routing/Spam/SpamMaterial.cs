using Helpdesk.Routing.Learning;
using Helpdesk.Tickets;
using Helpdesk.Tickets.Data;

namespace Helpdesk.Routing.Spam;

/// <summary>
/// What the spam filter learns from: people's judgements only. Spam is what somebody called spam; good mail is what somebody answered or let in. What
/// customers say of themselves never counts, and a mail that was discarded teaches nothing: there are many reasons to discard one. No one person can turn it: what somebody calls spam far more
/// often than colleagues do waits for a supervisor, what colleagues contradict is left out, and the rest is capped.
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

    /// <summary>What one person called spam counts as so many mails, whatever others have said.</summary>
    private const double MostOfOneJudge = 50;

    /// <summary>Whether there are enough judgements, about enough different senders, to learn from.</summary>
    public bool IsEnough =>
        IsEnoughOf(true, LeastSpam, LeastSpamSenders) && IsEnoughOf(false, LeastGood, LeastGoodSenders);

    /// <param name="mostOfAKind">The newest so many of spam, and of good mail.</param>
    /// <param name="now">When judgements that are suspicious are looked for and written down, see <see cref="LabelShiftBook"/>; null = only those known
    /// to be are left out.</param>
    public static async Task<SpamMaterial> LoadAsync(
        HelpdeskDbContext db,
        int mostOfAKind,
        DateTimeOffset? now,
        CancellationToken cancellationToken
    )
    {
        // judged ones are read together, through their own index: one kind of them alone would be looked for among all tickets
        var judged = db.Tickets.Where(t => t.IsSpam != null).OrderByDescending(t => t.Id).Take(2 * mostOfAKind);
        var answered = db
            .Tickets.Where(t =>
                t.IsSpam == null && t.Channel == Channel.Email && t.Status >= TicketStatus.Resolved && t.Replies > 0
            )
            .OrderByDescending(t => t.Id)
            .Take(mostOfAKind);
        var requests = await RequestText.ReadAsync(judged, MostCharacters, cancellationToken);
        requests.AddRange(await RequestText.ReadAsync(answered, MostCharacters, cancellationToken));
        var decisions = await SpamJudgements.OfAsync(db, requests, judged.Select(t => t.Id), cancellationToken);
        var keptOut = now is { } at
            ? await LabelShiftBook.KeepOutAsync(db, decisions, at, cancellationToken)
            :
            [
                .. (await LabelShiftBook.DoubtedAsync(db, LabelShiftKind.Spam, cancellationToken)).Select(d =>
                    d.TicketId
                ),
            ];
        keptOut.UnionWith(await SpamJudgements.ContradictedAsync(db, decisions, requests, cancellationToken));
        requests.RemoveAll(r => keptOut.Contains(r.TicketId));
        var vouched = await SpamJudgements.VouchedAsync(db, decisions, cancellationToken);
        var judges = decisions
            .Where(d => d.IsCorrection && !vouched.Contains(d.TicketId))
            .ToDictionary(d => d.TicketId, d => d.By);
        return new(
            OfJudgesCapped(
                OfSendersCapped(
                    requests.ConvertAll(r => new SpamExample(r.Text, r.IsSpam is true, r.CustomerId.ToStringInvariant())
                    {
                        At = r.CreatedAt,
                    })
                ),
                requests.ConvertAll(r => judges.TryGetValue(r.TicketId, out var judge) ? judge : (Guid?)null)
            )
        );
    }

    private static List<SpamExample> OfSendersCapped(List<SpamExample> examples)
    {
        var ofSender = examples.CountBy(e => (e.Sender, e.IsSpam)).ToDictionary();
        return examples.ConvertAll(e =>
            e with
            {
                Weight = (float)Math.Min(1, MostOfOneSender / ofSender[(e.Sender, e.IsSpam)]),
            }
        );
    }

    /// <summary>What one person called spam counts at most as much as all the rest of the spam together, and always as much as so many mails.</summary>
    /// <param name="judges">Of each example; null where it counts whoever said so.</param>
    private static List<SpamExample> OfJudgesCapped(List<SpamExample> examples, List<Guid?> judges)
    {
        var all = examples.Where(e => e.IsSpam).Sum(e => (double)e.Weight);
        var scaleOf = examples
            .Zip(judges)
            .Where(pair => pair is { First.IsSpam: true, Second: not null })
            .GroupBy(pair => pair.Second!.Value, pair => (double)pair.First.Weight)
            .ToDictionary(g => g.Key, g => Math.Min(1, Math.Max(MostOfOneJudge, all - g.Sum()) / g.Sum()));
        return
        [
            .. examples.Zip(
                judges,
                (e, judge) => e.IsSpam && judge is { } id ? e with { Weight = (float)(e.Weight * scaleOf[id]) } : e
            ),
        ];
    }

    private bool IsEnoughOf(bool isSpam, int least, int leastSenders)
    {
        var some = Examples.Where(e => e.IsSpam == isSpam).ToList();
        return some.Count >= least && some.Select(e => e.Sender).Distinct().Count() >= leastSenders;
    }
}
