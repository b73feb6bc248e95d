using Helpdesk.Mail.Intake;
using Helpdesk.Mail.Outbound;
using Helpdesk.Tickets.Data;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Helpdesk.Mail;

/// <summary>Calls the intake at each ring of the bell, and now and then without.</summary>
public sealed class IntakeWorker(
    MailIntake intake,
    Bells bells,
    IOptions<StorageOptions> storage,
    IOptions<IntakeOptions> options,
    ILogger<IntakeWorker> log
) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await Task.Yield(); // the start of the program does not wait for the queue
        var isFirst = storage.Value.Provider is StorageProvider.Sqlite;
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                if (isFirst)
                    await intake.ReleaseClaimsAsync(stoppingToken); // nobody else works on this file
                isFirst = false;
                while (await intake.RunAsync(stoppingToken) > 0) { }
                await intake.LookAsync(stoppingToken);
                await bells.InboundMail.WaitAsync(options.Value.PollInterval, stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e)
            {
                log.LogError(e, "Mail intake failed; it goes on at the next look");
                await Task.Delay(options.Value.PollInterval, stoppingToken)
                    .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }
}

/// <summary>Calls the sender at each ring of the bell, and now and then without.</summary>
public sealed class OutboundWorker(
    OutboundSender sender,
    Bells bells,
    TimeProvider time,
    IOptions<StorageOptions> storage,
    IOptions<OutboundQueueOptions> options,
    ILogger<OutboundWorker> log
) : BackgroundService
{
    private static readonly TimeSpan PauseWithoutServer = TimeSpan.FromSeconds(15);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await Task.Yield();
        var isFirst = storage.Value.Provider is StorageProvider.Sqlite;
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                if (isFirst)
                    await sender.ReleaseClaimsAsync(stoppingToken);
                isFirst = false;
                OutboundPass pass;
                do pass = await sender.RunAsync(stoppingToken);
                while (pass is { Due: > 0, IsReachable: true });
                await sender.LookAsync(stoppingToken);
                if (!pass.IsReachable)
                    await Task.Delay(PauseWithoutServer, time, stoppingToken); // bells would only ring at a closed door
                else
                    await bells.Outbox.WaitAsync(options.Value.PollInterval, stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e)
            {
                log.LogError(e, "Sending mail failed; it goes on at the next look");
                await Task.Delay(options.Value.PollInterval, stoppingToken)
                    .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }
}
