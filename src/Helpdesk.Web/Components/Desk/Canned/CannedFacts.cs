using Helpdesk.Knowledge.Articles;
using Helpdesk.Tickets;
using Helpdesk.Tickets.Canned;

namespace Helpdesk.Web.Components.Desk.Canned;

/// <summary>What a canned text's placeholders stand for on one ticket. Empty = not known.</summary>
public sealed record CannedFacts
{
    // "Dr. Lee" is not called Dr.
    private static readonly HashSet<string> Titles = new(StringComparer.OrdinalIgnoreCase)
    {
        "Mr",
        "Mrs",
        "Ms",
        "Miss",
        "Mx",
        "Dr",
        "Prof",
        "Herr",
        "Frau",
        "Pan",
        "Pani",
    };

    public string Customer { get; init; } = "";
    public long Number { get; init; }
    public string Subject { get; init; } = "";
    public string Author { get; init; } = "";
    public string Team { get; init; } = "";
    public string Company { get; init; } = "";

    /// <summary>The text for this ticket: Markdown in which everything that came from people outside or from settings is taken literally.</summary>
    public string Fill(string text) => CannedPlaceholders.Fill(text, name => MarkdownLiteral.Of(ValueOf(name)));

    /// <summary>
    /// How a person with this full name is greeted: the first word, without titles; of "Lee, Anna" Anna. Empty where the name is an address, a number or
    /// nothing.
    /// </summary>
    public static string FirstNameOf(string fullName)
    {
        if (fullName.Contains('@', StringComparison.Ordinal))
            return "";
        var parts = fullName.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        var words = (parts is [_, var after] && !after.Contains(' ', StringComparison.Ordinal) ? after : fullName)
            .Split(' ', StringSplitOptions.RemoveEmptyEntries)
            .SkipWhile(word => Titles.Contains(word.TrimEnd('.')));
        var first = (words.FirstOrDefault() ?? "").TrimEnd(',');
        return first.Any(char.IsLetter) ? first : "";
    }

    private string ValueOf(string placeholder) =>
        placeholder switch
        {
            CannedPlaceholders.Customer => Customer,
            CannedPlaceholders.FirstName => FirstNameOf(Customer),
            CannedPlaceholders.Number => Number.ToStringInvariant(),
            CannedPlaceholders.Subject => Subject,
            CannedPlaceholders.Author => Author,
            CannedPlaceholders.Team => Team,
            CannedPlaceholders.Company => Company,
            _ => "",
        };
}
