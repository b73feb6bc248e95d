using System.Globalization;
using System.Text;

namespace Helpdesk.Tickets.Settings;

/// <summary>
/// When two names of what the desk is made of (teams, skills, topics …) are one to people who read them: case, accents, invisible characters and the
/// number of spaces make no difference.
/// </summary>
public static class DeskNames
{
    /// <summary>The form in which names that are one to people are the same.</summary>
    public static string Folded(string? name)
    {
        var whole = new StringBuilder();
        foreach (var rune in (name ?? "").EnumerateRunes())
            whole.Append(rune.ToString()); // normalising refuses halves of surrogate pairs
        var folded = new StringBuilder(whole.Length);
        var isApart = false;
        foreach (var c in whole.ToString().Normalize(NormalizationForm.FormKD))
        {
            if (char.IsWhiteSpace(c))
            {
                isApart = folded.Length > 0;
                continue;
            }
            if (IsUnseen(c))
                continue;
            if (isApart)
                folded.Append(' ');
            isApart = false;
            folded.Append(char.ToLowerInvariant(c));
        }
        return folded.ToString();
    }

    /// <summary>Whether a name is somebody else's already. What is not renamed keeps its name, also where an older desk has two alike.</summary>
    /// <param name="was">The name so far; null for what is new there.</param>
    /// <param name="others">Names of all others beside it.</param>
    public static bool IsTaken(string name, string? was, IEnumerable<string> others)
    {
        var folded = Folded(name);
        return name != was && others.Any(other => Folded(other) == folded);
    }

    // accents as such; the vowel signs of other scripts are no accents
    private static bool IsUnseen(char c) =>
        c is >= '\u0300' and <= '\u036F'
        || CharUnicodeInfo.GetUnicodeCategory(c) is UnicodeCategory.Format or UnicodeCategory.Control;
}
