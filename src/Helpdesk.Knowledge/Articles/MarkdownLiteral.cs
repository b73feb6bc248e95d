using System.Text;
using Helpdesk.Tickets;

namespace Helpdesk.Knowledge.Articles;

/// <summary>Puts somebody else's words into Markdown so that they are read as they are.</summary>
public static class MarkdownLiteral
{
    private const int MaxLength = 1000;

    /// <summary>
    /// One line with a backslash before each sign that Markdown, or a note's <c>@</c>, would take for more than itself. Signs that mean nothing where
    /// they stand are left alone, so that most names and subjects stay as they are.
    /// </summary>
    public static string Of(string? words)
    {
        var line = Text.OneLine(words, MaxLength);
        var escaped = new StringBuilder(line.Length + 8);
        for (var at = 0; at < line.Length; at++)
        {
            if (IsSpecial(line, at) || IsMark(line, at))
                escaped.Append('\\');
            escaped.Append(line[at]);
        }
        return escaped.ToString();
    }

    private static bool IsSpecial(string line, int at) =>
        line[at] switch
        {
            '\\' or '`' or '*' or '[' or ']' or '<' or '>' or '~' or '^' or '|' => true,
            // between letters it marks nothing: first_name
            '_' => !IsWord(line, at - 1) || !IsWord(line, at + 1),
            '+' or '=' => At(line, at - 1) == line[at] || At(line, at + 1) == line[at],
            // the beginning of &amp; and &#38;
            '&' => At(line, at + 1) == '#' || char.IsLetter(At(line, at + 1)),
            // addresses become links by themselves
            ':' => At(line, at + 1) == '/' || line.AsSpan(0, at).EndsWith("mailto", StringComparison.OrdinalIgnoreCase),
            '.' => line.AsSpan(0, at).EndsWith("www", StringComparison.OrdinalIgnoreCase),
            '@' => !IsWord(line, at - 1),
            _ => false,
        };

    // a heading, a list, a line: only where a line begins, and the words may stand there
    private static bool IsMark(string line, int at) =>
        line[at] switch
        {
            '#' or '-' or '+' or '=' => at == 0,
            '.' or ')' => at is > 0 and <= 9 && line.AsSpan(0, at).IndexOfAnyExceptInRange('0', '9') < 0,
            _ => false,
        };

    private static bool IsWord(string line, int at) => char.IsLetterOrDigit(At(line, at));

    private static char At(string line, int at) => at >= 0 && at < line.Length ? line[at] : '\0';
}
