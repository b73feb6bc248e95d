using System.Numerics;
using System.Runtime.InteropServices;

namespace Helpdesk.Knowledge.Search;

/// <summary>
/// An immutable part of the index, complete in itself: its words and stems, its postings in blocks of documents, and for each document
/// what <see cref="ForwardReader"/> reads, from which the postings can be built again.
/// </summary>
internal sealed class Segment
{
    public required TextTable Words { get; init; }

    /// <summary>For each word its stem.</summary>
    public required int[] WordStems { get; init; }

    /// <summary>For each word how many documents and answered questions use it.</summary>
    public required int[] WordUses { get; init; }
    public required TextTable Stems { get; init; }

    /// <summary>For each stem the documents that hold it.</summary>
    public required int[] StemDocuments { get; init; }

    /// <summary>For each stem how much its being in a question tells about which document answers: see <see cref="TellingWords"/>.</summary>
    public required float[] Telling { get; init; }
    public required PackedNumbers Ids { get; init; }
    public required Audiences Audiences { get; init; }
    public required byte[] Forward { get; init; }

    /// <summary>Where each document's record starts; one more than documents.</summary>
    public required int[] ForwardStarts { get; init; }
    public required PostingBlock[] Blocks { get; init; }
    public required FieldTotals Totals { get; init; }

    /// <summary>The averages that the impacts were computed with.</summary>
    public required FieldAverages Averages { get; init; }

    /// <summary>Languages of its documents, one bit each.</summary>
    public required int Languages { get; init; }

    /// <summary>Plain words, in the order of their bytes.</summary>
    public required int[] WordsInOrder { get; init; }

    /// <summary>Plain words, in the order of their bytes read backwards.</summary>
    public required int[] WordsInBackwardOrder { get; init; }

    /// <summary>Documents in the order of their ids; null where they are in it already.</summary>
    public required int[]? DocumentsById { get; init; }

    public int Count => Ids.Count;

    public long Bytes =>
        Words.Bytes
        + Stems.Bytes
        + 4L
            * (
                WordStems.Length
                + WordUses.Length
                + StemDocuments.Length
                + Telling.Length
                + ForwardStarts.Length
                + WordsInOrder.Length
                + WordsInBackwardOrder.Length
                + (DocumentsById?.Length ?? 0)
            )
        + Ids.Bytes.Length
        + Audiences.Of.Bytes.Length
        + Forward.Length
        + Blocks.Sum(block => block.Length);

    public ForwardReader Read(int document) =>
        new(Forward.AsSpan(ForwardStarts[document], ForwardStarts[document + 1] - ForwardStarts[document]));

    /// <summary>The document of an id, or -1.</summary>
    public int Find(long id)
    {
        int low = 0,
            high = Count - 1;
        while (low <= high)
        {
            var middle = (low + high) >> 1;
            var document = DocumentsById is null ? middle : DocumentsById[middle];
            var found = Ids[document];
            if (found == id)
                return document;
            if (found < id)
                low = middle + 1;
            else
                high = middle - 1;
        }
        return -1;
    }
}

/// <summary>Sums over the documents of a segment, from which averages are made.</summary>
/// <param name="Documents">All documents.</param>
/// <param name="TitleWords">Words of all titles.</param>
/// <param name="BodyWords">Words of all bodies.</param>
/// <param name="Questions">Answered questions of all.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct FieldTotals(int Documents, long TitleWords, long BodyWords, long Questions)
{
    public static FieldTotals operator +(FieldTotals a, FieldTotals b) =>
        new(
            a.Documents + b.Documents,
            a.TitleWords + b.TitleWords,
            a.BodyWords + b.BodyWords,
            a.Questions + b.Questions
        );

    public FieldAverages Averages =>
        new(
            Math.Max(1, (double)TitleWords / Math.Max(1, Documents)),
            Math.Max(1, (double)BodyWords / Math.Max(1, Documents))
        );
}

/// <summary>Average words of a title and of a body; at least 1.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct FieldAverages(double TitleWords, double BodyWords);

/// <summary>A segment and which of its documents have been replaced or removed since.</summary>
internal sealed record SegmentView(Segment Segment, ulong[]? Removed, int Live)
{
    private const int MaxWordReadings = 256;

    public static SegmentView Whole(Segment segment) => new(segment, null, segment.Count);

    public bool IsLive(int document) => Removed is null || (Removed[document >> 6] >> (document & 63) & 1) == 0;

    /// <param name="seen">The reader's sight of this segment.</param>
    public bool IsVisible(int document, bool[] seen) => seen[(int)Segment.Audiences.Of[document]] && IsLive(document);

    /// <summary>The view without these ids; the same one when none of them is live here.</summary>
    public SegmentView Without(IEnumerable<long> ids)
    {
        ulong[]? removed = null;
        foreach (var id in ids)
        {
            if (Segment.Find(id) is not (>= 0 and var document) || !IsLive(document))
                continue;
            removed ??= Removed?.ToArray() ?? new ulong[(Segment.Count + 63) / 64];
            removed[document >> 6] |= 1UL << (document & 63);
        }
        return removed is null ? this : new(Segment, removed, Segment.Count - removed.Sum(BitOperations.PopCount));
    }

    /// <summary>Whether some document that this reader may see has the stem. Looks at a bounded number of postings.</summary>
    public bool IsStemVisible(int stem, bool[] seen)
    {
        var looked = 0;
        foreach (var block in Segment.Blocks)
        {
            if (block.Find(stem) is not (>= 0 and var place))
                continue;
            foreach (var document in block.At(place))
            {
                if (IsVisible(block.FirstDocument + document, seen))
                    return true;
                if (++looked == 4096)
                    return false;
            }
        }
        return false;
    }

    /// <summary>Whether some document that this reader may see has the very word, not another form of it. Reads a bounded number of documents.</summary>
    public bool IsWordVisible(int word, Sight sight)
    {
        var (seen, stem) = (sight.Of(Segment), Segment.WordStems[word]);
        if (!sight.Hides(Segment))
            return IsStemVisible(stem, seen);
        var looked = 0;
        foreach (var block in Segment.Blocks)
        {
            if (block.Find(stem) is not (>= 0 and var place))
                continue;
            foreach (var number in block.At(place))
            {
                var document = block.FirstDocument + number;
                if (!IsVisible(document, seen))
                    continue;
                if (looked++ == MaxWordReadings)
                    return false;
                if (Segment.Read(document).Has(word))
                    return true;
            }
        }
        return false;
    }
}
