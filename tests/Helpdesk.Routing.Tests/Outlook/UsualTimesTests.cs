using Helpdesk.Routing.Outlook;
using Helpdesk.Tickets;
using Helpdesk.Tickets.Sla;
using Shouldly;
using Xunit;

namespace Helpdesk.Routing.Tests.Outlook;

public class UsualTimesTests
{
    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);

    // of ten simple requests of topic 1 five were late, of a hundred complex ones of topic 2 none
    private static readonly UsualTimes Times = UsualTimes.Of([
        .. Enumerable.Range(1, 10).Select(i => Past(1, Complexity.Simple, i <= 5 ? 0.5 : 1.5)),
        .. Enumerable.Range(1, 100).Select(_ => Past(2, Complexity.Complex, 0.3)),
    ]);

    [Fact]
    public void Without_history_it_is_the_share_of_the_time_that_is_over() =>
        UsualTimes.Of([]).LateAfter(SlaTarget.Resolution, Hour, 7, Complexity.Medium, 0.4).ShouldBe(0.4, 1e-9);

    [Fact]
    public void The_longer_it_waited_the_likelier_it_is_late()
    {
        double[] used = [0, 0.2, 0.31, 0.51, 0.9, 1];
        foreach (var topic in new[] { 1, 2, 3 })
            used.Select(u => Times.LateAfter(SlaTarget.FirstResponse, Hour, topic, Complexity.Simple, u))
                .ShouldBeInOrder(SortDirection.Ascending);
    }

    [Fact]
    public void A_topic_counts_more_than_all_and_a_next_answer_counts_like_a_first()
    {
        var usual = Times.LateAfter(SlaTarget.FirstResponse, Hour, 1, Complexity.Simple, 0);
        var patient = Times.LateAfter(SlaTarget.FirstResponse, Hour, 2, Complexity.Complex, 0);
        var other = Times.LateAfter(SlaTarget.FirstResponse, TimeSpan.FromHours(4), 1, Complexity.Simple, 0);
        patient.ShouldBeLessThan(other);
        other.ShouldBeLessThan(5 / 110.0); // nothing is known of that promise: like all
        usual.ShouldBeInRange(0.3, 0.5);
        Times.LateAfter(SlaTarget.NextResponse, Hour, 1, Complexity.Simple, 0).ShouldBe(usual);
    }

    [Theory]
    [InlineData(null, 0.5)]
    [InlineData(0.0, 1.0)]
    [InlineData(1.0, 1.0)]
    [InlineData(1.25, 0.8)]
    [InlineData(2.0, 0.5)]
    [InlineData(9.0, 0.5)]
    public void Whoever_carries_too_much_is_slower_and_nobody_is_slowest(double? load, double pace)
    {
        BreachOutlook.Pace(load).ShouldBe(pace, 1e-9);
        BreachOutlook.Probability(0.25, load).ShouldBe(Math.Pow(0.25, pace), 1e-9);
    }

    private static PastTime Past(int topic, Complexity complexity, double share) =>
        new(SlaTarget.FirstResponse, Hour, topic, complexity, share);
}
