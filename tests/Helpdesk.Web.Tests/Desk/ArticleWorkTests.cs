using System.Net;
using Helpdesk.Knowledge.Articles;
using Helpdesk.Tickets;
using Helpdesk.Tickets.Access;
using Helpdesk.Tickets.Data;
using Helpdesk.Web.Components.Desk.Articles;
using Microsoft.AspNetCore.OutputCaching;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;

namespace Helpdesk.Web.Tests.Desk;

public sealed class ArticleWorkTests
{
    [Fact]
    public async Task A_draft_is_written_published_and_archived_and_readers_see_only_what_is_published()
    {
        await using var desk = await CreateAsync();
        await using var site = new DeskSite(desk);
        using var reader = site.CreateClient(new() { AllowAutoRedirect = false });
        var work = site.Services.GetRequiredService<ArticleWork>();

        var draft = Saved(await work.SaveAsync(Anna(desk), null, Form(), ArticleStep.Keep));
        draft.State.ShouldBe(ArticleState.Draft);
        (await reader.GetAsync("/articles/where-is-my-card")).StatusCode.ShouldBe(HttpStatusCode.NotFound);

        var published = Saved(await work.SaveAsync(Anna(desk), draft, draft.Form(), ArticleStep.Publish));
        (await reader.GetStringAsync("/articles/where-is-my-card")).ShouldContain("eight working days");

        var changed = published.Form() with { Body = "It takes **nine** working days." };
        var again = Saved(await work.SaveAsync(Anna(desk), published, changed, ArticleStep.Keep));
        (await reader.GetStringAsync("/articles/where-is-my-card")).ShouldContain("nine");

        var archived = Saved(await work.MoveAsync(Anna(desk), again, ArticleStep.Archive));
        (await reader.GetAsync("/articles/where-is-my-card")).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        Saved(await work.MoveAsync(Anna(desk), archived, ArticleStep.Draft)).State.ShouldBe(ArticleState.Draft);
    }

    [Fact]
    public async Task Each_text_is_a_version_with_its_author_and_saving_nothing_new_makes_none()
    {
        await using var desk = await CreateAsync();
        var work = desk.Get<ArticleWork>();
        var first = Saved(await work.SaveAsync(Anna(desk), null, Form(), ArticleStep.Keep));
        var changed = first.Form() with { Body = "Nine days.", Reason = "The post is slower" };

        var second = Saved(await work.SaveAsync(Boris(desk), first, changed, ArticleStep.Keep));
        var same = Saved(await work.SaveAsync(Anna(desk), second, second.Form(), ArticleStep.Keep));

        same.Versions.Select(v => (v.AuthorName, v.Reason))
            .ShouldBe([("Boris Birch", "The post is slower"), ("Anna Alder", "")]);
        (await work.VersionAsync(first.Id, same.Versions[1].Number))!.Body.ShouldContain("eight working days");
        (await work.VersionAsync(first.Id, 4711)).ShouldBeNull();
    }

    [Fact]
    public async Task Of_two_authors_the_second_is_told_and_both_texts_stay()
    {
        await using var desk = await CreateAsync();
        var work = desk.Get<ArticleWork>();
        var seen = Saved(await work.SaveAsync(Anna(desk), null, Form(), ArticleStep.Keep));
        Saved(await work.SaveAsync(Boris(desk), seen, seen.Form() with { Body = "Boris wrote." }, ArticleStep.Keep));

        var conflict = (
            await work.SaveAsync(Anna(desk), seen, seen.Form() with { Body = "Anna wrote." }, ArticleStep.Publish)
        ).ShouldBeOfType<ArticleOutcome.Conflict>();
        conflict.Theirs.Body.ShouldBe("Boris wrote.");
        (await work.ReadAsync(seen.Id))!.State.ShouldBe(ArticleState.Draft);

        var onTop = Saved(
            await work.SaveAsync(
                Anna(desk),
                conflict.Theirs,
                seen.Form() with
                {
                    Body = "Anna wrote.",
                },
                ArticleStep.Keep
            )
        );
        onTop.Body.ShouldBe("Anna wrote.");
        (await work.VersionAsync(seen.Id, onTop.Versions[1].Number))!.Body.ShouldBe("Boris wrote.");
    }

