using Helpdesk.Knowledge.Articles;
using Helpdesk.Web.Sample;
using NodaTime;
using Shouldly;

namespace Helpdesk.Web.Tests.Sample;

public sealed class SampleTextTests
{
    private static readonly DeskPlan Plan = SampleText.Desk();
    private static readonly Conversations Talk = SampleText.Conversations();

    private static IEnumerable<TopicPlan> Topics => Plan.Areas.SelectMany(a => a.Topics);

    [Fact]
    public void The_plan_has_the_topics_of_the_requests_and_no_others()
    {
        var requests = SampleText.Requests();
        requests.Count.ShouldBe(10_003);
        Topics
            .Select(t => t.Key)
            .Order(StringComparer.Ordinal)
            .ShouldBe(requests.Select(r => r.TopicKey).Distinct().Order(StringComparer.Ordinal));
        Topics.Count().ShouldBe(77);
    }

    [Fact]
    public void Every_topic_has_a_team_member_who_knows_enough_about_it()
    {
        foreach (var area in Plan.Areas)
        foreach (var topic in area.Topics)
            Plan.Specialists.ShouldContain(
                s => s.Teams.Contains(area.Team) && s.Skills.GetValueOrDefault(topic.Skill) >= topic.Level,
                topic.Key
            );
    }

    [Fact]
    public void Every_reference_of_the_plan_leads_somewhere()
    {
        var calendars = Plan.Calendars.Select(c => c.Key).ToList();
        var policies = Plan.SlaPolicies.Select(p => p.Key).ToList();
        var teams = Plan.Teams.Select(t => t.Key).ToList();
        Plan.SlaPolicies.ShouldAllBe(p => calendars.Contains(p.Calendar));
        Plan.Tiers.ShouldAllBe(t => policies.Contains(t.Policy));
        Plan.Organizations.ShouldAllBe(o => Plan.Tiers.Any(t => t.Key == o.Tier));
        Plan.Specialists.ShouldAllBe(s => calendars.Contains(s.Hours) && s.Teams.All(teams.Contains));
        Plan.Teams.ShouldAllBe(t => Plan.Specialists.Any(s => s.Key == t.Lead && s.Teams.Contains(t.Key)));
        Plan.Areas.ShouldAllBe(a => teams.Contains(a.Team));
        policies.ShouldContain(Plan.Company.DefaultPolicy);
        teams.ShouldContain(Plan.Company.DefaultTeam);
    }

    [Fact]
    public void Nobody_is_reachable_outside_the_domain_for_examples()
    {
        Plan.Specialists.Select(s => s.Email)
            .Concat(Plan.Supervisors.Select(s => s.Email))
            .Append(Plan.Administrator.Email)
            .Append(Plan.Company.SupportAddress)
            .Concat(Plan.Organizations.Select(o => o.Domain))
            .Concat(Talk.Vocabulary.MailDomains)
            .ShouldAllBe(a => a.EndsWith(".example", StringComparison.Ordinal));
    }

    [Fact]
    public void People_know_what_to_say_about_every_topic()
    {
        Talk.Topics.Keys.Order(StringComparer.Ordinal)
            .ShouldBe(Topics.Select(t => t.Key).Order(StringComparer.Ordinal));
        Talk.OtherLanguages.ShouldAllBe(r =>
            Talk.Topics.ContainsKey(r.Topic) && Talk.LanguageReplies.ContainsKey(r.Language)
        );
        Talk.Special.ShouldAllBe(s => s.Answer != null);
    }

    [Fact]
    public void Every_word_in_braces_can_be_filled_in()
    {
        var facts = new TicketFacts(new Dice(1, 1), Talk.Vocabulary, "Ada", DateTimeOffset.UnixEpoch);
        foreach (var topic in Talk.Topics.Values)
        foreach (
            var text in (IEnumerable<string>)
                [
                    .. topic.Subjects,
                    .. topic.Details,
                    topic.Ask,
                    .. topic.Answers,
                    .. topic.Resolutions,
                    .. topic.Later ?? [],
                    .. topic.Notes ?? [],
                    .. topic.FollowUps ?? [],
                    .. topic.Complaints ?? [],
                ]
        )
            facts.ForStaff(text).IndexOfAny(['{', '}']).ShouldBe(-1, text);
    }

    [Fact]
    public void Every_topic_has_an_article()
    {
        var articles = SampleText.Articles().Select(a => SampleArticle.Parse(a.Key, a.Value)).ToList();
        var known = Topics.Select(t => t.Key).ToHashSet();
        Topics.ShouldAllBe(t => articles.Any(a => a.Topic == t.Key && a.Visibility == ArticleVisibility.Public));
        articles.ShouldAllBe(a => a.Also.All(known.Contains) && a.Questions.Count > 2 && a.Body.Length > 300);
    }

    [Fact]
    public void An_article_brings_its_facts_in_front_of_the_text()
    {
        var article = SampleArticle.Parse(
            "a-card",
            "---\ntitle: \"A card: yours\"\ntopic: card_arrival\nalso: [card_linking, change_pin]\nvisibility: internal\n"
                + "summary: It comes.\nquestions:\n  - Where is it?\n  - When: soon?\n---\n\nIt **comes**.\n\n---\n\nReally.\n"
        );
        article.Title.ShouldBe("A card: yours");
        article.Also.ShouldBe(["card_linking", "change_pin"]);
        article.Visibility.ShouldBe(ArticleVisibility.Internal);
        article.Questions.ShouldBe(["Where is it?", "When: soon?"]);
        article.Body.ShouldBe("It **comes**.\n\n---\n\nReally.\n");
    }

    [Theory]
    [InlineData("It comes.")]
    [InlineData("---\ntitle: A card\n---\nIt comes.")]
    public void An_article_without_its_facts_is_refused(string file) =>
        Should.Throw<FormatException>(() => SampleArticle.Parse("a-card", file));

    [Theory]
    [InlineData(2024, "2024-03-29")]
    [InlineData(2025, "2025-04-18")]
    [InlineData(2026, "2026-04-03")]
    [InlineData(2038, "2038-04-23")]
    public void Good_Friday_is_two_days_before_Easter(int year, string date) =>
        new HolidayPlan("Good Friday", Easter: -2).In(year).ShouldBe(DateOnly.Parse(date));

    [Theory]
    [InlineData(5, 1, "2026-05-04")]
    [InlineData(5, -1, "2026-05-25")]
    [InlineData(8, -1, "2026-08-31")]
    [InlineData(6, 1, "2026-06-01")]
    public void A_holiday_may_be_a_certain_Monday_of_a_month(int month, int nth, string date) =>
        new HolidayPlan("Holiday", Month: month, Weekday: IsoDayOfWeek.Monday, Nth: nth)
            .In(2026)
            .ShouldBe(DateOnly.Parse(date));

    [Fact]
    public void What_people_say_fits_where_it_stands()
    {
        var facts = new TicketFacts(new Dice(1, 2), Talk.Vocabulary, "Ada", DateTimeOffset.UnixEpoch);
        facts.ForStaff("{person} should see it.")[0].ShouldSatisfyAllConditions(c => char.IsUpper(c).ShouldBeTrue());
        facts.ForStaff("It is with {person} now.").ShouldNotContain("my ");
    }
}
