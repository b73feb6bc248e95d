using System.Globalization;
using System.Text;
using System.Text.Json;
using Helpdesk.Mail.Intake;
using Helpdesk.Mail.Intake.Bounces;
using Helpdesk.Mail.Intake.Replies;
using Helpdesk.Mail.Mime;
using Helpdesk.Testing;

namespace Helpdesk.Mail.Tests;

/// <summary>
/// Reading measured on some 800 real messages with expected results, kept beside the checkout. The floors are what was
/// reached, less one message or so; what is missing is mostly labels that other parsers agree on and we do not.
/// </summary>
public sealed class RealMessagesTests
{
    [Fact]
    public void Real_messages_are_understood_as_well_as_before()
    {
        var folder = SharedData.Path("mail/eml");
        var expectations = SharedData.Path("mail/expected.jsonl");
        Assert.SkipWhen(folder is null || expectations is null, "the shared messages are not beside this checkout");
        var score = new Dictionary<string, (int Right, int Of)>(StringComparer.Ordinal);
        foreach (var line in File.ReadLines(expectations))
        {
            using var json = JsonDocument.Parse(line);
            var expected = json.RootElement;
            var mail = MimeParser.Parse(
                File.ReadAllBytes(Path.Combine(folder, expected.GetProperty("file").GetString()!))
            );
            Compare(expected, mail, score);
        }

        Assert.All(
            Floors,
            floor =>
            {
                var (right, of) = score[floor.Key];
                Assert.True(right >= floor.Value * of, $"{floor.Key}: {right} of {of}, floor {floor.Value}");
            }
        );
    }

    private static readonly Dictionary<string, double> Floors = new(StringComparer.Ordinal)
    {
        ["subject"] = .997,
        ["from"] = .997,
        ["to"] = .995,
        ["messageId"] = .998,
        ["date"] = .998,
        ["textBody"] = .974,
        ["htmlBodyPresent"] = .998,
        ["attachments"] = .99,
        ["isBounce"] = .988,
        ["isAutoReply"] = .99,
        ["failedRecipients"] = .95,
        ["visibleReply"] = .87,
    };

    private static void Compare(JsonElement expected, ParsedMail mail, Dictionary<string, (int Right, int Of)> score)
    {
        var verdict = Screening.Judge(mail, new ScreeningContext());
        foreach (var property in expected.EnumerateObject())
        {
            var contested =
                expected.GetProperty("sources").TryGetProperty(property.Name, out var source)
                && source.GetString() == "majority";
            if (contested || IsRight(property, mail, verdict) is not { } right)
                continue;
            var (before, of) = score.GetValueOrDefault(property.Name);
            score[property.Name] = (before + (right ? 1 : 0), of + 1);
        }
    }

    private static bool? IsRight(JsonProperty property, ParsedMail mail, ScreeningVerdict verdict)
    {
        var value = property.Value;
        return property.Name switch
        {
            "subject" => Same(value, mail.Subject),
            "from" => Address(value).Equals(mail.Author?.Address ?? "", StringComparison.OrdinalIgnoreCase),
            "to" => SameSet(value.EnumerateArray().Select(Address), mail.To.Select(m => m.Address)),
            "messageId" => Same(value, mail.MessageId),
            "date" => value.ValueKind == JsonValueKind.Null
                ? mail.Date is null
                : mail.Date == DateTimeOffset.Parse(value.GetString()!, CultureInfo.InvariantCulture),
            "textBody" => Same(value, mail.TextBody),
            "htmlBodyPresent" => value.GetBoolean() == mail.HtmlBody is not null,
            "attachments" => value.EnumerateArray().Count(IsFile) == mail.Attachments.Count,
            "isBounce" => value.GetBoolean() == (verdict.Kind == MailKind.Bounce),
            "isAutoReply" => value.GetBoolean() == (verdict.Kind == MailKind.AutoReply),
            "failedRecipients" => SameSet(
                value.EnumerateArray().Select(v => v.GetString()!),
                verdict.FailedRecipients.Select(f => f.Address)
            ),
            "visibleReply" => Same(value, ReplyText.Read(mail).Visible),
            _ => null,
        };
    }

    /// <summary>The expectations list report parts as well, which are kept apart here.</summary>
    private static bool IsFile(JsonElement part) =>
        part.GetProperty("contentType").GetString() is not { } type
        || type != "text/rfc822-headers"
            && !type.EndsWith("-status", StringComparison.Ordinal)
            && !type.EndsWith("-notification", StringComparison.Ordinal)
            && !type.EndsWith("/feedback-report", StringComparison.Ordinal);

    private static string Address(JsonElement mailbox) =>
        mailbox.ValueKind == JsonValueKind.Null
            ? ""
            : (mailbox.GetProperty("address").GetString() ?? "").ToLowerInvariant();

    private static bool SameSet(IEnumerable<string> one, IEnumerable<string> other) =>
        one.Select(a => a.ToLowerInvariant())
            .Where(a => a.Length > 0)
            .Order(StringComparer.Ordinal)
            .SequenceEqual(
                other.Select(a => a.ToLowerInvariant()).Where(a => a.Length > 0).Order(StringComparer.Ordinal),
                StringComparer.Ordinal
            );

    private static bool Same(JsonElement expected, string? text) => Squeeze(expected.GetString()) == Squeeze(text);

    private static string Squeeze(string? text) =>
        string.Concat(
            (text ?? "")
                .Normalize(NormalizationForm.FormC)
                .Where(c => !char.IsWhiteSpace(c) && c is not ('\ufeff' or '\0'))
        );
}
