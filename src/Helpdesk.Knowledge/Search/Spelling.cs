using System.Runtime.InteropServices;
using System.Text;
using Helpdesk.Knowledge.Analysis;

namespace Helpdesk.Knowledge.Search;

/// <summary>Finds the known words that an unknown word was probably meant to be. Looks only at words that share its beginning or its end.</summary>
internal static class Spelling
{
    /// <summary>Shorter words have too many neighbours to correct.</summary>
    public const int MinWordLength = 3;

    /// <summary>From this length two edits are forgiven, where the first letter is right.</summary>
    private const int TwoEditsFrom = 8;

    /// <summary>Neighbours in one order of the vocabulary that are looked at, and of these compared.</summary>
    private const int MaxScanned = 20_000;
    private const int MaxCompared = 3_000;

    /// <summary>What an edit costs, and one of the first letter besides, against the logarithm of a word's uses.</summary>
    private const double EditCost = 4;
    private const double FirstLetterCost = 1;

    /// <summary>One of so many words of a running text is a given stop word.</summary>
    private const double StopWordEvery = 500;

    /// <summary>A known word near an unknown one.</summary>
    /// <param name="Edits">1 or 2.</param>
    /// <param name="Likelihood">Comparable among the candidates of one word.</param>
    [StructLayout(LayoutKind.Auto)]
    internal readonly record struct Candidate(SegmentView View, int Word, int Edits, double Likelihood);

    /// <summary>What an unknown word may be: known words, the likeliest first, and a stop word where that is likelier.</summary>
    internal sealed record Reading(List<Candidate> Words, string? StopWord);

    /// <summary>At most <paramref name="count"/> words that the reader may know of.</summary>
    public static Reading Near(IReadOnlyList<SegmentView> views, int languages, string word, Sight sight, int count)
    {
        if (word.Length < MinWordLength)
            return new([], null);
        var found = Within(1, views, languages, word);
        var (stop, stopLikelihood) = NearStopWord(views, languages, word);
        if (found.Count == 0 && stop is null && word.Length >= TwoEditsFrom)
            found = Within(2, views, languages, word);
        List<Candidate> words =
        [
            .. found
                .OrderByDescending(candidate => candidate.Likelihood)
                .ThenBy(candidate => candidate.View.Segment.Words.Text(candidate.Word), StringComparer.Ordinal)
                .Where(candidate => candidate.View.IsWordVisible(candidate.Word, sight))
                .Take(count),
        ];
        return new(words, words.Count > 0 && words[0].Likelihood >= stopLikelihood ? null : stop);
    }

    /// <summary>The known words that begin so, most used first.</summary>
    public static List<(SegmentView View, int Word)> Beginning(
        IReadOnlyList<SegmentView> views,
        int languages,
        ReadOnlySpan<char> beginning,
        Sight sight,
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
                .Where(word => word.View.IsWordVisible(word.Word, sight))
                .Take(count)
                .Select(word => (word.View, word.Word)),
        ];
    }

    private static List<Candidate> Within(int edits, IReadOnlyList<SegmentView> views, int languages, string word)
    {
        var found = new List<Candidate>();
        // one letter more, less or another leaves this much of the beginning or this much of the end as it was; swaps are looked up
        var kept = edits == 1 ? Math.Max(1, word.Length / 2) : Math.Max(2, word.Length / 3);
        Span<byte> key = stackalloc byte[WordKey.MaxBytes];
        foreach (var view in views)
        {
            for (var language = 0; language < 8; language++)
            {
                if ((languages >> language & 1) == 0)
                    continue;
                var length = WordKey.Write((Language)language, word.AsSpan(0, kept), key);
                SameBeginning(view, key[..length], word, edits, found);
                if (edits > 1)
                    continue;
                length = WordKey.Write((Language)language, word.AsSpan(word.Length - kept), key);
                SameEnd(view, key[..length], word, edits, found);
                Swapped(view, (Language)language, word, found);
            }
        }
        return [.. found.DistinctBy(candidate => (candidate.View, candidate.Word))];
    }

    private static void Swapped(SegmentView view, Language language, string word, List<Candidate> found)
    {
        Span<byte> key = stackalloc byte[WordKey.MaxBytes];
        Span<char> letters = stackalloc char[word.Length];
        var compared = 0;
        for (var at = 0; at + 1 < word.Length; at++)
        {
            word.CopyTo(letters);
            (letters[at], letters[at + 1]) = (letters[at + 1], letters[at]);
            if (view.Segment.Words.Find(key[..WordKey.Write(language, letters, key)]) is >= 0 and var known)
                Compare(view, known, word, 1, found, ref compared);
        }
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
        // words of three letters have neighbours everywhere: only a letter left out, or two swapped, is believed
        if (word.Length == MinWordLength && length <= word.Length && !IsSwap(word, letters[..length]))
            return;
        if (Math.Abs(length - word.Length) > edits || view.Segment.WordUses[candidate] == 0)
            return;
        compared++;
        var distance = EditDistance.Between(word, letters[..length], edits);
        if (distance > edits)
            return;
        var likelihood =
            Math.Log(view.Segment.WordUses[candidate] + 1)
            - (EditCost * distance)
            - (letters[0] == word[0] ? 0 : FirstLetterCost);
        found.Add(new(view, candidate, distance, likelihood));
    }

    private static bool IsSwap(ReadOnlySpan<char> word, ReadOnlySpan<char> other)
    {
        var at = word.CommonPrefixLength(other);
        return word.Length == other.Length
            && at + 1 < word.Length
            && word[at] == other[at + 1]
            && word[at + 1] == other[at]
            && word[(at + 2)..].SequenceEqual(other[(at + 2)..]);
    }

    // a stop word is not in every field, so that its uses say nothing: how often it is written is known
    private static (string? Word, double Likelihood) NearStopWord(
        IReadOnlyList<SegmentView> views,
        int languages,
        string word
    )
    {
        string? best = null;
        var bestLikelihood = double.NegativeInfinity;
        if (word.Length > 9)
            return (best, bestLikelihood);
        var totals = views.Aggregate(default(FieldTotals), (sum, view) => sum + view.Segment.Totals);
        var uses = (totals.TitleWords + totals.BodyWords + (8 * totals.Questions)) / StopWordEvery;
        for (var language = 1; language < 8; language++)
        {
            if ((languages >> language & 1) == 0 || StopWords.Of((Language)language) is not { } words)
                continue;
            foreach (var stop in words)
            {
                if (
                    stop.Length < 3
                    || Math.Abs(stop.Length - word.Length) > 1
                    || EditDistance.Between(word, stop, 1) > 1
                )
                    continue;
                var likelihood = Math.Log(uses + 1) - EditCost - (stop[0] == word[0] ? 0 : FirstLetterCost);
                if (
                    likelihood > bestLikelihood
                    || (likelihood == bestLikelihood && string.CompareOrdinal(stop, best) < 0)
                )
                    (best, bestLikelihood) = (stop, likelihood);
            }
        }
        return (best, bestLikelihood);
    }
}
