using Helpdesk.Tickets;

namespace Helpdesk.Routing.Priority;

/// <summary>What the priority of a ticket follows from.</summary>
public sealed record PriorityFacts
{
    /// <summary>Points of the customer's tier, as staff set them; 0 without a tier.</summary>
    public int TierPoints { get; init; }

    /// <summary>For the explanation only.</summary>
    public string TierName { get; init; } = "";

    /// <summary>The organization has a contract with a promise of its own.</summary>
    public bool HasContract { get; init; }

    /// <summary>Subject and what the customer wrote.</summary>
    public string Text { get; init; } = "";
    public int Reopenings { get; init; }

    /// <summary>Further messages of the customer that came before anybody answered.</summary>
    public int RepeatedContacts { get; init; }

    /// <summary>A promise to this customer was missed in the last 90 days.</summary>
    public bool EarlierBreach { get; init; }

    /// <summary>Share of the nearest promise's working time that is over: 0 at the start, 1 when it is due, more when it
    /// is missed; null without a running promise.</summary>
    public double? PromiseUsed { get; init; }
}

/// <summary>Points for everything that counts; an administrator may change them.</summary>
public sealed record PriorityWeights
{
    public int Base { get; init; } = 20;
    public int Contract { get; init; } = 10;

    /// <summary>Words can never add more than this, nor can they take away more.</summary>
    public int MostForText { get; init; } = 25;

    /// <summary>The desk's own, see <see cref="OwnWords"/>; beside them the shipped ones count.</summary>
    public string Words { get; init; } = "";
    public int Reopening { get; init; } = 8;
    public int MostForReopenings { get; init; } = 16;
    public int RepeatedContact { get; init; } = 4;
    public int MostForRepeatedContacts { get; init; } = 12;
    public int EarlierBreach { get; init; } = 8;
    public int PromiseHalfUsed { get; init; } = 5;
    public int PromiseNearlyUsed { get; init; } = 10;
    public int PromiseMissed { get; init; } = 20;
    public int NormalFrom { get; init; } = 15;
    public int HighFrom { get; init; } = 40;
    public int UrgentFrom { get; init; } = 60;

    internal IEnumerable<int> All() =>
        [
            Base,
            Contract,
            MostForText,
            Reopening,
            MostForReopenings,
            RepeatedContact,
            MostForRepeatedContacts,
            EarlierBreach,
            PromiseHalfUsed,
            PromiseNearlyUsed,
            PromiseMissed,
            NormalFrom,
            HighFrom,
            UrgentFrom,
        ];
}

/// <param name="Contributions">Everything that counted; their points add up to the score.</param>
public sealed record PriorityDecision(TicketPriority Priority, int Score, IReadOnlyList<Reason> Contributions);

/// <summary>
/// How urgent a ticket is: the sum of who asks, what the text says, what happened before and which promise is at stake.
/// With the standard weights the text alone can lift an ordinary request to high, never to urgent.
/// </summary>
public static class PriorityRules
{
    internal const string UrgentWords = "urgent-words";
    internal const string CalmWords = "calm-words";
    private const double Half = 0.5;
    private const double Nearly = 0.75;

    public static PriorityDecision Decide(PriorityFacts facts, PriorityWeights weights)
    {
        var reasons = new List<Reason> { new("base", weights.Base) };
        void Count(string code, int points, params string[] arguments)
        {
            if (points != 0)
                reasons.Add(new Reason(code, points, arguments));
        }

        Count("tier", facts.TierPoints, facts.TierName);
        Count("contract", facts.HasContract ? weights.Contract : 0);
        if (OfText(facts.Text, weights) is { } words)
            reasons.Add(words);
        Count(
            "reopened",
            Math.Min(facts.Reopenings * weights.Reopening, weights.MostForReopenings),
            facts.Reopenings.ToStringInvariant()
        );
        Count(
            "repeated",
            Math.Min(facts.RepeatedContacts * weights.RepeatedContact, weights.MostForRepeatedContacts),
            facts.RepeatedContacts.ToStringInvariant()
        );
        Count("earlier-breach", facts.EarlierBreach ? weights.EarlierBreach : 0);
        if (facts.PromiseUsed is { } used)
            Count(
                used >= 1 ? "promise-missed" : "promise-near",
                PointsOfPromise(used, weights),
                ((int)Math.Round(Math.Min(used, 10) * 100)).ToStringInvariant()
            );

        var score = (int)reasons.Sum(r => r.Points);
        return new PriorityDecision(PriorityOf(score, weights), score, reasons);
    }

    /// <summary>What its words count; null where they count nothing.</summary>
    internal static Reason? OfText(string text, PriorityWeights weights)
    {
        var found = UrgencyWords.In(text, weights.Words);
        var points = Math.Clamp(found.Sum(f => f.Points), -weights.MostForText, weights.MostForText);
        var words = found.Where(f => Math.Sign(f.Points) == Math.Sign(points)).Select(f => f.Words);
        return points == 0
            ? null
            : new Reason(points > 0 ? UrgentWords : CalmWords, points, [string.Join(", ", words)]);
    }

    internal static int PointsOfPromise(double used, PriorityWeights weights) =>
        used switch
        {
            >= 1 => weights.PromiseMissed,
            >= Nearly => weights.PromiseNearlyUsed,
            >= Half => weights.PromiseHalfUsed,
            _ => 0,
        };

    internal static TicketPriority PriorityOf(int score, PriorityWeights weights) =>
        score >= weights.UrgentFrom ? TicketPriority.Urgent
        : score >= weights.HighFrom ? TicketPriority.High
        : score >= weights.NormalFrom ? TicketPriority.Normal
        : TicketPriority.Low;
}
