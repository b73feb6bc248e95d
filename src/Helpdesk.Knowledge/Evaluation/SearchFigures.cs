namespace Helpdesk.Knowledge.Evaluation;

/// <summary>How well a ranking answers: means over the queries.</summary>
/// <param name="Success1">Share of queries whose first document answers.</param>
/// <param name="Success3">Share with an answering document among the first three.</param>
/// <param name="Ndcg10">Normalised discounted cumulative gain of the first ten, gain 2^grade − 1.</param>
/// <param name="Mrr10">Mean of 1 / rank of the first answering document among ten, else 0.</param>
/// <param name="Recall10">Share of the answering documents among the first ten.</param>
public sealed record SearchFigures(double Success1, double Success3, double Ndcg10, double Mrr10, double Recall10)
{
    /// <summary>The figures of ranked lists (best first) against the graded documents of their queries.</summary>
    public static SearchFigures Of(
        IReadOnlyCollection<(IReadOnlyList<long> Ranked, IReadOnlyDictionary<long, int> Relevant)> queries
    )
    {
        var each = queries.Select(query => One(query.Ranked, query.Relevant)).ToList();
        return each.Count == 0
            ? new(0, 0, 0, 0, 0)
            : new(
                each.Average(figures => figures.Success1),
                each.Average(figures => figures.Success3),
                each.Average(figures => figures.Ndcg10),
                each.Average(figures => figures.Mrr10),
                each.Average(figures => figures.Recall10)
            );
    }

    /// <summary>
    /// The probability that an answerable query scores higher than an unanswerable one (area under the ROC curve); null without both.
    /// </summary>
    public static double? Separation(IEnumerable<double> answerable, IEnumerable<double> unanswerable)
    {
        var scores = answerable
            .Select(score => (score, good: true))
            .Concat(unanswerable.Select(score => (score, good: false)));
        double below = 0,
            wins = 0;
        var (good, bad) = (0, 0);
        foreach (var group in scores.GroupBy(pair => pair.score).OrderBy(group => group.Key))
        {
            var (goodHere, badHere) = (group.Count(pair => pair.good), group.Count(pair => !pair.good));
            wins += goodHere * (below + (badHere / 2.0));
            below += badHere;
            good += goodHere;
            bad += badHere;
        }
        return good == 0 || bad == 0 ? null : wins / ((double)good * bad);
    }

    private static SearchFigures One(IReadOnlyList<long> ranked, IReadOnlyDictionary<long, int> relevant)
    {
        double gain = 0;
        var (first, found) = (0, 0);
        for (var i = 0; i < Math.Min(10, ranked.Count); i++)
        {
            if (!relevant.TryGetValue(ranked[i], out var grade))
                continue;
            gain += Gain(grade, i);
            found++;
            first = first == 0 ? i + 1 : first;
        }
        var ideal = relevant.Values.OrderDescending().Take(10).Select(Gain).Sum();
        return new(
            first == 1 ? 1 : 0,
            first is >= 1 and <= 3 ? 1 : 0,
            ideal > 0 ? gain / ideal : 0,
            first == 0 ? 0 : 1.0 / first,
            relevant.Count == 0 ? 0 : (double)found / relevant.Count
        );
    }

    private static double Gain(int grade, int position) => (Math.Pow(2, grade) - 1) / Math.Log2(position + 2);
}
