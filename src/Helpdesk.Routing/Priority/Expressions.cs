using System.Collections.Frozen;
using Helpdesk.Routing.Classification;

namespace Helpdesk.Routing.Priority;

/// <summary>Expressions that are looked for in a text, each with its points.</summary>
/// <remarks>Folded as <see cref="TextFeatures"/> folds words; one of two words stands for those two in a row, and hides what each would say alone. A star
/// stands for any ending.</remarks>
internal sealed class Expressions(IReadOnlyCollection<(string Expression, int Points)> all)
{
    private readonly FrozenDictionary<string, int> _whole = all.Where(e => !e.Expression.EndsWith('*'))
        .ToFrozenDictionary(e => e.Expression, e => e.Points, StringComparer.Ordinal);

    private readonly (string Beginning, int Points)[] _beginnings =
    [
        .. all.Where(e => e.Expression.EndsWith('*')).Select(e => (e.Expression[..^1], e.Points)),
    ];

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
            if (
                i + 1 < words.Count
                && words[i].Folded + " " + words[i + 1].Folded is var two
                && _whole.TryGetValue(two, out var pair)
            )
            {
                Note(two, pair);
                i++;
            }
            else if (Points(words[i].Folded) is { } one and not 0)
            {
                Note(words[i].Folded, one);
            }
        }
        return found;

        void Note(string expression, int points)
        {
            if (seen.Add(expression))
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
