using System.Buffers;
using System.Globalization;
using System.Text;

namespace Helpdesk.Routing.Classification;

/// <summary>
/// Turns a text into hashed n-grams: words, pairs of neighbouring words, pairs with one word between them, and runs of three to five characters inside
/// each word with its edges marked. Characters of scripts written without spaces also count alone and in pairs.
/// </summary>
/// <remarks>
/// Letters are folded to lower case and stripped of accents, every digit becomes 0 (an order number says that there
/// is a number, not which), an apostrophe inside a word is dropped. Hashes are 32-bit FNV-1a with a final mix; among
/// the 100,000 n-grams of a large desk about one pair collides, which a linear model does not notice.
/// </remarks>
public static class TextFeatures
{
    /// <summary>What lies beyond this many characters says little about the topic and would make one mail slow.</summary>
    public const int MaxCharacters = 20_000;

    private const int MaxTokenLength = 40;
    private const int ShortestRun = 3;
    private const int LongestRun = 5;
    private const uint WordSeed = 0x811C9DC5;
    private const uint PairSeed = 0x9747B28C;
    private const uint GapSeed = 0x01234567;
    private const uint RunSeed = 0x5BD1E995;

    /// <summary>One word of a text: where it stands in the original, and how it is read.</summary>
    public readonly record struct Word(int Start, int Length, string Folded);

    /// <summary>The words of a text in order, with their place in the original.</summary>
    public static List<Word> Words(ReadOnlySpan<char> text)
    {
        var words = new List<Word>(32);
        text = text.Length > MaxCharacters ? text[..MaxCharacters] : text;
        Span<char> folded = stackalloc char[MaxTokenLength];
        var at = 0;
        while (at < text.Length)
        {
            if (!IsWordCharacter(text[at]))
            {
                at++;
                continue;
            }
            var start = at;
            var length = 0;
            for (; at < text.Length; at++)
            {
                var c = text[at];
                if (IsWordCharacter(c))
                {
                    c = Fold(c);
                    if (c != '\0' && length < MaxTokenLength)
                        folded[length++] = c;
                }
                else if (!(IsApostrophe(c) && at + 1 < text.Length && char.IsLetter(text[at + 1])))
                {
                    break;
                }
            }
            if (length > 0)
                words.Add(new Word(start, at - start, new string(folded[..length])));
        }
        return words;
    }

    /// <summary>The n-grams of these words: <paramref name="see"/> gets each hash, whether it is made of whole words,
    /// and the number of the word (for a pair: the second) it belongs to.</summary>
    public static void Visit(IReadOnlyList<Word> words, Action<uint, bool, int> see)
    {
        var sink = new ActionSink(see);
        Visit(words, ref sink);
    }

    internal interface ISink
    {
        void See(uint hash, bool wholeWords, int word);
    }

    internal static void Visit<TSink>(IReadOnlyList<Word> words, ref TSink sink)
        where TSink : ISink, allows ref struct
    {
        var (beforePrevious, previous) = (0u, 0u);
        for (var w = 0; w < words.Count; w++)
        {
            var folded = words[w].Folded;
            var hash = Hash(WordSeed, folded);
            sink.See(Mix(hash), true, w);
            if (w > 0)
                sink.See(Mix(((previous ^ PairSeed) * 16777619u) + hash), true, w);
            if (w > 1)
                sink.See(Mix(((beforePrevious ^ GapSeed) * 16777619u) + hash), true, w);
            (beforePrevious, previous) = (previous, hash);
            VisitRuns(folded, w, ref sink);
        }
    }

    private static void VisitRuns<TSink>(string folded, int word, ref TSink sink)
        where TSink : ISink, allows ref struct
    {
        Span<char> marked = stackalloc char[MaxTokenLength + 2];
        marked[0] = ' ';
        folded.CopyTo(marked[1..]);
        marked[folded.Length + 1] = ' ';
        marked = marked[..(folded.Length + 2)];
        for (var start = 0; start < marked.Length; start++)
        {
            var hash = RunSeed;
            var noSpaces = IsWrittenWithoutSpaces(marked[start]);
            for (var length = 1; length <= LongestRun && start + length <= marked.Length; length++)
            {
                hash = (hash ^ marked[start + length - 1]) * 16777619u;
                if (length >= ShortestRun || noSpaces)
                    sink.See(Mix(hash + (uint)length), false, word);
            }
        }
    }

    private static uint Hash(uint seed, ReadOnlySpan<char> text)
    {
        foreach (var c in text)
            seed = (seed ^ c) * 16777619u;
        return seed;
    }

    private static uint Mix(uint hash)
    {
        hash ^= hash >> 16;
        hash *= 0x85EBCA6B;
        hash ^= hash >> 13;
        hash *= 0xC2B2AE35;
        return hash ^ (hash >> 16);
    }

    private static bool IsWordCharacter(char c) =>
        char.IsAsciiLetterOrDigit(c)
        || (
            c > 127
            && (
                char.IsLetterOrDigit(c)
                || char.IsSurrogate(c)
                || CharUnicodeInfo.GetUnicodeCategory(c)
                    is UnicodeCategory.NonSpacingMark
                        or UnicodeCategory.SpacingCombiningMark
            )
        );

    private static bool IsApostrophe(char c) => c is '\'' or '’' or 'ʼ';

    private static bool IsWrittenWithoutSpaces(char c) =>
        c is (>= '\u0E00' and <= '\u0E7F') or (>= '\u3040' and <= '\u9FFF');

    /// <summary>Lower case, accents off, digits to 0; '\0' for a mark that stands for nothing by itself.</summary>
    private static char Fold(char c)
    {
        if (c < 128)
            return char.IsAsciiDigit(c) ? '0' : char.ToLowerInvariant(c);
        if (char.IsDigit(c))
            return '0';
        if (c is >= 'À' and <= 'ž')
            return FoldLatin(c);
        return char.ToLowerInvariant(c);
    }

    private static readonly SearchValues<char> KeptLatin = SearchValues.Create("æøœßðþđħıłŋŧ");

    private static char FoldLatin(char c)
    {
        c = char.ToLowerInvariant(c);
        if (KeptLatin.Contains(c))
            return c;
        ReadOnlySpan<char> source = [c];
        Span<char> decomposed = stackalloc char[4];
        return source.TryNormalize(decomposed, out var written, NormalizationForm.FormD) && written > 0
            ? decomposed[0]
            : c;
    }

    private readonly struct ActionSink(Action<uint, bool, int> see) : ISink
    {
        public void See(uint hash, bool wholeWords, int word) => see(hash, wholeWords, word);
    }
}
