using System.Buffers;

namespace Helpdesk.Routing.Classification;

/// <summary>Where a text may change its topic: after sentences, and before words that join ("and", "also", "und", "и").
/// Only candidates; whether the topic really changes is for the classifier to say.</summary>
public static class RequestParts
{
    /// <summary>A longer text is cut into this many stretches at most; further sentences join the last.</summary>
    public const int MostParts = 16;

    private const int FewestWordsAtSentence = 2;
    private const int FewestWordsAtJoint = 3;

    private static readonly SearchValues<char> SentenceEnds = SearchValues.Create(".?!;\n。？！");

    /// <summary>As <see cref="TextFeatures"/> folds them: English, German, Polish, Ukrainian, Russian.</summary>
    private static readonly HashSet<string> Joints = new(
        (
            "and also then plus besides additionally furthermore und auch außerdem "
            + "oraz takze rowniez та також і и также еще кроме"
        ).Split(' '),
        StringComparer.Ordinal
    );

    private static readonly HashSet<string> Openers = new(
        Joints.Concat("another thing oh so well".Split(' ')),
        StringComparer.Ordinal
    );

    /// <param name="Start">First character in the text.</param>
    /// <param name="AtJoint">It begins at a joining word or comma inside a sentence rather than at a new sentence.</param>
    /// <param name="Words">Its words without the joining ones at its beginning; never empty.</param>
    public sealed record Stretch(int Start, int Length, bool AtJoint, List<TextFeatures.Word> Words);

    /// <summary>The whole text, cut at every candidate; nothing when there are no words.</summary>
    public static List<Stretch> Cut(string text)
    {
        var words = RequestWords.Of(text);
        var stretches = new List<Stretch>();
        var (first, before) = (0, 0);
        var (atJoint, beforeAtJoint) = (false, false);
        for (var next = 1; next <= words.Count && words.Count > 0; next++)
        {
            var last = next == words.Count;
            var (cut, joint) = last ? (true, false) : CutBefore(text, words, next);
            if (!cut)
                continue;
            var fewest = joint ? FewestWordsAtJoint : FewestWordsAtSentence;
            // too little for itself ("Why?") belongs to its paragraph, not to the next one
            if (!last && next - first < fewest && stretches.Count > 0 && IsParagraphEnd(text, words, next))
            {
                stretches.RemoveAt(stretches.Count - 1);
                (first, atJoint) = (before, beforeAtJoint);
            }
            if (!last && (next - first < fewest || words.Count - next < fewest || stretches.Count == MostParts - 1))
                continue;
            stretches.Add(Make(text, words, first, next, atJoint));
            (before, beforeAtJoint, first, atJoint) = (first, atJoint, next, joint);
        }
        return stretches;
    }

    /// <summary>Two neighbours as one.</summary>
    public static Stretch Join(Stretch left, Stretch right) =>
        new(left.Start, right.Start + right.Length - left.Start, left.AtJoint, [.. left.Words, .. right.Words]);

    private static bool IsParagraphEnd(string text, List<TextFeatures.Word> words, int next)
    {
        var from = words[next - 1].Start + words[next - 1].Length;
        return text.AsSpan(from, words[next].Start - from).Count('\n') > 1;
    }

    private static (bool Cut, bool AtJoint) CutBefore(string text, List<TextFeatures.Word> words, int next)
    {
        var from = words[next - 1].Start + words[next - 1].Length;
        var between = text.AsSpan(from, words[next].Start - from);
        var end = between.IndexOfAny(SentenceEnds);
        if (end >= 0 && (between.Length > end + 1 || between[end] is '\n' or '。' or '？' or '！'))
            return (true, false);
        if (between.Contains(','))
            return (true, true);
        return (Joints.Contains(words[next].Folded) && !Joints.Contains(words[next - 1].Folded), true);
    }

    private static Stretch Make(string text, List<TextFeatures.Word> words, int first, int next, bool atJoint)
    {
        var start = first == 0 ? 0 : words[first].Start;
        var end = next == words.Count ? text.Length : words[next].Start;
        var opener = first;
        while (first > 0 && next - opener > 2 && Openers.Contains(words[opener].Folded))
            opener++;
        return new Stretch(start, end - start, atJoint, words.GetRange(opener, next - opener));
    }
}
