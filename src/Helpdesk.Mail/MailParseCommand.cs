using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Helpdesk.Mail.Intake;
using Helpdesk.Mail.Intake.Bounces;
using Helpdesk.Mail.Intake.Replies;
using Helpdesk.Mail.Mime;

namespace Helpdesk.Mail;

/// <summary>Says what was understood of messages in files, one JSON object a line.</summary>
public static class MailParseCommand
{
    private static readonly JsonWriterOptions Compact = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Parses one file, or each <c>*.eml</c> of a folder in the order of their names.</summary>
    /// <returns>0; 1 when a file could not be read (the others are still printed); 2 when there is no such path.</returns>
    public static int Run(string path, TextWriter output, TextWriter error)
    {
        if (!Directory.Exists(path) && !File.Exists(path))
        {
            error.WriteLine($"{path}: no such file or folder");
            return 2;
        }
        var files = Directory.Exists(path)
            ? Directory.GetFiles(path, "*.eml").Order(StringComparer.Ordinal)
            : Enumerable.Repeat(path, 1);
        var result = 0;
        foreach (var file in files)
        {
            try
            {
                output.WriteLine(Describe(Path.GetFileName(file), MimeParser.Parse(File.ReadAllBytes(file))));
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                error.WriteLine($"{file}: {e.Message}");
                result = 1;
            }
        }
        output.Flush();
        return result;
    }

    private static string Describe(string file, ParsedMail mail)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer, Compact))
        {
            json.WriteStartObject();
            json.WriteString("file", file);
            WriteHeaders(json, mail);
            json.WriteString("textBody", mail.TextBody);
            json.WriteBoolean("htmlBodyPresent", mail.HtmlBody is not null);
            WriteAttachments(json, mail);
            WriteTnef(json, mail);
            WriteJudgement(json, mail);
            json.WriteEndObject();
        }
        return Encoding.UTF8.GetString(buffer.GetBuffer(), 0, (int)buffer.Length);
    }

    private static void WriteHeaders(Utf8JsonWriter json, ParsedMail mail)
    {
        json.WriteString("subject", mail.Subject);
        json.WritePropertyName("from");
        if (mail.Author is { } author)
            Write(json, author);
        else
            json.WriteNullValue();
        json.WriteString("autoSubmitted", mail.Headers.Text("Auto-Submitted")?.Split(';')[0].Trim().ToLowerInvariant());
        WriteAll(json, "to", mail.To);
        WriteAll(json, "cc", mail.Cc);
        json.WriteString("messageId", mail.MessageId);
        json.WriteString("inReplyTo", mail.InReplyTo);
        WriteTexts(json, "references", mail.References);
        json.WriteString(
            "date",
            mail.Date?.UtcDateTime.ToString(
                "yyyy-MM-dd'T'HH:mm:ss'Z'",
                System.Globalization.CultureInfo.InvariantCulture
            )
        );
    }

    private static void WriteAll(Utf8JsonWriter json, string name, IReadOnlyList<Mailbox> mailboxes)
    {
        json.WriteStartArray(name);
        foreach (var mailbox in mailboxes)
            Write(json, mailbox);
        json.WriteEndArray();
    }

    private static void Write(Utf8JsonWriter json, Mailbox mailbox)
    {
        json.WriteStartObject();
        json.WriteString("name", mailbox.Name);
        json.WriteString("address", mailbox.Address);
        json.WriteEndObject();
    }

    private static void WriteAttachments(Utf8JsonWriter json, ParsedMail mail)
    {
        json.WriteStartArray("attachments");
        foreach (var attachment in mail.Attachments)
        {
            json.WriteStartObject();
            json.WriteString("name", attachment.NameAsSent);
            json.WriteString("storedName", attachment.Name);
            json.WriteString("contentType", attachment.ContentType);
            json.WriteNumber("size", attachment.Content.Length);
            json.WriteBoolean("inline", attachment.Inline);
            json.WriteEndObject();
        }
        json.WriteEndArray();
    }

    private static void WriteTnef(Utf8JsonWriter json, ParsedMail mail)
    {
        json.WriteStartArray("tnefAttachments");
        foreach (var file in Unpacking.TnefFiles(mail))
        {
            json.WriteStartObject();
            json.WriteString("name", file.NameAsSent);
            json.WriteNumber("size", file.Content.Length);
            json.WriteEndObject();
        }
        json.WriteEndArray();
    }

    private static void WriteJudgement(Utf8JsonWriter json, ParsedMail mail)
    {
        var verdict = Screening.Judge(mail, new ScreeningContext());
        json.WriteString("kind", verdict.Kind.ToString());
        json.WriteBoolean("isBounce", verdict.Kind == MailKind.Bounce);
        json.WriteBoolean("isAutoReply", verdict.Kind == MailKind.AutoReply);
        json.WriteBoolean("mayAnswer", verdict.MayAnswer);
        WriteTexts(json, "reasons", verdict.Reasons.Select(r => r.Code.ToString()));
        WriteTexts(json, "failedRecipients", verdict.FailedRecipients.Select(f => f.Address));
        json.WriteString("visibleReply", ReplyText.Read(mail).Visible);
        json.WriteString("note", NoteText.Of(Unpacking.Open(mail).Notes, CultureInfo.InvariantCulture));
        WriteTexts(json, "remarks", mail.Remarks.Select(r => r.Code.ToString()));
    }

    private static void WriteTexts(Utf8JsonWriter json, string name, IEnumerable<string> texts)
    {
        json.WriteStartArray(name);
        foreach (var text in texts)
            json.WriteStringValue(text);
        json.WriteEndArray();
    }
}
