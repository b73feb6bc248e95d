namespace Helpdesk.Routing.Learning;

/// <summary>What somebody decided about one finished request.</summary>
/// <param name="By">Who set the topic, or answered under the one that was read.</param>
/// <param name="Read">The topic before; null = special.</param>
/// <param name="Made">The topic afterwards; null = special.</param>
internal sealed record LabelDecision(long TicketId, Guid By, string ByName, int? Read, int? Made, DateTimeOffset At)
{
    /// <summary>Whether a mail is spam, which came as a request: to call it spam is the correction, to answer it is none.</summary>
    public static LabelDecision OfMail(long ticketId, Guid by, string byName, bool isSpam, DateTimeOffset at) =>
        new(ticketId, by, byName, null, null, at) { Kind = LabelShiftKind.Spam, IsCorrection = isSpam };

    public LabelShiftKind Kind { get; private init; }

    public bool IsCorrection { get; private init; } = Read != Made;
}

/// <summary>One person's corrections from one topic to another that are too many to be chance.</summary>
internal sealed record SuspiciousShift(
    Guid By,
    string ByName,
    int? From,
    int? To,
    IReadOnlyList<LabelDecision> Corrections,
    int Decisions,
    int OthersDecisions,
    int OthersCorrections
);

/// <summary>
/// Of n decisions about requests read as topic A, a person made k into B; all others K of N. If that person decided like the others, k would be binomial
/// with the share (K + 1) / (N + 2). The shift is suspicious when the chance of k or more is below 0.001, divided by the number of shifts looked at (Bonferroni), and k is at
/// least five, or twenty where the others have decided fewer than twenty times and so are no measure. Mail called spam is the same with one topic, and without a measure nothing is
/// said of it: whoever handles all mail alone calls all spam spam.
/// </summary>
internal static class LabelShiftTest
{
    public const int LeastCorrections = 5;
    public const int LeastWithoutMeasure = 20;
    private const double Chance = 0.001;

    public static List<SuspiciousShift> Find(IReadOnlyList<LabelDecision> decisions)
    {
        var all = decisions.CountBy(d => d.Read ?? 0).ToDictionary();
        var shifts = decisions.Where(d => d.IsCorrection).CountBy(d => (d.Read, d.Made)).ToDictionary();
        var ofPerson = decisions.CountBy(d => (d.By, Read: d.Read ?? 0)).ToDictionary();
        var groups = decisions
            .Where(d => d.IsCorrection)
            .GroupBy(d => (d.By, d.Read, d.Made))
            .Where(g => g.Count() >= LeastCorrections)
            .OrderBy(g => g.Key.By)
            .ThenBy(g => g.Key.Read)
            .ThenBy(g => g.Key.Made)
            .ToList();
        var found = new List<SuspiciousShift>();
        foreach (var group in groups)
        {
            var (by, read, made) = group.Key;
            var corrections = group.OrderByDescending(d => d.TicketId).ToList();
            var own = ofPerson[(by, read ?? 0)];
            var (others, othersSame) = (all[read ?? 0] - own, shifts[(read, made)] - corrections.Count);
            if (others < LeastWithoutMeasure && (corrections.Count < LeastWithoutMeasure || IsAboutSpam(corrections)))
                continue;
            var share = (othersSame + 1.0) / (others + 2.0);
            if (Tail(corrections.Count, own, share) < Chance / groups.Count)
                found.Add(new(by, corrections[0].ByName, read, made, corrections, own, others, othersSame));
        }
        return found;
    }

    private static bool IsAboutSpam(List<LabelDecision> corrections) => corrections[0].Kind is LabelShiftKind.Spam;

    /// <summary>The chance of <paramref name="least"/> or more of <paramref name="of"/>, each with the chance <paramref name="share"/>.</summary>
    internal static double Tail(int least, int of, double share)
    {
        if (share >= 1)
            return 1;
        // ln of the first term, then each from the one before
        var term = 0.0;
        for (var i = 1; i <= least; i++)
            term += Math.Log(of - least + i) - Math.Log(i) + Math.Log(share);
        term += (of - least) * Math.Log(1 - share);
        var (value, sum) = (Math.Exp(term), 0.0);
        for (var k = least; k <= of; k++)
        {
            sum += value;
            value *= (of - k) / (k + 1.0) * share / (1 - share);
        }
        return Math.Min(1, sum);
    }
}
