using System.Threading.Channels;
using Helpdesk.Tickets;
using Helpdesk.Tickets.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Helpdesk.Knowledge.Deflection;

/// <summary>How many searches ended how, in a time.</summary>
/// <param name="Searches">Visits with at least one search: what one visitor looked for within half an hour is one visit.</param>
/// <param name="Helped">Of these ended with "this helped" and no request.</param>
/// <param name="Asked">Of these ended with a request.</param>
public sealed record DeflectionFigures(int Searches, int Helped, int Asked);

/// <summary>
/// Writes down what customers searched for, opened and found helpful before they wrote a request, or instead. Pages call it and never wait:
/// the words go through memory and are written in batches, so a crash may lose the last second of these statistics and nothing else.
/// </summary>
public sealed class DeflectionLog(
    IDbContextFactory<HelpdeskDbContext> databases,
    TimeProvider time,
    IOptions<KnowledgeOptions> options,
    ILogger<DeflectionLog> log
) : BackgroundService
{
    private const int MaxWaiting = 2_000;
    private const int BatchSize = 200;
    private static readonly TimeSpan Visit = TimeSpan.FromMinutes(30);
    private static readonly TimeSpan Gathering = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan PurgeInterval = TimeSpan.FromHours(6);

    private readonly Channel<Word> _words = System.Threading.Channels.Channel.CreateBounded<Word>(
        new BoundedChannelOptions(MaxWaiting) { FullMode = BoundedChannelFullMode.DropWrite }
    );

    private abstract record Word(string Visitor, DateTimeOffset At)
    {
        public sealed record Searched(
            string Visitor,
            DateTimeOffset At,
            SearchPlace Place,
            string Text,
            int Shown,
            long? First
        ) : Word(Visitor, At);

        public sealed record Opened(string Visitor, DateTimeOffset At, long ArticleId) : Word(Visitor, At);

        public sealed record Helped(string Visitor, DateTimeOffset At, long ArticleId) : Word(Visitor, At);

        public sealed record Asked(string Visitor, DateTimeOffset At, long TicketId) : Word(Visitor, At);
    }

    /// <summary>A customer searched, or was shown suggestions. The same words twice in a row are one search.</summary>
    /// <param name="visitor">The visitor's random cookie; longer than 64 characters is cut.</param>
    /// <param name="articleIds">What was shown, best first.</param>
    public void Searched(string visitor, SearchPlace place, string text, IReadOnlyList<long> articleIds)
    {
        var words = Text.OneLine(text, CustomerSearch.MaxTextLength);
        if (words.Length > 0)
            Write(
                new Word.Searched(
                    Cut(visitor),
                    Now,
                    place,
                    words,
                    articleIds.Count,
                    articleIds.Count > 0 ? articleIds[0] : null
                )
            );
    }

    /// <summary>A customer opened an article.</summary>
    public void Opened(string visitor, long articleId) => Write(new Word.Opened(Cut(visitor), Now, articleId));

    /// <summary>A customer said that an article helped.</summary>
    public void Helped(string visitor, long articleId) => Write(new Word.Helped(Cut(visitor), Now, articleId));

    /// <summary>A customer wrote a request.</summary>
    public void Asked(string visitor, long ticketId) => Write(new Word.Asked(Cut(visitor), Now, ticketId));

    /// <summary>The figures of the visits between two instants.</summary>
    public async Task<DeflectionFigures> FiguresAsync(
        DateTimeOffset since,
        DateTimeOffset until,
        CancellationToken cancellationToken = default
    )
    {
        await using var db = databases.CreateDbContext();
        var visits = new Dictionary<string, (DateTimeOffset Last, SearchOutcome Outcome)>(StringComparer.Ordinal);
        var ended = new List<SearchOutcome>();
        var searches = db.Set<CustomerSearch>()
            .AsNoTracking()
            .Where(s => s.At >= since && s.At < until)
            .OrderBy(s => s.Id)
            .Select(s => new
            {
                s.Visitor,
                s.At,
                s.Outcome,
            })
            .AsAsyncEnumerable();
        await foreach (var search in searches.WithCancellation(cancellationToken))
        {
            var outcome = search.Outcome;
            if (visits.TryGetValue(search.Visitor, out var visit))
            {
                if (search.At - visit.Last > Visit)
                    ended.Add(visit.Outcome);
                else if (visit.Outcome > outcome)
                    outcome = visit.Outcome;
            }
            visits[search.Visitor] = (search.At, outcome);
        }
        ended.AddRange(visits.Values.Select(visit => visit.Outcome));
        return new(
            ended.Count,
            ended.Count(o => o is SearchOutcome.Helped),
            ended.Count(o => o is SearchOutcome.Asked)
        );
    }

    /// <summary>Writes what waits now.</summary>
    public async Task FlushAsync(CancellationToken cancellationToken = default)
    {
        var batch = new List<Word>();
        while (batch.Count < BatchSize && _words.Reader.TryRead(out var word))
            batch.Add(word);
        if (batch.Count == 0)
            return;
        await using var db = databases.CreateDbContext();
        foreach (var word in batch)
            await TakeAsync(db, word, cancellationToken);
        await db.SaveChangesAsync(cancellationToken);
        if (batch.Count == BatchSize)
            await FlushAsync(cancellationToken);
    }

    /// <summary>Deletes searches older than they are kept.</summary>
    /// <returns>How many.</returns>
    public async Task<int> PurgeAsync(CancellationToken cancellationToken = default)
    {
        var until = Now - options.Value.KeepSearches;
        await using var db = databases.CreateDbContext();
        return await db.Set<CustomerSearch>().Where(s => s.At < until).ExecuteDeleteAsync(cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await Task.Yield();
        var purgedAt = Now;
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await _words.Reader.WaitToReadAsync(stoppingToken);
                await Task.Delay(Gathering, stoppingToken);
                await FlushAsync(stoppingToken);
                if (Now - purgedAt < PurgeInterval)
                    continue;
                await PurgeAsync(stoppingToken);
                purgedAt = Now;
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                break;
            }
            catch (Exception failure)
            {
                log.LogWarning(failure, "Searches of customers could not be written down");
            }
        }
        await FlushAtEndAsync();
    }

    private DateTimeOffset Now => time.GetUtcNow();

    private static string Cut(string visitor) => Text.Cut(visitor, CustomerSearch.MaxVisitorLength);

    private void Write(Word word)
    {
        if (word.Visitor.Length > 0)
            _words.Writer.TryWrite(word);
    }

    private async Task FlushAtEndAsync()
    {
        try
        {
            await FlushAsync(CancellationToken.None);
        }
        catch (Exception failure)
        {
            log.LogWarning(failure, "The last searches of customers were not written down");
        }
    }

    private static async Task TakeAsync(HelpdeskDbContext db, Word word, CancellationToken cancellationToken)
    {
        var recent = await RecentAsync(db, word, cancellationToken);
        switch (word)
        {
            case Word.Searched searched
                when recent.LastOrDefault() is not { } last
                    || last.Text != searched.Text
                    || last.Place != searched.Place:
                db.Add(
                    new CustomerSearch
                    {
                        At = searched.At,
                        Visitor = searched.Visitor,
                        Place = searched.Place,
                        Text = searched.Text,
                        Shown = searched.Shown,
                        FirstArticleId = searched.First,
                    }
                );
                break;
            case Word.Opened opened:
                recent.LastOrDefault()?.Open(opened.ArticleId);
                break;
            case Word.Helped helped:
                recent.LastOrDefault()?.Help(helped.ArticleId);
                break;
            case Word.Asked asked:
                recent.ForEach(search => search.Ask(asked.TicketId));
                break;
        }
    }

    // this visit's searches, saved ones and those of the same batch, in their order
    private static async Task<List<CustomerSearch>> RecentAsync(
        HelpdeskDbContext db,
        Word word,
        CancellationToken cancellationToken
    )
    {
        var from = word.At - Visit;
        await db.Set<CustomerSearch>()
            .Where(s => s.Visitor == word.Visitor && s.At >= from)
            .LoadAsync(cancellationToken);
        return
        [
            .. db.Set<CustomerSearch>()
                .Local.Where(s => s.Visitor == word.Visitor && s.At >= from)
                .OrderBy(s => s.At)
                .ThenBy(s => s.Id == 0 ? long.MaxValue : s.Id),
        ];
    }
}
