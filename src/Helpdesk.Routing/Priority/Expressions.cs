using System.Collections.Frozen;
using Helpdesk.Routing.Classification;

namespace Helpdesk.Routing.Priority;

/// <summary>Expressions that are looked for in a text, each with its points.</summary>
/// <remarks>Folded as <see cref="TextFeatures"/> folds words; one of several words stands for those in a row, and hides what each would say alone. A star
/// stands for any ending of a single word. Of two that are the same the first counts; one with no points is not found, and hides what it holds all the same.</remarks>
internal sealed class Expressions(IReadOnlyCollection<(string Expression, int Points)> all)
{
    private readonly FrozenDictionary<string, int> _whole = all.Where(e => !e.Expression.EndsWith('*'))
        .DistinctBy(e => e.Expression, StringComparer.Ordinal)
        .ToFrozenDictionary(e => e.Expression, e => e.Points, StringComparer.Ordinal);

    private readonly (string Beginning, int Points)[] _beginnings =
    [
        .. all.Where(e => e.Expression.EndsWith('*')).Select(e => (e.Expression[..^1], e.Points)),
    ];

    /// <summary>Words of the longest.</summary>
    private readonly int _longest = all.Count == 0 ? 1 : all.Max(e => e.Expression.Count(c => c == ' ') + 1);

    /// <param name="expressions">With commas between.</param>
    public static IEnumerable<(string, int)> Each(int points, string expressions) =>
        expressions.Split(", ").Select(e => (e, points));

    /// <summary>Those found, each once, in the order of the text.</summary>
    public IReadOnlyList<(string Words, int Points)> In(string text)
    {
        var words = TextFeatures.Words(text);
        var found = new List<(string, int)>();
        var seen = new HashSet<string>(StringComparer.Ordinal);
        for (var i = 0; i < words.Count; i++)
        {
            // "not urgent" must not also count as "urgent"
            if (LongestAt(i) is { } several)
            {
                Note(several.Expression, several.Points);
                i += several.Words - 1;
            }
            else if (Points(words[i].Folded) is { } one and not 0)
            {
                Note(words[i].Folded, one);
            }
        }
        return found;

        (string Expression, int Points, int Words)? LongestAt(int start)
        {
            for (var count = Math.Min(_longest, words.Count - start); count > 1; count--)
            {
                var expression = string.Join(' ', words.Skip(start).Take(count).Select(w => w.Folded));
                if (_whole.TryGetValue(expression, out var points))
                    return (expression, points, count);
            }
            return null;
        }

        void Note(string expression, int points)
        {
            if (points != 0 && seen.Add(expression))
                found.Add((expression, points));
        }
    }

    private int Points(string expression)
    {
        if (_whole.TryGetValue(expression, out var points))
            return points;
        foreach (var (beginning, value) in _beginnings)
            if (expression.StartsWith(beginning, StringComparison.Ordinal))
                return value;
        return 0;
    }
}