    [Fact]
    public async Task Authors_who_save_at_the_same_moment_lose_no_text()
    {
        await using var desk = await CreateAsync();
        var work = desk.Get<ArticleWork>();
        var seen = Saved(await work.SaveAsync(Anna(desk), null, Form(), ArticleStep.Keep));

        var outcomes = await Task.WhenAll(
            Enumerable
                .Range(0, 4)
                .Select(n =>
                    work.SaveAsync(Anna(desk), seen, seen.Form() with { Body = $"Text {n}" }, ArticleStep.Keep)
                )
        );

        outcomes.OfType<ArticleOutcome.Saved>().ShouldHaveSingleItem();
        outcomes.OfType<ArticleOutcome.Conflict>().Count().ShouldBe(3);
    }

    [Fact]
    public async Task What_the_index_learned_meanwhile_is_no_conflict()
    {
        await using var desk = await CreateAsync();
        var work = desk.Get<ArticleWork>();
        var seen = Saved(await work.SaveAsync(Anna(desk), null, Form(), ArticleStep.Publish));
        var learned = Saved(await work.LearnAsync(seen.Id, "my card did not come"));
        learned.Version.ShouldNotBe(seen.Version);

        var saved = Saved(await work.SaveAsync(Anna(desk), seen, seen.Form() with { Body = "New." }, ArticleStep.Keep));

        saved.Questions.ShouldHaveSingleItem().Text.ShouldBe("my card did not come");
        Saved(await work.UnlearnAsync(seen.Id, saved.Questions[0].Id)).Questions.ShouldBeEmpty();
        await using var db = desk.OpenDatabase();
        (await db.Set<ArticleQuestion>().AnyAsync()).ShouldBeFalse();
    }

    [Fact]
    public async Task An_address_is_taken_once_also_when_it_is_a_former_one()
    {
        await using var desk = await CreateAsync();
        var work = desk.Get<ArticleWork>();
        var first = Saved(await work.SaveAsync(Anna(desk), null, Form(), ArticleStep.Publish));

        (await work.SaveAsync(Anna(desk), null, Form(), ArticleStep.Keep)).ShouldBeOfType<ArticleOutcome.SlugTaken>();
        var moved = Saved(
            await work.SaveAsync(Anna(desk), first, first.Form() with { Slug = "other" }, ArticleStep.Keep)
        );
        moved.Slug.ShouldBe("other");
        (await work.SaveAsync(Anna(desk), null, Form(), ArticleStep.Keep)).ShouldBeOfType<ArticleOutcome.SlugTaken>();
        Saved(await work.SaveAsync(Anna(desk), moved, moved.Form() with { Slug = first.Slug }, ArticleStep.Keep))
            .Slug.ShouldBe(first.Slug);
        (
            await work.SaveAsync(Anna(desk), null, Form() with { Slug = "other" }, ArticleStep.Keep)
        ).ShouldBeOfType<ArticleOutcome.SlugTaken>();
    }

    [Fact]
    public async Task What_an_owner_and_a_date_are_given_is_kept_and_is_no_text()
    {
        await using var desk = await CreateAsync();
        var work = desk.Get<ArticleWork>();
        var draft = Saved(await work.SaveAsync(Anna(desk), null, Form(), ArticleStep.Keep));
        var form = draft.Form() with
        {
            OwnerUserId = Anna(desk).UserId,
            ReviewOn = new DateOnly(2099, 1, 2),
            PublishAt = new DateTime(2098, 1, 2, 3, 4, 0, DateTimeKind.Unspecified),
        };
        var saved = Saved(await work.SaveAsync(Anna(desk), draft, form, ArticleStep.Review));
        saved.Versions.Count.ShouldBe(draft.Versions.Count);
        saved.State.ShouldBe(ArticleState.InReview);
        (saved.Form() with { Reason = form.Reason }).ShouldBe(form);
        (await work.SaveAsync(Anna(desk), draft, form, ArticleStep.Keep)).ShouldBeOfType<ArticleOutcome.Conflict>();
    }

    [Fact]
    public async Task Text_that_no_page_could_show_is_not_saved()
    {
        await using var desk = await CreateAsync();
        var deep = Form() with { Body = string.Concat(Enumerable.Repeat("> ", 5000)) + "x" };

        (
            await desk.Get<ArticleWork>().SaveAsync(Anna(desk), null, deep, ArticleStep.Publish)
        ).ShouldBeOfType<ArticleOutcome.TooDeep>();

        await using var db = desk.OpenDatabase();
        (await db.Set<Article>().AnyAsync()).ShouldBeFalse();
    }

