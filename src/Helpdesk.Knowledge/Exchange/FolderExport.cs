using System.Text;
using Helpdesk.Knowledge.Articles;
using Helpdesk.Tickets.Data;
using Helpdesk.Tickets.Topics;
using Microsoft.EntityFrameworkCore;

namespace Helpdesk.Knowledge.Exchange;

/// <summary>One export: the articles with their files, the shared texts, and who reviews where.</summary>
internal sealed class FolderExport(HelpdeskDbContext db, string folder)
{
    private const int BatchSize = 100;
    internal static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false);

    private Dictionary<int, string> _topics = [];
    private Dictionary<int, string> _tiers = [];

    /// <returns>How many articles.</returns>
    public async Task<int> RunAsync(CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(folder);
        _topics = await db.Set<Topic>().ToDictionaryAsync(t => t.Id, t => t.Key, cancellationToken);
        _tiers = await db.Tiers.ToDictionaryAsync(t => t.Id, t => t.Name, cancellationToken);
        var written = await ArticlesAsync(cancellationToken);
        await SharedTextFiles.WriteAsync(db, folder, cancellationToken);
        await ReviewerFile.WriteAsync(db, folder, cancellationToken);
        return written;
    }

    private async Task<int> ArticlesAsync(CancellationToken cancellationToken)
    {
        var written = 0;
        for (long last = 0; ; )
        {
            var batch = await ArticleTaking
                .Whole(db)
                .AsNoTracking()
                .Where(a => a.Id > last)
                .OrderBy(a => a.Id)
                .Take(BatchSize)
                .ToListAsync(cancellationToken);
            if (batch.Count == 0)
                return written;
            await BatchAsync(batch, cancellationToken);
            written += batch.Count;
            last = batch[^1].Id;
        }
    }

    private async Task BatchAsync(List<Article> batch, CancellationToken cancellationToken)
    {
        var ids = batch.ConvertAll(a => a.Id);
        var files = await FolderFiles.FindAsync(db, ids, batch.Select(a => a.Body), cancellationToken);
        var own = files.Values.ToLookup(f => f.ArticleId);
        var names = await NamesAsync(batch, cancellationToken);
        foreach (var article in batch)
        {
            var path = Path.Combine(folder, article.Slug + ".md");
            var text = FileOf(article, names, files, own[article.Id]).Write();
            await File.WriteAllTextAsync(path, text, Utf8, cancellationToken);
            foreach (var file in own[article.Id])
                await WriteAsync(file, cancellationToken);
        }
    }

    private async Task WriteAsync(FolderFile file, CancellationToken cancellationToken)
    {
        var blob = await db.Blobs.AsNoTracking().SingleAsync(b => b.Hash == file.BlobHash, cancellationToken);
        var path = Path.Combine(folder, file.Path);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        await File.WriteAllBytesAsync(path, blob.Read(), cancellationToken);
    }

    private sealed record Source(long Id, string Slug, int TextVersion);

    /// <summary>What the articles of a batch name by number.</summary>
    private sealed record Names(
        Dictionary<int, string> Organizations,
        Dictionary<long, Source> Sources,
        Dictionary<Guid, string?> Owners
    );

    private async Task<Names> NamesAsync(List<Article> batch, CancellationToken cancellationToken)
    {
        var organizations = batch
            .SelectMany(a => a.ChosenReaders)
            .Select(r => r.OrganizationId)
            .OfType<int>()
            .Distinct()
            .ToList();
        var sources = batch.Select(a => a.TranslationOfId).OfType<long>().ToList();
        var owners = batch.Select(a => a.OwnerUserId).OfType<Guid>().Distinct().ToList();
        return new(
            await db
                .Organizations.Where(o => organizations.Contains(o.Id))
                .ToDictionaryAsync(o => o.Id, o => o.Name, cancellationToken),
            await db.Set<Article>()
                .Where(a => sources.Contains(a.Id))
                .Select(a => new Source(a.Id, a.Slug, a.TextVersion))
                .ToDictionaryAsync(a => a.Id, cancellationToken),
            await db
                .Users.Where(u => owners.Contains(u.Id))
                .ToDictionaryAsync(u => u.Id, u => u.Email, cancellationToken)
        );
    }

    private ArticleFile FileOf(
        Article article,
        Names names,
        Dictionary<long, FolderFile> files,
        IEnumerable<FolderFile> own
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
                    .Select(r => _tiers[r.TierId!.Value])
                    .Order(StringComparer.Ordinal),
            ],
            [
                .. article
                    .ChosenReaders.Where(r => r.OrganizationId is not null)
                    .Select(r => names.Organizations[r.OrganizationId!.Value])
                    .Order(StringComparer.Ordinal),
            ],
            article.TopicId is { } topic ? _topics.GetValueOrDefault(topic) : null,
            [.. article.AlsoTopics.Select(t => _topics[t.TopicId]).Order(StringComparer.Ordinal)],
            [.. article.FormerAddresses.Select(f => f.Slug).Order(StringComparer.Ordinal)],
            article.TranslationOfId is { } of ? names.Sources[of].Slug : null,
            article.TranslationOfId is { } source && names.Sources[source].TextVersion > article.TranslatedVersion,
            article.OwnerUserId is { } owner ? names.Owners.GetValueOrDefault(owner) : null,
            article.PublishAt,
            article.ReviewAt,
            [.. article.Questions.OrderBy(q => q.Id).Select(q => new ArticleFileQuestion(q.Text, q.Source))],
            [.. own.Select(f => new ArticleFilePath(f.Path, f.Name))],
            FolderFiles.WithPaths(article.Body, files)
        );
}
