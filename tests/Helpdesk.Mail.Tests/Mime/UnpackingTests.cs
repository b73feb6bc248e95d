using System.Formats.Asn1;
using System.Globalization;
using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Helpdesk.Mail.Intake;
using Helpdesk.Mail.Mime;
using Shouldly;

namespace Helpdesk.Mail.Tests.Mime;

public sealed class UnpackingTests
{
    private static (ParsedMail Mail, IReadOnlyList<MailNote> Notes) Open(string raw) =>
        Unpacking.Open(MimeParser.Parse(Sample.Of(raw)));

    // ---- winmail.dat

    private static byte[] Winmail(params (int Level, uint Id, byte[] Data)[] attributes)
    {
        using var stream = new MemoryStream();
        using var writer = new BinaryWriter(stream);
        writer.Write(0x223E9F78u);
        writer.Write((ushort)1);
        foreach (var (level, id, data) in attributes)
        {
            writer.Write((byte)level);
            writer.Write(id);
            writer.Write(data.Length);
            writer.Write(data);
            writer.Write((ushort)data.Sum(b => b));
        }
        return stream.ToArray();
    }

    private static byte[] Properties(params (int Type, int Id, byte[] Value)[] properties)
    {
        using var stream = new MemoryStream();
        using var writer = new BinaryWriter(stream);
        writer.Write(properties.Length);
        foreach (var (type, id, value) in properties)
        {
            writer.Write((ushort)type);
            writer.Write((ushort)id);
            if (type is 0x1E or 0x1F or 0x102)
            {
                writer.Write(1);
                writer.Write(value.Length);
            }
            writer.Write(value);
            writer.Write(new byte[(4 - value.Length % 4) % 4]);
        }
        return stream.ToArray();
    }

    private static byte[] TwoFiles() =>
        Winmail(
            (1, 0x0002_800C, "The body"u8.ToArray()),
            (2, 0x0006_9002, new byte[14]),
            (2, 0x0001_8010, "SHORT~1.TXT\0"u8.ToArray()),
            (2, 0x0006_800F, "first"u8.ToArray()),
            (
                2,
                0x0006_9005,
                Properties(
                    (3, 0x3705, [1, 0, 0, 0]),
                    (0x1F, 0x3707, Encoding.Unicode.GetBytes("Grüße aus Tallinn.txt\0")),
                    (0x1E, 0x370E, "text/plain\0"u8.ToArray())
                )
            ),
            (2, 0x0006_9002, new byte[14]),
            (2, 0x0001_8010, "..\\second.bin\0"u8.ToArray()),
            (2, 0x0006_800F, [1, 2, 3])
        );

    private static string MailWith(byte[] winmail, string text) =>
        $"""
            From: ann@example.org
            MIME-Version: 1.0
            Content-Type: multipart/mixed; boundary=b

            --b
            Content-Type: text/plain

            {text}
            --b
            Content-Type: application/ms-tnef; name=winmail.dat
            Content-Transfer-Encoding: base64

            {Convert.ToBase64String(winmail)}
            --b--
            """;

    [Fact]
    public void Files_inside_a_winmail_dat_take_its_place()
    {
        var (mail, _) = Open(MailWith(TwoFiles(), "see attachment"));
        mail.TextBody.ShouldBe("see attachment");
        mail.Attachments.Select(a => (a.Name, a.ContentType, a.Content.Length))
            .ShouldBe([("Grüße aus Tallinn.txt", "text/plain", 5), ("second.bin", "application/octet-stream", 3)]);
        Open(MailWith(TwoFiles(), "")).Mail.TextBody!.Trim().ShouldBe("The body");
    }

    [Fact]
    public void A_damaged_winmail_dat_gives_what_it_has_and_never_fails()
    {
        var whole = TwoFiles();
        for (var length = 0; length < whole.Length; length++)
            Tnef.Read(whole.AsMemory(0, length));
        var edits = Gen.Choose(6, whole.Length - 1)
            .SelectMany(_ => Gen.Choose(0, 255), (at, to) => (at, to))
            .ListOf()
            .ToArbitrary();
        Check.One(
            Config.QuickThrowOnFailure.WithMaxTest(500),
            Prop.ForAll(
                edits,
                list =>
                {
                    var bytes = whole.ToArray();
                    foreach (var (at, to) in list)
                        bytes[at] = (byte)to;
                    Tnef.Read(bytes)!.Files.Sum(f => f.Content.Length).ShouldBeLessThan(bytes.Length * 2);
                }
            )
        );
    }

