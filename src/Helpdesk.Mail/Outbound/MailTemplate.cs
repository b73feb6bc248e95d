using System.Globalization;
using System.Resources;
using Helpdesk.Tickets.Notifications;

namespace Helpdesk.Mail.Outbound;

/// <summary>
/// The words of one kind of mail for one team and language, as an administrator changed them; see <see cref="LetterWords"/> for which of them
/// are taken, and that without any the built-in words stand.
/// Plain text with <c>{placeholders}</c>. A line with a placeholder that has no value is left out; an empty line ends a paragraph.
/// </summary>
public sealed class MailTemplate
{
    public const int MaxTextLength = 20_000;

    public required NotificationKind Kind { get; init; }

    /// <summary>ISO 639-1; empty = every language that has no words of its own.</summary>
    public required string Language { get; init; }

    /// <summary>The team whose words these are; 0 = the desk's.</summary>
    public required int TeamId { get; init; }
    public required string Subject { get; set; }

    /// <summary>May be empty.</summary>
    public required string Heading { get; set; }
    public required string Text { get; set; }

    /// <summary>The words on the link; empty = no link.</summary>
    public required string Button { get; set; }

    /// <summary>The words on the second link, in the kinds that have one; empty = the built-in ones.</summary>
    public string OtherButton { get; set; } = "";
    public required string Footer { get; set; }
    public required DateTimeOffset ChangedAt { get; set; }

    public TemplateWords Words => new(Subject, Heading, Text, Button, Footer) { OtherButton = OtherButton };
}

/// <summary>
/// What stands under a specialist's answers, for one team and language: plain text with <c>{placeholders}</c>, put where <c>{signature}</c> stands.
/// </summary>
public sealed class MailSignature
{
    public const int MaxTextLength = 2000;

    /// <inheritdoc cref="MailTemplate.Language"/>
    public required string Language { get; init; }

    /// <inheritdoc cref="MailTemplate.TeamId"/>
    public required int TeamId { get; init; }
    public required string Text { get; set; }
    public required DateTimeOffset ChangedAt { get; set; }
}

/// <inheritdoc cref="MailTemplate"/>
public sealed record TemplateWords(string Subject, string Heading, string Text, string Button, string Footer)
{
    /// <inheritdoc cref="MailTemplate.OtherButton"/>
    public string OtherButton { get; init; } = "";

    private static readonly ResourceManager Resources = new(
        "Helpdesk.Mail.Outbound.Letters",
        typeof(TemplateWords).Assembly
    );

    /// <summary>The built-in words; those of the neutral language where the culture has none.</summary>
    public static TemplateWords BuiltIn(NotificationKind kind, CultureInfo culture) =>
        new(
            Phrase($"{kind}.Subject", culture),
            Phrase($"{kind}.Heading", culture),
            Phrase($"{kind}.Text", culture),
            Phrase($"{kind}.Button", culture),
            Phrase($"{kind}.Footer", culture)
        )
        {
            OtherButton = Phrase($"{kind}.OtherButton", culture),
        };

    /// <summary>With the built-in words on the second link where nobody wrote any: both answers must be there.</summary>
    public TemplateWords WithBothButtons(NotificationKind kind, CultureInfo culture) =>
        OtherButton.Length > 0 ? this : this with { OtherButton = Phrase($"{kind}.OtherButton", culture) };

    /// <summary>Words that belong to every mail, such as the line above the offered articles.</summary>
    public static string Phrase(string name, CultureInfo culture) => Resources.GetString(name, culture) ?? "";
}
