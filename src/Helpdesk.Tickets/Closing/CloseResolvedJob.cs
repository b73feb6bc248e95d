using Helpdesk.Tickets.Data;
using Microsoft.EntityFrameworkCore;
using Quartz;

namespace Helpdesk.Tickets.Closing;

/// <summary>Closes what has been resolved for two weeks without another word.</summary>
[DisallowConcurrentExecution]
public sealed class CloseResolvedJob(IDbContextFactory<HelpdeskDbContext> databases, TimeProvider time) : IJob
{
    private const int BatchSize = 100;
    public static readonly TimeSpan KeptOpenFor = TimeSpan.FromDays(14);

    public async ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken = default)
    {
        while (await CloseBatchAsync(cancellationToken) == BatchSize) { }
    }

    private async Task<int> CloseBatchAsync(CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var before = now - KeptOpenFor;
        await using var db = databases.CreateDbContext();
        var tickets = await db
            .Tickets.Where(t => t.Status == TicketStatus.Resolved && t.ResolvedAt < before)
            .OrderBy(t => t.ResolvedAt)
            .Take(BatchSize)
            .ToListAsync(cancellationToken);
        foreach (var ticket in tickets)
            ticket.Close(Actor.System, now);
        await db.SaveChangesAsync(cancellationToken);
        return tickets.Count;
    }
}
