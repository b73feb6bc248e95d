namespace Helpdesk.Knowledge.Matching;

/// <summary>
/// What a fit is worth in percent: of suggestions with this fit so many were right. Read off the public measuring sets (web questions,
/// banking, everyday requests, three support bots; questions that nothing answers counted as wrong), pooled with equal weight and made
/// rising. Never above 97: there is always somebody who meant something else.
/// </summary>
public static class FitPercent
{
    private static readonly (double Fit, double Percent)[] Points =
    [
        (0.00, 1),
        (0.05, 4),
        (0.10, 18),
        (0.15, 36),
        (0.20, 50),
        (0.25, 56),
        (0.30, 61),
        (0.35, 69),
        (0.40, 77),
        (0.45, 82),
        (0.50, 86),
        (0.60, 91),
        (0.70, 94),
        (0.85, 96),
        (1.00, 97),
    ];

    /// <summary>Whole percent, 1 to 97, rising with the fit.</summary>
    public static int Of(double fit) => (int)Math.Round(100 * ShareOf(fit));

    /// <summary>The same as a share, 0.01 to 0.97.</summary>
    public static double ShareOf(double fit)
    {
        if (!(fit > 0))
            return Points[0].Percent / 100;
        for (var i = 1; i < Points.Length; i++)
            if (fit <= Points[i].Fit)
                return Between(fit, Points[i - 1], Points[i]) / 100;
        return Points[^1].Percent / 100;
    }

    /// <summary>The fit that is worth this share; 0 to 1.</summary>
    public static double FitOf(double share)
    {
        for (var i = 1; i < Points.Length; i++)
            if (100 * share <= Points[i].Percent)
                return Math.Max(
                    0,
                    Between(100 * share, (Points[i - 1].Percent, Points[i - 1].Fit), (Points[i].Percent, Points[i].Fit))
                );
        return Points[^1].Fit;
    }

    private static double Between(double at, (double At, double Value) from, (double At, double Value) to) =>
        from.Value + ((at - from.At) / (to.At - from.At) * (to.Value - from.Value));
}
