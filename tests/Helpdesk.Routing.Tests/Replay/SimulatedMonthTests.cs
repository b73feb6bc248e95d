using Helpdesk.Routing.Replay;
using Helpdesk.Testing;
using Shouldly;

namespace Helpdesk.Routing.Tests.Replay;

public sealed class SimulatedMonthTests
{
    private static readonly SimulatedMonth Month = SimulatedMonth.Create();
    private static readonly SimulatedRun Routed = Month.Run(SimulatedStrategy.Routing);

    [Theory]
    [InlineData(SimulatedStrategy.RoundRobin)]
    [InlineData(SimulatedStrategy.LeastLoaded)]
    [InlineData(SimulatedStrategy.SkilledRoundRobin)]
    [InlineData(SimulatedStrategy.SkilledLeastLoaded)]
    public void More_promises_are_kept_with_less_handing_over_and_fairer_than_by(SimulatedStrategy plainer)
    {
        var run = Month.Run(plainer);
        Routed.Breaches.ShouldBeLessThan(run.Breaches);
        Routed.VipBreaches.ShouldBeLessThan(run.VipBreaches);
        Routed.HandOvers.ShouldBeLessThan(run.HandOvers);
        Routed.Unfairness(Month.Capacity).ShouldBeLessThan(run.Unfairness(Month.Capacity));
        Routed.MostOverCapacity.ShouldBeLessThan(run.MostOverCapacity);
    }

    [Fact]
    public void Only_a_VIPs_request_exceeds_somebodys_capacity_and_by_the_margin_at_most()
    {
        Routed.MostOverCapacity.ShouldBeLessThanOrEqualTo(1.25);
        Routed.Outcomes.Select(o => o.Request.Id).ShouldBeUnique();
    }
}
