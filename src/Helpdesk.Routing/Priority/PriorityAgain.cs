using System.Globalization;

namespace Helpdesk.Routing.Priority;

/// <summary>Computes a stored priority again with other weights, from the reasons that were kept.</summary>
public static class PriorityAgain
{
    /// <summary>The facts behind these reasons do not change, only what they weigh.</summary>
    /// <param name="text">Whose words are looked at again; null: they keep the points they had, within what words may now add.</param>
    public static PriorityDecision Decide(IReadOnlyList<Reason> reasons, PriorityWeights weights, string? text = null)
    {
        if (text is not null)
        {
            var others = reasons.Where(r => r.Code is not (PriorityRules.UrgentWords or PriorityRules.CalmWords));
            reasons = PriorityRules.OfText(text, weights) is { } words ? [.. others, words] : [.. others];
        }
        var again = reasons.Select(r => r with { Points = PointsOf(r, weights) }).ToList();
        var score = (int)again.Sum(r => r.Points);
        return new PriorityDecision(PriorityRules.PriorityOf(score, weights), score, again);
    }

    private static double PointsOf(Reason reason, PriorityWeights weights) =>
        reason.Code switch
        {
            "base" => weights.Base,
            "contract" => weights.Contract,
            PriorityRules.UrgentWords or PriorityRules.CalmWords => Math.Clamp(
                reason.Points,
                -weights.MostForText,
                weights.MostForText
            ),
            "reopened" => Math.Min(Count(reason) * weights.Reopening, weights.MostForReopenings),
            "repeated" => Math.Min(Count(reason) * weights.RepeatedContact, weights.MostForRepeatedContacts),
            "earlier-breach" => weights.EarlierBreach,
            "promise-missed" or "promise-near" => PriorityRules.PointsOfPromise(Count(reason) / 100.0, weights),
            _ => reason.Points, // the tier's points belong to the tier
        };

    private static int Count(Reason reason) =>
        reason.Arguments.Count > 0 && int.TryParse(reason.Arguments[0], CultureInfo.InvariantCulture, out var count)
            ? count
            : 0;
}
