using Helpdesk.Knowledge.Articles;
using Helpdesk.Tickets;
using Helpdesk.Tickets.Access;
using Helpdesk.Tickets.Data;
using Helpdesk.Tickets.Topics;
using Microsoft.AspNetCore.OutputCaching;
using Microsoft.EntityFrameworkCore;

namespace Helpdesk.Web.Components.Desk.Articles;

/// <summary>The one way from the desk's pages to a changed article: one commit, numbered for the index, kept pages forgotten.</summary>
public sealed class ArticleWork(
    IDbContextFactory<HelpdeskDbContext> databases,
    Bells bells,
    IOutputCacheStore pages,
    TimeProvider time
)
{
    private const int Attempts = 3;
    private const int MostPeople = 1_000;

    /// <summary>Null when there is none.</summary>
    public async Task<ArticleSheet?> ReadAsync(long id, CancellationToken cancellationToken = default)
    {
        await using var db = databases.CreateDbContext();
        var article = await db.Set<Article>().AsNoTracking().SingleOrDefaultAsync(a => a.Id == id, cancellationToken);
        return article is null ? null : await ArticleSheets.OfAsync(db, article, cancellationToken);
    }

    /// <summary>The text of a version; null when there is none.</summary>
    public async Task<ArticleText?> VersionAsync(long id, int number, CancellationToken cancellationToken = default)
    {
        await using var db = databases.CreateDbContext();
        return await db.Set<ArticleVersion>()
            .Where(v => v.ArticleId == id && v.Number == number)
            .Select(v => new ArticleText(v.Title, v.Summary, v.Body))
            .SingleOrDefaultAsync(cancellationToken);
    }

    /// <param name="seen">What the author had before them; null for a new article.</param>
    /// <param name="form">Checked.</param>
    public async Task<ArticleOutcome> SaveAsync(
        Viewer.Staff author,
        ArticleSheet? seen,
        ArticleForm form,
        ArticleStep step,
        CancellationToken cancellationToken = default
    )
    {
        if (!await CanBeReadAsync(form.Body ?? "", cancellationToken))
            return new ArticleOutcome.TooDeep();
        return await TryAsync(
            seen?.Id,
            seen,
            (db, article) => PublishingRules.RefuseAsync(db, author, article, form, step, cancellationToken),
            async (db, article) =>
            {
                var now = time.GetUtcNow();
                var topic = form.TopicId is { } topicId
                    ? await db.Set<Topic>().FindAsync([topicId], cancellationToken)
                    : null;
                var text = new ArticleText(form.Title!, form.Summary ?? "", form.Body ?? "");
                if (article is null)
                {
                    article = new Article(form.Slug!, text, topic, form.Visibility, author.Actor, now);
                    db.Add(article);
                }
                else
                {
                    article.ChangeSlug(form.Slug!, now);
                    article.MoveTo(topic, now);
                    article.ShowTo(form.Visibility, now);
                    if (!article.Says(text))
                        article.Edit(text, form.Reason ?? "", author.Actor, now);
                }
                article.WriteIn(form.Language ?? "en", now);
                await TranslateAsync(db, article, form, now, cancellationToken);
                article.Choose(await PublishingRules.ReadersAsync(db, form, cancellationToken), now);
                article.LookAfter(form.OwnerUserId, Instant(form.ReviewOn?.ToDateTime(default)), now);
                Go(article, step, author.Actor, now);
                if (article.State is ArticleState.Draft or ArticleState.InReview)
                    article.PublishLater(Instant(form.PublishAt), now);
                return article;
            },
            cancellationToken
        );
    }

    private static async Task TranslateAsync(
        HelpdeskDbContext db,
        Article article,
        ArticleForm form,
        DateTimeOffset now,
        CancellationToken cancellationToken
    )
    {
        if (form.TranslationOfId is not { } sourceId)
        {
            article.Translate(null, now);
            return;
        }
        if (sourceId == article.TranslationOfId && !form.SaysCurrent)
            return;
        if (
            await db.Set<Article>().AnyAsync(a => a.TranslationOfId == article.Id && article.Id != 0, cancellationToken)
        )
            throw new RuleViolationException(
                "It has translations itself. Translate the article that the others are translations of."
            );
        article.Translate(await db.Set<Article>().FindAsync([sourceId], cancellationToken), now);
    }

    /// <summary>Who can look after an article: everybody who works here, by name.</summary>
    public async Task<IReadOnlyList<(Guid UserId, string Name)>> PeopleAsync(
        CancellationToken cancellationToken = default
    )
    {
        await using var db = databases.CreateDbContext();
        var people = await db
            .Users.Where(u => u.CustomerId == null && u.DeactivatedAt == null)
            .OrderBy(u => u.DisplayName)
            .Select(u => new { u.Id, u.DisplayName })
            .Take(MostPeople)
            .ToListAsync(cancellationToken);
        return [.. people.Select(person => (person.Id, person.DisplayName))];
    }

    /// <summary>Moves an article on without its text.</summary>
    public Task<ArticleOutcome> MoveAsync(
        Viewer.Staff author,
        ArticleSheet seen,
        ArticleStep step,
        bool despiteComments = false,
        CancellationToken cancellationToken = default
    ) =>
        TryAsync(
            seen.Id,
            seen,
            (db, article) =>
                PublishingRules.RefuseAsync(
                    db,
                    author,
                    article,
                    new ArticleForm { TopicId = seen.TopicId, DespiteComments = despiteComments },
                    step,
                    cancellationToken
                ),
            (_, article) =>
            {
                Go(article!, step, author.Actor, time.GetUtcNow());
                return ValueTask.FromResult(article!);
            },
            cancellationToken
        );

    /// <summary>Adds words that the article answers. Never conflicts with who edits the text.</summary>
    public Task<ArticleOutcome> LearnAsync(long id, string question, CancellationToken cancellationToken = default) =>
        TryAsync(
            id,
            seen: null,
            refuse: null,
            (_, article) =>
            {
                article!.Learn(question, QuestionSource.Author, ticketId: null, time.GetUtcNow());
                return ValueTask.FromResult(article);
            },
            cancellationToken
        );

    /// <summary>Takes words back. Never conflicts with who edits the text.</summary>
    public Task<ArticleOutcome> UnlearnAsync(long id, long questionId, CancellationToken cancellationToken = default) =>
        TryAsync(
            id,
            seen: null,
            refuse: null,
            (_, article) =>
            {
                article!.Unlearn(questionId, time.GetUtcNow());
                return ValueTask.FromResult(article);
            },
            cancellationToken
        );

    // alone, and with the passages that it shows
    private async Task<bool> CanBeReadAsync(string body, CancellationToken cancellationToken)
    {
        if (!ArticleMarkdown.CanBeRead(body))
            return false;
        if (!Snippets.AreIn(body))
            return true;
        await using var db = databases.CreateDbContext();
        return ArticleMarkdown.CanBeRead(
            Snippets.Expand(body, await Snippets.LoadForAsync(db, [body], cancellationToken))
        );
    }

    private async Task<ArticleOutcome> TryAsync(
        long? id,
        ArticleSheet? seen,
        Func<HelpdeskDbContext, Article?, Task<ArticleOutcome?>>? refuse,
        Func<HelpdeskDbContext, Article?, ValueTask<Article>> change,
        CancellationToken cancellationToken
    )
    {
        for (var attempt = 1; ; attempt++)
        {
            await using var db = databases.CreateDbContext();
            var article = id is null
                ? null
                : await db.Set<Article>()
                    .Include(a => a.Questions)
                    .Include(a => a.FormerAddresses)
                    .Include(a => a.ChosenReaders)
                    .AsSplitQuery()
                    .SingleOrDefaultAsync(a => a.Id == id, cancellationToken);
            if (id is not null && article is null)
                return new ArticleOutcome.NotThere();
            if (
                article is not null
                && seen is not null
                && article.Version != seen.Version
                && await ArticleSheets.OfAsync(db, article, cancellationToken) is var theirs
                && !theirs.SaysTheSame(seen)
            )
                return new ArticleOutcome.Conflict(theirs);
            if (refuse is not null && await refuse(db, article) is { } refused)
                return refused;
            try
            {
                var (wasShown, before) = (article?.IsFindable ?? false, article?.Slug);
                var changed = await change(db, article);
                if (changed.Slug != before && await IsFormerAsync(db, changed.Slug, id, cancellationToken))
                    return new ArticleOutcome.SlugTaken();
                await ArticleChanges.SaveAsync(db, bells, cancellationToken);
                if (wasShown || changed.IsFindable)
                    await pages.ForgetHelpPagesAsync(cancellationToken);
                return new ArticleOutcome.Saved(await ArticleSheets.OfAsync(db, changed, cancellationToken));
            }
            catch (RuleViolationException refusal)
            {
                return new ArticleOutcome.Refused(refusal.Message);
            }
            catch (DbUpdateConcurrencyException) when (attempt < Attempts)
            {
                // somebody saved it at this moment: look again what they did
            }
            catch (DbUpdateException) when (attempt < Attempts)
            {
                if (await IsSlugTakenAsync(db, id, cancellationToken))
                    return new ArticleOutcome.SlugTaken();
            }
        }
    }

    // a new article at another's old address would be what old links lead to
    private static Task<bool> IsFormerAsync(
        HelpdeskDbContext db,
        string? slug,
        long? id,
        CancellationToken cancellationToken
    ) =>
        db.Set<ArticleAddress>()
            .AnyAsync(former => former.Slug == slug && former.ArticleId != (id ?? 0), cancellationToken);

    private async Task<bool> IsSlugTakenAsync(HelpdeskDbContext failed, long? id, CancellationToken cancellationToken)
    {
        var slug = failed.ChangeTracker.Entries<Article>().Select(e => e.Entity.Slug).FirstOrDefault();
        await using var db = databases.CreateDbContext();
        return await db.Set<Article>().AnyAsync(a => a.Slug == slug && a.Id != (id ?? 0), cancellationToken)
            || await IsFormerAsync(db, slug, id, cancellationToken);
    }

    /// <summary>The browser's date and time fields know no zone: ours are UTC, and their labels say so.</summary>
    internal static DateTimeOffset? Instant(DateTime? typed) =>
        typed is { } value ? new DateTimeOffset(DateTime.SpecifyKind(value, DateTimeKind.Utc)) : null;

    private static void Go(Article article, ArticleStep step, Actor actor, DateTimeOffset now)
    {
        switch (step)
        {
            case ArticleStep.Review:
                article.SendToReview(actor, now);
                break;
            case ArticleStep.Publish:
                article.Publish(actor, now);
                break;
            case ArticleStep.Archive:
                article.Archive(actor, now);
                break;
            case ArticleStep.Draft:
                article.BackToDraft(actor, now);
                break;
        }
    }
}
