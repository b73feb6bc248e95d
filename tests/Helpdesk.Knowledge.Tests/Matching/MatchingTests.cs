using FsCheck;
using FsCheck.Fluent;
using Helpdesk.Knowledge.Matching;
using Helpdesk.Knowledge.Search;
using Helpdesk.Knowledge.Tests.Analysis;
using Helpdesk.Tickets;
using Helpdesk.Tickets.Access;
using Shouldly;

namespace Helpdesk.Knowledge.Tests.Matching;

public sealed class MatchingTests
{
    private const string Mail = """
        Dear support team,

        I hope you are well. We have been loyal customers of yours for eleven years now and my wife also banks with you. Last weekend we drove to the seaside with
        the children, the weather was lovely and we stayed at a small hotel near the harbour. On Sunday evening we wanted to buy ice cream.
        The cash machine at the harbour kept my card and I did not get any money. How do I get my card back?
        The hotel was very kind and lent us some cash for the way home.

        Thank you in advance
        Maria Svensson
        Phone +46 1 23 45
        > earlier mail about transfers and mortgages
        """;

    [Fact]
    public void The_question_of_a_long_mail_is_told_from_its_story_and_frame()
    {
        var found = ActualQuestion.Find(Mail);
        found.Question.ShouldContain("kept my card");
        found.Question.ShouldContain("How do I get my card back?");
        found.Question.ShouldNotContain("weather");
        found.Question.ShouldNotContain("Dear");
        found.Story.ShouldContain("seaside");
        (found.Question + found.Story).ShouldNotContain("Svensson");
        (found.Question + found.Story).ShouldNotContain("mortgages");
    }

    [Theory]
    [InlineData("Hi,\nmy card is lost.\n\nBest regards\nAnn", "my card is lost.")]
    [InlineData("Hello there! Where is my refund?", "Where is my refund?")]
    [InlineData("Здравствуйте!\nКарта не работает.\nС уважением, Анна", "Карта не работает.")]
    [InlineData("Guten Tag,\nmeine Karte ist weg.\nMit freundlichen Grüßen\nJan", "meine Karte ist weg.")]
    [InlineData("Dzień dobry,\nzgubiłem kartę.\nPozdrawiam\nJan", "zgubiłem kartę.")]
    [InlineData("Доброго дня!\nКартка загубилась.\nЗ повагою\nІван", "Картка загубилась.")]
    [InlineData("card", "card")]
    [InlineData("Hi", "Hi")]
    public void A_short_message_is_its_own_question(string message, string question) =>
        ActualQuestion.Find(message).Question.ShouldBe(question);

    [Fact]
    public void Any_message_has_a_question()
    {
        Prop.ForAll(AnyText.Arbitrary, text => ActualQuestion.Find(text + "\n" + text + "?").ShouldNotBeNull())
            .QuickCheckThrowOnFailure();
        ActualQuestion.Find(new string('x', 2_000_000)).Question.Length.ShouldBeLessThanOrEqualTo(20_000);
    }

    [Fact]
    public void Percent_rise_with_the_fit_and_never_claim_certainty()
    {
        var percent = Enumerable.Range(0, 101).Select(i => FitPercent.Of(i / 100.0)).ToList();
        percent.ShouldBe(percent.Order());
        percent[0].ShouldBe(1);
        percent[^1].ShouldBe(97);
        FitPercent.Of(double.NaN).ShouldBeInRange(1, 97);
    }

    [Fact]
    public async Task A_long_mail_finds_the_article_that_answers_its_question()
    {
        await using var desk = await KnowledgeDesk.CreateAsync();
        await desk.PublishAsync(
            "Hotels with a discount",
            "Our customers stay cheaper at hotels by the seaside, near the harbour, with children."
        );
        var id = await desk.PublishAsync(
            "The cash machine kept your card",
            "We send a new card.",
            questions: ["the atm swallowed my card, how do I get it back"]
        );
        var matches = await desk.Get<SolutionMatcher>().MatchAsync("Question", Mail, ArticleReader.Staff);
        matches[0].Id.ShouldBe(id);
        matches[0].FitPercent.ShouldBeGreaterThan(SolutionMatcher.LeastPercent);
    }

    [Fact]
    public async Task What_fits_nothing_gets_no_suggestion()
    {
        await using var desk = await KnowledgeDesk.CreateAsync();
        await desk.PublishAsync("The cash machine kept your card", "We send a new card.");
        await desk.PublishAsync("Exchange rates", "We use the market rate of the minute.");
        (
            await desk.Get<SolutionMatcher>()
                .MatchAsync(
                    "Job",
                    "Do you have vacancies for a gardener in your new branch office?",
                    ArticleReader.Customer
                )
        ).ShouldBeEmpty();
    }

    [Fact]
    public async Task Similar_requests_are_resolved_ones_that_the_viewer_may_see()
    {
        await using var desk = await KnowledgeDesk.CreateAsync();
        var solved = await desk.Desk.OpenTicketAsync("Printer on fire", "The printer burns when I print invoices.");
        await desk.Desk.OpenTicketAsync("Printer burns too", "Flames come out of the printer.");
        var feed = desk.Get<TicketIndexFeed>();
        await feed.CatchUpAsync();
        (await FindAsync(new Viewer.Script(1, "test"))).ShouldBeEmpty();

        await desk.Desk.ChangeAsync(
            solved,
            (ticket, terms, now) => ticket.Resolve("Extinguished.", null, Actor.System, terms, now)
        );
        await feed.CatchUpAsync();
        var found = (await FindAsync(new Viewer.Script(1, "test"))).ShouldHaveSingleItem();
        found.Id.ShouldBe(solved);
        found.ResolutionNote.ShouldBe("Extinguished.");
        (await FindAsync(new Viewer.SignedInCustomer(1))).ShouldBeEmpty();
        (await FindAsync(Viewer.Nobody)).ShouldBeEmpty();

        await desk.Desk.ChangeAsync(solved, (ticket, terms, now) => ticket.Reopen(Actor.System, terms, now));
        await feed.CatchUpAsync();
        (await FindAsync(new Viewer.Script(1, "test"))).ShouldBeEmpty();

        Task<IReadOnlyList<SimilarTicket>> FindAsync(Viewer viewer) =>
            desk.Get<SimilarTickets>()
                .FindAsync("Burning printer", "My printer is on fire, help", without: null, viewer);
    }

    [Fact]
    public async Task Another_teams_requests_are_not_shown_as_similar()
    {
        await using var desk = await KnowledgeDesk.CreateAsync();
        var solved = await desk.Desk.OpenTicketAsync("Printer on fire", "The printer burns.");
        await desk.Desk.ChangeAsync(
            solved,
            (ticket, terms, now) =>
            {
                ticket.MoveTo(desk.Desk.Team, Actor.System, now);
                ticket.Resolve(null, null, Actor.System, terms, now);
            }
        );
        await desk.Get<TicketIndexFeed>().CatchUpAsync();
        (await FindAsync(desk.Desk.Team.Id)).ShouldHaveSingleItem();
        (await FindAsync(desk.Desk.Team.Id + 1)).ShouldBeEmpty();

        Task<IReadOnlyList<SimilarTicket>> FindAsync(int team) =>
            desk.Get<SimilarTickets>()
                .FindAsync(
                    "Printer fire",
                    "",
                    null,
                    new Viewer.Staff(Guid.NewGuid(), "X", SeesAll: false, IsAdministrator: false, [team])
                );
    }
}
