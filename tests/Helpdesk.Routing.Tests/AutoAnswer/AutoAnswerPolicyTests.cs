using Helpdesk.Routing.AutoAnswer;
using Helpdesk.Tickets;
using Shouldly;
using Xunit;

namespace Helpdesk.Routing.Tests.AutoAnswer;

public class AutoAnswerPolicyTests
{
    private static readonly AutoAnswerFacts Perfect = new()
    {
        Type = TicketType.Typical,
        Frequency = Frequency.Common,
        Complexity = Complexity.Simple,
        Confidence = 0.99,
        PromisedFrom = 0.9,
        IsVip = false,
        IsFromMachine = false,
        IsAnswered = false,
        FitPercent = 90,
        FitNeeded = 80,
    };

    [Fact]
    public void A_common_simple_sure_request_with_a_fitting_article_may_be_answered() =>
        AutoAnswerPolicy.Objections(Perfect).ShouldBeEmpty();

    public static TheoryData<string, AutoAnswerFacts> Reasons =>
        new()
        {
            { "machine", Perfect with { IsFromMachine = true } },
            { "answered", Perfect with { IsAnswered = true } },
            { "vip", Perfect with { IsVip = true } },
            { "not-typical", Perfect with { Type = TicketType.Combined } },
            { "not-common", Perfect with { Frequency = Frequency.Rare } },
            { "not-simple", Perfect with { Complexity = Complexity.Medium } },
            { "no-promise", Perfect with { PromisedFrom = 2 } },
            { "not-sure", Perfect with { Confidence = 0.89 } },
            { "no-article", Perfect with { FitPercent = null } },
            { "article-fits-little", Perfect with { FitPercent = 79 } },
        };

    [Theory]
    [MemberData(nameof(Reasons))]
    public void Each_single_doubt_keeps_the_answer_for_a_person(string reason, AutoAnswerFacts facts) =>
        AutoAnswerPolicy.Objections(facts).ShouldBe([reason]);
}
