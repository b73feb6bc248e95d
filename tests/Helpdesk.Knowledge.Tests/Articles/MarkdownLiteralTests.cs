using FsCheck;
using FsCheck.Fluent;
using Helpdesk.Knowledge.Articles;
using Helpdesk.Tickets;
using Shouldly;

namespace Helpdesk.Knowledge.Tests.Articles;

public sealed class MarkdownLiteralTests
{
    [Theory]
    [InlineData("Anna Lee")]
    [InlineData("O'Brien-Smith, Jr. & Co. (London)")]
    [InlineData("Refund #12: 50% of € 3.40?")]
    [InlineData("first_name, a + b = c")]
    public void Most_words_stay_as_they_are(string words) => MarkdownLiteral.Of(words).ShouldBe(words);

    [Theory]
    [InlineData("**bold** _under_ ~~gone~~ `code` ==mark== ++new++ H~2~O x^2^")]
    [InlineData("[here](https://evil.example) ![x](y) [x] [^1]")]
    [InlineData("https://evil.example www.evil.example mailto:a@evil.example <https://evil.example>")]
    [InlineData("<b>x</b> &amp; &#38; <script>")]
    [InlineData("# Heading")]
    [InlineData("- item")]
    [InlineData("1. April")]
    [InlineData("> quoted")]
    [InlineData("---")]
    [InlineData(@"a\b \* \\")]
    [InlineData("{{snippet:hours}} {number}")]
    public void Whatever_somebody_is_called_is_shown_as_it_is(string words)
    {
        (string, string)[] places = [("", ""), ("Hello ", ","), ("a\n\n", "\n\nb"), ("**Dear ", "**")];
        foreach (var (before, after) in places)
            ShouldBeLiteral(words, before, after);
    }

    [Fact]
    public void No_words_become_markup()
    {
        string[] pieces =
        [
            "a",
            " ",
            "*",
            "_",
            "`",
            "[",
            "]",
            "(",
            ")",
            "<",
            ">",
            "&",
            "amp;",
            "#",
            "-",
            "+",
            "=",
            "~",
            "^",
            "|",
            "1",
            ".",
            "\\",
            "!",
            "http",
            ":",
            "//",
            "www.",
            "mailto:",
            "x.y",
            "@",
            "{",
            "}",
        ];
        Prop.ForAll<int>(seed =>
            {
                var random = new Random(seed);
                ShouldBeLiteral(string.Concat(random.GetItems(pieces, random.Next(14))), "Hello ", ",");
            })
            .QuickCheckThrowOnFailure();
    }

    private static void ShouldBeLiteral(string words, string before, string after)
    {
        var line = Text.OneLine(words, 1000);
        var expected = ArticleMarkdown.ToHtml($"{before}WORDS{after}").ToString();
        ArticleMarkdown
            .ToHtml(before + MarkdownLiteral.Of(words) + after)
            .ToString()
            .ShouldBe(
                expected.Replace("WORDS", System.Net.WebUtility.HtmlEncode(line), StringComparison.Ordinal),
                words
            );
    }
}
