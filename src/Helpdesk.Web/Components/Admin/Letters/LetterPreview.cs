using System.Globalization;
using System.Net;
using Helpdesk.Mail.Outbound;
using Helpdesk.Tickets;
using Helpdesk.Tickets.Notifications;
using Helpdesk.Tickets.Settings;
using Helpdesk.Web.Security;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Localization;

namespace Helpdesk.Web.Components.Admin.Letters;

/// <summary>
/// A mail as it would look, about a ticket that does not exist, for a frame without scripts. The form posts what is typed into the
/// frame, so that words can be tried before anybody gets them; nothing is saved and nothing is sent.
/// </summary>
public static class LetterPreview
{
    private const string FramePolicy =
        "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'self'";

    public static void MapLetterPreviews(this IEndpointRouteBuilder app)
    {
        app.MapGet("/admin/mail/{kind}/preview", SavedAsync)
            .RequireAuthorization(Policies.Admin)
            .WithMetadata(new ContentPolicyAttribute(FramePolicy));
        app.MapPost("/admin/mail/{kind}/preview", Typed)
            .RequireAuthorization(Policies.Admin)
            .WithMetadata(new ContentPolicyAttribute(FramePolicy));
    }

    private static async Task<Results<ContentHttpResult, NotFound>> SavedAsync(
        NotificationKind kind,
        LetterChanges changes,
        DeskDirectory directory,
        TimeProvider time,
        IStringLocalizer<AdminTexts> texts
    ) =>
        Enum.IsDefined(kind)
            ? await ShowAsync(kind, (await changes.LetterAsync(kind)).Words, directory, time, texts)
            : TypedResults.NotFound();

    private static async Task<Results<ContentHttpResult, NotFound>> Typed(
        NotificationKind kind,
        [FromForm(Name = "Form.Subject")] string? subject,
        [FromForm(Name = "Form.Heading")] string? heading,
        [FromForm(Name = "Form.Text")] string? text,
        [FromForm(Name = "Form.Button")] string? button,
        [FromForm(Name = "Form.Footer")] string? footer,
        DeskDirectory directory,
        TimeProvider time,
        IStringLocalizer<AdminTexts> texts
    )
    {
        var typed = new LetterForm
        {
            Subject = subject,
            Heading = heading,
            Text = text,
            Button = button,
            Footer = footer,
        };
        return Enum.IsDefined(kind)
            ? await ShowAsync(kind, typed.Words, directory, time, texts)
            : TypedResults.NotFound();
    }

    private static async Task<ContentHttpResult> ShowAsync(
        NotificationKind kind,
        TemplateWords words,
        DeskDirectory directory,
        TimeProvider time,
        IStringLocalizer<AdminTexts> texts
    )
    {
        var letter = LetterWriter.Write(Sample(kind, words, (await directory.GetAsync()).Settings, time, texts));
        var T = texts;
        var line =
            $"<p style=\"margin:0;padding:12px 16px;font:14px sans-serif;color:#514c44;background:#f3f1ec\"><b>{Encode(T["Letter.Subject"])}</b> {Encode(letter.Subject)}</p>";
        return TypedResults.Content(
            letter.Html.Replace("<main>", "<main>" + line, StringComparison.Ordinal),
            "text/html; charset=utf-8"
        );
    }

    private static LetterContent Sample(
        NotificationKind kind,
        TemplateWords words,
        DeskSettings settings,
        TimeProvider time,
        IStringLocalizer<AdminTexts> T
    )
    {
        var culture = LetterChanges.Culture;
        var soon = time.GetUtcNow().AddHours(4).ToString("HH:mm", CultureInfo.InvariantCulture) + " (Etc/UTC)";
        var facts = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["company"] = settings.CompanyName,
            ["number"] = "48213",
            ["subject"] = T["Sample.Subject"],
            ["customer"] = T["Sample.Customer"],
            ["team"] = T["Sample.Team"],
            ["specialist"] = T["Sample.Specialist"],
            ["author"] = T["Sample.Specialist"],
            ["article"] = T["Sample.Article"],
            ["priority"] = TemplateWords.Phrase("Priority.High", culture),
            ["target"] = TemplateWords.Phrase("Target.FirstResponse", culture),
            ["due"] = soon,
            ["promised"] = soon,
            ["until"] = soon,
            ["topic"] = T["Sample.Subject"],
            ["numbers"] = "48213, 48214",
            ["right"] = "41",
            ["judged"] = "48",
            ["promise"] = "95",
        };
        return new LetterContent
        {
            Words = words,
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
            OtherLink =
                kind is NotificationKind.AutoAnswer
                    ? (TemplateWords.Phrase("AutoAnswer.No", culture), settings.PublicUrl)
                    : null,
            MessageText = T["Sample.Message"],
            EarlierText = kind is NotificationKind.Reply ? T["Sample.Earlier"].Value : null,
        };
    }

    private static string Encode(string text) => WebUtility.HtmlEncode(text);
}
