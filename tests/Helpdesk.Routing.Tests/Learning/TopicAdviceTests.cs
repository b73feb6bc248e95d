using Helpdesk.Routing.Learning;
using Shouldly;
using Xunit;

namespace Helpdesk.Routing.Tests.Learning;

public class TopicAdviceTests
{
    private long _ticket;

    [Fact]
    public void Two_topics_taken_for_each_other_both_ways_may_be_one()
    {
        var advice = TopicAdvice
            .From([.. Read(1, 2, 8), .. Read(2, 1, 5), .. Read(1, 1, 10), .. Read(2, 2, 10), .. Read(3, 3, 100)])
            .ShouldHaveSingleItem();
        (advice.Kind, advice.TopicId, advice.OtherId).ShouldBe((TopicAdviceKind.Merge, 2, 1));
        (advice.Wrong, advice.Of).ShouldBe((13, 33));
        advice.Tickets.ShouldBe([13, 12, 11]);
    }

    [Fact]
    public void A_topic_taken_for_another_but_not_the_other_way_round_wants_phrases()
    {
        var advice = TopicAdvice.From([.. Read(1, 2, 12), .. Read(2, 1, 1), .. Read(1, 1, 20)]).ShouldHaveSingleItem();
        (advice.Kind, advice.TopicId, advice.OtherId).ShouldBe((TopicAdviceKind.Describe, 2, 1));
    }

    [Fact]
    public void A_topic_taken_for_many_others_may_hold_several_matters()
    {
        var advice = TopicAdvice
            .From([
                .. Read(1, 9, 5),
                .. Read(2, 9, 4),
                .. Read(null, 9, 4),
                .. Read(9, 9, 10),
                .. Read(1, 1, 90),
                .. Read(2, 2, 90),
            ])
            .ShouldHaveSingleItem();
        (advice.Kind, advice.TopicId, advice.OtherId).ShouldBe((TopicAdviceKind.Split, 9, null));
        (advice.Others, advice.Wrong, advice.Of).ShouldBe((3, 13, 23));
    }

    [Fact]
    public void Few_or_rare_mistakes_and_what_belongs_to_no_topic_are_no_reason()
    {
        TopicAdvice.From([]).ShouldBeEmpty();
        TopicAdvice.From([.. Read(1, 2, 7)]).ShouldBeEmpty();
        TopicAdvice.From([.. Read(1, 2, 12), .. Read(2, 1, 12), .. Read(1, 1, 60), .. Read(2, 2, 60)]).ShouldBeEmpty();
        TopicAdvice.From([.. Read(1, null, 50), .. Read(2, null, 50), .. Read(3, null, 50)]).ShouldBeEmpty();
    }

    private IEnumerable<JudgedReading> Read(int? read, int? meant, int times) =>
        Enumerable.Range(0, times).Select(_ => new JudgedReading(++_ticket, read, meant)).ToList();
}
