using Helpdesk.Routing.Replay;
using Helpdesk.Testing;

namespace Helpdesk.Benchmarks;

/// <summary>The simulated month, played under this program's routing and under four plainer ways.</summary>
internal static class MonthBenchmark
{
    public static Task RunAsync()
    {
        var month = SimulatedMonth.Create();
        foreach (var strategy in Enum.GetValues<SimulatedStrategy>())
        {
            var run = month.Run(strategy);
            Figures.Print(
                "month",
                new
                {
                    strategy = strategy.ToString(),
                    requests = month.Requests.Count,
                    begun = run.Outcomes.Count(o => o.StartedAt is not null),
                    waitMinutesP50 = Figures.Round(run.WaitMinutes(0.5)),
                    waitMinutesP95 = Figures.Round(run.WaitMinutes(0.95)),
                    vipWaitMinutesP95 = Figures.Round(run.WaitMinutes(0.95, o => o.Request.IsVip)),
                    breaches = run.Breaches,
                    vipBreaches = run.VipBreaches,
                    handOvers = run.HandOvers,
                    unfairness = Figures.Round(run.Unfairness(month.Capacity)),
                    mostOverCapacity = Figures.Round(run.MostOverCapacity),
                }
            );
        }
        return Task.CompletedTask;
    }
}
