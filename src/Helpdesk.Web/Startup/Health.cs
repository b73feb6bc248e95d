using Helpdesk.Tickets.Data;
using Helpdesk.Tickets.Notifications;
using Microsoft.AspNetCore.Diagnostics.HealthChecks;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Helpdesk.Web.Startup;

/// <summary><c>/health/live</c>: the process answers. <c>/health/ready</c>: it can also write, and nothing waits too long.</summary>
public static class Health
{
    private const string Ready = "ready";

    public static IServiceCollection AddHealth(this IServiceCollection services)
    {
        services.AddSingleton<StorageWrites>();
        services
            .AddHealthChecks()
            .AddCheck<StorageWrites>("storage", tags: [Ready])
            .AddCheck<OutboxMoves>("outbox", tags: [Ready]);
        return services;
    }

    public static IEndpointRouteBuilder MapHealth(this IEndpointRouteBuilder endpoints)
    {
        endpoints
            .MapHealthChecks("/health/live", new() { Predicate = _ => false })
            .AllowAnonymous()
            .DisableHttpMetrics();
        endpoints
            .MapHealthChecks(
                "/health/ready",
                new() { Predicate = check => check.Tags.Contains(Ready), ResponseWriter = WriteAsync }
            )
            .AllowAnonymous()
            .DisableHttpMetrics();
        return endpoints;
    }

    // names and states only: the page is public, so no reason and no figure of the desk is told
    private static Task WriteAsync(HttpContext context, HealthReport report) =>
        context.Response.WriteAsJsonAsync(
            new
            {
                status = report.Status.ToString(),
                checks = report.Entries.ToDictionary(
                    e => e.Key,
                    e => e.Value.Status.ToString(),
                    StringComparer.Ordinal
                ),
            }
        );

    /// <summary>
    /// A real write, undone: a full disk or a lost database shows here first. Anybody may ask, so the answer stands for some
    /// seconds: asking often takes no turn from those who have something to write.
    /// </summary>
    private sealed class StorageWrites(IDbContextFactory<HelpdeskDbContext> databases, TimeProvider time)
        : IHealthCheck,
            IDisposable
    {
        private static readonly TimeSpan Stands = TimeSpan.FromSeconds(2);
        private readonly SemaphoreSlim _turn = new(1);
        private (long At, HealthCheckResult Result)? _last;

        public async Task<HealthCheckResult> CheckHealthAsync(
            HealthCheckContext context,
            CancellationToken cancellationToken = default
        )
        {
            await _turn.WaitAsync(cancellationToken);
            try
            {
                if (_last is not { } last || time.GetElapsedTime(last.At) > Stands)
                    _last = last = (time.GetTimestamp(), await TryAsync(cancellationToken));
                return last.Result;
            }
            finally
            {
                _turn.Release();
            }
        }

        public void Dispose() => _turn.Dispose();

        // a failure stands as long as a success: whoever asks while the database is down does not wait for it one after another
        private async Task<HealthCheckResult> TryAsync(CancellationToken cancellationToken)
        {
            try
            {
                return await WriteAsync(cancellationToken);
            }
            catch (Exception failure) when (!cancellationToken.IsCancellationRequested)
            {
                return HealthCheckResult.Unhealthy("nothing can be written", failure);
            }
        }

        private async Task<HealthCheckResult> WriteAsync(CancellationToken cancellationToken)
        {
            await using var db = await databases.CreateDbContextAsync(cancellationToken);
            await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
            var rows = await db.DeskSettings.ExecuteUpdateAsync(
                set => set.SetProperty(s => s.CompanyName, s => s.CompanyName),
                cancellationToken
            );
            await transaction.RollbackAsync(cancellationToken);
            return rows == 1 ? HealthCheckResult.Healthy() : HealthCheckResult.Unhealthy("the settings row is missing");
        }
    }

    /// <summary>Mail that should have gone out a quarter of an hour ago means that the mail server is down.</summary>
    private sealed class OutboxMoves(IDbContextFactory<HelpdeskDbContext> databases, TimeProvider time) : IHealthCheck
    {
        private static readonly TimeSpan TooLong = TimeSpan.FromMinutes(15);

        public async Task<HealthCheckResult> CheckHealthAsync(
            HealthCheckContext context,
            CancellationToken cancellationToken = default
        )
        {
            var before = time.GetUtcNow() - TooLong;
            await using var db = await databases.CreateDbContextAsync(cancellationToken);
            var waits = await db.Notifications.AnyAsync(
                n => n.MailState == MailState.Pending && n.CreatedAt < before, // attempts move forward, the promise does not
                cancellationToken
            );
            return waits
                ? HealthCheckResult.Degraded("mail waits for more than 15 minutes")
                : HealthCheckResult.Healthy();
        }
    }
}
