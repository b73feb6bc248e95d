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
/// and keeps the best documents that the reader may see.
/// </summary>
/// <param name="scores">Zeros, <see cref="PostingBlock.Size"/> long, twice; zeros again afterwards.</param>
internal sealed class CandidateFinder(
    QueryPlan plan,
    ulong audience,
    long? without,
    int count,
    CandidateFinder.Buffers scores
)
{
    /// <summary>Below this share of postings to documents only the touched documents are looked at.</summary>
    private const int SparseShare = 8;

    private readonly PriorityQueue<Found, Found> _best = new(count + 1, WorstFirst.Instance);
    private readonly float[] _table = new float[256];
    private readonly List<(int Start, int End)> _touched = [];
    private float _threshold;

    /// <summary>Two zeroed score arrays, lent and given back.</summary>
    internal sealed class Buffers
    {
        public float[] Sums { get; } = new float[1 << 16];
        public float[] Best { get; } = new float[1 << 16];
    }

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
            foreach (var block in views[i].Segment.Blocks)
                Score(views[i], i, block, slots);
        }
        var found = new List<Found>(_best.Count);
        while (_best.TryDequeue(out var next, out _))
            found.Add(next);
        found.Reverse();
        return found;
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
            var first = _touched.Count;
            foreach (var (stem, weight) in slot)
            {
                var (start, end) = block.Find(stem);
                if (start == end)
                    continue;
                postings += end - start;
                _touched.Add((start, end));
                if (slot.Length == 1)
                    Add(block, start, end, weight);
                else
                    Raise(block, start, end, weight);
            }
            if (slot.Length > 1)
                AddRaised(block, first);
        }
        if (postings == 0)
            return;
        var documents = Math.Min(PostingBlock.Size, view.Segment.Count - block.FirstDocument);
        if (postings < documents / SparseShare)
            CollectTouched(view, viewNumber, block);
        else
            CollectAll(view, viewNumber, block, documents);
    }

    private void Add(PostingBlock block, int start, int end, float weight)
    {
        // documents are two bytes and the array has 65,536 places: no index can be outside
        ref var sums = ref MemoryMarshal.GetArrayDataReference(scores.Sums);
        var documents = block.Documents.AsSpan(start, end - start);
        var impacts = block.Impacts.AsSpan(start, end - start);
        if (documents.Length < 512)
        {
            ref var decoded = ref MemoryMarshal.GetReference(Impact.Decoded);
            for (var i = 0; i < documents.Length; i++)
                Unsafe.Add(ref sums, documents[i]) += weight * Unsafe.Add(ref decoded, impacts[i]);
            return;
        }
        for (var i = 0; i < _table.Length; i++)
            _table[i] = weight * Impact.Decoded[i];
        ref var table = ref MemoryMarshal.GetArrayDataReference(_table);
        for (var i = 0; i < documents.Length; i++)
            Unsafe.Add(ref sums, documents[i]) += Unsafe.Add(ref table, impacts[i]);
    }

    private void Raise(PostingBlock block, int start, int end, float weight)
    {
        for (var i = start; i < end; i++)
        {
            ref var best = ref scores.Best[block.Documents[i]];
            best = Math.Max(best, weight * Impact.Decoded[block.Impacts[i]]);
        }
    }

    private void AddRaised(PostingBlock block, int firstTouched)
    {
        foreach (var (start, end) in CollectionsMarshal.AsSpan(_touched)[firstTouched..])
        {
            for (var i = start; i < end; i++)
            {
                ref var best = ref scores.Best[block.Documents[i]];
                scores.Sums[block.Documents[i]] += best;
                best = 0;
            }
        }
    }

    private void CollectTouched(SegmentView view, int viewNumber, PostingBlock block)
    {
        foreach (var (start, end) in _touched)
        {
            for (var i = start; i < end; i++)
            {
                ref var sum = ref scores.Sums[block.Documents[i]];
                if (sum > _threshold)
                    Offer(view, viewNumber, block.FirstDocument + block.Documents[i], sum);
                sum = 0;
            }
        }
    }

    private void CollectAll(SegmentView view, int viewNumber, PostingBlock block, int documents)
    {
        var sums = scores.Sums.AsSpan(0, documents);
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
        if (!view.IsVisible(document, audience) || view.Segment.Ids[document] == without)
            return;
        var found = new Found(score, viewNumber, document);
        if (_best.Count < count)
        {
            _best.Enqueue(found, found);
            if (_best.Count < count)
                return;
        }
        else
        {
            _best.EnqueueDequeue(found, found);
        }
        // documents come in rising order, so that among equals the first stays
        _threshold = _best.Peek().Score;
    }

    private sealed class WorstFirst : IComparer<Found>
    {
        public static WorstFirst Instance { get; } = new();

        public int Compare(Found x, Found y)
        {
            var byScore = x.Score.CompareTo(y.Score);
            if (byScore != 0)
                return byScore;
            var byView = y.View.CompareTo(x.View);
            return byView != 0 ? byView : y.Document.CompareTo(x.Document);
        }
    }
}
