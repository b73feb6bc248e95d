using Helpdesk.Tickets;
using Helpdesk.Tickets.Data;
using Microsoft.EntityFrameworkCore;

namespace Helpdesk.Knowledge.Exchange;

/// <param name="Added">New articles.</param>
/// <param name="Changed">Articles that got another text, other facts or further files.</param>
/// <param name="Unchanged">Articles that were as in their files.</param>
/// <param name="SharedTexts">Snippets and templates that are new or changed.</param>
/// <param name="Problems">Files that were not taken, and facts that were left out, each with its reason.</param>
public sealed record FolderImport(
    int Added,
    int Changed,
    int Unchanged,
    int SharedTexts,
    IReadOnlyList<string> Problems
);

/// <summary>
/// The whole base as a folder: Markdown files, one an article, named by its address; their pictures and files; snippets and templates; and
/// who reviews where. And back. What was exported and is imported again changes nothing. Votes, past texts and counters stay in the desk.
/// </summary>
public sealed class ArticleFolder(IDbContextFactory<HelpdeskDbContext> databases, Bells bells, TimeProvider time)
{
    /// <summary>Writes everything; files of the folder that are nothing of the desk's stay.</summary>
    /// <returns>How many articles.</returns>
    /// <exception cref="IOException">The folder cannot be written to.</exception>
    public async Task<int> ExportAsync(string folder, CancellationToken cancellationToken = default)
    {
        await using var db = databases.CreateDbContext();
        return await new FolderExport(db, folder).RunAsync(cancellationToken);
    }

    /// <summary>
    /// Takes every <c>.md</c>, <c>.html</c> and <c>.htm</c> file of the folder and those in it, with the files that they show. An article of
    /// the same address gets a new version where its text differs; files that do not say their state become drafts. A file that cannot be
    /// read holds up no other.
    /// </summary>
    /// <exception cref="IOException">The folder cannot be read.</exception>
    public Task<FolderImport> ImportAsync(string folder, Actor author, CancellationToken cancellationToken = default) =>
        new FolderReading(databases, bells, time, folder, author).RunAsync(cancellationToken);
}
