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
    public static int Of(double fit)
    {
        if (!(fit > 0))
            return (int)Points[0].Percent;
        for (var i = 1; i < Points.Length; i++)
        {
            if (fit > Points[i].Fit)
                continue;
            var (from, to) = (Points[i - 1], Points[i]);
            var share = Math.Clamp((fit - from.Fit) / (to.Fit - from.Fit), 0, 1);
            return (int)Math.Round(from.Percent + (share * (to.Percent - from.Percent)));
        }
        return (int)Points[^1].Percent;
    }
}
