using Helpdesk.Knowledge.Articles;
using Helpdesk.Tickets.Access;
using Helpdesk.Tickets.Topics;
using Helpdesk.Web.Components.Desk.Articles;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;

namespace Helpdesk.Web.Tests.Desk;

public sealed class ArticleReviewTests
{
    [Fact]
    public async Task Where_a_topic_has_reviewers_only_they_and_supervisors_publish_and_change_what_is_published()
    {
        await using var desk = await CreateAsync();
        var (work, choice) = (desk.Get<ArticleWork>(), desk.Get<ReviewerChoice>());
        var topic = await TopicAsync(desk);
        await choice.AddAsync(Anna(desk), topic.ParentId!.Value, desk.Anna.Id);
        (await choice.ListAsync()).ShouldBeEmpty("a specialist does not choose reviewers");
        await choice.AddAsync(Supervisor(desk), topic.ParentId!.Value, desk.Anna.Id);

        var form = Form() with { TopicId = topic.Id };
        var refused = (
            await work.SaveAsync(Boris(desk), null, form, ArticleStep.Publish)
        ).ShouldBeOfType<ArticleOutcome.NotReviewer>();
        refused.Names.ShouldBe(desk.Anna.Name);
        var draft = Saved(await work.SaveAsync(Boris(desk), null, form, ArticleStep.Review));
        var planned = draft.Form() with { PublishAt = desk.Time.GetUtcNow().UtcDateTime.AddDays(1) };
        (
            await work.SaveAsync(Boris(desk), draft, planned, ArticleStep.Keep)
        ).ShouldBeOfType<ArticleOutcome.NotReviewer>();
        var published = Saved(await work.SaveAsync(Anna(desk), draft, draft.Form(), ArticleStep.Publish));

        var elsewhere = published.Form() with { TopicId = null, Body = "Sneaked in." };
        (
            await work.SaveAsync(Boris(desk), published, elsewhere, ArticleStep.Keep)
        ).ShouldBeOfType<ArticleOutcome.NotReviewer>();
        (
            await work.MoveAsync(Boris(desk), published, ArticleStep.Archive)
        ).ShouldBeOfType<ArticleOutcome.NotReviewer>();
        Saved(await work.SaveAsync(Supervisor(desk), published, elsewhere, ArticleStep.Keep))
            .Body.ShouldBe("Sneaked in.");

        // a topic's own reviewers stand before its area's
        await choice.AddAsync(Supervisor(desk), topic.Id, desk.Boris.Id);
        var other = form with { Slug = "another-card" };
        (
            await work.SaveAsync(Anna(desk), null, other, ArticleStep.Publish)
        ).ShouldBeOfType<ArticleOutcome.NotReviewer>();
        Saved(await work.SaveAsync(Boris(desk), null, other, ArticleStep.Publish));
    }

    [Fact]
    public async Task Snippets_files_and_translations_do_not_lead_around_the_reviewers()
    {
        await using var desk = await CreateAsync();
        var (work, shared) = (desk.Get<ArticleWork>(), desk.Get<SharedTextWork>());
        var topic = await TopicAsync(desk);
        await desk.Get<ReviewerChoice>().AddAsync(Supervisor(desk), topic.Id, desk.Anna.Id);
        await shared.SaveAsync(Boris(desk), null, SharedTextKind.Snippet, "hours", "At nine.");
        var form = Form() with { TopicId = topic.Id, Body = "{{snippet:hours}}" };
        var draft = Saved(await work.SaveAsync(Boris(desk), null, form, ArticleStep.Keep));
        var hours = (await shared.ListAsync()).Single();
        (
            await shared.SaveAsync(Boris(desk), hours, hours.Kind, "hours", "At ten.")
        ).ShouldBeOfType<SharedTextOutcome.Saved>("only a draft shows it");
        var source = Saved(await work.SaveAsync(Anna(desk), draft, draft.Form(), ArticleStep.Publish));

        hours = (await shared.ListAsync()).Single();
        (await shared.SaveAsync(Boris(desk), hours, hours.Kind, "hours", "Never.")).ShouldBe(
            new SharedTextOutcome.NotReviewer(desk.Anna.Name)
        );
        (
            await shared.SaveAsync(Anna(desk), hours, hours.Kind, "hours", "At eleven.")
        ).ShouldBeOfType<SharedTextOutcome.Saved>();

        await using (var db = desk.OpenDatabase())
        {
            db.Add(
                new ArticleAttachment
                {
                    ArticleId = source.Id,
                    Name = "a.png",
                    ContentType = "image/png",
                    Size = 1,
                    AddedAt = desk.Time.GetUtcNow(),
                    AddedByName = "Anna",
                    BlobHash = await Helpdesk.Tickets.Blobs.Blob.PutAsync(db, new byte[] { 1 }, default),
                }
            );
            await db.SaveChangesAsync();
        }
        var files = desk.Get<ArticleFileList>();
        var file = (await files.ListAsync(source.Id)).ShouldHaveSingleItem();
        (await files.RemoveAsync(Boris(desk), source.Id, file.Id)).ShouldBe(new(desk.Anna.Name));
        (await files.ListAsync(source.Id)).Count.ShouldBe(1);
        (await files.RemoveAsync(Anna(desk), source.Id, file.Id)).ShouldBeNull();
        (await files.ListAsync(source.Id)).ShouldBeEmpty();

        var translation = Form() with { Slug = "wo", Language = "de", TranslationOfId = source.Id };
        (
            await work.SaveAsync(Boris(desk), null, translation, ArticleStep.Publish)
        ).ShouldBeOfType<ArticleOutcome.NotReviewer>();
        var kept = Saved(await work.SaveAsync(Boris(desk), null, translation, ArticleStep.Keep));
        (await work.MoveAsync(Boris(desk), kept, ArticleStep.Publish)).ShouldBeOfType<ArticleOutcome.NotReviewer>();
        Saved(await work.MoveAsync(Anna(desk), kept, ArticleStep.Publish));
    }

