using System.Net;
using Helpdesk.Mail.Outbound;
using Helpdesk.Tickets.Notifications;
using Helpdesk.Web.Security;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;

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
        app.MapPost("/admin/mail/signature/preview", SignatureTyped)
            .RequireAuthorization(Policies.Admin)
            .WithMetadata(new ContentPolicyAttribute(FramePolicy));
        app.MapPost("/admin/mail/{kind}/preview", Typed)
            .RequireAuthorization(Policies.Admin)
            .WithMetadata(new ContentPolicyAttribute(FramePolicy));
    }

    private static async Task<Results<ContentHttpResult, NotFound>> SavedAsync(
        NotificationKind kind,
        int? team,
        string? lang,
        LetterChanges changes,
        LetterSample sample
    )
    {
        var place = LetterPlace.Parse(team, lang);
        return Enum.IsDefined(kind)
            ? Show(await sample.WriteAsync(kind, place, (await changes.LetterAsync(kind, place)).Words), sample)
            : TypedResults.NotFound();
    }

    private static async Task<Results<ContentHttpResult, NotFound>> Typed(
        NotificationKind kind,
        int? team,
        string? lang,
        [FromForm(Name = "Form.Subject")] string? subject,
        [FromForm(Name = "Form.Heading")] string? heading,
        [FromForm(Name = "Form.Text")] string? text,
        [FromForm(Name = "Form.Button")] string? button,
        [FromForm(Name = "Form.OtherButton")] string? otherButton,
        [FromForm(Name = "Form.Footer")] string? footer,
        LetterSample sample
    )
    {
        var typed = new LetterForm
        {
            Subject = subject,
            Heading = heading,
            Text = text,
            Button = button,
            OtherButton = otherButton,
            Footer = footer,
        };
        return Enum.IsDefined(kind)
            ? Show(await sample.WriteAsync(kind, LetterPlace.Parse(team, lang), typed.Words), sample)
            : TypedResults.NotFound();
    }

    private static async Task<ContentHttpResult> SignatureTyped(
        int? team,
        string? lang,
        [FromForm(Name = "Form.Text")] string? text,
        LetterChanges changes,
        LetterSample sample
    )
    {
        var place = LetterPlace.Parse(team, lang);
        var words = (await changes.LetterAsync(NotificationKind.Reply, place)).Words;
        var typed = new SignatureForm { Text = text }.Plain;
        return Show(
            await sample.WriteAsync(NotificationKind.Reply, place, words, typed.Length > 0 ? typed : null),
            sample
        );
    }

    /// <summary>Both parts of the mail: readers see one or the other.</summary>
    private static ContentHttpResult Show(Letter letter, LetterSample sample)
    {
        const string Line = "margin:0;padding:12px 16px;font:14px sans-serif;color:#514c44;background:#f3f1ec";
        var subject =
            $"<p style=\"{Line}\"><b>{Encode(sample.Word("Letter.Subject"))}</b> {Encode(letter.Subject)}</p>";
        var text =
            $"<h2 style=\"{Line}\">{Encode(sample.Word("Letter.TextPart"))}</h2><pre style=\"margin:0;padding:16px;font:14px/1.5 monospace;white-space:pre-wrap;overflow-wrap:anywhere;color:#1c1a17;background:#fff\">{Encode(letter.Text)}</pre>";
        return TypedResults.Content(
            letter
                .Html.Replace("<main>", "<main>" + subject, StringComparison.Ordinal)
                .Replace("</main>", text + "</main>", StringComparison.Ordinal),
            "text/html; charset=utf-8"
        );
    }

    private static string Encode(string text) => WebUtility.HtmlEncode(text);
}
