using Helpdesk.Knowledge.Articles;
using Helpdesk.Tickets.Data;
using Microsoft.AspNetCore.OutputCaching;
using Microsoft.EntityFrameworkCore;

namespace Helpdesk.Web.Components.Help.Articles;

/// <summary>
/// Forgets kept pages when an article changed, whoever changed it and on whichever node: each looks at the change counter, one small row.
/// </summary>
public sealed class KeptPages(
    IDbContextFactory<HelpdeskDbContext> databases,
    IOutputCacheStore store,
    TimeProvider time,
    ILogger<KeptPages> log
) : BackgroundService
{
    /// <summary>How long a changed or withdrawn article can still be seen.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(2);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, time);
        long? seen = null;
        do
        {
            try
            {
                seen = await LookAsync(seen, stoppingToken);
            }
            catch (Exception exception) when (exception is not OperationCanceledException)
            {
                log.LogWarning(exception, "The articles' change counter cannot be read; kept pages stay for now");
            }
        } while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    /// <summary>Forgets the pages when the counter is not the one seen before.</summary>
    public async Task<long> LookAsync(long? seen, CancellationToken cancellation)
    {
        await using var db = databases.CreateDbContext();
        var last = await db.Set<ArticleChangeCounter>().Select(c => c.Last).SingleOrDefaultAsync(cancellation);
        if (seen is not null && seen != last)
            await store.ForgetHelpPagesAsync(cancellation);
        return last;
    }
}
