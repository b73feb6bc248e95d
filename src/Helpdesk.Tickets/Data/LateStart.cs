using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace Helpdesk.Tickets.Data;

/// <summary>When work in the background begins.</summary>
public sealed class WorkerOptions
{
    /// <summary>
    /// How long after the desk listens. Waking every worker at once takes as much of a starting machine as serving does:
    /// whoever opens the first page would wait for all of them.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:01:00")]
    public TimeSpan StartAfter { get; set; } = TimeSpan.FromMilliseconds(750);
}

public static class LateStartRegistration
{
    /// <summary>
    /// A worker that begins once the desk listens and the first page had its moment. For what moves rows along that wait
    /// in the database anyway; what takes them in, or what pages read from, starts with the desk.
    /// </summary>
    public static IServiceCollection AddWorker<TWorker>(this IServiceCollection services)
        where TWorker : BackgroundService
    {
        services.AddSingleton<TWorker>();
        services.AddHostedService<LateStart<TWorker>>();
        return services;
    }
}

/// <summary>Starts a worker late and fails with it, so that the host sees what becomes of it.</summary>
internal sealed class LateStart<TWorker>(
    TWorker worker,
    IHostApplicationLifetime lifetime,
    TimeProvider time,
    IOptions<WorkerOptions> options
) : BackgroundService
    where TWorker : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var listening = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using (lifetime.ApplicationStarted.Register(listening.SetResult))
            await listening.Task.WaitAsync(stoppingToken);
        await Task.Delay(options.Value.StartAfter, time, stoppingToken);
        await worker.StartAsync(stoppingToken);
        await (worker.ExecuteTask ?? Task.CompletedTask);
    }

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        await worker.StopAsync(cancellationToken);
    }
}
