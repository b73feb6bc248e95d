using Quartz;

namespace Helpdesk.Tickets.Escalation;

/// <summary>Wakes the sweep.</summary>
[DisallowConcurrentExecution]
public sealed class EscalateOverdueJob(EscalationSweep sweep) : IJob
{
    public async ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken = default) =>
        await sweep.RunAsync(cancellationToken);
}