    [Theory]
    [InlineData("Where is my card?", "where-is-my-card")]
    [InlineData("  Don't – Überweisung & 3 % ", "dont-uberweisung-3")]
    [InlineData("Карта", "")]
    public void A_title_makes_an_address(string title, string slug) => Slugs.Of(title).ShouldBe(slug);

    [Fact]
    public async Task The_list_filters_sorts_and_turns_its_pages()
    {
        await using var desk = await CreateAsync();
        var work = desk.Get<ArticleWork>();
        for (var n = 0; n < ArticleShelf.PageSize + 3; n++)
        {
            desk.Time.Advance(TimeSpan.FromMinutes(1));
            var form = Form() with { Title = $"Card {n}", Slug = $"card-{n}" };
            await work.SaveAsync(Anna(desk), null, form, n % 2 == 0 ? ArticleStep.Publish : ArticleStep.Keep);
        }
        await using var site = new DeskSite(desk);
        using var anna = site.ClientFor(desk.Anna.Id);

        var first = WebUtility.HtmlDecode(await anna.GetStringAsync("/desk/articles"));
        first.ShouldContain(">Card 27<");
        first.ShouldNotContain(">Card 2<");
        first.ShouldContain("1–25 of 28");
        var next = System.Text.RegularExpressions.Regex.Match(first, "href=\"([^\"]+)\" rel=\"next\"").Groups[1].Value;
        var second = WebUtility.HtmlDecode(await anna.GetStringAsync(next));
        second.ShouldContain(">Card 2<");
        second.ShouldNotContain(">Card 27<");
        second.ShouldContain("26–28 of 28");
        var drafts = await anna.GetStringAsync("/desk/articles?state=Draft&q=card");
        drafts.ShouldContain(">Card 27<");
        drafts.ShouldNotContain(">Card 26<");
        (await anna.GetStringAsync("/desk/articles?q=zeppelin")).ShouldContain("Nothing matches");
        (await anna.GetStringAsync("/desk/articles?state=7&topic=x&after=rubbish&by=9&from=-1")).ShouldContain(
            "Card 27"
        );
    }

    [Fact]
    public async Task The_pages_are_for_staff_and_an_empty_desk_says_what_to_do()
    {
        await using var desk = await CreateAsync();
        await using var site = new DeskSite(desk);
        using var anna = site.ClientFor(desk.Anna.Id);
        using var customer = site.ClientFor(desk.Anna.Id, Roles.Customer);
        var id = Saved(
            await desk.Get<ArticleWork>()
                .SaveAsync(
                    Anna(desk),
                    null,
                    Form() with
                    {
                        Visibility = ArticleVisibility.Internal,
                    },
                    ArticleStep.Publish
                )
        ).Id;

        foreach (var place in new[] { "/desk/articles", "/desk/articles/new", $"/desk/articles/{id}" })
        {
            (await anna.GetStringAsync(place)).ShouldNotContain("style=\"");
            (await customer.GetAsync(place)).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        }
        (await anna.GetStringAsync($"/desk/articles/{id}")).ShouldContain("<strong>eight</strong>");
        (await anna.GetAsync("/desk/articles/4711")).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await anna.GetAsync("/articles/where-is-my-card")).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        await using var empty = await Testing.Desk.CreateAsync();
        await using var emptySite = new DeskSite(empty);
        using var alone = emptySite.ClientFor(empty.Anna.Id);
        (await alone.GetStringAsync("/desk/articles")).ShouldContain("Write down the answer that you give most often.");
    }

    private static Task<Testing.Desk> CreateAsync() =>
        Testing.Desk.CreateAsync(
            configure: (services, _) =>
            {
                services.AddQueues();
                services.AddOutputCache();
            }
        );

    private static ArticleForm Form() =>
        new()
        {
            Title = "Where is my card?",
            Slug = "where-is-my-card",
            Summary = "It comes by post.",
            Body = "It takes **eight** working days, eight working days at most.",
        };

    private static Viewer.Staff Anna(Testing.Desk desk) =>
        new(desk.Anna.Id, desk.Anna.Name, false, false, [desk.Team.Id]);

    private static Viewer.Staff Boris(Testing.Desk desk) =>
        new(desk.Boris.Id, desk.Boris.Name, false, false, [desk.Team.Id]);

    private static ArticleSheet Saved(ArticleOutcome outcome) => outcome.ShouldBeOfType<ArticleOutcome.Saved>().Sheet;
}
