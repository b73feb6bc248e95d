using System.Text.RegularExpressions;
using Helpdesk.Knowledge.Articles;
using Helpdesk.Tickets.Data;
using Microsoft.EntityFrameworkCore;

namespace Helpdesk.Knowledge.Exchange;

/// <summary>A file of an article in a folder.</summary>
/// <param name="Path">Seen from the folder, with forward slashes.</param>
internal sealed record FolderFile(long Id, long ArticleId, string Path, string Name, string BlobHash);

/// <summary>
/// Where the articles' pictures and files lie in a folder: <c>files/ADDRESS/NAME</c>. Texts of the desk name them by number, texts in the
/// folder by path.
/// </summary>
internal static partial class FolderFiles
{
    public const string Folder = "files";

    // in letters of any script within the 255 bytes of a file's name
    private const int MaxStemLength = 50;
    private const int MaxEndingLength = 8;

    /// <summary>All files of these articles, and of those whose files these texts show, by number.</summary>
    public static async Task<Dictionary<long, FolderFile>> FindAsync(
        HelpdeskDbContext db,
        IReadOnlyCollection<long> articleIds,
        IEnumerable<string> texts,
        CancellationToken cancellationToken
    )
    {
        var shown = texts.SelectMany(NumbersIn).Distinct().ToList();
        var rows = await db.Set<ArticleAttachment>()
            .Where(f =>
                articleIds.Contains(f.ArticleId)
                || db.Set<ArticleAttachment>().Any(other => other.ArticleId == f.ArticleId && shown.Contains(other.Id))
            )
            .Join(
                db.Set<Article>(),
                f => f.ArticleId,
                a => a.Id,
                (f, a) =>
                    new
                    {
                        f.Id,
                        f.ArticleId,
                        a.Slug,
                        f.Name,
                        f.BlobHash,
                    }
            )
            .OrderBy(f => f.Id)
            .ToListAsync(cancellationToken);
        var taken = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        return rows.Select(f => new FolderFile(
                f.Id,
                f.ArticleId,
                Unique($"{Folder}/{f.Slug}/", FileName(f.Name), taken),
                f.Name,
                f.BlobHash
            ))
            .ToDictionary(f => f.Id);
    }

    /// <summary>A text of the desk with paths for numbers; a number that is no file's stays.</summary>
    /// <param name="up">Leads from the text's place to the folder.</param>
    public static string WithPaths(string text, IReadOnlyDictionary<long, FolderFile> files, string up = "") =>
        Numbers()
            .Replace(
                text,
                m =>
                    long.TryParse(m.Groups["id"].Value, out var id) && files.TryGetValue(id, out var file)
                        ? m.Groups["lead"].Value + up + file.Path
                        : m.Value
            );

    /// <summary>What a text in the folder links to, each once: paths, and addresses of any kind.</summary>
    public static IEnumerable<string> TargetsIn(string text) =>
        Targets().Matches(text).Select(m => m.Groups["path"].Value).Distinct(StringComparer.Ordinal);

    /// <summary>A text in the folder with the desk's addresses for paths.</summary>
    public static string WithPlaces(string text, IReadOnlyDictionary<string, string> places) =>
        places.Count == 0
            ? text
            : Targets()
                .Replace(
                    text,
                    m =>
                        places.TryGetValue(m.Groups["path"].Value, out var place)
                            ? m.Groups["lead"].Value + place
                            : m.Value
                );

    private static IEnumerable<long> NumbersIn(string text) =>
        Numbers().Matches(text).Select(m => long.TryParse(m.Groups["id"].Value, out var id) ? id : 0);

    // letters and digits of any script; nothing that ends a link or means something to a system
    private static string FileName(string name)
    {
        var clean = string.Concat(name.Select(c => char.IsLetterOrDigit(c) || c is '.' or '-' or '_' ? c : '-'));
        var words = Path.GetFileNameWithoutExtension(clean).Split(['-', '.'], StringSplitOptions.RemoveEmptyEntries);
        var stem = words.Length > 0 ? Tickets.Text.Cut(string.Join('-', words), MaxStemLength) : "file";
        return stem + Tickets.Text.Cut(Path.GetExtension(clean), MaxEndingLength);
    }

    private static string Unique(string shelf, string name, HashSet<string> taken)
    {
        var (stem, ending) = (Path.GetFileNameWithoutExtension(name), Path.GetExtension(name));
        var path = shelf + name;
        for (var n = 2; !taken.Add(path); n++)
            path = string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{shelf}{stem}-{n}{ending}");
        return path;
    }

    // both ways in which Markdown names a target: in the link, and below the text
    private const string Lead = @"(?<lead>\]\(<?|\]:[ ]*)";

    [GeneratedRegex(
        Lead + ArticleAttachment.Place + "(?<id>[0-9]{1,18})",
        RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture
    )]
    private static partial Regex Numbers();

    [GeneratedRegex(Lead + @"(?<path>[^\s()<>]+)", RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex Targets();
}
