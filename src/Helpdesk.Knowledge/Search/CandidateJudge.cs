using System.Text;

namespace Helpdesk.Knowledge.Search;

/// <summary>
/// Looks closely at each candidate: the exact weights of its words in title and body, the share of its answered questions that use them,
/// and the questions most like the query, one by one. The title counts as one more question.
/// </summary>
internal sealed class CandidateJudge
{
    /// <summary>From this similarity on a question counts as one with these words.</summary>
    private const double Alike = 0.5;

    private readonly QueryPlan _plan;
    private readonly Ranking _ranking;
    private readonly double _queryNorm;
    private readonly double _askedWeight;
    private readonly double _perfect;
    private readonly double _telling;
    private readonly PlannedStem[] _stems;
    private readonly int[] _slotOfStem;
    private readonly (double Text, double Asked, int Stem)[] _slots;
    private readonly SegmentReader?[] _readers;
    private readonly IReadOnlyList<SegmentView> _views;

    public CandidateJudge(QueryPlan plan, Ranking ranking, IReadOnlyList<SegmentView> views)
    {
        (_plan, _ranking, _views) = (plan, ranking, views);
        _readers = new SegmentReader?[views.Count];
        _slots = new (double, double, int)[plan.Slots.Count];
        var stems = plan
            .Slots.SelectMany((slot, number) => slot.Stems.Select(stem => (stem, number)))
            .DistinctBy(pair => pair.stem.Text)
            .ToArray();
        (_stems, _slotOfStem) = ([.. stems.Select(pair => pair.stem)], [.. stems.Select(pair => pair.number)]);
        _perfect =
            ranking.PerfectValue
            * plan.Slots.Sum(slot => slot.Weight * (slot.Stems.Count == 0 ? plan.UnknownRarity : slot.Rarity));
        var totals = views.Aggregate(default(FieldTotals), (sum, view) => sum + view.Segment.Totals);
        _askedWeight = ranking.AskedWeightAt((double)totals.Questions / Math.Max(1, totals.Documents));
        _telling = plan.Slots.Sum(slot => slot.Telling);
        _queryNorm = Math.Sqrt(plan.Slots.Sum(slot => slot.Telling * slot.Telling));
    }

    /// <summary>The best of the candidates, best first; among equals the lower id.</summary>
    public IReadOnlyList<SearchHit> Best(List<Found> candidates, int count)
    {
        var scored = new (double Score, long Id, Found Found)[candidates.Count];
        for (var i = 0; i < scored.Length; i++)
        {
            var reader = Read(candidates[i]);
            scored[i] = (Score(reader), reader.Id, candidates[i]);
        }
        Array.Sort(scored, static (a, b) => a.Score != b.Score ? b.Score.CompareTo(a.Score) : a.Id.CompareTo(b.Id));
        return [.. scored.Take(count).Select(best => Explain(best.Found))];
    }

    private SegmentReader Read(Found found)
    {
        var reader = _readers[found.View] ??= new SegmentReader(
            _views[found.View].Segment,
            _ranking,
            _stems,
            _queryNorm
        );
        reader.Read(found.Document);
        return reader;
    }

    private double Score(SegmentReader reader)
    {
        Array.Clear(_slots);
        for (var i = 0; i < _stems.Length; i++)
        {
            if (!reader.Has(i))
                continue;
            var number = _slotOfStem[i];
            var text =
                _plan.Slots[number].Weight * _stems[i].Share * _stems[i].Rarity * reader.TextValueOf(i) / _perfect;
            var asked = _askedWeight * _stems[i].Share * _stems[i].Telling * reader.AskedShareOf(i) / _telling;
            ref var slot = ref _slots[number];
            if (text + asked > slot.Text + slot.Asked)
                slot = (text, asked, i);
        }
        double words = 0;
        foreach (var (text, asked, _) in _slots)
            words += text + asked;
        return words + (_ranking.NearestWeight * Nearest(reader.Similarities));
    }

    private SearchHit Explain(Found found)
    {
        var reader = Read(found);
        var score = Score(reader);
        var words = _slots.Sum(slot => slot.Text + slot.Asked);
        var matched = _slots
            .Where(slot => slot.Text + slot.Asked > 0)
            .OrderByDescending(slot => slot.Text + slot.Asked)
            .Select(slot => new MatchedWord(
                _stems[slot.Stem].Text,
                reader.FieldsOf(slot.Stem),
                (slot.Text + slot.Asked) / words
            ));
        var fit = score / (1 + _askedWeight + _ranking.NearestWeight);
        return new(reader.Id, score, Math.Clamp(fit, 0, 1), [.. matched], reader.AnsweredQuestionsAlike(Alike));
    }

    // a mean of the most similar ones, in which each counts less than the one before
    private double Nearest(List<double> similarities)
    {
        if (similarities.Count == 0)
            return 0;
        similarities.Sort(static (a, b) => b.CompareTo(a));
        double sum = 0,
            weights = 0,
            weight = 1;
        for (var i = 0; i < _ranking.NearestCount; i++)
        {
            weights += weight;
            if (i < similarities.Count)
                sum += weight * similarities[i];
            weight *= _ranking.NearestDecay;
        }
        return sum / weights;
    }
}
