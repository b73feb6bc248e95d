using System.Numerics;
using System.Runtime.InteropServices;
using System.Text;

namespace Helpdesk.Knowledge.Search;

/// <summary>A document that may be among the best.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct Found(float Score, int View, int Document);

/// <summary>
/// Adds up the words' impacts, one word after another over compact arrays, block by block so that the scores stay in the processor's cache,
/// and keeps the best documents that the reader may see.
/// </summary>
/// <param name="scores">Zeros, <see cref="Places"/> long; zeros again afterwards.</param>
internal sealed class CandidateFinder(QueryPlan plan, Sight sight, long? without, int count, float[] scores)
{
    /// <summary>A place for every number of two bytes.</summary>
    public const int Places = 1 << 16;

    /// <summary>Below this share of postings to documents only the touched documents are looked at.</summary>
    private const int SparseShare = 8;

    private readonly Found[] _best = new Found[2 * count];
    private readonly float[] _sorted = new float[2 * count];
    private int _kept;
    private readonly List<int> _touched = [];
    private float _threshold;
    private bool[] _seen = [];

    /// <summary>The best documents, best first.</summary>
    public List<Found> Find(IReadOnlyList<SegmentView> views)
    {
        for (var i = 0; i < views.Count; i++)
        {
            var slots = plan
                .Slots.Where(slot => slot.Weight > 0)
                .Select(slot => Resolve(views[i].Segment, slot))
                .Where(slot => slot.Length > 0)
                .ToArray();
            if (slots.Length == 0)
                continue;
            _seen = sight.Of(views[i].Segment);
            foreach (var block in views[i].Segment.Blocks)
                Score(views[i], i, block, slots);
        }
        KeepBest();
        // stable: among equals the one found first
        return [.. _best.Take(_kept).OrderByDescending(found => found.Score)];
    }

    private static (int Stem, float Weight)[] Resolve(Segment segment, Slot slot)
    {
        Span<byte> bytes = stackalloc byte[WordKey.MaxBytes];
        var stems = new List<(int, float)>(slot.Stems.Count);
        foreach (var stem in slot.Stems)
        {
            if (segment.Stems.Find(bytes[..Encoding.UTF8.GetBytes(stem.Text, bytes)]) is >= 0 and var id)
                stems.Add((id, (float)(slot.Weight * stem.Share * stem.Rarity)));
        }
        return [.. stems];
    }

    private void Score(SegmentView view, int viewNumber, PostingBlock block, (int Stem, float Weight)[][] slots)
    {
        _touched.Clear();
        var postings = 0;
        foreach (var slot in slots)
        {
            foreach (var (stem, weight) in slot)
            {
                if (block.Find(stem) is not (>= 0 and var place))
                    continue;
                var its = block.At(place);
                postings += its.Count;
                _touched.Add(place);
                // a document with a word and its synonym gets both here; the judge counts the better one
                its.AddTo(scores, weight);
            }
        }
        if (postings == 0)
            return;
        var documents = Math.Min(PostingBlock.Size, view.Segment.Count - block.FirstDocument);
        if (postings < documents / SparseShare)
            CollectTouched(view, viewNumber, block);
        else
            CollectAll(view, viewNumber, block, documents);
    }

    private void CollectTouched(SegmentView view, int viewNumber, PostingBlock block)
    {
        foreach (var place in _touched)
        {
            foreach (var document in block.At(place))
            {
                ref var sum = ref scores[document];
                if (sum > _threshold)
                    Offer(view, viewNumber, block.FirstDocument + document, sum);
                sum = 0;
            }
        }
    }

    private void CollectAll(SegmentView view, int viewNumber, PostingBlock block, int documents)
    {
        var sums = scores.AsSpan(0, documents);
        var width = Vector<float>.Count;
        var at = 0;
        for (; at <= documents - width; at += width)
        {
            if (!Vector.GreaterThanAny(new Vector<float>(sums[at..]), new Vector<float>(_threshold)))
                continue;
            for (var i = at; i < at + width; i++)
            {
                if (sums[i] > _threshold)
                    Offer(view, viewNumber, block.FirstDocument + i, sums[i]);
            }
        }
        for (; at < documents; at++)
        {
            if (sums[at] > _threshold)
                Offer(view, viewNumber, block.FirstDocument + at, sums[at]);
        }
        sums.Clear();
    }

    private void Offer(SegmentView view, int viewNumber, int document, float score)
    {
        if (!view.IsVisible(document, _seen) || view.Segment.Ids[document] == without)
            return;
        if (_kept == _best.Length)
        {
            KeepBest();
            if (score <= _threshold)
                return;
        }
        _best[_kept++] = new Found(score, viewNumber, document);
    }

    // the best of what was offered, in the order of offering; the worst of them is what the next ones must beat
    private void KeepBest()
    {
        if (_kept <= count)
            return;
        for (var i = 0; i < _kept; i++)
            _sorted[i] = _best[i].Score;
        var sorted = _sorted.AsSpan(0, _kept);
        sorted.Sort();
        var worst = sorted[_kept - count];
        var equals = 0;
        for (var i = _kept - count; i < _kept && sorted[i] == worst; i++)
            equals++;
        var kept = 0;
        for (var i = 0; i < _kept; i++)
        {
            if (_best[i].Score < worst || (_best[i].Score == worst && equals-- <= 0))
                continue;
            _best[kept++] = _best[i];
        }
        (_kept, _threshold) = (kept, worst);
    }
}
