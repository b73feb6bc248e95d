using System.Text;
using Helpdesk.Mail.Intake;
using Shouldly;

namespace Helpdesk.Mail.Tests.Intake;

public class MailFingerprintTests
{
    private const string Mail = "Message-ID: <a@b>\r\nSubject: x\r\n\tfolded\r\n\r\nbody\r\n";

    [Theory]
    [InlineData("Received: from a\r\n\tby b; now\r\n")]
    [InlineData("Return-Path: <a@b>\r\n")]
    [InlineData("delivered-to: support@desk.example\r\nX-Original-To: x\r\n")]
    [InlineData("ARC-Seal: i=1;\r\n b=x\r\nAuthentication-Results: mx; spf=pass\r\n")]
    public void Lines_that_servers_add_on_the_way_do_not_make_another_mail(string trace) =>
        Of(trace + Mail).ShouldBe(Of(Mail));

    [Theory]
    [InlineData("Message-ID: <a@b>\nSubject: x\n\tfolded\n\nbody\n")]
    [InlineData("Message-ID: <a@b>\r\nSubject: x\r\n\tfolded\r\n\r\nbody")]
    [InlineData("Message-ID: <a@b>\nSubject: x\r\n\tfolded\n\r\nbody\r\n\r\n")]
    public void What_ends_its_lines_does_not_make_another_mail(string mail) => Of(mail).ShouldBe(Of(Mail));

    [Theory]
    [InlineData("Message-ID: <a@b>\r\nSubject: y\r\n\tfolded\r\n\r\nbody\r\n")]
    [InlineData("Message-ID: <a@b>\r\nSubject: x\r\n\tfolded\r\n\r\nbody \r\n")]
    [InlineData("Message-ID: <a@b>\r\nSubject: x\r\n\tfolded\r\n\r\nReceived: in the body\r\nbody\r\n")]
    public void Other_content_under_the_same_id_is_another_mail(string other)
    {
        Of(other).MessageKey.ShouldBe(Of(Mail).MessageKey);
        Of(other).ContentKey.ShouldNotBe(Of(Mail).ContentKey);
    }

    [Theory]
    [InlineData("Message-ID: <a@b>\r\n\r\n", "a@b")]
    [InlineData("message-id:\r\n <a@b>\r\n\r\n", "a@b")]
    [InlineData("Message-ID: a@b (odd)\n\n", "a@b (odd)")]
    [InlineData("Message-ID: <>\r\n\r\n", null)]
    [InlineData("Message-ID:\r\n\r\n", null)]
    [InlineData("Subject: no id\r\n\r\nMessage-ID: <in@body>\r\n", null)]
    [InlineData("", null)]
    [InlineData("\0\xff:\r\n", null)]
    [InlineData("no header at all", null)]
    public void The_id_is_found_in_the_header_only(string mail, string? id) => Of(mail).MessageId.ShouldBe(id);

    [Fact]
    public void Without_an_id_the_content_is_the_key()
    {
        var print = Of("Subject: x\r\n\r\n");
        print.MessageKey.ShouldBe(print.ContentKey);
    }

    private static MailFingerprint Of(string mail) => MailFingerprint.Of(Encoding.Latin1.GetBytes(mail));
}
