using System.Globalization;
using System.Text.RegularExpressions;
using Helpdesk.Tickets.Canned;

namespace Helpdesk.Web.Components.Desk.Canned;

/// <summary>A canned text in a list.</summary>
/// <param name="Mine">How often the person who looks used it.</param>
/// <param name="Times">How often anybody did.</param>
public sealed record CannedLine(
    int Id,
    string Key,
    string Name,
    string Body,
    CannedOwner Owner,
    int Mine,
    int Times,
    string AuthorName,
    DateTimeOffset UpdatedAt
);

/// <summary>Finds among canned texts, without the database: nobody has more than some hundreds.</summary>
public static partial class CannedLines
{
    private const CompareOptions Loosely = CompareOptions.IgnoreCase | CompareOptions.IgnoreNonSpace;
    private static readonly char[] Between = [' ', '-', '\t'];

    /// <summary>
    /// Those whose key, name or text has words that begin like all those typed: first whose key begins so, then whose key and name have them, then
    /// the rest; among equals what the person uses most, their own before their team's before everybody's, then by name.
    /// </summary>
    public static IEnumerable<CannedLine> Matching(this IEnumerable<CannedLine> lines, string? typed)
    {
        var words = (typed ?? "").Split(Between, StringSplitOptions.RemoveEmptyEntries);
        return lines
            .Select(line => (Line: line, Rank: RankOf(line, words)))
            .Where(found => found.Rank is not null)
            .OrderBy(found => found.Rank)
            .ThenByDescending(found => found.Line.Mine)
            .ThenBy(found =>
                found.Line.Owner switch
                {
                    { UserId: not null } => 0,
                    { TeamId: not null } => 1,
                    _ => 2,
                }
            )
            .ThenBy(found => found.Line.Name, StringComparer.CurrentCultureIgnoreCase)
            .ThenBy(found => found.Line.Id)
            .Select(found => found.Line);
    }

    /// <summary>A text that somebody is writing, without the marks and keys that were still to become canned texts.</summary>
    public static string WithoutMarks(string text) => Marks().Replace(text, "${before}").TrimEnd();

    private static int? RankOf(CannedLine line, string[] words)
    {
        var key = string.Join('-', words);
        if (words.Length == 0)
            return 0;
        if (string.Equals(line.Key, key, StringComparison.OrdinalIgnoreCase))
            return 0;
        if (CultureInfo.InvariantCulture.CompareInfo.IsPrefix(line.Key, key, Loosely))
            return 1;
        var title = $"{line.Key} {line.Name}";
        return Array.TrueForAll(words, word => HasWord(title, word)) ? 2
            : Array.TrueForAll(words, word => HasWord(title, word) || HasWord(line.Body, word)) ? 3
            : null;
    }

    /// <summary>Whether some word of the text begins so, whatever its case and its accents.</summary>
    public static bool HasWord(string text, string beginning)
    {
        var compare = CultureInfo.InvariantCulture.CompareInfo;
        for (var from = 0; from < text.Length; )
        {
            var at = compare.IndexOf(text, beginning, from, Loosely);
            if (at < 0)
                return false;
            if (at == 0 || !char.IsLetterOrDigit(text[at - 1]))
                return true;
            from = at + 1;
        }
        return false;
    }

    [GeneratedRegex(
        @"(?<before>^|[\s(])::[\p{L}\p{M}\p{Nd}-]*( |$)",
        RegexOptions.NonBacktracking | RegexOptions.Multiline | RegexOptions.ExplicitCapture
    )]
    private static partial Regex Marks();
}
