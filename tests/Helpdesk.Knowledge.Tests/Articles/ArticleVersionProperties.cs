using FsCheck;
using FsCheck.Fluent;
using Helpdesk.Knowledge.Articles;
using Helpdesk.Tickets;
using Shouldly;

namespace Helpdesk.Knowledge.Tests.Articles;

public sealed class ArticleVersionProperties
{
    private static readonly DateTimeOffset Start = new(2026, 3, 2, 9, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Whatever_is_done_to_an_article_each_text_stays_and_the_last_one_is_the_article()
    {
        Prop.ForAll<int>(seed =>
            {
                var random = new Random(seed);
                var texts = new List<ArticleText> { Text(random, 0) };
                var article = new Article("a", texts[0], null, ArticleVisibility.Public, Actor.System, Start);
                for (var step = 1; step < 40; step++)
                {
                    var before = (article.TextVersion, article.Version);
                    if (Do(article, random, step) is { } text)
                        texts.Add(text);
                    else
                        article.TextVersion.ShouldBe(before.TextVersion, "what is no text makes no version");
                    article.Version.ShouldBeGreaterThanOrEqualTo(before.Version);
                }
                article.Versions.Select(v => new ArticleText(v.Title, v.Summary, v.Body)).ShouldBe(texts);
                article
                    .Versions.Select(v => v.Number)
                    .ShouldBe(article.Versions.Select(v => v.Number).Order().Distinct());
                article.Versions[^1].Number.ShouldBe(article.TextVersion);
                article.Says(texts[^1]).ShouldBeTrue();
                (
                    article.PublishAt is null || article.State is ArticleState.Draft or ArticleState.InReview
                ).ShouldBeTrue();
                article.ChosenReaders.Count.ShouldBe(
                    article.ChosenReaders.DistinctBy(r => (r.TierId, r.OrganizationId)).Count()
                );
            })
            .QuickCheckThrowOnFailure();
    }

    // a step; the text where it was one, null where it was refused or is none
    private static ArticleText? Do(Article article, Random random, int step)
    {
        var now = Start.AddHours(step);
        try
        {
            switch (random.Next(10))
            {
                case 0:
                    article.Publish(Actor.System, now);
                    break;
                case 1:
                    article.Archive(Actor.System, now);
                    break;
                case 2:
                    article.BackToDraft(Actor.System, now);
                    break;
                case 3:
                    article.PublishLater(now.AddDays(random.Next(-1, 2)), now);
                    break;
                case 4:
                    article.ShowTo((ArticleVisibility)random.Next(3), now);
                    article.Choose(new([random.Next(3), random.Next(3)], [random.Next(3)]), now);
                    break;
                case 5:
                    article.Learn($"question {random.Next(5)}", QuestionSource.Author, null, now);
                    break;
                case 6:
                    article.SendToReview(Actor.System, now);
                    break;
                default:
                    var text = Text(random, step);
                    article.Edit(text, "", Actor.System, now);
                    return text;
            }
        }
        catch (RuleViolationException)
        {
            // refused: nothing may have changed
        }
        return null;
    }

    private static ArticleText Text(Random random, int step) =>
        new($"Title {step}", random.Next(2) == 0 ? "" : "Summary", $"Body {random.Next(1000)}\n");
}
