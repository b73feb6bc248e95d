using System.Globalization;
using System.Text;

namespace Helpdesk.Web.Sample;

/// <summary>The amounts, days and names of one ticket: its whole conversation speaks of the same ones.</summary>
public sealed class TicketFacts
{
    private readonly Dictionary<string, string> customerWords;
    private readonly Dictionary<string, string> staffWords;

    public TicketFacts(Dice dice, Vocabulary vocabulary, string firstName, DateTimeOffset openedAt)
    {
        var person = dice.Of(vocabulary.Persons);
        customerWords = new(StringComparer.Ordinal)
        {
            ["first"] = firstName,
            ["amount"] = Pounds(Math.Round(dice.Around(48, 0.9), 2)),
            ["small"] = Pounds(Math.Round(dice.Between(1, 6) * 2, MidpointRounding.AwayFromZero) / 2),
            ["cash"] = Pounds(20 * (1 + dice.Below(12))),
            ["big"] = Pounds(500 * (4 + dice.Below(40))),
            ["date"] = Day(openedAt.AddDays(-1 - dice.Below(8))),
            ["soon"] = Day(openedAt.AddDays(4 + dice.Below(8))),
            ["merchant"] = dice.Of(vocabulary.Merchants),
            ["city"] = dice.Of(vocabulary.Cities),
            ["bank"] = dice.Of(vocabulary.Banks),
            ["person"] = person,
            ["ref"] = "LB" + dice.Below(100_000_000).ToString("D8", CultureInfo.InvariantCulture),
            ["last4"] = dice.Below(10_000).ToString("D4", CultureInfo.InvariantCulture),
        };
        staffWords = new(customerWords, StringComparer.Ordinal)
        {
            ["person"] = person.Replace("my ", "your ", StringComparison.Ordinal),
        };
    }

    public string ForCustomer(string text) => Fill(text, customerWords);

    public string ForStaff(string text) => Fill(text, staffWords);

    private static string Fill(string text, Dictionary<string, string> words)
    {
        if (!text.Contains('{', StringComparison.Ordinal))
            return text;
        var filled = new StringBuilder(text.Length + 16);
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] != '{')
            {
                filled.Append(text[i]);
                continue;
            }
            var end = text.IndexOf('}', i);
            var word = words[text[(i + 1)..end]];
            var startsSentence = filled.Length == 0 || (filled.Length > 1 && filled[^2] is '.' or '?' or '!');
            filled.Append(startsSentence ? char.ToUpperInvariant(word[0]) : word[0]).Append(word, 1, word.Length - 1);
            i = end;
        }
        return filled.ToString();
    }

    private static string Pounds(double amount) =>
        amount % 1 == 0
            ? "£" + amount.ToString("N0", CultureInfo.InvariantCulture)
            : "£" + amount.ToString("N2", CultureInfo.InvariantCulture);

    private static string Day(DateTimeOffset at) => at.ToString("d MMMM", CultureInfo.InvariantCulture);
}