    // ---- calendar

    private const string Invitation = """
        BEGIN:VCALENDAR
        METHOD:REQUEST
        BEGIN:VTIMEZONE
        TZID:Europe/Tallinn
        BEGIN:STANDARD
        DTSTART:16011028T040000
        END:STANDARD
        END:VTIMEZONE
        BEGIN:VEVENT
        ORGANIZER;CN="Ash, Ann":mailto:ann@example.org
        SUMMARY:Card\, lost and
          found
        DTSTART;TZID=Europe/Tallinn:20260305T140000
        DTEND;TZID=Europe/Tallinn:20260305T150000
        LOCATION:Room 4
        BEGIN:VALARM
        DESCRIPTION:not this
        END:VALARM
        END:VEVENT
        END:VCALENDAR
        """;

    private static string MailWithCalendar(string calendar) =>
        $"""
            From: ann@example.org
            MIME-Version: 1.0
            Content-Type: multipart/alternative; boundary=b

            --b
            Content-Type: text/plain

            Please come.
            --b
            Content-Type: text/calendar; method=REQUEST

            {calendar}
            --b--
            """;

    [Fact]
    public void An_invitation_is_readable_and_its_file_kept()
    {
        var (mail, notes) = Open(MailWithCalendar(Invitation));
        mail.Attachments.ShouldHaveSingleItem().Name.ShouldBe("invite.ics");
        NoteText
            .Of(notes, CultureInfo.GetCultureInfo("en"))
            .ShouldBe(
                "Invitation: Card, lost and found\nWhen: Thursday 5 March 2026, 14:00–15:00 (Europe/Tallinn)\nWhere: Room 4\nFrom: Ash, Ann <ann@example.org>"
            );
    }

    [Theory]
    [InlineData("METHOD:CANCEL", "Cancelled: ")]
    [InlineData("METHOD:PUBLISH", "Appointment: ")]
    [InlineData("X-NONE:1", "Appointment: ")]
    public void What_a_calendar_says_is_told_apart(string method, string words) =>
        NoteText
            .Of(
                Open(MailWithCalendar(Invitation.Replace("METHOD:REQUEST", method, StringComparison.Ordinal))).Notes,
                CultureInfo.GetCultureInfo("en")
            )
            .ShouldStartWith(words);

    [Fact]
    public void Answers_whole_days_and_repetitions_are_understood()
    {
        const string Answer = """
            BEGIN:VCALENDAR
            METHOD:REPLY
            BEGIN:VEVENT
            ATTENDEE;PARTSTAT=DECLINED:mailto:ann@example.org
            SUMMARY:Fair
            DTSTART;VALUE=DATE:20260301
            DTEND;VALUE=DATE:20260303
            RRULE:FREQ=YEARLY
            END:VEVENT
            END:VCALENDAR
            """;
        NoteText
            .Of(Open(MailWithCalendar(Answer)).Notes, CultureInfo.GetCultureInfo("en"))
            .ShouldBe(
                "Invitation declined: Fair\nWhen: Sunday 1 March 2026 – Monday 2 March 2026, and again after that"
            );
        CalendarEvent.Read("BEGIN:VCALENDAR\nEND:VCALENDAR").ShouldBeNull();
        CalendarEvent
            .Read("BEGIN:VEVENT\nSUMMARY:" + new string('x', 1_000_000))
            .ShouldNotBeNull()
            .Summary.Length.ShouldBe(2000);
    }

