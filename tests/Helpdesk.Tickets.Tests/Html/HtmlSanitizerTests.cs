using FsCheck;
using FsCheck.Fluent;
using Helpdesk.Tickets.Html;
using Shouldly;

namespace Helpdesk.Tickets.Tests.Html;

public sealed class HtmlSanitizerTests
{
    [Theory]
    [InlineData("<p>Hello <b>you</b></p>", "<p>Hello <b>you</b></p>")]
    [InlineData("a<script>alert(1)</script>b", "ab")]
    [InlineData("<img src=x onerror=alert(1)>", "")]
    [InlineData("<a href=\"javascript:alert(1)\">x</a>", "<a rel=\"noopener noreferrer nofollow\">x</a>")]
    [InlineData("<a href=\"jav&#x09;ascript:alert(1)\">x</a>", "<a rel=\"noopener noreferrer nofollow\">x</a>")]
    [InlineData("<a href=\"//evil.example\">x</a>", "<a rel=\"noopener noreferrer nofollow\">x</a>")]
    [InlineData("<a href=\"data:text/html,x\">x</a>", "<a rel=\"noopener noreferrer nofollow\">x</a>")]
    [InlineData("<svg><p>x</p></svg>", "")]
    [InlineData("<math><mtext><table><mglyph><style><img src=x onerror=alert(1)>", "")]
    [InlineData("<noscript><p title=\"</noscript><img src=x onerror=alert(1)>\">", "<p></p>")]
    [InlineData("<form action=/x><input name=a>text</form>", "text")]
    [InlineData("<p style=\"background:url(x)\" id=main class=btn>x</p>", "<p>x</p>")]
    [InlineData("<!-- c --><p>x</p>", "<p>x</p>")]
    [InlineData("<iframe src=https://evil.example></iframe>x", "x")]
    [InlineData("<p>a &lt;script&gt; b</p>", "<p>a &lt;script&gt; b</p>")]
    public void Only_what_is_allowed_is_written(string html, string expected)
    {
        var clean = HtmlSanitizer.Clean(html)!.Value;
        if (expected.Length > 0)
            clean.ShouldBe(expected);
        clean.ShouldNotContain("onerror", Case.Insensitive);
        clean.ShouldNotContain("javascript:", Case.Insensitive);
    }

    [Fact]
    public void Remote_pictures_wait_for_a_click_and_enclosed_ones_are_named() =>
        HtmlSanitizer
            .Clean("<img src=\"https://x.example/a.png\" alt=\"A\"><img src=\"cid:abc@x\" alt=\"B\">")!
            .Value.ShouldBe(
                "<img alt=\"A\" data-remote=\"https://x.example/a.png\" loading=\"lazy\"><img alt=\"B\" data-cid=\"abc@x\" loading=\"lazy\">"
            );

    [Fact]
    public void What_is_too_deep_or_too_long_is_refused_before_it_is_parsed()
    {
        HtmlSanitizer.Clean(string.Concat(Enumerable.Repeat("<div>", 40_000))).ShouldBeNull();
        HtmlSanitizer.Clean(new string('x', HtmlSanitizer.MaxLength + 1)).ShouldBeNull();
    }

    [Fact]
    public void Text_becomes_lines() => HtmlSanitizer.FromText("a <b>\r\nc").Value.ShouldBe("a &lt;b&gt;<br>c");

    private static readonly string[] Pieces =
    [
        "<p>",
        "</p>",
        "<b",
        ">",
        "<script>",
        "</script>",
        "<svg>",
        "<a href=\"",
        "javascript:x",
        "\"",
        "'",
        "onclick=x ",
        "<!--",
        "-->",
        "<style>",
        "</style>",
        "<table>",
        "<tr>",
        "<td>",
        "<math>",
        "<title>",
        "</title>",
        "<textarea>",
        "&lt;",
        "&#60;",
        "text",
        "<img src=x ",
        "<template>",
    ];

    [Fact]
    public void Whatever_comes_in_nothing_runs() =>
        Prop.ForAll(
                Gen.Elements(Pieces).ArrayOf(14).Select(string.Concat).ToArbitrary(),
                html =>
                {
                    var once = HtmlSanitizer.Clean(html)!.Value;
                    return !once.Contains("<script", StringComparison.OrdinalIgnoreCase)
                        && !once.Contains("<svg", StringComparison.OrdinalIgnoreCase)
                        && !once.Split('<')
                            .Skip(1)
                            .Any(tag => tag.Split('>')[0].Contains("onclick", StringComparison.OrdinalIgnoreCase));
                }
            )
            .QuickCheckThrowOnFailure();
}
