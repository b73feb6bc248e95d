namespace Helpdesk.Knowledge.Search;

/// <summary>The two orders of a vocabulary in which words of a common beginning, or of a common end, stand together.</summary>
internal static class WordOrder
{
    /// <summary>The plain words by their keys forward, and by language and their forms backward.</summary>
    public static (int[] Forward, int[] Backward) Of(TextTable words, List<bool> isPlain)
    {
        int[] forward = [.. Enumerable.Range(0, words.Count).Where(word => isPlain[word])];
        int[] backward = [.. forward];
        forward.AsSpan().Sort((a, b) => words[a].SequenceCompareTo(words[b]));
        backward.AsSpan().Sort((a, b) => CompareBackward(words[a], words[b]));
        return (forward, backward);
    }

    /// <summary>Language first, then the forms from their last byte.</summary>
    public static int CompareBackward(ReadOnlySpan<byte> a, ReadOnlySpan<byte> b)
    {
        if (a[0] != b[0])
            return a[0] - b[0];
        for (var i = 1; i < Math.Min(a.Length, b.Length); i++)
        {
            if (a[^i] != b[^i])
                return a[^i] - b[^i];
        }
        return a.Length - b.Length;
    }
}
