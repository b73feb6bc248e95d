using System.Collections.Frozen;
using Helpdesk.Routing.Classification;

namespace Helpdesk.Routing.Priority;

/// <summary>Words by which people say that a matter presses, or that it does not.</summary>
/// <remarks>English, German, Polish, Ukrainian and Russian, folded as <see cref="TextFeatures"/> folds words; an entry
/// of two words stands for those two in a row. A star stands for any ending.</remarks>
public static class UrgencyWords
{
    private const int Strong = 12;
    private const int Mild = 6;
    private const int Calm = -12;

    private static readonly (string Expression, int Points)[] All =
    [
        .. Each(
            Strong,
            "urgent, urgently, emergency, asap, immediately, fraud*, stolen, hacked, scam, outage, is down, locked out, "
                + "right now, dringend*, sofort, notfall, gestohlen, betrug*, pilne, pilnie, natychmiast, skradzion*, "
                + "oszustw*, терміново, негайно, вкрали, вкрадено, шахра*, срочно, немедленно, украли, мошенни*"
        ),
        .. Each(
            Mild,
            "deadline, blocked, stuck, unacceptable, complaint, lawyer, today, stranded, worried, right away, "
                + "still waiting, gesperrt, blockiert, beschwerde, heute, zablokowan*, reklamacja, dzisiaj, заблокован*, "
                + "скарга, сьогодні, заблокирован*, жалоба, сегодня"
        ),
        .. Each(
            Calm,
            "no rush, no hurry, not urgent, just wondering, just curious, keine eile, nicht eilig, bez pospiechu, "
                + "не терміново, не поспішає, не срочно, не спешит"
        ),
    ];

    private static readonly FrozenDictionary<string, int> Whole = All.Where(e => !e.Expression.EndsWith('*'))
        .ToFrozenDictionary(e => e.Expression, e => e.Points, StringComparer.Ordinal);

    private static readonly (string Beginning, int Points)[] Beginnings =
    [
        .. All.Where(e => e.Expression.EndsWith('*')).Select(e => (e.Expression[..^1], e.Points)),
    ];

    /// <summary>The expressions found, each once, in the order of the text, with their points.</summary>
    public static IReadOnlyList<(string Words, int Points)> In(string text)
    {
        var words = TextFeatures.Words(text);
        var found = new List<(string, int)>();
        var seen = new HashSet<string>(StringComparer.Ordinal);
        for (var i = 0; i < words.Count; i++)
        {
            // "not urgent" must not also count as "urgent"
            if (i + 1 < words.Count && Points(words[i].Folded + " " + words[i + 1].Folded) is { } pair and not 0)
            {
                Note(words[i].Folded + " " + words[i + 1].Folded, pair);
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

    private static int Points(string expression)
    {
        if (Whole.TryGetValue(expression, out var points))
            return points;
        foreach (var (beginning, value) in Beginnings)
            if (expression.StartsWith(beginning, StringComparison.Ordinal))
                return value;
        return 0;
    }

    private static IEnumerable<(string, int)> Each(int points, string expressions) =>
        expressions.Split(", ").Select(e => (e, points));
}
