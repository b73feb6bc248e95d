using System.Text;
using System.Text.RegularExpressions;

namespace Helpdesk.Knowledge.Growing;

/// <summary>What was taken out of a text.</summary>
public enum PersonalDataKind
{
    Name,
    Address,
    Number,
    Link,
}

/// <param name="Text">With a mark in place of each thing taken out.</param>
/// <param name="Masked">What was taken out, in order, for the person who checks it.</param>
public sealed record MaskedText(string Text, IReadOnlyList<(PersonalDataKind Kind, string Original)> Masked);

/// <summary>
/// Takes out of a request what belongs to one person: known names, e-mail addresses, links, and numbers long enough to be an account, a card, a
/// telephone or an order. It may take too much; a person reads the result before anybody else does.
/// </summary>
public static partial class PersonalData
{
    /// <summary>A number with so many digits, also with blanks or hyphens between them, is somebody's.</summary>
    private const int FewestDigits = 5;
    private const int MaxText = 40_000;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    /// <param name="names">Names that are known to be of people: the customer's and the specialist's.</param>
    /// <param name="mark">The words that stand for what was taken out.</param>
    public static MaskedText Mask(string text, IEnumerable<string> names, Func<PersonalDataKind, string> mark)
    {
        text = text.Length > MaxText ? text[..MaxText] : text;
        var found = new List<(int Start, int Length, PersonalDataKind Kind)>();
        Find(Addresses(), PersonalDataKind.Address);
        Find(Links(), PersonalDataKind.Link);
        foreach (Match match in Codes().Matches(text))
        {
            if (match.Value.Count(char.IsDigit) >= FewestDigits)
                found.Add((match.Index, match.Length, PersonalDataKind.Number));
        }
        foreach (var part in names.SelectMany(Parts).Distinct(StringComparer.OrdinalIgnoreCase))
            Find(
                new Regex(
                    $@"(?<!\w){Regex.Escape(part)}(?!\w)",
                    RegexOptions.IgnoreCase | RegexOptions.CultureInvariant,
                    Patience
                ),
                PersonalDataKind.Name
            );
        return Replace(text, found, mark);

        void Find(Regex pattern, PersonalDataKind kind)
        {
            foreach (Match match in pattern.Matches(text))
                found.Add((match.Index, match.Length, kind));
        }
    }

    // initials and particles stand in every other word
    private static IEnumerable<string> Parts(string name) =>
        name.Split([' ', ',', '.', '@'], StringSplitOptions.RemoveEmptyEntries).Where(part => part.Length > 2);

    private static MaskedText Replace(
        string text,
        List<(int Start, int Length, PersonalDataKind Kind)> found,
        Func<PersonalDataKind, string> mark
    )
    {
        var written = new StringBuilder();
        var masked = new List<(PersonalDataKind, string)>();
        var at = 0;
        foreach (var (start, length, kind) in found.OrderBy(f => f.Start).ThenByDescending(f => f.Length))
        {
            if (start < at)
                continue;
            written.Append(text, at, start - at);
            var original = text.Substring(start, length);
            // first and last name are one mark
            if (masked.Count == 0 || masked[^1].Item1 != kind || kind is not PersonalDataKind.Name || start - at != 1)
                written.Append(mark(kind));
            else
                written.Length -= 1;
            masked.Add((kind, original));
            at = start + length;
        }
        return new(written.Append(text, at, text.Length - at).ToString(), masked);
    }

    [GeneratedRegex(
        @"[\p{L}\p{N}._%+\-]{1,64}@[\p{L}\p{N}\-]{1,63}(\.[\p{L}\p{N}\-]{1,63}){1,8}",
        RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture,
        1000
    )]
    private static partial Regex Addresses();

    [GeneratedRegex(
        @"\b(https?://|www\.)[^\s<>""')\]]{1,2000}",
        RegexOptions.CultureInvariant | RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture,
        1000
    )]
    private static partial Regex Links();

    [GeneratedRegex(
        @"(?<![\p{L}\p{N}])[+(]{0,2}[A-Z]{0,4}\d([ \-./()]{0,2}[A-Z]{0,2}\d){2,40}[A-Z]{0,4}(?![\p{L}\p{N}])",
        RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture,
        1000
    )]
    private static partial Regex Codes();
}
