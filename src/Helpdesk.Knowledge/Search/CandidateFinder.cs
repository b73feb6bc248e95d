using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;

namespace Helpdesk.Knowledge.Search;

/// <summary>A document that may be among the best.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct Found(float Score, int View, int Document);

/// <summary>
/// Adds up the words' impacts, one word after another over compact arrays, block by block so that the scores stay in the processor's cache,
/// and keeps the best documents that the reader may see. Once so many good ones are known that the frequent words alone lift nobody over
/// them, those are only looked up for the documents that have a rarer word (MaxScore: Turtle and Flood, Query evaluation, 1995).
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

    /// <summary>Looking a document up in a word's list costs as much as adding so many postings.</summary>
    private const int LookUpCost = 16;

    /// <summary>Sums are rounded: what is only this share below the mark is not given up.</summary>
    private const float Slack = 1.0001f;

    private readonly List<(int Start, int End)> _touched = [];
    private readonly List<PostingList> _lists = [];
    private ushort[] _candidates = [];
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
            {
                Score(views[i], i, block, slots);
                KeepBest();
            }
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
        _lists.Clear();
        foreach (var slot in slots)
        {
            foreach (var (stem, weight) in slot)
            {
                if (block.PlaceOf(stem) is >= 0 and var at)
                    _lists.Add(
                        new(block.Starts[at], block.Starts[at + 1], weight, weight * Impact.Decoded[block.Highest[at]])
                    );
            }
        }
        if (_lists.Count == 0 || TryRareFirst(view, viewNumber, block))
            return;
        _touched.Clear();
        var postings = 0;
        foreach (var list in _lists)
        {
            postings += list.End - list.Start;
            _touched.Add((list.Start, list.End));
            // a document with a word and its synonym gets both here; the judge counts the better one
            Add(block, list.Start, list.End, list.Weight);
        }
        var documents = Math.Min(PostingBlock.Size, view.Segment.Count - block.FirstDocument);
        if (postings < documents / SparseShare)
            CollectTouched(view, viewNumber, block);
        else
            CollectAll(view, viewNumber, block, documents);
    }

    /// <summary>A word's postings in the block at hand.</summary>
    /// <param name="Most">What it adds to a document at most.</param>
    [StructLayout(LayoutKind.Auto)]
    private readonly record struct PostingList(int Start, int End, float Weight, float Most);

    // false where it is not worth it; then nothing has been done
    private bool TryRareFirst(SegmentView view, int viewNumber, PostingBlock block)
    {
        if (_threshold <= 0)
            return false;
        _lists.Sort(static (a, b) => b.Most.CompareTo(a.Most));
        int first = _lists.Count,
            frequent = 0;
        float rest = 0;
        while (first > 0 && (rest + _lists[first - 1].Most) * Slack <= _threshold)
        {
            first--;
            rest += _lists[first].Most;
            frequent += _lists[first].End - _lists[first].Start;
        }
        if (first == 0)
            return true; // no document of this block can be among the best
        var rare = 0;
        for (var i = 0; i < first; i++)
            rare += _lists[i].End - _lists[i].Start;
        if ((long)rare * LookUpCost > frequent)
            return false;
        if (_candidates.Length < rare)
            _candidates = new ushort[Math.Max(rare, 256)];
        var met = 0;
        for (var i = 0; i < first; i++)
            met = AddRare(block, _lists[i], met);
        for (var i = first; i < _lists.Count; i++)
        {
            LookUp(block, _lists[i], met, rest);
            rest -= _lists[i].Most;
        }
        for (var i = 0; i < met; i++)
        {
            ref var sum = ref scores[_candidates[i]];
            if (sum > _threshold)
                Offer(view, viewNumber, block.FirstDocument + _candidates[i], sum);
            sum = 0;
        }
        return true;
    }

    // impacts and weights are above 0, so that a sum of 0 is a document met for the first time
    private int AddRare(PostingBlock block, PostingList list, int met)
    {
        for (var i = list.Start; i < list.End; i++)
        {
            ref var sum = ref scores[block.Documents[i]];
            if (sum == 0)
                _candidates[met++] = block.Documents[i];
            sum += list.Weight * Impact.Decoded[block.Impacts[i]];
        }
        return met;
    }

    private void LookUp(PostingBlock block, PostingList list, int met, float rest)
    {
        var documents = block.Documents.AsSpan(list.Start, list.End - list.Start);
        for (var i = 0; i < met; i++)
        {
            ref var sum = ref scores[_candidates[i]];
            if ((sum + rest) * Slack <= _threshold)
                continue;
            if (documents.BinarySearch(_candidates[i]) is >= 0 and var at)
                sum += list.Weight * Impact.Decoded[block.Impacts[list.Start + at]];
        }
    }

    private void Add(PostingBlock block, int start, int end, float weight)
    {
        // documents are two bytes and the array has 65,536 places: no index can be outside; a byte's impact is one of 256
        ref var sums = ref MemoryMarshal.GetArrayDataReference(scores);
        ref var decoded = ref MemoryMarshal.GetReference(Impact.Decoded);
        ref var document = ref block.Documents[start];
        ref var impact = ref block.Impacts[start];
        nint length = end - start,
            i = 0;
        // four at a time: a document stands once in a word's list, so that no sum waits for another
        for (; i <= length - 4; i += 4)
        {
            Unsafe.Add(ref sums, Unsafe.Add(ref document, i)) +=
                weight * Unsafe.Add(ref decoded, Unsafe.Add(ref impact, i));
            Unsafe.Add(ref sums, Unsafe.Add(ref document, i + 1)) +=
                weight * Unsafe.Add(ref decoded, Unsafe.Add(ref impact, i + 1));
            Unsafe.Add(ref sums, Unsafe.Add(ref document, i + 2)) +=
                weight * Unsafe.Add(ref decoded, Unsafe.Add(ref impact, i + 2));
            Unsafe.Add(ref sums, Unsafe.Add(ref document, i + 3)) +=
                weight * Unsafe.Add(ref decoded, Unsafe.Add(ref impact, i + 3));
        }
        for (; i < length; i++)
            Unsafe.Add(ref sums, Unsafe.Add(ref document, i)) +=
                weight * Unsafe.Add(ref decoded, Unsafe.Add(ref impact, i));
    }

    private void CollectTouched(SegmentView view, int viewNumber, PostingBlock block)
    {
        foreach (var (start, end) in _touched)
        {
            for (var i = start; i < end; i++)
            {
                ref var sum = ref scores[block.Documents[i]];
                if (sum > _threshold)
                    Offer(view, viewNumber, block.FirstDocument + block.Documents[i], sum);
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
