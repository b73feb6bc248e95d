namespace Helpdesk.Routing.AutoAnswer;

/// <summary>An answer that people have judged.</summary>
public readonly record struct JudgedAnswer(double Confidence, bool Right);

/// <param name="From">Confidence from which a topic may answer.</param>
/// <param name="Answers">Judged answers at and above it, and how many of them were right.</param>
/// <param name="LowerBound">Of the precision.</param>
public sealed record AnswerThreshold(double From, int Answers, int Right, double LowerBound);

/// <summary>A stretch of the way from the surest answer to all of them.</summary>
/// <param name="Coverage">Share of all judged answers.</param>
public sealed record AnswerPoint(double From, int Answers, int Right, double Coverage, double LowerBound)
{
    public double Precision => (double)Right / Answers;
}

/// <summary>
/// From which confidence a promise is kept, by a desk's own answers. Every look at the same answers is one more chance to be lucky, so they are looked at
/// in an order fixed beforehand, the surest first and a quarter more each time, and the first look that fails ends it (fixed-sequence testing, Maurer,
/// Hothorn and Lehmacher 1995): the certainty of one look is that of the whole.
/// </summary>
public static class AnswerEvidence
{
    private const double Growth = 1.25;

    /// <summary>The lowest confidence that keeps the promise; null when none does.</summary>
    public static AnswerThreshold? Threshold(double promise, IReadOnlyCollection<JudgedAnswer> judged, double certainty)
    {
        AnswerThreshold? found = null;
        // the surest half, but no fewer than could keep the promise, and no more than forgive one wrong answer
        var first = Math.Clamp(
            judged.Count / 2,
            FewestFor(promise, wrong: 0, certainty),
            FewestFor(promise, wrong: 1, certainty)
        );
        foreach (var look in Looks(judged, first, certainty))
        {
            if (look.LowerBound < promise)
                break;
            found = new(look.From, look.Answers, look.Right, look.LowerBound);
        }
        return found;
    }

    /// <summary>How many answers it takes to promise so much when so many of them are wrong.</summary>
    public static int FewestFor(double promise, int wrong, double certainty)
    {
        var count = wrong + 1;
        while (!ExactBound.Keeps(promise, count - wrong, count, certainty))
            count++;
        return count;
    }

    /// <summary>Precision against coverage, for a picture: at most <paramref name="most"/> points.</summary>
    public static IReadOnlyList<AnswerPoint> Curve(
        IReadOnlyCollection<JudgedAnswer> judged,
        double certainty,
        int most = 24
    )
    {
        var (points, step) = (new List<AnswerPoint>(), Math.Max(1, judged.Count / (double)most));
        var next = step;
        foreach (var point in Points(judged, certainty, n => n >= next))
        {
            points.Add(point);
            next = point.Answers + step;
        }
        return points;
    }

    private static IEnumerable<AnswerPoint> Looks(IReadOnlyCollection<JudgedAnswer> judged, int first, double certainty)
    {
        var next = Math.Min(first, judged.Count);
        foreach (var point in Points(judged, certainty, n => n >= next))
        {
            yield return point;
            next = Math.Min(judged.Count, (int)Math.Ceiling(point.Answers * Growth));
        }
    }

    // answers of the same confidence are never parted
    private static IEnumerable<AnswerPoint> Points(
        IReadOnlyCollection<JudgedAnswer> judged,
        double certainty,
        Func<int, bool> isWanted
    )
    {
        var (count, right) = (0, 0);
        var ordered = judged.OrderByDescending(j => j.Confidence).ToList();
        for (var i = 0; i < ordered.Count; i++)
        {
            (count, right) = (count + 1, right + (ordered[i].Right ? 1 : 0));
            var isLast = i + 1 == ordered.Count;
            if (!isLast && ordered[i + 1].Confidence >= ordered[i].Confidence)
                continue;
            if (isLast || isWanted(count))
                yield return new(
                    ordered[i].Confidence,
                    count,
                    right,
                    (double)count / ordered.Count,
                    ExactBound.Lower(right, count, certainty)
                );
        }
    }
}