    [Fact]
    public async Task Publishing_with_open_comments_asks_and_settled_ones_do_not()
    {
        await using var desk = await CreateAsync();
        var (work, reviews) = (desk.Get<ArticleWork>(), desk.Get<ArticleReviews>());
        var draft = Saved(await work.SaveAsync(Anna(desk), null, Form(), ArticleStep.Review));
        (await reviews.SayAsync(Boris(desk), draft.Id, draft.TextVersion, " ", null)).ShouldBeFalse();
        (await reviews.SayAsync(Boris(desk), draft.Id, draft.TextVersion, "Eight? Nine.", null)).ShouldBeTrue();
        var thread = (await reviews.ListAsync(draft.Id)).ShouldHaveSingleItem();

        (await work.SaveAsync(Anna(desk), draft, draft.Form(), ArticleStep.Publish))
            .ShouldBeOfType<ArticleOutcome.OpenComments>()
            .Count.ShouldBe(1);
        (await work.ReadAsync(draft.Id))!.State.ShouldBe(ArticleState.InReview);

        await reviews.SettleAsync(Anna(desk), draft.Id, thread.First.Id, isSettled: true);
        await reviews.SayAsync(Boris(desk), draft.Id, draft.TextVersion, "Not yet.", thread.First.Id);
        thread = (await reviews.ListAsync(draft.Id)).ShouldHaveSingleItem();
        thread.First.ResolvedAt.ShouldBeNull("an answer opens it again");
        thread.Answers.ShouldHaveSingleItem().Text.ShouldBe("Not yet.");

        var despite = draft.Form() with { DespiteComments = true };
        var published = Saved(await work.SaveAsync(Anna(desk), draft, despite, ArticleStep.Publish));
        published.State.ShouldBe(ArticleState.Published);
        Saved(await work.SaveAsync(Anna(desk), published, published.Form() with { Body = "Nine." }, ArticleStep.Keep));
    }

    [Fact]
    public async Task Chosen_customers_are_kept_by_name_and_a_strange_name_is_refused()
    {
        await using var desk = await CreateAsync();
        var work = desk.Get<ArticleWork>();
        await using (var db = desk.OpenDatabase())
        {
            db.Add(new Helpdesk.Tickets.People.Organization { Name = "Harbour" });
            await db.SaveChangesAsync();
        }
        var form = Form() with { Visibility = ArticleVisibility.Chosen };
        (await work.SaveAsync(Anna(desk), null, form, ArticleStep.Keep)).ShouldBeOfType<ArticleOutcome.Refused>();
        (await work.SaveAsync(Anna(desk), null, form with { Organizations = "Nobody" }, ArticleStep.Keep))
            .ShouldBeOfType<ArticleOutcome.UnknownOrganization>()
            .Name.ShouldBe("Nobody");
        var saved = Saved(
            await work.SaveAsync(Anna(desk), null, form with { Organizations = "\n Harbour \n" }, ArticleStep.Keep)
        );
        saved.Organizations.ShouldBe("Harbour");
        var wide = saved.Form() with { Visibility = ArticleVisibility.Public };
        Saved(await work.SaveAsync(Anna(desk), saved, wide, ArticleStep.Keep)).Organizations.ShouldBeEmpty();
    }

    private static Task<Testing.Desk> CreateAsync() =>
        Testing.Desk.CreateAsync(
            configure: (services, _) =>
            {
                services.AddQueues();
                services.AddOutputCache();
            }
        );

    private static async Task<Topic> TopicAsync(Testing.Desk desk)
    {
        await using var db = desk.OpenDatabase();
        var topic = new Topic
        {
            Key = "of_tests",
            Name = "Of tests",
            Parent = new Topic { Key = "area_of_tests", Name = "Area of tests" },
        };
        db.Add(topic);
        await db.SaveChangesAsync();
        return topic;
    }

    private static ArticleForm Form() =>
        new()
        {
            Title = "Where is my card?",
            Slug = "where-is-my-card",
            Body = "It takes eight working days.",
        };

    private static Viewer.Staff Anna(Testing.Desk desk) => new(desk.Anna.Id, desk.Anna.Name, false, false, []);

    private static Viewer.Staff Boris(Testing.Desk desk) => new(desk.Boris.Id, desk.Boris.Name, false, false, []);

    private static Viewer.Staff Supervisor(Testing.Desk desk) => new(desk.Boris.Id, "Sue", true, false, []);

    private static ArticleSheet Saved(ArticleOutcome outcome) => outcome.ShouldBeOfType<ArticleOutcome.Saved>().Sheet;
}
