using Helpdesk.Knowledge.Articles;
using Helpdesk.Tickets;
using Helpdesk.Tickets.Data;
using Helpdesk.Tickets.Topics;
using Microsoft.EntityFrameworkCore;

namespace Helpdesk.Knowledge.Exchange;

internal enum TakenOutcome
{
    Unchanged,
    Added,
    Changed,
}

/// <param name="ShowsOthersFiles">It shows files of an article that has not come yet.</param>
internal sealed record Taken(TakenOutcome Outcome, bool ShowsOthersFiles);

/// <summary>Makes a file an article, or its article as the file says.</summary>
internal sealed class ArticleTaking(
    HelpdeskDbContext db,
    Bells bells,
    Actor author,
    DateTimeOffset now,
    Action<string> problem
)
{
    /// <summary>Articles with all that a file says of them.</summary>
    public static IQueryable<Article> Whole(HelpdeskDbContext db) =>
        db.Set<Article>()
            .Include(a => a.Questions)
            .Include(a => a.AlsoTopics)
            .Include(a => a.ChosenReaders)
            .Include(a => a.FormerAddresses)
            .AsSplitQuery();

    /// <param name="from">The folder of the file.</param>
    /// <exception cref="RuleViolationException">The file says what no article may be.</exception>
    public async Task<Taken> TakeAsync(
        ArticleFile file,
        FolderPictures pictures,
        string from,
        CancellationToken cancellationToken
    )
    {
        var topics = await TopicsAsync(file, cancellationToken);
        var topic = file.Topic is { } key ? topics.GetValueOrDefault(key) : null;
        // an older export knows an article by an address that it has left since
        var article =
            await Whole(db).SingleOrDefaultAsync(a => a.Slug == file.Slug, cancellationToken)
            ?? await Whole(db)
                .SingleOrDefaultAsync(a => a.FormerAddresses.Any(f => f.Slug == file.Slug), cancellationToken);
        var isNew = article is null;
        if (article is null)
        {
            article = new Article(
                file.Slug,
                new(file.Title, file.Summary, file.Body),
                topic,
                file.Visibility,
                author,
                now
            );
            db.Add(article);
            // its number, for its files
            await ArticleChanges.SaveAsync(db, bells, cancellationToken);
        }
        var before = article.Version;
        var (places, isMissing) = await pictures.PlacesAsync(
            article,
            from,
            file.Body,
            file.Files,
            mayWait: true,
            cancellationToken
        );
        await WriteAsync(article, isNew, file, FolderFiles.WithPlaces(file.Body, places), cancellationToken);
        article.MoveTo(topic, now);
        article.ShowTo(file.Visibility, now);
        article.Choose(await ReadersAsync(file, cancellationToken), now);
        article.WriteIn(file.Language, now);
        article.AnswerAlso(file.AlsoTopics.Where(topics.ContainsKey).Select(also => topics[also].Id), now);
        await KeepAddressesAsync(article, file, cancellationToken);
        foreach (var question in file.Questions)
            article.Learn(question.Text, question.Source, ticketId: null, now, countsAsSolved: false);
        article.LookAfter(await OwnerAsync(article, file, cancellationToken), file.ReviewAt, now);
        Go(article, file);
        if (article.Version != before)
            await ArticleChanges.SaveAsync(db, bells, cancellationToken);
        return new(
            isNew ? TakenOutcome.Added
                : article.Version != before || pictures.Added > 0 ? TakenOutcome.Changed
                : TakenOutcome.Unchanged,
            isMissing
        );
    }

    private async Task<Dictionary<string, Topic>> TopicsAsync(ArticleFile file, CancellationToken cancellationToken)
    {
        List<string> named = [.. file.AlsoTopics.Append(file.Topic).OfType<string>()];
        var topics = await db.Set<Topic>()
            .Where(t => named.Contains(t.Key))
            .ToDictionaryAsync(t => t.Key, StringComparer.Ordinal, cancellationToken);
        foreach (var unknown in named.Where(key => !topics.ContainsKey(key)))
            problem($"there is no topic \"{unknown}\"; it was left out");
        return topics;
    }

    private async Task WriteAsync(
        Article article,
        bool isNew,
        ArticleFile file,
        string body,
        CancellationToken cancellationToken
    )
    {
        var snippets = await Snippets.LoadForAsync(db, [body], cancellationToken);
        if (!ArticleMarkdown.CanBeRead(body) || !ArticleMarkdown.CanBeRead(Snippets.Expand(body, snippets)))
            throw new InvalidDataException("it is nested deeper than pages can show");
        if (isNew)
        {
            article.PointTo(body, now);
            return;
        }
        var text = new ArticleText(file.Title, file.Summary, body);
        if (article.Says(text))
            return;
        if (article.State is ArticleState.Archived)
            article.BackToDraft(author, now);
        article.Edit(text, "", author, now);
    }

    // a name that is not known here opens the article to nobody
    private async Task<ChosenReaders> ReadersAsync(ArticleFile file, CancellationToken cancellationToken)
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
        foreach (
            var unknown in file
                .Tiers.Where(tier => !tiers.ContainsKey(tier))
                .Concat(file.Organizations.Where(of => !organizations.Exists(o => o.Name == of)))
        )
            problem($"there is no tier or organization \"{unknown}\"; it was left out");
        return new([.. tiers.Values], [.. organizations.Select(o => o.Id)]);
    }

    private async Task KeepAddressesAsync(Article article, ArticleFile file, CancellationToken cancellationToken)
    {
        foreach (var former in file.FormerAddresses)
        {
            if (
                await db.Set<Article>().AnyAsync(a => a.Slug == former && a.Id != article.Id, cancellationToken)
                || await db.Set<ArticleAddress>()
                    .AnyAsync(f => f.Slug == former && f.ArticleId != article.Id, cancellationToken)
            )
                problem($"\"{former}\" leads to another article; it was left out");
            else
                article.KeepAddress(former, now);
        }
    }

    // who is not known here leaves it to whom it belongs
    private async Task<Guid?> OwnerAsync(Article article, ArticleFile file, CancellationToken cancellationToken)
    {
        if (file.Owner is null)
            return article.OwnerUserId;
        if ((await ReviewerFile.StaffAsync(db, [file.Owner], cancellationToken)) is [var owner])
            return owner;
        problem($"nobody here is \"{file.Owner}\"; it has no new owner");
        return article.OwnerUserId;
    }

    private void Go(Article article, ArticleFile file)
    {
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
