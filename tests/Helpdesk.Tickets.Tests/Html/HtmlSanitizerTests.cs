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

    [Theory]
    [InlineData("<div></x>")] // an end tag of nothing
    [InlineData("<div><!-- </div> -->")]
    [InlineData("<b><p>x")] // formatting that every block opens again
    public void Tricks_that_hide_the_depth_from_the_count_do_not(string piece) =>
        HtmlSanitizer.Clean(string.Concat(Enumerable.Repeat(piece, 100_000))).ShouldBeNull();

    [Fact]
    public void A_few_open_tags_before_very_many_paragraphs_are_refused_too()
    {
        var open = string.Concat(Enumerable.Range(0, 200).Select(i => $"<b id=\"{i}\">"));
        HtmlSanitizer.Clean(open + string.Concat(Enumerable.Repeat("<p>x", 100_000))).ShouldBeNull();
    }

    [Fact]
    public void A_long_ordinary_mail_is_no_attack()
    {
        var row = "<tr><td><font face=\"Arial\"><b>Item</b><br>text</font></td><td><p>1<p>2</td></tr>";
        HtmlSanitizer.Clean($"<table>{string.Concat(Enumerable.Repeat(row, 5_000))}</table>").ShouldNotBeNull();
    }

    [Fact]
    public void Text_becomes_lines() => HtmlSanitizer.FromText("a <b>\r\nc").Value.ShouldBe("a &lt;b&gt;<br>c");

    [Theory]
    [InlineData("<p>'<table>'\"<svg><b>x")]
    [InlineData("<a><table><a>x</table>y<a>z")]
    [InlineData("<pre>\n\nx</pre>")]
    [InlineData("<svg></svg> text")]
    [InlineData("a&#13;b")]
    [InlineData("<b><p>x</b>y<i><div>z</i>")]
    [InlineData("<img src=https://x.example/a.png alt=A><img src=cid:abc><img data-remote=javascript:x alt=B>")]
    public void What_was_cleaned_is_clean(string html)
    {
        var once = HtmlSanitizer.Clean(html)!.Value;
        HtmlSanitizer.Clean(once)!.Value.ShouldBe(once);
    }

    [Fact]
    public void The_deepest_that_is_let_in_is_let_in_again()
    {
        var deep = string.Concat(Enumerable.Repeat("<div>", HtmlSanitizer.MaxDepth)) + "x";
        var once = HtmlSanitizer.Clean(deep)!.Value;
        HtmlSanitizer.Clean(once)!.Value.ShouldBe(once);
    }

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
        "</table>",
        "<form>",
        "<b>",
        "</b>",
        "<a>",
        "</a>",
        "<pre>\n",
        "\n",
        " ",
        "&nbsp;",
        "&#13;",
        "<ul><li>",
        "<select>",
        "<caption>",
        "<col>",
        "<h1>",
        "<details><summary>",
        "<button>",
        "<plaintext>",
        "<img src=https://x.example/a.png>",
        "<frameset>",
        "<body lang=en>",
    ];

    [Fact]
    public void Whatever_comes_in_nothing_runs_and_a_second_reading_finds_the_same()
    {
        var anything = Gen.Elements(Pieces).ArrayOf(14).Select(string.Concat).ToArbitrary();
        Prop.ForAll(anything, html => Holds(HtmlSanitizer.Clean(html)!.Value))
            .Check(Config.QuickThrowOnFailure.WithMaxTest(1000));
    }

    private static bool Holds(string once) =>
        HtmlSanitizer.Clean(once)!.Value == once
        && !once.Contains("<script", StringComparison.OrdinalIgnoreCase)
        && !once.Contains("<svg", StringComparison.OrdinalIgnoreCase)
        && !once.Split('<')
            .Skip(1)
            .Any(tag => tag.Split('>')[0].Contains("onclick", StringComparison.OrdinalIgnoreCase));
}
