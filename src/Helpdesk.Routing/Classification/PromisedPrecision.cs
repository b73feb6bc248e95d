namespace Helpdesk.Routing.Classification;

/// <summary>From which confidence a promised share of right answers is kept.</summary>
public static class PromisedPrecision
{
    /// <summary>Above any confidence: the promise cannot be kept at all.</summary>
    public const float Never = 2f;

    /// <summary>
    /// The smallest confidence at and above which the lower bound of the measured precision (Wilson 1927) is at least
    /// <paramref name="promise"/>.
    /// </summary>
    /// <param name="answers">By falling confidence.</param>
    /// <param name="z">Certainty of the bound in standard deviations, one-sided: 1.28 for 90 %.</param>
    public static float ThresholdFor(double promise, IReadOnlyList<(float Confidence, bool Right)> answers, double z) =>
        ThresholdFor(promise, answers, [], 0, z);

    /// <summary>
    /// The same where a share of the traffic is special, and an answer to a special request is wrong. Both shares are bounded:
    /// that of right answers among requests within the topics from below (L), that of special requests which would be answered
    /// from above (U); precision is at least L / (1 + share / (1 − share) · U / coverage). Special requests of real traffic are more
    /// various than those held out, so both bounds are taken in full.
    /// </summary>
    /// <param name="special">Confidences of held-out special requests, falling; none: the promise is about the rest.</param>
    public static float ThresholdFor(
        double promise,
        IReadOnlyList<(float Confidence, bool Right)> answers,
        IReadOnlyList<float> special,
        double specialShare,
        double z
    )
    {
        var (threshold, right, answered) = (Never, 0, 0);
        for (var i = 0; i < answers.Count; i++)
        {
            right += answers[i].Right ? 1 : 0;
            if (i + 1 < answers.Count && answers[i + 1].Confidence >= answers[i].Confidence)
                continue;
            while (answered < special.Count && special[answered] >= answers[i].Confidence)
                answered++;
            var precision = LowerBound(right / (i + 1.0), i + 1, z);
            if (special.Count > 0)
            {
                var most = 1 - LowerBound(1 - ((double)answered / special.Count), special.Count, z);
                var coverage = (i + 1.0) / answers.Count;
                precision /= 1 + (specialShare / (1 - specialShare) * most / coverage);
            }
            if (precision >= promise)
                threshold = answers[i].Confidence;
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
