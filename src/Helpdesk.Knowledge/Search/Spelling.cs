using System.Runtime.InteropServices;
using System.Text;
using Helpdesk.Knowledge.Analysis;

namespace Helpdesk.Knowledge.Search;

/// <summary>Finds the known words that an unknown word was probably meant to be. Looks only at words that share its beginning or its end.</summary>
internal static class Spelling
{
    /// <summary>Shorter words have too many neighbours to correct.</summary>
    public const int MinWordLength = 3;

    /// <summary>From this length two edits are forgiven.</summary>
    private const int TwoEditsFrom = 7;

    /// <summary>From this length the first letter may be the wrong one.</summary>
    private const int FreeFirstLetterFrom = 6;

    /// <summary>Neighbours in one order of the vocabulary that are looked at, and of these compared.</summary>
    private const int MaxScanned = 20_000;
    private const int MaxCompared = 3_000;

    /// <summary>What an edit costs, against the logarithm of a word's uses.</summary>
    private const double EditCost = 4;

    /// <summary>A known word near an unknown one.</summary>
    /// <param name="Edits">1 or 2.</param>
    /// <param name="Likelihood">Comparable among the candidates of one word.</param>
    [StructLayout(LayoutKind.Auto)]
    internal readonly record struct Candidate(SegmentView View, int Word, int Edits, double Likelihood);

    /// <summary>The likeliest words first, at most <paramref name="count"/>; none when nothing is near, or when a stop word is nearer.</summary>
    public static List<Candidate> Near(
        IReadOnlyList<SegmentView> views,
        int languages,
        string word,
        ulong audience,
        int count
    )
    {
        if (word.Length < MinWordLength + 1)
            return [];
        var found = Within(1, views, languages, word);
        if (found.Count == 0 && word.Length >= TwoEditsFrom)
            found = Within(2, views, languages, word);
        if (found.Count == 0)
            return [];
        var stop = NearStopWord(languages, word);
        return
        [
            .. found
                .OrderByDescending(candidate => candidate.Likelihood)
                .ThenBy(candidate => candidate.View.Segment.Words.Text(candidate.Word), StringComparer.Ordinal)
                .Where(candidate => candidate.Edits < stop)
                .Where(candidate =>
                    candidate.View.IsStemVisible(candidate.View.Segment.WordStems[candidate.Word], audience)
                )
                .Take(count),
        ];
    }

    /// <summary>Whether one edit makes a stop word of it ("waht", "teh").</summary>
    public static bool IsNearStopWord(int languages, string word) => NearStopWord(languages, word) <= 1;

    /// <summary>The known words that begin so, most used first.</summary>
    public static List<(SegmentView View, int Word)> Beginning(
        IReadOnlyList<SegmentView> views,
        int languages,
        ReadOnlySpan<char> beginning,
        ulong audience,
        int count
    )
    {
        var found = new List<(SegmentView View, int Word, int Uses)>();
        Span<byte> key = stackalloc byte[WordKey.MaxBytes];
        foreach (var view in views)
        {
            for (var language = 0; language < 8; language++)
            {
                if ((languages >> language & 1) == 0)
                    continue;
                var length = WordKey.Write((Language)language, beginning, key);
                var order = view.Segment.WordsInOrder;
                for (
                    var at = LowerBound(view.Segment, key[..length]);
                    at < order.Length && found.Count < MaxScanned;
                    at++
                )
                {
                    if (!view.Segment.Words[order[at]].StartsWith(key[..length]))
                        break;
                    found.Add((view, order[at], view.Segment.WordUses[order[at]]));
                }
            }
        }
        return
        [
            .. found
                .OrderByDescending(word => word.Uses)
                .ThenBy(word => word.View.Segment.Words.Text(word.Word), StringComparer.Ordinal)
                .Take(count * 4)
                .Where(word => word.View.IsStemVisible(word.View.Segment.WordStems[word.Word], audience))
                .Take(count)
                .Select(word => (word.View, word.Word)),
        ];
    }

