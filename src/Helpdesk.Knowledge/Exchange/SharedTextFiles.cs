using Helpdesk.Knowledge.Articles;
using Helpdesk.Tickets;
using Helpdesk.Tickets.Data;
using Microsoft.EntityFrameworkCore;

namespace Helpdesk.Knowledge.Exchange;

/// <summary>A snippet or a template as a Markdown file: its kind and its name, then its text.</summary>
internal sealed record SharedTextFile(SharedTextKind Kind, string Name, string Body)
{
    private const string KindFact = "sharedText";
    private const string NameFact = "name";

    public string Write()
    {
        var file = new FrontMatterText();
        file.Fact(KindFact, Kind.ToString());
        file.Fact(NameFact, Name);
        return file.With(Body);
    }

    /// <returns>Null for every other file.</returns>
    public static SharedTextFile? Read(string text)
    {
        var (facts, body) = FrontMatter.Split(text);
        return facts.Text(KindFact) is null || facts.Text(NameFact) is not { } name
            ? null
            : new(facts.Choice(KindFact, SharedTextKind.Snippet), name, body);
    }
}

/// <summary>Snippets and templates in a folder: <c>snippets/NAME.md</c> and <c>templates/NAME.md</c>.</summary>
internal static class SharedTextFiles
{
    public static async Task WriteAsync(HelpdeskDbContext db, string folder, CancellationToken cancellationToken)
    {
        var texts = await db.Set<SharedText>()
            .AsNoTracking()
            .OrderBy(t => t.Kind)
            .ThenBy(t => t.Name)
            .ToListAsync(cancellationToken);
        var files = await FolderFiles.FindAsync(db, [], texts.Select(t => t.Body), cancellationToken);
        var taken = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        foreach (var text in texts)
        {
            var shelf = Path.Combine(folder, text.Kind is SharedTextKind.Snippet ? "snippets" : "templates");
            Directory.CreateDirectory(shelf);
            var stem = Slugs.Of(text.Name) is { Length: > 0 } slug ? slug : "text";
            var path = Path.Combine(shelf, stem);
            for (var n = 2; !taken.Add(path); n++)
                path = Path.Combine(shelf, $"{stem}-{n.ToStringInvariant()}");
            var file = new SharedTextFile(text.Kind, text.Name, FolderFiles.WithPaths(text.Body, files, up: "../"));
            await File.WriteAllTextAsync(path + ".md", file.Write(), FolderExport.Utf8, cancellationToken);
        }
    }

    /// <summary>Adds or changes the text; what shows it is numbered anew for the index.</summary>
    /// <returns>False when it was as in the file.</returns>
    /// <exception cref="RuleViolationException">The name is not one, or the text is empty or too long.</exception>
    /// <exception cref="InvalidDataException">It would show itself, or be nested deeper than pages can show.</exception>
    public static async Task<bool> TakeAsync(
        HelpdeskDbContext db,
        SharedTextFile file,
        Actor author,
        DateTimeOffset now,
        CancellationToken cancellationToken
    )
    {
        var text = await db.Set<SharedText>()
            .SingleOrDefaultAsync(t => t.Kind == file.Kind && t.Name == file.Name, cancellationToken);
        if (text?.Body == file.Body)
            return false;
        if (text is null)
            db.Add(text = new SharedText(file.Kind, file.Name, file.Body, author, now));
        else
            text.Write(file.Name, file.Body, author, now);
        if (text.Kind is SharedTextKind.Template)
            return true;
        var known = await SnippetUse.KnownAsync(db, cancellationToken);
        if (Snippets.CycleOf(text.Name, text.Body, known) is { } way)
            throw new InvalidDataException($"it would show itself: {way}");
        known[text.Name] = text.Body;
        var use = await SnippetUse.FindAsync(db, text.Name, known, cancellationToken);
        if (
            !ArticleMarkdown.CanBeRead(Snippets.Expand(text.Body, known))
            || use.Articles.Exists(a => !ArticleMarkdown.CanBeRead(Snippets.Expand(a.Body, known)))
        )
            throw new InvalidDataException("with it a text would be nested deeper than pages can show");
        use.Articles.ForEach(article => article.ShowAnew(now));
        return true;
    }
}
