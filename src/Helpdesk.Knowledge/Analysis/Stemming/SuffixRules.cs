namespace Helpdesk.Knowledge.Analysis.Stemming;

/// <summary>What the light stemmers share: a list of endings of which the longest fitting one goes.</summary>
internal static class SuffixRules
{
    /// <summary>The endings of a blank-separated list, without repeats, longest first.</summary>
    public static string[] LongestFirst(string list) =>
        [
            .. list.Split(' ', StringSplitOptions.RemoveEmptyEntries)
                .Distinct(StringComparer.Ordinal)
                .OrderByDescending(ending => ending.Length)
                .ThenBy(ending => ending, StringComparer.Ordinal),
        ];

    /// <summary>The length that remains when the longest ending that leaves <paramref name="minStem"/> letters is cut.</summary>
    public static int CutOne(ReadOnlySpan<char> word, int length, string[] endings, int minStem)
    {
        var text = word[..length];
        foreach (var ending in endings)
        {
            if (length - ending.Length >= minStem && text.EndsWith(ending))
                return length - ending.Length;
        }
        return length;
    }
}
