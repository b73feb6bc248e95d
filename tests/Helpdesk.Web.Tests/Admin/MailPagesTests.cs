using System.Net;
using Helpdesk.Mail.Outbound;
using Helpdesk.Tickets.Notifications;
using Helpdesk.Tickets.Settings;
using Helpdesk.Web.Tests.Help;
using Microsoft.EntityFrameworkCore;
using Shouldly;

namespace Helpdesk.Web.Tests.Admin;

public sealed class MailPagesTests
{
    private const string Form = "form:has([value=letter])";

    [Fact]
    public async Task Words_are_tried_on_a_sample_ticket_before_anybody_gets_them()
    {
        await using var desk = await AdminDesk.OpenAsync();
        var page = await desk.Admin.OpenAsync("/admin/mail/Acknowledgement");
        page.Document.QuerySelector("iframe")!.GetAttribute("src").ShouldBe("/admin/mail/Acknowledgement/preview");
        (await desk.Admin.OpenAsync("/admin/mail/Acknowledgement/preview")).Html.ShouldContain("We have your request");

        var token = page.Document.QuerySelector($"{Form} [name=__RequestVerificationToken]")!.GetAttribute("value")!;
        using var typed = new FormUrlEncodedContent(
            new Dictionary<string, string>
            {
                ["__RequestVerificationToken"] = token,
                ["Form.Subject"] = "{company}: {number}",
                ["Form.Text"] = "Dear {customer},\n\nit is <b>here</b>.\nUnknown to us: {colour}.",
                ["Form.Button"] = "Look",
            }
        );
        using var answer = await desk.Admin.Client.PostAsync(
            new Uri("/admin/mail/Acknowledgement/preview", UriKind.Relative),
            typed
        );
        var preview = await answer.Content.ReadAsStringAsync();
        preview.ShouldContain("Larch Bank: 48213");
        preview.ShouldContain("Dear Maria Keller,");
        preview.ShouldContain("it is &lt;b&gt;here&lt;/b&gt;.");
        preview.ShouldNotContain("Unknown to us");
        answer.Headers.GetValues("Content-Security-Policy").Single().ShouldStartWith("sandbox;");
        await using var db = desk.OpenDatabase();
        (await db.Set<MailTemplate>().AnyAsync()).ShouldBeFalse();
    }

    [Fact]
    public async Task Changed_words_are_kept_and_the_original_comes_back()
    {
        await using var desk = await AdminDesk.OpenAsync();
        var page = await desk.Admin.OpenAsync("/admin/mail/Resolved");
        var saved = await SaveAsync(desk, page, ("Text", "Done: {number}.\r\n\r\nBye."));
        saved.Location.ShouldNotBeNull(saved.MainText);
        await using (var db = desk.OpenDatabase())
            (await db.Set<MailTemplate>().SingleAsync()).Text.ShouldBe("Done: {number}.\n\nBye.");
        (await desk.Admin.OpenAsync("/admin/mail")).MainText.ShouldContain("Changed");

        page = await desk.Admin.OpenAsync("/admin/mail/Resolved");
        await desk.Admin.SendAsync(page, "#restore form", new Dictionary<string, string>());
        await using (var db = desk.OpenDatabase())
            (await db.Set<MailTemplate>().AnyAsync()).ShouldBeFalse();
        // saving the original words is no change either
        page = await desk.Admin.OpenAsync("/admin/mail/Resolved");
        await SaveAsync(desk, page);
        await using (var db = desk.OpenDatabase())
            (await db.Set<MailTemplate>().AnyAsync()).ShouldBeFalse();
    }

    [Theory]
    [InlineData(NotificationKind.Resolved, "Text", "Hello {colour}", "{colour} could stand for")]
    [InlineData(NotificationKind.Resolved, "Subject", "Hello {number", "could stand for")]
    [InlineData(NotificationKind.Reply, "Text", "Here: {message}", "An answer needs its message")]
    [InlineData(NotificationKind.Invitation, "Button", "", "worth nothing")]
    public async Task Words_that_would_make_a_useless_mail_are_refused(
        NotificationKind kind,
        string field,
        string typed,
        string words
    )
    {
        await using var desk = await AdminDesk.OpenAsync();
        var page = await desk.Admin.OpenAsync($"/admin/mail/{kind}");
        (await SaveAsync(desk, page, (field, typed))).MainText.ShouldContain(words);
        await using var db = desk.OpenDatabase();
        (await db.Set<MailTemplate>().AnyAsync()).ShouldBeFalse();
    }

