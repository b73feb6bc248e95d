using Helpdesk.Knowledge.Articles;
using Helpdesk.Tickets;
using Helpdesk.Tickets.Access;
using Helpdesk.Tickets.Data;
using Microsoft.AspNetCore.OutputCaching;
using Microsoft.EntityFrameworkCore;

namespace Helpdesk.Web.Components.Desk.Articles;

public abstract record SharedTextOutcome
{
    public sealed record Saved : SharedTextOutcome;

    /// <summary>Another of its kind has the name.</summary>
    public sealed record NameTaken : SharedTextOutcome;

    /// <summary>It would show itself.</summary>
    public sealed record Cycle(string Way) : SharedTextOutcome;

    /// <summary>Articles or snippets show it by its name.</summary>
    public sealed record InUse(int Times) : SharedTextOutcome;

    /// <summary>Published articles show it, and only these people, supervisors and administrators change what is published there.</summary>
    public sealed record NotReviewer(string Names) : SharedTextOutcome;

    /// <summary>With it a text would be nested deeper than the desk reads.</summary>
    /// <param name="Title">The article's; null = the passage itself.</param>
    public sealed record TooDeep(string? Title) : SharedTextOutcome;

    /// <summary>Somebody else changed it meanwhile, or it is gone.</summary>
    public sealed record Changed : SharedTextOutcome;

    public sealed record Refused(string Reason) : SharedTextOutcome;
}

/// <summary>Snippets and templates. Who changes a snippet changes every article that shows it: each is numbered anew for the index.</summary>
public sealed class SharedTextWork(
    IDbContextFactory<HelpdeskDbContext> databases,
    Bells bells,
    IOutputCacheStore pages,
    TimeProvider time
)
{
    private const int Most = 500;

    public async Task<IReadOnlyList<SharedText>> ListAsync(CancellationToken cancellationToken = default)
    {
        await using var db = databases.CreateDbContext();
        return await db.Set<SharedText>()
            .AsNoTracking()
            .OrderBy(t => t.Kind)
            .ThenBy(t => t.Name)
            .Take(Most)
            .ToListAsync(cancellationToken);
    }

    /// <param name="seen">What the author changes; null for a new one.</param>
    public async Task<SharedTextOutcome> SaveAsync(
        Viewer.Staff author,
        SharedText? seen,
        SharedTextKind kind,
        string name,
        string body,
        CancellationToken cancellationToken = default
    )
    {
        await using var db = databases.CreateDbContext();
        var now = time.GetUtcNow();
        try
        {
            var text = seen is null
                ? new SharedText(kind, name, body, author.Actor, now)
                : await FindAsync(db, seen, cancellationToken);
            if (text is null)
                return new SharedTextOutcome.Changed();
            var before = text.Name;
            if (seen is null)
                db.Add(text);
            else
                text.Write(name, body, author.Actor, now);
            if (
                await db.Set<SharedText>()
                    .AnyAsync(t => t.Kind == text.Kind && t.Name == text.Name && t.Id != text.Id, cancellationToken)
            )
                return new SharedTextOutcome.NameTaken();
            if (text.Kind is SharedTextKind.Snippet)
            {
                var known = await SnippetUse.KnownAsync(db, cancellationToken);
                if (Snippets.CycleOf(text.Name, text.Body, known) is { } way)
                    return new SharedTextOutcome.Cycle(way);
                var users = await SnippetUse.FindAsync(db, before, known, cancellationToken);
                if (before != text.Name && users.Times > 0)
                    return new SharedTextOutcome.InUse(users.Times);
                if (await PublishingRules.NotReviewerAsync(db, author, users.Articles, cancellationToken) is { } names)
                    return new SharedTextOutcome.NotReviewer(names);
                known[text.Name] = text.Body;
                if (!ArticleMarkdown.CanBeRead(Snippets.Expand(text.Body, known)))
                    return new SharedTextOutcome.TooDeep(Title: null);
                if (users.Articles.Find(a => !ArticleMarkdown.CanBeRead(Snippets.Expand(a.Body, known))) is { } deep)
                    return new SharedTextOutcome.TooDeep(deep.Title);
                users.Articles.ForEach(article => article.ShowAnew(now));
            }
            await ArticleChanges.SaveAsync(db, bells, cancellationToken);
            await pages.ForgetHelpPagesAsync(cancellationToken);
            return new SharedTextOutcome.Saved();
        }
        catch (RuleViolationException refusal)
        {
            return new SharedTextOutcome.Refused(refusal.Message);
        }
        catch (DbUpdateException)
        {
            return new SharedTextOutcome.Changed();
        }
    }

    /// <summary>Takes it away; a snippet only when nothing shows it.</summary>
    public async Task<SharedTextOutcome> RemoveAsync(SharedText seen, CancellationToken cancellationToken = default)
    {
        await using var db = databases.CreateDbContext();
        if (await FindAsync(db, seen, cancellationToken) is not { } text)
            return new SharedTextOutcome.Changed();
        if (text.Kind is SharedTextKind.Snippet)
        {
            var users = await SnippetUse.FindAsync(
                db,
                text.Name,
                await SnippetUse.KnownAsync(db, cancellationToken),
                cancellationToken
            );
            if (users.Times > 0)
                return new SharedTextOutcome.InUse(users.Times);
        }
        db.Remove(text);
        await db.SaveChangesAsync(cancellationToken);
        return new SharedTextOutcome.Saved();
    }

    private static async Task<SharedText?> FindAsync(
        HelpdeskDbContext db,
        SharedText seen,
        CancellationToken cancellationToken
    ) =>
        await db.Set<SharedText>()
            .SingleOrDefaultAsync(t => t.Id == seen.Id && t.Version == seen.Version, cancellationToken);
}
