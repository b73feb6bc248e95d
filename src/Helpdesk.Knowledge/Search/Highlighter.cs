using Helpdesk.Knowledge.Analysis;

namespace Helpdesk.Knowledge.Search;

/// <summary>A piece of a shown text. Plain text: whoever shows it encodes it, and marks the hits.</summary>
/// <param name="IsHit">It is a word of the query, or a form of one.</param>
public sealed record TextPart(string Text, bool IsHit);

/// <summary>Finds the words of a query in a text again, by their stems, and the passage that shows most of them.</summary>
public static class Highlighter
{
    private const int MaxText = 40_000;

    /// <summary>The whole text in parts.</summary>
    /// <param name="stems">Stems with their weight.</param>
    public static IReadOnlyList<TextPart> Mark(
        string text,
        Language language,
        IReadOnlyDictionary<string, double> stems
    ) => Parts(text, 0, text.Length, Hits(text, language, stems));

    /// <summary>The passage of about <paramref name="length"/> characters with the most telling words; from the beginning where there is none.</summary>
    public static IReadOnlyList<TextPart> Snippet(
        string text,
        Language language,
        IReadOnlyDictionary<string, double> stems,
        int length
    )
    {
        text = text.Length > MaxText ? text[..MaxText] : text;
        var hits = Hits(text, language, stems);
        var start = StartOfBest(text, hits, length);
        var end = Math.Min(text.Length, start + length);
        while (
            end < text.Length && end > start && char.IsLetterOrDigit(text[end]) && char.IsLetterOrDigit(text[end - 1])
        )
            end--;
        if (end == start)
            end = Math.Min(text.Length, start + length);
        var parts = Parts(text, start, end, hits);
        if (start > 0)
            parts.Insert(0, new("… ", IsHit: false));
        if (end < text.Length)
            parts.Add(new(" …", IsHit: false));
        return parts;
    }

    private static List<Hit> Hits(string text, Language language, IReadOnlyDictionary<string, double> stems)
    {
        var hits = new List<Hit>();
        // without stop words: "how" and "was" stand in every line, and marked they hide the words that matter
        foreach (var word in StemmedWords.Of(text, language))
            if (stems.TryGetValue(word.Stem, out var weight))
                hits.Add(new(word.Start, word.Length, word.Stem, weight));
        return hits;
    }

    // the window in which distinct hits weigh most; the earliest of equals, starting at a word's beginning a little before the first hit
    private static int StartOfBest(string text, List<Hit> hits, int length)
    {
        var (best, bestWeight) = (0, 0.0);
        for (var i = 0; i < hits.Count && i < 2_000; i++)
        {
            var seen = new HashSet<string>(StringComparer.Ordinal);
            double weight = 0;
            for (var j = i; j < hits.Count && hits[j].Start + hits[j].Length - hits[i].Start < length * 3 / 4; j++)
                weight += seen.Add(hits[j].Stem) ? hits[j].Weight : 0;
            if (weight > bestWeight + 1e-9)
                (best, bestWeight) = (hits[i].Start, weight);
        }
        if (best < length / 2)
            return 0;
        var start = Math.Max(0, best - (length / 4));
        while (start < best && !char.IsWhiteSpace(text[start]))
            start++;
        while (start < best && char.IsWhiteSpace(text[start]))
            start++;
        return start;
    }

    private static List<TextPart> Parts(string text, int start, int end, List<Hit> hits)
    {
        var parts = new List<TextPart>();
        var at = start;
        foreach (var hit in hits)
        {
            if (hit.Start < at || hit.Start + hit.Length > end)
                continue;
            if (hit.Start > at)
                parts.Add(new(text[at..hit.Start], IsHit: false));
            parts.Add(new(text.Substring(hit.Start, hit.Length), IsHit: true));
            at = hit.Start + hit.Length;
        }
        if (at < end)
            parts.Add(new(text[at..end], IsHit: false));
        return parts;
    }

    private sealed record Hit(int Start, int Length, string Stem, double Weight);
}
