using System.Text;
using Helpdesk.Knowledge.Articles;
using Helpdesk.Tickets;
using Helpdesk.Tickets.Data;
using Helpdesk.Tickets.Topics;
using Microsoft.EntityFrameworkCore;

namespace Helpdesk.Knowledge.Exchange;

/// <param name="Added">New articles.</param>
/// <param name="Changed">Articles that got another text or other facts.</param>
/// <param name="Unchanged">Articles that were as in their files.</param>
/// <param name="Problems">Files that were not taken, and facts that were left out, each with its reason.</param>
public sealed record FolderImport(int Added, int Changed, int Unchanged, IReadOnlyList<string> Problems);

/// <summary>
/// The whole base as a folder of Markdown files, one an article, named by its address; and back. What was exported and is imported again
/// changes nothing. Votes, past texts and counters stay in the desk.
/// </summary>
public sealed class ArticleFolder(IDbContextFactory<HelpdeskDbContext> databases, Bells bells, TimeProvider time)
{
    private const int BatchSize = 100;
    private const long MaxFileBytes = 4L * Article.MaxBodyLength;
    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false);

    /// <summary>Writes every article; files of the folder that are no article's stay.</summary>
    /// <returns>How many.</returns>
    /// <exception cref="IOException">The folder cannot be written to.</exception>
    public async Task<int> ExportAsync(string folder, CancellationToken cancellationToken = default)
    {
        Directory.CreateDirectory(folder);
        await using var db = databases.CreateDbContext();
        var names = new Names(
            await db.Set<Topic>().ToDictionaryAsync(t => t.Id, t => t.Key, cancellationToken),
            await db.Tiers.ToDictionaryAsync(t => t.Id, t => t.Name, cancellationToken)
        );
        var written = 0;
        for (long last = 0; ; )
        {
            var batch = await All(db)
                .AsNoTracking()
                .Where(a => a.Id > last)
                .OrderBy(a => a.Id)
                .Take(BatchSize)
                .ToListAsync(cancellationToken);
            if (batch.Count == 0)
                return written;
            var organizations = await OrganizationsOfAsync(db, batch, cancellationToken);
            var sourceIds = batch.Select(a => a.TranslationOfId).OfType<long>().ToList();
            var sources = await db.Set<Article>()
                .Where(a => sourceIds.Contains(a.Id))
                .Select(a => new Source(a.Id, a.Slug, a.TextVersion))
                .ToDictionaryAsync(a => a.Id, cancellationToken);
            foreach (var article in batch)
            {
                var path = Path.Combine(folder, article.Slug + ".md");
                await File.WriteAllTextAsync(
                    path,
                    FileOf(article, names, organizations, sources).Write(),
                    Utf8,
                    cancellationToken
                );
                written++;
            }
            last = batch[^1].Id;
        }
    }

    /// <summary>
    /// Takes every <c>.md</c>, <c>.html</c> and <c>.htm</c> file of the folder and those in it. An article of the same address gets a new
    /// version where its text differs; files that do not say their state become drafts. A file that cannot be read holds up no other.
    /// </summary>
    /// <exception cref="IOException">The folder cannot be read.</exception>
    public async Task<FolderImport> ImportAsync(
        string folder,
        Actor author,
        CancellationToken cancellationToken = default
    )
    {
        var problems = new List<string>();
        var (added, changed, unchanged) = (0, 0, 0);
        var taken = new HashSet<string>(StringComparer.Ordinal);
        var translations = new List<(string Name, ArticleFile File)>();
        foreach (
            var path in Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal)
        )
        {
            var name = Path.GetRelativePath(folder, path);
            try
            {
                if (await ReadAsync(path, cancellationToken) is not { } file)
                    continue;
                if (!taken.Add(file.Slug))
                    throw new InvalidDataException($"another file is \"{file.Slug}\" already");
                if (file.TranslationOf is not null)
                    translations.Add((name, file));
                switch (await TakeAsync(file, author, name, problems, cancellationToken))
                {
                    case Taken.Added:
                        added++;
                        break;
                    case Taken.Changed:
                        changed++;
                        break;
                    default:
                        unchanged++;
                        break;
                }
            }
            catch (Exception refused)
                when (refused is RuleViolationException or InvalidDataException or DbUpdateException)
            {
                problems.Add($"{name}: {refused.Message}");
            }
        }
        // sources may come after their translations
        foreach (var (name, file) in translations)
            await LinkAsync(file, name, problems, cancellationToken);
        return new(added, changed, unchanged, problems);
    }

    private async Task LinkAsync(
        ArticleFile file,
        string name,
        List<string> problems,
        CancellationToken cancellationToken
    )
    {
        await using var db = databases.CreateDbContext();
        var article = await db.Set<Article>().SingleOrDefaultAsync(a => a.Slug == file.Slug, cancellationToken);
        var source = await db.Set<Article>().SingleOrDefaultAsync(a => a.Slug == file.TranslationOf, cancellationToken);
        if (article is null)
            return;
        if (source is null)
        {
            problems.Add(
                $"{name}: there is no article \"{file.TranslationOf}\" that it translates; it stands for itself"
            );
            return;
        }
        try
        {
            var wasBehind = article.TranslationOfId == source.Id && article.TranslatedVersion < source.TextVersion;
            if (!file.IsBehind || article.TranslationOfId != source.Id)
                article.Translate(source, time.GetUtcNow());
            if (file.IsBehind && !wasBehind)
                article.FallBehind(time.GetUtcNow());
            await ArticleChanges.SaveAsync(db, bells, cancellationToken);
        }
        catch (RuleViolationException refused)
        {
            problems.Add($"{name}: {refused.Message}");
        }
    }

    private enum Taken
    {
        Unchanged,
        Added,
        Changed,
    }

    private static IQueryable<Article> All(HelpdeskDbContext db) =>
        db.Set<Article>()
            .Include(a => a.Questions)
            .Include(a => a.AlsoTopics)
            .Include(a => a.ChosenReaders)
            .Include(a => a.FormerAddresses)
            .AsSplitQuery();

    private sealed record Names(Dictionary<int, string> Topics, Dictionary<int, string> Tiers);

    private static async Task<Dictionary<int, string>> OrganizationsOfAsync(
        HelpdeskDbContext db,
        List<Article> articles,
        CancellationToken cancellationToken
    )
    {
        var ids = articles.SelectMany(a => a.ChosenReaders).Select(r => r.OrganizationId).OfType<int>().ToList();
        return ids.Count == 0
            ? []
            : await db
                .Organizations.Where(o => ids.Contains(o.Id))
                .ToDictionaryAsync(o => o.Id, o => o.Name, cancellationToken);
    }

    private sealed record Source(long Id, string Slug, int TextVersion);

    private static ArticleFile FileOf(
        Article article,
        Names names,
        Dictionary<int, string> organizations,
        Dictionary<long, Source> sources
    ) =>
        new(
            article.Slug,
            article.Title,
            article.Summary,
            article.Language,
            article.State,
            article.Visibility,
            [
                .. article
                    .ChosenReaders.Where(r => r.TierId is not null)
                    .Select(r => names.Tiers[r.TierId!.Value])
                    .Order(StringComparer.Ordinal),
            ],
            [
                .. article
                    .ChosenReaders.Where(r => r.OrganizationId is not null)
                    .Select(r => organizations[r.OrganizationId!.Value])
                    .Order(StringComparer.Ordinal),
            ],
            article.TopicId is { } topic ? names.Topics.GetValueOrDefault(topic) : null,
            [.. article.AlsoTopics.Select(t => names.Topics[t.TopicId]).Order(StringComparer.Ordinal)],
            [.. article.FormerAddresses.Select(f => f.Slug).Order(StringComparer.Ordinal)],
            article.TranslationOfId is { } of ? sources[of].Slug : null,
            article.TranslationOfId is { } source && sources[source].TextVersion > article.TranslatedVersion,
            article.PublishAt,
            article.ReviewAt,
            [.. article.Questions.OrderBy(q => q.Id).Select(q => new ArticleFileQuestion(q.Text, q.Source))],
            article.Body
        );

    private static async Task<ArticleFile?> ReadAsync(string path, CancellationToken cancellationToken)
    {
        var ending = Path.GetExtension(path).ToLowerInvariant();
        if (ending is not (".md" or ".markdown" or ".html" or ".htm"))
            return null;
        if (new FileInfo(path).Length > MaxFileBytes)
            throw new InvalidDataException("the file is too large for an article");
        var text = await File.ReadAllTextAsync(path, cancellationToken);
        var name = Path.GetFileNameWithoutExtension(path);
        var file = ending is ".html" or ".htm" ? OfHtml(text, name) : ArticleFile.Read(text, name);
        if (!Article.IsSlug(file.Slug))
            throw new InvalidDataException($"\"{file.Slug}\" cannot be an address");
        return file;
    }

    private static ArticleFile OfHtml(string html, string name)
    {
        var (title, markdown) = HtmlToMarkdown.Convert(html);
        var file = ArticleFile.Read(markdown, name);
        return title.Length > 0 ? file with { Title = title, Body = markdown } : file;
    }

    private async Task<Taken> TakeAsync(
        ArticleFile file,
        Actor author,
        string name,
        List<string> problems,
        CancellationToken cancellationToken
    )
    {
        await using var db = databases.CreateDbContext();
        var topics = await db.Set<Topic>().ToDictionaryAsync(t => t.Key, StringComparer.Ordinal, cancellationToken);
        foreach (
            var unknown in file.AlsoTopics.Append(file.Topic).OfType<string>().Where(key => !topics.ContainsKey(key))
        )
            problems.Add($"{name}: there is no topic \"{unknown}\"; it was left out");
        var topic = file.Topic is { } key ? topics.GetValueOrDefault(key) : null;
        var now = time.GetUtcNow();
        // an older export knows an article by an address that it has left since
        var article =
            await All(db).SingleOrDefaultAsync(a => a.Slug == file.Slug, cancellationToken)
            ?? await All(db)
                .SingleOrDefaultAsync(a => a.FormerAddresses.Any(f => f.Slug == file.Slug), cancellationToken);
        var isNew = article is null;
        var text = new ArticleText(file.Title, file.Summary, file.Body);
        if (article is null)
        {
            article = new Article(file.Slug, text, topic, file.Visibility, author, now);
            db.Add(article);
        }
        var before = article.Version;
        if (!isNew && !article.Says(text))
        {
            if (article.State is ArticleState.Archived)
                article.BackToDraft(author, now);
            article.Edit(text, "", author, now);
        }
        article.MoveTo(topic, now);
        article.ShowTo(file.Visibility, now);
        article.Choose(await ReadersOfAsync(db, file, name, problems, cancellationToken), now);
        article.WriteIn(file.Language, now);
        article.AnswerAlso(file.AlsoTopics.Where(topics.ContainsKey).Select(also => topics[also].Id), now);
        foreach (var former in file.FormerAddresses)
        {
            if (await IsInUseAsync(db, former, article.Id, cancellationToken))
                problems.Add($"{name}: \"{former}\" leads to another article; it was left out");
            else
                article.KeepAddress(former, now);
        }
        foreach (var question in file.Questions)
            article.Learn(question.Text, question.Source, ticketId: null, now, countsAsSolved: false);
        Go(article, file, author, now);
        if (article.Version == before && !isNew)
            return Taken.Unchanged;
        await ArticleChanges.SaveAsync(db, bells, cancellationToken);
        return isNew ? Taken.Added : Taken.Changed;
    }

    // a name that is not known here opens the article to nobody
    private static async Task<ChosenReaders> ReadersOfAsync(
        HelpdeskDbContext db,
        ArticleFile file,
        string name,
        List<string> problems,
        CancellationToken cancellationToken
    )
    {
        if (file.Visibility is not ArticleVisibility.Chosen)
            return ChosenReaders.None;
        var tiers = await db
            .Tiers.Where(t => file.Tiers.Contains(t.Name))
            .ToDictionaryAsync(t => t.Name, t => t.Id, StringComparer.Ordinal, cancellationToken);
        var organizations = await db
            .Organizations.Where(o => file.Organizations.Contains(o.Name))
            .Select(o => new { o.Name, o.Id })
            .ToListAsync(cancellationToken);
        problems.AddRange(
            file.Tiers.Where(tier => !tiers.ContainsKey(tier))
                .Concat(file.Organizations.Where(of => !organizations.Exists(o => o.Name == of)))
                .Select(unknown => $"{name}: there is no tier or organization \"{unknown}\"; it was left out")
        );
        return new([.. tiers.Values], [.. organizations.Select(o => o.Id)]);
    }

    private static async Task<bool> IsInUseAsync(
        HelpdeskDbContext db,
        string slug,
        long articleId,
        CancellationToken cancellationToken
    ) =>
        await db.Set<Article>().AnyAsync(a => a.Slug == slug && a.Id != articleId, cancellationToken)
        || await db.Set<ArticleAddress>().AnyAsync(f => f.Slug == slug && f.ArticleId != articleId, cancellationToken);

    private static void Go(Article article, ArticleFile file, Actor author, DateTimeOffset now)
    {
        article.LookAfter(article.OwnerUserId, file.ReviewAt, now);
        if (article.State != file.State)
        {
            if (file.State is ArticleState.InReview && article.State is not ArticleState.Draft)
                article.BackToDraft(author, now);
            switch (file.State)
            {
                case ArticleState.Draft:
                    article.BackToDraft(author, now);
                    break;
                case ArticleState.InReview:
                    article.SendToReview(author, now);
                    break;
                case ArticleState.Published:
                    article.Publish(author, now);
                    break;
                default:
                    article.Archive(author, now);
                    break;
            }
        }
        if (file.PublishAt is null || file.PublishAt > now)
            article.PublishLater(file.PublishAt, now);
    }
}
