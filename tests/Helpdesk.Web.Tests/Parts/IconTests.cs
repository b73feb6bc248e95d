using System.Text.RegularExpressions;
using System.Xml.Linq;
using Helpdesk.Web.Tests.Localisation;
using Shouldly;

namespace Helpdesk.Web.Tests.Parts;

public sealed partial class IconTests
{
    [Fact]
    public void Every_symbol_that_a_page_shows_is_in_the_sprite()
    {
        var symbols = XDocument
            .Load(Path.Combine(TextKeyTests.Web, "wwwroot", "icons.svg"))
            .Descendants()
            .Select(element => element.Attribute("id")?.Value)
            .OfType<string>()
            .ToHashSet(StringComparer.Ordinal);
        var unknown =
            from file in Directory.EnumerateFiles(TextKeyTests.Web, "*.razor", SearchOption.AllDirectories)
            from Match use in Use().Matches(File.ReadAllText(file))
            let symbol = "i-" + use.Groups[1].Value
            where !symbols.Contains(symbol)
            select $"{Path.GetFileName(file)}: {symbol}";
        unknown.ShouldBeEmpty();
    }

    [GeneratedRegex("(?:<Icon [^>]*?Name|\\bIcon)=\"([a-z][a-z-]*)\"")]
    private static partial Regex Use();
}
