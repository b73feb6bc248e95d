using System.Text;
using Helpdesk.Mail.Mime;
using Shouldly;

namespace Helpdesk.Mail.Tests.Mime;

public sealed class MimeParserTests
{
    [Fact]
    public void A_webmail_message_with_attachments_is_understood_whole()
    {
        var mail = MimeParser.Parse(Sample.File("webmail-attachments.eml"));

        mail.Subject.ShouldBe("Rechnung für März");
        mail.Author.ShouldBe(new Mailbox("Müller, Jörg", "joerg@example.org"));
        mail.To.ShouldBe([new("Support", "support@example.com"), new("François", "francois@example.com")]);
        mail.Cc.ShouldBe([new("", "eva@example.com"), new("Kowalski; Jan", "jan@example.com")]);
        mail.MessageId.ShouldBe("w1@example.org");
        mail.InReplyTo.ShouldBe("q0@helpdesk.example.com");
        mail.References.ShouldBe(["q-1@helpdesk.example.com", "q0@helpdesk.example.com"]);
        mail.Date.ShouldBe(new DateTimeOffset(2026, 3, 3, 9, 0, 0, TimeSpan.Zero));
        mail.TextBody.ShouldBe("Guten Tag, die Rechnung im Anhang ist falsch und  muss neu.\n\n-- \nJörg");
        mail.HtmlBody.ShouldBe("<p>Guten Tag</p>");
        mail.Attachments.Select(a => (a.Name, a.ContentType, a.Content.Length, a.Inline, a.ContentId))
            .ShouldBe([
                ("Rechnung März.pdf", "application/pdf", 9, false, null),
                ("logo.png", "image/png", 8, true, "logo@example.org"),
                (null, "message/rfc822", mail.Attachments[2].Content.Length, false, null),
            ]);
        mail.Remarks.ShouldBeEmpty();
    }

    [Fact]
    public void Encoded_words_split_inside_a_charset_are_joined()
    {
        var mail = MimeParser.Parse(Sample.File("outlook-cyrillic.eml"));

        mail.Author!.Name.ShouldBe("Анна Петрова");
        mail.Subject.ShouldBe("Не печатает принтер");
        mail.TextBody!.ShouldStartWith("Здравствуйте! Принтер");
    }

    [Theory]
    [InlineData("\n")]
    [InlineData("\r")]
    [InlineData("\r\n")]
    [InlineData("\r\r\n")]
    public void Every_line_end_is_a_line_end(string lineEnd)
    {
        var mail = MimeParser.Parse(
            Encoding.ASCII.GetBytes("Subject: a\n b\nFrom: x@example.org\n\none\ntwo\n".Replace("\n", lineEnd))
        );

        mail.Subject.ShouldBe("a b");
        mail.Author!.Address.ShouldBe("x@example.org");
        mail.TextBody!.Split('\n', StringSplitOptions.RemoveEmptyEntries).ShouldBe(["one", "two"]);
    }

    [Theory]
    [InlineData("Content-Type: text/plain; charset=windows-1251", 1251, "Привет, не работает вход")]
    [InlineData("Content-Type: text/plain", 1251, "Привет, не работает вход")] // undeclared: detected
    [InlineData("Content-Type: text/plain; charset=us-ascii", 20866, "Привет, не работает вход")]
    [InlineData("Content-Type: text/plain; charset=x-no-such", 65001, "Zażółć gęślą jaźń")]
    [InlineData("Content-Type: text/plain; charset=iso-8859-1", 65001, "Grüße aus Köln")] // UTF-8 under a wrong name
    [InlineData("Content-Type: text/plain; charset=utf-8", 1252, "Grüße aus Köln")] // and the other way round
    [InlineData("Content-Type: text/plain; charset=\"cp-850\"", 850, "Grüße")]
    [InlineData("Content-Type: text/plain; charset=gb2312", 54936, "打印机坏了")]
    public void The_charset_is_the_declared_one_or_what_the_bytes_look_like(string header, int codePage, string text)
    {
        Charsets.Find("utf-8").ShouldNotBeNull(); // registers the code pages
        byte[] raw = [.. Encoding.ASCII.GetBytes(header + "\n\n"), .. Encoding.GetEncoding(codePage).GetBytes(text)];

        MimeParser.Parse(raw).TextBody.ShouldBe(text);
    }

