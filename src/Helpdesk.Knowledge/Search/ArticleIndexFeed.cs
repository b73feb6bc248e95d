using Helpdesk.Knowledge.Analysis;
using Helpdesk.Knowledge.Articles;
using Helpdesk.Tickets.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Helpdesk.Knowledge.Search;

/// <summary>
/// Keeps the articles' indexes true: follows the articles' change numbers in the database, at once on the bell, every second without it.
/// Starts from files where they are good, from the database where not.
/// </summary>
public sealed class ArticleIndexFeed(
    IDbContextFactory<HelpdeskDbContext> databases,
    SolutionIndexes indexes,
    Bells bells,
    TimeProvider time,
    IOptions<KnowledgeOptions> options,
    IOptions<StorageOptions> storage,
    ILogger<ArticleIndexFeed> log
) : BackgroundService
{
    private const int BatchSize = 200;

    private readonly SemaphoreSlim _turn = new(1, 1);
    private bool _started;
    private long _savedPosition;
    private DateTimeOffset _savedAt;

    private string Folder => options.Value.IndexDirectory ?? Path.Combine(storage.Value.DataDirectory, "index");

    private string CustomerFile => Path.Combine(Folder, "articles-customers.index");

    private string StaffFile => Path.Combine(Folder, "articles-staff.index");

    /// <summary>Brings the indexes to what is committed now: whoever saves an article calls it, and finds it in the next search.</summary>
    public async Task CatchUpAsync(CancellationToken cancellationToken = default)
    {
        await _turn.WaitAsync(cancellationToken);
        try
        {
            await using var db = databases.CreateDbContext();
            if (!_started)
                await StartAsync(db, cancellationToken);
            while (await TakeBatchAsync(db, cancellationToken))
                db.ChangeTracker.Clear();
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>Writes the indexes to their files now.</summary>
    /// <exception cref="IOException">The folder cannot be written to.</exception>
    public async Task SaveAsync(CancellationToken cancellationToken = default)
    {
        await _turn.WaitAsync(cancellationToken);
        try
        {
            if (!_started)
                return;
            indexes.CustomerArticles.Save(CustomerFile);
            indexes.StaffArticles.Save(StaffFile);
            (_savedPosition, _savedAt) = (indexes.StaffArticles.Status.Position, time.GetUtcNow());
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
        _savedAt = time.GetUtcNow();
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await CatchUpAsync(stoppingToken);
                if (IsSavingDue())
                    await SaveAsync(stoppingToken);
                await bells.Articles.WaitAsync(options.Value.PollInterval, stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                break;
            }
            catch (Exception failure)
            {
                log.LogError(failure, "The article index could not follow the database; it goes on trying");
                await Task.Delay(TimeSpan.FromSeconds(5), stoppingToken)
                    .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
        await SaveAtEndAsync();
    }

    private bool IsSavingDue() =>
        indexes.StaffArticles.Status.Position != _savedPosition
        && time.GetUtcNow() - _savedAt >= options.Value.SnapshotInterval;

    private async Task SaveAtEndAsync()
    {
        try
        {
            if (indexes.StaffArticles.Status.Position != _savedPosition)
                await SaveAsync(CancellationToken.None);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            log.LogWarning(failure, "The article index was not written to its file; the next start reads the database");
        }
    }

    private async Task StartAsync(HelpdeskDbContext db, CancellationToken cancellationToken)
    {
        var last = await LastChangeAsync(db, cancellationToken);
        var loaded = indexes.CustomerArticles.TryLoad(CustomerFile) & indexes.StaffArticles.TryLoad(StaffFile);
        // files from another time than the database: it was restored, or they were copied
        var usable =
            loaded
            && indexes.CustomerArticles.Status.Position <= last
            && indexes.CustomerArticles.Status.Position == indexes.StaffArticles.Status.Position;
        if (!usable)
            await RebuildAsync(db, last, cancellationToken);
        _savedPosition = usable ? indexes.StaffArticles.Status.Position : -1;
        _started = true;
        log.LogInformation(
            "The article index holds {Documents} articles, {Source}",
            indexes.StaffArticles.Status.Documents,
            usable ? "from its file" : "from the database"
        );
    }

    private async Task RebuildAsync(HelpdeskDbContext db, long position, CancellationToken cancellationToken)
    {
        var forCustomers = new List<IndexedDocument>();
        var all = new List<IndexedDocument>();
        var articles = Readable(db)
            .Where(a => a.State == ArticleState.Published)
            .OrderBy(a => a.Id)
            .AsAsyncEnumerable();
        // read once: what changes meanwhile raises the change numbers of the articles that show it
        var snippets = await Snippets.LoadForAsync(db, [Snippets.Mark("any")], cancellationToken);
        await foreach (var article in articles.WithCancellation(cancellationToken))
        {
            var document = Document(article.Reading(snippets));
            all.Add(document);
            if (article.Visibility is not ArticleVisibility.Internal)
                forCustomers.Add(document);
        }
        indexes.CustomerArticles.Rebuild(forCustomers, position);
        indexes.StaffArticles.Rebuild(all, position);
    }

    private async Task<bool> TakeBatchAsync(HelpdeskDbContext db, CancellationToken cancellationToken)
    {
        var position = indexes.StaffArticles.Status.Position;
        if (await LastChangeAsync(db, cancellationToken) == position)
            return false;
        var changed = await Readable(db)
            .Where(a => a.ChangeNumber > position)
            .OrderBy(a => a.ChangeNumber)
            .Take(BatchSize)
            .ToListAsync(cancellationToken);
        if (changed.Count == 0)
            return false;
        var reached = changed[^1].ChangeNumber;
        var snippets = await Snippets.LoadForAsync(db, changed.Select(a => a.Body), cancellationToken);
        changed = changed.ConvertAll(article => article.Reading(snippets));
        Apply(
            indexes.CustomerArticles,
            changed,
            a => a.IsFindable && a.Visibility is not ArticleVisibility.Internal,
            reached
        );
        Apply(indexes.StaffArticles, changed, a => a.IsFindable, reached);
        return true;
    }

    private static void Apply(ISolutionIndex index, List<Article> changed, Predicate<Article> belongs, long position) =>
        index.Apply(
            [.. changed.Where(a => belongs(a)).Select(Document)],
            [.. changed.Where(a => !belongs(a)).Select(a => a.Id)],
            position
        );

    private static Task<long> LastChangeAsync(HelpdeskDbContext db, CancellationToken cancellationToken) =>
        db.Set<ArticleChangeCounter>().AsNoTracking().Select(c => c.Last).SingleOrDefaultAsync(cancellationToken);

    private static IQueryable<Article> Readable(HelpdeskDbContext db) =>
        db.Set<Article>()
            .AsNoTracking()
            .Include(a => a.Questions.OrderBy(q => q.Id))
            .Include(a => a.ChosenReaders)
            .AsSplitQuery();

    private static IndexedDocument Document(Article article) =>
        new(
            article.Id,
            article.Title,
            article.Summary + "\n" + ArticleMarkdown.ToPlainText(article.Body),
            [.. article.Questions.Select(q => q.Text)],
            AudienceOf(article),
            Language: Languages.FromCode(article.Language)
        );

    private static ReaderKinds? AudienceOf(Article article) =>
        article.Visibility is ArticleVisibility.Public
            ? null
            : ReaderKinds.Of([
                .. article.ChosenReaders.Select(r => r.TierId).OfType<int>().Select(ArticleReader.OfTier),
                .. article
                    .ChosenReaders.Select(r => r.OrganizationId)
                    .OfType<int>()
                    .Select(ArticleReader.OfOrganization),
            ]);
}