    [Fact]
    public async Task A_teams_words_for_a_language_stand_beside_the_desks()
    {
        await using var desk = await AdminDesk.OpenAsync();
        var address = $"/admin/mail/Resolved?team={desk.Cards.Id}&lang=de";
        var page = await desk.Admin.OpenAsync(address);
        (await SaveAsync(desk, page, ("Text", "Erledigt: {number}."))).Location.ShouldNotBeNull();
        await using (var db = desk.OpenDatabase())
        {
            var saved = await db.Set<MailTemplate>().SingleAsync();
            (saved.TeamId, saved.Language, saved.Text).ShouldBe((desk.Cards.Id, "de", "Erledigt: {number}."));
        }
        // elsewhere nothing changed
        (await desk.Admin.OpenAsync("/admin/mail/Resolved?lang=de")).MainText.ShouldContain("is settled");
        var answer = await desk.Admin.Client.GetStringAsync(
            new Uri($"/admin/mail/Resolved/preview?team={desk.Cards.Id}&lang=de", UriKind.Relative)
        );
        answer.ShouldContain("Erledigt: 48213.");
        answer.ShouldContain("<pre"); // the text part too
    }

    [Fact]
    public async Task A_signature_is_refused_for_what_stands_for_nothing_and_else_signs_answers()
    {
        await using var desk = await AdminDesk.OpenAsync();
        var address = $"/admin/mail/signature?team={desk.Cards.Id}&lang=";
        var page = await desk.Admin.OpenAsync(address);
        (await SignAsync(page, "{author}\n{phone}")).MainText.ShouldContain("{phone} could stand for");
        page = await desk.Admin.OpenAsync(address);
        (await SignAsync(page, "{author}\nCards, {company}")).Location.ShouldNotBeNull();
        var preview = await desk.Admin.Client.GetStringAsync(
            new Uri($"/admin/mail/Reply/preview?team={desk.Cards.Id}&lang=en", UriKind.Relative)
        );
        preview.ShouldContain("<br>Cards, Larch Bank");
        preview.ShouldContain("\nCards, Larch Bank");

        Task<SeenPage> SignAsync(SeenPage seen, string text) =>
            desk.Admin.SendAsync(
                seen,
                "form:has([value=signature])",
                new Dictionary<string, string> { ["Text"] = text }
            );
    }

    [Fact]
    public void The_original_words_pass_their_own_rules()
    {
        foreach (var kind in Enum.GetValues<NotificationKind>())
            TemplatePlaceholders
                .FirstUnknown(kind, TemplateWords.BuiltIn(kind, LetterLanguages.All[0]))
                .ShouldBeNull(kind.ToString());
    }

    [Fact]
    public async Task The_desk_takes_mail_at_the_addresses_it_was_given()
    {
        await using var desk = await AdminDesk.OpenAsync();
        var page = await desk.Admin.OpenAsync("/admin/mail");
        var saved = await desk.Admin.SendAsync(
            page,
            "form:has([value=addresses])",
            new Dictionary<string, string>
            {
                ["Support"] = "Help@Larch.example",
                ["Others"] = "cards@larch.example\r\nloans@larch.example",
            }
        );
        saved.Location.ShouldNotBeNull(saved.MainText);
        var settings = (await desk.Get<DeskDirectory>().GetAsync(TestContext.Current.CancellationToken)).Settings;
        settings.SupportAddress.ShouldBe("help@larch.example");
        settings.Receives("loans+x@larch.example").ShouldBeTrue();
    }

    [Fact]
    public async Task How_much_goes_along_and_how_long_links_last_is_the_desks_decision()
    {
        await using var desk = await AdminDesk.OpenAsync();
        var page = await desk.Admin.OpenAsync("/admin/mail");
        var form = page.Document.QuerySelector("form:has([value=files])")!;
        form.QuerySelector("[name='Files.MaxAttached']")!.GetAttribute("value").ShouldBe("10");
        form.QuerySelector("[name='Files.LinkDays']")!.SetAttribute("value", "14");
        form.QuerySelector("[name='Files.MaxAttached']")!.SetAttribute("value", "26");
        (
            await desk.Admin.SendAsync(page, "form:has([value=files])", new Dictionary<string, string>())
        ).MainText.ShouldContain("from 0 to 25");
        form.QuerySelector("[name='Files.MaxAttached']")!.SetAttribute("value", "5");
        var saved = await desk.Admin.SendAsync(page, "form:has([value=files])", new Dictionary<string, string>());
        saved.Location.ShouldNotBeNull(saved.MainText);
        var settings = (await desk.Get<DeskDirectory>().GetAsync(TestContext.Current.CancellationToken)).Settings;
        (settings.MaxAttachedMegabytes, settings.FileLinkDays).ShouldBe((5, 14));
    }

    [Fact]
    public async Task The_previews_are_the_administrators_alone()
    {
        await using var desk = await AdminDesk.OpenAsync();
        var sofia = desk.Visitor(Tickets.Access.Roles.Supervisor, desk.Sofia.Id);
        (await sofia.OpenAsync("/admin/mail/Reply/preview")).Status.ShouldBe(HttpStatusCode.NotFound);
    }

    private static Task<SeenPage> SaveAsync(AdminDesk desk, SeenPage page, params (string, string)[] typed) =>
        desk.Admin.SendAsync(page, Form, typed.ToDictionary(t => t.Item1, t => t.Item2));
}