    [Theory]
    [InlineData("filename=plan.pdf", "plan.pdf")]
    [InlineData("filename=my plan (2).pdf", "my plan (2).pdf")]
    [InlineData("filename=\"a \\\"b\\\".pdf\"", "a _b_.pdf")]
    [InlineData("filename=\"a \"b\" c.pdf\"", "a _b_ c.pdf")]
    [InlineData("filename=\"../../etc/passwd\"", "passwd")]
    [InlineData("filename=\"C:\\docs\\plan.pdf\"", "plan.pdf")]
    [InlineData("filename=\"=?utf-8?Q?Pl=C3=A4ne.pdf?=\"", "Pläne.pdf")]
    [InlineData("filename==?utf-8?Q?Pl=C3=A4ne.pdf?=", "Pläne.pdf")]
    [InlineData("filename*=utf-8'de'Pl%C3%A4ne.pdf; filename=\"Plane.pdf\"", "Pläne.pdf")]
    [InlineData("filename*1=ne.pdf; filename*0*=iso-8859-1''Pl%E4", "Pläne.pdf")]
    [InlineData("filename*0=\"very long \"; filename*1=\"name.txt\"", "very long name.txt")]
    [InlineData("filename=\"Pläne.pdf\"", "Pläne.pdf")]
    [InlineData("filename=\"exe.\u202egnp.txt\"", "exe.gnp.txt")]
    [InlineData("filename=\"a.txt\" size=12", "a.txt")]
    [InlineData("filename=\"unclosed.txt", "unclosed.txt")]
    [InlineData("filename=\"\"", null)]
    public void Attachment_names_are_read_in_every_form_and_cleaned(string parameter, string? name)
    {
        var mail = MimeParser.Parse(
            Sample.With($"Content-Type: application/octet-stream\nContent-Disposition: attachment; {parameter}")
        );

        mail.Attachments.ShouldHaveSingleItem().Name.ShouldBe(name);
    }

    [Fact]
    public void A_long_attachment_name_keeps_its_extension()
    {
        var mail = MimeParser.Parse(Sample.With($"Content-Type: application/pdf; name=\"{new string('x', 400)}.pdf\""));

        var name = mail.Attachments[0].Name!;
        name.Length.ShouldBe(255);
        name.ShouldEndWith(".pdf");
    }

    [Theory]
    [InlineData("a@example.org", "|a@example.org")]
    [InlineData("<a@example.org>", "|a@example.org")]
    [InlineData("Ann <a@example.org>", "Ann|a@example.org")]
    [InlineData("Smith, Ann <a@example.org>, b@example.org", "Smith, Ann|a@example.org;|b@example.org")]
    [InlineData("\"Smith, Ann\" <a@example.org>", "Smith, Ann|a@example.org")]
    [InlineData("a@example.org (Ann Smith)", "Ann Smith|a@example.org")]
    [InlineData("a@example.org; b@example.org", "|a@example.org;|b@example.org")]
    [InlineData("Undisclosed recipients:;", "")]
    [InlineData("Staff: a@example.org, Bo <b@example.org>;", "|a@example.org;Bo|b@example.org")]
    [InlineData("\"a@example.org\" <a@example.org>", "a@example.org|a@example.org")]
    [InlineData("\"odd local\"@example.org", "|\"odd local\"@example.org")]
    [InlineData("<@relay.example,@b:a@example.org>", "|a@example.org")]
    [InlineData("Ann <a@example.org", "Ann|a@example.org")]
    [InlineData("=?utf-8?Q?M=C3=BCller,_J?= <j@example.org>", "Müller, J|j@example.org")]
    [InlineData("Ann (at (work)) <a@example.org>", "Ann (at (work))|a@example.org")]
    [InlineData("root", "|root")]
    [InlineData(",,;", "")]
    public void Addresses_are_read_as_they_are_written(string header, string expected)
    {
        var found = AddressList.Parse(header);

        string.Join(';', found.Select(m => $"{m.Name}|{m.Address}")).ShouldBe(expected);
    }

