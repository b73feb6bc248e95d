using Helpdesk.Routing.Classification;

namespace Helpdesk.Routing.Spam;

/// <summary>The n-grams of a text as bucket numbers, each once, with weights of length 1.</summary>
internal readonly record struct SpamVector(int[] Ids, float[] Weights);

/// <summary>
/// Two views of a text, hashed: runs of two to five characters exactly as written (what is sold writes in capitals, with signs and in odd spellings), and words,
/// pairs and runs inside words as <see cref="TextFeatures"/> reads them. Every digit counts as 0.
/// </summary>
internal static class SpamFeatures
{
    public const int Buckets = 1 << 19;

    /// <summary>What a mail wants is said at its beginning.</summary>
    public const int MostCharacters = 4_000;

    private const int ShortestRun = 2;
    private const int LongestRun = 5;

    /// <param name="start">Where the n-gram stands in the text.</param>
    public delegate void See(int bucket, bool wholeWords, int start, int length);

    public static void VisitCharacters(string text, See see)
    {
        var end = Math.Min(text.Length, MostCharacters);
        for (var start = 0; start + ShortestRun <= end; start++)
        {
            var hash = 0x811C9DC5u;
            for (var length = 1; length <= LongestRun && start + length <= end; length++)
            {
                var c = text[start + length - 1];
                hash = (hash ^ (char.IsDigit(c) ? '0' : c)) * 16777619u;
                if (length >= ShortestRun)
                    see(Bucket(hash + (uint)length), false, start, length);
            }
        }
    }

    public static void VisitWords(string text, See see)
    {
        var words = TextFeatures.Words(text.AsSpan(0, Math.Min(text.Length, MostCharacters)));
        TextFeatures.Visit(
            words,
            (hash, wholeWords, word) => see(Bucket(hash), wholeWords, words[word].Start, words[word].Length)
        );
    }

    /// <summary>Weight = 1 + ln count, length 1 over whole words and again over runs.</summary>
    public static SpamVector Count(string text, Action<string, See> visit)
    {
        var counts = new Dictionary<(int Bucket, bool WholeWords), int>();
        visit(
            text,
            (bucket, wholeWords, _, _) =>
            {
                counts.TryGetValue((bucket, wholeWords), out var before);
                counts[(bucket, wholeWords)] = before + 1;
            }
        );
        Span<double> squares = stackalloc double[2];
        foreach (var ((_, wholeWords), count) in counts)
            squares[wholeWords ? 1 : 0] += Math.Pow(1 + Math.Log(count), 2);
        var weights = new Dictionary<int, float>(counts.Count);
        foreach (var ((bucket, wholeWords), count) in counts)
        {
            var weight = (float)((1 + Math.Log(count)) / Math.Sqrt(squares[wholeWords ? 1 : 0]));
            weights[bucket] = weights.GetValueOrDefault(bucket) + weight;
        }
        return new SpamVector([.. weights.Keys], [.. weights.Values]);
    }

    private static int Bucket(uint hash)
    {
        hash ^= hash >> 16;
        hash *= 0x85EBCA6B;
        hash ^= hash >> 13;
        return (int)(hash & (Buckets - 1));
    }
}