    [Theory]
    [InlineData("00010101")]
    [InlineData("20260228")]
    [InlineData("99991231")]
    public void A_whole_day_with_an_absurd_end_is_told_all_the_same(string end) =>
        NoteText
            .Of(
                Open(
                    MailWithCalendar(
                        $"BEGIN:VCALENDAR\nBEGIN:VEVENT\nSUMMARY:Fair\nDTSTART;VALUE=DATE:20260301\nDTEND;VALUE=DATE:{end}\nEND:VEVENT\nEND:VCALENDAR\n"
                    )
                ).Notes,
                CultureInfo.GetCultureInfo("en")
            )
            .ShouldContain("Sunday 1 March 2026");

    // ---- S/MIME and PGP

    [Fact]
    public void A_message_inside_its_signature_is_shown()
    {
        var tag = new Asn1Tag(TagClass.ContextSpecific, 0, isConstructed: true);
        var cms = new AsnWriter(AsnEncodingRules.DER);
        using (cms.PushSequence())
        {
            cms.WriteObjectIdentifier("1.2.840.113549.1.7.2");
            using (cms.PushSequence(tag))
            using (cms.PushSequence())
            {
                cms.WriteInteger(1);
                using (cms.PushSetOf()) { }
                using (cms.PushSequence())
                {
                    cms.WriteObjectIdentifier("1.2.840.113549.1.7.1");
                    using (cms.PushSequence(tag))
                        cms.WriteOctetString(Sample.Of("Content-Type: text/plain\n\nSigned words.\n"));
                }
                using (cms.PushSetOf()) { }
            }
        }
        var body = Convert.ToBase64String(cms.Encode(), Base64FormattingOptions.InsertLineBreaks);

        var (mail, notes) = Open(
            $"From: ann@example.org\nContent-Type: application/pkcs7-mime; smime-type=signed-data; name=smime.p7m\nContent-Transfer-Encoding: base64\n\n{body}\n"
        );

        mail.TextBody!.Trim().ShouldBe("Signed words.");
        mail.Attachments.ShouldHaveSingleItem().Name.ShouldBe("smime.p7m");
        notes.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("Content-Type: application/pkcs7-mime; smime-type=enveloped-data; name=smime.p7m\n\nxx", "S/MIME")]
    [InlineData("Content-Type: text/plain\n\n-----BEGIN PGP MESSAGE-----\n\nhQ\n-----END PGP MESSAGE-----\n", "PGP")]
    [InlineData(
        "Content-Type: multipart/encrypted; protocol=\"application/pgp-encrypted\"; boundary=b\n\n--b\nContent-Type: application/pgp-encrypted\n\nVersion: 1\n--b\nContent-Type: application/octet-stream; name=encrypted.asc\n\nx\n--b--\n",
        "PGP"
    )]
    public void An_encrypted_message_is_said_to_be(string rest, string way)
    {
        var (mail, notes) = Open("From: ann@example.org\n" + rest);
        notes.ShouldHaveSingleItem().ShouldBe(new MailNote(MailNoteKind.Encrypted, way));
        (mail.Attachments.Count + (mail.TextBody is null ? 0 : 1)).ShouldBeGreaterThan(0);
    }

    [Fact]
    public void A_clear_signature_is_taken_off()
    {
        var (mail, _) = Open(
            "From: a@example.org\n\n-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA256\n\nHello\n- -- \nAnn\n-----BEGIN PGP SIGNATURE-----\n\niQ\n-----END PGP SIGNATURE-----\nfooter\n"
        );
        mail.TextBody.ShouldBe("Hello\n-- \nAnn\nfooter\n");
    }

    // ---- uuencode

    [Fact]
    public void Files_within_the_text_become_files()
    {
        var (mail, _) = Open("From: a@example.org\n\nHere:\nbegin 644 ../cat.txt\n#0V%T\n`\nend\nBye\n");
        mail.TextBody.ShouldBe("Here:\nBye\n");
        var file = mail.Attachments.ShouldHaveSingleItem();
        file.Name.ShouldBe("cat.txt");
        Encoding.ASCII.GetString(file.Content.Span).ShouldBe("Cat");
    }

