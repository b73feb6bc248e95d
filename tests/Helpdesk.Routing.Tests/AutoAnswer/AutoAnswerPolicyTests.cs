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
        State = AnsweringState.Answering,
    };

    [Fact]
    public void A_common_simple_sure_request_with_a_fitting_article_may_be_answered() =>
        AutoAnswerPolicy.Decide(Perfect).IsSent.ShouldBeTrue();

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
            { "spoken", Perfect with { IsSpoken = true } },
            { "undeliverable", Perfect with { IsUndeliverable = true } },
            { "upset", Perfect with { IsUpset = true } },
            { "other-language", Perfect with { IsOtherLanguage = true } },
            { "tier", Perfect with { IsTierExcluded = true } },
            { "off", Perfect with { State = AnsweringState.Off } },
            { "observing", Perfect with { State = AnsweringState.Observing } },
            { "withdrawn", Perfect with { State = AnsweringState.Withdrawn } },
        };

    [Theory]
    [MemberData(nameof(Reasons))]
    public void Each_single_doubt_keeps_the_answer_for_a_person(string reason, AutoAnswerFacts facts) =>
        AutoAnswerPolicy.Decide(facts).Objections.ShouldBe([reason]);

    [Fact]
    public void What_is_not_sure_or_only_observed_is_noted_all_the_same()
    {
        AutoAnswerPolicy.Decide(Perfect with { Confidence = 0.1 }).IsCandidate.ShouldBeTrue();
        AutoAnswerPolicy.Decide(Perfect with { State = AnsweringState.Observing }).IsCandidate.ShouldBeTrue();
        AutoAnswerPolicy.Decide(Perfect with { State = AnsweringState.Off }).IsCandidate.ShouldBeFalse();
        AutoAnswerPolicy.Decide(Perfect with { IsVip = true }).IsCandidate.ShouldBeFalse();
    }
}
