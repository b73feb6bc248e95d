using System.Text;
using System.Text.Json;
using Helpdesk.Mail.Mime;

namespace Helpdesk.Mail.Intake.Bounces;

/// <summary>
/// Bounces as sending services tell them: an object with <c>bounce.bouncedRecipients</c> or <c>deliveryDelay.delayedRecipients</c> (Amazon SES), alone or
/// as the <c>Message</c> of a notification (Amazon SNS). Only a mail of a program is one, whose text begins with that object and has little behind it:
/// a person who asks what such a notice means is a person.
/// </summary>
internal static class JsonNotice
{
    private const int MaxChars = 256 * 1024;
    private const int MaxRecipients = 200;
    private const int MaxDepth = 16;

    public static Bounce? Read(ParsedMail mail)
    {
        var text = mail.TextBody?.TrimStart();
        if (text is not ['{', ..] || text.Length > MaxChars || !IsOfProgram(mail))
            return null;
        using var outer = Parse(text);
        if (outer is null)
            return null;
        if (Recipients(outer.RootElement) is { } direct)
            return Notice(direct);
        if (Text(outer.RootElement, "Message") is not ['{', ..] wrapped)
            return null;
        using var inner = Parse(wrapped);
        return inner is not null && Recipients(inner.RootElement) is { } found ? Notice(found) : null;
    }

    private static bool IsOfProgram(ParsedMail mail) =>
        mail.Headers.Has("x-amz-sns-message-type")
        || mail.Headers.Has("Auto-Submitted")
        || mail.Headers.First("Return-Path")?.Trim() is "<>"
        || mail.Author is not { } author
        || SenderNames.IsSystem(author.Address)
        || SenderNames.IsDaemon(author.Address);

    private static Bounce Notice(List<FailedRecipient> recipients) =>
        new(new ScreeningReason(ScreeningCode.ServiceNotice), recipients);

    /// <summary>The object that the text begins with; what follows it, such as how to end the subscription, is not looked at.</summary>
    private static JsonDocument? Parse(string text)
    {
        // long lines are broken up on their way, by some servers with a mark; no string of JSON holds a line break of its own
        var line = text.ReplaceLineEndings("\n").Replace("!\n ", "", StringComparison.Ordinal).Replace('\n', ' ');
        var reader = new Utf8JsonReader(Encoding.UTF8.GetBytes(line), new JsonReaderOptions { MaxDepth = MaxDepth });
        try
        {
            return
                JsonDocument.TryParseValue(ref reader, out var document)
                && document.RootElement.ValueKind is JsonValueKind.Object
                ? document
                : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <returns>Null for what is no such notice.</returns>
    private static List<FailedRecipient>? Recipients(JsonElement notice)
    {
        if (Member(notice, "mail")?.ValueKind is not JsonValueKind.Object)
            return null;
        var isBounce = Member(notice, "bounce") is { ValueKind: JsonValueKind.Object };
        var report = Member(notice, isBounce ? "bounce" : "deliveryDelay");
        if (
            report is not { ValueKind: JsonValueKind.Object } told
            || Member(told, isBounce ? "bouncedRecipients" : "delayedRecipients")
                is not { ValueKind: JsonValueKind.Array } list
        )
            return null;
        var isPassing = !isBounce || Text(told, "bounceType") == "Transient";
        var kind = Text(told, isBounce ? "bounceSubType" : "delayType");
        var recipients = new List<FailedRecipient>();
        foreach (var one in list.EnumerateArray().Take(MaxRecipients))
            if (
                Text(one, "emailAddress") is { } given
                && AddressList.Parse(given) is [{ Address.Length: > 0 } known, ..]
            )
                recipients.Add(
                    FailureText.Recipient(
                        known.Address,
                        Text(one, "status"),
                        Text(one, "diagnosticCode") ?? Words(kind),
                        isPassing
                    )
                );
        return recipients;
    }

    /// <summary>Where no server said anything: the service's own word for it, in words that say why.</summary>
    private static string? Words(string? kind) =>
        kind switch
        {
            "NoEmail" or "Suppressed" or "OnAccountSuppressionList" => $"{kind}: the address does not exist",
            "MailboxFull" => "MailboxFull: mailbox is full",
            "MessageTooLarge" => "MessageTooLarge: message too large",
            "ContentRejected" or "AttachmentRejected" or "SpamDetected" => $"{kind}: refused by policy",
            _ => kind,
        };

    private static JsonElement? Member(JsonElement parent, string name) =>
        parent.ValueKind is JsonValueKind.Object && parent.TryGetProperty(name, out var value) ? value : null;

    private static string? Text(JsonElement parent, string name) =>
        Member(parent, name) is { ValueKind: JsonValueKind.String } value ? value.GetString() : null;
}
