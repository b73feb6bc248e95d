using Helpdesk.Knowledge.Articles;
using Helpdesk.Tickets;
using Helpdesk.Tickets.Data;
using Microsoft.EntityFrameworkCore;

namespace Helpdesk.Knowledge.Exchange;

/// <summary>One import. Articles come first; what leads from one to another, and what several show, when all are there.</summary>
internal sealed class FolderReading(
    IDbContextFactory<HelpdeskDbContext> databases,
    Bells bells,
    TimeProvider time,
    string folder,
    Actor author
)
{
    private const long MaxFileBytes = 4L * Article.MaxBodyLength;

    // what a link of the file system leads to is not of this folder
    private static readonly EnumerationOptions Everywhere = new()
    {
        RecurseSubdirectories = true,
        AttributesToSkip = FileAttributes.ReparsePoint,
    };

    private readonly List<string> _problems = [];
    private readonly HashSet<string> _slugs = new(StringComparer.Ordinal);
    private readonly List<(string Name, ArticleFile File)> _translations = [];
    private readonly List<(string Name, ArticleFile File)> _showOthersFiles = [];
    private readonly List<(string Name, SharedTextFile File)> _shared = [];
    private int _added;
    private int _changed;
    private int _unchanged;
    private int _sharedTexts;

    public async Task<FolderImport> RunAsync(CancellationToken cancellationToken)
    {
        foreach (var path in Directory.EnumerateFiles(folder, "*", Everywhere).Order(StringComparer.Ordinal))
            await TryAsync(Path.GetRelativePath(folder, path), name => ReadAsync(path, name, cancellationToken));
        foreach (var (name, file) in _translations)
            await TryAsync(name, _ => LinkAsync(file, name, cancellationToken));
        foreach (var (name, file) in _showOthersFiles)
            await TryAsync(name, _ => ShowOthersFilesAsync(file, name, cancellationToken));
        foreach (var (name, file) in _shared)
            await TryAsync(name, _ => TakeAsync(file, name, cancellationToken));
        await using var db = databases.CreateDbContext();
        await ReviewerFile.ReadAsync(db, folder, _problems.Add, cancellationToken);
        return new(_added, _changed, _unchanged, _sharedTexts, _problems);
    }

    private async Task TryAsync(string name, Func<string, Task> step)
    {
        try
        {
            await step(name);
        }
        catch (Exception refused) when (refused is RuleViolationException or InvalidDataException or DbUpdateException)
        {
            _problems.Add($"{name}: {refused.Message}");
        }
    }

    private async Task ReadAsync(string path, string name, CancellationToken cancellationToken)
    {
        var ending = Path.GetExtension(path).ToLowerInvariant();
        if (ending is not (".md" or ".markdown" or ".html" or ".htm"))
            return;
        if (new FileInfo(path).Length > MaxFileBytes)
            throw new InvalidDataException("the file is too large for an article");
        var text = await File.ReadAllTextAsync(path, cancellationToken);
        if (SharedTextFile.Read(text) is { } shared)
        {
            _shared.Add((name, shared));
            return;
        }
        var stem = Path.GetFileNameWithoutExtension(path);
        var file = ending is ".html" or ".htm" ? OfHtml(text, stem) : ArticleFile.Read(text, stem);
        if (!Slugs.IsWellFormed(file.Slug))
            throw new InvalidDataException($"\"{file.Slug}\" cannot be an address");
        if (!_slugs.Add(file.Slug))
            throw new InvalidDataException($"another file is \"{file.Slug}\" already");
        if (file.TranslationOf is not null)
            _translations.Add((name, file));
        await TakeAsync(file, name, cancellationToken);
    }

    private static ArticleFile OfHtml(string html, string name)
    {
        var (title, markdown) = HtmlToMarkdown.Convert(html);
        var file = ArticleFile.Read(markdown, name);
        return title.Length > 0 ? file with { Title = title, Body = markdown } : file;
    }

    private async Task TakeAsync(ArticleFile file, string name, CancellationToken cancellationToken)
    {
        await using var db = databases.CreateDbContext();
        // an article and the files that its text names by number appear together
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        var taking = new ArticleTaking(db, bells, author, time.GetUtcNow(), text => _problems.Add($"{name}: {text}"));
        var taken = await taking.TakeAsync(file, Pictures(db, name), FolderOf(name), cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        bells.Articles.Ring();
        if (taken.ShowsOthersFiles)
            _showOthersFiles.Add((name, file));
        switch (taken.Outcome)
        {
            case TakenOutcome.Added:
                _added++;
                break;
            case TakenOutcome.Changed:
                _changed++;
                break;
            default:
                _unchanged++;
                break;
        }
    }

    private async Task LinkAsync(ArticleFile file, string name, CancellationToken cancellationToken)
    {
        await using var db = databases.CreateDbContext();
        var article = await db.Set<Article>().SingleOrDefaultAsync(a => a.Slug == file.Slug, cancellationToken);
        var source = await db.Set<Article>().SingleOrDefaultAsync(a => a.Slug == file.TranslationOf, cancellationToken);
        if (article is null)
            return;
        if (source is null)
            throw new InvalidDataException(
                $"there is no article \"{file.TranslationOf}\" that it translates; it stands for itself"
            );
        var wasBehind = article.TranslationOfId == source.Id && article.TranslatedVersion < source.TextVersion;
        if (!file.IsBehind || article.TranslationOfId != source.Id)
            article.Translate(source, time.GetUtcNow());
        if (file.IsBehind && !wasBehind)
            article.FallBehind(time.GetUtcNow());
        await ArticleChanges.SaveAsync(db, bells, cancellationToken);
    }

    private async Task ShowOthersFilesAsync(ArticleFile file, string name, CancellationToken cancellationToken)
    {
        await using var db = databases.CreateDbContext();
        var article = await db.Set<Article>()
            .Include(a => a.Versions.Where(v => v.Number == a.TextVersion))
            .SingleOrDefaultAsync(a => a.Slug == file.Slug, cancellationToken);
        if (article is null)
            return;
        var (places, _) = await Pictures(db, name)
            .PlacesAsync(article, FolderOf(name), file.Body, file.Files, mayWait: false, cancellationToken);
        article.PointTo(FolderFiles.WithPlaces(file.Body, places), time.GetUtcNow());
        await ArticleChanges.SaveAsync(db, bells, cancellationToken);
    }

    private async Task TakeAsync(SharedTextFile file, string name, CancellationToken cancellationToken)
    {
        await using var db = databases.CreateDbContext();
        var (places, _) = await Pictures(db, name)
            .PlacesAsync(article: null, FolderOf(name), file.Body, [], mayWait: false, cancellationToken);
        var text = file with { Body = FolderFiles.WithPlaces(file.Body, places) };
        if (await SharedTextFiles.TakeAsync(db, text, author, time.GetUtcNow(), cancellationToken))
            _sharedTexts++;
        await ArticleChanges.SaveAsync(db, bells, cancellationToken);
    }

    private FolderPictures Pictures(HelpdeskDbContext db, string name) =>
        new(db, folder, author, time.GetUtcNow(), text => _problems.Add($"{name}: {text}"));

    private string FolderOf(string name) => Path.Combine(folder, Path.GetDirectoryName(name) ?? "");
}
