using System.Globalization;
using System.Text;

namespace Helpdesk.Tickets.Canned;

/// <summary>
/// What may stand in braces in a canned text: <c>{firstname}</c>, or with words for when there is no such thing: <c>{firstname|there}</c>.
/// A brace that no letter follows, or that has a backslash before it, is just a brace.
/// </summary>
public static class CannedPlaceholders
{
    public const string Customer = "customer";
    public const string FirstName = "firstname";
    public const string Number = "number";
    public const string Subject = "subject";
    public const string Author = "author";
    public const string Team = "team";
    public const string Company = "company";

    private const string Joining = ",.;:!?";

    public static IReadOnlyList<string> All { get; } = [FirstName, Customer, Number, Subject, Author, Team, Company];

    /// <summary>The first thing in braces that stands for nothing, or that no brace ends; null when all is well.</summary>
    public static string? FirstMistake(string text)
    {
        for (var at = 0; Next(text, at) is { } open; at = open + 1)
        {
            var end = EndOf(text, open);
            if (end < 0)
                return Tickets.Text.OneLine(text[(open + 1)..].Split('\n')[0], 40);
            var (name, _) = Parts(text, open, end);
            if (!All.Contains(name))
                return Tickets.Text.OneLine(name, 40);
        }
        return null;
    }

    /// <summary>
    /// The text with its placeholders filled, in one pass: what a value holds is never read as a placeholder. Where a value is empty and no other
    /// words are given, the sentence closes over the gap: "Hello {firstname}," becomes "Hello,".
    /// </summary>
    /// <param name="valueOf">By name; what comes is put in as it is, so it must be safe where the text goes.</param>
    public static string Fill(string text, Func<string, string> valueOf)
    {
        var filled = new StringBuilder(text.Length);
        var at = 0;
        while (Next(text, at) is { } open)
        {
            var end = EndOf(text, open);
            var (name, otherwise) = end < 0 ? ("", "") : Parts(text, open, end);
            if (end < 0 || !All.Contains(name))
            {
                filled.Append(text, at, open + 1 - at);
                at = open + 1;
                continue;
            }
            filled.Append(text, at, open - at);
            at = end + 1;
            var value = valueOf(name) is { Length: > 0 } known ? known : otherwise;
            if (value.Length > 0)
                filled.Append(value);
            else
                at = Close(filled, text, at);
        }
        return filled.Append(text, at, text.Length - at).ToString();
    }

    // where the next placeholder begins
    private static int? Next(string text, int from)
    {
        for (var at = text.IndexOf('{', from); at >= 0; at = text.IndexOf('{', at + 1))
            if (at + 1 < text.Length && char.IsLetter(text[at + 1]) && (at == 0 || text[at - 1] != '\\'))
                return at;
        return null;
    }

    private static int EndOf(string text, int open)
    {
        var stop = text.AsSpan(open + 1).IndexOfAny("{}\n");
        return stop >= 0 && text[open + 1 + stop] == '}' ? open + 1 + stop : -1;
    }

    private static (string Name, string Otherwise) Parts(string text, int open, int end)
    {
        var inside = text[(open + 1)..end];
        var bar = inside.IndexOf('|', StringComparison.Ordinal);
        return bar < 0 ? (inside.Trim(), "") : (inside[..bar].Trim(), inside[(bar + 1)..].Trim());
    }

    // takes the space before the gap, and what would stand there alone; returns where the text goes on
    private static int Close(StringBuilder filled, string text, int at)
    {
        var length = filled.Length;
        while (filled.Length > 0 && filled[^1] is ' ' or '\t')
            filled.Length--;
        var hadSpace = filled.Length < length;
        if (filled.Length == 0 || filled[^1] == '\n')
            return BeginLine(filled, text, at);
        var next = at < text.Length ? text[at] : '\n';
        if (filled[^1] == '(' && next == ')')
        {
            filled.Length--;
            while (filled.Length > 0 && filled[^1] == ' ')
                filled.Length--;
            return at + 1;
        }
        if (filled[^1] == ',' && Joining.Contains(next))
            filled.Length--;
        else if (hadSpace && !char.IsWhiteSpace(next) && !Joining.Contains(next) && next != ')')
            filled.Append(' ');
        return at;
    }

    private static int BeginLine(StringBuilder filled, string text, int at)
    {
        while (at < text.Length && (text[at] is ' ' or '\t' || Joining.Contains(text[at])))
            at++;
        if (at < text.Length && text[at] == '\n')
            return at + 1; // nothing is left of the line
        if (at == text.Length || !char.IsLetter(text[at]))
            return at;
        filled.Append(char.ToUpper(text[at], CultureInfo.CurrentCulture));
        return at + 1;
    }
}
