using System.Globalization;
using Helpdesk.Mail.Outbound;
using Helpdesk.Tickets.Html;
using Helpdesk.Tickets.Notifications;
using Shouldly;

namespace Helpdesk.Mail.Tests.Outbound;

public class LetterWriterTests
{
    private static readonly LetterContent Content = new()
    {
        Words = new("Re: {subject}", "Hello", "First {number}.\nLeft out {nothing}.\n\nSecond.", "Open", "Bye"),
        Culture = CultureInfo.GetCultureInfo("en"),
        Facts = new Dictionary<string, string>(StringComparer.Ordinal) { ["number"] = "7", ["subject"] = "A <b> & c" },
        Company = "Larch Bank",
        TopLine = "Larch Bank · request 7",
        PublicUrl = "https://help.example",
    };

    [Fact]
    public void Both_parts_say_the_same()
    {
        var letter = LetterWriter.Write(
            Content with
            {
                Link = "https://help.example/r/x",
                Articles = [new("Lost card", "https://help.example/articles/lost", "What to do")],
                EarlierText = "earlier\n\nwords",
            }
        );
        letter.Subject.ShouldBe("Re: A <b> & c");
        letter.Text.ShouldBe(
            """
            Larch Bank · request 7

            Hello

            First 7.

            Second.

            Open:
            https://help.example/r/x

            Perhaps this helps already

            * Lost card
              What to do
              https://help.example/articles/lost

            Bye

            > earlier
            >
            > words

            """.ReplaceLineEndings("\n")
        );
        foreach (
            var words in (string[])["Hello", "First 7.", "Second.", "Open", "Lost card", "What to do", "Bye", "earlier"]
        )
            letter.Html.ShouldContain(words);
        letter.Html.ShouldContain("href=\"https://help.example/r/x\"");
    }

    [Fact]
    public void A_formatted_answer_is_words_in_the_text_part()
    {
        var words = new TemplateWords("s", "", "{message}", "", "");
        var html = HtmlSanitizer.Clean(
            "<p>Do <strong>this</strong>:</p><ol><li><p>Open <a href=\"/articles/a\">the card page</a></p></li>"
                + "<li>Choose <a href=\"https://larch.example/cards\">Cards</a><ul><li>x</li></ul></li></ol><p>Done.</p>"
        );
        LetterWriter
            .Write(Content with { Words = words, MessageText = "Do **this**: …", MessageHtml = html })
            .Text.ShouldContain(
                "Do this:\n\n1. Open the card page <https://help.example/articles/a>\n\n2. Choose Cards <https://larch.example/cards>\n\n- x\n\nDone."
            );
    }

    [Fact]
    public void Values_are_text_in_html_whatever_they_say()
    {
        var evil = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["number"] = "<script>alert(1)</script>",
            ["subject"] = "</title><script>x</script>{number}",
        };
        var html = LetterWriter.Write(Content with { Facts = evil, MessageText = "<img src=x>" }).Html;
        html.ShouldNotContain("<script>");
        html.ShouldContain("&lt;script&gt;alert(1)");
    }

    [Fact]
    public void A_message_keeps_its_lines_and_short_addresses_become_whole()
    {
        var words = Content.Words with { Text = "{message}" };
        var letter = LetterWriter.Write(Content with { Words = words, MessageText = "one\ntwo\n\nthree" });
        letter.Text.ShouldContain("one\ntwo\n\nthree");
        letter.Html.ShouldContain("one<br>two<br><br>three");
        var html = HtmlSanitizer.Clean("<p><a href=\"/articles/a\">a</a> <a href=\"https://x.example/\">x</a></p>");
        letter = LetterWriter.Write(Content with { Words = words, MessageText = "a x", MessageHtml = html });
        letter.Html.ShouldContain("href=\"https://help.example/articles/a\"");
        letter.Html.ShouldContain("href=\"https://x.example/\"");
    }

    [Fact]
    public void Every_kind_of_mail_has_words()
    {
        foreach (var kind in Enum.GetValues<NotificationKind>())
        {
            var words = TemplateWords.BuiltIn(kind, CultureInfo.GetCultureInfo("en"));
            words.Subject.ShouldNotBeEmpty($"{kind}");
            words.Text.ShouldNotBeEmpty($"{kind}");
        }
    }
}
