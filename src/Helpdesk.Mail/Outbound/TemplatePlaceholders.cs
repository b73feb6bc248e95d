using Helpdesk.Tickets.Notifications;

namespace Helpdesk.Mail.Outbound;

/// <summary>What may stand in braces in a <see cref="MailTemplate"/>, by the kind of mail.</summary>
public static class TemplatePlaceholders
{
    /// <summary>Stands for the ticket's message, alone in its paragraph of the text.</summary>
    public const string Message = "message";

    private static readonly string[] OfTickets =
    [
        "company",
        "number",
        "subject",
        "customer",
        "team",
        "specialist",
        "priority",
        "due",
    ];

    /// <summary>What may stand in braces in a <see cref="MailSignature"/>.</summary>
    public static IReadOnlyList<string> OfSignatures { get; } = ["company", "author", "team", "number", "customer"];

    public static IReadOnlyList<string> Of(NotificationKind kind) =>
        kind switch
        {
            NotificationKind.SignInLink or NotificationKind.Invitation or NotificationKind.PasswordReset =>
            [
                "company",
                "until",
            ],
            NotificationKind.ReviewDue => ["company", "article"],
            NotificationKind.AnsweringWithdrawn => ["company", "topic", "right", "judged", "promise"],
            NotificationKind.Emerging => ["company", "problem", "requests"],
            NotificationKind.LabelShift => ["company", "person", "topic", "requests"],
            NotificationKind.Split => [.. OfTickets, "numbers"],
            NotificationKind.AutoAnswer => [.. OfTickets, "signature", Message],
            NotificationKind.MailPilesUp => ["company", "list", "mails", "since"],
            NotificationKind.Reply => [.. OfTickets, "author", "signature", Message],
            NotificationKind.DueSoon or NotificationKind.Breached or NotificationKind.Escalated =>
            [
                .. OfTickets,
                "target",
                "promised",
                "answer",
            ],
            NotificationKind.Acknowledgement or NotificationKind.Resolved => OfTickets,
            _ => [.. OfTickets, "answer"],
        };

    /// <summary>The first thing in braces that stands for nothing; null when all is well.</summary>
    public static string? FirstUnknown(NotificationKind kind, TemplateWords words)
    {
        var known = Of(kind);
        foreach (
            var text in new[]
            {
                words.Subject,
                words.Heading,
                words.Text,
                words.Button,
                words.OtherButton,
                words.Footer,
            }
        )
            if (FirstUnknown(text, known, mayHoldMessage: ReferenceEquals(text, words.Text)) is { } unknown)
                return unknown;
        return null;
    }

    /// <inheritdoc cref="FirstUnknown(NotificationKind, TemplateWords)"/>
    public static string? FirstUnknownInSignature(string text) =>
        FirstUnknown(text, OfSignatures, mayHoldMessage: false);

    private static string? FirstUnknown(string text, IReadOnlyList<string> known, bool mayHoldMessage)
    {
        for (var open = text.IndexOf('{'); open >= 0; open = text.IndexOf('{', open + 1))
        {
            var close = text.IndexOf('}', open);
            var name = close < 0 ? text[(open + 1)..] : text[(open + 1)..close];
            if (close < 0 || !known.Contains(name) || (name == Message && !mayHoldMessage))
                return Tickets.Text.OneLine(name, 40);
        }
        return null;
    }

    /// <summary>Whether a mail of this kind is worth nothing without its link.</summary>
    public static bool NeedsLink(NotificationKind kind) =>
        kind
            is NotificationKind.SignInLink
                or NotificationKind.Invitation
                or NotificationKind.PasswordReset
                or NotificationKind.ReviewDue
                or NotificationKind.MailPilesUp
                or NotificationKind.AnsweringWithdrawn
                or NotificationKind.Emerging
                or NotificationKind.LabelShift;

    /// <summary>Whether a mail of this kind asks something that has two answers.</summary>
    public static bool HasOtherLink(NotificationKind kind) => kind is NotificationKind.AutoAnswer;

    /// <summary>Whether the message stands in its own paragraph, as <see cref="LetterWriter"/> looks for it.</summary>
    public static bool HasMessage(string text) =>
        text.ReplaceLineEndings("\n").Split("\n\n").Any(block => block.Trim() == $"{{{Message}}}");
}
