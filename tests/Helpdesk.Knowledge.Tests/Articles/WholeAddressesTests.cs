using Helpdesk.Knowledge.Articles;
using Shouldly;

namespace Helpdesk.Knowledge.Tests.Articles;

public sealed class WholeAddressesTests
{
    [Fact]
    public void What_leads_somewhere_in_the_help_centre_leads_there_from_a_mail() =>
        WholeAddresses
            .In(
                """
                [other](lost-card) ![pic](/files/articles/12) [file](</files/articles/13> "name")
                [own](/articles/fees) [there](https://example.org/x) [host](//example.org) [mail](mailto:a@b.example)
                [b]: /files/articles/14
                """,
                "https://help.example/"
            )
            .ShouldBe(
                """
                [other](https://help.example/articles/lost-card) ![pic](https://help.example/files/articles/12) [file](<https://help.example/files/articles/13> "name")
                [own](https://help.example/articles/fees) [there](https://example.org/x) [host](//example.org) [mail](mailto:a@b.example)
                [b]: https://help.example/files/articles/14
                """
            );

    [Fact]
    public void Text_nested_too_deep_is_shown_as_words() =>
        ArticleMarkdown.ToHtml(new string('>', 2_000) + " deep").Value.ShouldContain("deep");
}
