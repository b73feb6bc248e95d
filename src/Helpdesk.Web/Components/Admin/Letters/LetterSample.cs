using System.Globalization;
using Helpdesk.Mail.Outbound;
using Helpdesk.Tickets.Data;
using Helpdesk.Tickets.Notifications;
using Helpdesk.Tickets.Settings;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Localization;

namespace Helpdesk.Web.Components.Admin.Letters;

/// <summary>A mail about a ticket that does not exist, in given words.</summary>
public sealed class LetterSample(
    DeskDirectory directory,
    IDbContextFactory<HelpdeskDbContext> databases,
    TimeProvider time,
    IStringLocalizer<AdminTexts> T
)
{
    /// <param name="signature">Null = the one that is taken at this place.</param>
    public async Task<Letter> WriteAsync(
        NotificationKind kind,
        LetterPlace place,
        TemplateWords words,
        string? signature = null
    )
    {
        var picture = await directory.GetAsync();
        var culture = place.Language.Length > 0 ? CultureInfo.GetCultureInfo(place.Language) : LetterChanges.Culture;
        var facts = Facts(picture.Settings, culture);
        int? teamId = place.TeamId == LetterWords.Desk ? null : place.TeamId;
        if (teamId is { } id && picture.Teams.TryGetValue(id, out var team))
            facts["team"] = team.Name;
        if (signature is null)
        {
            await using var db = databases.CreateDbContext();
            signature =
                (await LetterWords.LoadAsync(db)).SignatureOf(teamId, place.Language)
                ?? TemplateWords.Phrase("Signature", culture);
        }
        signature = LetterWriter.Sign(signature, facts);
        facts["signature"] = signature.ReplaceLineEndings(", ");
        return LetterWriter.Write(
            Content(kind, words, picture.Settings, culture, facts) with
            {
                Signature = signature,
            }
        );
    }

    public string Word(string name) => T[name];

    private LetterContent Content(
        NotificationKind kind,
        TemplateWords words,
        DeskSettings settings,
        CultureInfo culture,
        Dictionary<string, string> facts
    ) =>
        new()
        {
            Words = words.WithBothButtons(kind, culture),
            Culture = culture,
            Facts = facts,
            Company = settings.CompanyName,
            TopLine = TemplatePlaceholders.NeedsLink(kind)
                ? settings.CompanyName
                : TemplateWords
                    .Phrase("TopLine", culture)
                    .Replace("{company}", settings.CompanyName, StringComparison.Ordinal)
                    .Replace("{number}", facts["number"], StringComparison.Ordinal),
            PublicUrl = settings.PublicUrl,
            Link = settings.PublicUrl,
            OtherLink = TemplatePlaceholders.HasOtherLink(kind) ? settings.PublicUrl : null,
            MessageText = T["Sample.Message"],
            EarlierText = kind is NotificationKind.Reply ? T["Sample.Earlier"].Value : null,
        };

    private Dictionary<string, string> Facts(DeskSettings settings, CultureInfo culture)
    {
        var soon = time.GetUtcNow().AddHours(4).ToString("HH:mm", CultureInfo.InvariantCulture) + " (Etc/UTC)";
        return new(StringComparer.Ordinal)
        {
            ["company"] = settings.CompanyName,
            ["number"] = "48213",
            ["subject"] = T["Sample.Subject"],
            ["customer"] = T["Sample.Customer"],
            ["team"] = T["Sample.Team"],
            ["specialist"] = T["Sample.Specialist"],
            ["author"] = T["Sample.Specialist"],
            ["article"] = T["Sample.Article"],
            ["list"] = T["Sample.List"],
            ["mails"] = "12",
            ["answer"] = TemplateWords.Phrase(
                settings.StaffAnswersByMail ? "StaffAnswer.ByMail" : "StaffAnswer.OnDesk",
                culture
            ),
            ["priority"] = TemplateWords.Phrase("Priority.High", culture),
            ["target"] = TemplateWords.Phrase("Target.FirstResponse", culture),
            ["due"] = soon,
            ["promised"] = soon,
            ["since"] = soon,
            ["until"] = soon,
            ["topic"] = T["Sample.Subject"],
            ["numbers"] = "48213, 48214",
            ["right"] = "41",
            ["judged"] = "48",
            ["promise"] = "95",
        };
    }
}
