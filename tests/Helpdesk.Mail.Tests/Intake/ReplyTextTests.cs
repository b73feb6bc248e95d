using FsCheck;
using FsCheck.Fluent;
using Helpdesk.Mail.Intake;
using Helpdesk.Mail.Intake.Replies;
using Helpdesk.Mail.Mime;
using Shouldly;

namespace Helpdesk.Mail.Tests.Intake;

public sealed class ReplyTextTests
{
    private static string Visible(string text) => ReplyText.Split(text.ReplaceLineEndings("\n")).Visible;

    [Theory]
    [InlineData("On Tue, 3 Mar 2026 at 10:00, Support <support@example.com> wrote:")]
    [InlineData("On Tue, Mar 3, 2026 at 10:00 AM, Support Desk of the\nExample Company <support@example.com>\nwrote:")]
    [InlineData("Am 03.03.2026 um 10:00 schrieb Support:")]
    [InlineData("Support <support@example.com> schrieb am Di., 3. März 2026\num 10:00 Uhr:")]
    [InlineData("Le mar. 3 mars 2026 à 10:00, Support <support@example.com> a écrit :")]
    [InlineData("El mar, 3 mar 2026 a las 10:00, Support (<support@example.com>) escribió:")]
    [InlineData("Il giorno mar 3 mar 2026 alle ore 10:00 Support <support@example.com> ha scritto:")]
    [InlineData("W dniu 2026-03-03 10:00, Support pisze:")]
    [InlineData("wt., 3 mar 2026 o 10:00 Support <support@example.com> napisał(a):")]
    [InlineData("вт, 3 мар. 2026 г. в 10:00, Support <support@example.com>:")]
    [InlineData("3 марта 2026 г., в 10:00, Support <support@example.com> написал(а):")]
    [InlineData("вт, 3 бер. 2026 р. о 10:00 Support <support@example.com> пише:")]
    [InlineData("Op di 3 mrt 2026 om 10:00 schreef Support <support@example.com>:")]
    [InlineData("2026-03-03 10:00 GMT+01:00 Support <support@example.com>:")]
    [InlineData("-----Original Message-----")]
    [InlineData("-------- Ursprüngliche Nachricht --------")]
    [InlineData("---- Исходное сообщение ----")]
    [InlineData("From: Support <support@example.com>\nSent: Tuesday, March 3, 2026 10:00\nTo: Ann\nSubject: Printer")]
    [InlineData(
        "________________________________\nVon: Support <support@example.com>\nGesendet: Dienstag, 3. März 2026 10:00\nAn: Ann\nBetreff: Drucker"
    )]
    [InlineData("Від: Support <support@example.com>\nНадіслано: 3 березня 2026 р. 10:00\nКому: Ann\nТема: Принтер")]
    [InlineData(
        "De : Support [mailto:support@example.com]\nEnvoyé : mardi 3 mars 2026 10:00\nÀ : Ann\nObjet : Imprimante"
    )]
    [InlineData("##- Please type your reply above this line -##")]
    public void The_past_is_folded_whatever_introduces_it(string introduction)
    {
        Visible($"It works now, thank you.\n\n{introduction}\n\nHave you tried turning it off?")
            .ShouldBe("It works now, thank you.");
        Visible($"It works now, thank you.\n{introduction}\n> Have you tried\n> turning it off?")
            .ShouldBe("It works now, thank you.");
    }

    [Theory]
    [InlineData("-- \nAnn Smith\nExample Ltd")]
    [InlineData("--\nAnn")]
    [InlineData("Sent from my iPhone")]
    [InlineData("Von meinem iPhone gesendet")]
    [InlineData("Отправлено с iPhone")]
    [InlineData("____________________\nAnn Smith\n+49 30 1234567\nwww.example.org")]
    public void A_signature_is_folded(string signature)
    {
        Visible($"Please call me.\n\n{signature}\n").ShouldBe("Please call me.");
    }

    [Fact]
    public void Answers_between_the_quoted_lines_are_what_was_written()
    {
        Visible("On 3 Mar 2026, Support wrote:\n> Which floor?\n\nThe second.\n\n> Which model?\n\nLaser 12.\n")
            .ShouldBe("The second.\n\nLaser 12.");
    }

    [Fact]
    public void An_answer_below_the_quote_is_what_was_written()
    {
        Visible("Am 03.03.2026 um 10:00 schrieb Support:\n> Geht es?\n> Danke\n\nJa.").ShouldBe("Ja.");
    }

    [Theory]
    [InlineData("On Monday I wrote:\nnothing happened. On Tuesday it failed.")]
    [InlineData("From: Kyiv\nTo: Lviv\nDate: 5 May\nPlease book it.")]
    [InlineData("> only a quote")]
    [InlineData("The prompt shows\n> dir\nand nothing else")]
    [InlineData(
        "FYI\n\n---------- Forwarded message ---------\nFrom: Bob <bob@example.org>\nDate: Tue, 3 Mar 2026\nSubject: Offer\n\nText of Bob"
    )]
    [InlineData("Steps:\n-----\n1. open\n2. close and then do it all over again until the red light goes out")]
    [InlineData("Dear team\n\nBest regards\nAnn")]
    public void What_only_looks_like_the_past_stays(string text)
    {
        Visible(text).ShouldBe(text);
    }

    [Fact]
    public void A_quote_in_html_is_folded()
    {
        var mail = MimeParser.Parse(
            Sample.With(
                "Content-Type: text/html; charset=utf-8",
                "<html><head><style>p{}</style></head><body><div>Danke, <b>läuft</b> &amp; gut.</div><div class=gmail_quote>"
                    + "Am 3. März 2026 um 10:00 schrieb Support &lt;support@example.com&gt;:<br>"
                    + "<blockquote>Geht es?<p>Ja?</p></blockquote></div></body></html>"
            )
        );

        ReplyText.Read(mail).Visible.ShouldBe("Danke, läuft & gut.");
    }

    [Fact]
    public void Nothing_is_cut_and_something_is_always_visible()
    {
        Prop.ForAll<string[]>(lines =>
            {
                var text = string.Join('\n', lines.Select(l => Pick(l ?? "")));
                var reply = ReplyText.Split(text);
                string.Concat(reply.Parts.Select(p => text.Substring(p.Start, p.Length))).ShouldBe(text);
                if (!string.IsNullOrWhiteSpace(text))
                    reply.Visible.ShouldNotBeEmpty();
            })
            .QuickCheckThrowOnFailure();

        static string Pick(string seed) =>
            (seed.Length % 9) switch
            {
                0 => "> quoted",
                1 => "On Tue, 3 Mar 2026 at 10:00, Ann <ann@example.org> wrote:",
                2 => "",
                3 => "-- ",
                4 => "From: Ann <ann@example.org>",
                5 => "Sent: Tuesday",
                6 => "-----Original Message-----",
                _ => seed,
            };
    }

    [Fact]
    public void Html_becomes_readable_text()
    {
        HtmlText
            .Of(
                "<p>One&nbsp;two</p><ul><li>a<li>b</ul><table><tr><td>x</td><td>y</td></tr></table>"
                    + "<a href=\"https://example.org/p\">here</a><!-- no --><script>bad()</script>"
            )
            .ShouldBe("One two\n\n- a\n- b\n\nx y\n\nhere <https://example.org/p>");
        HtmlText.Of("<div title=\"a>b\" class='x'>1 < 2</div><!-- open").ShouldStartWith("1 < 2");
    }
}