    private static List<Candidate> Within(int edits, IReadOnlyList<SegmentView> views, int languages, string word)
    {
        var found = new List<Candidate>();
        // an edit, also a swap of two letters, leaves either this much of the beginning or this much of the end as it was
        var kept = edits == 1 ? (word.Length - 1) / 2 : Math.Max(2, word.Length / 3);
        Span<byte> key = stackalloc byte[WordKey.MaxBytes];
        foreach (var view in views)
        {
            for (var language = 0; language < 8; language++)
            {
                if ((languages >> language & 1) == 0)
                    continue;
                var length = WordKey.Write((Language)language, word.AsSpan(0, kept), key);
                SameBeginning(view, key[..length], word, edits, found);
                length = WordKey.Write((Language)language, word.AsSpan(word.Length - kept), key);
                SameEnd(view, key[..length], word, edits, found);
            }
        }
        return [.. found.DistinctBy(candidate => (candidate.View, candidate.Word))];
    }

    private static void SameBeginning(
        SegmentView view,
        ReadOnlySpan<byte> key,
        string word,
        int edits,
        List<Candidate> found
    )
    {
        var (segment, compared) = (view.Segment, 0);
        var order = segment.WordsInOrder;
        var start = LowerBound(segment, key);
        for (var at = start; at < order.Length && at - start < MaxScanned && compared < MaxCompared; at++)
        {
            if (!segment.Words[order[at]].StartsWith(key))
                break;
            Compare(view, order[at], word, edits, found, ref compared);
        }
    }

    private static void SameEnd(SegmentView view, ReadOnlySpan<byte> key, string word, int edits, List<Candidate> found)
    {
        var (segment, compared) = (view.Segment, 0);
        var order = segment.WordsInBackwardOrder;
        int low = 0,
            high = order.Length;
        while (low < high)
        {
            var middle = (low + high) >>> 1;
            if (WordOrder.CompareBackward(segment.Words[order[middle]], key) < 0)
                low = middle + 1;
            else
                high = middle;
        }
        for (var at = low; at < order.Length && at - low < MaxScanned && compared < MaxCompared; at++)
        {
            var candidate = segment.Words[order[at]];
            if (candidate[0] != key[0] || !WordKey.Form(candidate).EndsWith(WordKey.Form(key)))
                break;
            Compare(view, order[at], word, edits, found, ref compared);
        }
    }

    private static int LowerBound(Segment segment, ReadOnlySpan<byte> key)
    {
        int low = 0,
            high = segment.WordsInOrder.Length;
        while (low < high)
        {
            var middle = (low + high) >>> 1;
            if (segment.Words[segment.WordsInOrder[middle]].SequenceCompareTo(key) < 0)
                low = middle + 1;
            else
                high = middle;
        }
        return low;
    }

    private static void Compare(
        SegmentView view,
        int candidate,
        string word,
        int edits,
        List<Candidate> found,
        ref int compared
    )
    {
        var form = WordKey.Form(view.Segment.Words[candidate]);
        if (form.Length > (word.Length + edits) * 3 || form.Length < word.Length - edits)
            return;
        Span<char> letters = stackalloc char[WordKey.MaxBytes];
        var length = Encoding.UTF8.GetChars(form, letters);
        if (Math.Abs(length - word.Length) > edits || view.Segment.WordUses[candidate] == 0)
            return;
        // people seldom miss the first letter, and short words have neighbours everywhere
        if (word.Length < FreeFirstLetterFrom && letters[0] != word[0])
            return;
        compared++;
        var distance = EditDistance.Between(word, letters[..length], edits);
        if (distance > edits)
            return;
        var likelihood =
            Math.Log(view.Segment.WordUses[candidate] + 1) - (EditCost * distance) + (letters[0] == word[0] ? 1 : 0);
        found.Add(new(view, candidate, distance, likelihood));
    }

    private static int NearStopWord(int languages, string word)
    {
        if (word.Length < 3 || word.Length > 9)
            return int.MaxValue;
        for (var language = 1; language < 8; language++)
        {
            if ((languages >> language & 1) == 0 || StopWords.Of((Language)language) is not { } words)
                continue;
            foreach (var stop in words)
            {
                if (
                    stop.Length >= 3
                    && Math.Abs(stop.Length - word.Length) <= 1
                    && EditDistance.Between(word, stop, 1) <= 1
                )
                    return 1;
            }
        }
        return int.MaxValue;
    }
}
