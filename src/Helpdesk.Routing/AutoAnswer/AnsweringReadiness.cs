namespace Helpdesk.Routing.AutoAnswer;

/// <summary>Whether a topic may answer by itself, and what is missing.</summary>
/// <param name="Days">Whole days since the first observation that counts.</param>
/// <param name="MissingDays">0 when observed for long enough; so with the others.</param>
/// <param name="MissingJudged">Judged observations that are missing.</param>
/// <param name="Threshold">Null: no confidence keeps the promise.</param>
/// <param name="EnoughWithoutWrong">How many judged answers would do if none of them were wrong.</param>
public sealed record AnsweringReadiness(
    int Days,
    int MissingDays,
    int Judged,
    int Right,
    int MissingJudged,
    AnswerThreshold? Threshold,
    int EnoughWithoutWrong
)
{
    public bool IsReady => MissingDays == 0 && MissingJudged == 0 && Threshold is not null;

    /// <param name="firstAt">When the first observation that counts was made; null without one.</param>
    /// <param name="judged">Those that count.</param>
    public static AnsweringReadiness Of(
        double promise,
        DateTimeOffset? firstAt,
        IReadOnlyCollection<JudgedAnswer> judged,
        AutoAnswerOptions options,
        DateTimeOffset now
    )
    {
        var days = firstAt is { } first ? Math.Max(0, (int)(now - first).TotalDays) : 0;
        return new(
            days,
            Math.Max(0, options.ObservationDays - days),
            judged.Count,
            judged.Count(j => j.Right),
            Math.Max(0, options.ObservationsJudged - judged.Count),
            AnswerEvidence.Threshold(promise, judged, options.Certainty),
            AnswerEvidence.FewestFor(promise, wrong: 0, options.Certainty)
        );
    }
}

/// <summary>Whether what was sent breaks the promise.</summary>
public static class AnsweringWithdrawal
{
    /// <summary>Fewer customers with wrong answers never stop a topic.</summary>
    private const int FewestCustomers = 2;

    /// <summary>So many of the newest answers are looked at by themselves.</summary>
    private const int Newest = 100;

    /// <summary>
    /// True when the precision of all that was sent, or of the newest hundred, is below the promise with certainty, or that of all, once enough has been judged, as measured. Whoever has the most wrong answers counts
    /// with one of them, so that nobody stops a topic alone.
    /// </summary>
    /// <param name="evidence">What was sent and judged, as <see cref="AnsweringBook.Evidence"/> counts it.</param>
    public static bool IsDue(double promise, IReadOnlyCollection<AnswerRow> evidence, AutoAnswerOptions options) =>
        IsBroken(promise, evidence, options, options.ObservationsJudged)
        // a long good time must not hide that it is no longer true; so few waver too much to go by what is measured
        || IsBroken(promise, [.. evidence.OrderByDescending(a => a.At).Take(Newest)], options, int.MaxValue);

    /// <param name="enough">From so many judged on, what is measured counts as it is.</param>
    private static bool IsBroken(
        double promise,
        IReadOnlyCollection<AnswerRow> evidence,
        AutoAnswerOptions options,
        int enough
    )
    {
        var wrongs = evidence
            .Where(a => a.Verdict is AnswerVerdict.Wrong)
            .GroupBy(a => a.CustomerId)
            .Select(ofOne => ofOne.Count())
            .ToList();
        if (wrongs.Count < FewestCustomers)
            return false;
        var (right, judged) = (evidence.Count - wrongs.Sum(), evidence.Count - (wrongs.Max() - 1));
        return ExactBound.Upper(right, judged, options.Certainty) < promise
            || (judged >= enough && (double)right / judged < promise);
    }
}
