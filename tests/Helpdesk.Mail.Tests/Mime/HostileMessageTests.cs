using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Helpdesk.Mail.Intake;
using Helpdesk.Mail.Intake.Bounces;
using Helpdesk.Mail.Intake.Replies;
using Helpdesk.Mail.Mime;
using Helpdesk.Tickets.Html;
using Shouldly;

namespace Helpdesk.Mail.Tests.Mime;

public sealed class HostileMessageTests
{
    [Fact]
    public void Any_bytes_give_a_message()
    {
        Prop.ForAll<byte[]>(raw => MimeParser.Parse(raw).ShouldNotBeNull()).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void Damaged_messages_give_a_message()
    {
        var originals = Sample.Files().ToArray();
        var random = new Random(42);
        for (var i = 0; i < 4000; i++)
        {
            var raw = originals[i % originals.Length].ToArray();
            for (var k = random.Next(1, 12); k > 0; k--)
                raw[random.Next(raw.Length)] = Awkward(random);
            var mail = MimeParser.Parse(raw.AsMemory(0, random.Next(raw.Length)));
            mail.Attachments.Count.ShouldBeLessThanOrEqualTo(MailLimits.Default.MaxAttachments);
        }

        static byte Awkward(Random random) =>
            random.Next(3) == 0 ? (byte)random.Next(256) : "\r\n\0\"<>()=?;:,-'*% @"u8[random.Next(19)];
    }

    /// <summary>Ten times the size may cost ten times the work and a little for the limits, whatever is repeated.</summary>
    [Theory]
    [InlineData("Content-Type: multipart/mixed; boundary=b\n\n", "--b\nContent-Type: text/plain\n\nx\n")]
    [InlineData("Content-Type: multipart/mixed; boundary=b\n\n", "--b\n")]
    [InlineData("Content-Type: multipart/mixed; boundary=bbbb\n\n--bbbb\n\n", "--bbb\n")]
    [InlineData("Content-Type: multipart/mixed; boundary=b\n\n", "--c\nContent-Type: multipart/mixed; boundary=d\n\n")]
    [InlineData("Content-Type: multipart/mixed; boundary=b\n\n", "--b\nContent-Type: multipart/mixed; boundary=b\n\n")]
    [InlineData("Subject: x\n", "X-Y: z\n")]
    [InlineData("Subject: x", "\n y")]
    [InlineData("Subject: ", "=?utf-8?Q?")]
    [InlineData("To: ", "\"<(")]
    [InlineData("To: ", "a@b.example,\n ")]
    [InlineData("Content-Type: text/plain", ";\n name*1*=x")]
    [InlineData("Content-Transfer-Encoding: base64\n\n", "=\n=A")]
    [InlineData("Content-Transfer-Encoding: quoted-printable\n\n", "=  ")]
    [InlineData("Content-Type: text/plain; format=flowed\n\n", "> a \nb \n")]
    public void Work_grows_no_faster_than_the_message(string start, string repeated)
    {
        var small = Work(start, repeated, 2_000);
        var large = Work(start, repeated, 20_000);

        large.ShouldBeLessThan(small * 14 + 2_000_000);
    }

    private static long Work(string start, string repeated, int times) =>
        MimeParser.Parse(Encoding.ASCII.GetBytes(start + new StringBuilder().Insert(0, repeated, times))).Work;

    /// <summary>Each of these once took quadratic time somewhere in a parser; a long text must not hang.</summary>
    [Theory]
    [InlineData("<title>")]
    [InlineData("<!--")]
    [InlineData("<blockquote>")]
    [InlineData("<a href=\"")]
    [InlineData("<svg><p>")]
    [InlineData("&amp;<b>")]
    [InlineData("On a, ")]
    [InlineData("On Tue, 3 Mar 2026 at 10:00\n")]
    [InlineData("From: a@example.org\n")]
    [InlineData("wrote:\n")]
    [InlineData(">\n")]
    [InlineData("-- \n")]
    public void Long_texts_of_one_pattern_are_read(string pattern)
    {
        var text = string.Concat(Enumerable.Repeat(pattern, 200_000 / pattern.Length));

        HtmlText.Of(text).ShouldNotBeNull();
        HtmlSanitizer.NestingOf(text).ShouldBeGreaterThanOrEqualTo(0);
        ReplyText.Split(text).Visible.ShouldNotBeEmpty();
    }

    [Theory]
    [InlineData("Content-Type: text/plain; a=", " (")]
    [InlineData("Content-Type: ", "(")]
    [InlineData("To: ", "a@b:")]
    [InlineData("To: ", "(")]
    [InlineData("Cc: ", "<")]
    [InlineData("Subject: ", "=?a b?Q?")]
    [InlineData("References: ", "<")]
    public void Many_parts_with_awkward_headers_are_read(string start, string pattern)
    {
        var field = start + string.Concat(Enumerable.Repeat(pattern, 30_000 / pattern.Length));
        var parts = string.Concat(Enumerable.Repeat($"--b\n{field}\n\nx\n", 20));

        var mail = MimeParser.Parse(
            Encoding.ASCII.GetBytes($"{field}\nContent-Type: multipart/mixed; boundary=b\n\n{parts}--b--\n")
        );

        mail.ShouldNotBeNull();
    }

    [Fact]
    public void Depth_parts_and_attachments_are_bounded_and_said_so()
    {
        var nested = new StringBuilder("Content-Type: multipart/mixed; boundary=b0\n\n");
        for (var i = 0; i < 50; i++)
            nested.Append($"--b{i}\nContent-Type: multipart/mixed; boundary=b{i + 1}\n\n");
        Codes(nested.ToString()).ShouldContain(MailRemarkCode.TooDeep);

        var wide =
            "Content-Type: multipart/mixed; boundary=b\n\n"
            + new StringBuilder().Insert(0, "--b\nContent-Type: image/png\n\nx\n", 1200);
        Codes(wide)
            .ShouldBe([
                MailRemarkCode.TooManyAttachments,
                MailRemarkCode.TooManyParts,
                MailRemarkCode.BoundaryNotClosed,
            ]);
        MimeParser.Parse(Encoding.ASCII.GetBytes(wide)).Attachments.Count.ShouldBe(100);

        static IEnumerable<MailRemarkCode> Codes(string text) =>
            MimeParser.Parse(Encoding.ASCII.GetBytes(text)).Remarks.Select(r => r.Code);
    }
}
