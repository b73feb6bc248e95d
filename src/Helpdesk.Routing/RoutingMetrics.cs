using System.Diagnostics.Metrics;
using Helpdesk.Routing.Decisions;

namespace Helpdesk.Routing;

/// <summary>What routing does, for those who watch.</summary>
public sealed class RoutingMetrics
{
    public const string MeterName = "Helpdesk.Routing";

    private readonly Counter<long> _decisions;
    private readonly Counter<long> _failures;
    private readonly Histogram<double> _waited;
    private readonly Histogram<double> _batch;

    public RoutingMetrics(IMeterFactory meters)
    {
        var meter = meters.Create(MeterName);
        _decisions = meter.CreateCounter<long>("helpdesk.routing.decisions", "{ticket}", "Decisions, by outcome");
        _failures = meter.CreateCounter<long>(
            "helpdesk.routing.failures",
            "{ticket}",
            "Decisions that failed, by step"
        );
        _waited = meter.CreateHistogram<double>(
            "helpdesk.routing.wait",
            "s",
            "From a ticket's last change to its decision"
        );
        _batch = meter.CreateHistogram<double>("helpdesk.routing.time", "s", "Time to decide and commit, per ticket");
    }

    /// <param name="waited">Null: not for a decision.</param>
    internal void Decided(RoutingOutcome outcome, TimeSpan? waited)
    {
        _decisions.Add(1, KeyValuePair.Create<string, object?>("outcome", outcome.ToString()));
        if (waited is { } time)
            _waited.Record(Math.Max(0, time.TotalSeconds));
    }

    internal void Took(TimeSpan time, int tickets) => _batch.Record(time.TotalSeconds / tickets);

    internal void Failed(string step) => _failures.Add(1, KeyValuePair.Create<string, object?>("step", step));
}
