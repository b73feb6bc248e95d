using Helpdesk.Routing.Assignment;
using Helpdesk.Routing.Classification;
using Helpdesk.Routing.Learning;
using Helpdesk.Tickets.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Helpdesk.Routing;

/// <summary>Routes at the bell, looks for freed capacity every few seconds, and sees to it that there is a model.</summary>
public sealed class RoutingWorker(
    TicketRouting routing,
    WaitingTickets waiting,
    ModelTraining training,
    LiveModels models,
    IDbContextFactory<HelpdeskDbContext> databases,
    Bells bells,
    TimeProvider time,
    IOptions<RoutingOptions> options,
    ILogger<RoutingWorker> log
) : BackgroundService
{
    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        Task.WhenAll(RouteAsync(stoppingToken), KeepModelAsync(stoppingToken));

    private async Task RouteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                while (await routing.RunAsync(stoppingToken) > 0) { }
                var late = await routing.ReadLateAsync(stoppingToken);
                await waiting.PullAsync(stoppingToken);
                if (late > 0)
                    continue;
                await bells.Routing.WaitAsync(options.Value.PollInterval, stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e)
            {
                log.LogError(e, "Routing stopped for a moment");
                await bells
                    .Routing.WaitAsync(options.Value.PollInterval, stoppingToken)
                    .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    private async Task KeepModelAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await ReadyModelAsync(stoppingToken);
                if (await training.EnsureAsync(stoppingToken))
                    await ReadyModelAsync(stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e)
            {
                log.LogError(e, "No model could be trained");
            }
            try
            {
                await Task.Delay(options.Value.ModelCheckInterval, time, stoppingToken);
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }
    }

    /// <summary>Loads the model and reads a first text, so that the first ticket does not wait for that.</summary>
    private async Task ReadyModelAsync(CancellationToken stoppingToken)
    {
        await using var db = await databases.CreateDbContextAsync(stoppingToken);
        if ((await models.GetAsync(db, stoppingToken)).Topics is { } topics)
            RequestClassifier.Read(topics, "Where is it? It has not arrived.");
    }
}
