using Helpdesk.Knowledge.Analysis;
using Helpdesk.Knowledge.Matching;
using Helpdesk.Tickets;
using Helpdesk.Tickets.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Helpdesk.Knowledge.Search;

/// <summary>
/// Keeps the latest resolved tickets findable for staff, by subject and first message. Follows the tickets' events; read anew from the
/// database at each start.
/// </summary>
public sealed class TicketIndexFeed(
    IDbContextFactory<HelpdeskDbContext> databases,
    SolutionIndexes indexes,
    IOptions<KnowledgeOptions> options,
    ILogger<TicketIndexFeed> log
) : BackgroundService
{
    private const int MaxTextLength = 4_000;
    private const int BatchSize = 500;

    /// <summary>Events may be committed out of their order by another node; this many before the last one seen are looked at again.</summary>
    private const int Overlap = 200;
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);

    private readonly SemaphoreSlim _turn = new(1, 1);
    private readonly SortedSet<long> _indexed = [];
    private bool _started;

    /// <summary>Brings the index to what is committed now.</summary>
    public async Task CatchUpAsync(CancellationToken cancellationToken = default)
    {
        await _turn.WaitAsync(cancellationToken);
        try
        {
            await using var db = databases.CreateDbContext();
            var last = await db.TicketEvents.MaxAsync(e => (long?)e.Id, cancellationToken) ?? 0;
            if (!_started)
                await RebuildAsync(db, last, cancellationToken);
            else if (last != indexes.ResolvedTickets.Status.Position)
                await FollowAsync(db, last, cancellationToken);
            _started = true;
        }
        finally
        {
            _turn.Release();
        }
    }

    public override void Dispose()
    {
        _turn.Dispose();
        base.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await Task.Yield();
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await CatchUpAsync(stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                break;
            }
            catch (Exception failure)
            {
                log.LogError(failure, "The index of resolved tickets could not follow the database; it goes on trying");
            }
            await Task.Delay(Interval, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task RebuildAsync(HelpdeskDbContext db, long position, CancellationToken cancellationToken)
    {
        var documents = new List<IndexedDocument>();
        var rows = Rows(db.Tickets.Where(t => t.Status >= TicketStatus.Resolved).OrderByDescending(t => t.Id))
            .Take(options.Value.SimilarTickets)
            .AsAsyncEnumerable();
        await foreach (var row in rows.WithCancellation(cancellationToken))
            documents.Add(row.Document());
        documents.Reverse();
        _indexed.Clear();
        _indexed.UnionWith(documents.Select(d => d.Id));
        indexes.ResolvedTickets.Rebuild(documents, position);
    }

    private async Task FollowAsync(HelpdeskDbContext db, long last, CancellationToken cancellationToken)
    {
        var from = indexes.ResolvedTickets.Status.Position - Overlap;
        var ids = await db
            .TicketEvents.Where(e => e.Id > from && e.Id <= last)
            .Where(e => e.Kind == TicketEventKind.Resolved || e.Kind == TicketEventKind.Reopened)
            .Select(e => e.TicketId)
            .Distinct()
            .ToListAsync(cancellationToken);
        foreach (var batch in ids.Chunk(BatchSize))
        {
            var resolved = await Rows(db.Tickets.Where(t => batch.Contains(t.Id) && t.Status >= TicketStatus.Resolved))
                .ToListAsync(cancellationToken);
            Apply(resolved.ConvertAll(row => row.Document()), [.. batch.Except(resolved.Select(row => row.Id))]);
        }
        indexes.ResolvedTickets.Apply([], [], last);
    }

    private void Apply(List<IndexedDocument> resolved, List<long> gone)
    {
        // a ticket that is looked at again only because of the overlap has not changed
        resolved.RemoveAll(document => _indexed.Contains(document.Id));
        gone.RemoveAll(id => !_indexed.Contains(id));
        _indexed.UnionWith(resolved.Select(document => document.Id));
        _indexed.ExceptWith(gone);
        while (_indexed.Count > options.Value.SimilarTickets)
        {
            gone.Add(_indexed.Min);
            _indexed.Remove(_indexed.Min);
        }
        resolved.RemoveAll(document => !_indexed.Contains(document.Id));
        indexes.ResolvedTickets.Apply(resolved, gone, indexes.ResolvedTickets.Status.Position);
    }

    private static IQueryable<Row> Rows(IQueryable<Ticket> tickets) =>
        tickets
            .AsNoTracking()
            .Select(t => new Row(
                t.Id,
                t.Subject,
                t.Messages.OrderBy(m => m.Id).Select(m => m.Text.Substring(0, MaxTextLength)).FirstOrDefault(),
                t.Language
            ));

    private sealed record Row(long Id, string Subject, string? Text, string? Language)
    {
        public IndexedDocument Document()
        {
            var question = ActualQuestion.Find(Text ?? "");
            return new(
                Id,
                Subject,
                question.Question + "\n" + question.Story,
                [],
                Language: Languages.FromCode(Language)
            );
        }
    }
}