    [Theory]
    [InlineData("begin 644 of the story\nand the\nend\n")]
    [InlineData("begin 644 x\n#0V%T\n")]
    [InlineData("we begin 644 x\n#0V%T\nend\n")]
    public void Words_that_only_look_like_it_stay(string text) =>
        Open("From: a@example.org\n\n" + text).Mail.TextBody.ShouldBe(text);

    [Fact]
    public void Beginnings_without_number_before_one_end_are_only_text()
    {
        var text = string.Concat(Enumerable.Repeat("begin 644 a\n", 100_000)) + "#0V%T\n`\nend\n";
        var (mail, _) = Open("From: a@example.org\n\n" + text);
        mail.Attachments.ShouldHaveSingleItem();
        mail.TextBody!.Length.ShouldBe(99_999 * "begin 644 a\n".Length);
    }

    [Fact]
    public void What_wrappings_hold_counts_like_any_other_file()
    {
        var most = MailLimits.Default.MaxAttachments;
        var part = "--b\nContent-Type: application/octet-stream; name=f.bin\n\nx\n";
        var files = string.Concat(Enumerable.Repeat("begin 644 cat.txt\n#0V%T\n`\nend\n", 5));
        var head = "From: a@example.org\nContent-Type: multipart/mixed; boundary=b\n\n--b\n\n";

        var (mail, _) = Open(head + files + string.Concat(Enumerable.Repeat(part, most - 2)) + "--b--\n");
        mail.Attachments.Count.ShouldBe(most);
        mail.Remarks.ShouldHaveSingleItem().Code.ShouldBe(MailRemarkCode.TooManyAttachments);

        (mail, _) = Open(head + files + string.Concat(Enumerable.Repeat(part, most - 5)) + "--b--\n");
        mail.Attachments.Count.ShouldBe(most);
        mail.Remarks.ShouldBeEmpty();
    }

    // ---- whatever comes

    [Fact]
    public void Any_text_is_opened_without_failing_and_loses_no_words()
    {
        string[] pieces =
        [
            "begin 644 a\n",
            "#0V%T\n",
            "end\n",
            "`\n",
            "-----BEGIN PGP SIGNED MESSAGE-----\n",
            "-----BEGIN PGP SIGNATURE-----\n",
            "-----END PGP SIGNATURE-----\n",
            "BEGIN:VCALENDAR\n",
            "BEGIN:VEVENT\n",
            "END:VEVENT\n",
            "SUMMARY:x\\",
            "DTSTART;TZID=\":20261301T250000\n",
            " folded\n",
            "word\n",
            "\n",
            "\0\r",
        ];
        var texts = Gen.Elements(pieces).ListOf().Select(string.Concat).ToArbitrary();
        Check.One(
            Config.QuickThrowOnFailure.WithMaxTest(500),
            Prop.ForAll(
                texts,
                text =>
                {
                    var mail = MimeParser.Parse(Sample.Of("From: a@example.org\n\n" + text));
                    var (opened, notes) = Unpacking.Open(mail);
                    NoteText.Of(notes, CultureInfo.InvariantCulture);
                    CalendarEvent.Read(text);
                    var words = text.Split("word").Length;
                    if (!text.Contains("PGP", StringComparison.Ordinal))
                        (
                            (opened.TextBody ?? "").Split("word").Length + opened.Attachments.Count * 1000
                        ).ShouldBeGreaterThanOrEqualTo(words);
                }
            )
        );
    }

    [Fact]
    public async Task A_winmail_dat_and_an_invitation_become_what_people_need()
    {
        await using var desk = await MailDesk.OpenAsync();
        await desk.ReceiveAsync(MailWith(TwoFiles(), "see attachment"));
        await desk.ReceiveAsync(MailWithCalendar(Invitation));
        var tickets = await desk.TicketsAsync();
        tickets[0].Messages[0].Attachments.Select(a => a.Name).ShouldBe(["Grüße aus Tallinn.txt", "second.bin"]);
        tickets[1].Messages[0].Text.ShouldStartWith("Please come.\n\nInvitation: Card, lost and found\nWhen: ");
        tickets[1].Messages[0].Attachments.ShouldHaveSingleItem().Name.ShouldBe("invite.ics");
    }
}
