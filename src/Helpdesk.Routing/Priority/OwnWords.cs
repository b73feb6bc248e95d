using System.Collections.Concurrent;
using System.Globalization;
using Helpdesk.Routing.Classification;

namespace Helpdesk.Routing.Priority;

/// <summary>
/// The desk's own urgent and calm words, as <c>chargeback = 20, no hurry at all = -12</c>: an expression of one to four words, and its points. Commas,
/// semicolons or lines stand between them; a star after a single word stands for any ending. They win over the shipped ones, and with 0 points a shipped one counts nothing.
/// </summary>
public static class OwnWords
{
    public const int Most = 200;
    public const int MaxLength = 8_000;
    private const int MostOfExpression = 4;

    /// <summary>"a*" would be found in every other sentence.</summary>
    private const int LeastBeforeStar = 3;

    private const int MostKept = 8;
    private static readonly char[] Separators = ['\n', ',', ';'];
    private static readonly ConcurrentDictionary<string, Expressions> Kept = new(StringComparer.Ordinal);

    /// <summary>The same, one a line.</summary>
    public static string Lines(string words) => string.Join('\n', Entries(words));

    /// <summary>The same with commas.</summary>
    public static string Joined(string words) => string.Join(", ", Entries(words));

    /// <summary>What is wrong, in a sentence that names it; null when nothing is.</summary>
    public static string? Problem(string words)
    {
        if (words.Length > MaxLength)
            return $"The words take {words.Length} characters; there is room for {MaxLength}.";
        var entries = Entries(words).ToList();
        if (entries.Count > Most)
            return $"There are {entries.Count} words; at most {Most} have room.";
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var entry in entries)
        {
            if (Read(entry) is not { } read)
                return $"“{entry}”: write an expression, an equals sign and its points, such as “chargeback = 20”. Points lie between -100 and 200.";
            var isOpen = read.Expression.EndsWith('*');
            var count = read.Expression.Count(c => c == ' ') + 1;
            if (read.Expression.Trim('*').Length == 0)
                return $"“{entry}” has no word in it.";
            if (count > MostOfExpression)
                return $"“{entry}” is longer than {MostOfExpression} words.";
            if (isOpen && (count > 1 || read.Expression.Length - 1 < LeastBeforeStar))
                return $"“{entry}”: a star stands after a single word of at least {LeastBeforeStar} letters.";
            if (!seen.Add(read.Expression))
                return $"“{entry}” stands there twice.";
        }
        return null;
    }

    /// <summary>These and the shipped ones, ready to be looked for.</summary>
    /// <param name="words">Without a <see cref="Problem"/>; entries that have one are left out.</param>
    internal static Expressions WithShipped(string words)
    {
        if (Kept.TryGetValue(words, out var known))
            return known;
        // a preview has its own; nobody tries so many that it matters
        if (Kept.Count >= MostKept)
            Kept.Clear();
        return Kept.GetOrAdd(
            words,
            static words => new Expressions([
                .. Entries(words).Select(Read).OfType<(string, int)>(),
                .. UrgencyWords.Shipped,
            ])
        );
    }

    private static IEnumerable<string> Entries(string words) =>
        words.Split(Separators, StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    private static (string Expression, int Points)? Read(string entry)
    {
        var at = entry.LastIndexOf('=');
        if (
            at < 0
            || !int.TryParse(entry.AsSpan(at + 1), NumberStyles.Integer, CultureInfo.InvariantCulture, out var points)
            || points is < Rules.RoutingRules.LeastPoints or > Rules.RoutingRules.MostPoints
        )
            return null;
        var expression = entry[..at].Trim();
        var folded = string.Join(' ', TextFeatures.Words(expression.TrimEnd('*')).Select(w => w.Folded));
        return (expression.EndsWith('*') ? folded + "*" : folded, points);
    }
}
