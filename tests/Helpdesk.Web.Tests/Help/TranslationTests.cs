using Helpdesk.Knowledge.Articles;
using Helpdesk.Knowledge.Search;
using Helpdesk.Tickets;
using Helpdesk.Tickets.Access;
using Helpdesk.Tickets.Data;
using Helpdesk.Web.Components.Desk.Articles;
using Microsoft.EntityFrameworkCore;
using Shouldly;

namespace Helpdesk.Web.Tests.Help;

public sealed class TranslationTests(TranslatedShelves desk) : IClassFixture<TranslatedShelves>
{
    [Fact]
    public async Task Lists_and_results_show_an_article_once_and_in_the_readers_language()
    {
        foreach (var address in new[] { "/topics/card-arrival", "/search?q=card%20arrived%20five%20Karte" })
        {
            var german = await From("de-AT,de;q=0.9,en;q=0.5").OpenAsync(address);
            german.Html.ShouldContain("/articles/karte-nicht-da", customMessage: address);
            german.Html.ShouldNotContain("href=\"/articles/card-not-arrived\"", customMessage: address);
            foreach (var other in new[] { "fr", "en-GB", "nonsense;;q" })
            {
                var page = await From(other).OpenAsync(address);
                page.Html.ShouldContain("/articles/card-not-arrived", customMessage: address);
                page.Html.ShouldNotContain("karte-nicht-da", customMessage: address);
            }
        }
    }

    [Fact]
    public async Task An_article_leads_to_its_other_languages_and_says_when_there_is_none()
    {
        var english = await From("en").OpenAsync("/articles/card-not-arrived");
        english
            .Document.QuerySelector("article a[hreflang=de]")!
            .GetAttribute("href")
            .ShouldBe("/articles/karte-nicht-da");
        english.Document.QuerySelectorAll("link[rel=alternate][hreflang]").Length.ShouldBe(2);
        (await From("de").OpenAsync("/articles/to-be-changed")).MainText.ShouldContain(
            "There is no German version of this answer yet. You are reading it in English."
        );
        (await From("fr").OpenAsync("/articles/to-be-changed")).MainText.ShouldNotContain("French");
        (await From("de").OpenAsync("/articles/karte-nicht-da")).MainText.ShouldNotContain("has changed since");
    }

    [Fact]
    public async Task A_source_that_changed_makes_its_translation_out_of_date_until_an_author_says_otherwise()
    {
        var work = desk.Get<ArticleWork>();
        var person = new Viewer.Staff(Guid.NewGuid(), "Anna", true, false, []);
        var source = (await work.ReadAsync(await IdOfAsync("change-pin")))!;
        var form = source.Form() with
        {
            Title = "PIN ändern",
            Slug = "pin-aendern",
            Language = "de",
            Body = "In der App.",
            TranslationOfId = source.Id,
            SaysCurrent = true,
        };
        var german = Saved(await work.SaveAsync(person, null, form, ArticleStep.Publish));
        german.Source!.HasChanged.ShouldBeFalse();
        Saved(
            await work.SaveAsync(
                person,
                (await work.ReadAsync(source.Id))!,
                source.Form() with
                {
                    Body = "At a machine.",
                },
                ArticleStep.Keep
            )
        );
        german = (await work.ReadAsync(german.Id))!;
        german.Source!.HasChanged.ShouldBeTrue();
        (await work.ReadAsync(source.Id))!.Translations.ShouldHaveSingleItem().IsBehind.ShouldBeTrue();
        (await From("de").OpenAsync("/articles/pin-aendern")).MainText.ShouldContain(
            "The English original has changed since"
        );

        german = Saved(
            await work.SaveAsync(person, german, german.Form() with { Body = "Am Automaten." }, ArticleStep.Keep)
        );
        german.Source!.HasChanged.ShouldBeTrue("another text alone does not say that it says the same");
        german = Saved(
            await work.SaveAsync(person, german, german.Form() with { SaysCurrent = true }, ArticleStep.Keep)
        );
        german.Source!.HasChanged.ShouldBeFalse();
        (
            await work.SaveAsync(
                person,
                null,
                form with
                {
                    Slug = "noch-eine",
                    TranslationOfId = german.Id,
                },
                ArticleStep.Keep
            )
        ).ShouldBeOfType<ArticleOutcome.Refused>("a translation of a translation");
    }

    private Visitor From(string languages)
    {
        var visitor = desk.Visitor();
        visitor.Client.DefaultRequestHeaders.TryAddWithoutValidation("Accept-Language", languages);
        return visitor;
    }

    private async Task<long> IdOfAsync(string slug)
    {
        await using var db = desk.OpenDatabase();
        return await db.Set<Article>().Where(a => a.Slug == slug).Select(a => a.Id).SingleAsync();
    }

    private static ArticleSheet Saved(ArticleOutcome outcome) => outcome.ShouldBeOfType<ArticleOutcome.Saved>().Sheet;
}

/// <summary>The help centre with one article in German too.</summary>
public sealed class TranslatedShelves : HelpShelves
{
    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        await using var db = OpenDatabase();
        var now = Time.GetUtcNow();
        var source = await db.Set<Article>().SingleAsync(a => a.Slug == "card-not-arrived");
        var topic = await db.Topics.SingleAsync(t => t.Id == source.TopicId);
        var german = new Article(
            "karte-nicht-da",
            new("Ihre Karte ist nicht da", "Die Karte kommt.", "Die Karte (card) braucht fünf Tage mit der Post."),
            topic,
            ArticleVisibility.Public,
            Actor.System,
            now
        );
        german.WriteIn("de", now);
        german.Translate(source, now);
        german.Publish(Actor.System, now);
        db.Add(german);
        await ArticleChanges.SaveAsync(db, Get<Bells>());
        await Get<ArticleIndexFeed>().CatchUpAsync(CancellationToken.None);
    }
}
