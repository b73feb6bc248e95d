namespace Helpdesk.Web.Startup;

/// <summary>
/// Gives back, once, what starting left behind: compiling, the first look of each worker and the reading of models fill tens
/// of megabytes that a desk with little to do would keep until enough new mail comes to make room for.
/// </summary>
internal sealed class StartLeavings(TimeProvider time) : BackgroundService
{
    /// <summary>By then each worker has had its first round.</summary>
    private static readonly TimeSpan Settled = TimeSpan.FromSeconds(5);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await Task.Delay(Settled, time, stoppingToken);
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
    }
}
