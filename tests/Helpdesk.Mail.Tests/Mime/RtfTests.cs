using System.Buffers.Binary;
using System.Diagnostics;
using System.Text;
using Helpdesk.Mail.Mime;
using Shouldly;

namespace Helpdesk.Mail.Tests.Mime;

public sealed class RtfTests
{
    // the examples of [MS-OXRTFCP], 4.1 and 4.2
    [Theory]
    [InlineData(
        "2d0000002b0000004c5a4675f1c5c7a703000a00726370673132354232 0af32068656c09002062770 5b06c647d0a800fa0",
        "{\\rtf1\\ansi\\ansicpg1252\\pard hello world}\r\n"
    )]
    [InlineData("1a0000001c0000004c5a4675e2d44b51410004205758595a0d6e7d010eb0", "{\\rtf1 WXYZWXYZWXYZWXYZWXYZ}")]
    public void What_Outlook_packed_is_unpacked(string packed, string rtf) =>
        Encoding.ASCII.GetString(CompressedRtf.Unpack(Convert.FromHexString(packed.Replace(" ", "")))!).ShouldBe(rtf);

    [Theory]
    [InlineData(@"{\rtf1\ansi Hello\par world}", "Hello\nworld")]
    [InlineData(
        @"{\rtf1\ansi{\fonttbl{\f0 Arial;}}{\*\generator X;}\f0 Sch\'f6n, \u8364?5 \emdash  ok}",
        "Schön, €5 — ok"
    )]
    [InlineData(
        @"{\rtf1\ansi{\fonttbl{\f0\fcharset204 A;}{\f1 B;}}\f0\'cf\'f0\'e8\'e2\'e5\'f2\f1  caf\'e9}",
        "Привет café"
    )]
    [InlineData(@"{\rtf1\ansi\ansicpg932 \'93\'fa\'96\'7b}", "日本")]
    [InlineData(
        @"{\rtf1\ansi\fromhtml1 {\*\htmltag64 <p>}\htmlrtf {\htmlrtf0 One\htmlrtf\par}\htmlrtf0 Two}",
        "One\nTwo"
    )]
    [InlineData(
        @"{\rtf1 a\{b\}c\\d\~e {\pict 0102ff}{\bin4 }}}}}{\field{\*\fldinst LINK}{\fldrslt here}}",
        "a{b}c\\d\u00A0e here"
    )]
    [InlineData(@"{\rtf1 \uc2 x\u1071 ??y}", "xЯy")]
    [InlineData(@"{\rtf1 unfinished {\b words", "unfinished words")]
    public void Words_are_read_and_nothing_else(string rtf, string text) =>
        RtfText.Of(Encoding.Latin1.GetBytes(rtf)).ShouldBe(text);

    [Fact]
    public void Any_bytes_give_a_result_in_little_time()
    {
        var clock = Stopwatch.StartNew();
        RtfText.Of(Encoding.ASCII.GetBytes(@"{\rtf1" + new string('{', 2_000_000)));
        RtfText.Of(Encoding.ASCII.GetBytes(@"{\rtf1" + string.Concat(Enumerable.Repeat(@"\u1 {\f1 ", 200_000))));
        RtfText.Of(Encoding.ASCII.GetBytes(@"{\rtf1 \bin2147483647 x")).ShouldBe("");
        var random = new Random(7);
        for (var i = 0; i < 300; i++)
        {
            var bytes = new byte[random.Next(400)];
            random.NextBytes(bytes);
            if (bytes.Length > 16)
                BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(8), 0x75465A4C);
            var unpacked = CompressedRtf.Unpack(bytes);
            (unpacked?.Length ?? 0).ShouldBeLessThanOrEqualTo(bytes.Length * 9);
            RtfText.Of(unpacked);
        }
        clock.Elapsed.ShouldBeLessThan(TimeSpan.FromSeconds(10));
    }

    [Fact]
    public void A_message_that_is_only_RTF_shows_its_words()
    {
        var rtf = Encoding.ASCII.GetBytes(@"{\rtf1\ansi My card\par is lost.}");
        byte[] packed = [.. U32(rtf.Length + 12), .. U32(rtf.Length), .. U32(0x414C454D), .. U32(0), .. rtf];
        byte[] properties = [.. U32(1), .. U16(0x102), .. U16(0x1009), .. U32(1), .. U32(packed.Length), .. packed];
        properties = [.. properties, .. new byte[(4 - properties.Length % 4) % 4]];
        byte[] tnef =
        [
            .. U32(0x223E9F78),
            .. U16(1),
            1,
            .. U32(0x00069003),
            .. U32(properties.Length),
            .. properties,
            .. U16(0),
        ];
        Tnef.Read(tnef)!.Text.ShouldBe("My card\nis lost.");
    }

    private static byte[] U32(long value) => BitConverter.GetBytes((uint)value);

    private static byte[] U16(int value) => BitConverter.GetBytes((ushort)value);
}
