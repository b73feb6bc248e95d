using Helpdesk.Knowledge.Articles;
using Helpdesk.Tickets;
using Helpdesk.Tickets.Blobs;
using Helpdesk.Tickets.Data;
using Microsoft.EntityFrameworkCore;

namespace Helpdesk.Knowledge.Exchange;

/// <summary>
/// Takes the pictures and files that texts of a folder show into the desk. What lies outside the folder, also by a link of the file system,
/// is not looked at: a text must not make the machine's own files readable.
/// </summary>
internal sealed class FolderPictures(
    HelpdeskDbContext db,
    string folder,
    Actor author,
    DateTimeOffset now,
    Action<string> problem
)
{
    private static readonly string[] Texts = [".md", ".markdown", ".html", ".htm"];
    private readonly string _root = Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder));

    /// <summary>Addresses for what a text shows: files of the article itself, new ones taken in; those of other articles that have come.</summary>
    /// <param name="article">Saved; null for a shared text, which has no files of its own.</param>
    /// <param name="from">The folder of the text's file.</param>
    /// <param name="mayWait">An article whose files are shown may come later: nothing is said of it.</param>
    /// <returns>Addresses by the path as written; and whether something was not there yet.</returns>
    public async Task<(Dictionary<string, string> Places, bool IsMissing)> PlacesAsync(
        Article? article,
        string from,
        string text,
        IReadOnlyList<ArticleFilePath> also,
        bool mayWait,
        CancellationToken cancellationToken
    )
    {
        var places = new Dictionary<string, string>(StringComparer.Ordinal);
        var names = also.DistinctBy(f => f.Path).ToDictionary(f => f.Path, f => f.Name, StringComparer.Ordinal);
        var isMissing = false;
        foreach (var path in names.Keys.Concat(FolderFiles.TargetsIn(text)).Distinct(StringComparer.Ordinal))
        {
            if (FileAt(from, path) is not { } file)
                continue;
            var owner = OwnerOf(file);
            var id =
                article is not null && (owner is null || owner == article.Slug || names.ContainsKey(path))
                    ? await TakeAsync(article.Id, file, names.GetValueOrDefault(path), cancellationToken)
                    : await OthersAsync(owner, file, cancellationToken);
            if (id is not null)
            {
                places[path] = ArticleAttachment.Place + id.Value.ToStringInvariant();
            }
            else if (owner is not null && owner != article?.Slug)
            {
                isMissing = true;
                if (!mayWait)
                    problem($"\"{path}\" is a file of \"{owner}\", which does not have it; its link stays as it is");
            }
        }
        return (places, isMissing);
    }

    private string? FileAt(string from, string path)
    {
        path = Uri.UnescapeDataString(path.Split('#', '?')[0]);
        if (path.Length == 0 || Path.IsPathRooted(path) || path.Contains(':', StringComparison.Ordinal))
            return null;
        if (path.Contains('\0', StringComparison.Ordinal) || Texts.Contains(Path.GetExtension(path).ToLowerInvariant()))
            return null;
        var full = Path.GetFullPath(Path.Combine(from, path));
        if (!full.StartsWith(_root + Path.DirectorySeparatorChar, StringComparison.Ordinal) || !File.Exists(full))
            return null;
        for (FileSystemInfo? at = new FileInfo(full); at is not null && at.FullName.Length > _root.Length; )
        {
            if (at.LinkTarget is not null)
                return null;
            at = at is FileInfo file ? file.Directory : (at as DirectoryInfo)?.Parent;
        }
        return full;
    }

    // an export keeps each article's files under its address
    private string? OwnerOf(string file)
    {
        var parts = Path.GetRelativePath(_root, file).Split(Path.DirectorySeparatorChar);
        return parts is [FolderFiles.Folder, var slug, _] && File.Exists(Path.Combine(_root, slug + ".md"))
            ? slug
            : null;
    }

    private async Task<long?> OthersAsync(string? owner, string file, CancellationToken cancellationToken)
    {
        if (owner is null || new FileInfo(file).Length > ArticleAttachment.MaxBytes)
            return null;
        var hash = Blob.HashOf(await File.ReadAllBytesAsync(file, cancellationToken));
        return await db.Set<ArticleAttachment>()
            .Where(f => f.BlobHash == hash && db.Set<Article>().Any(a => a.Id == f.ArticleId && a.Slug == owner))
            .Select(f => (long?)f.Id)
            .FirstOrDefaultAsync(cancellationToken);
    }

    private async Task<long?> TakeAsync(
        long articleId,
        string file,
        string? calledBefore,
        CancellationToken cancellationToken
    )
    {
        var lies = Path.GetRelativePath(_root, file);
        if (new FileInfo(file).Length is 0 or > ArticleAttachment.MaxBytes)
        {
            problem($"\"{lies}\" is empty or too large for a file of an article; its link stays as it is");
            return null;
        }
        var bytes = await File.ReadAllBytesAsync(file, cancellationToken);
        var called = Path.GetFileName((calledBefore ?? file).Replace('\\', '/'));
        var name = Text.OneLine(called, ArticleAttachment.MaxNameLength);
        if (FileKinds.Find(bytes, name) is not { } type)
        {
            problem($"\"{lies}\" is of no kind that articles may hold; its link stays as it is");
            return null;
        }
        var hash = await Blob.PutAsync(db, bytes, cancellationToken);
        var own = db.Set<ArticleAttachment>().Where(f => f.ArticleId == articleId);
        if (await own.FirstOrDefaultAsync(f => f.BlobHash == hash, cancellationToken) is { } known)
            return known.Id;
        if (await own.CountAsync(cancellationToken) >= ArticleAttachment.MostOfAnArticle)
        {
            problem($"\"{lies}\" is one file more than an article may have; its link stays as it is");
            return null;
        }
        var added = new ArticleAttachment
        {
            ArticleId = articleId,
            BlobHash = hash,
            Name = name.Length > 0 ? name : "file",
            ContentType = type,
            Size = bytes.Length,
            AddedAt = now,
            AddedByName = author.Name,
        };
        db.Add(added);
        await db.SaveChangesAsync(cancellationToken);
        Added++;
        return added.Id;
    }

    /// <summary>So many files were taken in.</summary>
    public int Added { get; private set; }
}
