using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Helpdesk.Mail.Mime;
using Shouldly;

namespace Helpdesk.Mail.Tests.Mime;

public sealed class MailBuilderTests
{
    private static readonly MailBuilder Simple = new()
    {
        From = new Mailbox("Example Support", "support@example.com"),
        To = [new Mailbox("Ann", "ann@example.org")],
        Subject = "Your request 4711",
        MessageId = "hd.1@example.com",
        Date = new DateTimeOffset(2026, 3, 3, 10, 0, 0, TimeSpan.FromHours(1)),
        TextBody = "Hello Ann,\nwe are on it.",
    };

    [Fact]
    public void A_short_mail_is_plain_and_readable_on_the_wire()
    {
        Encoding
            .ASCII.GetString(Simple.Build())
            .ShouldBe(
                """
                From: Example Support <support@example.com>
                To: Ann <ann@example.org>
                Subject: Your request 4711
                Date: Tue, 3 Mar 2026 09:00:00 +0000
                Message-ID: <hd.1@example.com>
                MIME-Version: 1.0
                Content-Type: text/plain; charset=utf-8
                Content-Transfer-Encoding: 7bit

                Hello Ann,
                we are on it.

                """.ReplaceLineEndings("\r\n")
            );
    }

    [Fact]
    public void A_full_mail_is_read_back_as_it_was_meant()
    {
        var sent = Simple with
        {
            From = new Mailbox("Kundendienst \"Müller & Söhne\", Köln", "support@example.com"),
            To =
            [
                new Mailbox("Анна Петрова, бухгалтерия и ещё очень длинное название отдела", "anna@example.org"),
                new Mailbox("", "b@example.org"),
            ],
            Cc = [new Mailbox("Smith, John", "john@example.org")],
            ReplyTo = [new Mailbox("Support", "support+t.abc@example.com")],
            Subject = "Ваш запит №4711: принтер не друкує, а також дуже довга тема, що не вміщується в один рядок 🙂",
            InReplyTo = "q2@example.org",
            References = ["q1@example.org", "q2@example.org"],
            TextBody = "Привіт!\n\n-- \nКоманда підтримки",
            HtmlBody = "<p>Привіт!</p><img src=\"cid:logo@example.com\">",
            Headers = [new("Auto-Submitted", "auto-replied"), new("X-Helpdesk-Loop", "desk-1")],
            Attachments =
            [
                new MailAttachment(
                    "Рахунок за березень дві тисячі двадцять шостого року.pdf",
                    "application/pdf",
                    new byte[] { 1, 2, 3 },
                    false,
                    null
                ),
                new MailAttachment("logo.png", "image/png", new byte[] { 137, 80 }, true, "logo@example.com"),
                new MailAttachment("a \"b\".txt", "text/plain", "x"u8.ToArray(), false, null),
            ],
        };

        var raw = sent.Build();
        var read = MimeParser.Parse(raw);

        raw.ShouldAllBe(b => b < 128);
        Encoding.ASCII.GetString(raw).Split("\r\n").ShouldAllBe(l => l.Length <= 78);
        read.From.ShouldBe([sent.From]);
        read.To.ShouldBe(sent.To);
        read.Cc.ShouldBe(sent.Cc);
        read.ReplyTo.ShouldBe(sent.ReplyTo);
        read.Subject.ShouldBe(sent.Subject);
        read.Date.ShouldBe(sent.Date);
        (read.MessageId, read.InReplyTo).ShouldBe((sent.MessageId, sent.InReplyTo));
        read.References.ShouldBe(sent.References);
        read.TextBody!.TrimEnd().ShouldBe(sent.TextBody);
        read.HtmlBody!.TrimEnd().ShouldBe(sent.HtmlBody);
        read.Headers.Text("Auto-Submitted").ShouldBe("auto-replied");
        read.Attachments.Select(a => (a.NameAsSent, a.ContentType, a.Inline, a.ContentId))
            .ShouldBe([
                ("logo.png", "image/png", true, "logo@example.com"),
                ("Рахунок за березень дві тисячі двадцять шостого року.pdf", "application/pdf", false, null),
                ("a \"b\".txt", "text/plain", false, null),
            ]);
        read.Remarks.ShouldBeEmpty();
        sent.Build().ShouldBe(raw);
    }

    [Fact]
    public void Nothing_in_a_value_can_begin_another_field()
    {
        var read = MimeParser.Parse(
            (
                Simple with
                {
                    Subject = "a\r\nBcc: x@example.org",
                    To = [new Mailbox("b\r\nBcc: y@example.org", "c@example.org>\r\nBcc: <z@example.org")],
                    MessageId = "i\r\nBcc: w@example.org",
                    Headers = [new("X-Value", "v\nBcc: u@example.org")],
                }
            ).Build()
        );

        read.Headers.Has("Bcc").ShouldBeFalse();
        read.Headers.Fields.Count.ShouldBe(9);
        Should.Throw<InvalidOperationException>(() => (Simple with { Headers = [new("X: y\r\nBcc", "z")] }).Build());
    }

    [Fact]
    public void Domains_are_sent_in_ascii()
    {
        MimeParser
            .Parse((Simple with { To = [new Mailbox("", "info@müller.example")] }).Build())
            .To[0]
            .Address.ShouldBe("info@xn--mller-kva.example");
    }

    [Fact]
    public void Whatever_is_written_is_read_back()
    {
        Prop.ForAll<string, string, string>(
                (subject, name, text) =>
                {
                    var mail = Simple with
                    {
                        Subject = Sound(subject),
                        From = new Mailbox(Sound(name), "support@example.com"),
                        TextBody = Sound(text),
                        HtmlBody = Sound(text + name),
                        Attachments =
                        [
                            new MailAttachment(
                                Sound(name + subject),
                                "application/x-test",
                                Encoding.UTF8.GetBytes(text ?? ""),
                                false,
                                null
                            ),
                        ],
                    };
                    var read = MimeParser.Parse(mail.Build());
                    read.Subject.ShouldBe(HeaderText.Clean(mail.Subject));
                    OneSpaced(read.Author!.Name).ShouldBe(OneSpaced(mail.From.Name));
                    Lines(read.TextBody!).ShouldBe(Lines(mail.TextBody));
                    Lines(read.HtmlBody!).ShouldBe(Lines(mail.HtmlBody!));
                    read.Attachments[0].Content.ToArray().ShouldBe(Encoding.UTF8.GetBytes(text ?? ""));
                }
            )
            .QuickCheckThrowOnFailure();

        static string Sound(string? text) =>
            Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text ?? "")).Replace("\0", "");
        static string Lines(string text) => text.ReplaceLineEndings("\n").Replace('\r', '\n').Trim('\n', '\ufeff');
        static string OneSpaced(string text) =>
            string.Join(' ', HeaderText.Clean(text).Split(' ', StringSplitOptions.RemoveEmptyEntries)).Trim('\'');
    }
}