    [Theory]
    [InlineData("Tue, 3 Mar 2026 10:00:00 +0100", "2026-03-03T09:00:00Z")]
    [InlineData("3 Mar 2026 10:00 -0500 (EST)", "2026-03-03T15:00:00Z")]
    [InlineData("Tue, 03 Mar 26 10:00:00 GMT", "2026-03-03T10:00:00Z")]
    [InlineData("Tue Mar  3 10:00:00 2026", "2026-03-03T10:00:00Z")]
    [InlineData("Tue, 3-Mar-2026 10:00:00 PST", "2026-03-03T18:00:00Z")]
    [InlineData("2026-03-03T10:00:00+01:00", "2026-03-03T09:00:00Z")]
    [InlineData("Tue, 3 Mar 2026 10:00:00 GMT+0200", "2026-03-03T08:00:00Z")]
    [InlineData("yesterday", null)]
    [InlineData("Tue, 31 Feb 2026 10:00:00 +0100", null)]
    public void Dates_are_read_in_the_forms_that_are_sent(string header, string? expected)
    {
        MailDate.Parse(header)?.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'").ShouldBe(expected);
    }

    [Fact]
    public void Text_under_a_wrong_boundary_is_kept_apart_but_not_lost()
    {
        var mail = MimeParser.Parse(
            Sample.With(
                "Content-Type: multipart/mixed; boundary=declared",
                "--used\nContent-Type: text/plain\n\nHelp me\n--used--"
            )
        );

        mail.TextBody.ShouldBeNull();
        mail.StrayText.ShouldBe("Help me");
        mail.Remarks.Select(r => r.Code).ShouldContain(MailRemarkCode.BoundaryMissing);
    }

    [Fact]
    public void A_message_cut_on_its_way_gives_what_arrived()
    {
        var raw = Sample.File("webmail-attachments.eml");
        var pdf = Encoding.UTF8.GetString(raw).IndexOf("JVBERi", StringComparison.Ordinal);

        var mail = MimeParser.Parse(raw.AsMemory(0, pdf + 4));

        mail.TextBody!.ShouldStartWith("Guten Tag");
        mail.Attachments.ShouldHaveSingleItem().Name.ShouldBe("Rechnung März.pdf");
        mail.Remarks.Select(r => r.Code).ShouldContain(MailRemarkCode.BoundaryNotClosed);
    }

    [Fact]
    public void Control_characters_of_a_header_become_spaces()
    {
        MimeParser
            .Parse(Sample.With("Subject: =?utf-8?Q?a=0D=0ABcc:_x@example.org?="))
            .Subject.ShouldBe("a  Bcc: x@example.org");
    }

    [Fact]
    public void Many_recipients_do_not_hide_the_content_type_behind_them()
    {
        var to = string.Join(",\n ", Enumerable.Range(0, 3000).Select(i => $"user{i}@example.org"));

        var mail = MimeParser.Parse(Sample.With($"Subject: s\nTo: {to}\nContent-Type: text/html", "<p>x</p>"));

        mail.To.Count.ShouldBe(200);
        mail.HtmlBody.ShouldNotBeNull();
        mail.Remarks.Select(r => r.Code)
            .ShouldBe([MailRemarkCode.HeadersCut, MailRemarkCode.AddressesCut], ignoreOrder: true);
    }

    [Fact]
    public void Flowed_text_is_one_line_again_and_quotes_stay_lines()
    {
        FlowedText
            .Unflow("one \ntwo\n> a \n> b\n >not quoted\n-- \nme", delSp: false)
            .ShouldBe("one two\n> a \n> b\n>not quoted\n-- \nme");
        FlowedText.Unflow("one \ntwo", delSp: true).ShouldBe("onetwo");
    }

    [Fact]
    public void Damaged_base64_gives_what_can_be_read_and_no_footer()
    {
        var mail = MimeParser.Parse(
            Sample.With("Content-Transfer-Encoding: base64", "aGVs!bG8=\n\n--\nfooter of a list")
        );

        mail.TextBody.ShouldBe("hello");
        mail.Remarks.ShouldHaveSingleItem().Code.ShouldBe(MailRemarkCode.EncodingDamaged);
    }
}
