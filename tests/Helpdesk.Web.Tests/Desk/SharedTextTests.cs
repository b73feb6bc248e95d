using System.Net;
using System.Net.Http.Json;
using Helpdesk.Knowledge.Articles;
using Helpdesk.Tickets;
using Helpdesk.Tickets.Access;
using Helpdesk.Tickets.Data;
using Helpdesk.Web.Components.Desk.Articles;
using Helpdesk.Web.Files;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;

namespace Helpdesk.Web.Tests.Desk;

public sealed class SharedTextTests
{
    private static readonly byte[] Png = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A, 1, 2, 3];

    [Fact]
    public async Task A_changed_snippet_changes_the_articles_that_show_it_and_circles_are_refused()
    {
        await using var desk = await CreateAsync();
        await using var site = new DeskSite(desk);
        using var reader = site.CreateClient(new() { AllowAutoRedirect = false });
        var (work, articles) = (
            site.Services.GetRequiredService<SharedTextWork>(),
            site.Services.GetRequiredService<ArticleWork>()
        );
        await work.SaveAsync(Anna(desk), null, SharedTextKind.Snippet, "hours", "At **nine**.");
        await work.SaveAsync(Anna(desk), null, SharedTextKind.Snippet, "place", "Here. {{snippet:hours}}");
        await articles.SaveAsync(Anna(desk), null, Form("{{snippet:place}}"), ArticleStep.Publish);
        (await reader.GetStringAsync("/articles/opening")).ShouldContain("<strong>nine</strong>");

        var hours = (await work.ListAsync()).Single(t => t.Name == "hours");
        var before = await ChangeNumberAsync(desk);
        (
            await work.SaveAsync(Anna(desk), hours, hours.Kind, "hours", "At ten.")
        ).ShouldBeOfType<SharedTextOutcome.Saved>();
        (await reader.GetStringAsync("/articles/opening")).ShouldContain("At ten.");
        (await ChangeNumberAsync(desk)).ShouldBeGreaterThan(before, "the index hears of it");

        (
            await work.SaveAsync(Anna(desk), hours, hours.Kind, "hours", "Late.")
        ).ShouldBeOfType<SharedTextOutcome.Changed>();
        hours = (await work.ListAsync()).Single(t => t.Name == "hours");
        (
            await work.SaveAsync(Anna(desk), hours, hours.Kind, "hours", "{{snippet:place}}")
        ).ShouldBeOfType<SharedTextOutcome.Cycle>();
        (
            await work.SaveAsync(Anna(desk), hours, hours.Kind, "times", "At ten.")
        ).ShouldBeOfType<SharedTextOutcome.InUse>();
        (await work.RemoveAsync(hours)).ShouldBeOfType<SharedTextOutcome.InUse>();
        (
            await work.SaveAsync(Anna(desk), null, SharedTextKind.Snippet, "hours", "x")
        ).ShouldBeOfType<SharedTextOutcome.NameTaken>();
        (
            await work.SaveAsync(Anna(desk), null, SharedTextKind.Snippet, "No Name", "x")
        ).ShouldBeOfType<SharedTextOutcome.Refused>();
        (
            await work.SaveAsync(Anna(desk), null, SharedTextKind.Template, "Any name", "x")
        ).ShouldBeOfType<SharedTextOutcome.Saved>();
    }

    [Fact]
    public async Task What_is_nested_too_deep_only_together_is_refused_and_shown_as_words_where_it_stands()
    {
        await using var desk = await CreateAsync();
        await using var site = new DeskSite(desk);
        using var reader = site.CreateClient(new() { AllowAutoRedirect = false });
        var (work, articles) = (
            site.Services.GetRequiredService<SharedTextWork>(),
            site.Services.GetRequiredService<ArticleWork>()
        );
        var half = new string('>', 80);
        var deep = new string('>', 2_000);
        ArticleMarkdown.CanBeRead(half + " x").ShouldBeTrue();
        ArticleMarkdown.CanBeRead(half + half + " x").ShouldBeFalse();
        (await work.SaveAsync(Anna(desk), null, SharedTextKind.Snippet, "deep", deep + " x")).ShouldBe(
            new SharedTextOutcome.TooDeep(Title: null)
        );
        await work.SaveAsync(Anna(desk), null, SharedTextKind.Snippet, "half", "words");
        await articles.SaveAsync(Anna(desk), null, Form(half + "{{snippet:half}}"), ArticleStep.Publish);
        var text = (await work.ListAsync()).Single();
        (await work.SaveAsync(Anna(desk), text, text.Kind, "half", half + " x")).ShouldBe(
            new SharedTextOutcome.TooDeep("Opening")
        );
        await work.SaveAsync(Anna(desk), null, SharedTextKind.Snippet, "other", half + " x");
        (
            await articles.SaveAsync(
                Anna(desk),
                null,
                Form(half + "{{snippet:other}}") with
                {
                    Slug = "second",
                },
                ArticleStep.Keep
            )
        ).ShouldBeOfType<ArticleOutcome.TooDeep>();

        await using var db = desk.OpenDatabase();
        await db.Set<SharedText>().ExecuteUpdateAsync(s => s.SetProperty(t => t.Body, half + " All the same <b>"));
        var page = await reader.GetStringAsync("/articles/opening");
        page.ShouldContain("All the same &lt;b&gt;");
    }

    [Fact]
    public async Task A_picture_is_read_by_who_reads_the_article_and_only_known_kinds_are_taken()
    {
        await using var desk = await CreateAsync();
        await using var site = new DeskSite(desk);
        using var anna = site.ClientFor(desk.Anna.Id);
        using var reader = site.CreateClient(new() { AllowAutoRedirect = false });
        var work = site.Services.GetRequiredService<ArticleWork>();
        var draft = (
            (ArticleOutcome.Saved)await work.SaveAsync(Anna(desk), null, Form("Draft."), ArticleStep.Keep)
        ).Sheet;

        using var sent = await SendAsync(anna, draft.Id, "../../screen [1].png", Png);
        var markdown = (await sent.Content.ReadFromJsonAsync<Dictionary<string, string>>())!["markdown"];
        markdown.ShouldBe("![screen 1.png](/files/articles/1)");
        (await reader.GetAsync("/files/articles/1")).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        using var own = await anna.GetAsync("/files/articles/1");
        own.Content.Headers.ContentType!.MediaType.ShouldBe("image/png");

        var shown = (
            (ArticleOutcome.Saved)
                await work.SaveAsync(Anna(desk), draft, draft.Form() with { Body = markdown }, ArticleStep.Publish)
        ).Sheet;
        using var seen = await reader.GetAsync("/files/articles/1");
        (await seen.Content.ReadAsByteArrayAsync()).ShouldBe(Png);
        seen.Headers.GetValues("X-Content-Type-Options").ShouldBe(["nosniff"]);
        seen.Headers.GetValues("Content-Security-Policy").Single().ShouldStartWith("sandbox");
        (await reader.GetStringAsync("/articles/opening")).ShouldContain("src=\"/files/articles/1\"");

        await work.SaveAsync(
            Anna(desk),
            shown,
            shown.Form() with
            {
                Visibility = ArticleVisibility.Internal,
            },
            ArticleStep.Keep
        );
        (await reader.GetAsync("/files/articles/1")).StatusCode.ShouldBe(HttpStatusCode.NotFound);

        (await SendAsync(anna, draft.Id, "page.html", "<script>"u8.ToArray())).StatusCode.ShouldBe(
            HttpStatusCode.UnsupportedMediaType
        );
        (await SendAsync(anna, draft.Id, "fake.png", "<svg/>"u8.ToArray())).StatusCode.ShouldBe(
            HttpStatusCode.UnsupportedMediaType
        );
        (await SendAsync(anna, 4711, "a.png", Png)).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        using var customer = site.ClientFor(desk.Anna.Id, Roles.Customer);
        (await SendAsync(customer, draft.Id, "a.png", Png)).StatusCode.ShouldNotBe(HttpStatusCode.OK);
        using var elsewhere = new HttpRequestMessage(HttpMethod.Post, ArticleFiles.UploadPlace(draft.Id))
        {
            Content = Upload("a.png", Png),
        };
        elsewhere.Headers.Add("Origin", "https://elsewhere.example");
        (await anna.SendAsync(elsewhere)).StatusCode.ShouldBe(HttpStatusCode.BadRequest);

        await site.Services.GetRequiredService<ArticleFileList>().RemoveAsync(Anna(desk), draft.Id, 1);
        await using var db = desk.OpenDatabase();
        (await db.Blobs.CountAsync()).ShouldBe(0);
    }

    private static async Task<HttpResponseMessage> SendAsync(HttpClient client, long id, string name, byte[] bytes)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, ArticleFiles.UploadPlace(id))
        {
            Content = Upload(name, bytes),
        };
        request.Headers.Add("Origin", "http://localhost");
        return await client.SendAsync(request);
    }

    private static MultipartFormDataContent Upload(string name, byte[] bytes) =>
        new() { { new ByteArrayContent(bytes), "file", name } };

    private static async Task<long> ChangeNumberAsync(Testing.Desk desk)
    {
        await using var db = desk.OpenDatabase();
        return await db.Set<Article>().MaxAsync(a => a.ChangeNumber);
    }

    private static Task<Testing.Desk> CreateAsync() =>
        Testing.Desk.CreateAsync(
            configure: (services, _) =>
            {
                services.AddQueues();
                services.AddOutputCache();
            }
        );

    private static ArticleForm Form(string body) =>
        new()
        {
            Title = "Opening",
            Slug = "opening",
            Body = body,
        };

    private static Viewer.Staff Anna(Testing.Desk desk) => new(desk.Anna.Id, desk.Anna.Name, false, false, []);
}
