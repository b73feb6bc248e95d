using Helpdesk.Tickets.Data;
using Microsoft.EntityFrameworkCore;

namespace Helpdesk.Knowledge.Articles;

/// <summary>The counter behind <see cref="Article.ChangeNumber"/>: one row, raised in the transaction that changes an article.</summary>
public sealed class ArticleChangeCounter
{
    public int Id { get; init; } = 1;
    public long Last { get; set; }

    /// <summary>Two writers at once must not hand out the same number.</summary>
    public int Version { get; set; }
}

/// <summary>Numbers changed articles as they are saved, and rings the index afterwards.</summary>
public static class ArticleChanges
{
    internal const long Pending = -1;

    /// <summary>Saves, giving every changed article the next numbers and noting what new texts link to; tries again when another writer numbered at the same time.</summary>
    public static async Task SaveAsync(HelpdeskDbContext db, Bells bells, CancellationToken cancellationToken = default)
    {
        db.ChangeTracker.DetectChanges();
        var changed = db
            .ChangeTracker.Entries<Article>()
            .Where(e => e.Entity.ChangeNumber == Pending)
            .Select(e => e.Entity)
            .ToList();
        if (changed.Count == 0)
        {
            await db.SaveChangesAsync(cancellationToken);
            return;
        }
        if (changed.Exists(article => article.HasNewText))
            await ArticleLinks.NoteAsync(db, changed.FindAll(article => article.HasNewText), cancellationToken);
        while (true)
        {
            var counter = await db.Set<ArticleChangeCounter>().SingleOrDefaultAsync(cancellationToken);
            if (counter is null)
                db.Add(counter = new ArticleChangeCounter());
            counter.Version++;
            foreach (var article in changed)
                article.ChangeNumber = ++counter.Last;
            try
            {
                await db.SaveChangesAsync(cancellationToken);
                break;
            }
            catch (DbUpdateConcurrencyException conflict)
                when (conflict.Entries.All(e => e.Entity is ArticleChangeCounter))
            {
                foreach (var entry in conflict.Entries)
                    await entry.ReloadAsync(cancellationToken);
            }
        }
        bells.Articles.Ring();
    }
}
