namespace Helpdesk.Routing.Classification;

/// <summary>From which confidence a promised share of right answers is kept.</summary>
public static class PromisedPrecision
{
    /// <summary>Above any confidence: the promise cannot be kept at all.</summary>
    public const float Never = 2f;

    /// <summary>
    /// The smallest confidence at and above which the lower bound of the measured precision (Wilson 1927, with the
    /// effective number of weighted answers) is at least <paramref name="promise"/>.
    /// </summary>
    /// <param name="answers">By falling confidence.</param>
    /// <param name="z">Certainty of the bound in standard deviations, one-sided: 1.28 for 90 %.</param>
    public static float ThresholdFor(
        double promise,
        IReadOnlyList<(float Confidence, bool Right, float Weight)> answers,
        double z
    )
    {
        var threshold = Never;
        double right = 0,
            all = 0,
            squares = 0;
        for (var i = 0; i < answers.Count; i++)
        {
            var answer = answers[i];
            all += answer.Weight;
            squares += answer.Weight * answer.Weight;
            right += answer.Right ? answer.Weight : 0;
            var ties = i + 1 < answers.Count && answers[i + 1].Confidence >= answer.Confidence;
            if (!ties && all > 0 && LowerBound(right / all, all * all / squares, z) >= promise)
                threshold = answer.Confidence;
        }
        return threshold;
    }

    /// <summary>Wilson's lower bound of a share measured on <paramref name="count"/> cases.</summary>
    public static double LowerBound(double share, double count, double z)
    {
        var z2 = z * z;
        var middle = share + (z2 / (2 * count));
        var width = z * Math.Sqrt((share * (1 - share) / count) + (z2 / (4 * count * count)));
        return (middle - width) / (1 + (z2 / count));
    }
}
