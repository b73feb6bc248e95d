using Helpdesk.Knowledge.Articles;
using Helpdesk.Knowledge.Search;
using Helpdesk.Testing;
using Helpdesk.Tickets;
using Helpdesk.Tickets.Data;
using Microsoft.EntityFrameworkCore;

namespace Helpdesk.Knowledge.Tests;

/// <summary>A desk with articles whose indexes follow when a test says so.</summary>
internal sealed class KnowledgeDesk : IAsyncDisposable
{
    private KnowledgeDesk(Desk desk) => Desk = desk;

    public Desk Desk { get; }

    public static async Task<KnowledgeDesk> CreateAsync(StorageProvider provider = StorageProvider.Sqlite) =>
        new(
            await Desk.CreateAsync(
                provider,
                configure: (services, configuration) => services.AddKnowledge(configuration)
            )
        );

    public T Get<T>()
        where T : notnull => Desk.Get<T>();

    /// <summary>Writes and publishes an article, and lets the indexes follow.</summary>
    public async Task<long> PublishAsync(
        string title,
        string body,
        ArticleVisibility visibility = ArticleVisibility.Public,
        params string[] questions
    )
    {
        await using var db = Desk.OpenDatabase();
        var now = Desk.Time.GetUtcNow();
        var article = new Article(Slug(title), new(title, "", body), topic: null, visibility, Actor.System, now);
        foreach (var question in questions)
            article.Learn(question, QuestionSource.Author, ticketId: null, now);
        article.Publish(Actor.System, now);
        db.Add(article);
        await SaveAsync(db);
        return article.Id;
    }

    public async Task ChangeAsync(long articleId, Action<Article, DateTimeOffset> change)
    {
        await using var db = Desk.OpenDatabase();
        change(
            await db.Set<Article>().Include(a => a.Questions).SingleAsync(a => a.Id == articleId),
            Desk.Time.GetUtcNow()
        );
        await SaveAsync(db);
    }

    public Task<ArticleResults> FindAsync(string text, ArticleReader? reader = null) =>
        Get<ArticleSearch>().FindAsync(text, reader ?? ArticleReader.Customer);

    public ValueTask DisposeAsync() => Desk.DisposeAsync();

    private async Task SaveAsync(HelpdeskDbContext db)
    {
        await ArticleChanges.SaveAsync(db, Get<Bells>());
        await Get<ArticleIndexFeed>().CatchUpAsync();
    }

    private static string Slug(string title) =>
        string.Concat(title.ToLowerInvariant().Select(c => char.IsAsciiLetterOrDigit(c) ? c : '-'));
}
