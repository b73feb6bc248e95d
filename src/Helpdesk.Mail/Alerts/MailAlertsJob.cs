using Quartz;

namespace Helpdesk.Mail.Alerts;

/// <summary>Wakes the look at the lists.</summary>
[DisallowConcurrentExecution]
public sealed class MailAlertsJob(MailAlerts alerts) : IJob
{
    public async ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken = default) =>
        await alerts.RunAsync(cancellationToken);
}
