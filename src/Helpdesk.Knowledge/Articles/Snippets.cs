using System.Text;
using System.Text.RegularExpressions;
using Helpdesk.Tickets.Data;
using Microsoft.EntityFrameworkCore;

namespace Helpdesk.Knowledge.Articles;

/// <summary>
/// Puts shared passages where a text names them: <c>{{snippet:opening-hours}}</c>. A passage may name others; one that would show itself, or
/// lies deeper than <see cref="MaxDepth"/>, shows nothing.
/// </summary>
public static partial class Snippets
{
    public const int MaxDepth = 5;

    /// <summary>A text that its passages would make longer shows no more of them.</summary>
    public const int MaxExpandedLength = 2 * Article.MaxBodyLength;
    private const string Beginning = "{{snippet:";

    public static string Mark(string name) => Beginning + name + "}}";

    public static bool AreIn(string text) => text.Contains(Beginning, StringComparison.Ordinal);

    /// <summary>The names in a text, each once.</summary>
    public static IReadOnlyList<string> NamesIn(string text) =>
        AreIn(text)
            ? [.. Marks().Matches(text).Select(m => m.Groups["name"].Value).Distinct(StringComparer.Ordinal)]
            : [];

    /// <param name="known">Bodies by name.</param>
    /// <param name="unknown">What stands where there is no such passage; null = nothing.</param>
    public static string Expand(
        string text,
        IReadOnlyDictionary<string, string> known,
        Func<string, string>? unknown = null
    )
    {
        if (!AreIn(text))
            return text;
        var room = MaxExpandedLength;
        return Expand(text, known, unknown, [], ref room);
    }

    /// <summary>All passages of the desk; none when no text names one, without asking the database.</summary>
    public static async Task<IReadOnlyDictionary<string, string>> LoadForAsync(
        HelpdeskDbContext db,
        IEnumerable<string> texts,
        CancellationToken cancellationToken = default
    ) =>
        texts.Any(AreIn)
            ? (await db.Set<SharedText>().Where(t => t.Kind == SharedTextKind.Snippet).ToListAsync(cancellationToken))
                .Union(db.Set<SharedText>().Local.Where(t => t.Kind is SharedTextKind.Snippet)) // not saved yet
                .ToDictionary(t => t.Name, t => t.Body, StringComparer.Ordinal)
            : System.Collections.Frozen.FrozenDictionary<string, string>.Empty;

    /// <summary>The way on which a passage would come back to itself, such as <c>a → b → a</c>; null when it does not.</summary>
    public static string? CycleOf(string name, string body, IReadOnlyDictionary<string, string> known)
    {
        var visited = new HashSet<string>(StringComparer.Ordinal);
        return Search(body, [name]);

        string? Search(string text, List<string> way)
        {
            foreach (var next in NamesIn(text))
            {
                if (next == name)
                    return string.Join(" → ", way.Append(name));
                if (!visited.Add(next) || !known.TryGetValue(next, out var inner))
                    continue;
                if (Search(inner, [.. way, next]) is { } found)
                    return found;
            }
            return null;
        }
    }

    /// <summary>The passage itself and all that show it, directly or through others.</summary>
    public static IReadOnlyCollection<string> ShownBy(string name, IReadOnlyDictionary<string, string> known)
    {
        var found = new HashSet<string>(StringComparer.Ordinal) { name };
        while (known.Any(text => !found.Contains(text.Key) && NamesIn(text.Value).Any(found.Contains)))
            found.UnionWith(known.Where(text => NamesIn(text.Value).Any(found.Contains)).Select(text => text.Key));
        return found;
    }

    private static string Expand(
        string text,
        IReadOnlyDictionary<string, string> known,
        Func<string, string>? unknown,
        List<string> way,
        ref int room
    )
    {
        var written = new StringBuilder();
        var at = 0;
        foreach (Match mark in Marks().Matches(text))
        {
            written.Append(text, at, mark.Index - at);
            at = mark.Index + mark.Length;
            var name = mark.Groups["name"].Value;
            if (!known.TryGetValue(name, out var body))
                written.Append(unknown?.Invoke(name));
            else if (!way.Contains(name) && way.Count < MaxDepth && (room -= body.Length) > 0)
                written.Append(Expand(body, known, unknown, [.. way, name], ref room));
        }
        return written.Append(text, at, text.Length - at).ToString();
    }

    [GeneratedRegex(
        @"\{\{snippet:(?<name>[a-z0-9-]{1,60})\}\}",
        RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture
    )]
    private static partial Regex Marks();
}
